/*
 * Taking the part of a GGUF file before the tensors apart. It is walked twice: once to check it
 * and to add up the names, once to copy the names out with a NUL behind each.
 */
#include "gguf_internal.h"

#include <stdlib.h>

/* A walk over the part before the tensors. */
struct walk {
    const struct nmt_gguf *g;
    struct nmt_cursor at;
    char *strings; /* NULL on the first walk */
    size_t used;   /* of them */
};

static int ends_early(const struct nmt_gguf *g, struct nmt_err *err)
{
    return nmt_fail(err, NMT_ETRUNC, 0, "%s: the file ends before its tensors begin", g->name);
}

static bool take_u64(struct nmt_cursor *c, uint64_t *v)
{
    const unsigned char *p = nmt_cursor_take(c, 8);
    if (p)
        *v = nmt_get_le64(p);
    return p != NULL;
}

/* A string: its bytes, NULL when the file ends first. */
static const unsigned char *take_string(struct nmt_cursor *c, uint64_t *n)
{
    return take_u64(c, n) && *n <= c->left ? nmt_cursor_take(c, (size_t)*n) : NULL;
}

/* Its copy ended by NUL, or NULL while measuring. */
static char *keep_string(struct walk *w, const unsigned char *s, size_t n)
{
    char *copy = w->strings ? w->strings + w->used : NULL;
    if (copy) {
        memcpy(copy, s, n);
        copy[n] = '\0';
    }
    w->used += n + 1;
    return copy;
}

/* A name: printable ASCII without spaces, so that it can stand in any message. */
static int take_name(struct walk *w, uint64_t longest, const char *what, const char **name,
                     struct nmt_err *err)
{
    uint64_t n;
    const unsigned char *s = take_string(&w->at, &n);
    if (!s)
        return ends_early(w->g, err);
    bool good = n > 0 && n <= longest;
    for (uint64_t i = 0; good && i < n; i++)
        good = s[i] > ' ' && s[i] < 0x7f;
    if (!good)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: %s with an impossible name", w->g->name, what);
    *name = keep_string(w, s, (size_t)n);
    return 0;
}

/* --- keys ------------------------------------------------------------------------------------ */

static int skip_strings(struct walk *w, uint64_t count, struct nmt_err *err)
{
    uint64_t n;
    for (uint64_t i = 0; i < count; i++)
        if (!take_string(&w->at, &n))
            return ends_early(w->g, err);
    return 0;
}

static int take_elements(struct walk *w, struct gguf_value *v, struct nmt_err *err)
{
    size_t size = nmt_gguf_type_size(v->type);
    v->data = w->at.p;
    if (v->type == NMT_GGUF_STRING)
        return skip_strings(w, v->count, err);
    if (size == 0)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: a value of type %u, which is not known",
                        w->g->name, (unsigned)v->type);
    if (v->count > w->at.left / size || !nmt_cursor_take(&w->at, (size_t)v->count * size))
        return ends_early(w->g, err);
    return 0;
}

static int take_value(struct walk *w, struct gguf_value *v, struct nmt_err *err)
{
    uint32_t type;
    NMT_TRY(take_name(w, NMT_GGUF_KEY_MAX, "a key", &v->key, err));
    if (!nmt_cursor_u32(&w->at, &type))
        return ends_early(w->g, err);
    v->is_array = type == NMT_GGUF_ARRAY;
    v->count = 1;
    if (v->is_array && (!nmt_cursor_u32(&w->at, &type) || !take_u64(&w->at, &v->count)))
        return ends_early(w->g, err);
    v->type = (enum nmt_gguf_type)type;
    if (v->is_array || type != NMT_GGUF_STRING) {
        NMT_TRY(take_elements(w, v, err));
        if (!v->is_array && type == NMT_GGUF_BOOL && v->data[0] > 1)
            return nmt_fail(err, NMT_EFORMAT, 0, "%s: a truth value of %u", w->g->name, v->data[0]);
        return 0;
    }
    v->data = take_string(&w->at, &v->count);
    if (!v->data)
        return ends_early(w->g, err);
    v->string = NULL;
    if (!memchr(v->data, '\0', (size_t)v->count))
        v->string = keep_string(w, v->data, (size_t)v->count);
    return 0;
}

