/*
 * Reading a record stream from a descriptor. nmt_stream_next waits for bytes, nmt_stream_ready
 * waits only so long; both call settle(), which works until a record, an end or an error is
 * pending. It stays so until nmt_stream_next hands it out.
 */
#include "io_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#define FIRST_BUFFER ((size_t)1 << 16)

struct nmt_stream_reader {
    int fd;
    bool owns_fd, at_eof;
    char *name;
    unsigned char *buf; /* [start, end) has arrived and was not taken yet */
    size_t start, end, cap;
    struct nmt_stream_parser parser;

    bool has_pending;
    int pending; /* STREAM_RECORD, STREAM_DONE, or a failure: then `failure` says more */
    struct nmt_err failure;
    struct nmt_stream_item item; /* pending; payload NULL: handed out and perhaps gone */

    uint64_t bytes; /* taken */
    uint64_t number, failed_line;
    char reason[NMT_STREAM_REASON_MAX + 1];
    struct nmt_buffer ids;
};

/* --- opening --------------------------------------------------------------------------------- */

int nmt_stream_open_fd(struct nmt_stream_reader **out, int fd, const char *name,
                       enum nmt_stream_kind kind, size_t limit, struct nmt_err *err)
{
    assert(limit <= NMT_STREAM_PAYLOAD_MAX);
    struct nmt_where at = { name, 0 };
    if (isatty(fd))
        return nmt_fail_where(err, NMT_EUSAGE, &at, "a terminal is no %s stream",
                              nmt_stream_kind_name(kind));
    struct nmt_stream_reader *r = calloc(1, sizeof *r);
    if (r) {
        r->name = strdup(name);
        r->cap = FIRST_BUFFER;
        r->buf = malloc(r->cap);
        r->parser.digest = XXH3_createState();
    }
    if (!r || !r->name || !r->buf || !r->parser.digest) {
        nmt_stream_close(r);
        return nmt_fail_where(err, NMT_ENOMEM, &at, "out of memory");
    }
    r->fd = fd;
    r->parser.name = r->name;
    r->parser.kind = kind;
    r->parser.limit = limit ? limit : NMT_STREAM_PAYLOAD_DEFAULT;
    *out = r;
    return 0;
}

