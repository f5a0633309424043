/* Small random models of every kind, and sets of sentences for them. */
#ifndef TOY_H
#define TOY_H

#include "search/search.h"

enum { TOY_V = 7, TOY_KINDS = 5, TOY_SOURCES = 6, TOY_MODELS = 4 };

extern const nmt_id toy_ids[TOY_SOURCES][9];
extern const uint32_t toy_length[TOY_SOURCES];

struct toy {
    struct nmt_shape shape;
    struct nmt_layout layout;
    struct nmt_params params;
    real *block;
};

/** kind: 0 as the paper's program, 1 LSTM as its text, 2 no attention, 3 general, 4 cGRU. */
struct toy toy_new(int kind, uint64_t seed);
void toy_free(struct toy *t);

/** Sentences as the models encode them, for nmt_searcher_run. */
struct toy_set {
    struct nmt_search_set set;
    struct nmt_search_input input[TOY_MODELS];
    real *h[TOY_MODELS];
    size_t *row[TOY_MODELS];
};

void toy_set_new(struct toy_set *s, const struct toy *models, size_t n_models,
                 const nmt_id *const *ids, const uint32_t *length, size_t B);
void toy_set_free(struct toy_set *s, size_t n_models);

/** A search of a set with a new searcher. */
void toy_search(const struct toy *models, size_t n_models, const struct nmt_search_options *o,
                const struct nmt_search_set *set, struct nmt_translations *out);

#endif
