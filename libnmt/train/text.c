/* Reading the lines of a bitext. */
#include "train/text.h"

#include <nmt/check.h>
#include <nmt/lines.h>
#include <nmt/sides.h>

#include <string.h>
#include <xxhash.h>

#define DIGEST_PIECE ((size_t)1 << 22)

void nmt_text_release(struct nmt_text *t)
{
    nmt_spool_release(&t->bytes);
    nmt_spool_release(&t->at);
    t->n = 0;
}

static int add_start(struct nmt_text *t, struct nmt_err *err)
{
    const uint64_t at = t->bytes.bytes;
    t->bytes.folder = t->at.folder = t->folder;
    return nmt_spool_add(&t->at, &at, sizeof at, err);
}

int nmt_text_add(struct nmt_text *t, const char *line, size_t len, struct nmt_err *err)
{
    NMT_TRY(add_start(t, err));
    t->n++;
    return nmt_spool_add(&t->bytes, line, len, err);
}

int nmt_text_map(struct nmt_text *t, struct nmt_err *err)
{
    NMT_TRY(add_start(t, err)); /* the end of the last line */
    NMT_TRY(nmt_spool_map(&t->bytes, err));
    return nmt_spool_map(&t->at, err);
}

const char *nmt_text_line(const struct nmt_text *t, size_t i, size_t *len)
{
    const uint64_t *at = (const uint64_t *)(const void *)t->at.data;
    *len = (size_t)(at[i + 1] - at[i]);
    return (const char *)t->bytes.data + at[i];
}

void nmt_text_passed(const struct nmt_text *t, size_t i)
{
    const uint64_t *at = (const uint64_t *)(const void *)t->at.data;
    nmt_spool_passed(&t->bytes, (size_t)at[i]);
    nmt_spool_passed(&t->at, i * sizeof *at);
}

int nmt_text_digest(const struct nmt_text *t, uint8_t digest[16], struct nmt_err *err)
{
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    XXH3_128bits_reset(state);
    const struct nmt_spool *parts[2] = { &t->at, &t->bytes };
    for (size_t i = 0; i < 2; i++)
        for (size_t at = 0; at < parts[i]->bytes; at += DIGEST_PIECE) {
            const size_t left = parts[i]->bytes - at;
            XXH3_128bits_update(state, parts[i]->data + at,
                                left < DIGEST_PIECE ? left : DIGEST_PIECE);
            nmt_spool_passed(parts[i], at);
        }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
    memcpy(digest, canonical.digest, 16);
    XXH3_freeState(state);
    return 0;
}

size_t nmt_text_memory(const struct nmt_text *t)
{
    return nmt_spool_memory(&t->bytes) + nmt_spool_memory(&t->at);
}

static int add_line(struct nmt_text *t, const char *name, uint64_t number, const char *line,
                    size_t len, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    if (nmt_bitext_line(line, len, &why) < 0)
        return nmt_fail(err, NMT_ETEXT, number, "%s:%llu: %s", name, (unsigned long long)number,
                        why.msg);
    return nmt_text_add(t, line, len, err);
}

static int read_tsv(struct nmt_text *source, struct nmt_text *target, const char *path,
                    struct nmt_err *err)
{
    struct nmt_lines *in = NULL;
    char *line;
    size_t len;
    NMT_TRY(nmt_lines_open(&in, path, NMT_BITEXT_LINE, err));
    int rc;
    while ((rc = nmt_lines_next(in, &line, &len, err)) > 0) {
        const uint64_t number = nmt_lines_number(in);
        char *tab = memchr(line, '\t', len);
        if (!tab || memchr(tab + 1, '\t', len - (size_t)(tab + 1 - line))) {
            rc = nmt_fail(err, NMT_EFORMAT, number,
                          "%s:%llu: not a source and a target with one tab between them",
                          nmt_lines_name(in), (unsigned long long)number);
            break;
        }
        const size_t first = (size_t)(tab - line);
        rc = add_line(source, nmt_lines_name(in), number, line, first, err);
        if (rc == 0)
            rc = add_line(target, nmt_lines_name(in), number, tab + 1, len - first - 1, err);
        if (rc < 0)
            break;
    }
    nmt_lines_close(in);
    return rc;
}

static int read_sides(struct nmt_text *const text[2], const char *const paths[2],
                      struct nmt_err *err)
{
    struct nmt_sides sides = { 0 };
    int rc = nmt_sides_open(&sides, paths, 2, NMT_BITEXT_LINE, err);
    while (rc == 0 && (rc = nmt_sides_next(&sides, err)) > 0) {
        rc = 0;
        for (size_t i = 0; rc == 0 && i < 2; i++)
            rc = add_line(text[i], nmt_lines_name(sides.at[i].file),
                          nmt_lines_number(sides.at[i].file), sides.at[i].line, sides.at[i].len,
                          err);
        if (rc == 0)
            continue;
    }
    nmt_sides_close(&sides);
    return rc;
}

int nmt_text_read_pair(struct nmt_text *source, struct nmt_text *target, const char *source_path,
                       const char *target_path, struct nmt_err *err)
{
    struct nmt_text *const text[2] = { source, target };
    const char *const paths[2] = { source_path, target_path };
    int rc =
        target_path ? read_sides(text, paths, err) : read_tsv(source, target, source_path, err);
    for (size_t i = 0; rc == 0 && i < 2; i++)
        rc = nmt_text_map(text[i], err);
    return rc;
}
