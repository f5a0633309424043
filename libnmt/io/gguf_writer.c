/*
 * Writing a GGUF file. Keys are encoded as they come; when all is known the header is built in
 * memory, the digests are taken of it and of the tensors, filled in, and everything is written.
 */
#include "gguf_internal.h"

#include <nmt/utf8.h>

#include <assert.h>
#include <stdlib.h>

struct tensor {
    char name[NMT_GGUF_NAME_MAX + 1];
    const float *data;
    uint32_t n_dims;
    uint64_t dims[NMT_GGUF_DIMS_MAX], bytes;
};

struct nmt_gguf_writer {
    struct nmt_buffer values; /* encoded keys and values */
    struct nmt_buffer keys;   /* the keys again, each ended by NUL */
    struct tensor *tensors;
    size_t n_values, n_tensors, cap_tensors;
};

static const unsigned char zeros[NMT_GGUF_ALIGNMENT];

static int no_memory(struct nmt_err *err)
{
    return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
}

int nmt_gguf_writer_new(struct nmt_gguf_writer **w, struct nmt_err *err)
{
    *w = calloc(1, sizeof **w);
    return *w ? 0 : no_memory(err);
}

void nmt_gguf_writer_free(struct nmt_gguf_writer *w)
{
    if (!w)
        return;
    nmt_buffer_release(&w->values);
    nmt_buffer_release(&w->keys);
    free(w->tensors);
    free(w);
}

/* --- encoding -------------------------------------------------------------------------------- */

static int add_u32(struct nmt_buffer *b, uint32_t v, struct nmt_err *err)
{
    unsigned char le[4];
    nmt_put_le32(le, v);
    return nmt_buffer_add(b, le, sizeof le, err);
}

static int add_u64(struct nmt_buffer *b, uint64_t v, struct nmt_err *err)
{
    unsigned char le[8];
    nmt_put_le64(le, v);
    return nmt_buffer_add(b, le, sizeof le, err);
}

static int add_string(struct nmt_buffer *b, const char *s, size_t n, struct nmt_err *err)
{
    NMT_TRY(add_u64(b, n, err));
    return nmt_buffer_add(b, s, n, err);
}

static int add_padding(struct nmt_buffer *b, struct nmt_err *err)
{
    uint64_t padded = nmt_gguf_pad(b->len, NMT_GGUF_ALIGNMENT);
    return nmt_buffer_add(b, zeros, (size_t)padded - b->len, err);
}

