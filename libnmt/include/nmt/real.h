/*
 * The number type of the model. libnmt is built with float; the tests build it a second time
 * with double (-DNMT_DOUBLE) to compare gradients with finite differences.
 */
#ifndef NMT_REAL_H
#define NMT_REAL_H

#ifdef NMT_DOUBLE
typedef double real;
#else
typedef float real;
#endif

#endif
