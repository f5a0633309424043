/* Weights of sentence pairs: a pair of weight 2 counts as if it stood twice in its batch. */
#ifndef NMT_SENTENCE_WEIGHTS_H
#define NMT_SENTENCE_WEIGHTS_H

#include "train/bitext.h"

#define NMT_WEIGHT_MIN 1e-6
#define NMT_WEIGHT_MAX 1e6

/**
 * Reads one number a line, for each of `lines` lines of the bitext, into data->weight;
 * digest [16] is of those that are used. Something else than a number from NMT_WEIGHT_MIN to
 * NMT_WEIGHT_MAX: NMT_EFORMAT with file and line; more or fewer lines: NMT_ESHAPE.
 */
int nmt_sentence_weights_read(struct nmt_bitext *data, const char *path, size_t lines,
                              uint8_t digest[16], struct nmt_err *err) NMT_MUST_USE;

#endif
