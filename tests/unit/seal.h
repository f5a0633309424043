/*
 * Makes the checksums of a record stream right again after its content was changed: what then
 * still is refused, is refused for its content. Bytes that are no stream are left as they are.
 */
#ifndef SEAL_H
#define SEAL_H

#include <nmt/crc32c.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <xxhash.h>

static inline uint32_t seal_u32(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void seal_put(unsigned char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> 8 * i);
}

/* One stream at the front of s[0..n): sealed as far as its lengths agree with n. */
static inline void seal_checksums(unsigned char *s, size_t n, int with_digest)
{
    if (n < 24 || seal_u32(s + 16) > (n - 24) / 32)
        return;
    size_t at = 20 + (size_t)32 * seal_u32(s + 16);
    uint32_t crc = nmt_crc32c(0, s, at);
    seal_put(s + at, crc);
    at += 4;
    while (n - at >= 12) {
        unsigned char *p = s + at;
        size_t size = seal_u32(p + 4);
        crc = nmt_crc32c(crc, p, 8);
        seal_put(p + 8, crc);
        if (size > n - at || n - at - size < 16)
            return;
        if (with_digest && memcmp(p, "END ", 4) == 0 && size == 32) {
            XXH128_canonical_t digest;
            XXH128_canonicalFromHash(&digest, XXH3_128bits(s, at));
            memcpy(p + 12 + 16, digest.digest, sizeof digest.digest);
        }
        crc = nmt_crc32c(crc, p + 12, size);
        seal_put(p + 12 + size, crc);
        at += size + 16;
    }
}

/* The same, and the digest in the end record. */
static inline void seal_stream(unsigned char *s, size_t n)
{
    seal_checksums(s, n, 1);
}

#endif
