# The committed inputs of every fuzz target, whole, cut and damaged, break nothing.
set -e
for target in "$TOP"/tests/fuzz/fuzz_*.c; do
    name=$(basename "$target" .c)
    [ -x "$BUILD/tests/$name" ] || { echo "$name is not built"; exit 77; }
    "$BUILD/tests/$name" "$TOP/tests/fuzz/corpus/$name"/*
done
