/*
 * Opening a GGUF file. It is mapped, what stands before the tensors is checked, and no page of the
 * tensors is touched.
 *
 * Tensors must follow each other in the order of their descriptions, each on the next multiple of
 * the alignment, as ggml writes and wants them; so they cannot overlap, and the size of the file is
 * known to the byte.
 */
#define _DEFAULT_SOURCE /* madvise: pages that were only checked are given back */
#include "gguf_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define ALIGNMENT_MAX 65536
#define VERIFY_PIECE  ((size_t)1 << 22) /* bytes checked at a time, a multiple of the page */

/* --- checks ---------------------------------------------------------------------------------- */

static int compare_values(const void *a, const void *b)
{
    return strcmp((*(struct gguf_value *const *)a)->key, (*(struct gguf_value *const *)b)->key);
}

static int compare_tensors(const void *a, const void *b)
{
    return strcmp((*(struct gguf_tensor *const *)a)->as.name,
                  (*(struct gguf_tensor *const *)b)->as.name);
}

static int sort_names(struct nmt_gguf *g, struct nmt_err *err)
{
    g->by_key = calloc(g->n_values + 1, sizeof *g->by_key);
    g->by_name = calloc(g->n_tensors + 1, sizeof *g->by_name);
    if (!g->by_key || !g->by_name)
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", g->name);
    for (size_t i = 0; i < g->n_values; i++)
        g->by_key[i] = &g->values[i];
    for (size_t i = 0; i < g->n_tensors; i++)
        g->by_name[i] = &g->tensors[i];
    qsort(g->by_key, g->n_values, sizeof *g->by_key, compare_values);
    qsort(g->by_name, g->n_tensors, sizeof *g->by_name, compare_tensors);
    for (size_t i = 1; i < g->n_values; i++)
        if (compare_values(&g->by_key[i - 1], &g->by_key[i]) == 0)
            return nmt_fail(err, NMT_EFORMAT, 0, "%s: key '%.200s' is there twice", g->name,
                            g->by_key[i]->key);
    for (size_t i = 1; i < g->n_tensors; i++)
        if (compare_tensors(&g->by_name[i - 1], &g->by_name[i]) == 0)
            return nmt_fail(err, NMT_EFORMAT, 0, "%s: tensor '%s' is there twice", g->name,
                            g->by_name[i]->as.name);
    return 0;
}

/* Gives each tensor its place and checks the size of the file. */
static int place_tensors(struct nmt_gguf *g, struct nmt_err *err)
{
    uint32_t alignment = GGUF_DEFAULT_ALIGNMENT;
    if (nmt_gguf_has(g, KEY_ALIGNMENT))
        NMT_TRY(nmt_gguf_get_u32(g, KEY_ALIGNMENT, &alignment, err));
    if (alignment < 8 || alignment > ALIGNMENT_MAX || (alignment & (alignment - 1)) != 0)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: tensors aligned to %u bytes", g->name, alignment);
    uint64_t start = nmt_gguf_pad(g->header_size, alignment), at = start;
    for (size_t i = 0; i < g->n_tensors; i++) {
        struct gguf_tensor *t = &g->tensors[i];
        size_t bytes = t->as.count * sizeof(float);
        if (t->offset != at - start)
            return nmt_fail(err, NMT_EFORMAT, 0, "%s: tensor '%s' is not where it belongs", g->name,
                            t->as.name);
        if (at > g->size || bytes > g->size - at)
            return nmt_fail(err, NMT_ETRUNC, 0, "%s: the file ends before tensor '%s' does",
                            g->name, t->as.name);
        t->as.data = (const float *)(const void *)(g->bytes + at);
        at = nmt_gguf_pad(at + bytes, alignment); /* of the last tensor it may be missing */
    }
    if (g->size > at)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: %llu bytes behind the last tensor", g->name,
                        (unsigned long long)(g->size - at));
    g->data_start = start < g->size ? (size_t)start : g->size;
    return 0;
}

static bool parse_hex(uint8_t digest[NMT_GGUF_DIGEST], const char *s)
{
    for (int i = 0; i < DIGEST_HEX; i++) {
        const char *digits = "0123456789abcdef", *d = s[i] ? strchr(digits, s[i]) : NULL;
        if (!d)
            return false;
        digest[i / 2] = (uint8_t)(digest[i / 2] << 4 | (d - digits));
    }
    return s[DIGEST_HEX] == '\0';
}

static int check_digest(struct nmt_gguf *g, struct nmt_err *err)
{
    const struct gguf_value *whole = nmt_gguf_lookup(g, KEY_DIGEST);
    const struct gguf_value *data = nmt_gguf_lookup(g, KEY_DIGEST_DATA);
    if (!whole && !data)
        return 0;
    if (!whole || !data || !whole->string || !data->string ||
        !parse_hex(g->digest, whole->string) || !parse_hex(g->digest_data, data->string))
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: the digest is damaged", g->name);
    uint8_t found[NMT_GGUF_DIGEST];
    NMT_TRY(nmt_gguf_digest_header(found, g->bytes, g->data_start, (size_t)(whole->data - g->bytes),
                                   err));
    if (memcmp(found, g->digest, sizeof found) != 0)
        return nmt_fail(err, NMT_ECRC, 0,
                        "%s: damaged or changed: keys and tensor descriptions do not match the "
                        "digest",
                        g->name);
    g->has_digest = true;
    return 0;
}

