# SVG is well-formed whatever the words hold, one file for all records.
command -v xmllint >/dev/null || { echo 'xmllint is not installed'; exit 77; }
printf '<a> & "b" \001\033[31m \377\376 ]]> &#0; \302\205 \357\277\277 x\000y\n\nz\n' >src
printf '%s\n\nz\n' "-->" >tgt
printf '0-0 1-0:0.004 2-0:0.001\n\n0-0\n' >links
nmt-align -f svg -L links src tgt -o all.svg
xmllint --noout all.svg
[ "$(grep -c '<svg' all.svg)" -eq 1 ] || echo 'more than one root'
[ "$(grep -c 'translate(0 ' all.svg)" -eq 3 ] || echo 'not three pictures'
# black stays undrawn: of record 1 two cells show, of record 3 one
[ "$(grep -c '</title></rect>' all.svg)" -eq 3 ] || echo 'not three cells'
nmt-align -f svg -L /dev/null /dev/null /dev/null | xmllint --noout -
nmt-align -f term -L links src tgt | grep -q "$(printf '[\001-\011\013-\037]')" && echo 'steers the terminal'
exit 0
