# What `make install` puts in place is enough: the example of libnmt(3) compiles as its readers compile
# it, without a warning, and runs. `make uninstall` takes everything away again.
CC=${CC:-cc}
[ -f "$BUILD/lib/libnmt.a" ] || { echo 'libnmt is not built'; exit 77; }
case $BUILD in *san-*) echo 'not under sanitizers'; exit 77 ;; esac
# -o: what is built stays as it is, whatever flags it was built with
env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TOP" -o all -o lib BUILD="$BUILD" PREFIX="$PWD/usr" install >log 2>&1 ||
    { cat log; exit 1; }
for program in usr/bin/*; do
    "$program" --version | grep -q "^$(basename "$program") [0-9]" || { echo "$program does not run"; exit 1; }
    [ -f "usr/share/man/man1/$(basename "$program").1" ] || echo "no page for $program"
    [ -f "usr/share/bash-completion/completions/$(basename "$program")" ] || echo "no completion for $program"
done

awk '/^\.Sh EXAMPLES/ { inside = 1 }
     inside && /^\.Bd/ { code = 1; next }
     /^\.Ed/ { code = 0 }
     code { gsub(/\\e/, "\\"); print }' usr/share/man/man3/libnmt.3 >example.c
grep -q 'int main' example.c || { echo 'libnmt(3) has no example'; exit 1; }
export PKG_CONFIG_PATH="$PWD/usr/lib/pkgconfig"
# shellcheck disable=SC2046
$CC -std=c17 -Wall -Wextra -Wconversion -Werror example.c -o example $(pkg-config --cflags --libs nmt) ||
    exit 1
printf 'the cat sat on the mat\nthree words here now\n' >same
[ "$(./example same <same)" = 100.00 ] || { echo "BLEU with itself: $(./example same <same)"; exit 1; }
./example nowhere <same 2>message && { echo 'a missing file goes unnoticed'; exit 1; }
grep -q '^nowhere: cannot open' message || exit 1

env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TOP" BUILD="$BUILD" PREFIX="$PWD/usr" uninstall
find usr -type f
