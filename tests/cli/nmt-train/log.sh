# The log: a JSON object a line; words of source and target are those of the text, whatever pieces
# they are cut into; the sums of an epoch are the words of the bitext.
. "$TOP/tests/cli/models.inc"
command -v jq >/dev/null || { echo 'jq is not installed'; exit 77; }
make_bitext 200 1 train
awk 'NR % 2 { print $0, "." } !(NR % 2)' train.en >t && mv t train.en
make_bitext 20 2 valid
set -- -s data.valid-source=valid.en -s data.valid-target=valid.fr -s train.epochs=1
for type in word char bpe; do
    nmt-train -q $TINY "$@" -s vocabulary.type=$type -s vocabulary.size=60 --log $type.log \
        -o $type.nmt train.en train.fr || exit 1
    jq -e -s '
        (map(select(.event == "update")) | length > 0 and all(
            .loss > 0 and .perplexity > 1 and .gradient_norm > 0 and .learning_rate > 0 and
            .epoch_left >= 0 and .left >= 0 and .source_tokens >= .source_words)) and
        (map(select(.event == "update")) | last |
            .source_words == 1100 and .target_words == 1000) and
        (map(select(.event == "validation")) | length == 1 and all(
            .valid_perplexity > 1 and .valid_bleu >= 0 and (.sample_output | type) == "string")) and
        (last | .event == "end" and .text == "all epochs are done" and .best_update == 25)
        ' $type.log >/dev/null || { tail -n 3 $type.log; exit 1; }
done
