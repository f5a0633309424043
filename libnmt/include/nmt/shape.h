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

    /* Later additions; all 0 in the paper's model. */
    size_t encoder_above, decoder_above; /* layers on top of the first */
    size_t encoder_more, decoder_more;   /* transitions of a time step after the first */
    enum nmt_stack_kind stack;           /* directions of the encoder's layers; 0 for one layer */
    enum nmt_start_kind start;           /* what s_0 is made from */
    bool residual;                       /* a layer's input is added to its output; no for one */
    bool layer_norm;
    bool feed; /* the readout enters the next step (input feeding) */

    /* Of a training pass and in no model file: flags of math/blas.h, NMT_ROUNDED or 0. */
    unsigned products;
};

/** Most layers of encoder or decoder, most transitions of a time step. */
#define NMT_LAYERS_MAX      8
#define NMT_TRANSITIONS_MAX 8

/** The largest size any dimension may have; products of two fit easily. */
#define NMT_SHAPE_MAX ((size_t)1 << 24)

/** The shape a configuration asks for with vocabularies of these sizes. */
int nmt_shape_from_config(struct nmt_shape *s, const struct nmt_config *c, size_t V_source,
                          size_t V_target, struct nmt_err *err) NMT_MUST_USE;

/**
 * Lets the model's keys of c follow a shape, that of the file `model`. A key that is at its default
 * in neither preset and says something else is an error (NMT_ECONFIG) that names all such keys.
 */
int nmt_shape_adopt(struct nmt_config *c, const struct nmt_shape *shape, const char *model,
                    struct nmt_err *err) NMT_MUST_USE;

/** Sizes in range and in agreement; NMT_ESHAPE otherwise. */
int nmt_shape_check(const struct nmt_shape *s, struct nmt_err *err) NMT_MUST_USE;

/** D, the size of an annotation and of a context: 2 H_enc, or H_enc without attention. */
size_t nmt_shape_context(const struct nmt_shape *s);

/** Size of the keys u_j and the query: A (additive), H_dec (general, dot), 0 (none). */
size_t nmt_shape_key(const struct nmt_shape *s);

/** Rows of the readout before its non-linearity: 2L (maxout) or L (tanh). */
size_t nmt_shape_readout(const struct nmt_shape *s);

/** What a layer of the encoder, from the second on, reads in each direction: D, or H_enc. */
size_t nmt_shape_below(const struct nmt_shape *s);

/** Whether part 0 or 1 of an encoder's layer (from 0) runs from the last word to the first. */
bool nmt_shape_backward(const struct nmt_shape *s, size_t layer, size_t part);

/** Numbers of s_0 (and cell_0) of all layers of the decoder together. */
size_t nmt_shape_start(const struct nmt_shape *s);

/** What s_0 is made from: H_enc, or D for the mean of the annotations. */
size_t nmt_shape_start_in(const struct nmt_shape *s);

/**
 * Which part [H_enc] of the first word's annotation s_0 is made from: the one whose last layer ran
 * backward and so has read the whole sentence. In numbers from the start of the annotation.
 */
size_t nmt_shape_start_from(const struct nmt_shape *s);

/** Annotations of a source sentence of S tokens: S, or 1 without attention. */
size_t nmt_shape_rows(const struct nmt_shape *s, size_t S);

#endif
