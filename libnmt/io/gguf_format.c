/* The facts of GGUF that reader and writer share, and the digest. */
#include "gguf_internal.h"

#include <xxhash.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the tensors of a model are mapped, not converted: the machine must be little-endian"
#endif

size_t nmt_gguf_type_size(uint32_t type)
{
    static const unsigned char size[] = {
        [NMT_GGUF_UINT8] = 1,  [NMT_GGUF_INT8] = 1,  [NMT_GGUF_UINT16] = 2,  [NMT_GGUF_INT16] = 2,
        [NMT_GGUF_UINT32] = 4, [NMT_GGUF_INT32] = 4, [NMT_GGUF_BOOL] = 1,    [NMT_GGUF_FLOAT32] = 4,
        [NMT_GGUF_UINT64] = 8, [NMT_GGUF_INT64] = 8, [NMT_GGUF_FLOAT64] = 8,
    };
    return type < sizeof size ? size[type] : 0;
}

const char *nmt_gguf_type_name(enum nmt_gguf_type type)
{
    static const char *const name[] = {
        [NMT_GGUF_UINT8] = "uint8",     [NMT_GGUF_INT8] = "int8",     [NMT_GGUF_UINT16] = "uint16",
        [NMT_GGUF_INT16] = "int16",     [NMT_GGUF_UINT32] = "uint32", [NMT_GGUF_INT32] = "int32",
        [NMT_GGUF_FLOAT32] = "float32", [NMT_GGUF_BOOL] = "bool",     [NMT_GGUF_STRING] = "string",
        [NMT_GGUF_ARRAY] = "array",     [NMT_GGUF_UINT64] = "uint64", [NMT_GGUF_INT64] = "int64",
        [NMT_GGUF_FLOAT64] = "float64",
    };
    return (unsigned)type < sizeof name / sizeof *name ? name[type] : "unknown";
}

static void canonical(uint8_t digest[NMT_GGUF_DIGEST], XXH128_hash_t hash)
{
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, hash);
    memcpy(digest, c.digest, NMT_GGUF_DIGEST);
}

int nmt_gguf_digest_pieces(uint8_t digest[NMT_GGUF_DIGEST], const struct gguf_piece *pieces,
                           size_t n, struct nmt_err *err)
{
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    XXH3_128bits_reset(state);
    for (size_t i = 0; i < n; i++)
        XXH3_128bits_update(state, pieces[i].bytes, pieces[i].n);
    canonical(digest, XXH3_128bits_digest(state));
    XXH3_freeState(state);
    return 0;
}

int nmt_gguf_digest_header(uint8_t digest[NMT_GGUF_DIGEST], const unsigned char *bytes, size_t n,
                           size_t hole, struct nmt_err *err)
{
    unsigned char zeros[DIGEST_HEX];
    memset(zeros, '0', sizeof zeros);
    struct gguf_piece pieces[] = {
        { bytes, hole },
        { zeros, sizeof zeros },
        { bytes + hole + DIGEST_HEX, n - hole - DIGEST_HEX },
    };
    return nmt_gguf_digest_pieces(digest, pieces, 3, err);
}

void nmt_gguf_hex(char out[DIGEST_HEX + 1], const uint8_t digest[NMT_GGUF_DIGEST])
{
    for (int i = 0; i < NMT_GGUF_DIGEST; i++) {
        out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    out[DIGEST_HEX] = '\0';
}
