#!/bin/bash
# Speed and memory of nmt-bleu, beside sacreBLEU 2.6's lines per CPU second (which is not in Debian: the
# figures are those measured once, on one thread, on texts of the same kind; see sacrebleu_rate below).
#
#   tests/bench/nmt-bleu.sh [LINES...]      (default: 3000 100000 1000000)
#
# The text is Multi30k out of ../shared/data, made up where that is missing; hypotheses are references
# damaged at random (words dropped, doubled, replaced, exchanged), every line another one. THREADS='1 2'
# ROUNDS=3: of several rounds the best counts, for noise only slows.
#
# Prints a line for every figure: name, CPU seconds, seconds, lines per CPU second, how many times
# sacreBLEU's that is, and peak memory; last the time it takes to start and score one line.
set -eu -o pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-$top/build}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
SHARED=${SHARED:-$top/../shared} THREADS=${THREADS:-1 2} ROUNDS=${ROUNDS:-3}
PATH=$BUILD/bin:$PATH
export LC_ALL=C
[ -x /usr/bin/time ] || { echo 'tests/bench/nmt-bleu.sh: /usr/bin/time is missing (package time)' >&2; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/nmt-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- 3000 100000 1000000
cd "$work"

if [ -r "$SHARED/data/multi30k/train.de.gz" ]; then
    gzip -dc "$SHARED/data/multi30k/train.de.gz" >text
else
    awk 'BEGIN { srand(1); for (i = 0; i < 29000; i++) { s = ""
        for (k = 5 + int(16 * rand()); k > 0; k--) s = s " word" int(exp(9 * rand()))
        print substr(s, 2) "." } }' >text
fi

# damage SEED SHARE: the text over and over, with SHARE of the words damaged.
damage()
{
    awk -v seed="$1" -v share="$2" -v lines="$lines" '
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
        }' text
}

# Its lines per CPU second by NAME; with samples, its CPU seconds for 3,000 lines. 0: not measured.
sacrebleu_rate()
{
    case $1 in
    bleu) echo 7400 ;;
    bleu-none) echo 19600 ;;
    chrf) echo 5000 ;;
    ter) echo 5000 ;;
    all) echo 2000 ;;
    confidence-1000) echo 3000 ;;
    paired-bs-1000) echo 2500 ;;
    paired-ar-10000) echo 1150 ;;
    *) echo 0 ;;
    esac
}

# measure NAME OPTION...: as the head says. Short runs are repeated, or they could not be timed.
measure()
{
    local name=$1 round i times=1 peak
    shift
    [ "$lines" -gt 10000 ] || times=10
    set -- nmt-bleu -j "$threads" -b -f text "$@"
    /usr/bin/time -o peak -f %M "$@" >/dev/null
    peak=$(cat peak)
    TIMEFORMAT='%U %S %R'
    for ((round = 0; round < ROUNDS; round++)); do
        { time for ((i = 0; i < times; i++)); do "$@" >/dev/null; done; } 2>&1
    done | awk -v name="$lines-$name-threads-$threads" -v n="$times" -v lines="$lines" \
        -v peak="$peak" -v peer="$(sacrebleu_rate "$name")" '
        {   c = ($1 + $2) / n
            if (NR == 1 || c < cpu) cpu = c
            if (NR == 1 || $3 / n < wall) wall = $3 / n }
        END {
            if (cpu < 1e-4) cpu = 1e-4
            printf "%-34s %8.3f s CPU %8.3f s %9.0f lines/s", name, cpu, wall, lines / cpu
            printf peer ? sprintf(" %5.0f times", lines / cpu / peer) : "            "
            printf " %6.1f MB\n", peak / 1024 }'
}

for lines; do
    damage 1 0.03 >ref
    damage 2 0.25 >hyp
    damage 3 0.23 >other
    for threads in $THREADS; do
        measure bleu ref -i hyp
        measure bleu-none -t none ref -i hyp
        measure chrf -m chrf ref -i hyp
        measure chrf++ -m chrf -cw 2 ref -i hyp
        measure ter -m ter ref -i hyp
        measure all -m bleu chrf ter ref -i hyp
        [ "$lines" -le 3000 ] || continue
        measure confidence-1000 --confidence ref -i hyp
        measure paired-bs-1000 --paired-bs ref -i hyp other
        measure paired-ar-10000 --paired-ar ref -i hyp other
    done
    [ "$lines" -le 3000 ] || for threads in $THREADS; do
        ROUNDS=1 measure paired-bs-100 --paired-bs --paired-bs-n 100 ref -i hyp other
    done
done

head -n 1 ref >line
TIMEFORMAT=%R
{ time for _ in {1..200}; do nmt-bleu -j 1 -b line <line >/dev/null; done; } 2>&1 |
    awk '{ printf "%-34s %8.3f ms, to the answer, with its process\n", "start", $1 * 1000 / 200 }'
