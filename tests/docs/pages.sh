# Every program has a page and every page of section 1 a program; every page is sound mdoc, and what
# it refers to exists.
cd "$TOP" || exit 1
bad=0
for source in cmd/nmt-*.c; do
    [ -f "$source" ] || continue
    program=$(basename "$source" .c)
    [ -f "man/$program.1" ] || { echo "$program has no page man/$program.1"; bad=1; }
done
for page in man/*.1; do
    [ -f "$page" ] || continue
    [ -f "cmd/$(basename "$page" .1).c" ] || { echo "$page describes no program"; bad=1; }
    for section in NAME SYNOPSIS DESCRIPTION OPTIONS STREAMS '"EXIT STATUS"' EXAMPLES '"SEE ALSO"'; do
        tr -d '"' <"$page" | grep -qx "\.Sh $(printf %s "$section" | tr -d '"')" ||
            { echo "$page has no section $section"; bad=1; }
    done
done
for page in man/*.[1357]; do
    for name in $(sed -n 's/^\.Xr \(nmt[^ ]*\|libnmt\) \([0-9]\).*/\1.\2/p' "$page" | sort -u); do
        [ -f "man/$name" ] || echo "$page refers to $name, which is not there" >>"$OLDPWD/missing"
    done
done
if [ -f "$OLDPWD/missing" ]; then cat "$OLDPWD/missing"; bad=1; fi
command -v mandoc >/dev/null || { [ $bad = 1 ] && exit 1; echo 'mandoc is not installed'; exit 77; }
# Style notes are matters of taste (long lines, .Os); warnings are not.
mandoc -T lint -W warning man/*.[1357] || bad=1
exit $bad
