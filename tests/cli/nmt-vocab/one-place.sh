# Two outputs never go to one place, however it is spelt, and nothing is left of a run that was killed.
printf 'a b\nc d\n' >in.en
printf 'A B\nC D\n' >in.fr
refused() {
    "$@" >out 2>err
    got=$?
    [ $got -eq 2 ] && [ ! -e p ] && [ ! -s out ] || echo "$*: status $got"
}
refused nmt-vocab -c in.en in.fr --clean p ./p
refused nmt-vocab -c in.en in.fr -o p --clean "$PWD/p" other
refused nmt-vocab -c in.en in.fr -o p --clean other p
refused nmt-vocab -c in.en in.fr --clean - other
ln -s in.en link
# Nor does what is written take the place of what is read.
printf '#version: 0.2\na b\n' >codes
nmt-vocab -t word -o v in.en
cp in.en kept
for options in '-t word' '--counts' '--learn-codes 1' '-e v' '-d v' '--apply-codes codes' '-c in.fr'; do
    refused nmt-vocab $options -o link in.en
done
refused nmt-vocab -e v -o ./v in.en
refused nmt-vocab --import v -t word -o v
refused nmt-vocab --apply-codes codes -o codes in.en
refused nmt-vocab --apply-codes codes --vocabulary kept -o kept in.en
nmt-vocab -e v in.en >>in.en 2>err && echo 'reads what it writes'
cmp kept in.en
rm v
refused nmt-vocab -c in.en in.fr --clean link in.en
nmt-vocab -c in.en in.fr --clean in.en in.fr >/dev/null || echo 'cleaning in place'

nmt-vocab -t word -s 10 in.en >v || exit 1
mkdir folder
mkfifo pipe
for signal in TERM HUP KILL; do
    nmt-vocab -e v -o folder/ids pipe &
    pid=$!
    exec 3>pipe
    echo 'a b' >&3
    sleep 0.2
    kill -s $signal $pid
    wait $pid 2>/dev/null
    exec 3>&-
    [ -z "$(ls -A folder)" ] || echo "$signal left $(ls -A folder)"
done
exit 0
