/*
 * Taking a record stream apart: one whole item from the front of the bytes that have arrived - a
 * header, a record, an end - or the answer that more are needed.
 *
 * A record is handed out only after its checksum, which continues that of all bytes before it, was
 * found right; a length is trusted only after the checksum of the record's head was. A record that
 * a writer may write but this reader may not hold is passed over bit by bit, checked like any
 * other, and handed out as one that failed.
 */
#include "io_internal.h"

#include <nmt/crc32c.h>
#include <nmt/utf8.h>

#include <xxhash.h>

/* The bytes at hand. */
struct window {
    const unsigned char *p;
    size_t n;
    bool at_eof;
};

/* The record that comes next, or the header before all records. */
static struct nmt_where upcoming(const struct nmt_stream_parser *p)
{
    return (struct nmt_where){ p->name, p->header_size > 0 ? p->number + 1 : 0 };
}

static int cut_short(const struct nmt_stream_parser *p, struct nmt_err *err)
{
    struct nmt_where at = upcoming(p);
    return nmt_fail_where(err, NMT_ETRUNC, &at, "%s stream is cut short",
                          nmt_stream_kind_name(p->kind));
}

/* Are `need` bytes there? STREAM_STEP, STREAM_NEEDS_MORE, or a failure at the end of input. */
static int have(const struct nmt_stream_parser *p, const struct window *w, size_t need,
                struct nmt_err *err)
{
    if (w->n >= need)
        return STREAM_STEP;
    return w->at_eof ? cut_short(p, err) : STREAM_NEEDS_MORE;
}

/* Bytes that begin no stream: say what they look like. */
static int not_a_stream(const struct nmt_stream_parser *p, const struct window *w,
                        struct nmt_err *err)
{
    struct nmt_where at = upcoming(p);
    const char *hint = "";
    if (p->header_size > 0)
        hint = " behind the end of the one before";
    else if (w->n >= 4 && memcmp(w->p, "GGUF", 4) == 0)
        hint = ": this is a model file";
    else if (w->n >= 4 && (memcmp(w->p + 1, "NMT", 3) == 0 || memcmp(w->p, "NMT", 3) == 0))
        hint = ": it was changed on its way, as text is";
    return nmt_fail_where(err, NMT_EFORMAT, &at, "no %s stream%s", nmt_stream_kind_name(p->kind),
                          hint);
}

static int parse_header(struct nmt_stream_parser *p, const struct window *w,
                        struct nmt_stream_item *item, struct nmt_err *err)
{
    struct nmt_where at = upcoming(p);
    size_t size = 0, seen = w->n < STREAM_MAGIC ? w->n : STREAM_MAGIC;
    if (memcmp(w->p, nmt_stream_magic, seen) != 0)
        return seen >= 4 || w->at_eof ? not_a_stream(p, w, err) : STREAM_NEEDS_MORE;
    int rc = have(p, w, STREAM_HEADER_FIXED, err);
    if (rc != STREAM_STEP)
        return rc;
    NMT_TRY(nmt_stream_header_size(w->p, &size, &at, err));
    rc = have(p, w, size, err);
    if (rc != STREAM_STEP)
        return rc;
    if (p->header_size == 0) {
        NMT_TRY(nmt_stream_header_decode(&p->header, w->p, size, p->kind, &at, err));
        memcpy(p->header_bytes, w->p, size);
        p->header_size = size;
    } else if (size != p->header_size || memcmp(p->header_bytes, w->p, size) != 0) {
        return nmt_fail_where(err, NMT_EMODEL, &at,
                              "here another stream begins, of another kind or other models");
    }
    p->crc = nmt_get_le32(w->p + size - 4);
    XXH3_128bits_reset(p->digest);
    XXH3_128bits_update(p->digest, w->p, size);
    p->records = p->failed = 0;
    p->inside = true;
    item->used = size;
    return STREAM_STEP;
}

static int check_failed(const struct nmt_stream_item *item, const struct nmt_where *at,
                        struct nmt_err *err)
{
    if (item->size < 8 || item->size > 8 + NMT_STREAM_REASON_MAX)
        return nmt_fail_where(err, NMT_EFORMAT, at, "failed line of %zu bytes", item->size);
    for (size_t i = 8; i < item->size;) {
        uint32_t cp;
        size_t n = nmt_utf8_decode((const char *)item->payload + i, item->size - i, &cp);
        if (n == 0 || nmt_is_control(cp))
            return nmt_fail_where(err, NMT_EFORMAT, at, "the reason of a failed line is no text");
        i += n;
    }
    return 0;
}

