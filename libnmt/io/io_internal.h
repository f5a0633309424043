/* What the files of this room share: little-endian numbers, where a message points, checks. */
#ifndef NMT_IO_INTERNAL_H
#define NMT_IO_INTERNAL_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/records.h>
#include <nmt/stream.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* --- numbers --------------------------------------------------------------------------------- */

static inline void nmt_put_le16(unsigned char *p, uint16_t v)
{
    p[0] = (unsigned char)v;
    p[1] = (unsigned char)(v >> 8);
}

static inline void nmt_put_le32(unsigned char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> (8 * i));
}

static inline void nmt_put_le64(unsigned char *p, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        p[i] = (unsigned char)(v >> (8 * i));
}

static inline uint16_t nmt_get_le16(const unsigned char *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t nmt_get_le32(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t nmt_get_le64(const unsigned char *p)
{
    return nmt_get_le32(p) | (uint64_t)nmt_get_le32(p + 4) << 32;
}

/* n numbers of 4 bytes between memory and file order; works in both directions. */
static inline void nmt_copy_le32(void *to, const void *from, size_t n)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (n > 0)
        memcpy(to, from, n * 4);
#else
    for (size_t i = 0; i < n; i++) {
        uint32_t v;
        memcpy(&v, (const char *)from + 4 * i, 4);
        unsigned char le[4];
        nmt_put_le32(le, v);
        memcpy((char *)to + 4 * i, le, 4);
    }
#endif
}

/* --- reading a payload ----------------------------------------------------------------------- */

/* What is left of it. */
struct nmt_cursor {
    const unsigned char *p;
    size_t left;
};

/* The next n bytes, NULL when there are fewer. */
static inline const unsigned char *nmt_cursor_take(struct nmt_cursor *c, size_t n)
{
    if (n > c->left)
        return NULL;
    const unsigned char *p = c->p;
    c->p += n;
    c->left -= n;
    return p;
}

/* n records of `size` bytes: NULL when there are fewer; n * size cannot overflow. */
static inline const unsigned char *nmt_cursor_array(struct nmt_cursor *c, size_t n, size_t size)
{
    return n > c->left / size ? NULL : nmt_cursor_take(c, n * size);
}

static inline bool nmt_cursor_u32(struct nmt_cursor *c, uint32_t *v)
{
    const unsigned char *p = nmt_cursor_take(c, 4);
    if (p)
        *v = nmt_get_le32(p);
    return p != NULL;
}

/* --- messages -------------------------------------------------------------------------------- */

/* The stream and the record (0: its header) that a message is about. */
struct nmt_where {
    const char *name;
    uint64_t record;
};

/* nmt_fail with "NAME: record N: " before the text. */
int nmt_fail_where(struct nmt_err *err, int code, const struct nmt_where *at, const char *fmt, ...)
    NMT_PRINTF(4, 5);

/* --- streams --------------------------------------------------------------------------------- */

enum {
    STREAM_VERSION = 1,
    STREAM_MAGIC = 8,
    STREAM_HALF = 1,          /* the one flag there is */
    STREAM_HEADER_FIXED = 20, /* up to the first model */
    STREAM_HEADER_MODEL = 32, /* bytes of a model */
    STREAM_HEADER_MAX = STREAM_HEADER_FIXED + STREAM_HEADER_MODEL * NMT_STREAM_MODELS_MAX + 4,
    RECORD_HEAD = 12, /* type, length, checksum */
    RECORD_END_PAYLOAD = 32,
};

extern const unsigned char nmt_stream_magic[STREAM_MAGIC];

/* The record types, as the four bytes read in file order. */
#define RECORD_TYPE(a, b, c, d)                                                                    \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define RECORD_DATA   RECORD_TYPE('D', 'A', 'T', 'A')
#define RECORD_FAILED RECORD_TYPE('F', 'A', 'I', 'L')
#define RECORD_END    RECORD_TYPE('E', 'N', 'D', ' ')

/* "annotation", "alignment", "token id". */
const char *nmt_stream_kind_name(enum nmt_stream_kind kind);

/* Is it one that a stream can have? */
int nmt_stream_header_check(const struct nmt_stream_header *h, const struct nmt_where *at,
                            struct nmt_err *err) NMT_MUST_USE;

/* Writes it with its checksum to out[STREAM_HEADER_MAX]; returns its bytes. */
size_t nmt_stream_header_encode(const struct nmt_stream_header *h, unsigned char *out);

/* Bytes of the header whose first STREAM_HEADER_FIXED bytes are at p; fails on too many models. */
int nmt_stream_header_size(const unsigned char *p, size_t *size, const struct nmt_where *at,
                           struct nmt_err *err) NMT_MUST_USE;

/* The reverse of encode, for n = nmt_stream_header_size bytes, checked. */
int nmt_stream_header_decode(struct nmt_stream_header *h, const unsigned char *p, size_t n,
                             enum nmt_stream_kind want, const struct nmt_where *at,
                             struct nmt_err *err) NMT_MUST_USE;

/* --- taking a stream apart ------------------------------------------------------------------- */

struct XXH3_state_s;

/* Where in a stream the next byte stands, and what came before it. */
struct nmt_stream_parser {
    const char *name; /* borrowed */
    enum nmt_stream_kind kind;
    size_t limit;
    bool inside, ended; /* between header and end record; behind an end record */
    bool passing;       /* inside a record that is too large to be held */
    size_t large, left; /* its bytes, and those of them that are still to come */
    struct nmt_stream_header header;
    unsigned char header_bytes[STREAM_HEADER_MAX];
    size_t header_size; /* 0: none seen yet */
    struct XXH3_state_s *digest;
    uint32_t crc;             /* of all bytes of this stream, the checksums left out */
    uint64_t records, failed; /* in this stream */
    uint64_t number;          /* of records in the whole input */
};

/* What was found at the front of the bytes. */
enum nmt_stream_found {
    STREAM_NEEDS_MORE, /* no whole item */
    STREAM_STEP,       /* a header or an end record: go on behind it */
    STREAM_RECORD,     /* a data or failed record */
    STREAM_DONE,       /* the end of input, where it may be */
};

struct nmt_stream_item {
    size_t used;                  /* bytes of the item */
    enum nmt_record_type type;    /* of a record */
    const unsigned char *payload; /* of a record, inside the bytes; checksum and digest are right;
                                     NULL: it was too large to be held, and is one that failed */
    size_t size;
};

/*
 * Takes one item from bytes[0..n). at_eof: nothing comes behind them. Returns an enum
 * nmt_stream_found or a failure.
 */
int nmt_stream_parse(struct nmt_stream_parser *p, const unsigned char *bytes, size_t n, bool at_eof,
                     struct nmt_stream_item *item, struct nmt_err *err) NMT_MUST_USE;

/* Is it a control character (C0, DEL, C1)? Messages have none. */
static inline bool nmt_is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

/* --- payloads: encode adds to b; both check everything --------------------------------------- */

int nmt_sentence_encode(struct nmt_buffer *b, const struct nmt_sentence *s,
                        const struct nmt_stream_header *h, size_t limit, const struct nmt_where *at,
                        struct nmt_err *err) NMT_MUST_USE;
int nmt_sentence_decode(struct nmt_sentence *s, const unsigned char *payload, size_t n,
                        const struct nmt_stream_header *h, const struct nmt_where *at,
                        struct nmt_err *err) NMT_MUST_USE;

int nmt_alignments_encode(struct nmt_buffer *b, const struct nmt_alignment *a, size_t n,
                          size_t limit, const struct nmt_where *at,
                          struct nmt_err *err) NMT_MUST_USE;
int nmt_alignments_decode(struct nmt_alignments *a, const unsigned char *payload, size_t n,
                          const struct nmt_where *at, struct nmt_err *err) NMT_MUST_USE;

int nmt_ids_encode(struct nmt_buffer *b, const nmt_id *ids, size_t n,
                   const struct nmt_stream_header *h, size_t limit, const struct nmt_where *at,
                   struct nmt_err *err) NMT_MUST_USE;
int nmt_ids_decode(struct nmt_buffer *ids, size_t *n_ids, const unsigned char *payload, size_t n,
                   const struct nmt_stream_header *h, const struct nmt_where *at,
                   struct nmt_err *err) NMT_MUST_USE;

/* A line of valid UTF-8 without NUL and LF. */
int nmt_line_check(const char *s, size_t n, const char *what, const struct nmt_where *at,
                   struct nmt_err *err) NMT_MUST_USE;

/* Are all of them finite? */
bool nmt_all_finite(const float *v, size_t n);

/* Are all of them below `bound`? */
bool nmt_all_below(const nmt_id *ids, size_t n, uint32_t bound);

/* Bytes of the zeros that bring n to a multiple of four. */
static inline size_t nmt_padding4(size_t n)
{
    return (4 - n % 4) % 4;
}

/* Is the padding made of zeros? */
static inline bool nmt_all_zero(const unsigned char *p, size_t n)
{
    unsigned char any = 0;
    for (size_t i = 0; i < n; i++)
        any |= p[i];
    return any == 0;
}

#endif
