# A line that is typed is answered while the input stays open, by both programs as they are, without
# stdbuf; --max-wait bounds waiting when lines trickle; a file gets full batches with the same options.
. "$TOP/tests/cli/models.inc"
tiny_model m -s train.updates=20
wait_for() { # FILE LINES
    tries=0
    while [ "$(wc -l <"$1")" -lt "$2" ]; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || { echo "no line $2 in $1 after a minute"; exit 1; }
        sleep 0.1
    done
}
mkfifo in out.pipe
for options in '' '--max-wait 0' '--max-wait 300'; do
    : >out
    # shellcheck disable=SC2086
    nmt-encode -m m.nmt $options <in | nmt-decode -m m.nmt $options >out.pipe &
    cat out.pipe >out &
    exec 3>in
    n=0
    for line in 'the dog' '' 'a cat sees my horse' 'the bird'; do
        echo "$line" >&3
        n=$((n + 1))
        wait_for out $n
    done
    # Half a line is no line; its end makes it one.
    printf 'the ' >&3
    sleep 0.3
    every_line out 4
    echo dog >&3
    wait_for out 5
    [ "$(sed -n 1p out)" = "$(sed -n 5p out)" ] || echo 'another answer for a line that came in halves'
    exec 3>&-
    wait
    every_line out 5
done

# Lines that come faster than the wait do not hold up the first ones.
: >out
nmt-encode -m m.nmt --batch 4096 --max-wait 200 <in | nmt-decode -m m.nmt --batch 4096 --max-wait 200 >out.pipe &
cat out.pipe >out &
(while sleep 0.02; do echo 'the dog' || exit 0; done) >in &
trickle=$!
wait_for out 5
kill $trickle
wait
exit 0
