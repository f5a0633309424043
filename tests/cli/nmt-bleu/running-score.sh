# While a hypothesis is being made, whoever sits at a terminal sees the score so far; it is wiped
# before the report, and nobody else sees it.
script -qec true /dev/null </dev/null >/dev/null 2>&1 || { echo "no terminal can be made here"; exit 77; }
i=0
while [ $i -lt 8 ]; do
    echo "line $i of the text, and so on"
    i=$((i + 1))
done >ref
sed 's/3 of/three of/' ref >hyp
# The first half at once, the rest in pieces, so slowly that there must be a score between them.
cat >slowly <<'END'
head -n 4 hyp; sleep 0.8; sed -n '5,6p' hyp; sleep 0.8; tail -n 2 hyp
END
script -qec 'sh slowly | nmt-bleu -b -w 2 ref' terminal >/dev/null </dev/null
tr '\r' '\n' <terminal | sed -n 's/\x1b\[K/<wipe>/; /^Script/d; /./p' >seen
# How often depends on how busy the machine is.
grep -q '^6 lines  BLEU 95.91<wipe>$' seen || cat seen
grep -q '^4 lines  BLEU ' seen || cat seen # what came at once, while nothing more comes
sed -n '$p' seen
sh slowly | nmt-bleu -b -w 2 ref
script -qec 'sh slowly | nmt-bleu -q -b -w 2 ref' terminal >/dev/null </dev/null
tr '\r' '\n' <terminal | sed '/^Script/d; /./!d'
# Of several systems it is that of the one that is being made.
sed 's/of the/of a/' ref >old
script -qec 'sh slowly | nmt-bleu --paired old ref' terminal >/dev/null </dev/null
tr '\r' '\n' <terminal | grep -q '^6 lines  BLEU 95.91' || tr '\r' '\n' <terminal
# Lines that come steadily, without a pause to work in, are no reason to be silent.
yes 'one line like any other' | head -n 300 >many
script -qec 'while read -r line; do echo "$line"; sleep 0.005; done <many | nmt-bleu -b many' \
    terminal >/dev/null </dev/null
tr '\r' '\n' <terminal | grep -q '^[12]\?[0-9]\?[0-9] lines  BLEU' || tr '\r' '\n' <terminal
