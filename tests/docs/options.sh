# A program's page lists the options of its table, letter, name and value, and no others. Options
# without help are accepted spellings: the page names them somewhere.
cd "$TOP" || exit 1
bad=0
for page in man/*.1; do
    program=$(basename "$page" .1)
    command -v "$program" >/dev/null || continue
    "$program" --print-options >"$OLDPWD/table" || { echo "$program --print-options fails"; exit 1; }

    # ".It Fl m , Fl -model Ar FILE" or ".It Fl -model Ar FILE" inside OPTIONS, as the table has it.
    awk 'BEGIN { OFS = "\t" }
         /^\.Sh / { inside = $2 == "OPTIONS" }
         inside && /^\.It Fl / {
             letter = name = "-"; value = ""
             for (i = 2; i <= NF; i++)
                 if ($i == "Fl") {
                     i++
                     if ($i ~ /^-/) name = substr($i, 2); else letter = $i
                 } else if ($i == "Ar") {
                     value = $(i + 1)
                 }
             print letter, name, value == "" ? "-" : value
         }' "$page" | sort >"$OLDPWD/documented"
    awk -F '\t' 'BEGIN { OFS = FS } $4 != "" { print $1, $2, $3 }' "$OLDPWD/table" |
        sort >"$OLDPWD/listed"
    (cd "$OLDPWD" && diff listed documented) >"$OLDPWD/difference" || {
        echo "$page: options (< in the program's table, > in its page):"
        grep '^[<>]' "$OLDPWD/difference"
        bad=1
    }
    for name in $(awk -F '\t' '$4 == "" { print $2 }' "$OLDPWD/table"); do
        grep -q "Fl -*$name\b" "$page" || { echo "$page does not name --$name"; bad=1; }
    done
    "$program" --help >"$OLDPWD/help" || { echo "$program --help fails"; bad=1; }
    for name in $(cut -f 2 "$OLDPWD/documented"); do
        grep -q -e "--$name\b" "$OLDPWD/help" || { echo "$program --help lacks --$name"; bad=1; }
    done
done
exit $bad