int nmt_stream_open(struct nmt_stream_reader **r, const char *path, enum nmt_stream_kind kind,
                    size_t limit, struct nmt_err *err)
{
    if (!path || strcmp(path, "-") == 0)
        return nmt_stream_open_fd(r, STDIN_FILENO, "(stdin)", kind, limit, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot open", path);
    int rc = nmt_stream_open_fd(r, fd, path, kind, limit, err);
    if (rc < 0)
        close(fd);
    else
        (*r)->owns_fd = true;
    return rc;
}

void nmt_stream_close(struct nmt_stream_reader *r)
{
    if (!r)
        return;
    if (r->owns_fd)
        close(r->fd);
    nmt_buffer_release(&r->ids);
    XXH3_freeState(r->parser.digest);
    free(r->buf);
    free(r->name);
    free(r);
}

/* --- getting bytes --------------------------------------------------------------------------- */

/* Room behind end: by moving what is left to the front, else by doubling. */
static int make_room(struct nmt_stream_reader *r)
{
    if (r->start == r->end)
        r->start = r->end = 0;
    if (r->end < r->cap)
        return 0;
    if (r->start > 0) {
        memmove(r->buf, r->buf + r->start, r->end - r->start);
        r->end -= r->start;
        r->start = 0;
        return 0;
    }
    unsigned char *bigger = realloc(r->buf, r->cap * 2);
    if (!bigger)
        return nmt_fail(&r->failure, NMT_ENOMEM, r->number + 1, "%s: out of memory", r->name);
    r->buf = bigger;
    r->cap *= 2;
    return 0;
}

/* Reads once. */
static int fill(struct nmt_stream_reader *r)
{
    NMT_TRY(make_room(r));
    for (;;) {
        ssize_t got = read(r->fd, r->buf + r->end, r->cap - r->end);
        if (got >= 0) {
            r->end += (size_t)got;
            r->at_eof = got == 0;
            return 0;
        }
        if (errno != EINTR)
            return nmt_fail_os(&r->failure, NMT_EIO, r->number + 1, "%s: cannot read", r->name);
    }
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits until there is something to read; false when the time is up. */
static bool wait_for_bytes(int fd, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - now_ms();
        struct pollfd p = { .fd = fd, .events = POLLIN };
        int rc = poll(&p, 1, left > 0 ? (int)left : 0);
        if (rc >= 0 || errno != EINTR)
            return rc != 0; /* what poll cannot tell, read will */
    }
}

#define NO_DEADLINE INT64_MAX

/*
 * Works until something is pending, or the header is there if that is all that is asked for.
 * False when the deadline came before.
 */
static bool settle(struct nmt_stream_reader *r, bool header_only, int64_t deadline)
{
    while (!r->has_pending && !(header_only && r->parser.header_size > 0)) {
        int rc = nmt_stream_parse(&r->parser, r->buf + r->start, r->end - r->start, r->at_eof,
                                  &r->item, &r->failure);
        if (rc == STREAM_NEEDS_MORE) {
            if (deadline != NO_DEADLINE && !wait_for_bytes(r->fd, deadline))
                return false;
            rc = fill(r);
            if (rc == 0)
                continue;
        }
        if (rc == STREAM_STEP || rc == STREAM_RECORD) {
            r->start += r->item.used;
            r->bytes += r->item.used;
        }
        r->has_pending = rc != STREAM_STEP;
        r->pending = rc;
    }
    return true;
}

bool nmt_stream_ready(struct nmt_stream_reader *r, int wait_ms)
{
    if (!r->has_pending)
        r->item.payload = NULL;
    return settle(r, false, now_ms() + wait_ms);
}

bool nmt_stream_begun(const struct nmt_stream_reader *r)
{
    return r->end > r->start;
}

bool nmt_stream_header_ready(struct nmt_stream_reader *r, int wait_ms)
{
    return settle(r, true, now_ms() + wait_ms);
}

/* --- what was found -------------------------------------------------------------------------- */

static int pass_on(const struct nmt_stream_reader *r, struct nmt_err *err)
{
    if (err && !err->code)
        *err = r->failure;
    return r->failure.code;
}

int nmt_stream_header(struct nmt_stream_reader *r, const struct nmt_stream_header **header,
                      struct nmt_err *err)
{
    settle(r, true, NO_DEADLINE);
    if (r->parser.header_size == 0)
        return pass_on(r, err);
    *header = &r->parser.header;
    return 0;
}

static const char *hex(char out[2 * NMT_FINGERPRINT + 1], const uint8_t *f)
{
    for (int i = 0; i < NMT_FINGERPRINT; i++) {
        out[2 * i] = "0123456789abcdef"[f[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[f[i] & 15];
    }
    out[2 * NMT_FINGERPRINT] = '\0';
    return out;
}

int nmt_stream_find_model(struct nmt_stream_reader *r, const uint8_t fingerprint[NMT_FINGERPRINT],
                          size_t *index, struct nmt_err *err)
{
    const struct nmt_stream_header *h = NULL;
    struct nmt_where at = { r->name, 0 };
    char wanted[2 * NMT_FINGERPRINT + 1], found[2 * NMT_FINGERPRINT + 1];
    NMT_TRY(nmt_stream_header(r, &h, err));
    for (uint32_t i = 0; i < h->n_models; i++)
        if (memcmp(h->model[i].fingerprint, fingerprint, NMT_FINGERPRINT) == 0) {
            *index = i;
            return 0;
        }
    if (h->n_models == 0)
        return nmt_fail_where(err, NMT_EMODEL, &at, "made by no model, expected %s",
                              hex(wanted, fingerprint));
    return nmt_fail_where(err, NMT_EMODEL, &at, "made by another model: %s%s, expected %s",
                          hex(found, h->model[0].fingerprint), h->n_models > 1 ? " and others" : "",
                          hex(wanted, fingerprint));
}

int nmt_stream_next(struct nmt_stream_reader *r, struct nmt_err *err)
{
    settle(r, false, NO_DEADLINE);
    if (r->pending < 0)
        return pass_on(r, err);
    if (r->pending == STREAM_DONE)
        return NMT_RECORD_END;
    r->has_pending = false;
    r->number++;
    if (r->item.type == NMT_RECORD_FAILED && !r->item.payload) {
        r->failed_line = 0;
        snprintf(r->reason, sizeof r->reason, "%zu bytes, more than the %zu that are allowed",
                 r->item.size, r->parser.limit);
    } else if (r->item.type == NMT_RECORD_FAILED) {
        size_t n = r->item.size - 8;
        r->failed_line = nmt_get_le64(r->item.payload);
        memcpy(r->reason, r->item.payload + 8, n);
        r->reason[n] = '\0';
        r->item.payload = NULL;
    }
    return (int)r->item.type;
}

/* An impossible record is the end of the stream, as a damaged one is. */
static int keep_failure(struct nmt_stream_reader *r, int rc, struct nmt_err *err)
{
    if (rc < 0) {
        r->has_pending = true;
        r->pending = rc;
        pass_on(r, err);
    }
    return rc;
}

int nmt_stream_sentence(struct nmt_stream_reader *r, struct nmt_sentence *s, struct nmt_err *err)
{
    assert(r->parser.kind == NMT_STREAM_ANNOTATIONS && !r->has_pending && r->item.payload);
    struct nmt_where at = { r->name, r->number };
    return keep_failure(
        r,
        nmt_sentence_decode(s, r->item.payload, r->item.size, &r->parser.header, &at, &r->failure),
        err);
}

int nmt_stream_alignments(struct nmt_stream_reader *r, struct nmt_alignments *a,
                          struct nmt_err *err)
{
    assert(r->parser.kind == NMT_STREAM_ALIGNMENTS && !r->has_pending && r->item.payload);
    struct nmt_where at = { r->name, r->number };
    return keep_failure(
        r, nmt_alignments_decode(a, r->item.payload, r->item.size, &at, &r->failure), err);
}

int nmt_stream_ids(struct nmt_stream_reader *r, const nmt_id **ids, size_t *n, struct nmt_err *err)
{
    assert(r->parser.kind == NMT_STREAM_IDS && !r->has_pending && r->item.payload);
    struct nmt_where at = { r->name, r->number };
    int rc = nmt_ids_decode(&r->ids, n, r->item.payload, r->item.size, &r->parser.header, &at,
                            &r->failure);
    *ids = rc < 0 ? NULL : (const nmt_id *)(const void *)r->ids.data;
    return keep_failure(r, rc, err);
}

uint64_t nmt_stream_failed_line(const struct nmt_stream_reader *r)
{
    return r->failed_line;
}

const char *nmt_stream_failed_reason(const struct nmt_stream_reader *r)
{
    return r->reason;
}

uint64_t nmt_stream_number(const struct nmt_stream_reader *r)
{
    return r->number;
}

const char *nmt_stream_name(const struct nmt_stream_reader *r)
{
    return r->name;
}

uint64_t nmt_stream_bytes(const struct nmt_stream_reader *r)
{
    return r->bytes;
}
