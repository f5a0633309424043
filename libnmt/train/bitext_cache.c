/* The file of data.cache. */
#define _DEFAULT_SOURCE /* madvise */
#include "train/bitext_cache.h"
#include "train/bitext_internal.h"

#include <nmt/output.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum {
    AT_VERSION = 8,
    AT_WIDTHS = 12,
    AT_KEY = 16, /* digests of texts and vocabularies */
    AT_COUNTS = 80,
    AT_DIGEST = 144,
    AT_ARRAYS_DIGEST = 160,
    AT_HEADER_DIGEST = 176,
    HEADER = 192,
};

/* In the order of the file. */
enum { MAX_LENGTH, LINES, PAIRS, EMPTY, LONG, UNKNOWN_SOURCE, UNKNOWN_TARGET, ID_BYTES, COUNTS };

/* The first byte is no text, the line ends show what has been through a text-mode transfer. */
static const unsigned char magic[8] = { 0x89, 'N', 'M', 'T', 'I', '\r', '\n', 0x1a };

#define VERSION 1u

#define PIECE      ((size_t)1 << 22) /* bytes that are digested or written at a time, */
#define PAIRS_HELD 65536             /* and pairs that are looked at, before pages are let go */

static void put_u64(unsigned char *p, uint64_t v)
{
    nmt_put_few(p, (uint32_t)v, 4);
    nmt_put_few(p + 4, (uint32_t)(v >> 32), 4);
}

static uint64_t get_u64(const unsigned char *p)
{
    return nmt_get_few(p, 4) | (uint64_t)nmt_get_few(p + 4, 4) << 32;
}

static void put_digest(unsigned char *p, XXH128_hash_t hash)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    memcpy(p, canonical.digest, 16);
}

/* --- what decides the content ---------------------------------------------------------------- */

/* Everything that decides how it cuts. */
static void add_vocab(XXH3_state_t *state, const struct nmt_vocab *v)
{
    const struct nmt_vocab_spec *spec = nmt_vocab_spec(v);
    const unsigned char kind[5] = { (unsigned char)spec->type, (unsigned char)spec->normalize,
                                    spec->lowercase, spec->byte_fallback, nmt_vocab_is_foreign(v) };
    XXH3_128bits_update(state, kind, sizeof kind);
    for (size_t i = 0; i < nmt_vocab_size(v); i++) {
        size_t len;
        const char *piece = nmt_vocab_piece(v, (nmt_id)i, &len);
        const float score = nmt_vocab_score(v, (nmt_id)i);
        unsigned char number[8];
        uint32_t bits;
        memcpy(&bits, &score, sizeof bits);
        nmt_put_few(number, (uint32_t)len, 4);
        nmt_put_few(number + 4, bits, 4);
        XXH3_128bits_update(state, number, sizeof number);
        XXH3_128bits_update(state, piece, len);
    }
}

/* The first part of the header. */
static int put_key(unsigned char header[HEADER], const struct nmt_bitext *b,
                   const struct nmt_bitext_plan *plan, struct nmt_err *err)
{
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    memcpy(header, magic, sizeof magic);
    nmt_put_few(header + AT_VERSION, VERSION, 4);
    header[AT_WIDTHS] = (unsigned char)b->length_width;
    header[AT_WIDTHS + 3] = b->words;
    int rc = 0;
    for (size_t side = 0; rc == 0 && side < 2; side++) {
        header[AT_WIDTHS + 1 + side] = (unsigned char)b->id_width[side];
        rc = nmt_text_digest(plan->text[side], header + AT_KEY + 16 * side, err);
        XXH3_128bits_reset(state);
        add_vocab(state, plan->vocab[side]);
        put_digest(header + AT_KEY + 32 + 16 * side, XXH3_128bits_digest(state));
    }
    put_u64(header + AT_COUNTS + 8 * MAX_LENGTH, plan->max_length);
    put_u64(header + AT_COUNTS + 8 * LINES, b->lines);
    XXH3_freeState(state);
    return rc;
}

