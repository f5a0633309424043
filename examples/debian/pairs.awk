# pairs.awk: sentence pairs out of the package descriptions of two languages.
#
#   awk -f pairs.awk TRANSLATION-fr TRANSLATION-en > PAIRS
#
# reads what apt keeps as Translation-fr and Translation-en (uncompressed), in this order, and
# writes ENGLISH<tab>FRENCH, a sentence a line, as people wrote it.
#
# Nothing is guessed. Descriptions belong together when package and Description-md5 agree, so the
# translation is of this very text; their paragraphs when both have as many (else only the first
# line, the synopsis); sentences of two paragraphs when both have as many.

function description_end() {
    if (!n) return
    if (FILENAME == ARGV[1]) {
        for (i = 1; i <= n; i++) text = text (i > 1 ? "\n" : "") paragraph[i]
        translated[package, md5] = text
    } else if ((package, md5) in translated) {
        pair(split(translated[package, md5], other, "\n"))
        delete translated[package, md5] # another repository may have it again
    }
    n = 0
    text = ""
}

function pair(m,    i, j, k, left, right) {
    for (i = 1; i <= (m == n ? n : 1); i++) {
        k = sentences(paragraph[i], left)
        if (sentences(other[i], right) != k) continue
        for (j = 1; j <= k; j++) print left[j] "\t" right[j]
    }
}

# A sentence ends at . ! ? (and what closes after it) if a capital, a digit or a bracket follows.
function sentences(s, out,    k, rest) {
    k = 0
    rest = ""
    while (match(s, /[.!?][)"']* +/)) {
        rest = rest substr(s, 1, RSTART + RLENGTH - 1)
        s = substr(s, RSTART + RLENGTH)
        if (s ~ /^([A-Z0-9("]|À|Ç|É|È|Ê|Î|Œ|Ä|Ö|Ü|«)/ && rest !~ / (e\.g|i\.e|p\. ex|z\. B|vs|etc)\. *$/) {
            sub(/ +$/, "", rest)
            out[++k] = rest
            rest = ""
        }
    }
    if (rest s != "") out[++k] = rest s
    return k
}

/^Package: / { package = $2 }
/^Description-md5: / { md5 = $2 }
/^Description-[a-z]/ && !/^Description-md5/ {
    n = 1
    sub(/^[^:]*: */, "")
    gsub(/\t/, " ")
    paragraph[1] = $0
    open = 0
    next
}
# " ." parts paragraphs; a line that is indented more is a list's: a bullet begins a new item.
/^ / && n {
    gsub(/\t/, " ")
    if ($0 ~ /^ \.? *$/) open = 0
    else {
        indented = /^  /
        bullet = sub(/^ +([*o+-]|•|–)( |\302\240|\342\213\205)+/, "")
        sub(/^ +/, "")
        sub(/ +$/, "")
        if (open && !bullet && !(indented && !in_list)) paragraph[n] = paragraph[n] " " $0
        else {
            paragraph[++n] = $0
            in_list = bullet
        }
        open = 1
    }
}
/^$/ { description_end() }
END { description_end() }
