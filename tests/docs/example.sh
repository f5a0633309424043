# The example of libnmt(3) compiles without a warning as its readers compile it, and runs.
CC=${CC:-cc}
[ -f "$BUILD/lib/libnmt.a" ] || { echo 'libnmt is not built'; exit 77; }
case $BUILD in *san-*) echo 'not under sanitizers'; exit 77 ;; esac
awk '/^\.Sh EXAMPLES/ { inside = 1 }
     inside && /^\.Bd/ { code = 1; next }
     /^\.Ed/ { code = 0 }
     code { gsub(/\\e/, "\\"); print }' "$TOP/man/libnmt.3" >example.c
grep -q 'int main' example.c || { echo 'libnmt(3) has no example'; exit 1; }
# shellcheck disable=SC2046
$CC -std=c17 -Wall -Wextra -Wconversion -Werror -I"$TOP/libnmt/include" example.c -o example \
    "$BUILD/lib/libnmt.a" $(pkg-config --libs openblas yaml-0.1 libutf8proc) -lm -pthread || exit 1
printf 'the cat sat on the mat\nthree words here now\n' >same
[ "$(./example same <same)" = 100.00 ] || { echo "BLEU of a text with itself: $(./example same <same)"; exit 1; }
printf 'a cat\n' >other
! ./example nowhere <same 2>message && grep -q '^nowhere: cannot open' message
