# Signals: what was read is finished, the status is that of the signal, and no file stays behind.
. "$TOP/tests/cli/models.inc"
tiny_model m -s train.updates=20
make_bitext 60 3 test
nmt-encode -m m.nmt -o in.ann test.en || exit 1
# stop SIGNAL STATUS COMMAND...: the command runs on an input that stays open, and is stopped.
stop() {
    signal=$1 want=$2
    shift 2
    timeout --foreground --preserve-status -k 60 -s "$signal" 2 "$@" >out 2>err
    status=$?
    [ $status -eq "$want" ] || { echo "$*: status $status after SIG$signal, not $want"; cat err; }
    [ ! -s err ] || cat err
    for rest in file.tmp-* al.tmp-*; do
        [ ! -e "$rest" ] || { echo "$*: SIG$signal leaves $rest"; rm -f "$rest"; }
    done
    [ "$(cat file al)" = oldold ] || echo "$*: an old file is gone"
}
printf old >file
printf old >al
mkfifo pipe
# A header and some records, then silence.
begin() { { head -c $(($(wc -c <in.ann) / 2)) in.ann; exec sleep 600; } >pipe & holder=$!; }
silence() { sleep 600 >pipe & holder=$!; }
for pair in 'INT 130' 'HUP 129' 'TERM 143'; do
    begin
    # shellcheck disable=SC2086
    stop $pair nmt-decode -m m.nmt -A al pipe
    [ "$(wc -l <out)" -gt 5 ] || echo "$pair: the lines in flight are missing"
    kill $holder
done
begin
stop TERM 143 nmt-decode -m m.nmt -o file -A al pipe
kill $holder
# Silence before the first byte, and a pipe that nobody opens.
silence
stop TERM 143 nmt-encode -m m.nmt -o file pipe
kill $holder
silence
stop TERM 143 nmt-decode -m m.nmt -o file pipe
kill $holder
stop TERM 143 nmt-decode -m m.nmt -o file pipe
stop TERM 143 nmt-encode -m m.nmt -o file pipe
wait 2>/dev/null

# A reader that goes away: quietly, and nothing stays behind.
for i in $(seq 100); do cat in.ann; done >more.ann # its translations are more than a pipe holds
nmt-decode -m m.nmt --batch 1 -b 1 -j 1 -A al more.ann 2>err | head -n 1 >out
[ ! -s err ] || cat err
for rest in al.tmp-*; do [ ! -e "$rest" ] || echo "a closed pipe leaves $rest"; done
[ "$(cat al)" = old ] || echo 'a closed pipe: the old file is gone'
exit 0
