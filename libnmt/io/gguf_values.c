/* Looking up what an open GGUF file holds. */
#include "gguf_internal.h"

#include <nmt/utf8.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* --- finding --------------------------------------------------------------------------------- */

static int key_order(const void *key, const void *value)
{
    return strcmp(key, (*(struct gguf_value *const *)value)->key);
}

static int name_order(const void *name, const void *tensor)
{
    return strcmp(name, (*(struct gguf_tensor *const *)tensor)->as.name);
}

const struct gguf_value *nmt_gguf_lookup(const struct nmt_gguf *g, const char *key)
{
    struct gguf_value **v = bsearch(key, g->by_key, g->n_values, sizeof *v, key_order);
    return v ? *v : NULL;
}

bool nmt_gguf_has(const struct nmt_gguf *g, const char *key)
{
    return nmt_gguf_lookup(g, key) != NULL;
}

static int wrong_type(const struct nmt_gguf *g, const struct gguf_value *v, const char *wanted,
                      struct nmt_err *err)
{
    return nmt_fail(err, NMT_EFORMAT, 0, "%s: key '%s' is %s%s, expected %s", g->name, v->key,
                    v->is_array ? "an array of " : "", nmt_gguf_type_name(v->type), wanted);
}

static int find(const struct nmt_gguf *g, const char *key, const struct gguf_value **v,
                struct nmt_err *err)
{
    *v = nmt_gguf_lookup(g, key);
    if (!*v)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: key '%s' is missing", g->name, key);
    return 0;
}

/* --- one value ------------------------------------------------------------------------------- */

bool nmt_gguf_read_integer(enum nmt_gguf_type type, const unsigned char *p, uint64_t *bits,
                           bool *negative)
{
    int64_t v;
    *negative = false;
    switch (type) {
    case NMT_GGUF_UINT8:
        *bits = p[0];
        return true;
    case NMT_GGUF_UINT16:
        *bits = nmt_get_le16(p);
        return true;
    case NMT_GGUF_UINT32:
        *bits = nmt_get_le32(p);
        return true;
    case NMT_GGUF_UINT64:
        *bits = nmt_get_le64(p);
        return true;
    case NMT_GGUF_INT8:
        v = (int8_t)p[0];
        break;
    case NMT_GGUF_INT16:
        v = (int16_t)nmt_get_le16(p);
        break;
    case NMT_GGUF_INT32:
        v = (int32_t)nmt_get_le32(p);
        break;
    case NMT_GGUF_INT64:
        v = (int64_t)nmt_get_le64(p);
        break;
    default:
        return false;
    }
    *bits = (uint64_t)v;
    *negative = v < 0;
    return true;
}

static int get_integer(const struct nmt_gguf *g, const char *key, const char *wanted,
                       uint64_t *bits, bool *negative, struct nmt_err *err)
{
    const struct gguf_value *v;
    NMT_TRY(find(g, key, &v, err));
    if (v->is_array || !nmt_gguf_read_integer(v->type, v->data, bits, negative))
        return wrong_type(g, v, wanted, err);
    return 0;
}

static int out_of_range(const struct nmt_gguf *g, const char *key, const char *wanted,
                        struct nmt_err *err)
{
    return nmt_fail(err, NMT_EFORMAT, 0, "%s: key '%s' is out of the range of %s", g->name, key,
                    wanted);
}

int nmt_gguf_get_u32(const struct nmt_gguf *g, const char *key, uint32_t *v, struct nmt_err *err)
{
    uint64_t bits = 0;
    bool negative = false;
    NMT_TRY(get_integer(g, key, "uint32", &bits, &negative, err));
    if (negative || bits > UINT32_MAX)
        return out_of_range(g, key, "uint32", err);
    *v = (uint32_t)bits;
    return 0;
}

int nmt_gguf_get_u64(const struct nmt_gguf *g, const char *key, uint64_t *v, struct nmt_err *err)
{
    bool negative = false;
    uint64_t bits = 0;
    NMT_TRY(get_integer(g, key, "uint64", &bits, &negative, err));
    if (negative)
        return out_of_range(g, key, "uint64", err);
    *v = bits;
    return 0;
}

