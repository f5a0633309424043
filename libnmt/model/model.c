/*
 * Opening and writing model files.
 *
 * The file keeps tensors in the order of the block, each on a 64-byte border. Where the sizes of
 * the gates' matrices are multiples of 16 numbers (all usual sizes are), the mapped file is the
 * block and is used as it stands; otherwise the stacks would have gaps, and the weights are copied
 * once.
 */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

/* The block as it lies in the mapped file, or NULL when its tensors are not where the layout says.
 */
static real *mapped_block(const struct nmt_model *m)
{
#ifdef NMT_DOUBLE
    (void)m;
    return NULL;
#else
    const char *start = NULL;
    for (size_t i = 0; i < m->layout.n; i++) {
        const struct nmt_tensor *t = &m->layout.tensor[i];
        const struct nmt_gguf_tensor *in_file = nmt_gguf_find(m->file, t->name);
        const char *data = (const char *)in_file->data;
        if (i == 0)
            start = data;
        if (data < start || (size_t)(data - start) != t->offset * sizeof(real))
            return NULL;
    }
    return (real *)(uintptr_t)start;
#endif
}

/* Every tensor is there with its shape; nothing is read yet. */
static int check_tensors(const struct nmt_model *m, struct nmt_err *err)
{
    for (size_t i = 0; i < m->layout.n; i++) {
        const struct nmt_tensor *t = &m->layout.tensor[i];
        const uint64_t matrix[2] = { t->rows, t->cols }, vector[1] = { t->cols };
        const float *unused;
        NMT_TRY(nmt_gguf_get_tensor(m->file, t->name, t->rows == 1 ? 1 : 2,
                                    t->rows == 1 ? vector : matrix, &unused, err));
    }
    return 0;
}

static int read_weights(struct nmt_model *m, struct nmt_err *err)
{
    NMT_TRY(check_tensors(m, err));
    real *block = mapped_block(m);
    if (!block) {
        m->copy = block = aligned_alloc(64, m->layout.count * sizeof *block);
        if (!block)
            return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", nmt_gguf_name(m->file));
        NMT_TRY(nmt_model_copy_tensors(block, m->file, "", &m->layout, err));
    }
    nmt_params_bind(&m->params, &m->shape, &m->layout, block);
    return 0;
}

static int read_vocabularies(struct nmt_model *m, struct nmt_err *err)
{
    bool shared;
    NMT_TRY(nmt_gguf_get_bool(m->file, "vocabulary.shared", &shared, err));
    NMT_TRY(nmt_model_read_vocab(&m->source, m->file, "vocabulary.source", err));
    if (shared)
        m->target = m->source;
    else
        NMT_TRY(nmt_model_read_vocab(&m->target, m->file, "vocabulary.target", err));
    if (nmt_vocab_size(m->source) != m->shape.V_source ||
        nmt_vocab_size(m->target) != m->shape.V_target)
        return nmt_fail(err, NMT_ESHAPE, 0,
                        "%s: vocabularies of %zu and %zu pieces for embeddings of %zu and %zu",
                        nmt_gguf_name(m->file), nmt_vocab_size(m->source),
                        nmt_vocab_size(m->target), m->shape.V_source, m->shape.V_target);
    return 0;
}

static int open_parts(struct nmt_model *m, const char *path, struct nmt_err *err)
{
    const char *architecture;
    NMT_TRY(nmt_gguf_open(&m->file, path, err));
    NMT_TRY(nmt_gguf_get_str(m->file, "general.architecture", &architecture, err));
    if (strcmp(architecture, "rnnsearch") != 0)
        return nmt_fail(err, NMT_EFORMAT, 0,
                        "%s: a model of the architecture '%.64s', not rnnsearch", path,
                        architecture);
    if (!nmt_gguf_has(m->file, "general.type"))
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: no general.type: not a model", path);
    const char *type;
    NMT_TRY(nmt_gguf_get_str(m->file, "general.type", &type, err));
    if (strcmp(type, "model") != 0)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: a file of type '%.64s', not a model", path, type);
    if (!nmt_gguf_digest(m->file))
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: the digest is missing", path);
    NMT_TRY(nmt_gguf_verify(m->file, err));
    NMT_TRY(nmt_model_read_shape(&m->shape, m->file, err));
    NMT_TRY(nmt_layout_init(&m->layout, &m->shape, err));
    NMT_TRY(read_weights(m, err));
    return read_vocabularies(m, err);
}