/* Lower-case segments joined by points (the specification of GGUF, gguf_metadata_kv_t). */
static bool key_is_good(const char *key)
{
    size_t n = strlen(key), segment = 0;
    for (size_t i = 0; i < n; i++) {
        char c = key[i];
        if (c == '.' && segment == 0)
            return false;
        if (c != '.' && c != '_' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
            return false;
        segment = c == '.' ? 0 : segment + 1;
    }
    return segment > 0 && n <= NMT_GGUF_KEY_MAX;
}

static bool key_is_taken(const struct nmt_gguf_writer *w, const char *key)
{
    if (strcmp(key, KEY_ALIGNMENT) == 0 || strcmp(key, KEY_DIGEST) == 0 ||
        strcmp(key, KEY_DIGEST_DATA) == 0)
        return true;
    for (size_t i = 0; i < w->keys.len; i += strlen(w->keys.data + i) + 1)
        if (strcmp(key, w->keys.data + i) == 0)
            return true;
    return false;
}

/* Writes the key and the type of its value; what follows is the value. */
static int begin_value(struct nmt_gguf_writer *w, const char *key, enum nmt_gguf_type type,
                       struct nmt_err *err)
{
    if (!key_is_good(key))
        return nmt_fail(err, NMT_EFORMAT, 0, "'%.200s' cannot be a key of a GGUF file", key);
    if (key_is_taken(w, key))
        return nmt_fail(err, NMT_EFORMAT, 0, "key '%.200s' is there already", key);
    if (w->n_values + 3 >= NMT_GGUF_COUNT_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "more than %d keys", NMT_GGUF_COUNT_MAX);
    NMT_TRY(nmt_buffer_add(&w->keys, key, strlen(key) + 1, err));
    NMT_TRY(add_string(&w->values, key, strlen(key), err));
    w->n_values++;
    return add_u32(&w->values, type, err);
}

static int begin_array(struct nmt_gguf_writer *w, const char *key, enum nmt_gguf_type type,
                       size_t n, struct nmt_err *err)
{
    NMT_TRY(begin_value(w, key, NMT_GGUF_ARRAY, err));
    NMT_TRY(add_u32(&w->values, type, err));
    return add_u64(&w->values, n, err);
}

static int check_string(const char *key, const char *s, size_t n, struct nmt_err *err)
{
    if (n > 0 && (memchr(s, '\0', n) || nmt_utf8_valid(s, n) != n))
        return nmt_fail(err, NMT_ETEXT, 0, "the value of key '%.200s' is no UTF-8 text", key);
    return 0;
}

/* --- values ---------------------------------------------------------------------------------- */

int nmt_gguf_add_u32(struct nmt_gguf_writer *w, const char *key, uint32_t v, struct nmt_err *err)
{
    NMT_TRY(begin_value(w, key, NMT_GGUF_UINT32, err));
    return add_u32(&w->values, v, err);
}

int nmt_gguf_add_u64(struct nmt_gguf_writer *w, const char *key, uint64_t v, struct nmt_err *err)
{
    NMT_TRY(begin_value(w, key, NMT_GGUF_UINT64, err));
    return add_u64(&w->values, v, err);
}

int nmt_gguf_add_i64(struct nmt_gguf_writer *w, const char *key, int64_t v, struct nmt_err *err)
{
    NMT_TRY(begin_value(w, key, NMT_GGUF_INT64, err));
    return add_u64(&w->values, (uint64_t)v, err);
}

int nmt_gguf_add_f32(struct nmt_gguf_writer *w, const char *key, float v, struct nmt_err *err)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    NMT_TRY(begin_value(w, key, NMT_GGUF_FLOAT32, err));
    return add_u32(&w->values, bits, err);
}

int nmt_gguf_add_f64(struct nmt_gguf_writer *w, const char *key, double v, struct nmt_err *err)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    NMT_TRY(begin_value(w, key, NMT_GGUF_FLOAT64, err));
    return add_u64(&w->values, bits, err);
}

int nmt_gguf_add_bool(struct nmt_gguf_writer *w, const char *key, bool v, struct nmt_err *err)
{
    NMT_TRY(begin_value(w, key, NMT_GGUF_BOOL, err));
    return nmt_buffer_addc(&w->values, v ? 1 : 0, err);
}

int nmt_gguf_add_str(struct nmt_gguf_writer *w, const char *key, const char *s, struct nmt_err *err)
{
    NMT_TRY(check_string(key, s, strlen(s), err));
    NMT_TRY(begin_value(w, key, NMT_GGUF_STRING, err));
    return add_string(&w->values, s, strlen(s), err);
}

/* --- arrays ---------------------------------------------------------------------------------- */

int nmt_gguf_add_strs(struct nmt_gguf_writer *w, const char *key, const char *const *strings,
                      const size_t *lengths, size_t n, struct nmt_err *err)
{
    for (size_t i = 0; i < n; i++)
        NMT_TRY(check_string(key, strings[i], lengths ? lengths[i] : strlen(strings[i]), err));
    NMT_TRY(begin_array(w, key, NMT_GGUF_STRING, n, err));
    for (size_t i = 0; i < n; i++)
        NMT_TRY(add_string(&w->values, strings[i], lengths ? lengths[i] : strlen(strings[i]), err));
    return 0;
}

/* n numbers of 4 or 8 bytes. */
static int add_numbers(struct nmt_gguf_writer *w, const char *key, enum nmt_gguf_type type,
                       const void *v, size_t n, struct nmt_err *err)
{
    size_t size = nmt_gguf_type_size(type);
    NMT_TRY(begin_array(w, key, type, n, err));
    if (n > SIZE_MAX / size)
        return no_memory(err);
    NMT_TRY(nmt_buffer_reserve(&w->values, n * size, err));
    if (size == 4) {
        nmt_copy_le32(w->values.data + w->values.len, v, n);
        w->values.len += 4 * n;
    }
    for (size_t i = 0; size == 8 && i < n; i++) {
        uint64_t bits;
        memcpy(&bits, (const char *)v + 8 * i, 8);
        NMT_TRY(add_u64(&w->values, bits, err));
    }
    return 0;
}

