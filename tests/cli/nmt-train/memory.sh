# --dry-run prints what memory training needs and trains nothing; --memory refuses too much before
# the first update, by what --dry-run says.
. "$TOP/tests/cli/models.inc"
make_bitext 200 1 train
make_bitext 20 2 valid
set -- $TINY -s data.valid-source=valid.en -s data.valid-target=valid.fr
nmt-train -q "$@" --dry-run -o m.nmt train.en train.fr >plan || exit 1
[ ! -e m.nmt ] && [ ! -e m.nmt.state ] && [ ! -e m.nmt.lock ] || { ls; exit 1; }
grep -q '^largest batch: 8 pairs, 48 source and 48 target tokens$' plan || { cat plan; exit 1; }
awk '/ MB$/ { if ($1 == "all") all = $2; else { sum += $(NF - 1); n++ } }
     END { exit !(n == 6 && all > 0 && (all - sum) ^ 2 < 1e-4) }' plan || { cat plan; exit 1; }
kb=$(awk '$1 == "all" { printf "%d", $2 * 1000 }' plan)
fails 1 'needs [0-9]* MB and may have [0-9]*: the largest batch takes' \
    nmt-train -q "$@" --memory $((kb - 2))K -o m.nmt train.en train.fr
[ ! -e m.nmt ] && [ ! -e m.nmt.state ] || exit 1
nmt-train -q "$@" -s train.updates=1 --memory $((kb + 2))K -o m.nmt train.en train.fr || exit 1
nmt-train -q "$@" -s train.updates=1 --memory 4G -o m.nmt train.en train.fr || exit 1
# a larger batch needs more
nmt-train -q "$@" -s train.batch-sentences=64 --dry-run -o n.nmt train.en train.fr >large || exit 1
grep -q '^largest batch: 64 pairs' large || { cat large; exit 1; }
awk '$1 == "largest" && $NF == "MB" { print $3 }' plan large | sort -c -g || exit 1
for size in 0 12X '' -1 G 4GB; do
    fails 2 '.' nmt-train -q "$@" --memory "$size" -o m.nmt train.en train.fr
done
