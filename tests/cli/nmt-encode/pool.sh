# One vector a line, against sums made by hand; lines without one keep their place.
. "$TOP/tests/cli/models.inc"
tiny_model m -s train.epochs=3
tiny_model none -s model.attention=none -s train.updates=2
{ printf 'the dog\n\na \377\n'; awk 'BEGIN { for (i = 0; i < 30; i++) printf "%sthe dog%s", i ? " " : "", i % 5 == 4 ? "." : ""; print "" }'; } >in
encode() { nmt-encode -m m.nmt -m none.nmt --max-length 25 "$@" in 2>/dev/null; }
encode -f jsonl >rows
# last: [forward of the last token; backward of the first] of each part
for how in mean last; do
    jq -c --arg how $how 'def mean: length as $n | transpose | map(add / $n);
        if .failed then null else [.models[] |
            if (.annotations | length) == 0 then null
            elif $how == "mean" or (.annotations | length) < (.ids | length) then .annotations | mean
            else . as $m | [range(.ids | length) | select($m.ids[.] == 2)] as $ends |
                [range($ends | length) | [if . == 0 then 0 else $ends[. - 1] + 1 end, $ends[.]] |
                 $m.annotations[.[1]][:12] + $m.annotations[.[0]][12:]] | mean end] end' rows >$how
done
cmp -s mean last && echo 'the two must differ'
for how in mean last; do
    encode -f jsonl --pool $how | jq -c 'if .failed then null else [.models[].vector] end' >got
    every_line got 4
    paste -d ' ' $how got | tr -d '[]' | tr ',' ' ' | awk '{ n = NF / 2; for (i = 1; i <= n; i++) if ($i != $(n + i) && ($i - $(n + i)) ^ 2 > 1e-12) { print "'$how' of line " NR ": " $i " " $(n + i); exit } }'
    [ "$(sed -n 2,3p got)" = "$(printf '[null,null]\nnull')" ] || cat got
    # NumPy: two vectors for each line, NaN where there is none.
    encode -f npy --pool $how >npy
    [ "$(wc -c <npy)" -eq $((4 * (128 + 24 * 4 + 128 + 12 * 4))) ] || wc -c npy
    [ "$(grep -ac "'shape': (24,)" npy)" -eq 4 ] || echo 'no vectors'
    [ "$(tail -c $((3 * 400)) npy | head -c $((128 + 24 * 4)) | tail -c 4 | od -An -tf4 | tr -d ' -')" = nan ] || echo 'an empty line has no vector'
    if command -v python3 >/dev/null && python3 -c 'import numpy' 2>/dev/null; then
        python3 - got <<'END'
import json, sys, numpy
f = open("npy", "rb")
for line in open(sys.argv[1]):
    for want, width in zip(json.loads(line) or [None, None], (24, 12)):
        v = numpy.load(f)
        assert v.shape == (width,), v.shape
        assert numpy.isnan(v).all() if want is None else numpy.allclose(v, want, atol=1e-7, rtol=0)
assert not f.read()
END
    fi
done
fails 2 'is for -f' nmt-encode -m m.nmt --pool mean in
fails 2 'none of' nmt-encode -m m.nmt -f npy --pool median in
exit 0