int nmt_gguf_get_i64(const struct nmt_gguf *g, const char *key, int64_t *v, struct nmt_err *err)
{
    uint64_t bits = 0;
    bool negative = false;
    NMT_TRY(get_integer(g, key, "int64", &bits, &negative, err));
    if (!negative && bits > INT64_MAX)
        return out_of_range(g, key, "int64", err);
    *v = (int64_t)bits;
    return 0;
}

float nmt_gguf_read_f32(const unsigned char *p)
{
    float v;
    nmt_copy_le32(&v, p, 1);
    return v;
}

double nmt_gguf_read_f64(const unsigned char *p)
{
    uint64_t bits = nmt_get_le64(p);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

int nmt_gguf_get_f32(const struct nmt_gguf *g, const char *key, float *out, struct nmt_err *err)
{
    const struct gguf_value *v;
    NMT_TRY(find(g, key, &v, err));
    if (v->is_array || v->type != NMT_GGUF_FLOAT32)
        return wrong_type(g, v, "float32", err);
    *out = nmt_gguf_read_f32(v->data);
    return 0;
}

int nmt_gguf_get_f64(const struct nmt_gguf *g, const char *key, double *out, struct nmt_err *err)
{
    const struct gguf_value *v;
    NMT_TRY(find(g, key, &v, err));
    if (v->is_array || (v->type != NMT_GGUF_FLOAT64 && v->type != NMT_GGUF_FLOAT32))
        return wrong_type(g, v, "float64", err);
    *out = v->type == NMT_GGUF_FLOAT64 ? nmt_gguf_read_f64(v->data)
                                       : (double)nmt_gguf_read_f32(v->data);
    return 0;
}

int nmt_gguf_get_bool(const struct nmt_gguf *g, const char *key, bool *out, struct nmt_err *err)
{
    const struct gguf_value *v;
    NMT_TRY(find(g, key, &v, err));
    if (v->is_array || v->type != NMT_GGUF_BOOL)
        return wrong_type(g, v, "bool", err);
    *out = v->data[0] != 0;
    return 0;
}

int nmt_gguf_get_str(const struct nmt_gguf *g, const char *key, const char **s, struct nmt_err *err)
{
    const struct gguf_value *v;
    NMT_TRY(find(g, key, &v, err));
    if (v->is_array || v->type != NMT_GGUF_STRING)
        return wrong_type(g, v, "string", err);
    if (!v->string || nmt_utf8_valid(v->string, (size_t)v->count) != v->count)
        return nmt_fail(err, NMT_ETEXT, 0, "%s: key '%s' is no UTF-8 text", g->name, key);
    *s = v->string;
    return 0;
}

/* --- arrays ---------------------------------------------------------------------------------- */

static int find_array(const struct nmt_gguf *g, const char *key, enum nmt_gguf_type type,
                      const struct gguf_value **v, struct nmt_err *err)
{
    NMT_TRY(find(g, key, v, err));
    if (!(*v)->is_array || (*v)->type != type)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: key '%s' is %s%s, expected an array of %s",
                        g->name, key, (*v)->is_array ? "an array of " : "",
                        nmt_gguf_type_name((*v)->type), nmt_gguf_type_name(type));
    return 0;
}

static int no_memory(const struct nmt_gguf *g, const char *key, struct nmt_err *err)
{
    return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory for key '%s'", g->name, key);
}

int nmt_gguf_get_strs(const struct nmt_gguf *g, const char *key, const char ***strings,
                      size_t **lengths, size_t *n, struct nmt_err *err)
{
    const struct gguf_value *v;
    NMT_TRY(find_array(g, key, NMT_GGUF_STRING, &v, err));
    size_t count = (size_t)v->count; /* each takes 8 bytes of the file: no overflow below */
    const char **s = malloc((count + 1) * sizeof *s);
    size_t *l = malloc((count + 1) * sizeof *l);
    if (!s || !l) {
        free(s);
        free(l);
        return no_memory(g, key, err);
    }
    const unsigned char *p = v->data;
    for (size_t i = 0; i < count; i++) {
        l[i] = (size_t)nmt_get_le64(p);
        s[i] = (const char *)p + 8;
        p += 8 + l[i];
    }
    *strings = s;
    *lengths = l;
    *n = count;
    return 0;
}

