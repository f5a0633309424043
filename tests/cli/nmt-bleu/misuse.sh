# A wrong command line is status 2, with nothing on stdout.
try() {
    nmt-bleu "$@" </dev/null
    [ $? -eq 2 ] || echo "status is not 2: $*"
}
try
try -i hyp ref
try -t 14a ref
try -m rouge ref
try -s exp2 ref
try -sv -1 ref
try -w 99 ref
try --max-order 0 ref
try --refs-tab a b
try --sentence --exact-match -f text ref
try --nonsense ref
try --source src ref
try --length-step 3 ref
try -nr 0 ref
try --worst 3 ref -i hyp --paired hyp
try --paired-bs ref -i hyp
try --worst 10001 ref
try -l en-de -t wmt17
try -f xml ref
