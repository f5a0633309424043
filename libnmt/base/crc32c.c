/*
 * CRC-32C, polynomial 0x1EDC6F41 reflected (0x82F63B78), as iSCSI (RFC 3720) has it: by the
 * SSE4.2 instruction where there is one, by a table of sixteen elsewhere.
 */
#include <nmt/crc32c.h>

#include <string.h>

static uint32_t step_nibble(uint32_t crc)
{
    static const uint32_t table[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
        0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
        0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    return crc >> 4 ^ table[crc & 15];
}

static uint32_t crc_portable(uint32_t crc, const unsigned char *p, size_t n)
{
    for (; n > 0; n--, p++)
        crc = step_nibble(step_nibble(crc ^ *p));
    return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc_sse42(uint32_t crc, const unsigned char *p,
                                                            size_t n)
{
    uint64_t c = crc;
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t eight;
        memcpy(&eight, p, 8);
        c = _mm_crc32_u64(c, eight);
    }
    for (; n > 0; n--, p++)
        c = _mm_crc32_u8((uint32_t)c, *p);
    return (uint32_t)c;
}
#endif

uint32_t nmt_crc32c(uint32_t crc, const void *bytes, size_t n)
{
    crc = ~crc;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~crc_sse42(crc, bytes, n);
#endif
    return ~crc_portable(crc, bytes, n);
}
