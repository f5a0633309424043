/*
 * RNNsearch over a batch of sentence pairs: encoder, decoder, loss, and the gradient of every
 * parameter. A pass owns its memory (one arena that grows to the largest batch it has met) and is
 * used by one thread at a time.
 */
#ifndef NMT_PASS_H
#define NMT_PASS_H

#include "model/decoder.h"

struct nmt_pass {
    const struct nmt_shape *shape;
    struct nmt_arena arena;
    struct nmt_batch batch;
    struct nmt_encoder encoder;
    struct nmt_decoder decoder;
    real guide_weight; /* of guided alignment in the loss; 0 at first */
};

/** shape is borrowed for the life of the pass. */
void nmt_pass_init(struct nmt_pass *pass, const struct nmt_shape *shape);
void nmt_pass_release(struct nmt_pass *pass);

/** Bytes a batch needs. */
size_t nmt_pass_measure(const struct nmt_shape *shape, const struct nmt_pair *pairs, size_t B,
                        bool train);

/**
 * Forward over B >= 1 pairs; adds their losses to *loss. With g (gradients, added to) also
 * backward. dropout NULL: none. The results in pass->decoder and pass->encoder stay until the next
 * call; the pairs are found there in the order of pass->batch.pair. NMT_ENOMEM.
 */
int nmt_pass_run(struct nmt_pass *pass, const struct nmt_params *p, const struct nmt_params *g,
                 const struct nmt_pair *pairs, size_t B, const struct nmt_dropout *dropout,
                 real label_smoothing, struct nmt_loss *loss, struct nmt_err *err) NMT_MUST_USE;

#endif
