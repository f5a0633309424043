/*
 * Dropout with inverted scaling: masks hold 0 or 1/(1-p). A mask is a function of (seed, update,
 * place, sentence, step, column): nothing is stored between passes, and neither shards nor
 * threads change it.
 */
#ifndef NMT_DROPOUT_H
#define NMT_DROPOUT_H

#include <nmt/dims.h>
#include <nmt/real.h>

#include <stddef.h>
#include <stdint.h>

enum nmt_dropout_place {
    NMT_DROP_SOURCE_WORD = 1,
    NMT_DROP_TARGET_WORD,
    NMT_DROP_SOURCE_EMBEDDING,
    NMT_DROP_TARGET_EMBEDDING,
    NMT_DROP_FORWARD,
    NMT_DROP_BACKWARD,
    NMT_DROP_ANNOTATION,
    NMT_DROP_DECODER,
    NMT_DROP_DECODER_2,
    NMT_DROP_READOUT,
    /* Of deeper models; a layer and a transition are numbers from 0, below 8. */
    NMT_DROP_ENCODER_UNIT = 0x100,  /* + (2 layer + part) * 8 + transition */
    NMT_DROP_ENCODER_BELOW = 0x200, /* + 2 layer + part: what a layer reads */
    NMT_DROP_DECODER_UNIT = 0x300,  /* + layer * 8 + transition */
    NMT_DROP_DECODER_BELOW = 0x400  /* + layer */
};

/** Which random numbers: the seed of the run and the number of the update. */
struct nmt_dropout_key {
    uint64_t seed;
    uint64_t update;
};

/** A row of a mask: n numbers for one sentence (and step) at a place. p in [0, 1). */
void nmt_dropout_mask(real *mask, real p, const struct nmt_dropout_key *key,
                      enum nmt_dropout_place place, uint32_t sentence, uint32_t step, size_t n);

/** x [N][n], packed: row (t, b) *= mask [B][n] row b. Forward and backward are the same. */
void nmt_dropout_rows(real *x, const real *mask, const struct nmt_steps *steps, size_t n);

#endif
