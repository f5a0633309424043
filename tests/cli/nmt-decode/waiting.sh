# What has arrived is translated when the input pauses; an interrupt finishes it.
. "$TOP/tests/cli/models.inc"
tiny_model m -s train.updates=20
wait_for() { # LINES: until `out` has as many
    tries=0
    while [ "$(wc -l <out)" -lt "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || { echo "no line $1 after a minute"; exit 1; }
        sleep 0.1
    done
}
mkfifo pipe
: >out
# Through cat: a regular file is not flushed line by line.
nmt-encode -m m.nmt <pipe | nmt-decode -m m.nmt | cat >out &
exec 3>pipe
echo 'the dog' >&3
wait_for 1
printf 'a cat\nmy horse\n' >&3
wait_for 3
exec 3>&-
wait
every_line out 3

# SIGINT: the lines in flight come out, the stream has no end, the status is that of the signal. The
# interrupt is sent by a program that does not inherit a background job's ignored SIGINT.
mkfifo pipe2
timeout --foreground --preserve-status -k 60 -s INT 3 nmt-encode -m m.nmt pipe2 >int.ann 2>err &
job=$!
exec 3>pipe2
echo 'the dog' >&3
wait $job
status=$?
exec 3>&-
case $status in
130) fails 1 'record 2' nmt-decode -m m.nmt int.ann
     every_line fails.out 1 ;;
0) echo "SIGINT was not noticed" ;;
*) echo "status $status after SIGINT"; cat err ;;
esac
exit 0
