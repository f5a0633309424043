/*
 * Fuzz target for record streams. The input is read as it is, where checksums stop most of it, and
 * once more with all checksums set right, where only the content can. Every record that is taken
 * must encode to the bytes it came from.
 */
#include "../../libnmt/io/io_internal.h"
#include "../unit/seal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_equal(const struct nmt_buffer *again, const struct nmt_stream_item *item)
{
    if (again->len != item->size || memcmp(again->data, item->payload, item->size) != 0)
        abort();
}

/* What the kinds of records are taken into. */
struct taken {
    struct nmt_sentence sentence;
    struct nmt_alignments alignments;
    struct nmt_buffer ids, again;
};

static int take(struct taken *t, const struct nmt_stream_parser *p,
                const struct nmt_stream_item *item)
{
    const struct nmt_where at = { "fuzz", p->number };
    struct nmt_err err = NMT_ERR_INIT;
    size_t n;
    int rc;
    t->again.len = 0;
    switch (p->kind) {
    case NMT_STREAM_ANNOTATIONS:
        NMT_TRY(
            nmt_sentence_decode(&t->sentence, item->payload, item->size, &p->header, &at, &err));
        rc = nmt_sentence_encode(&t->again, &t->sentence, &p->header, p->limit, &at, &err);
        break;
    case NMT_STREAM_ALIGNMENTS:
        NMT_TRY(nmt_alignments_decode(&t->alignments, item->payload, item->size, &at, &err));
        rc = nmt_alignments_encode(&t->again, t->alignments.alignment, t->alignments.n, p->limit,
                                   &at, &err);
        break;
    default:
        NMT_TRY(nmt_ids_decode(&t->ids, &n, item->payload, item->size, &p->header, &at, &err));
        rc = nmt_ids_encode(&t->again, (const nmt_id *)(const void *)t->ids.data, n, &p->header,
                            p->limit, &at, &err);
        break;
    }
    if (rc < 0)
        abort();
    must_equal(&t->again, item);
    return 0;
}

static void read_all(const uint8_t *data, size_t size, enum nmt_stream_kind kind)
{
    struct nmt_stream_parser p = { .name = "fuzz", .kind = kind, .limit = 1 << 16 };
    struct taken t = { 0 };
    struct nmt_stream_item item;
    struct nmt_err err = NMT_ERR_INIT;
    size_t at = 0;
    int rc;
    p.digest = XXH3_createState();
    while (p.digest && (rc = nmt_stream_parse(&p, data + at, size - at, true, &item, &err)) >= 0) {
        if (rc == STREAM_NEEDS_MORE) /* there is no more */
            abort();
        if (rc == STREAM_DONE)
            break;
        at += item.used;
        if (rc == STREAM_RECORD && item.type == NMT_RECORD_DATA && take(&t, &p, &item) < 0)
            break;
    }
    nmt_sentence_release(&t.sentence);
    nmt_alignments_release(&t.alignments);
    nmt_buffer_release(&t.ids);
    nmt_buffer_release(&t.again);
    XXH3_freeState(p.digest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned kind = size > 10 ? data[10] : 0;
    if (kind < NMT_STREAM_ANNOTATIONS || kind > NMT_STREAM_IDS)
        kind = NMT_STREAM_ANNOTATIONS;
    read_all(data, size, (enum nmt_stream_kind)kind);
    uint8_t *sealed = malloc(size > 0 ? size : 1);
    if (!sealed)
        return 0;
    memcpy(sealed, data, size);
    seal_stream(sealed, size);
    read_all(sealed, size, (enum nmt_stream_kind)kind);
    free(sealed);
    return 0;
}
