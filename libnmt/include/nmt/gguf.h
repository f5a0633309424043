/*
 * GGUF version 3, the container of model files and of the trainer's state: typed keys, then
 * tensors (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). Little-endian, tensors F32.
 *
 * Our files hold two digests (XXH3, 128 bits, as 32 hexadecimal digits): "nmt.digest.data" is that
 * of everything from the first tensor to the end of the file, "nmt.digest" that of everything
 * before it, with its own digits taken as zeros. The second therefore stands for the whole
 * content, and is the model's fingerprint. Opening checks what comes before the tensors;
 * nmt_gguf_verify reads the tensors too.
 *
 * Dimensions are given here as C has them, the slowest first; the file holds them the other way.
 */
#ifndef NMT_GGUF_H
#define NMT_GGUF_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/output.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NMT_GGUF_DIMS_MAX  4
#define NMT_GGUF_NAME_MAX  63    /* bytes of a tensor's name: what ggml can hold */
#define NMT_GGUF_KEY_MAX   65535 /* bytes of a key */
#define NMT_GGUF_COUNT_MAX 65536 /* keys in a file, tensors in a file */
#define NMT_GGUF_ALIGNMENT 64    /* of the tensors that we write */
#define NMT_GGUF_DIGEST    16    /* bytes of a digest */

/** The types of values, numbered as in the file. */
enum nmt_gguf_type {
    NMT_GGUF_UINT8 = 0,
    NMT_GGUF_INT8 = 1,
    NMT_GGUF_UINT16 = 2,
    NMT_GGUF_INT16 = 3,
    NMT_GGUF_UINT32 = 4,
    NMT_GGUF_INT32 = 5,
    NMT_GGUF_FLOAT32 = 6,
    NMT_GGUF_BOOL = 7,
    NMT_GGUF_STRING = 8,
    NMT_GGUF_ARRAY = 9,
    NMT_GGUF_UINT64 = 10,
    NMT_GGUF_INT64 = 11,
    NMT_GGUF_FLOAT64 = 12,
};

/* --- reading --------------------------------------------------------------------------------- */

/** An open file. Immutable: any number of threads may use it. */
struct nmt_gguf;

struct nmt_gguf_tensor {
    const char *name; /* ended by NUL */
    uint32_t n_dims;  /* 1 to NMT_GGUF_DIMS_MAX */
    uint64_t dims[NMT_GGUF_DIMS_MAX];
    const float *data; /* [dims[0]][dims[1]]..., in the mapped file */
    size_t count;      /* product of the dimensions */
};

/**
 * Maps path (a regular file) and checks everything but the content of the tensors: header, keys,
 * names, every offset and size against the size of the file, and our digest if there is one.
 *   NMT_EIO      cannot be opened or mapped
 *   NMT_EFORMAT  no GGUF, another version, an impossible field, a duplicate, a tensor not F32
 *   NMT_ETRUNC   the file is shorter than it says
 *   NMT_ECRC     keys and tensor descriptions do not match the digest
 *   NMT_ELIMIT   more keys or tensors than NMT_GGUF_COUNT_MAX
 */
int nmt_gguf_open(struct nmt_gguf **g, const char *path, struct nmt_err *err) NMT_MUST_USE;

/** The same on bytes in memory (aligned as floats are), borrowed until nmt_gguf_close. */
int nmt_gguf_open_memory(struct nmt_gguf **g, const void *bytes, size_t n, const char *name,
                         struct nmt_err *err) NMT_MUST_USE;

/** Unmaps: every pointer that g handed out is gone. NULL is fine. */
void nmt_gguf_close(struct nmt_gguf *g);

/** The path; borrowed. */
const char *nmt_gguf_name(const struct nmt_gguf *g);

/** The digest of the whole content, NMT_GGUF_DIGEST bytes, borrowed; NULL when the file has none.
 */
const uint8_t *nmt_gguf_digest(const struct nmt_gguf *g);

/**
 * Reads all tensors and compares with the digest: NMT_ECRC when they differ, NMT_EFORMAT when the
 * file has none.
 */
int nmt_gguf_verify(const struct nmt_gguf *g, struct nmt_err *err) NMT_MUST_USE;

/* Values by key. A missing key and a value of another type are NMT_EFORMAT and name file and key;
 * for a key that may be missing ask nmt_gguf_has first. Integers of any width are taken when the
 * value fits; get_f64 also takes float32. */