static const char *difference(const unsigned char *is, const unsigned char *must)
{
    static const struct {
        size_t at, n;
        const char *what;
    } parts[] = {
        { AT_VERSION, 4, "it is of another version" },
        { AT_KEY, 32, "it was made of another text" },
        { AT_KEY + 32, 32, "it was made with other vocabularies" },
        { AT_WIDTHS, 4, "it was made with or without alignments" },
        { AT_COUNTS, 16, "it was made with another train.max-length" },
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (memcmp(is + parts[i].at, must + parts[i].at, parts[i].n) != 0)
            return parts[i].what;
    return NULL;
}

/* --- writing --------------------------------------------------------------------------------- */

/* Digests an array (out NULL) or writes it, and lets go of it. */
static int pass_over(const struct nmt_spool *s, XXH3_state_t *state, struct nmt_output *out,
                     struct nmt_err *err)
{
    for (size_t at = 0; at < s->bytes; at += PIECE) {
        const size_t n = s->bytes - at < PIECE ? s->bytes - at : PIECE;
        if (out)
            NMT_TRY(nmt_output_write(out, s->data + at, n, err));
        else
            XXH3_128bits_update(state, s->data + at, n);
        nmt_spool_passed(s, at + n);
    }
    return 0;
}

static int write_file(const struct nmt_bitext *b, unsigned char header[HEADER],
                      struct nmt_output *out, struct nmt_err *err)
{
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    XXH3_128bits_reset(state);
    int rc = pass_over(&b->head_spool, state, NULL, err);
    if (rc == 0)
        rc = pass_over(&b->id_spool, state, NULL, err);
    put_digest(header + AT_ARRAYS_DIGEST, XXH3_128bits_digest(state));
    XXH3_freeState(state);
    NMT_TRY(rc);
    put_digest(header + AT_HEADER_DIGEST, XXH3_128bits(header, AT_HEADER_DIGEST));
    NMT_TRY(nmt_output_write(out, header, HEADER, err));
    NMT_TRY(pass_over(&b->head_spool, NULL, out, err));
    return pass_over(&b->id_spool, NULL, out, err);
}

int nmt_bitext_save(const struct nmt_bitext *b, const struct nmt_bitext_plan *plan,
                    const char *path, struct nmt_err *err)
{
    unsigned char header[HEADER] = { 0 };
    const uint64_t counts[COUNTS] = { plan->max_length, b->lines,         b->n,
                                      b->empty,         b->long_,         b->unknown[0],
                                      b->unknown[1],    b->id_spool.bytes };
    struct nmt_output *out = NULL;
    NMT_TRY(put_key(header, b, plan, err));
    for (size_t i = 0; i < COUNTS; i++)
        put_u64(header + AT_COUNTS + 8 * i, counts[i]);
    memcpy(header + AT_DIGEST, b->digest, 16);
    NMT_TRY(nmt_output_open(&out, path, err));
    int rc = write_file(b, header, out, err);
    if (rc == 0)
        return nmt_output_close(&out, err);
    nmt_output_abandon(out);
    return rc;
}

/* --- reading --------------------------------------------------------------------------------- */

/* 0 bytes: nothing is mapped. */
static int map_file(struct nmt_bitext *b, const char *path, struct nmt_err *err)
{
    struct stat st;
    void *p = MAP_FAILED;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return 0;
    int rc = fd < 0 || fstat(fd, &st) < 0 ? nmt_fail_os(err, NMT_EIO, 0, "%s: cannot open", path)
             : !S_ISREG(st.st_mode)
                 ? nmt_fail(err, NMT_EFORMAT, 0, "%s: data.cache must be a regular file", path)
                 : 0;
    if (rc == 0 && (uintmax_t)st.st_size > PTRDIFF_MAX)
        rc = nmt_fail(err, NMT_ELIMIT, 0, "%s: too large to be mapped", path);
    if (rc == 0 && st.st_size > 0) {
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (p == MAP_FAILED)
            rc = nmt_fail_os(err, NMT_EIO, 0, "%s: cannot be mapped", path);
    }
    if (fd >= 0)
        close(fd);
    if (p != MAP_FAILED) {
        b->map = p;
        b->map_size = (size_t)st.st_size;
    }
    return rc;
}

/* What stands before p has been read: its pages need not be held. */
static void passed(const struct nmt_bitext *b, const unsigned char *p)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t n = (size_t)(p - (const unsigned char *)b->map) / page * page;
    if (n > 0)
        madvise(b->map, n, MADV_DONTNEED); /* it is shared and only read: nothing is lost */
}

static int digest_arrays(unsigned char out[16], const struct nmt_bitext *b, struct nmt_err *err)
{
    const unsigned char *p = b->heads, *end = (const unsigned char *)b->map + b->map_size;
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    XXH3_128bits_reset(state);
    for (; p < end; p += PIECE) {
        XXH3_128bits_update(state, p, (size_t)(end - p) < PIECE ? (size_t)(end - p) : PIECE);
        passed(b, p);
    }
    put_digest(out, XXH3_128bits_digest(state));
    XXH3_freeState(state);
    return 0;
}

