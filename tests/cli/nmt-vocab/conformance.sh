# Every case of conformance/bpe: the bytes that subword-nmt writes. learn-joint is learning from all
# inputs, segmenting each, counting.
dir=$SHARED/conformance/bpe
[ -f "$dir/cases.tsv" ] || { echo "no $dir"; exit 77; }

# A case names files, packed or not, relative to its folder.
plain() {
    for name; do
        mkdir -p "$(dirname "$name")"
        case $name in
        *.gz) gzip -dc "$dir/$name" >"$name" ;;
        *) cp "$dir/$name" "$name" ;;
        esac
    done
}

# subword-nmt's --glossaries takes all the words behind it.
options() {
    set -f
    for word; do
        case $word in
        --glossaries) glossary=1 ;;
        -s) printf -- '--learn-codes ' ;;
        *) printf '%s%s ' "${glossary:+--glossary }" "$word" ;;
        esac
    done
}

tab=$(printf '\t') bad=0 cases=0
while IFS=$tab read -r id op input codes options expected _; do
    case $id in '#'*) continue ;; esac
    [ "$input" = - ] && input=
    [ "$codes" = - ] && codes=
    [ "$options" = - ] && options=
    plain $input $codes
    case $op in error) plain data/badcodes data/one.txt ;; *) plain $expected ;; esac
    for word in $options; do case $word in expected/* | data/*) plain "$word" ;; esac; done
    # shellcheck disable=SC2086
    case $op in
    learn) nmt-vocab -q $(options $options) $input >got ;;
    apply) nmt-vocab --apply-codes $codes $(options $options) $input >got ;;
    vocab) nmt-vocab --counts $input >got ;;
    learn-joint)
        nmt-vocab -q $(options $options) $input >got
        n=0
        for one in $input; do
            nmt-vocab --apply-codes got "$one" | nmt-vocab --counts |
                cmp - "expected/$id.vocab$n" || bad=1
            n=$((n + 1))
        done
        expected=${expected%% *} ;;
    error)
        nmt-vocab --apply-codes data/badcodes data/one.txt >got 2>&1
        [ $? -eq 1 ] && [ "$(cat got)" = "nmt-vocab: data/badcodes:3: 'abc' is not two symbols" ] ||
            { echo "$id: $(cat got)"; bad=1; }
        cases=$((cases + 1))
        continue ;;
    *) echo "unknown operation $op"; bad=1 ;;
    esac
    cmp got "$expected" || { echo "$id differs"; bad=1; }
    cases=$((cases + 1))
done <"$dir/cases.tsv"
[ "$cases" -eq 23 ] || { echo "$cases cases, 23 expected"; bad=1; }
exit $bad
