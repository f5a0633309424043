# What is written never takes the place of what is read, or of another output.
. "$TOP/tests/cli/models.inc"
tiny_model m -s train.updates=3
make_bitext 5 3 test
nmt-encode -m m.nmt -o in.ann test.en || exit 1
printf 'dog\tHund\n' >dict
ln in.ann hard.ann
ln -s m.nmt soft.nmt
mkdir sub
sha256sum m.nmt in.ann test.en dict >sums
same() { fails 2 'same file' "$@"; sha256sum -c --quiet sums || exit 1; }
same nmt-decode -m m.nmt -o m.nmt in.ann
same nmt-decode -m m.nmt -o soft.nmt in.ann
same nmt-decode -m soft.nmt -A m.nmt in.ann
same nmt-decode -m m.nmt -o in.ann in.ann
same nmt-decode -m m.nmt -o hard.ann in.ann
same nmt-decode -m m.nmt -A in.ann test.en in.ann
same sh -c 'nmt-decode -m m.nmt -o in.ann <in.ann'
same sh -c 'nmt-decode -m m.nmt in.ann >>in.ann'
same nmt-decode -m m.nmt -o test.fr --force test.fr in.ann
same nmt-decode -m m.nmt -o dict --replace-unk-dictionary dict in.ann
same nmt-decode -m m.nmt --log m.nmt in.ann
same nmt-decode -m m.nmt --log in.ann in.ann
same nmt-decode -m m.nmt --log new -o new in.ann
same nmt-decode -m m.nmt -A new -o sub/../new in.ann
same nmt-decode -m m.nmt -A - in.ann
{ nmt-decode -m m.nmt -A /dev/stdout in.ann 2>err; echo $? >status; } | cat >out
[ "$(cat status)" = 2 ] && grep -q 'same file' err && [ ! -s out ] || echo 'two outputs in one pipe'
nmt-decode -m m.nmt -A /dev/null -o /dev/null in.ann || echo 'all into /dev/null'
same nmt-encode -m m.nmt -o m.nmt test.en
same nmt-encode -m m.nmt -o test.en test.en
same nmt-encode -m m.nmt --log test.en test.en
[ ! -e new ] || echo 'a new file was made'
nmt-decode -m m.nmt -A al -o out in.ann || echo 'two outputs are fine'
nmt-decode -m m.nmt -A al -o out in.ann || echo 'and may be there already'
fails 2 'threads' nmt-decode -m m.nmt -j 0 in.ann
fails 2 'threads' nmt-encode -m m.nmt -j 0 test.en
exit 0
