# multi-bleu.perl's numbers are those of -t none -s none, once no-break spaces are no spaces and
# -lc is left to tr, which knows ASCII only, as it does.
base=$SHARED/conformance/bleu
[ -f "$base/multi-bleu.tsv" ] || { echo "no $base"; exit 77; }
tab=$(printf '\t')
nbsp=$(printf '\302\240')
wrong=0 cases=0
plain() {
    if [ "$options" = -lc ]; then tr A-Z a-z; else cat; fi <"$base/$1" | sed "s/$nbsp/_/g"
}
while IFS=$tab read -r id hyp refs options status output; do
    [ "$status" = 0 ] || continue
    cases=$((cases + 1)) n=0 list=
    plain "$hyp" >hyp
    for ref in $refs; do
        n=$((n + 1))
        plain "$ref" >"ref$n"
        list="$list ref$n"
    done
    # shellcheck disable=SC2086
    nmt-bleu -t none -s none -f text -w 2 $list <hyp |
        sed 's/.* = \([0-9.]*\) \([0-9./]*\) (BP = \([0-9.]*\) ratio = \([0-9.]*\) hyp_len = \([0-9]*\) ref_len = \([0-9]*\))/BLEU = \1, \2 (BP=\3, ratio=\4, hyp_len=\5, ref_len=\6)/' >got
    [ "$(cat got)" = "$output" ] || { echo "$id: $output"; cat got; wrong=$((wrong + 1)); }
done <<END
$(grep -v '^#' "$base/multi-bleu.tsv")
END
[ "$cases" -gt 6 ] && [ "$wrong" -eq 0 ]
