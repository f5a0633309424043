/*
 * Distinct byte strings, numbered in the order they came: the pieces of a vocabulary, the words
 * of a text, the words a segmenter has seen. Strings lie one behind the other in one block, each
 * ended by NUL; a hash table finds them.
 */
#ifndef NMT_STRINGS_INTERNAL_H
#define NMT_STRINGS_INTERNAL_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NMT_STRINGS_NONE UINT32_MAX

struct nmt_strings {
    char *bytes;
    size_t used, cap;
    struct nmt_string {
        uint64_t at;
        uint32_t len;
        uint32_t value; /* the caller's, 0 at first */
    } * items;
    size_t n, cap_items;
    uint64_t *slots; /* 0: free; else hash in the upper half, number + 1 in the lower */
    size_t n_slots;
};

/* clang-format off */
#define NMT_STRINGS_INIT { NULL, 0, 0, NULL, 0, 0, NULL, 0 }
/* clang-format on */

void nmt_strings_release(struct nmt_strings *s);

/** Forgets all strings and keeps the memory. */
void nmt_strings_empty(struct nmt_strings *s);

uint32_t nmt_strings_hash(const char *bytes, size_t len);

/** The number of a string, NMT_STRINGS_NONE when it is not there. */
uint32_t nmt_strings_find(const struct nmt_strings *s, const char *bytes, size_t len);

/**
 * The number of a string, which is added when it is new (then *number == n before the call).
 * len < 2^32.
 */
int nmt_strings_add(struct nmt_strings *s, const char *bytes, size_t len, uint32_t *number,
                    struct nmt_err *err) NMT_MUST_USE;

static inline uint32_t nmt_load_le32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t nmt_load_le64(const unsigned char *p)
{
    return nmt_load_le32(p) | (uint64_t)nmt_load_le32(p + 4) << 32;
}

/** In the machine's own order of bytes. */
static inline uint64_t nmt_load64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t nmt_load32(const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/** Most strings are short, and calling memcmp takes longer than comparing them. */
static inline bool nmt_same_bytes(const char *a, const char *b, size_t n)
{
    if (n > 16)
        return memcmp(a, b, n) == 0;
    if (n >= 8)
        return nmt_load64(a) == nmt_load64(b) && nmt_load64(a + n - 8) == nmt_load64(b + n - 8);
    if (n >= 4)
        return nmt_load32(a) == nmt_load32(b) && nmt_load32(a + n - 4) == nmt_load32(b + n - 4);
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/** The first space from p on, or end. */
static inline const char *nmt_find_space(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, highs = ones << 7;
    for (; end - p >= 8; p += 8) {
        uint64_t other = nmt_load_le64((const unsigned char *)p) ^ ones * ' ';
        uint64_t zero = (other - ones) & ~other & highs; /* the lowest bit is a zero byte's */
        if (zero)
            return p + __builtin_ctzll(zero) / 8;
    }
    while (p < end && *p != ' ')
        p++;
    return p;
}

/** Borrowed until the next nmt_strings_add. */
static inline const char *nmt_strings_get(const struct nmt_strings *s, uint32_t number)
{
    return s->bytes + s->items[number].at;
}

#endif