int nmt_gguf_add_u32s(struct nmt_gguf_writer *w, const char *key, const uint32_t *v, size_t n,
                      struct nmt_err *err)
{
    return add_numbers(w, key, NMT_GGUF_UINT32, v, n, err);
}

int nmt_gguf_add_u64s(struct nmt_gguf_writer *w, const char *key, const uint64_t *v, size_t n,
                      struct nmt_err *err)
{
    return add_numbers(w, key, NMT_GGUF_UINT64, v, n, err);
}

int nmt_gguf_add_f32s(struct nmt_gguf_writer *w, const char *key, const float *v, size_t n,
                      struct nmt_err *err)
{
    return add_numbers(w, key, NMT_GGUF_FLOAT32, v, n, err);
}

int nmt_gguf_add_f64s(struct nmt_gguf_writer *w, const char *key, const double *v, size_t n,
                      struct nmt_err *err)
{
    return add_numbers(w, key, NMT_GGUF_FLOAT64, v, n, err);
}

/* --- tensors --------------------------------------------------------------------------------- */

static bool tensor_name_is_good(const char *name)
{
    size_t n = 0;
    for (; name[n]; n++)
        if (name[n] <= ' ' || name[n] >= 0x7f)
            return false;
    return n > 0 && n <= NMT_GGUF_NAME_MAX;
}

static int room_for_tensor(struct nmt_gguf_writer *w, struct nmt_err *err)
{
    if (w->n_tensors == NMT_GGUF_COUNT_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "more than %d tensors", NMT_GGUF_COUNT_MAX);
    if (w->n_tensors < w->cap_tensors)
        return 0;
    size_t cap = w->cap_tensors ? 2 * w->cap_tensors : 64;
    struct tensor *more = realloc(w->tensors, cap * sizeof *more);
    if (!more)
        return no_memory(err);
    w->tensors = more;
    w->cap_tensors = cap;
    return 0;
}

int nmt_gguf_add_tensor(struct nmt_gguf_writer *w, const char *name, const float *data,
                        uint32_t n_dims, const uint64_t *dims, struct nmt_err *err)
{
    if (!tensor_name_is_good(name))
        return nmt_fail(err, NMT_EFORMAT, 0, "'%.200s' cannot be the name of a tensor", name);
    for (size_t i = 0; i < w->n_tensors; i++)
        if (strcmp(w->tensors[i].name, name) == 0)
            return nmt_fail(err, NMT_EFORMAT, 0, "tensor '%s' is there already", name);
    NMT_TRY(room_for_tensor(w, err));
    assert(n_dims >= 1 && n_dims <= NMT_GGUF_DIMS_MAX);
    struct tensor *t = &w->tensors[w->n_tensors];
    *t = (struct tensor){ .data = data, .n_dims = n_dims, .bytes = sizeof(float) };
    memcpy(t->name, name, strlen(name));
    for (uint32_t i = 0; i < n_dims; i++) {
        assert(dims[i] > 0 && t->bytes <= PTRDIFF_MAX / dims[i]);
        t->dims[i] = dims[i];
        t->bytes *= dims[i];
    }
    w->n_tensors++;
    return 0;
}

/* --- the file -------------------------------------------------------------------------------- */

/* All tensors as they will lie in the file: data, padding, data, padding ... */
static struct gguf_piece *list_pieces(const struct nmt_gguf_writer *w)
{
    struct gguf_piece *pieces = calloc(2 * w->n_tensors + 1, sizeof *pieces);
    for (size_t i = 0; pieces && i < w->n_tensors; i++) {
        uint64_t bytes = w->tensors[i].bytes;
        uint64_t padded = nmt_gguf_pad(bytes, NMT_GGUF_ALIGNMENT);
        pieces[2 * i] = (struct gguf_piece){ w->tensors[i].data, (size_t)bytes };
        pieces[2 * i + 1] = (struct gguf_piece){ zeros, (size_t)(padded - bytes) };
    }
    return pieces;
}

