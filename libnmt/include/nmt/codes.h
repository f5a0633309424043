/*
 * Byte-pair codes as subword-nmt has them (Sennrich, Haddow and Birch, 2016): "A B" lines, the end
 * of a word marked with </w>, pieces of a word marked with @@. Learning, applying and counting
 * give the same bytes as subword-nmt's learn_bpe, apply_bpe (reading a file) and get_vocab.
 *
 * White space as there: words end at a space or CR, and behind VT, FF, U+001C to U+001E, NEL,
 * U+2028 and U+2029, which stay with the word; all else is an ordinary character.
 */
#ifndef NMT_CODES_H
#define NMT_CODES_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/output.h>
#include <nmt/threads.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Most codes that are learnt or loaded: a longer file holds something else. */
#define NMT_CODES_MAX ((size_t)1 << 20)

/* --- learning --------------------------------------------------------------------------- */

struct nmt_codes_options {
    size_t merges;
    uint64_t min_frequency; /* stops at pairs seen less often; 2 by custom */
    bool total_symbols;     /* take the number of characters off `merges` */
    bool dict_input;        /* lines are "word count" */
    struct nmt_threads
        *threads; /* borrowed; NULL: the caller alone, as it must be for dict_input */
};

struct nmt_codes_learner;

int nmt_codes_learner_new(struct nmt_codes_learner **l, const struct nmt_codes_options *opt,
                          struct nmt_err *err) NMT_MUST_USE;
int nmt_codes_learner_add(struct nmt_codes_learner *l, const char *line, size_t len,
                          struct nmt_err *err) NMT_MUST_USE;

/**
 * The same for a line that is known to be valid UTF-8, in the worker of opt->threads that calls it.
 * They may all do so at the same time.
 */
int nmt_codes_learner_add_text(struct nmt_codes_learner *l, size_t worker, const char *line,
                               size_t len, struct nmt_err *err) NMT_MUST_USE;

/** Writes the codes. A text without words is NMT_ETEXT. */
int nmt_codes_learner_finish(struct nmt_codes_learner *l, struct nmt_output *out,
                             struct nmt_err *err) NMT_MUST_USE;

/**
 * After that: how many merges were written, and in *wanted how many there should have been. They
 * are fewer when no pair was seen min_frequency times any more.
 */
size_t nmt_codes_learner_merges(const struct nmt_codes_learner *l, size_t *wanted);
void nmt_codes_learner_free(struct nmt_codes_learner *l);

/* --- applying --------------------------------------------------------------------------- */

struct nmt_codes;

/**
 * Loads codes; only the first `merges` of them if that is not SIZE_MAX. Messages name file and
 * line. A file that was cut inside a line is noticed, one that was cut between lines cannot be.
 */
int nmt_codes_load(struct nmt_codes **c, const char *path, size_t merges,
                   struct nmt_err *err) NMT_MUST_USE;

/**
 * Pieces that are not in a vocabulary ("piece count" lines) are to be cut again. Those with a count
 * below threshold do not belong to it.
 */
int nmt_codes_load_vocabulary(struct nmt_codes *c, const char *path, uint64_t threshold,
                              struct nmt_err *err) NMT_MUST_USE;

/**
 * Adds a glossary, a POSIX extended regular expression. What it matches inside a word becomes
 * a word of its own that is never cut. NMT_EUSAGE when it is no expression.
 */
int nmt_codes_add_glossary(struct nmt_codes *c, const char *expression,
                           struct nmt_err *err) NMT_MUST_USE;
void nmt_codes_free(struct nmt_codes *c);

/** Applies codes, which many may do at once; one for each thread. c stays the caller's. */
struct nmt_codes_applier;

int nmt_codes_applier_new(struct nmt_codes_applier **a, const struct nmt_codes *c,
                          struct nmt_err *err) NMT_MUST_USE;
void nmt_codes_applier_free(struct nmt_codes_applier *a);

/** As nmt_segmenter_dropout. */
void nmt_codes_applier_dropout(struct nmt_codes_applier *a, double p, uint64_t seed, uint64_t line);

/** Adds the segmented line to out. NMT_ETEXT when it is not valid UTF-8. */
int nmt_codes_apply(struct nmt_codes_applier *a, const char *line, size_t len,
                    struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

/* --- counting --------------------------------------------------------------------------- */

struct nmt_tally;

int nmt_tally_new(struct nmt_tally **t, struct nmt_err *err) NMT_MUST_USE;

/** Adds the words of a line, cut at spaces and CR. */
int nmt_tally_add(struct nmt_tally *t, const char *line, size_t len,
                  struct nmt_err *err) NMT_MUST_USE;

/** Writes "word count" lines, the most frequent first, equal counts in order of appearance. */
int nmt_tally_write(const struct nmt_tally *t, struct nmt_output *out,
                    struct nmt_err *err) NMT_MUST_USE;
void nmt_tally_free(struct nmt_tally *t);

#endif
