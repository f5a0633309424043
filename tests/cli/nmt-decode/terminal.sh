# A terminal is given no stream, and a bar. script(1) gives one to a command, if the system has any.
. "$TOP/tests/cli/models.inc"
script -qec true /dev/null </dev/null >/dev/null 2>&1 || { echo 'no terminal can be made here'; exit 77; }
tiny_model m -s train.updates=20
make_bitext 5 3 test
nmt-encode -m m.nmt -o in.ann test.en || exit 1
script -qec 'nmt-encode -m m.nmt test.en; echo status $?' /dev/null </dev/null >out 2>&1
grep -q 'terminal' out && grep -q 'status 2' out || { echo 'a stream on a terminal'; cat out; }
script -qec 'nmt-decode -m m.nmt; echo status $?' /dev/null </dev/null >out 2>&1
grep -q 'terminal' out && grep -q 'status 2' out || { echo 'a stream from a terminal'; cat out; }
script -qec 'nmt-decode -m m.nmt -A /dev/tty in.ann; echo status $?' /dev/null </dev/null >out 2>&1
grep -q 'terminal' out && grep -q 'status 2' out || { echo 'alignments on a terminal'; cat out; }
script -qec 'nmt-decode -m m.nmt in.ann; echo status $?' /dev/null </dev/null >out 2>&1
grep -q 'status 0' out || { echo 'text is for terminals'; cat out; }
make_bitext 20000 3 test
# Who reads makes it wait for longer than it goes without a bar.
mkfifo slow
script -qec '(sleep 2; cat >/dev/null) <slow & nmt-encode -m m.nmt -o slow test.en; wait' /dev/null </dev/null >bar
tr '\r' '\n' <bar | grep -q '^.*\[=* *\] [0-9]* lines, [0-9]* words, [0-9]* words/s, [0-9]*s' || { echo 'no bar'; head -c 500 bar; }
script -qec '(sleep 2; cat >/dev/null) <slow & nmt-encode -q -m m.nmt -o slow test.en; wait' /dev/null </dev/null >bar
[ ! -s bar ] || { echo 'a bar in spite of -q'; head -c 200 bar; }
script -qec 'nmt-encode -m m.nmt test.en | (sleep 2; cat >big.ann)' /dev/null </dev/null >bar
[ ! -s bar ] || { echo 'a bar beside that of the next program'; head -c 200 bar; }
script -qec 'nmt-decode -m m.nmt --max-length 3 -j 1 -b 1 big.ann' /dev/null </dev/null >bar
grep -q 'words/s' bar && echo 'a bar among the lines'
exit 0
