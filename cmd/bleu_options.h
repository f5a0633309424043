/* The options of nmt-bleu, its own and sacreBLEU's, and what they ask for. */
#ifndef NMT_BLEU_OPTIONS_H
#define NMT_BLEU_OPTIONS_H

#include "cli.h"

#include <nmt/scoring.h>

#include <stdbool.h>
#include <stddef.h>

/** The table, for CLI_INIT. */
extern const struct cli_opt bleu_options[];

/** What to do. All strings are the command line's or the environment's. */
struct bleu_job {
    struct nmt_scoring scoring;
    const char **systems; /* owned: scoring's list of files */
    const char *output;   /* NULL: stdout */
    const char *svg;      /* NULL: none */
    size_t n_threads;     /* 0: all processors */
    bool quiet;
};

/** Fills in a job that is zero. Misuse ends the process as cli_misuse does. */
int bleu_job_init(struct bleu_job *job, const struct cli *cli, struct nmt_err *err) NMT_MUST_USE;
void bleu_job_release(struct bleu_job *job);

#endif
