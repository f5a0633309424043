/*
 * From annotation records to lines: search on many threads, text, words in place of unknown ones,
 * and alignments between words.
 */
#ifndef NMT_TRANSLATE_H
#define NMT_TRANSLATE_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/id_text.h>
#include <nmt/model.h>
#include <nmt/records.h>
#include <nmt/search.h>
#include <nmt/threads.h>

struct nmt_translate_options {
    struct nmt_search_options search;
    bool replace_unk;            /* a word with <unk> becomes the source word it looked at most */
    bool alignments;             /* make struct nmt_output_line.alignment */
    size_t batch;                /* sentences that are searched together; at least 1 */
    struct nmt_threads *threads; /* NULL: the caller alone; borrowed */
};

/** Search as nmt_search_defaults, batches of 32. */
struct nmt_translate_options nmt_translate_defaults(void);

/** One translation of a line, all its parts behind each other. */
struct nmt_output_line {
    struct nmt_buffer text; /* without LF */
    struct nmt_ids ids;     /* with a </s> behind each part that is finished */
    double log_prob, score; /* summed over all tokens, and divided for the length */
    bool finished;
    struct nmt_alignment alignment; /* words of the source and of `text` */
    struct nmt_arena memory;        /* of the alignment and token_log_prob */
    real *token_log_prob;           /* [ids.n] */
};

/** A record and what it becomes. Start with `= { 0 }`. */
struct nmt_translated {
    struct nmt_sentence source;    /* in: a record as read, see nmt_translator_use */
    bool forced;                   /* in: score `target` instead of searching */
    struct nmt_ids target;         /* in: without </s> */
    struct nmt_buffer target_line; /* in: the line that `target` was cut from */
    struct nmt_ids target_word;    /* in: the word of each token in it; none: words of the text that
                                      the tokens make */
    struct nmt_err fault; /* in: skip this one; out: why there is nothing; names no record */
    size_t n;             /* out: translations, the best first */
    struct nmt_output_line *line; /* out: [n], good until the next run */
    size_t cap;
};

void nmt_translated_release(struct nmt_translated *t);

/** Asks for the score (and alignment) of a given line instead of a search. All is copied. */
int nmt_translated_force(struct nmt_translated *t, const char *line, size_t len,
                         const struct nmt_segmented *cut, struct nmt_err *err) NMT_MUST_USE;

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
 * Translates n records. A sentence without tokens gives one empty line. NMT_ESHAPE: the parts of a
 * sentence differ between models.
 */
int nmt_translator_run(struct nmt_translator *t, struct nmt_translated *records, size_t n,
                       struct nmt_err *err) NMT_MUST_USE;

#endif
