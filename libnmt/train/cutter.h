/*
 * Subword dropout (Provilkov, Emelianenko and Voita, 2020): the sentences of a batch are cut into
 * pieces anew each time they are met, with some merges left out. It is done when a batch needs it,
 * by the thread that works on it: nothing is kept but the text, and nothing waits.
 *
 * How a side is cut depends on (seed, epoch, line, side) alone.
 */
#ifndef NMT_CUTTER_H
#define NMT_CUTTER_H

#include "model/batch.h"
#include "train/bitext.h"

/** What all cutters of a run share; everything in it is borrowed. */
struct nmt_cutting {
    const struct nmt_bitext *data; /* cut without dropout */
    const struct nmt_text *text[2];
    const struct nmt_vocab *vocab[2];
    double dropout[2]; /* 0: that side stays as it is in data */
    uint64_t seed;
    size_t max_length; /* a side that comes out longer stays as it is */
};

/** One thread's scratch space. Start with `= { 0 }`. */
struct nmt_cutter {
    const struct nmt_cutting *how;
    struct nmt_segmenter *segmenter[2];
    nmt_id *ids;     /* of the pairs last cut */
    uint16_t *words; /* of the ids, as in struct nmt_bitext; NULL: not wanted there */
    size_t *at;      /* [2 n] where each side begins in ids, SIZE_MAX: not in there */
    size_t n_ids, cap_ids, cap_at;
};

int nmt_cutter_init(struct nmt_cutter *c, const struct nmt_cutting *how,
                    struct nmt_err *err) NMT_MUST_USE;
void nmt_cutter_release(struct nmt_cutter *c);

/**
 * Cuts pairs[0..n) as they are met in an epoch; pair.position is the number in the bitext. Ids and
 * lengths of the sides that are cut are replaced; the ids are borrowed until the next call.
 */
int nmt_cutter_run(struct nmt_cutter *c, uint64_t epoch, struct nmt_pair *pairs, size_t n,
                   struct nmt_err *err) NMT_MUST_USE;

/** The words of side 0 or 1 of the i-th pair last cut; NULL: that side is as it was. */
const uint16_t *nmt_cutter_words(const struct nmt_cutter *c, size_t i, size_t side);

#endif
