/* CRC-32C (Castagnoli): the checksum of the streams. */
#ifndef NMT_CRC32C_H
#define NMT_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/** Continues a checksum: nmt_crc32c(nmt_crc32c(0, a, n), b, m) is that of a followed by b. */
uint32_t nmt_crc32c(uint32_t crc, const void *bytes, size_t n);

#endif
