# The dumped configuration reads back as itself, with every preset.
for preset in default paper; do
    nmt-train --preset $preset --dump-config > a.yaml || exit 1
    nmt-train -c a.yaml --dump-config > b.yaml || exit 1
    cmp a.yaml b.yaml || exit 1
done
nmt-train --preset paper --dump-config | awk '
    /^  (optimizer: adadelta|embedding: 620|state: 1000|alignment: 1000|maxout: 500|order: code)$/ { n++ }
    /^  (size: 30000|init: paper|clip: 1|batch-sentences: 80|sort-batches: 20|dropout: 0|loss: sum)$/ { n++ }
    END { exit n != 13 }' || { echo "not the paper"; exit 1; }
