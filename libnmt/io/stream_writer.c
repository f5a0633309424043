/* Writing a record stream: each record is built in one buffer, checked, and written at once. */
#include "io_internal.h"

#include <nmt/crc32c.h>
#include <nmt/utf8.h>

#include <assert.h>
#include <stdlib.h>
#include <xxhash.h>

struct nmt_stream_writer {
    struct nmt_output *out;
    struct nmt_stream_header header;
    struct nmt_buffer record; /* head, payload, checksum */
    XXH3_state_t *digest;     /* of all bytes written so far */
    uint32_t crc;             /* of the same, the checksums left out */
    size_t limit;
    uint64_t records, failed;
    bool ended;
};

static struct nmt_where here(const struct nmt_stream_writer *w)
{
    return (struct nmt_where){ nmt_output_name(w->out), w->records + 1 };
}

static int write_header(struct nmt_stream_writer *w, struct nmt_err *err)
{
    unsigned char bytes[STREAM_HEADER_MAX];
    size_t n = nmt_stream_header_encode(&w->header, bytes);
    w->crc = nmt_get_le32(bytes + n - 4);
    XXH3_128bits_reset(w->digest);
    XXH3_128bits_update(w->digest, bytes, n);
    NMT_TRY(nmt_output_write(w->out, bytes, n, err));
    return nmt_output_record(w->out, err);
}

int nmt_stream_writer_new(struct nmt_stream_writer **out, struct nmt_output *o,
                          const struct nmt_stream_header *header, size_t limit, struct nmt_err *err)
{
    struct nmt_where at = { nmt_output_name(o), 0 };
    if (nmt_output_is_terminal(o))
        return nmt_fail_where(err, NMT_EUSAGE, &at, "a binary stream is not for a terminal");
    NMT_TRY(nmt_stream_header_check(header, &at, err));
    struct nmt_stream_writer *w = calloc(1, sizeof *w);
    if (w)
        w->digest = XXH3_createState();
    if (!w || !w->digest) {
        nmt_stream_writer_free(w);
        return nmt_fail_where(err, NMT_ENOMEM, &at, "out of memory");
    }
    w->out = o;
    w->header = *header;
    w->limit = limit ? limit : NMT_STREAM_PAYLOAD_DEFAULT;
    assert(w->limit >= NMT_STREAM_REASON_MAX + 8 && w->limit <= NMT_STREAM_PAYLOAD_MAX);
    int rc = write_header(w, err);
    if (rc < 0)
        nmt_stream_writer_free(w);
    else
        *out = w;
    return rc;
}

void nmt_stream_writer_free(struct nmt_stream_writer *w)
{
    if (!w)
        return;
    nmt_buffer_release(&w->record);
    XXH3_freeState(w->digest);
    free(w);
}

/* Empties the buffer and leaves room for the head. */
static int begin_record(struct nmt_stream_writer *w, struct nmt_err *err)
{
    assert(!w->ended);
    w->record.len = 0;
    NMT_TRY(nmt_buffer_reserve(&w->record, RECORD_HEAD, err));
    w->record.len = RECORD_HEAD;
    return 0;
}

/* Writes the record whose payload stands in the buffer. */
static int put_record(struct nmt_stream_writer *w, uint32_t type, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_reserve(&w->record, 4, err));
    unsigned char *head = (unsigned char *)w->record.data;
    size_t n = w->record.len - RECORD_HEAD;
    nmt_put_le32(head, type);
    nmt_put_le32(head + 4, (uint32_t)n);
    w->crc = nmt_crc32c(w->crc, head, 8);
    nmt_put_le32(head + 8, w->crc);
    w->crc = nmt_crc32c(w->crc, head + RECORD_HEAD, n);
    nmt_put_le32(head + w->record.len, w->crc);
    w->record.len += 4;
    XXH3_128bits_update(w->digest, head, w->record.len);
    NMT_TRY(nmt_output_write(w->out, head, w->record.len, err));
    return nmt_output_record(w->out, err);
}

int nmt_stream_write_sentence(struct nmt_stream_writer *w, const struct nmt_sentence *s,
                              struct nmt_err *err)
{
    assert(w->header.kind == NMT_STREAM_ANNOTATIONS);
    struct nmt_where at = here(w);
    NMT_TRY(begin_record(w, err));
    NMT_TRY(nmt_sentence_encode(&w->record, s, &w->header, w->limit, &at, err));
    w->records++;
    return put_record(w, RECORD_DATA, err);
}

int nmt_stream_write_alignments(struct nmt_stream_writer *w, const struct nmt_alignment *a,
                                size_t n, struct nmt_err *err)
{
    assert(w->header.kind == NMT_STREAM_ALIGNMENTS);
    struct nmt_where at = here(w);
    NMT_TRY(begin_record(w, err));
    NMT_TRY(nmt_alignments_encode(&w->record, a, n, w->limit, &at, err));
    w->records++;
    return put_record(w, RECORD_DATA, err);
}

int nmt_stream_write_ids(struct nmt_stream_writer *w, const nmt_id *ids, size_t n,
                         struct nmt_err *err)
{
    assert(w->header.kind == NMT_STREAM_IDS);
    struct nmt_where at = here(w);
    NMT_TRY(begin_record(w, err));
    NMT_TRY(nmt_ids_encode(&w->record, ids, n, &w->header, w->limit, &at, err));
    w->records++;
    return put_record(w, RECORD_DATA, err);
}

int nmt_stream_write_failed(struct nmt_stream_writer *w, uint64_t line, const char *reason,
                            struct nmt_err *err)
{
    NMT_TRY(begin_record(w, err));
    NMT_TRY(nmt_buffer_reserve(&w->record, 8 + NMT_STREAM_REASON_MAX, err));
    nmt_put_le64((unsigned char *)w->record.data + w->record.len, line);
    w->record.len += 8;
    size_t n = strlen(reason), used = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t size = nmt_utf8_decode(reason + i, n - i, &cp);
        bool printable = size > 0 && !nmt_is_control(cp);
        const char *put = printable ? reason + i : "?";
        size_t put_size = printable ? size : 1;
        if (used + put_size > NMT_STREAM_REASON_MAX)
            break;
        memcpy(w->record.data + w->record.len, put, put_size);
        w->record.len += put_size;
        used += put_size;
        i += size > 0 ? size : 1;
    }
    w->records++;
    w->failed++;
    return put_record(w, RECORD_FAILED, err);
}

int nmt_stream_write_end(struct nmt_stream_writer *w, struct nmt_err *err)
{
    NMT_TRY(begin_record(w, err));
    NMT_TRY(nmt_buffer_reserve(&w->record, RECORD_END_PAYLOAD, err));
    unsigned char *p = (unsigned char *)w->record.data + w->record.len;
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(w->digest));
    nmt_put_le64(p, w->records);
    nmt_put_le64(p + 8, w->failed);
    memcpy(p + 16, digest.digest, sizeof digest.digest);
    w->record.len += RECORD_END_PAYLOAD;
    w->ended = true;
    return put_record(w, RECORD_END, err);
}