int nmt_model_open(struct nmt_model **out, const char *path, struct nmt_err *err)
{
    struct nmt_model *m = calloc(1, sizeof *m);
    if (!m)
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", path);
    int rc = open_parts(m, path, err);
    if (rc < 0)
        nmt_model_close(m);
    else
        *out = m;
    return rc;
}

void nmt_model_close(struct nmt_model *m)
{
    if (!m)
        return;
    if (m->target != m->source)
        nmt_vocab_free(m->target);
    nmt_vocab_free(m->source);
    free(m->copy);
    nmt_gguf_close(m->file);
    free(m);
}

const char *nmt_model_name(const struct nmt_model *m)
{
    return nmt_gguf_name(m->file);
}

const struct nmt_shape *nmt_model_shape(const struct nmt_model *m)
{
    return &m->shape;
}

const struct nmt_vocab *nmt_model_source_vocab(const struct nmt_model *m)
{
    return m->source;
}

const struct nmt_vocab *nmt_model_target_vocab(const struct nmt_model *m)
{
    return m->target;
}

const uint8_t *nmt_model_fingerprint(const struct nmt_model *m)
{
    return nmt_gguf_digest(m->file);
}

int nmt_model_describe(const struct nmt_model *m, struct nmt_buffer *out, struct nmt_err *err)
{
    for (size_t i = 0; i < nmt_gguf_count(m->file); i++) {
        NMT_TRY(nmt_buffer_addf(out, err, "%s = ", nmt_gguf_key(m->file, i)));
        NMT_TRY(nmt_gguf_print(m->file, i, 8, out, err));
        NMT_TRY(nmt_buffer_addc(out, '\n', err));
    }
    size_t parameters = 0;
    for (size_t i = 0; i < nmt_gguf_tensors(m->file); i++) {
        const struct nmt_gguf_tensor *t = nmt_gguf_tensor(m->file, i);
        NMT_TRY(nmt_buffer_addf(out, err, "%s [", t->name));
        for (uint32_t d = 0; d < t->n_dims; d++)
            NMT_TRY(nmt_buffer_addf(out, err, "%s%llu", d ? " x " : "",
                                    (unsigned long long)t->dims[d]));
        NMT_TRY(nmt_buffer_adds(out, "]\n", err));
        parameters += t->count;
    }
    return nmt_buffer_addf(out, err, "%zu parameters\n", parameters);
}

static int add_content(const struct nmt_model_content *c, struct nmt_gguf_writer *w,
                       struct nmt_err *err)
{
    NMT_TRY(nmt_gguf_add_str(w, "general.architecture", "rnnsearch", err));
    NMT_TRY(nmt_gguf_add_str(w, "general.type", "model", err));
    NMT_TRY(nmt_model_add_shape(w, c->shape, err));
    if (c->provenance)
        NMT_TRY(c->provenance(c->arg, w, err));
    NMT_TRY(nmt_gguf_add_bool(w, "vocabulary.shared", c->source == c->target, err));
    NMT_TRY(nmt_model_add_vocab(w, "vocabulary.source", c->source, err));
    if (c->target != c->source)
        NMT_TRY(nmt_model_add_vocab(w, "vocabulary.target", c->target, err));
    return nmt_model_add_tensors(w, "", c->layout, c->weights, err);
}

int nmt_model_write(const struct nmt_model_content *c, struct nmt_output *out,
                    uint8_t fingerprint[NMT_FINGERPRINT], struct nmt_err *err)
{
    struct nmt_gguf_writer *w = NULL;
    int rc = nmt_gguf_writer_new(&w, err);
    if (rc == 0)
        rc = add_content(c, w, err);
    if (rc == 0)
        rc = nmt_gguf_write(w, out, fingerprint, err);
    nmt_gguf_writer_free(w);
    return rc;
}
