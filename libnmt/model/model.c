/*
 * Opening and writing model files.
 *
 * The file keeps each tensor on a 64-byte border. A stack (the gates of a unit, used as one matrix)
 * whose tensors are multiples of 16 numbers lies in the mapped file as it is used; one that has
 * gaps there (the biases of 1000 units, say) is copied once. Matrices of all usual sizes are
 * mapped.
 */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

/* Every tensor is there with its shape: data[i] is where. Nothing is read yet. */
static int find_tensors(const struct nmt_model *m, const float **data, struct nmt_err *err)
{
    for (size_t i = 0; i < m->layout.n; i++) {
        const struct nmt_tensor *t = &m->layout.tensor[i];
        const uint64_t matrix[2] = { t->rows, t->cols }, vector[1] = { t->cols };
        NMT_TRY(nmt_gguf_get_tensor(m->file, t->name, t->rows == 1 ? 1 : 2,
                                    t->rows == 1 ? vector : matrix, &data[i], err));
    }
    return 0;
}

/* The tensors behind `first` that belong to its stack: returns the first that does not. */
static size_t end_of_stack(const struct nmt_layout *l, size_t first)
{
    size_t end = first + 1;
    while (end < l->n && !l->tensor[end].starts_stack)
        end++;
    return end;
}

static bool usable_as_mapped(const struct nmt_layout *l, const float *const *data, size_t first,
                             size_t end)
{
    bool usable = sizeof(real) == sizeof(float);
    for (size_t i = first + 1; usable && i < end; i++)
        usable = data[i] == data[i - 1] + l->tensor[i - 1].rows * l->tensor[i - 1].cols;
    return usable;
}

/* Stacks that cannot be used as they are mapped, copied behind each other. */
static real *copy_stack(real *to, const struct nmt_layout *l, const float *const *data,
                        size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        for (size_t k = 0; k < l->tensor[i].rows * l->tensor[i].cols; k++)
            *to++ = (real)data[i][k];
    return to;
}

static int read_weights(struct nmt_model *m, struct nmt_err *err)
{
    const struct nmt_layout *l = &m->layout;
    const float *data[NMT_TENSORS_MAX];
    real *at[NMT_TENSORS_MAX];
    size_t to_copy = 0;
    NMT_TRY(find_tensors(m, data, err));
    for (size_t i = 0, end; i < l->n; i = end) {
        end = end_of_stack(l, i);
        for (size_t k = i; k < end && !usable_as_mapped(l, data, i, end); k++)
            to_copy += l->tensor[k].rows * l->tensor[k].cols;
    }
    if (to_copy > 0 && !(m->copy = malloc(to_copy * sizeof *m->copy)))
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", nmt_gguf_name(m->file));
    real *next = m->copy;
    for (size_t i = 0, end; i < l->n; i = end) {
        end = end_of_stack(l, i);
        for (size_t k = i; k < end; k++)
            at[k] = (real *)(uintptr_t)data[k];
        if (usable_as_mapped(l, data, i, end))
            continue;
        at[i] = next;
        next = copy_stack(next, l, data, i, end);
    }
    nmt_params_bind_stacks(&m->params, &m->shape, l, at);
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
