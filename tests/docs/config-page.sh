# nmt-config(5) lists the keys of the configuration, in order, with the defaults of both presets.
command -v nmt-train >/dev/null || { echo 'nmt-train is not built'; exit 77; }
page=$TOP/man/nmt-config.5

# section.key default paper, from a dump; the default of a text is empty.
flatten() {
    awk '/^[a-z]/ { section = $1; sub(":", "", section); next }
         { key = $1; sub(":", "", key); print section "." key, $2 == "\"\"" ? "" : $2 }'
}
nmt-train --dump-config | flatten >standard
printf 'preset: paper\n' >paper.yaml
nmt-train -c paper.yaml --dump-config | flatten | cut -d ' ' -f 2 >paper
[ "$(wc -l <standard)" -gt 50 ]
paste -d ' ' standard paper |
    awk '{ if ($3 == $2) $3 = ""; sub(/ +$/, ""); print }' >table

awk '/^\.Ss Section / { section = $3 "." }
     /^\.Sh / { section = "" }
     section != "" && /^\.It Cm / {
         line = section $3
         if ($4 == "Pq" && $5 == "Li") line = line " " $6
         if ($7 == ";" && $8 == "paper" && $9 == "Li") line = line " " $10
         print line
     }' "$page" >documented
diff table documented
