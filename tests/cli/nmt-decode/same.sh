# A record's translation does not depend on batches, threads or the speed of the input; streams can be
# saved, joined and decoded again.
. "$TOP/tests/cli/models.inc"
make_bitext 60 3 test
make_bitext 300 7 train
awk 'BEGIN { for (i = 0; i < 40; i++) printf "cat "; print "" }' >>test.en
for kind in 'gru' 'lstm -s model.cell=lstm -s model.order=text' \
    'cgru -s model.order=cgru -s model.readout=tanh' 'none -s model.attention=none' \
    'dot -s model.attention=dot -s model.state=16 -s model.embedding=16 -s model.maxout=16'; do
    # shellcheck disable=SC2086
    tiny_model $kind -s train.epochs=2
    name=${kind%% *}
    nmt-encode -m "$name.nmt" -o in.ann test.en || exit 1
    for beam in 1 5; do
        nmt-decode -m "$name.nmt" --score -b $beam -A want.al in.ann >want || exit 1
        every_line want 61
        for options in '--batch 1 -j 1' '--batch 7 -j 2' '--batch 1000 -j 3'; do
            # shellcheck disable=SC2086
            nmt-decode -m "$name.nmt" --score -b $beam $options -A out.al in.ann >out
            cmp out want && cmp out.al want.al || echo "$name, beam $beam: $options changes something"
        done
    done
done

fails 1 "made by" nmt-decode -m none.nmt in.ann # of the model dot
nmt-encode -m none.nmt -o in.ann test.en
nmt-decode -m none.nmt in.ann >want
cat in.ann in.ann | nmt-decode -m none.nmt >out || exit 1
cat want want | cmp - out || echo 'joined streams'
nmt-decode -m none.nmt in.ann in.ann | cmp - out || echo 'two operands'
while IFS= read -r line; do
    echo "$line"
    sleep 0.01
done <test.en | nmt-encode -m none.nmt --max-wait 0 | nmt-decode -m none.nmt --max-wait 0 | cmp - want
exit 0
