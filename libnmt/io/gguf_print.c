/* Going through all keys of an open GGUF file, and printing their values as JSON. */
#include "gguf_internal.h"

#include <inttypes.h>
#include <math.h>

size_t nmt_gguf_count(const struct nmt_gguf *g)
{
    return g->n_values;
}

const char *nmt_gguf_key(const struct nmt_gguf *g, size_t i)
{
    return g->values[i].key;
}

enum nmt_gguf_type nmt_gguf_type(const struct nmt_gguf *g, size_t i, enum nmt_gguf_type *element)
{
    const struct gguf_value *v = &g->values[i];
    if (element)
        *element = v->type;
    return v->is_array ? NMT_GGUF_ARRAY : v->type;
}

/* Nine and seventeen digits give the number back exactly; JSON has no word for NaN. */
static int print_real(struct nmt_buffer *out, double v, int digits, struct nmt_err *err)
{
    if (!isfinite(v))
        return nmt_buffer_adds(out, "null", err);
    return nmt_buffer_addf(out, err, "%.*g", digits, v);
}

/* Prints one element and sets *size to its bytes in the file. */
static int print_element(struct nmt_buffer *out, enum nmt_gguf_type type, const unsigned char *p,
                         size_t *size, struct nmt_err *err)
{
    uint64_t bits;
    bool negative;
    *size = nmt_gguf_type_size(type);
    if (type == NMT_GGUF_STRING) {
        *size = 8 + (size_t)nmt_get_le64(p);
        return nmt_buffer_add_json(out, (const char *)p + 8, *size - 8, err);
    }
    if (type == NMT_GGUF_BOOL)
        return nmt_buffer_adds(out, p[0] ? "true" : "false", err);
    if (type == NMT_GGUF_FLOAT32)
        return print_real(out, (double)nmt_gguf_read_f32(p), 9, err);
    if (type == NMT_GGUF_FLOAT64)
        return print_real(out, nmt_gguf_read_f64(p), 17, err);
    nmt_gguf_read_integer(type, p, &bits, &negative);
    if (negative)
        return nmt_buffer_addf(out, err, "%" PRId64, (int64_t)bits);
    return nmt_buffer_addf(out, err, "%" PRIu64, bits);
}

int nmt_gguf_print(const struct nmt_gguf *g, size_t i, size_t most, struct nmt_buffer *out,
                   struct nmt_err *err)
{
    const struct gguf_value *v = &g->values[i];
    size_t size;
    if (!v->is_array)
        return print_element(out, v->type, v->type == NMT_GGUF_STRING ? v->data - 8 : v->data,
                             &size, err);
    const unsigned char *p = v->data;
    uint64_t shown = v->count < most ? v->count : most;
    NMT_TRY(nmt_buffer_addc(out, '[', err));
    for (uint64_t k = 0; k < shown; k++, p += size) {
        NMT_TRY(nmt_buffer_adds(out, k > 0 ? ", " : "", err));
        NMT_TRY(print_element(out, v->type, p, &size, err));
    }
    if (shown < v->count)
        NMT_TRY(nmt_buffer_addf(out, err, "%s... %" PRIu64, shown > 0 ? ", " : "", v->count));
    return nmt_buffer_addc(out, ']', err);
}
