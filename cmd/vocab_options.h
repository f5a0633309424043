/* The options of nmt-vocab, the ways to work they ask for, and what goes with what. */
#ifndef NMT_VOCAB_OPTIONS_H
#define NMT_VOCAB_OPTIONS_H

#include "cli.h"

enum {
    OPT_MIN_COUNT = 256,
    OPT_COVERAGE,
    OPT_MAX_TYPES,
    OPT_NORMALIZE,
    OPT_LOWERCASE,
    OPT_BYTES,
    OPT_INVALID,
    OPT_DROPOUT,
    OPT_SEED,
    OPT_IMPORT,
    OPT_LEARN_CODES,
    OPT_APPLY_CODES,
    OPT_COUNTS,
    OPT_MIN_FREQUENCY,
    OPT_TOTAL_SYMBOLS,
    OPT_DICT_INPUT,
    OPT_VOCABULARY,
    OPT_THRESHOLD,
    OPT_GLOSSARY,
    OPT_CLEAN,
    OPT_MAX_WORDS,
    OPT_MAX_CHARS,
    OPT_MAX_RATIO,
    OPT_DROP_IDENTICAL,
    OPT_DROP_DUPLICATES
};

/** The table, for CLI_INIT. */
extern const struct cli_opt vocab_options[];

/** Ways to work, as bits. Each but learning a vocabulary has an option that asks for it. */
enum vocab_mode {
    VOCAB_LEARN = 1,
    VOCAB_ENCODE = 2,
    VOCAB_DECODE = 4,
    VOCAB_IMPORT = 8,
    VOCAB_LEARN_CODES = 16,
    VOCAB_APPLY_CODES = 32,
    VOCAB_COUNTS = 64,
    VOCAB_CHECK = 128,
};

/**
 * The way to work that the command line asks for. Misuse when it asks for two, has an option that
 * would change nothing, or reads standard input for two things.
 */
enum vocab_mode vocab_choose_mode(const struct cli *cli);

/** What --type, --normalize and --invalid may be, in the order of the library's enumerations. */
extern const char *const vocab_types[], *const vocab_forms[], *const vocab_policies[];

#endif
