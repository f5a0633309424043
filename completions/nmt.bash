# Completion of the nmt programs for bash. Every program is asked for its own table of options
# (--print-options: letter, name, value, help, separated by tabs), so nothing here goes stale.

# What a value called $1 with the help $2 can be: words, or nothing for a file.
_nmt_words()
{
    case $1 in
    *FILE* | *MODEL* | *VOCAB* | *STREAM* | *TARGET* | *SOURCE* | SRC* | TGT* | *REF* | *BASELINE* | *DIR*)
        return 0
        ;;
    KEY=VALUE)
        nmt-train --dump-config 2>/dev/null |
            awk '/^[a-z]/ { sub(":.*", ""); s = $0; next } { sub(":.*", "", $1); print s "." $1 "=" }'
        return 0
        ;;
    *'|'* | *,* | '['*)
        printf '%s\n' "$1" | tr '|,' '\n\n' | tr -d '[]. '
        return 0
        ;;
    esac
    # "prob (i-j:p), matrix or svg", perhaps after a colon: a list of single words
    printf '%s\n' "$2" | awk '{
        gsub(/ *\([^)]*\)/, ""); sub(/;.*/, ""); sub(/^.*: */, ""); gsub(/,? or /, ", ")
        n = split($0, word, / *, */)
        for (i = 1; i <= n; i++) if (n < 2 || word[i] !~ /^[[:alnum:]-]+$/) exit
        for (i = 1; i <= n; i++) print word[i] }'
}

_nmt()
{
    local program=$1 word=$2 before=$3 table option='' letter name value help words
    COMPREPLY=()
    table=$("$program" --print-options 2>/dev/null) || return 0
    # bash splits --option=value at the equals sign
    if [ "$before" = = ] && [ "$COMP_CWORD" -ge 2 ]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    elif [ "$word" = = ]; then
        option=$before word=''
    else
        option=$before
    fi
    case $option in
    -*)
        while IFS=$'\t' read -r letter name value help; do
            [ "$value" != - ] || continue
            case $option in
            --"$name" | -"$letter" | -[!-]*"$letter")
                [ "$letter" != - ] || [ "$option" = "--$name" ] || continue
                words=$(_nmt_words "$value" "$help")
                if [ -n "$words" ]; then
                    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
                    [ "$value" != KEY=VALUE ] || compopt -o nospace 2>/dev/null
                else
                    mapfile -t COMPREPLY < <(compgen -f -- "$word")
                    compopt -o filenames 2>/dev/null
                fi
                return 0
                ;;
            esac
        done <<<"$table"
        ;;
    esac
    case $word in
    -*)
        words=$(awk -F '\t' '$4 != "" { print "--" $2; if ($1 != "-") print "-" $1 }' <<<"$table")
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        ;;
    *)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        compopt -o filenames 2>/dev/null
        ;;
    esac
    return 0
}

complete -F _nmt nmt-vocab nmt-train nmt-encode nmt-decode nmt-align nmt-bleu
