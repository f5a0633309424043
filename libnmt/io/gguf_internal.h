/* What reader and writer of GGUF share: the layout's constants, the digest's keys and its rule. */
#ifndef NMT_GGUF_INTERNAL_H
#define NMT_GGUF_INTERNAL_H

#include "io_internal.h"

#include <nmt/gguf.h>

enum {
    GGUF_VERSION = 3,
    GGUF_HEADER = 24,            /* magic, version, tensors, keys */
    GGUF_DEFAULT_ALIGNMENT = 32, /* of a file that does not say */
    GGML_TYPE_F32 = 0,
    DIGEST_HEX = 2 * NMT_GGUF_DIGEST,
};

#define KEY_ALIGNMENT   "general.alignment"
#define KEY_DIGEST      "nmt.digest"
#define KEY_DIGEST_DATA "nmt.digest.data"

/* Bytes of a value of fixed size, 0 for strings, arrays and what is no type. */
size_t nmt_gguf_type_size(uint32_t type);

/* The digest of pieces as if they stood behind each other. */
struct gguf_piece {
    const void *bytes;
    size_t n;
};
int nmt_gguf_digest_pieces(uint8_t digest[NMT_GGUF_DIGEST], const struct gguf_piece *pieces,
                           size_t n, struct nmt_err *err) NMT_MUST_USE;

/* The digest of bytes[0..n) with the DIGEST_HEX bytes at `hole` taken as '0'. */
int nmt_gguf_digest_header(uint8_t digest[NMT_GGUF_DIGEST], const unsigned char *bytes, size_t n,
                           size_t hole, struct nmt_err *err) NMT_MUST_USE;

/* Lower-case hexadecimal digits, ended by NUL. */
void nmt_gguf_hex(char out[DIGEST_HEX + 1], const uint8_t digest[NMT_GGUF_DIGEST]);

/* n rounded up to a multiple of `alignment`, a power of two; n must leave room for it. */
static inline uint64_t nmt_gguf_pad(uint64_t n, uint64_t alignment)
{
    return (n + alignment - 1) & ~(alignment - 1);
}

/* One key and where its value lies in the file. */
struct gguf_value {
    const char *key;    /* ended by NUL */
    const char *string; /* a copy ended by NUL, of a string without NUL inside; else NULL */
    const unsigned char *data;
    uint64_t count;          /* elements of an array, bytes of a string, else 1 */
    enum nmt_gguf_type type; /* of an array, that of its elements */
    bool is_array;
};

struct gguf_tensor {
    struct nmt_gguf_tensor as;
    uint64_t offset; /* as the file says, from data_start */
};

struct nmt_gguf {
    char *name;
    const unsigned char *bytes;
    size_t size, header_size; /* of the file; of its keys and tensor descriptions */
    size_t data_start;        /* where the tensors begin */
    bool mapped, has_digest;
    uint8_t digest[NMT_GGUF_DIGEST], digest_data[NMT_GGUF_DIGEST];
    size_t n_values, n_tensors;
    struct gguf_value *values;   /* in the order of the file */
    struct gguf_tensor *tensors; /* the same */
    struct gguf_value **by_key;  /* sorted */
    struct gguf_tensor **by_name;
    char *strings; /* keys, names and string values, each ended by NUL */
};

/* Reads everything before the tensors from bytes[0..size): fills in values, tensors (but their
 * data), strings and header_size. What it allocated is freed by nmt_gguf_close either way. */
int nmt_gguf_parse(struct nmt_gguf *g, struct nmt_err *err) NMT_MUST_USE;

/* The value of a key, NULL when there is none. */
const struct gguf_value *nmt_gguf_lookup(const struct nmt_gguf *g, const char *key);

/* A whole number of any width: its value as the bits of 64, and whether it is negative. False
 * when the type is not one of whole numbers. */
bool nmt_gguf_read_integer(enum nmt_gguf_type type, const unsigned char *p, uint64_t *bits,
                           bool *negative);
float nmt_gguf_read_f32(const unsigned char *p);
double nmt_gguf_read_f64(const unsigned char *p);

#endif
