# sacreBLEU's scores and text for BLEU: tokenisers, smoothing, references, sentences.
. "$TOP/tests/cli/nmt-bleu/conformance.inc"
conformance bleu corpus sentence
