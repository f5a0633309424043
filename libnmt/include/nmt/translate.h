/*
 * From annotation records to lines: search on many threads, text, words in place of unknown ones,
 * and alignments between words.
 */
#ifndef NMT_TRANSLATE_H
#define NMT_TRANSLATE_H

#include <nmt/buffer.h>
#include <nmt/dictionary.h>
#include <nmt/error.h>
#include <nmt/id_text.h>
#include <nmt/model.h>
#include <nmt/records.h>
#include <nmt/search.h>
#include <nmt/threads.h>

struct nmt_translate_options {
    struct nmt_search_options search;
    /* A word with <unk> becomes what the source word it looked at most is in the dictionary, or
     * that word itself; not in a translation that is given. */
    bool replace_unk;
    const struct nmt_dictionary *dictionary; /* borrowed; NULL: none */
    bool alignments;                         /* make struct nmt_output_line.alignment */
    bool links;                              /* make struct nmt_output_line.link */
    bool tokens;   /* of these two: between tokens without </s> instead of words, the first model's;
                      the alignment has no texts then */
    size_t batch;  /* sentences that are searched together; at least 1 */
    size_t memory; /* bytes beyond the models, for all that reads, searches and holds; 0: no bound.
                      The searches take an eighth of it, see also nmt_translator_cost */
    struct nmt_threads *threads; /* NULL: the caller alone; borrowed */
};

/** Search as nmt_search_defaults, batches of 64. */
struct nmt_translate_options nmt_translate_defaults(void);

/** One translation of a line, all its parts behind each other. */
struct nmt_output_line {
    struct nmt_buffer text; /* without LF */
    struct nmt_ids ids;     /* with a </s> behind each part that is finished */
    double log_prob, score; /* summed over all tokens, and divided for the length */
    bool finished;
    uint32_t n_words;
    uint32_t *link; /* [n_words] source word each word looked at most, or NMT_NO_WORD */
    struct nmt_alignment alignment; /* words of the source and of `text`; weight is NULL when they
                                       are too many for a record or `memory` */
    real *token_log_prob;           /* [ids.n] */
    struct nmt_arena memory;        /* of the three above */
};

/** A record and what it becomes. Start with `= { 0 }`. */
struct nmt_translated {
    struct nmt_sentence source;   /* in: a record as read, see nmt_translator_use */
    uint64_t number;              /* in: its place in the input, for what is drawn; below 2^48 */
    bool forced;                  /* in: score a given translation: nmt_translated_force */
    bool begun;                   /* in: it begins with these tokens: nmt_translated_begin */
    struct nmt_terms *terms;      /* in: what it must and must not hold (nmt/beside.h), or NULL */
    struct nmt_ids target;        /* in: tokens given, without </s> */
    const char *target_text;      /* in: its line and words; NULL: what the tokens give */
    uint32_t *target_word;        /* [target.n] word of each token */
    struct nmt_span *target_span; /* [n_target_words] */
    uint32_t n_target_words;
    struct nmt_arena target_memory;
    struct nmt_err fault; /* in: skip this one; out: why there is nothing; names no record */
    size_t n;             /* out: translations, the best first */
    struct nmt_output_line *line; /* out: [n], good until the next run */
    size_t cap;
};

void nmt_translated_release(struct nmt_translated *t);

/** The record is not searched: this line, cut into pieces, is scored. Everything is copied. */
int nmt_translated_force(struct nmt_translated *t, const char *line, size_t len,
                         const struct nmt_segmented *cut, struct nmt_err *err) NMT_MUST_USE;

/** The same for tokens alone. */
int nmt_translated_force_ids(struct nmt_translated *t, const nmt_id *ids, size_t n,
                             struct nmt_err *err) NMT_MUST_USE;

/**
 * The translation begins with these tokens, and search goes on behind them; of a line in parts, the
 * first part's does. It may then have more tokens than the search allows, one behind the given
 * ones.
 */
int nmt_translated_begin(struct nmt_translated *t, const nmt_id *ids, size_t n,
                         struct nmt_err *err) NMT_MUST_USE;

/** Most tokens of a translation that is given. */
#define NMT_FORCED_MAX ((size_t)10000)

struct nmt_translator;

/**
 * Models are borrowed, options copied. NMT_EMODEL when the target vocabularies are not the same.
 */
int nmt_translator_new(struct nmt_translator **t, const struct nmt_model *const *models, size_t n,
                       const struct nmt_translate_options *o, struct nmt_err *err) NMT_MUST_USE;
void nmt_translator_free(struct nmt_translator *t);

/**
 * Says which annotation of a sentence belongs to each model: index[n]. Without it the order is that
 * of the models.
 */
void nmt_translator_use(struct nmt_translator *t, const size_t *index);

/**
 * Bytes that a record which was read and its translations may take at most. A caller that bounds
 * its memory gathers records up to a sixteenth of it, and lets go of large ones afterwards
 * (nmt_translated_trim). A record that alone is a quarter of `memory` fails.
 */
size_t nmt_translator_cost(const struct nmt_translator *t, const struct nmt_translated *r);

/** Gives back the memory of a record that holds more than so many bytes. */
void nmt_translated_trim(struct nmt_translated *t, size_t bytes);

/**
 * Translates n records. A sentence without tokens gives one empty line. NMT_ESHAPE: the parts of a
 * sentence differ between models.
 */
int nmt_translator_run(struct nmt_translator *t, struct nmt_translated *records, size_t n,
                       struct nmt_err *err) NMT_MUST_USE;

/* --- aligning a bitext ----------------------------------------------------------------------- */

/** A sentence pair: two lines in, their alignment out. Start with `= { 0 }`. */
struct nmt_aligned {
    struct nmt_buffer source, target; /* in: without LF */
    struct nmt_err fault;             /* out: why there is no alignment; names no line */
    bool fault_in_target;             /* out: which of the two lines is at fault */
    struct nmt_alignment *alignment;  /* out: good until the next run */
};

void nmt_aligned_release(struct nmt_aligned *a);

struct nmt_aligner;

/** Models are borrowed. threads NULL: the caller alone; borrowed. */
int nmt_aligner_new(struct nmt_aligner **a, const struct nmt_model *const *models, size_t n,
                    struct nmt_threads *threads, struct nmt_err *err) NMT_MUST_USE;
void nmt_aligner_free(struct nmt_aligner *a);

/**
 * Aligns n pairs by forced decoding. A line that is no text or has too many tokens is a fault of
 * its pair; a pair with a side that has no words has an alignment without links.
 */
int nmt_aligner_run(struct nmt_aligner *a, struct nmt_aligned *pairs, size_t n,
                    struct nmt_err *err) NMT_MUST_USE;

#endif
