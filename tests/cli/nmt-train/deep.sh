# Layers, transitions, normalisation, input feeding, alone and together: a tiny model of each kind
# trains, goes on after a kill to the same bytes on other threads, says what it is, translates and
# aligns; and decoding, forced along the validation pairs, finds the perplexity that training found.
. "$TOP/tests/cli/train.inc"
make_bitext 160 1 train
make_bitext 12 2 valid

kind() { # NAME OPTION...
    name=$1
    shift
    set -- $TINY -s train.epochs=2 -s train.valid-every=10 -s train.save-every=4 \
        -s train.metric=perplexity "$@" -s data.valid-source=valid.en \
        -s data.valid-target=valid.fr train.en train.fr
    nmt-train -q -j 1 "$@" -o "$name.nmt" || exit 1
    for wait in 0.05 0.1 0.2; do
        nmt-train -q "$@" -o "$name-killed.nmt" 2>killed.err &
        sleep $wait
        kill -9 $! 2>/dev/null
        wait $! 2>/dev/null
    done
    nmt-train -q -j 2 "$@" -o "$name-killed.nmt" || exit 1
    cmp "$name.nmt" "$name-killed.nmt" || exit 1
    nmt-train --describe "$name.nmt" >"$name.described" || exit 1

    nmt-encode -m "$name.nmt" <valid.en >"$name.ann" || exit 1
    nmt-decode -m "$name.nmt" -n 2 -b 3 "$name.ann" >"$name.best" || exit 1
    [ "$(wc -l <"$name.best")" -eq 24 ] || { echo "$name: n-best"; exit 1; }
    nmt-align -m "$name.nmt" valid.en valid.fr >"$name.links" || exit 1
    [ "$(wc -l <"$name.links")" -eq 12 ] || { echo "$name: links"; exit 1; }
    trained=$(awk '$1 == "training.validation_perplexity" { print $3 }' "$name.described")
    nmt-decode -m "$name.nmt" --length-penalty 0 --force valid.fr "$name.ann" |
        awk -v name="$name" -v trained="$trained" '
            { sum += $1 }
            END {
                perplexity = exp(-sum / (12 * 6))
                if (NR == 12 && (perplexity / trained - 1) ^ 2 < 1e-8) exit
                print name ": perplexity " perplexity ", in training " trained
                exit 1
            }' || exit 1
}
describes() { # NAME LINE...
    name=$1
    shift
    for line; do
        grep -qxF -e "$line" "$name.described" || { echo "$name: no line '$line'"; exit 1; }
    done
}

kind plain
describes plain 'decoder.update.weight [12 x 12]'
grep -E 'layer|_gain|step|feed|residual|stack|transition' plain.described && exit 1

kind norm -s model.layer-norm=true -s model.cell=lstm -s model.order=text
describes norm 'rnnsearch.layer_norm = true' 'decoder.forget.context_gain [12]'

kind layers -s model.encoder-layers=3 -s model.decoder-layers=2
describes layers 'rnnsearch.encoder_layers = 3' 'rnnsearch.decoder_layers = 2' \
    'rnnsearch.encoder_stack = "bidirectional"' 'rnnsearch.residual = true' \
    'encoder.layer3.backward.reset.weight [12 x 24]' 'decoder.layer2.start.bias [12]'

kind alternating -s model.encoder-layers=2 -s model.encoder-stack=alternating \
    -s model.residual=false
describes alternating 'rnnsearch.encoder_stack = "alternating"' \
    'encoder.layer2.backward.reset.weight [12 x 12]'
grep residual alternating.described && exit 1

kind steps -s model.encoder-transitions=2 -s model.decoder-transitions=3 -s model.order=appendix
describes steps 'rnnsearch.encoder_transitions = 2' 'rnnsearch.decoder_transitions = 3' \
    'encoder.backward.step2.update.recurrent [12 x 12]' 'decoder.step3.candidate.bias [12]'

kind feeding -s model.input-feeding=true
describes feeding 'rnnsearch.input_feeding = true' 'decoder.update.feed [12 x 12]'

kind all -s model.order=cgru -s model.start=mean -s vocabulary.joint=true -s model.tied=all -s model.layer-norm=true \
    -s model.encoder-layers=2 -s model.decoder-layers=2 -s model.encoder-transitions=2 \
    -s model.decoder-transitions=2 -s model.input-feeding=true -s train.dropout-layer=0.3
describes all 'rnnsearch.tied = "all"' 'rnnsearch.start = "mean"' 'decoder.second.update.context_gain [12]' \
    'decoder.layer2.step2.candidate.recurrent_gain [12]'
grep source.embedding all.described && exit 1
exit 0
