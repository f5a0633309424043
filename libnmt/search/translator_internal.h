/* What a translator holds: the parts of a run's records, and the sets they are searched in. */
#ifndef NMT_TRANSLATOR_INTERNAL_H
#define NMT_TRANSLATOR_INTERNAL_H

#include "words_internal.h"

struct nmt_translate_worker {
    struct nmt_searcher *searcher;
    struct nmt_arena arena; /* the set's annotations */
    struct nmt_err failed;
};

/* A part of a record. */
struct nmt_translate_item {
    struct nmt_translated *record;
    uint32_t part, length, order;
    uint32_t *first; /* [n_models] its first token */
    struct nmt_translations found;
    bool too_large; /* for the memory that is allowed */
};

struct nmt_translate_set {
    size_t first, end; /* items */
};

struct nmt_translator {
    struct nmt_translate_options options;
    size_t n_models;
    const struct nmt_model *model[NMT_ENSEMBLE_MAX];
    size_t index[NMT_ENSEMBLE_MAX];
    struct nmt_fixed output; /* of a single model, in fixed point */
    size_t n_workers;
    struct nmt_translate_worker *worker;
    struct nmt_translate_item *item; /* in the order of the records */
    size_t *sorted;                  /* numbers of items, the longest first */
    uint32_t *first;                 /* [n_items][n_models] */
    struct nmt_translate_set *set;
    size_t n_items, cap_items, n_sets;
    struct nmt_translated *records; /* of the run */
};

/** The annotation of model m in a record. */
static inline const struct nmt_annotation *
nmt_translator_annotation(const struct nmt_translator *t, const struct nmt_translated *r, size_t m)
{
    return &r->source.annotation[t->index[m]];
}

/** Lists the parts of n records and divides them into sets of similar length. */
int nmt_translator_divide(struct nmt_translator *t, size_t n, struct nmt_err *err) NMT_MUST_USE;

/** Searches all sets; what is found is the items'. */
int nmt_translator_search(struct nmt_translator *t, struct nmt_err *err) NMT_MUST_USE;

#endif
