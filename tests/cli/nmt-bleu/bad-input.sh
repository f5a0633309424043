# Damage: what is no text is refused with file, line and byte; everything else is scored.
score() {
    nmt-bleu -b -w 2 "$@"
    echo "status $?"
}
printf 'one two three four\nok\n' >ref
printf 'one two \377 four\nok\n' >latin
printf 'one two three four\nok' >cut
printf 'one two three four\r\nok\r\n' >crlf
printf '  one   two three four  \n ok\n' >spaces
printf 'one two three four\nok\0\n' >nul
printf '\n   \n' >blank
score ref <latin
score latin <ref
score ref <cut
score ref <crlf
score ref <spaces
score ref <nul
score ref <blank
score blank <ref
score blank <blank
score ref -i missing
score ref missing <ref
head -c 1048576 /dev/zero | tr '\0' 'x' >long
echo >>long
head -c 1048576 /dev/zero | sed 's/\x00/x y /g' >>long
echo >>long
score long <long
score -t char long <long
score ref - <ref
