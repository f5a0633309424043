/* The inside of struct nmt_model, and writing model files. */
#ifndef NMT_MODEL_INTERNAL_H
#define NMT_MODEL_INTERNAL_H

#include "model/params.h"

#include <nmt/gguf.h>
#include <nmt/model.h>

struct nmt_model {
    struct nmt_gguf *file;
    struct nmt_shape shape;
    struct nmt_layout layout;
    struct nmt_params params; /* read only */
    real *copy;               /* the stacks of weights that cannot be used as they are mapped */
    struct nmt_vocab *source, *target; /* target may be source */
};

/** What goes into a model file. */
struct nmt_model_content {
    const struct nmt_shape *shape;
    const struct nmt_layout *layout;
    const float *weights; /* a block in the layout */
    const struct nmt_vocab *source, *target;
    /** Adds the keys that tell how the weights came about; may be NULL. */
    int (*provenance)(void *arg, struct nmt_gguf_writer *w, struct nmt_err *err);
    void *arg;
};

int nmt_model_write(const struct nmt_model_content *c, struct nmt_output *out,
                    uint8_t fingerprint[NMT_FINGERPRINT], struct nmt_err *err) NMT_MUST_USE;

/** The tensors of a block, each under its name with a prefix ("" for the model itself). */
int nmt_model_add_tensors(struct nmt_gguf_writer *w, const char *prefix,
                          const struct nmt_layout *layout, const float *block,
                          struct nmt_err *err) NMT_MUST_USE;

/** Copies the tensors of that prefix into a block. */
int nmt_model_copy_tensors(real *block, const struct nmt_gguf *g, const char *prefix,
                           const struct nmt_layout *layout, struct nmt_err *err) NMT_MUST_USE;

/** The shape's keys, and back. */
int nmt_model_add_shape(struct nmt_gguf_writer *w, const struct nmt_shape *s,
                        struct nmt_err *err) NMT_MUST_USE;
int nmt_model_read_shape(struct nmt_shape *s, const struct nmt_gguf *g,
                         struct nmt_err *err) NMT_MUST_USE;

/** A vocabulary as keys NAME.type, NAME.normalize, ..., NAME.pieces, NAME.scores, and back. */
int nmt_model_add_vocab(struct nmt_gguf_writer *w, const char *name, const struct nmt_vocab *v,
                        struct nmt_err *err) NMT_MUST_USE;
int nmt_model_read_vocab(struct nmt_vocab **v, const struct nmt_gguf *g, const char *name,
                         struct nmt_err *err) NMT_MUST_USE;

#endif
