# Words of a language that nobody speaks, for tests/bench/vocab: lines of 12 words, BYTES of them or
# a little more, always the same. The rank of a word is drawn by Zipf's law from three million (which
# makes more than a million word types in 50 MB); its spelling is the rank in syllables, so that
# rare words are long. Some are capitalised, hyphenated or numbers.
function below(n) # its own generator: rand() differs between awks
{
    seed = (seed * 16807) % 2147483647
    return seed % n
}

function spell(rank,    word)
{
    for (word = ""; rank > 0; rank = int(rank / n)) {
        word = word syllable[rank % n]
        rank -= rank % n
    }
    return word
}

BEGIN {
    n = split("an ber ca den el fort gi hau in jor ka lich ment nor o per qua res sta ti un ver " \
              "wa xi y zen brü schlä gé tion ung keit ar bo cre du es fa gro hi lo ma ni os plu ra", syllable, " ")
    syllable[0] = syllable[n]
    seed = 20260101
    for (written = 0; written < BYTES; written += length(line) + 1) {
        line = ""
        for (i = 0; i < 12; i++) {
            rank = int(exp(below(1000003) / 1000003 * 14.914 + below(997) / 997 * 0.00002))
            kind = below(40)
            word = kind == 0 ? below(100000) / 4 : spell(rank)
            if (kind == 1)
                word = word "-" spell(1 + below(2000))
            if (kind < 4)
                word = toupper(substr(word, 1, 1)) substr(word, 2)
            line = line (i ? " " : "") word
        }
        print line
    }
}