/* --- opening --------------------------------------------------------------------------------- */

static struct nmt_gguf *new_gguf(const char *name, struct nmt_err *err)
{
    struct nmt_gguf *g = calloc(1, sizeof *g);
    if (g)
        g->name = strdup(name);
    if (!g || !g->name) {
        nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", name);
        nmt_gguf_close(g);
        return NULL;
    }
    return g;
}

/* Takes g: hands it out when its content is good, frees it when not. */
static int check_content(struct nmt_gguf **out, struct nmt_gguf *g, struct nmt_err *err)
{
    int rc = nmt_gguf_parse(g, err);
    if (rc == 0)
        rc = sort_names(g, err);
    if (rc == 0)
        rc = place_tensors(g, err);
    if (rc == 0)
        rc = check_digest(g, err);
    if (rc < 0)
        nmt_gguf_close(g);
    else
        *out = g;
    return rc;
}

int nmt_gguf_open_memory(struct nmt_gguf **out, const void *bytes, size_t n, const char *name,
                         struct nmt_err *err)
{
    struct nmt_gguf *g = new_gguf(name, err);
    if (!g)
        return NMT_ENOMEM;
    g->bytes = bytes;
    g->size = n;
    return check_content(out, g, err);
}

static int map_file(struct nmt_gguf *g, int fd, struct nmt_err *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return nmt_fail_os(err, NMT_EIO, 0, "%s", g->name);
    if (!S_ISREG(st.st_mode))
        return nmt_fail(err, NMT_EIO, 0, "%s: not a regular file, cannot be mapped", g->name);
    if (st.st_size == 0)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: empty, no GGUF file", g->name);
    if ((uintmax_t)st.st_size > PTRDIFF_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "%s: too large to be mapped", g->name);
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot be mapped", g->name);
    g->bytes = p;
    g->size = (size_t)st.st_size;
    g->mapped = true;
    return 0;
}

int nmt_gguf_open(struct nmt_gguf **out, const char *path, struct nmt_err *err)
{
    struct nmt_gguf *g = new_gguf(path, err);
    if (!g)
        return NMT_ENOMEM;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc = fd < 0 ? nmt_fail_os(err, NMT_EIO, 0, "%s: cannot open", path) : map_file(g, fd, err);
    if (fd >= 0)
        close(fd);
    if (rc < 0) {
        nmt_gguf_close(g);
        return rc;
    }
    return check_content(out, g, err);
}

void nmt_gguf_close(struct nmt_gguf *g)
{
    if (!g)
        return;
    if (g->mapped)
        munmap((void *)(uintptr_t)g->bytes, g->size);
    free(g->values);
    free(g->tensors);
    free(g->by_key);
    free(g->by_name);
    free(g->strings);
    free(g->name);
    free(g);
}

/* Digests everything from the tensors on, and lets each piece go again: checking a model must not
 * make it resident. */
static int digest_tensors(const struct nmt_gguf *g, uint8_t found[NMT_GGUF_DIGEST],
                          struct nmt_err *err)
{
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", g->name);
    XXH3_128bits_reset(state);
    for (size_t at = 0; at < g->size; at += VERIFY_PIECE) {
        size_t end = g->size - at < VERIFY_PIECE ? g->size : at + VERIFY_PIECE;
#ifdef MADV_POPULATE_READ
        if (g->mapped) /* one call instead of a fault for every page; where it fails, faults */
            madvise((void *)(uintptr_t)(g->bytes + at), end - at, MADV_POPULATE_READ);
#endif
        size_t from = at < g->data_start ? g->data_start : at;
        if (from < end)
            XXH3_128bits_update(state, g->bytes + from, end - from);
        if (g->mapped && at >= g->data_start)
            madvise((void *)(uintptr_t)(g->bytes + at), end - at, MADV_DONTNEED);
    }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
    memcpy(found, canonical.digest, NMT_GGUF_DIGEST);
    XXH3_freeState(state);
    return 0;
}

int nmt_gguf_verify(const struct nmt_gguf *g, struct nmt_err *err)
{
    if (!g->has_digest)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: has no digest", g->name);
    uint8_t found[NMT_GGUF_DIGEST];
    NMT_TRY(digest_tensors(g, found, err));
    if (memcmp(found, g->digest_data, sizeof found) != 0)
        return nmt_fail(err, NMT_ECRC, 0, "%s: damaged: the tensors do not match the digest",
                        g->name);
    return 0;
}

const char *nmt_gguf_name(const struct nmt_gguf *g)
{
    return g->name;
}

const uint8_t *nmt_gguf_digest(const struct nmt_gguf *g)
{
    return g->has_digest ? g->digest : NULL;
}
