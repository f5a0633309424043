/* What nmt-vocab may be told, and what of it makes sense together. */
#include "vocab_options.h"

#include "uses.h"

#include <string.h>

const struct cli_opt vocab_options[] = {
    { 't', "type", "TYPE", "learn: word, char or bpe (default bpe)" },
    { 's', "size", "N", "learn: pieces with the special ones (word 30000, bpe 8000, char: all)" },
    { OPT_MIN_COUNT, "min-count", "N", "learn: leave out what is seen less often (default 1)" },
    { OPT_COVERAGE, "coverage", "F", "learn: share of running characters to cover (0.9999)" },
    { OPT_MAX_TYPES, "max-types", "N", "learn: bound on distinct words (16777216)" },
    { OPT_NORMALIZE, "normalize", "FORM", "learn: nfkc (default), nfc or none" },
    { OPT_LOWERCASE, "lowercase", NULL, "learn: lower-case the text" },
    { OPT_BYTES, "byte-fallback", NULL, "learn: spell unknown characters as bytes" },
    { 'e', "encode", "VOCAB", "turn text into ids" },
    { 'd', "decode", "VOCAB", "turn ids into text" },
    { OPT_IMPORT, "import", "VOCAB", "turn sentencepiece's .vocab (of type -t) into nmt's form" },
    { 'P', "pieces", NULL, "with -e and -d: pieces instead of ids" },
    { OPT_LEARN_CODES, "learn-codes", "N", "learn N merges as subword-nmt does" },
    { OPT_MIN_FREQUENCY, "min-frequency", "N", "stop at pairs seen less often (default 2)" },
    { OPT_TOTAL_SYMBOLS, "total-symbols", NULL, "take the number of characters off N" },
    { OPT_DICT_INPUT, "dict-input", NULL, "lines are \"word count\"" },
    { OPT_APPLY_CODES, "apply-codes", "CODES", "segment text as subword-nmt does" },
    { 'm', "merges", "N", "use only the first N codes" },
    { OPT_VOCABULARY, "vocabulary", "COUNTS", "undo merges until pieces are in COUNTS" },
    { OPT_THRESHOLD, "vocabulary-threshold", "N", "and were seen N times there" },
    { OPT_GLOSSARY, "glossary", "RE", "never cut what matches; may be repeated" },
    { OPT_COUNTS, "counts", NULL, "count words, the most frequent first" },
    { 'c', "check", NULL, "look over a bitext, SRC and TGT" },
    { OPT_CLEAN, "clean", NULL, "with -c: write clean pairs to two more files" },
    { OPT_MAX_WORDS, "max-words", "N", "with -c: most words of a clean line (default 200)" },
    { OPT_MAX_CHARS, "max-chars", "N", "with -c: most characters of a clean line (default 4096)" },
    { OPT_MAX_RATIO, "max-ratio", "R", "with -c: most words of one side for one of the other (3)" },
    { OPT_DROP_IDENTICAL, "drop-identical", NULL,
      "with -c: a pair of identical sides is not clean" },
    { OPT_DROP_DUPLICATES, "drop-duplicates", NULL, "with -c: a pair seen before is not clean" },
    { 'f', "format", "FORM", "with -c: text (default) or json" },
    { OPT_DROPOUT, "dropout", "P",
      "with -e, --apply-codes: leave out merges with this probability" },
    { OPT_SEED, "seed", "N", "seed of --dropout (default 1)" },
    { OPT_INVALID, "invalid", "POLICY", "lines that are no text: fail, replace or skip (default)" },
    { 'j', "threads", "N", "threads (default: the processors there are)" },
    { 'o', "output", "FILE", "write there instead of stdout" },
    { 'q', "quiet", NULL, "no remarks on stderr" },
    CLI_COMMON_PLAIN,
    CLI_END
};

const char *const vocab_types[] = { "word", "char", "bpe", NULL };
const char *const vocab_forms[] = { "none", "nfc", "nfkc", NULL };
const char *const vocab_policies[] = { "fail", "replace", "skip", NULL };

static const struct way {
    int key;
    enum vocab_mode mode;
} ways[] = {
    { 0, VOCAB_LEARN },
    { 'e', VOCAB_ENCODE },
    { 'd', VOCAB_DECODE },
    { OPT_IMPORT, VOCAB_IMPORT },
    { OPT_LEARN_CODES, VOCAB_LEARN_CODES },
    { OPT_APPLY_CODES, VOCAB_APPLY_CODES },
    { OPT_COUNTS, VOCAB_COUNTS },
    { 'c', VOCAB_CHECK },
};

