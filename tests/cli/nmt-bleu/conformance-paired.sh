# Paired tests of several systems by three metrics: scores, means and intervals to 1e-9, p-values exactly.
. "$TOP/tests/cli/nmt-bleu/conformance.inc"
cases=0 wrong=0
while IFS=$tab read -r id metric mode hyp refs args score tags; do
    case $mode in paired-*) ;; *) continue ;; esac
    cases=$((cases + 1))
    # shellcheck disable=SC2086
    nmt-bleu $args -j 2 $refs -i $hyp >got || complain "status $?"
    # shellcheck disable=SC2086
    nmt-bleu $args -j 1 $refs -i $hyp | cmp - got || complain "other threads, other result"
    jq -es --arg id "$id" '
        def close($a; $b): if $a == null or $b == null then $a == $b
            else (($a - $b) | fabs) <= 1e-9 * ($a | fabs) end;
        .[1] as $got | .[0][] | select(.id == $id) | .results | to_entries
        | all(.[]; .key as $m | .value | to_entries
            | all(.[]; .value as $w | $got[.key][$m] as $g
                | $g != null and close($w.score; $g.score) and $w.p_value == $g.p_value
                  and close($w.mean; $g.mean) and close($w.ci; $g.ci)))' \
        "$base/cases.json" got >/dev/null || complain "differs"
done <"$base/cases.tsv"
[ "$cases" -eq 4 ] || echo "$cases cases"
[ "$wrong" -eq 0 ]
