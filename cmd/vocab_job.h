/* What the ways to work of nmt-vocab share: where it reads and writes, and one function for each.
 */
#ifndef NMT_VOCAB_JOB_H
#define NMT_VOCAB_JOB_H

#include "cli.h"

#include <nmt/codes.h>
#include <nmt/convert.h>
#include <nmt/filter.h>
#include <nmt/output.h>
#include <nmt/threads.h>
#include <nmt/vocab.h>

#include <stdbool.h>
#include <stddef.h>

/** What a run holds; freed at its end whatever happened. */
struct vocab_job {
    struct cli *cli;
    struct nmt_output *out;
    struct nmt_vocab *vocab;
    struct nmt_codes *codes;
    struct nmt_converter *converter;
    struct nmt_threads *threads;
    enum nmt_invalid invalid;
};

/** When the command line has been read to its end: misuse must not leave a temporary file. */
int vocab_open_output(struct vocab_job *j, struct nmt_err *err) NMT_MUST_USE;

/** j->threads, as -j says. */
int vocab_start_threads(struct vocab_job *j, struct nmt_err *err) NMT_MUST_USE;

/** All operands to one place, line by line; with threads in any order, see nmt/feed.h. */
int vocab_feed_all(struct vocab_job *j, struct nmt_threads *threads,
                   int (*add)(void *, size_t, const char *, size_t, struct nmt_err *), void *to,
                   struct nmt_err *err) NMT_MUST_USE;

/** All operands through a filter, line by line, by the vocabulary or the codes of the job. */
int vocab_convert_all(struct vocab_job *j, bool decode, struct nmt_err *err) NMT_MUST_USE;

/** subword-nmt's codes. */
int vocab_learn_codes(struct vocab_job *j, struct nmt_err *err) NMT_MUST_USE;
int vocab_apply_codes(struct vocab_job *j, struct nmt_err *err) NMT_MUST_USE;
int vocab_count_words(struct vocab_job *j, struct nmt_err *err) NMT_MUST_USE;

/** -c */
int vocab_check_bitext(struct vocab_job *j, struct nmt_err *err) NMT_MUST_USE;

#endif