static int check_end(const struct nmt_stream_parser *p, const struct nmt_stream_item *item,
                     const struct nmt_where *at, struct nmt_err *err)
{
    const unsigned char *said = item->payload;
    if (item->size != RECORD_END_PAYLOAD)
        return nmt_fail_where(err, NMT_EFORMAT, at, "end record of %zu bytes", item->size);
    if (nmt_get_le64(said) != p->records || nmt_get_le64(said + 8) != p->failed)
        return nmt_fail_where(
            err, NMT_ECRC, at, "the stream ends after %llu records and says it has %llu",
            (unsigned long long)p->records, (unsigned long long)nmt_get_le64(said));
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(p->digest));
    if (memcmp(said + 16, digest.digest, sizeof digest.digest) != 0)
        return nmt_fail_where(err, NMT_ECRC, at, "the stream is not what its digest says");
    return 0;
}

static int damaged(const struct nmt_where *at, struct nmt_err *err)
{
    return nmt_fail_where(err, NMT_ECRC, at, "damaged, or not the record that belongs here");
}

static int begin_large(struct nmt_stream_parser *p, const struct window *w, uint32_t crc,
                       struct nmt_stream_item *item)
{
    p->passing = true;
    p->large = p->left = item->size;
    p->crc = crc;
    XXH3_128bits_update(p->digest, w->p, RECORD_HEAD);
    item->used = RECORD_HEAD;
    return STREAM_STEP;
}

static int pass_large(struct nmt_stream_parser *p, const struct window *w,
                      struct nmt_stream_item *item, struct nmt_err *err)
{
    const struct nmt_where at = upcoming(p);
    int rc = have(p, w, p->left > 0 ? 1 : 4, err);
    if (rc != STREAM_STEP)
        return rc;
    item->used = p->left == 0 ? 4 : w->n < p->left ? w->n : p->left;
    if (p->left > 0)
        p->crc = nmt_crc32c(p->crc, w->p, item->used);
    else if (p->crc != nmt_get_le32(w->p))
        return damaged(&at, err);
    XXH3_128bits_update(p->digest, w->p, item->used);
    if (p->left > 0) {
        p->left -= item->used;
        return STREAM_STEP;
    }
    p->passing = false;
    p->records++;
    p->number++;
    *item = (struct nmt_stream_item){ 4, NMT_RECORD_FAILED, NULL, p->large };
    return STREAM_RECORD;
}

static int parse_record(struct nmt_stream_parser *p, const struct window *w,
                        struct nmt_stream_item *item, struct nmt_err *err)
{
    struct nmt_where at = upcoming(p);
    int rc = have(p, w, RECORD_HEAD, err);
    if (rc != STREAM_STEP)
        return rc;
    uint32_t type = nmt_get_le32(w->p), crc = nmt_crc32c(p->crc, w->p, 8);
    item->size = nmt_get_le32(w->p + 4);
    item->payload = w->p + RECORD_HEAD;
    if (crc != nmt_get_le32(w->p + 8))
        return damaged(&at, err);
    if (type != RECORD_DATA && type != RECORD_FAILED && type != RECORD_END)
        return nmt_fail_where(err, NMT_EFORMAT, &at, "unknown type %08x", (unsigned)type);
    if (item->size > p->limit && item->size <= NMT_STREAM_PAYLOAD_DEFAULT && type == RECORD_DATA)
        return begin_large(p, w, crc, item);
    if (item->size > p->limit)
        return nmt_fail_where(err, NMT_ELIMIT, &at, "%zu bytes, more than the %zu that are allowed",
                              item->size, p->limit);
    item->used = RECORD_HEAD + item->size + 4;
    rc = have(p, w, item->used, err);
    if (rc != STREAM_STEP)
        return rc;
    p->crc = nmt_crc32c(crc, item->payload, item->size);
    if (p->crc != nmt_get_le32(item->payload + item->size))
        return damaged(&at, err);
    if (type == RECORD_END) {
        NMT_TRY(check_end(p, item, &at, err));
        p->inside = false;
        p->ended = true;
        return STREAM_STEP;
    }
    if (type == RECORD_FAILED) {
        NMT_TRY(check_failed(item, &at, err));
        p->failed++;
    }
    XXH3_128bits_update(p->digest, w->p, item->used);
    p->records++;
    p->number++;
    item->type = type == RECORD_FAILED ? NMT_RECORD_FAILED : NMT_RECORD_DATA;
    return STREAM_RECORD;
}

int nmt_stream_parse(struct nmt_stream_parser *p, const unsigned char *bytes, size_t n, bool at_eof,
                     struct nmt_stream_item *item, struct nmt_err *err)
{
    struct window w = { bytes, n, at_eof };
    if (p->passing)
        return pass_large(p, &w, item, err);
    if (p->inside)
        return parse_record(p, &w, item, err);
    if (n > 0)
        return parse_header(p, &w, item, err);
    if (!at_eof)
        return STREAM_NEEDS_MORE;
    if (p->ended)
        return STREAM_DONE;
    struct nmt_where at = { p->name, 0 };
    return nmt_fail_where(err, NMT_ETRUNC, &at, "empty input where an %s stream is wanted",
                          nmt_stream_kind_name(p->kind));
}
