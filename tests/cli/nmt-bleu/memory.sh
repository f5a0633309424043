# Memory does not grow with the number of lines, and resampling keeps the statistics of lines and
# nothing of samples.
under() {
    limit=$1
    shift
    (ulimit -v "$limit" && nmt-bleu -j 1 "$@") 2>/dev/null
}
echo 'a few words of it' >small
under 12000 small <small >/dev/null || { echo "programs of this build need more"; exit 77; }
awk 'BEGIN { for (i = 0; i < 100000; i++)
    print "line", i, "of a text that has", i % 977, "of these and", i % 31, "of those, and so on." }' >ref
sed 's/5 of/6 of/' ref >hyp
# These are 14 MB of text.
under 12000 -b -f text -m bleu chrf ter -- ref <hyp
# 100,000 scores are 15 MB of text, and of JSON 31 MB; nobody may see the first before the last line.
under 12000 --sentence -f text ref <hyp | tail -n 1 | sed 's/ (.*//; s/|.*= /: /'
under 12000 --sentence -f json ref <hyp | wc -l
sed '$d' hyp | under 12000 --sentence -f text ref | wc -c
# They wait in a place that can be named; a thousand need none.
export TMPDIR=/nowhere
nmt-bleu --sentence ref <hyp
echo "status $?"
head -n 1000 hyp >thousand
nmt-bleu --sentence thousand <thousand | wc -l
unset TMPDIR
# 100,000 rows of two systems are 10 MB; which lines are in 100 samples of them, 40 MB.
under 32000 --paired-bs --paired-bs-n 100 ref -i hyp ref | grep -c p_value