static const struct cli_use uses[] = {
    { 't', VOCAB_LEARN | VOCAB_ENCODE | VOCAB_DECODE | VOCAB_IMPORT, 0 },
    { 's', VOCAB_LEARN, 0 },
    { OPT_MIN_COUNT, VOCAB_LEARN, 0 },
    { OPT_COVERAGE, VOCAB_LEARN, 0 },
    { OPT_MAX_TYPES, VOCAB_LEARN, 0 },
    { OPT_NORMALIZE, VOCAB_LEARN | VOCAB_ENCODE | VOCAB_DECODE | VOCAB_IMPORT, 't' },
    { OPT_LOWERCASE, VOCAB_LEARN | VOCAB_ENCODE | VOCAB_DECODE | VOCAB_IMPORT, 't' },
    { OPT_BYTES, VOCAB_LEARN, 0 },
    { 'P', VOCAB_ENCODE | VOCAB_DECODE, 0 },
    { OPT_MIN_FREQUENCY, VOCAB_LEARN_CODES, 0 },
    { OPT_TOTAL_SYMBOLS, VOCAB_LEARN_CODES, 0 },
    { OPT_DICT_INPUT, VOCAB_LEARN_CODES, 0 },
    { 'm', VOCAB_APPLY_CODES, 0 },
    { OPT_VOCABULARY, VOCAB_APPLY_CODES, 0 },
    { OPT_THRESHOLD, VOCAB_APPLY_CODES, OPT_VOCABULARY },
    { OPT_GLOSSARY, VOCAB_APPLY_CODES, 0 },
    { OPT_DROPOUT, VOCAB_ENCODE | VOCAB_APPLY_CODES, 0 },
    { OPT_SEED, VOCAB_ENCODE | VOCAB_APPLY_CODES, OPT_DROPOUT },
    { OPT_INVALID, ~(unsigned)(VOCAB_IMPORT | VOCAB_CHECK), 0 },
    { OPT_CLEAN, VOCAB_CHECK, 0 },
    { OPT_MAX_WORDS, VOCAB_CHECK, 0 },
    { OPT_MAX_CHARS, VOCAB_CHECK, 0 },
    { OPT_MAX_RATIO, VOCAB_CHECK, 0 },
    { OPT_DROP_IDENTICAL, VOCAB_CHECK, 0 },
    { OPT_DROP_DUPLICATES, VOCAB_CHECK, 0 },
    { 'f', VOCAB_CHECK, 0 },
    { 'j', ~(unsigned)(VOCAB_IMPORT | VOCAB_COUNTS | VOCAB_CHECK), 0 },
    { 0, 0, 0 },
};

static const struct way *choose_way(const struct cli *cli)
{
    const struct way *chosen = &ways[0];
    for (size_t i = 1; i < sizeof ways / sizeof *ways; i++) {
        if (!cli_flag(cli, ways[i].key))
            continue;
        if (chosen->key)
            cli_misuse(cli, "more than one of -e, -d, --import, --learn-codes, --apply-codes, "
                            "--counts, -c");
        chosen = &ways[i];
    }
    return chosen;
}

/* Standard input is there once: text, a vocabulary, codes or a list out of it. */
static void check_stdin(const struct cli *cli, int asked)
{
    static const int readers[] = { 'e', 'd', OPT_APPLY_CODES, OPT_VOCABULARY };
    size_t n = cli->n_operands == 0 && asked != OPT_IMPORT;
    for (size_t i = 0; i < cli->n_operands && !(asked == 'c' && i > 1); i++) /* then outputs */
        n += strcmp(cli->operands[i], "-") == 0;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        n += strcmp(cli_value(cli, readers[i], ""), "-") == 0;
    if (n > 1)
        cli_misuse(cli, "standard input cannot be read for two things");
}

enum vocab_mode vocab_choose_mode(const struct cli *cli)
{
    const struct way *way = choose_way(cli);
    cli_check_uses(cli, uses, way->mode, way->key, "learning a vocabulary");
    check_stdin(cli, way->key);
    return way->mode;
}
