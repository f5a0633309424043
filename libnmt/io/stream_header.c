/*
 * The header of a record stream: what it is, whose it is. The magic's first byte has its high bit
 * set, and CR LF, ^Z and LF follow the name, so that what mangles text (7-bit channels, line end
 * conversion, DOS' end of file) mangles the magic and is named (as in PNG, ISO 15948, 12.12).
 */
#include "io_internal.h"

#include <nmt/crc32c.h>

const unsigned char nmt_stream_magic[STREAM_MAGIC] = {
    0x89, 'N', 'M', 'T', '\r', '\n', 0x1a, '\n'
};

const char *nmt_stream_kind_name(enum nmt_stream_kind kind)
{
    switch (kind) {
    case NMT_STREAM_ANNOTATIONS:
        return "annotation";
    case NMT_STREAM_ALIGNMENTS:
        return "alignment";
    case NMT_STREAM_IDS:
        return "token id";
    }
    return NULL;
}

/* Which sizes a model must state depends on the kind. */
static bool model_fits(const struct nmt_stream_model *m, enum nmt_stream_kind kind)
{
    switch (kind) {
    case NMT_STREAM_ANNOTATIONS:
        return m->width > 0 && m->vocabulary >= NMT_ID_SPECIALS;
    case NMT_STREAM_IDS:
        return m->width == 0 && m->vocabulary >= NMT_ID_SPECIALS && !m->single;
    case NMT_STREAM_ALIGNMENTS:
        return m->width == 0 && m->vocabulary == 0 && !m->single;
    }
    return false;
}

int nmt_stream_header_check(const struct nmt_stream_header *h, const struct nmt_where *at,
                            struct nmt_err *err)
{
    const char *kind = nmt_stream_kind_name(h->kind);
    if (!kind)
        return nmt_fail_where(err, NMT_EFORMAT, at, "stream of unknown kind %u", (unsigned)h->kind);
    uint32_t least = h->kind == NMT_STREAM_ALIGNMENTS ? 0 : 1;
    uint32_t most = h->kind == NMT_STREAM_IDS ? 1 : NMT_STREAM_MODELS_MAX;
    if (h->n_models < least || h->n_models > most)
        return nmt_fail_where(err, NMT_ESHAPE, at, "%s stream of %u models", kind, h->n_models);
    if (h->half && h->kind != NMT_STREAM_ANNOTATIONS)
        return nmt_fail_where(err, NMT_ESHAPE, at, "%s stream of half precision", kind);
    for (uint32_t i = 0; i < h->n_models; i++)
        if (!model_fits(&h->model[i], h->kind))
            return nmt_fail_where(err, NMT_ESHAPE, at,
                                  "model %u of the %s stream has impossible sizes", i + 1, kind);
    return 0;
}

size_t nmt_stream_header_encode(const struct nmt_stream_header *h, unsigned char *out)
{
    memcpy(out, nmt_stream_magic, STREAM_MAGIC);
    nmt_put_le16(out + 8, STREAM_VERSION);
    nmt_put_le16(out + 10, (uint16_t)h->kind);
    nmt_put_le32(out + 12, h->half ? STREAM_HALF : 0);
    nmt_put_le32(out + 16, h->n_models);
    unsigned char *p = out + STREAM_HEADER_FIXED;
    for (uint32_t i = 0; i < h->n_models; i++, p += STREAM_HEADER_MODEL) {
        memcpy(p, h->model[i].fingerprint, NMT_FINGERPRINT);
        nmt_put_le32(p + 16, h->model[i].width);
        nmt_put_le32(p + 20, h->model[i].vocabulary);
        nmt_put_le32(p + 24, h->model[i].single ? 1 : 0);
        nmt_put_le32(p + 28, 0);
    }
    nmt_put_le32(p, nmt_crc32c(0, out, (size_t)(p - out)));
    return (size_t)(p - out) + 4;
}

int nmt_stream_header_size(const unsigned char *p, size_t *size, const struct nmt_where *at,
                           struct nmt_err *err)
{
    unsigned version = nmt_get_le16(p + 8);
    if (version != STREAM_VERSION)
        return nmt_fail_where(err, NMT_EFORMAT, at, "stream of version %u, only %d is known",
                              version, STREAM_VERSION);
    uint32_t models = nmt_get_le32(p + 16);
    if (models > NMT_STREAM_MODELS_MAX)
        return nmt_fail_where(err, NMT_EFORMAT, at, "stream of %u models, more than %d", models,
                              NMT_STREAM_MODELS_MAX);
    *size = STREAM_HEADER_FIXED + (size_t)models * STREAM_HEADER_MODEL + 4;
    return 0;
}

int nmt_stream_header_decode(struct nmt_stream_header *h, const unsigned char *p, size_t n,
                             enum nmt_stream_kind want, const struct nmt_where *at,
                             struct nmt_err *err)
{
    if (nmt_get_le32(p + n - 4) != nmt_crc32c(0, p, n - 4))
        return nmt_fail_where(err, NMT_ECRC, at, "stream header is damaged");
    *h = (struct nmt_stream_header){ .kind = (enum nmt_stream_kind)nmt_get_le16(p + 10),
                                     .n_models = nmt_get_le32(p + 16),
                                     .half = nmt_get_le32(p + 12) == STREAM_HALF };
    if (nmt_get_le32(p + 12) > STREAM_HALF)
        return nmt_fail_where(err, NMT_EFORMAT, at, "stream with unknown flags");
    p += STREAM_HEADER_FIXED;
    for (uint32_t i = 0; i < h->n_models; i++, p += STREAM_HEADER_MODEL) {
        uint32_t single = nmt_get_le32(p + 24);
        memcpy(h->model[i].fingerprint, p, NMT_FINGERPRINT);
        h->model[i].width = nmt_get_le32(p + 16);
        h->model[i].vocabulary = nmt_get_le32(p + 20);
        h->model[i].single = single == 1;
        if (single > 1 || nmt_get_le32(p + 28) != 0)
            return nmt_fail_where(err, NMT_EFORMAT, at, "stream header has unknown fields");
    }
    NMT_TRY(nmt_stream_header_check(h, at, err));
    if (h->kind != want)
        return nmt_fail_where(err, NMT_EFORMAT, at, "%s stream where an %s stream is wanted",
                              nmt_stream_kind_name(h->kind), nmt_stream_kind_name(want));
    return 0;
}
