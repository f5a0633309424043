# Several ranks of MPI train the same bytes as one process, also when killed and resumed with another
# number of them. Needs mpirun and a nmt-train of `make MPI=1` (BUILD/mpi, or the build under test).
command -v mpirun >/dev/null || { echo "no mpirun"; exit 77; }
if [ -x "$BUILD/mpi/bin/nmt-train" ]; then
    program=$BUILD/mpi/bin/nmt-train
elif nmt-train --version | grep -q '^MPI: '; then
    program=nmt-train
else
    echo "nmt-train is built without MPI"
    exit 77
fi
. "$TOP/tests/cli/train.inc"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
ranks() { # N ARGUMENT...
    n=$1
    shift
    mpirun --oversubscribe --bind-to none -np "$n" "$program" -j 1 "$@"
}
make_bitext 300 1 train
make_bitext 70 2 valid
set -- $TINY -s train.epochs=2 -s train.valid-every=25 -s train.save-every=5 -s train.shards=5 \
    -s data.valid-source=valid.en -s data.valid-target=valid.fr train.en train.fr

"$program" -q "$@" -o one.nmt || exit 1
for n in 2 3 5; do
    ranks $n -q "$@" -o ranks$n.nmt || exit 1
    cmp one.nmt ranks$n.nmt || exit 1
done

# Ranks of one machine share the file of ids: rank 0 makes it, the others find it.
for n in 3 2; do
    ranks $n "$@" -s data.cache=kept -o kept$n.nmt 2>err || { cat err; exit 1; }
    cmp one.nmt kept$n.nmt || exit 1
    case $n in 3) grep -q 'kept: built$' err ;; 2) grep -q 'kept: used$' err ;; esac || { cat err; exit 1; }
done
"$program" -q "$@" -s data.cache=alone -o alone.nmt || exit 1
cmp kept alone || exit 1

# One rank is killed with SIGKILL some time after a state was saved, which ends the others.
killed=0
for delay in 0.01 0.05 0.1; do
    rm -f killed.nmt.new
    touch killed.nmt.new
    mpirun --oversubscribe --bind-to none -np 2 \
        "$program" -j 1 -q "$@" -s train.epochs=40 -o killed.nmt >killed.out 2>&1 &
    pid=$!
    while kill -0 $pid 2>/dev/null && ! [ killed.nmt.state -nt killed.nmt.new ]; do
        sleep 0.02
    done
    sleep $delay
    pkill -9 -o -P $pid -x nmt-train || break # done already: this machine is fast
    killed=$((killed + 1))
    wait $pid && exit 1
done
[ $killed -gt 0 ] || { echo "no rank was there to be killed" >&2; exit 1; }
ranks 3 -q "$@" -s train.epochs=40 -o killed.nmt || exit 1
"$program" -q "$@" -s train.epochs=40 -o whole.nmt || exit 1
cmp whole.nmt killed.nmt || exit 1

# What the ranks cannot do together is said, by one of them at least, and ends all.
ranks 6 -q "$@" -o many.nmt 2>err && exit 1
grep -q '6 ranks cannot share train.shards: 5' err || { cat err; exit 1; }
head -n 299 train.en >other.en
head -n 299 train.fr >other.fr
cat >differ <<EOF
[ "\$OMPI_COMM_WORLD_RANK" = 0 ] || set -- other.en other.fr
exec $program -q $(echo $TINY) -s train.shards=2 -o differ.nmt "\$@"
EOF
mpirun --oversubscribe --bind-to none -np 2 sh differ train.en train.fr 2>err && exit 1
grep -q 'rank 1 has other data' err || { cat err; exit 1; }
paste train.en train.fr | ranks 2 -q $TINY -o stdin.nmt 2>err && exit 1
grep -q 'several ranks cannot read one stream' err || { cat err; exit 1; }
exit 0
