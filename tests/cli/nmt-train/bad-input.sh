# What cannot be used is said with file and line before training starts, with the right status.
. "$TOP/tests/cli/train.inc"
make_bitext 20 1 ok
expect() { # STATUS TEXT ARGUMENT...
    want=$1 text=$2
    shift 2
    nmt-train -q $TINY -s train.updates=2 -o m.nmt "$@" >out 2>err </dev/null
    got=$?
    rm -f m.nmt m.nmt.state
    [ $got -eq "$want" ] && [ ! -s out ] && grep -qF -- "$text" err ||
        { echo "status $got: $*"; cat out err; exit 1; }
}
head -n 19 ok.fr > short.fr
expect 1 'ok.en has 20 lines, short.fr has 19 lines' ok.en short.fr
: > empty
expect 1 'the bitext is empty' empty empty
{ cat ok.en; printf 'a \377 b\n'; } > bad.en
{ cat ok.fr; echo x; } > bad.fr
expect 1 'bad.en:21: invalid UTF-8 at byte 3' bad.en bad.fr
{ cat ok.en; printf 'a \000 b\n'; } > nul.en
expect 1 'nul.en:21: NUL at byte 3' nul.en bad.fr
expect 1 'none.en: cannot open' none.en ok.fr
yes '' | head -n 20 > blank
expect 1 'no words to learn from' blank ok.fr
expect 1 'no pair can be used' -s train.max-length=2 ok.en ok.fr
expect 2 'give two files' ok.en
expect 2 "unknown key" -s train.learning-rat=1 ok.en ok.fr
expect 1 "data.valid-source and data.valid-target" -s data.valid-source=ok.en ok.en ok.fr
expect 1 'cannot create' -o none/m.nmt ok.en ok.fr
printf 'train:\n  clip: 1\n  clop: 2\n' > bad.yaml
expect 1 'bad.yaml:3' -c bad.yaml ok.en ok.fr
printf 'one two\n' > no.tab
nmt-train -q $TINY -s train.updates=1 -o m.nmt < no.tab 2>err
[ $? -eq 1 ] && grep -q '(stdin):1: not a source and a target with one tab' err || { cat err; exit 1; }
