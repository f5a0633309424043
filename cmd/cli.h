/*
 * What the six programs share on the outside: one table of options that parsing, --help and
 * the completions come from, messages on stderr, and the exit status: 0 done, 1 the work failed
 * wholly or for some record, 2 the command line is wrong.
 */
#ifndef NMT_CLI_H
#define NMT_CLI_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** One option. key: its letter, or a number from 256 on for an option without one. */
struct cli_opt {
    int key;
    const char *name; /* long name without dashes */
    const char *arg;  /* what its value is called; NULL: it takes none. "FILE...": the words behind
                         it too, up to the next option; "a|b...": those of them that are a or b;
                         "[a|b]": none or one of these words (long options only) */
    const char *help; /* one line; NULL: not listed in --help (an accepted other spelling) */
};

enum { CLI_HELP = 1000, CLI_VERSION, CLI_PRINT_OPTIONS };

/* clang-format off */
#define CLI_COMMON                                                                                 \
    { CLI_HELP, "help", NULL, "print this and exit" },                                             \
    { CLI_VERSION, "version", NULL, "print version, compiler, BLAS and kernels, and exit" }
/* The same for programs that have no matrices to multiply. */
#define CLI_COMMON_PLAIN                                                                           \
    { CLI_HELP, "help", NULL, "print this and exit" },                                             \
    { CLI_VERSION, "version", NULL, "print version and compiler, and exit" }
#define CLI_END { 0, NULL, NULL, NULL }
#define CLI_INIT(prog, synopsis, what, opts) \
    { prog, synopsis, what, opts, NULL, false, NULL, NULL, 0, 0, 0, 0 }
/* clang-format on */

struct cli_hit {
    int key;
    const char *value;
};

struct cli {
    const char *prog;
    const char *synopsis; /* lines after the program's name, separated by '\n' */
    const char *what;     /* one sentence: what it does */
    const struct cli_opt *opts;
    void (*engine)(FILE *); /* set by programs that compute: adds BLAS and kernels to --version */
    bool equals;          /* set by programs that take "-w=4" for "-w 4", not for the value "=4" */
    struct cli_hit *hits; /* options given, in order */
    char **operands;
    size_t n_hits, n_operands;
    size_t taken; /* operands consumed by cli_next_operand */
    int status;   /* what cli_finish returns when no error came: set to 1 by cli_warn_failed */
};

/**
 * Parses the command line: long options (also abbreviated where unambiguous, also --name=value),
 * letters (also clustered, value attached or next), "--". Options and operands may mix.
 * Handles --help and --version. Misuse: message on stderr and exit(2).
 */
void cli_parse(struct cli *cli, int argc, char **argv);

/** Was the option given? */
bool cli_flag(const struct cli *cli, int key);

/** The value of the last occurrence, or fallback. */
const char *cli_value(const struct cli *cli, int key, const char *fallback);

/** The i-th value of an option given several times, NULL behind the last. */
const char *cli_nth(const struct cli *cli, int key, size_t i);
size_t cli_count(const struct cli *cli, int key);

/** The value of an option that must be there; without it misuse. */
const char *cli_need(const struct cli *cli, int key);

/** Numbers with a range; out of it, or no number: misuse. */
int64_t cli_int(const struct cli *cli, int key, int64_t fallback, int64_t min, int64_t max);
double cli_real(const struct cli *cli, int key, double fallback, double min, double max);

/** Bytes: a number, with K, M or G behind it times 1024, once, twice or three times. */
uint64_t cli_size(const struct cli *cli, int key, uint64_t fallback, uint64_t min, uint64_t max);

/** Which of the words (a NULL-ended list) the option has; fallback when absent; else misuse. */
size_t cli_choice(const struct cli *cli, int key, const char *const *words, size_t fallback);

/** Each operand in turn, "-" once if there are none, then NULL. */
const char *cli_next_operand(struct cli *cli);

/** Says what is wrong with the command line, points to --help, exits with 2. */
_Noreturn void cli_misuse(const struct cli *cli, const char *fmt, ...) NMT_PRINTF(2, 3);

/** A line on stderr with the program's name before it. */
void cli_warn(const struct cli *cli, const char *fmt, ...) NMT_PRINTF(2, 3);

/** The same for a record that failed: the exit status will be 1. */
void cli_warn_failed(struct cli *cli, const char *fmt, ...) NMT_PRINTF(2, 3);

/**
 * Reports err if it holds an error and gives the exit status. A reader that went away
 * (NMT_EPIPE) ends the process as SIGPIPE does; NMT_ESTOPPED is status 3. Frees cli's lists.
 */
int cli_finish(struct cli *cli, const struct nmt_err *err);

#endif