/* A copy of the elements of 4 or 8 bytes, in the order of this machine. */
static int get_numbers(const struct nmt_gguf *g, const char *key, enum nmt_gguf_type type,
                       void **out, size_t *n, struct nmt_err *err)
{
    const struct gguf_value *v;
    NMT_TRY(find_array(g, key, type, &v, err));
    size_t size = nmt_gguf_type_size(type), count = (size_t)v->count;
    char *copy = malloc(count * size + 1);
    if (!copy)
        return no_memory(g, key, err);
    if (size == 4)
        nmt_copy_le32(copy, v->data, count);
    for (size_t i = 0; size == 8 && i < count; i++) {
        uint64_t bits = nmt_get_le64(v->data + 8 * i);
        memcpy(copy + 8 * i, &bits, 8);
    }
    *out = copy;
    *n = count;
    return 0;
}

int nmt_gguf_get_u32s(const struct nmt_gguf *g, const char *key, uint32_t **v, size_t *n,
                      struct nmt_err *err)
{
    void *copy = NULL;
    NMT_TRY(get_numbers(g, key, NMT_GGUF_UINT32, &copy, n, err));
    *v = copy;
    return 0;
}

int nmt_gguf_get_u64s(const struct nmt_gguf *g, const char *key, uint64_t **v, size_t *n,
                      struct nmt_err *err)
{
    void *copy = NULL;
    NMT_TRY(get_numbers(g, key, NMT_GGUF_UINT64, &copy, n, err));
    *v = copy;
    return 0;
}

int nmt_gguf_get_f32s(const struct nmt_gguf *g, const char *key, float **v, size_t *n,
                      struct nmt_err *err)
{
    void *copy = NULL;
    NMT_TRY(get_numbers(g, key, NMT_GGUF_FLOAT32, &copy, n, err));
    *v = copy;
    return 0;
}

int nmt_gguf_get_f64s(const struct nmt_gguf *g, const char *key, double **v, size_t *n,
                      struct nmt_err *err)
{
    void *copy = NULL;
    NMT_TRY(get_numbers(g, key, NMT_GGUF_FLOAT64, &copy, n, err));
    *v = copy;
    return 0;
}

/* --- tensors --------------------------------------------------------------------------------- */

size_t nmt_gguf_tensors(const struct nmt_gguf *g)
{
    return g->n_tensors;
}

const struct nmt_gguf_tensor *nmt_gguf_tensor(const struct nmt_gguf *g, size_t i)
{
    return &g->tensors[i].as;
}

const struct nmt_gguf_tensor *nmt_gguf_find(const struct nmt_gguf *g, const char *name)
{
    struct gguf_tensor **t = bsearch(name, g->by_name, g->n_tensors, sizeof *t, name_order);
    return t ? &(*t)->as : NULL;
}

static void print_dims(char out[128], const uint64_t *dims, uint32_t n)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < n && i < NMT_GGUF_DIMS_MAX; i++)
        used += (size_t)snprintf(out + used, 128 - used, "[%" PRIu64 "]", dims[i]);
}

int nmt_gguf_get_tensor(const struct nmt_gguf *g, const char *name, uint32_t n_dims,
                        const uint64_t *dims, const float **data, struct nmt_err *err)
{
    const struct nmt_gguf_tensor *t = nmt_gguf_find(g, name);
    if (!t)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: tensor '%s' is missing", g->name, name);
    if (t->n_dims != n_dims || memcmp(t->dims, dims, n_dims * sizeof *dims) != 0) {
        char found[128], wanted[128];
        print_dims(found, t->dims, t->n_dims);
        print_dims(wanted, dims, n_dims);
        return nmt_fail(err, NMT_ESHAPE, 0, "%s: tensor '%s' is %s, expected %s", g->name, name,
                        found, wanted);
    }
    *data = t->data;
    return 0;
}
