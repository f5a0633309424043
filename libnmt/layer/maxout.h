/* The non-linearity of the deep output (paper, appendix A.2.2). */
#ifndef NMT_MAXOUT_H
#define NMT_MAXOUT_H

#include <nmt/real.h>

#include <stddef.h>

/**
 * Maxout over neighbouring pairs: out[b][l] = max(inp[b][2l], inp[b][2l+1]).
 *   out  [N][L]   written
 *   inp  [N][2L]  read; keep it for backward
 */
void nmt_maxout_forward(real *out, const real *inp, size_t N, size_t L);

/**
 * inp [N][2L] becomes its own gradient: dout at the greater of each pair (a tie: the first),
 * 0 at the other.
 */
void nmt_maxout_backward(real *inp, const real *dout, size_t N, size_t L);

#endif
