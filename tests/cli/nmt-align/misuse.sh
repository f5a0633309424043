# Wrong command lines: status 2, a message, nothing on stdout.
try() {
    nmt-align "$@" </dev/null >out 2>err
    got=$?
    [ $got -eq 2 ] && [ -s err ] && [ ! -s out ] || echo "nmt-align $*: status $got"
}
: >f
try -S nonsense f f
try -S union f
try -S union f f f
try -S invert f f
try -S union - -
try -S union -E f f
try -E f
try -E -f svg f f
try -E --all-sure --ignore-possible f f
try -f nonsense f
try -t 1.5 f
try -t x f
try --record 0 f
try --record 3-2 f
try --columns 19 f
try -L f f
try -L - - f
try --nonsense
