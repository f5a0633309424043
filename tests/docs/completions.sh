# The completions know every program, parse in their shells, and offer what --print-options lists.
cd "$TOP/completions" || exit 1
bad=0
for source in ../cmd/nmt-*.c; do
    program=$(basename "$source" .c)
    for file in nmt.bash _nmt nmt.fish; do
        grep -q "\b$program\b" $file || { echo "completions/$file does not name $program"; bad=1; }
    done
done
if command -v zsh >/dev/null; then zsh -n _nmt || bad=1; fi
if command -v fish >/dev/null; then fish --no-execute nmt.fish || bad=1; fi
command -v bash >/dev/null || { [ $bad = 1 ] && exit 1; echo 'bash is not installed'; exit 77; }

cat >"$OLDPWD/try.bash" <<'END'
. "$TOP/completions/nmt.bash"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_nmt "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
END
for program in $(cd ../cmd && ls nmt-*.c 2>/dev/null | sed 's/\.c$//'); do
    command -v "$program" >/dev/null || continue
    "$program" --print-options | awk -F '\t' '$4 != "" { print "--" $2 }' | sort >"$OLDPWD/want"
    bash -u "$OLDPWD/try.bash" "$program" -- | sort >"$OLDPWD/got"
    cmp -s "$OLDPWD/want" "$OLDPWD/got" || {
        echo "bash completes '$program --' to:"; diff "$OLDPWD/want" "$OLDPWD/got"; bad=1
    }
    : >"$OLDPWD/some-file"
    [ "$(cd "$OLDPWD" && bash -u try.bash "$program" some-f)" = some-file ] ||
        { echo "bash does not complete files behind $program"; bad=1; }
done

# What an option's value can be, "a|b..." or "one of a, b or c", is the same in every shell.
cat >"$OLDPWD/try.zsh" <<'END'
_arguments() { print -rl -- "$@" }
_call_program() { shift; "$@" }
words=("$1")
source "$TOP/completions/_nmt"
END
words_of_zsh() {
    zsh -f try.zsh "$1" | sed -n "s/^\*--$2=.*:(\(.*\))\$/\1/p"
}
words_of_fish() {
    fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$TOP/completions/nmt.fish" "$1 --$2 " | cut -f 1
}
sorted() {
    tr ' ' '\n' | sed '/^$/d' | LC_ALL=C sort
}
cd "$OLDPWD" || exit 1
for program in $(cd "$TOP/cmd" && ls nmt-*.c | sed 's/\.c$//'); do
    command -v "$program" >/dev/null || continue
    for option in $("$program" --print-options | awk -F '\t' '$3 != "-" && $4 != "" { print $2 }'); do
        mkdir -p nothing
        (cd nothing && bash -u ../try.bash "$program" "--$option" '') | sorted >want
        [ -s want ] || continue
        for shell in zsh fish; do
            command -v $shell >/dev/null || continue
            words_of_$shell "$program" "$option" | sorted | diff want - >differs || {
                echo "$shell and bash complete '$program --$option' differently:"; cat differs; bad=1
            }
        done
    done
done
[ "$(bash -u try.bash nmt-bleu -m '' | tr '\n' ' ')" = 'bleu chrf ter em ' ] ||
    { echo "bash does not complete 'nmt-bleu -m' to the names of metrics"; bad=1; }
exit $bad