/* --- tensors --------------------------------------------------------------------------------- */

static int take_tensor(struct walk *w, struct gguf_tensor *tensor, struct nmt_err *err)
{
    struct nmt_gguf_tensor *t = &tensor->as;
    const char *name = w->g->name;
    uint32_t type;
    NMT_TRY(take_name(w, NMT_GGUF_NAME_MAX + 1, "a tensor", &t->name, err));
    if (!nmt_cursor_u32(&w->at, &t->n_dims))
        return ends_early(w->g, err);
    if (t->n_dims < 1 || t->n_dims > NMT_GGUF_DIMS_MAX)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: a tensor of %u dimensions", name, t->n_dims);
    t->count = 1;
    for (uint32_t i = t->n_dims; i-- > 0;) {
        if (!take_u64(&w->at, &t->dims[i]))
            return ends_early(w->g, err);
        if (t->dims[i] == 0)
            return nmt_fail(err, NMT_EFORMAT, 0, "%s: a tensor with a dimension of 0", name);
        if (t->dims[i] > w->g->size / sizeof(float) / t->count)
            return nmt_fail(err, NMT_ETRUNC, 0, "%s: a tensor is larger than the file", name);
        t->count *= (size_t)t->dims[i];
    }
    if (!nmt_cursor_u32(&w->at, &type) || !take_u64(&w->at, &tensor->offset))
        return ends_early(w->g, err);
    if (type != GGML_TYPE_F32)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: a tensor of type %u, only F32 (0) is read", name,
                        type);
    return 0;
}

/* --- the whole ------------------------------------------------------------------------------- */

static int check_start(struct nmt_gguf *g, struct nmt_cursor *c, struct nmt_err *err)
{
    uint32_t version;
    uint64_t tensors, keys;
    const unsigned char *magic = nmt_cursor_take(c, 4);
    if (!magic || memcmp(magic, "GGUF", 4) != 0)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: no GGUF file", g->name);
    if (!nmt_cursor_u32(c, &version))
        return ends_early(g, err);
    if (version != GGUF_VERSION)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: GGUF of %s %u, only version %d is read", g->name,
                        version == GGUF_VERSION << 24 ? "big-endian version" : "version",
                        version == GGUF_VERSION << 24 ? GGUF_VERSION : version, GGUF_VERSION);
    if (!take_u64(c, &tensors) || !take_u64(c, &keys))
        return ends_early(g, err);
    if (tensors > NMT_GGUF_COUNT_MAX || keys > NMT_GGUF_COUNT_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "%s: %llu tensors and %llu keys, at most %d are read",
                        g->name, (unsigned long long)tensors, (unsigned long long)keys,
                        NMT_GGUF_COUNT_MAX);
    g->n_tensors = (size_t)tensors;
    g->n_values = (size_t)keys;
    return 0;
}

static int walk_all(struct nmt_gguf *g, struct walk *w, struct nmt_err *err)
{
    for (size_t i = 0; i < g->n_values; i++)
        NMT_TRY(take_value(w, &g->values[i], err));
    for (size_t i = 0; i < g->n_tensors; i++)
        NMT_TRY(take_tensor(w, &g->tensors[i], err));
    return 0;
}

static int no_memory(const struct nmt_gguf *g, struct nmt_err *err)
{
    return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", g->name);
}

int nmt_gguf_parse(struct nmt_gguf *g, struct nmt_err *err)
{
    struct nmt_cursor c = { g->bytes, g->size };
    NMT_TRY(check_start(g, &c, err));
    g->values = calloc(g->n_values + 1, sizeof *g->values);
    g->tensors = calloc(g->n_tensors + 1, sizeof *g->tensors);
    if (!g->values || !g->tensors)
        return no_memory(g, err);
    struct walk measure = { g, c, NULL, 0 };
    NMT_TRY(walk_all(g, &measure, err));
    g->strings = malloc(measure.used + 1);
    if (!g->strings)
        return no_memory(g, err);
    struct walk keep = { g, c, g->strings, 0 };
    NMT_TRY(walk_all(g, &keep, err));
    g->header_size = g->size - keep.at.left;
    return 0;
}
