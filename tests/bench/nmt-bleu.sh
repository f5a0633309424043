#!/bin/bash
# Lines per CPU second of nmt-bleu on one thread, beside sacreBLEU's figures (shared/peers.md, part 2:
# BLEU 7,400 to 8,300, chrF 5,000, TER 5,000 lines per CPU second on the machine that it names).
#   tests/bench/nmt-bleu.sh [LINES...]      (default: 3000 100000 1000000)
# The text is Multi30k where the shared folder has it, otherwise made up; hypotheses are references
# damaged at random (words dropped, doubled, replaced, exchanged), every line another one.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
bleu=${BUILD:-$top/build}/bin/nmt-bleu
shared=${SHARED:-$top/../shared}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- 3000 100000 1000000

if [ -r "$shared/data/multi30k/train.de.gz" ]; then
    gzip -dc "$shared/data/multi30k/train.de.gz" >"$work/text"
else
    awk 'BEGIN { srand(1); for (i = 0; i < 29000; i++) { s = ""
        for (k = 5 + int(16 * rand()); k > 0; k--) s = s " word" int(exp(9 * rand()))
        print substr(s, 2) "." } }' >"$work/text"
fi

# damage SEED SHARE LINES: the text over and over, with SHARE of the words damaged.
damage() {
    awk -v seed="$1" -v share="$2" -v lines="$3" '
        BEGIN { srand(seed) }
        { text[n++] = $0 }
        END {
            for (i = 0; i < lines; i++) {
                words = split(text[i % n], w, " "); s = ""
                for (k = 1; k <= words; k++) {
                    r = rand() / share
                    if (r < 0.25) continue
                    if (r < 0.5) s = s " " w[1 + int(words * rand())]
                    if (r < 0.75) { j = 1 + int(words * rand()); x = w[j]; w[j] = w[k]; w[k] = x }
                    s = s " " w[k]
                }
                print substr(s, 2)
            }
        }' "$work/text"
}

measure() {
    what=$1
    shift
    TIMEFORMAT='%U %S %R'
    { time "$bleu" -j 1 -b -f text "$@" "$work/ref" <"$work/hyp" >/dev/null; } 2>"$work/time"
    awk -v what="$what" -v lines="$lines" '{ cpu = $1 + $2; printf "%-28s %9d lines  %7.3f CPU s  %7.3f s", what, lines, cpu, $3
        printf "  %9.0f lines per CPU s\n", lines / (cpu > 0.001 ? cpu : 0.001) }' "$work/time"
}

for lines; do
    damage 1 0.03 "$lines" >"$work/ref"
    damage 2 0.25 "$lines" >"$work/hyp"
    measure 'BLEU' -m bleu
    measure 'BLEU -t none' -m bleu -t none
    measure 'chrF' -m chrf
    measure 'chrF++' -m chrf --chrf-word-order 2
    measure 'TER' -m ter
    [ "$lines" -gt 100000 ] || measure 'BLEU --confidence' -m bleu --confidence
done
