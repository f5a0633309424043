/* The architecture of a model: its kinds and sizes, and nothing about its training. */
#ifndef NMT_SHAPE_H
#define NMT_SHAPE_H

#include <nmt/config.h>
#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>

enum nmt_tied { NMT_TIED_NONE, NMT_TIED_TARGET, NMT_TIED_ALL };

struct nmt_shape {
    enum nmt_cell cell;
    enum nmt_attention_kind attention;
    enum nmt_order order;
    enum nmt_readout_kind readout;
    enum nmt_tied tied;
    size_t V_source, V_target; /* K_x, K_y */
    size_t E;                  /* m: word vectors */
    size_t H_enc, H_dec;       /* n: states of encoder and decoder */
    size_t A;                  /* n': hidden layer of the alignment model (additive) */
    size_t L;                  /* l: readout after the maxout */
};

/** The largest size any dimension may have; products of two fit easily. */
#define NMT_SHAPE_MAX ((size_t)1 << 24)

/** The shape a configuration asks for with vocabularies of these sizes. */
int nmt_shape_from_config(struct nmt_shape *s, const struct nmt_config *c, size_t V_source,
                          size_t V_target, struct nmt_err *err) NMT_MUST_USE;

/** Sizes in range and in agreement; NMT_ESHAPE otherwise. */
int nmt_shape_check(const struct nmt_shape *s, struct nmt_err *err) NMT_MUST_USE;

/** D, the size of an annotation and of a context: 2 H_enc, or H_enc without attention. */
size_t nmt_shape_context(const struct nmt_shape *s);

/** Size of the keys u_j and the query: A (additive), H_dec (general, dot), 0 (none). */
size_t nmt_shape_key(const struct nmt_shape *s);

/** Rows of the readout before its non-linearity: 2L (maxout) or L (tanh). */
size_t nmt_shape_readout(const struct nmt_shape *s);

/** Annotations of a source sentence of S tokens: S, or 1 without attention. */
size_t nmt_shape_rows(const struct nmt_shape *s, size_t S);

#endif
