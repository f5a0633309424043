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
exit $bad
