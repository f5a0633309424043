# Every public header compiles alone, and nmt/nmt.h includes them all.
cd "$TOP/libnmt/include" || exit 1
CC=${CC:-cc}
command -v "$CC" >/dev/null || { echo "no compiler $CC"; exit 77; }
bad=0
for header in nmt/*.h; do
    printf '#include <%s>\n' "$header" |
        $CC -std=c17 -Wall -Wextra -Wpedantic -Werror -D_POSIX_C_SOURCE=200809L -I. -fsyntax-only -x c - ||
        { echo "$header does not compile alone"; bad=1; }
    [ "$header" = nmt/nmt.h ] || grep -qx "#include <$header>" nmt/nmt.h ||
        { echo 'nmt/nmt.h does not include '"$header"': run `make nmt.h`'; bad=1; }
done
exit $bad
