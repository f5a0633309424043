# sacreBLEU's scores and text for ter: options, references, sentences.
. "$TOP/tests/cli/nmt-bleu/conformance.inc"
conformance ter corpus sentence