static int add_digest(struct nmt_buffer *b, const char *key, const char *hex, struct nmt_err *err)
{
    NMT_TRY(add_string(b, key, strlen(key), err));
    NMT_TRY(add_u32(b, NMT_GGUF_STRING, err));
    return add_string(b, hex, DIGEST_HEX, err);
}

static int add_tensor_info(struct nmt_buffer *b, const struct tensor *t, uint64_t offset,
                           struct nmt_err *err)
{
    NMT_TRY(add_string(b, t->name, strlen(t->name), err));
    NMT_TRY(add_u32(b, t->n_dims, err));
    for (uint32_t i = t->n_dims; i-- > 0;)
        NMT_TRY(add_u64(b, t->dims[i], err));
    NMT_TRY(add_u32(b, GGML_TYPE_F32, err));
    return add_u64(b, offset, err);
}

/* Everything before the tensors. The digits of the digest, at *hole, are still to be set. */
static int build_header(const struct nmt_gguf_writer *w, struct nmt_buffer *b, const char *data_hex,
                        size_t *hole, struct nmt_err *err)
{
    char none[DIGEST_HEX];
    uint64_t offset = 0;
    memset(none, '0', sizeof none);
    NMT_TRY(nmt_buffer_adds(b, "GGUF", err));
    NMT_TRY(add_u32(b, GGUF_VERSION, err));
    NMT_TRY(add_u64(b, w->n_tensors, err));
    NMT_TRY(add_u64(b, w->n_values + 3, err));
    NMT_TRY(add_string(b, KEY_ALIGNMENT, strlen(KEY_ALIGNMENT), err));
    NMT_TRY(add_u32(b, NMT_GGUF_UINT32, err));
    NMT_TRY(add_u32(b, NMT_GGUF_ALIGNMENT, err));
    if (w->values.len > 0)
        NMT_TRY(nmt_buffer_add(b, w->values.data, w->values.len, err));
    NMT_TRY(add_digest(b, KEY_DIGEST_DATA, data_hex, err));
    NMT_TRY(add_digest(b, KEY_DIGEST, none, err));
    *hole = b->len - DIGEST_HEX;
    for (size_t i = 0; i < w->n_tensors; i++) {
        NMT_TRY(add_tensor_info(b, &w->tensors[i], offset, err));
        offset = nmt_gguf_pad(offset + w->tensors[i].bytes, NMT_GGUF_ALIGNMENT);
    }
    return add_padding(b, err);
}

static int write_all(const struct nmt_gguf_writer *w, const struct gguf_piece *pieces,
                     struct nmt_buffer *header, struct nmt_output *out,
                     uint8_t digest[NMT_GGUF_DIGEST], struct nmt_err *err)
{
    char hex[DIGEST_HEX + 1];
    uint8_t found[NMT_GGUF_DIGEST];
    size_t hole = 0;
    NMT_TRY(nmt_gguf_digest_pieces(found, pieces, 2 * w->n_tensors, err));
    nmt_gguf_hex(hex, found);
    NMT_TRY(build_header(w, header, hex, &hole, err));
    NMT_TRY(nmt_gguf_digest_header(found, (unsigned char *)header->data, header->len, hole, err));
    nmt_gguf_hex(hex, found);
    memcpy(header->data + hole, hex, DIGEST_HEX);
    NMT_TRY(nmt_output_write(out, header->data, header->len, err));
    for (size_t i = 0; i < 2 * w->n_tensors; i++)
        NMT_TRY(nmt_output_write(out, pieces[i].bytes, pieces[i].n, err));
    if (digest)
        memcpy(digest, found, NMT_GGUF_DIGEST);
    return 0;
}

int nmt_gguf_write(struct nmt_gguf_writer *w, struct nmt_output *out,
                   uint8_t digest[NMT_GGUF_DIGEST], struct nmt_err *err)
{
    struct nmt_buffer header = NMT_BUFFER_INIT;
    struct gguf_piece *pieces = list_pieces(w);
    int rc = pieces ? write_all(w, pieces, &header, out, digest, err) : no_memory(err);
    nmt_buffer_release(&header);
    free(pieces);
    return rc;
}
