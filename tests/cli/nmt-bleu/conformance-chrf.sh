# sacreBLEU's scores and text for chrf: options, references, sentences.
. "$TOP/tests/cli/nmt-bleu/conformance.inc"
conformance chrf corpus sentence