bool nmt_gguf_has(const struct nmt_gguf *g, const char *key);
int nmt_gguf_get_u32(const struct nmt_gguf *g, const char *key, uint32_t *v,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_get_u64(const struct nmt_gguf *g, const char *key, uint64_t *v,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_get_i64(const struct nmt_gguf *g, const char *key, int64_t *v,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_get_f32(const struct nmt_gguf *g, const char *key, float *v,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_get_f64(const struct nmt_gguf *g, const char *key, double *v,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_get_bool(const struct nmt_gguf *g, const char *key, bool *v,
                      struct nmt_err *err) NMT_MUST_USE;

/** Valid UTF-8 without NUL, ended by NUL, borrowed from g. */
int nmt_gguf_get_str(const struct nmt_gguf *g, const char *key, const char **s,
                     struct nmt_err *err) NMT_MUST_USE;

/**
 * Arrays, of exactly the type named. Each sets *n and one allocation that the caller frees with
 * free() (*n = 0: NULL is possible). Strings are a list of pointers and one of lengths; the bytes
 * stay in g, not ended by NUL, and not checked to be UTF-8.
 */
int nmt_gguf_get_strs(const struct nmt_gguf *g, const char *key, const char ***strings,
                      size_t **lengths, size_t *n, struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_get_u32s(const struct nmt_gguf *g, const char *key, uint32_t **v, size_t *n,
                      struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_get_u64s(const struct nmt_gguf *g, const char *key, uint64_t **v, size_t *n,
                      struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_get_f32s(const struct nmt_gguf *g, const char *key, float **v, size_t *n,
                      struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_get_f64s(const struct nmt_gguf *g, const char *key, double **v, size_t *n,
                      struct nmt_err *err) NMT_MUST_USE;

/** All keys in the order of the file: i < nmt_gguf_count(g). The key is ended by NUL, borrowed. */
size_t nmt_gguf_count(const struct nmt_gguf *g);
const char *nmt_gguf_key(const struct nmt_gguf *g, size_t i);

/** The type of the i-th value; of an array, that of its elements is *element (may be NULL). */
enum nmt_gguf_type nmt_gguf_type(const struct nmt_gguf *g, size_t i, enum nmt_gguf_type *element);

/**
 * Adds the i-th value to out as JSON would write it; of an array the first `most` elements, then
 * how many more there are: [1, 2, ... 30000].
 */
int nmt_gguf_print(const struct nmt_gguf *g, size_t i, size_t most, struct nmt_buffer *out,
                   struct nmt_err *err) NMT_MUST_USE;

/** "uint32", "string" ...; "unknown" for a number that is no type. */
const char *nmt_gguf_type_name(enum nmt_gguf_type type);

/** All tensors in the order of the file: i < nmt_gguf_tensors(g); borrowed. */
size_t nmt_gguf_tensors(const struct nmt_gguf *g);
const struct nmt_gguf_tensor *nmt_gguf_tensor(const struct nmt_gguf *g, size_t i);

/** The tensor of that name, NULL when there is none. */
const struct nmt_gguf_tensor *nmt_gguf_find(const struct nmt_gguf *g, const char *name);

/** Its data, when it has exactly these dimensions; missing: NMT_EFORMAT, other sizes: NMT_ESHAPE.
 */
int nmt_gguf_get_tensor(const struct nmt_gguf *g, const char *name, uint32_t n_dims,
                        const uint64_t *dims, const float **data, struct nmt_err *err) NMT_MUST_USE;

/* --- writing --------------------------------------------------------------------------------- */

/**
 * Collects keys and tensors, then writes them in the order they came. The bytes depend on nothing
 * else. general.alignment is written first and the digests last, by the writer itself.
 */
struct nmt_gguf_writer;

int nmt_gguf_writer_new(struct nmt_gguf_writer **w, struct nmt_err *err) NMT_MUST_USE;

/**
 * Add a key: lower-case letters, digits and '_' in segments joined by '.'. Values are copied.
 * NMT_EFORMAT for a key that is not of that form, is there already, or is the writer's own;
 * NMT_ETEXT for a string that is no UTF-8 or has a NUL inside.
 */
int nmt_gguf_add_u32(struct nmt_gguf_writer *w, const char *key, uint32_t v,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_add_u64(struct nmt_gguf_writer *w, const char *key, uint64_t v,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_add_i64(struct nmt_gguf_writer *w, const char *key, int64_t v,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_add_f32(struct nmt_gguf_writer *w, const char *key, float v,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_add_f64(struct nmt_gguf_writer *w, const char *key, double v,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_add_bool(struct nmt_gguf_writer *w, const char *key, bool v,
                      struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_add_str(struct nmt_gguf_writer *w, const char *key, const char *s,
                     struct nmt_err *err) NMT_MUST_USE;

/** lengths may be NULL: the strings end with NUL. */
int nmt_gguf_add_strs(struct nmt_gguf_writer *w, const char *key, const char *const *strings,
                      const size_t *lengths, size_t n, struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_add_u32s(struct nmt_gguf_writer *w, const char *key, const uint32_t *v, size_t n,
                      struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_add_u64s(struct nmt_gguf_writer *w, const char *key, const uint64_t *v, size_t n,
                      struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_add_f32s(struct nmt_gguf_writer *w, const char *key, const float *v, size_t n,
                      struct nmt_err *err) NMT_MUST_USE;
int nmt_gguf_add_f64s(struct nmt_gguf_writer *w, const char *key, const double *v, size_t n,
                      struct nmt_err *err) NMT_MUST_USE;

/**
 * Adds a tensor of n_dims dimensions, none of them 0. data is borrowed and must not change until
 * nmt_gguf_write has returned. NMT_EFORMAT for a name that is empty, too long or there already.
 */
int nmt_gguf_add_tensor(struct nmt_gguf_writer *w, const char *name, const float *data,
                        uint32_t n_dims, const uint64_t *dims, struct nmt_err *err) NMT_MUST_USE;

/**
 * Writes everything to out (which stays the caller's to close). digest (may be NULL) gets the
 * digest of the content, the fingerprint of the model. May be called once.
 */
int nmt_gguf_write(struct nmt_gguf_writer *w, struct nmt_output *out,
                   uint8_t digest[NMT_GGUF_DIGEST], struct nmt_err *err) NMT_MUST_USE;

/** NULL is fine. */
void nmt_gguf_writer_free(struct nmt_gguf_writer *w);

#endif
