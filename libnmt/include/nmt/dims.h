/*
 * The legend of dimensions, used in every shape comment:
 *
 *   B  sentences (rows) of a batch that are active in a step
 *   N  rows of all steps together: the real tokens of a batch, no padding
 *   S  length of a source sentence with its </s>       (T_x of the paper)
 *   T  length of a target sentence with its </s>       (T_y)
 *   E  size of a word vector                           (m)
 *   H  size of a recurrent state                       (n)
 *   D  size of an annotation or context                (2n)
 *   A  size of the alignment model's hidden layer      (n')
 *   L  size of the readout after its maxout            (l)
 *   V  words in a vocabulary                           (K)
 *   K  hypotheses of a beam
 *
 * Matrices are row-major; a weight is [out][in] and used as y = W x.
 *
 * Packed rows: the sentences of a batch are sorted by falling length, and step t has rows only
 * for the sentences that are longer than t. Row (t, b) of a packed array is at steps->at[t] + b.
 * There is no padding anywhere, and nothing to mask.
 */
#ifndef NMT_DIMS_H
#define NMT_DIMS_H

#include <stddef.h>

/** Row numbers of packed arrays. */
struct nmt_steps {
    size_t T;         /* steps: the longest sentence */
    size_t N;         /* rows of all steps: at[T] */
    const size_t *at; /* [T + 1] first row of each step */
};

#endif
