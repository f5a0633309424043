/*
 * What nmt-encode and nmt-decode say while they work: lines that failed, progress, totals; on
 * stderr, and as JSON lines in a log.
 */
#ifndef NMT_TALLY_H
#define NMT_TALLY_H

#include "cli.h"
#include "progress.h"

#include <nmt/buffer.h>

struct tally {
    struct cli *cli;
    struct progress progress;
    double start;
    const char *path; /* of the log; NULL: none */
    FILE *log;
    bool log_failed;
    struct nmt_buffer line;
    uint64_t skipped;         /* records before the first that is done */
    uint64_t records, failed; /* done; of them without a result */
    uint64_t named;           /* failed here, so that they were named */
    uint64_t before;          /* had failed before, so that somebody else has named them */
    struct nmt_buffer first;  /* of these, what it said */
    uint64_t cut;             /* translations that found no end within their greatest length */
    uint64_t source_words, target_words;
    uint64_t size, done; /* bytes of all inputs (0: not known), and of those at their end */
};

/**
 * Opens the log, if the option `log` names one. A program whose output goes into a pipe shows no
 * progress if `piped_is_quiet`: the program behind the pipe does.
 */
int tally_open(struct tally *t, struct cli *cli, int log, bool piped_is_quiet,
               struct nmt_err *err) NMT_MUST_USE;

/** Record t->records failed: names it, "PLACE: REASON", if it is one of the first ten. */
void tally_failed(struct tally *t, const char *place, const char *reason);

/** The same for one that had failed in the program before, at that line. Counted, not named. */
void tally_failed_before(struct tally *t, uint64_t line, const char *reason);

/** The translation of record t->records has no end. In the log only: it is a translation. */
void tally_cut(struct tally *t);

/** Shows progress if it is time. bytes: those taken of the input at hand. */
void tally_show(struct tally *t, uint64_t bytes);

/** The input at hand is at its end. */
void tally_input_end(struct tally *t, uint64_t bytes);

/**
 * Totals. `why` is the error the work ended with, if there is one; interrupted: it was stopped. The
 * failure is that of the log.
 */
int tally_close(struct tally *t, bool interrupted, const struct nmt_err *why, struct nmt_err *err);

#endif
