/*
 * Checkpoint averaging: the mean of the weights of models of one shape and one vocabulary, summed
 * in double precision in the order they are given. Usually of the last models of one run.
 */
#include "model/model.h"

#include <nmt/train.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct average {
    struct nmt_model *first; /* what the others must agree with */
    double *sum;             /* [layout.count] */
    real *block;             /* one model's weights */
    char (*fingerprint)[33]; /* [n] */
    const char **fingerprints;
    size_t n;
};

/* Keys that decide what the tensors mean. */
static bool must_agree(const char *key)
{
    return strncmp(key, "rnnsearch.", 10) == 0 || strncmp(key, "vocabulary.", 11) == 0;
}

/* The value of a key as text, empty when there is none. */
static int value_of(struct nmt_buffer *out, const struct nmt_gguf *g, const char *key,
                    struct nmt_err *err)
{
    out->len = 0;
    for (size_t i = 0; i < nmt_gguf_count(g); i++)
        if (strcmp(nmt_gguf_key(g, i), key) == 0)
            return nmt_gguf_print(g, i, SIZE_MAX, out, err);
    return 0;
}

static int differs(const struct nmt_gguf *a, const struct nmt_gguf *b, const char *key,
                   struct nmt_buffer value[2], struct nmt_err *err)
{
    const int most = 60; /* bytes of a value that is worth showing: lists are not */
    if (value[0].len > (size_t)most || value[1].len > (size_t)most)
        return nmt_fail(err, NMT_ESHAPE, 0, "%s: %s is not that of %s", nmt_gguf_name(b), key,
                        nmt_gguf_name(a));
    return nmt_fail(err, NMT_ESHAPE, 0, "%s: %s is %.*s, that of %s is %.*s", nmt_gguf_name(b), key,
                    (int)value[1].len, value[1].data ? value[1].data : "", nmt_gguf_name(a),
                    (int)value[0].len, value[0].data ? value[0].data : "");
}

/* Every key of `of` that must agree has the same value in a and in b. */
static int compare_keys(const struct nmt_gguf *of, const struct nmt_gguf *a,
                        const struct nmt_gguf *b, struct nmt_err *err)
{
    struct nmt_buffer value[2] = { NMT_BUFFER_INIT, NMT_BUFFER_INIT };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < nmt_gguf_count(of); i++) {
        const char *key = nmt_gguf_key(of, i);
        if (!must_agree(key))
            continue;
        rc = value_of(&value[0], a, key, err);
        if (rc == 0)
            rc = value_of(&value[1], b, key, err);
        if (rc == 0 && (value[0].len != value[1].len ||
                        memcmp(value[0].data, value[1].data, value[0].len) != 0))
            rc = differs(a, b, key, value, err);
    }
    nmt_buffer_release(&value[0]);
    nmt_buffer_release(&value[1]);
    return rc;
}

static int add_weights(struct average *a, const struct nmt_model *m, struct nmt_err *err)
{
    NMT_TRY(nmt_model_copy_tensors(a->block, m->file, "", &m->layout, err));
    for (size_t i = 0; i < m->layout.count; i++)
        a->sum[i] += (double)a->block[i];
    for (size_t i = 0; i < NMT_FINGERPRINT; i++)
        snprintf(a->fingerprint[a->n] + 2 * i, 3, "%02x", nmt_model_fingerprint(m)[i]);
    a->fingerprints[a->n] = a->fingerprint[a->n];
    a->n++;
    return 0;
}

static int start(struct average *a, const char *path, size_t n, struct nmt_err *err)
{
    NMT_TRY(nmt_model_open(&a->first, path, err));
    const size_t count = a->first->layout.count;
    a->sum = calloc(count, sizeof *a->sum);
    a->block = malloc(count * sizeof *a->block);
    a->fingerprint = calloc(n, sizeof *a->fingerprint);
    a->fingerprints = calloc(n, sizeof *a->fingerprints);
    if (!a->sum || !a->block || !a->fingerprint || !a->fingerprints)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the mean of %zu weights", count);
    return add_weights(a, a->first, err);
}

static int add_model(struct average *a, const char *path, struct nmt_err *err)
{
    struct nmt_model *m = NULL;
    NMT_TRY(nmt_model_open(&m, path, err));
    int rc = compare_keys(a->first->file, a->first->file, m->file, err);
    if (rc == 0)
        rc = compare_keys(m->file, a->first->file, m->file, err);
    if (rc == 0)
        rc = add_weights(a, m, err);
    nmt_model_close(m);
    return rc;
}

static int add_provenance(void *arg, struct nmt_gguf_writer *w, struct nmt_err *err)
{
    const struct average *a = arg;
    return nmt_gguf_add_strs(w, "training.average_of", a->fingerprints, NULL, a->n, err);
}

static int write_mean(struct average *a, const char *path, struct nmt_err *err)
{
    const struct nmt_layout *l = &a->first->layout;
    struct nmt_output *out = NULL;
    uint8_t fingerprint[NMT_FINGERPRINT];
    float *mean = malloc(l->count * sizeof *mean);
    struct nmt_model_content content = { .shape = &a->first->shape,
                                         .layout = l,
                                         .weights = mean,
                                         .source = a->first->source,
                                         .target = a->first->target,
                                         .provenance = add_provenance,
                                         .arg = a };
    for (size_t i = 0; mean && i < l->count; i++)
        mean[i] = (float)(a->sum[i] / (double)a->n);
    int rc = mean ? nmt_output_open(&out, path, err)
                  : nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu weights", l->count);
    if (rc == 0)
        rc = nmt_model_write(&content, out, fingerprint, err);
    if (rc == 0)
        rc = nmt_output_close(&out, err);
    nmt_output_abandon(out);
    free(mean);
    return rc;
}

int nmt_train_average(const char *const *models, size_t n, const char *out, struct nmt_err *err)
{
    struct average a = { .n = 0 };
    int rc = start(&a, models[0], n, err);
    for (size_t i = 1; rc == 0 && i < n; i++)
        rc = add_model(&a, models[i], err);
    if (rc == 0)
        rc = write_mean(&a, out, err);
    nmt_model_close(a.first);
    free(a.sum);
    free(a.block);
    free(a.fingerprint);
    free(a.fingerprints);
    return rc;
}
