# sacreBLEU's bootstrap intervals, for the same seed the same digits.
. "$TOP/tests/cli/nmt-bleu/conformance.inc"
conformance bleu confidence && conformance chrf confidence