/* The header agrees with its digest: do the sizes in it agree with the file, and the arrays? */
static int take_header(struct nmt_bitext *b, const unsigned char *header, bool *good,
                       struct nmt_err *err)
{
    uint64_t counts[COUNTS];
    for (size_t i = 0; i < COUNTS; i++)
        counts[i] = get_u64(header + AT_COUNTS + 8 * i);
    const uint64_t room = b->map_size - HEADER, head = nmt_bitext_head_size(b);
    if (counts[PAIRS] > room / head || counts[ID_BYTES] != room - counts[PAIRS] * head ||
        counts[PAIRS] > counts[LINES])
        return 0;
    b->n = (size_t)counts[PAIRS];
    b->empty = (size_t)counts[EMPTY];
    b->long_ = (size_t)counts[LONG];
    b->unknown[0] = counts[UNKNOWN_SOURCE];
    b->unknown[1] = counts[UNKNOWN_TARGET];
    memcpy(b->digest, header + AT_DIGEST, 16);
    b->heads = header + HEADER;
    b->ids = b->heads + b->n * head;
    unsigned char found[16];
    NMT_TRY(digest_arrays(found, b, err));
    *good = memcmp(found, header + AT_ARRAYS_DIGEST, sizeof found) == 0;
    return 0;
}

static bool ids_are_good(const unsigned char **p, uint32_t n, unsigned width, size_t vocabulary)
{
    bool good = true;
    for (uint32_t k = 0; k < n; k++)
        good = good && nmt_get_few(*p + (size_t)k * width, width) < vocabulary;
    *p += (size_t)n * width;
    return good;
}

/* Are all pairs such as could have been built? */
static int check_pairs(struct nmt_bitext *b, const struct nmt_bitext_plan *plan, bool *good,
                       struct nmt_err *err)
{
    const uint64_t bytes = b->map_size - HEADER - b->n * nmt_bitext_head_size(b);
    NMT_TRY(nmt_bitext_index(b, plan->max_length, bytes, good, err));
    const unsigned char *p = b->ids;
    for (size_t i = 0; *good && i < b->n; i++) {
        const struct nmt_bitext_head h = nmt_bitext_head(b, i);
        *good = ids_are_good(&p, h.S - 1, b->id_width[0], nmt_vocab_size(plan->vocab[0])) &&
                ids_are_good(&p, h.T - 1, b->id_width[1], nmt_vocab_size(plan->vocab[1]));
        p += b->words ? 2 * ((size_t)h.S + h.T - 2) : 0;
        if (i % PAIRS_HELD == 0)
            passed(b, p);
    }
    return 0;
}

static int judge(struct nmt_bitext *b, const struct nmt_bitext_plan *plan, const char *path,
                 enum nmt_cache_state *state, const char **why, struct nmt_err *err)
{
    const unsigned char *header = b->map;
    unsigned char must[HEADER] = { 0 }, found[16];
    *state = NMT_CACHE_NONE;
    if (!header)
        return 0;
    if (memcmp(header, magic, b->map_size < sizeof magic ? b->map_size : sizeof magic) != 0)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: data.cache names something else than a cache",
                        path);
    *state = NMT_CACHE_DAMAGED;
    *why = "it is damaged";
    if (b->map_size < HEADER)
        return 0;
    put_digest(found, XXH3_128bits(header, AT_HEADER_DIGEST));
    if (memcmp(found, header + AT_HEADER_DIGEST, sizeof found) != 0)
        return 0;
    NMT_TRY(put_key(must, b, plan, err));
    const char *other = difference(header, must);
    if (other) {
        *state = NMT_CACHE_OTHER;
        *why = other;
        return 0;
    }
    bool good = false;
    NMT_TRY(take_header(b, header, &good, err));
    if (good)
        NMT_TRY(check_pairs(b, plan, &good, err));
    if (good) {
        *state = NMT_CACHE_USED;
        *why = NULL;
        passed(b, header + b->map_size);
        madvise(b->map, b->map_size, MADV_RANDOM);
    }
    return 0;
}

int nmt_bitext_open(struct nmt_bitext *b, const struct nmt_bitext_plan *plan, const char *path,
                    enum nmt_cache_state *state, const char **why, struct nmt_err *err)
{
    *b = (struct nmt_bitext){ .lines = plan->text[0]->n };
    *why = NULL;
    nmt_bitext_set_widths(b, plan);
    int rc = map_file(b, path, err);
    if (rc == 0)
        rc = judge(b, plan, path, state, why, err);
    if (rc < 0 || *state != NMT_CACHE_USED)
        nmt_bitext_release(b);
    return rc;
}
