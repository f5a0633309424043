/*
 * What words contribute to a step: W x + b of their vectors x, normalised where the model is. It
 * depends on nothing but the word, and few words make up most of a text, so it is made when a word
 * first occurs and kept, in a table of bounded size. What is read is the same to the last bit
 * whether it was kept or just made. For search and encoding: the weights must not change as long as
 * the table lives. One thread.
 */
#ifndef NMT_WORD_TABLE_H
#define NMT_WORD_TABLE_H

#include "layer/norm.h"

#include <nmt/error.h>
#include <nmt/id.h>

#define NMT_WORD_PARTS 2

/** A matrix that word vectors enter: W [out][E], gain or NULL and group (layer/norm.h), b [out]. */
struct nmt_word_part {
    const real *W, *gain, *b;
    size_t out, group;
};

struct nmt_word_table {
    const real *embedding; /* [V][E], borrowed */
    size_t E, parts, width;
    struct nmt_word_part part[NMT_WORD_PARTS];
    struct nmt_arena arena;     /* of all below */
    size_t slots;               /* a word's slot is its id modulo this */
    struct nmt_word_slot *slot; /* [slots] */
    real *kept;                 /* [slots][width], the parts one behind the other */
    real *x;                    /* [chunk][E] vectors of the words that are made */
    real *made[NMT_WORD_PARTS]; /* [chunk][out] */
    struct nmt_norm norm[NMT_WORD_PARTS];
    const real **from;    /* [chunk] where a row is read */
    uint32_t *which, *to; /* [chunk] row in `made`; slot that it goes to */
    uint32_t chunk;       /* number of the chunk at hand */
};

/** Takes the table's memory for V words. What the parts point to is borrowed. NMT_ENOMEM. */
int nmt_word_table_init(struct nmt_word_table *w, const real *embedding, size_t V, size_t E,
                        const struct nmt_word_part *part, size_t parts,
                        struct nmt_err *err) NMT_MUST_USE;
void nmt_word_table_release(struct nmt_word_table *w);

/** to[p] [n][part[p].out] = W x + b of the words ids [n]. ids NULL: no words, x = 0. */
void nmt_word_table_read(struct nmt_word_table *w, real *const *to, const nmt_id *ids, size_t n);

#endif
