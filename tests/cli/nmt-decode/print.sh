# How translations are written: fields that programs can take apart, whatever became of the line.
. "$TOP/tests/cli/models.inc"
tiny_model m
printf 'the dog\n\na \377\na cat sees my horse\n' >in
nmt-encode -m m.nmt -o in.ann in 2>/dev/null

nmt-decode -m m.nmt -n 3 in.ann >list 2>err
[ $? -eq 1 ] || echo 'a failed record must give status 1'
awk -F ' [|][|][|] ' '
    NF != 4 { print "fields: " $0 }
    split($3, f, " ") != 4 || f[1] != "logprob=" || f[3] != "tokens=" { print "features: " $0 }
    f[2] !~ /^-?([0-9.]+|inf)$/ || f[4] !~ /^[0-9]+$/ || $4 !~ /^-?([0-9.]+|inf)$/ { print "numbers: " $0 }
    { n[$1]++ } $1 == 2 { failed = $2 "/" $4 }
    END { if (n[0] != 3 || n[1] != 1 || n[2] != 1 || n[3] != 3 || failed != "/-inf") print "records" }' list
nmt-decode -m m.nmt --score in.ann 2>err | awk -F '\t' 'NF != 2 { print "score: " $0 }
    NR == 3 && $1 != "-inf" { print "failed: " $0 }'
nmt-decode -m m.nmt in.ann 2>err >out
every_line out 4
[ -z "$(sed -n 3p out)" ] || echo 'a failed record is an empty line'

# A failed record has a score where scores are written, and a CR beside the stream is no text.
printf 'the dog\n\377\n' | nmt-encode -m m.nmt -o two.ann 2>/dev/null
printf 'le chien\nx\n' >two
nmt-decode -q -m m.nmt --force two two.ann 2>/dev/null | tail -n 1 | grep -qx -- -inf || echo 'no score of a failed record'
printf 'le chien\r\nx\n' >two
fails 1 'two:1: carriage return at byte 9' nmt-decode -m m.nmt --force two two.ann
fails 1 'two:1: carriage return at byte 9' nmt-decode -m m.nmt --prefix two two.ann
fails 1 'two:1: carriage return at byte 9' nmt-decode -m m.nmt --terms two two.ann
exit 0
