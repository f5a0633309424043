# Text and ids are kept in files without a name in $TMPDIR and not in memory; when they cannot be, that
# is said, and a process that is killed leaves nothing.
. "$TOP/tests/cli/models.inc"
mkdir tmp
make_bitext 10 1 small
make_bitext 200000 1 large
export TMPDIR=$PWD/tmp

# Sets kb: the memory of its own that a process has which is training; it is killed then.
memory_of() { # NAME
    nmt-train -q -j 1 $TINY -s train.epochs=1000000 -s train.save-every=2 -o "$1.nmt" "$1.en" "$1.fr" &
    pid=$!
    while ! [ -e "$1.nmt.state" ] && kill -0 $pid; do sleep 0.05; done
    kb=$(awk '$1 == "RssAnon:" { print $2 }' /proc/$pid/status)
    kill -9 $pid
    wait $pid 2>/dev/null
    [ -z "$(ls tmp)" ] || { ls tmp; exit 1; }
}

# 10 MB of text and 5 MB of ids in 4 MB; an address sanitizer keeps what was freed
case $BUILD in *san-*) own=no ;; *) own=$(grep RssAnon /proc/self/status 2>/dev/null || echo no) ;; esac
if [ "$own" != no ]; then
    memory_of small
    few=$kb
    memory_of large
    [ $((kb - few)) -lt 4000 ] || { echo "$few kB, $kb kB"; exit 1; }
fi

# a limit on file sizes stands for the full disk; the signal that comes with it is ignored
(
    trap '' XFSZ
    ulimit -f 2000
    nmt-train -q $TINY -o full.nmt large.en large.fr 2>err
)
[ $? -eq 1 ] && grep -q "nmt-train: $TMPDIR: cannot write a file there: " err || { cat err; exit 1; }
export TMPDIR=$PWD/nowhere
fails 1 "$TMPDIR: cannot create a file there: No such file" nmt-train $TINY -o full.nmt large.en large.fr
[ ! -e full.nmt ] && [ ! -e full.nmt.state ] || { ls; exit 1; }
