# The shape of the house: what stands at the top level, file names that are unique, files of readable
# length, text without trailing space, and no machine's own paths.
cd "$TOP" || exit 1
bad=0
for entry in * .[!.]*; do
    case $entry in
    Makefile | README.md | cmd | libnmt | man | tests | examples | completions) ;;
    .ci | .git | .gitignore | .clang-format | .editorconfig | build | tags) ;;
    *) echo "$entry does not belong at the top level"; bad=1 ;;
    esac
done
find cmd libnmt -name '*.c' | sed 's|.*/||' | sort | uniq -d >"$OLDPWD/twice"
while read -r name; do echo "$name exists twice"; bad=1; done <"$OLDPWD/twice"
for source in $(find cmd libnmt tests examples completions -name '*.[ch]'); do
    lines=$(wc -l <"$source")
    case $source in tests/*) most=900 ;; *) most=650 ;; esac
    [ "$lines" -le $most ] || { echo "$source has $lines lines"; bad=1; }
done
find . -path ./build -prune -o -path ./.git -prune -o -path ./tests/golden -prune -o \
    -path ./tests/fuzz/corpus -prune -o -type f -print >"$OLDPWD/files"
while read -r file; do
    grep -nE '/(work|tmp/wt|home|root)/' "$file" /dev/null | grep -v '^./tests/docs/tree.sh'
done <"$OLDPWD/files" >"$OLDPWD/paths"
grep -lE '[[:blank:]]+$' $(grep -E '\.([chy]|sh|md|awk|[1357]|yaml)$' "$OLDPWD/files") >"$OLDPWD/blanks"
sed 's/^/a path of one machine: /' "$OLDPWD/paths"
sed 's/$/ has blanks at the end of a line/' "$OLDPWD/blanks"
[ ! -s "$OLDPWD/paths" ] && [ ! -s "$OLDPWD/blanks" ] && [ $bad = 0 ]
