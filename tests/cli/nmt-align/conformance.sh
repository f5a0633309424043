# Every case of the peers' own programs: atools for -S, alignment-scripts for -E.
cases=$SHARED/conformance/align
[ -f "$cases/cases.tsv" ] || { echo "no conformance cases in $SHARED"; exit 77; }
n=0
while IFS='	' read -r id command one two expected; do
    case $id in '#'*) continue ;; esac
    [ "$two" = - ] && set -- "$cases/$one" || set -- "$cases/$one" "$cases/$two"
    nmt-align -S "$command" "$@" >out || echo "$id: status $?"
    cmp out "$cases/$expected" || echo "$id: differs"
    n=$((n + 1))
done <"$cases/cases.tsv"
while IFS='	' read -r id gold hypothesis options precision recall aer fmeasure links; do
    case $id in '#'*) continue ;; esac
    set -- "$cases/$gold" "$cases/$hypothesis"
    for option in $(echo "$options" | tr ', +' '\n\n\n'); do
        case $option in
        -) ;;
        allsure) set -- --all-sure "$@" ;;
        ignore) set -- --ignore-possible "$@" ;;
        o1) set -- --one-gold "$@" ;;
        h1) set -- --one-hypothesis "$@" ;;
        rh) set -- --reverse-hypothesis "$@" ;;
        *) echo "$id: unknown option $option" ;;
        esac
    done
    nmt-align -E "$@" >out || echo "$id: status $?"
    awk -v id="$id" -v want="$precision $recall $aer $fmeasure $links" '
        BEGIN { split(want, w, " ") }
        NR <= 5 { d = $2 - w[NR]; if (d < 0) d = -d; if (d > 1e-9) print id ": " $1 " " $2 }
        END { if (NR < 5) print id ": too few lines" }' out
    n=$((n + 1))
done <"$cases/aer.tsv"
[ "$n" -eq 34 ] || echo "$n cases, expected 34"
