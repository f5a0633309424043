/*
 * The parameters of a model: one table (params.c) gives every tensor's name, shape and
 * initialiser, and with them the layout of the block, the names in the model file, the
 * gradients' layout and the gradient check.
 *
 * Tensors that enter a product together (the gates of a unit) follow each other without a gap
 * and are used as one stacked matrix through the pointer to the first.
 */
#ifndef NMT_PARAMS_H
#define NMT_PARAMS_H

#include <nmt/error.h>
#include <nmt/real.h>
#include <nmt/shape.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Weights of a recurrent unit, G gates stacked: z r h, or i f o g. What does not enter is NULL.
 * With layer normalisation each product has a gain [G*H].
 */
struct nmt_unit {
    real *W; /* [G*H][in] from the word, or from the layer below */
    real *U; /* [G*H][H]  from the state */
    real *C; /* [G*H][D]  from the context */
    real *F; /* [G*H][L]  from the readout before (input feeding) */
    real *b; /* [G*H] */
    real *W_gain, *U_gain, *C_gain, *F_gain;
};

/** The units that a time step goes through: the first reads the input, the others the state. */
struct nmt_column {
    struct nmt_unit first, more[NMT_TRANSITIONS_MAX - 1];
};

/** Pointers into one block, of weights or of their gradients. */
struct nmt_params {
    real *source_embedding; /* [V_source][E] */
    real *target_embedding; /* [V_target][E]; the same as source_embedding when all are tied */
    struct nmt_column encoder[NMT_LAYERS_MAX][2]; /* forward, backward (none without attention) */
    real *init_W, *init_b; /* [nmt_shape_start][.._in]: s_0 (and cell_0) of each layer */
    real *init_gain;       /* with layer normalisation, as all gains */
    real *att_W;           /* W_a [A][H_dec] (additive) */
    real *att_U;           /* U_a [A][D] (additive); W_a [H_dec][D] (general) */
    real *att_b;           /* [A] (additive, layer normalisation) */
    real *att_v;           /* v_a [A] (additive) */
    real *att_W_gain, *att_U_gain;
    struct nmt_column decoder[NMT_LAYERS_MAX];
    struct nmt_unit second;         /* of the conditional GRU, in the first layer */
    real *read_U, *read_V, *read_C; /* [R][H_dec], [R][E], [R][D] */
    real *read_b;                   /* [R] */
    real *read_U_gain, *read_V_gain, *read_C_gain;
    real *out_W; /* [V_target][L]; the target embedding when tied */
    real *out_b; /* [V_target] */
};

enum nmt_init {
    NMT_INIT_ZERO,
    NMT_INIT_EMBEDDING,
    NMT_INIT_MATRIX,
    NMT_INIT_RECURRENT, /* square, orthogonal */
    NMT_INIT_ALIGNMENT,
    NMT_INIT_ONE /* the forget gate's bias, gains */
};

#define NMT_TENSOR_NAME 64
#define NMT_TENSORS_MAX 1024

struct nmt_tensor {
    char name[NMT_TENSOR_NAME];
    size_t rows, cols; /* a vector has one row */
    size_t offset;     /* in numbers from the start of the block */
    bool starts_stack; /* the tensors up to the next such one lie behind it without a gap */
    enum nmt_init init;
};

struct nmt_layout {
    struct nmt_tensor tensor[NMT_TENSORS_MAX];
    size_t n;     /* tensors */
    size_t count; /* numbers in the block, gaps between stacks included */
};

/** All tensors of a shape in the order of the block. NMT_ELIMIT when they overflow memory, or
 * are more than NMT_TENSORS_MAX. */
int nmt_layout_init(struct nmt_layout *l, const struct nmt_shape *s,
                    struct nmt_err *err) NMT_MUST_USE;

/** Sets the pointers of p into a block laid out for s. */
void nmt_params_bind(struct nmt_params *p, const struct nmt_shape *s, const struct nmt_layout *l,
                     real *block);

/** The same where stacks lie apart: at[i] is tensor i, of which those that start a stack matter. */
void nmt_params_bind_stacks(struct nmt_params *p, const struct nmt_shape *s,
                            const struct nmt_layout *l, real *const *at);

/**
 * Fills a block with initial weights: the paper's (appendix B.1), or scaled by the sizes of the
 * matrices. Depends on seed, names and shapes alone. Gaps become 0.
 */
int nmt_params_init(real *block, const struct nmt_layout *l, int init, uint64_t seed,
                    struct nmt_err *err) NMT_MUST_USE;

#endif
