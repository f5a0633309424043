/* The payload of a token id record: u32 n, then u32 ids[n]. */
#include "io_internal.h"

static int check_ids(const nmt_id *ids, size_t n, const struct nmt_stream_header *h,
                     const struct nmt_where *at, struct nmt_err *err)
{
    if (!nmt_all_below(ids, n, h->model[0].vocabulary))
        return nmt_fail_where(err, NMT_ESHAPE, at, "token id outside the vocabulary of %u",
                              h->model[0].vocabulary);
    return 0;
}

int nmt_ids_encode(struct nmt_buffer *b, const nmt_id *ids, size_t n,
                   const struct nmt_stream_header *h, size_t limit, const struct nmt_where *at,
                   struct nmt_err *err)
{
    if (n > (limit - 4) / 4)
        return nmt_fail_where(err, NMT_ELIMIT, at, "%zu token ids need more than %zu bytes", n,
                              limit);
    NMT_TRY(check_ids(ids, n, h, at, err));
    NMT_TRY(nmt_buffer_reserve(b, 4 + 4 * n, err));
    nmt_put_le32((unsigned char *)b->data + b->len, (uint32_t)n);
    nmt_copy_le32(b->data + b->len + 4, ids, n);
    b->len += 4 + 4 * n;
    return 0;
}

int nmt_ids_decode(struct nmt_buffer *ids, size_t *n_ids, const unsigned char *payload, size_t n,
                   const struct nmt_stream_header *h, const struct nmt_where *at,
                   struct nmt_err *err)
{
    struct nmt_cursor c = { payload, n };
    uint32_t count;
    if (!nmt_cursor_u32(&c, &count) || count != c.left / 4 || c.left % 4 != 0)
        return nmt_fail_where(err, NMT_EFORMAT, at, "sizes inside the record do not agree");
    ids->len = 0;
    NMT_TRY(nmt_buffer_reserve(ids, (size_t)4 * count + 1, err));
    nmt_copy_le32(ids->data, c.p, count);
    ids->len = (size_t)4 * count;
    *n_ids = count;
    return check_ids((const nmt_id *)(const void *)ids->data, count, h, at, err);
}
