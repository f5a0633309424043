# Aligning a bitext with a model.
. "$TOP/tests/cli/models.inc"
tiny_model m
make_bitext 20 3 test
nmt-align -m m.nmt test.en test.fr >links || exit 1
every_line links 20
for options in '-j 1' '-j 3'; do
    # shellcheck disable=SC2086
    nmt-align -m m.nmt $options test.en test.fr | cmp - links
done
nmt-align -m m.nmt -f stream test.en test.fr | nmt-align | cmp - links
printf 'the dog\n\nthe  \303\251t\303\251 dog\n\n' >s
printf 'le chien\nle chien\n LE  chien\n\n' >t
nmt-align -m m.nmt -f json -t 0 s t >out || exit 1
[ "$(jq -c '[.source, .target]' out)" = '[["the","dog"],["le","chien"]]
[[],["le","chien"]]
[["the","été","dog"],["LE","chien"]]
[[],[]]' ] || cat out
head -n 3 t >short
fails 1 's has 4 lines, short has 3 lines' nmt-align -m m.nmt s short
printf 'the dog\n\377\nthe dog\n' >s
printf 'le chien\nle chien\nle chien\n' >t
fails 1 's:2: invalid UTF-8' nmt-align -m m.nmt s t
every_line fails.out 3
printf 'the dog\nthe dog\n' >s
printf 'le chien\nle chien\r\n' >t
fails 1 't:2: carriage return' nmt-align -m m.nmt s t
fails 2 'exclude' nmt-align -m m.nmt -L links s t
fails 2 'SRC TGT' nmt-align -m m.nmt s
tiny_model none -s model.attention=none -s train.updates=2
nmt-align -m none.nmt test.en test.fr >out || exit 1
every_line out 20
exit 0
