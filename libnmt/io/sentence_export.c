/* Annotations for people and their programs: JSON lines and NumPy arrays. */
#include "io_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int add_ids(struct nmt_buffer *b, const struct nmt_annotation *a, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_adds(b, "\"ids\": [", err));
    for (uint32_t i = 0; i < a->n; i++)
        NMT_TRY(nmt_buffer_addf(b, err, i ? ", %u" : "%u", a->ids[i]));
    return nmt_buffer_adds(b, "], ", err);
}

static int add_words(struct nmt_buffer *b, const struct nmt_annotation *a, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_adds(b, "\"word\": [", err));
    for (uint32_t i = 0; i < a->n; i++) {
        if (i > 0)
            NMT_TRY(nmt_buffer_adds(b, ", ", err));
        if (a->word[i] == NMT_NO_WORD)
            NMT_TRY(nmt_buffer_adds(b, "null", err));
        else
            NMT_TRY(nmt_buffer_addf(b, err, "%u", a->word[i]));
    }
    return nmt_buffer_adds(b, "], ", err);
}

static int add_row(struct nmt_buffer *b, const float *v, uint32_t n, struct nmt_err *err)
{
    for (uint32_t k = 0; k < n; k++) {
        char text[40]; /* nine digits tell any two floats apart */
        snprintf(text, sizeof text, k ? ", %.9g" : "[%.9g", (double)v[k]);
        NMT_TRY(nmt_buffer_adds(b, text, err));
    }
    return nmt_buffer_adds(b, "]", err);
}

static int add_vector(struct nmt_buffer *b, const struct nmt_annotation *a, enum nmt_pool pool,
                      struct nmt_err *err)
{
    float *v = malloc(a->width * sizeof *v);
    int rc =
        v ? nmt_buffer_adds(b, "\"vector\": ", err) : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    if (rc == 0)
        rc = nmt_annotation_pool(a, pool, v) ? add_row(b, v, a->width, err)
                                             : nmt_buffer_adds(b, "null", err);
    free(v);
    return rc;
}

static int add_numbers(struct nmt_buffer *b, const struct nmt_annotation *a, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_adds(b, "\"annotations\": [", err));
    for (uint32_t r = 0; r < a->rows; r++) {
        if (r > 0)
            NMT_TRY(nmt_buffer_adds(b, ", ", err));
        NMT_TRY(add_row(b, a->h + (size_t)r * a->width, a->width, err));
    }
    return nmt_buffer_adds(b, "]", err);
}

int nmt_sentence_json(const struct nmt_sentence *s, uint64_t record, enum nmt_pool pool,
                      struct nmt_buffer *b, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(b, err, "{\"record\": %" PRIu64 ", \"text\": ", record));
    NMT_TRY(nmt_buffer_add_json(b, s->text, s->text_len, err));
    NMT_TRY(nmt_buffer_adds(b, ", \"words\": [", err));
    for (uint32_t w = 0; w < s->n_words; w++) {
        if (w > 0)
            NMT_TRY(nmt_buffer_adds(b, ", ", err));
        NMT_TRY(nmt_buffer_add_json(b, s->text + s->words[w].start, s->words[w].len, err));
    }
    NMT_TRY(nmt_buffer_adds(b, "], \"models\": [", err));
    for (uint32_t m = 0; m < s->n_models; m++) {
        NMT_TRY(nmt_buffer_adds(b, m ? ", {" : "{", err));
        NMT_TRY(add_ids(b, &s->annotation[m], err));
        NMT_TRY(add_words(b, &s->annotation[m], err));
        NMT_TRY(pool ? add_vector(b, &s->annotation[m], pool, err)
                     : add_numbers(b, &s->annotation[m], err));
        NMT_TRY(nmt_buffer_addc(b, '}', err));
    }
    return nmt_buffer_adds(b, "]}\n", err);
}

/* NumPy's format 1.0: magic, version, length of the header, a Python dictionary padded with spaces
 * so that the numbers begin at a multiple of 64. Makes room for the numbers. */
static int add_head(struct nmt_buffer *b, const char *shape, size_t numbers, struct nmt_err *err)
{
    char head[128];
    int n = snprintf(head, sizeof head,
                     "\x93NUMPY\x01%c\x76%c{'descr': '<f4', 'fortran_order': False, 'shape': "
                     "(%s), }",
                     0, 0, shape);
    memset(head + n, ' ', sizeof head - (size_t)n - 1);
    head[sizeof head - 1] = '\n';
    NMT_TRY(nmt_buffer_add(b, head, sizeof head, err));
    return nmt_buffer_reserve(b, 4 * numbers, err);
}

int nmt_matrix_npy(const float *h, size_t rows, size_t width, struct nmt_buffer *b,
                   struct nmt_err *err)
{
    char shape[48];
    snprintf(shape, sizeof shape, "%zu, %zu", rows, width);
    NMT_TRY(add_head(b, shape, rows * width, err));
    nmt_copy_le32(b->data + b->len, h, rows * width);
    b->len += 4 * rows * width;
    return 0;
}

int nmt_pooled_npy(const struct nmt_annotation *a, enum nmt_pool pool, size_t width,
                   struct nmt_buffer *b, struct nmt_err *err)
{
    char shape[24];
    snprintf(shape, sizeof shape, "%zu,", width);
    float *v = malloc(width * sizeof *v);
    int rc = v ? add_head(b, shape, width, err) : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    if (rc == 0 && (!a || !nmt_annotation_pool(a, pool, v)))
        for (size_t i = 0; i < width; i++)
            v[i] = NAN;
    if (rc == 0) {
        nmt_copy_le32(b->data + b->len, v, width);
        b->len += 4 * width;
    }
    free(v);
    return rc;
}
