/* Lines that go beside records: read, cut into tokens, given to their records. */
#include <nmt/beside.h>

#include "search/terms.h"

#include <nmt/filter.h>
#include <nmt/lines.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct nmt_beside {
    enum nmt_beside_kind kind;
    bool as_ids;
    const struct nmt_vocab *vocab;
    struct nmt_lines *lines;
    struct nmt_segmenter *segmenter;
    struct nmt_pieces *pieces; /* terms only */
    struct nmt_ids ids;
};

int nmt_beside_open(struct nmt_beside **out, enum nmt_beside_kind kind, const char *path,
                    const struct nmt_vocab *target, bool ids, struct nmt_err *err)
{
    struct nmt_beside *b = calloc(1, sizeof *b);
    if (!b)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    b->kind = kind;
    b->as_ids = ids;
    b->vocab = target;
    int rc = nmt_lines_open(&b->lines, path, 0, err);
    if (rc == 0)
        rc = nmt_segmenter_new(&b->segmenter, target, err);
    if (rc == 0 && kind == NMT_BESIDE_TERMS)
        rc = nmt_pieces_new(&b->pieces, target, err);
    if (rc < 0)
        nmt_beside_close(b);
    else
        *out = b;
    return rc;
}

void nmt_beside_close(struct nmt_beside *b)
{
    if (!b)
        return;
    nmt_lines_close(b->lines);
    nmt_segmenter_free(b->segmenter);
    nmt_pieces_free(b->pieces);
    nmt_ids_release(&b->ids);
    free(b);
}

static int give_terms(struct nmt_beside *b, struct nmt_translated *r, const char *line, size_t len,
                      struct nmt_err *err)
{
    NMT_TRY(nmt_translated_terms(r, line, len, b->pieces, b->vocab, b->segmenter, err));
    if (r->terms && r->terms->tokens > 0 && r->source.annotation[0].n == 0)
        return nmt_fail(err, NMT_ETEXT, 0, "a translation of nothing has no terms");
    return 0;
}

static int give_ids(struct nmt_beside *b, struct nmt_translated *r, const char *line, size_t len,
                    struct nmt_err *err)
{
    NMT_TRY(nmt_ids_parse(&b->ids, line, len, nmt_vocab_size(b->vocab), err));
    return (b->kind == NMT_BESIDE_TARGET ? nmt_translated_force_ids
                                         : nmt_translated_begin)(r, b->ids.data, b->ids.n, err);
}

static int give_text(struct nmt_beside *b, struct nmt_translated *r, const char *line, size_t len,
                     struct nmt_err *err)
{
    const struct nmt_segmented *cut;
    NMT_TRY(nmt_sentence_check(line, len, err));
    NMT_TRY(nmt_segmenter_encode(b->segmenter, line, len, &cut, err));
    if (b->kind == NMT_BESIDE_TARGET)
        return nmt_translated_force(r, line, len, cut, err);
    return nmt_translated_begin(r, cut->ids, cut->n, err);
}

static int give(struct nmt_beside *b, struct nmt_translated *r, const char *line, size_t len,
                struct nmt_err *err)
{
    if (b->kind == NMT_BESIDE_TERMS)
        return give_terms(b, r, line, len, err);
    NMT_TRY((b->as_ids ? give_ids : give_text)(b, r, line, len, err));
    if (r->target.n > 0 && r->source.annotation[0].n == 0)
        return nmt_fail(err, NMT_ETEXT, 0,
                        b->kind == NMT_BESIDE_TARGET ? "a translation of nothing cannot be scored"
                                                     : "a translation of nothing cannot begin");
    return 0;
}

int nmt_beside_next(struct nmt_beside *b, struct nmt_translated *r, uint64_t number,
                    struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    char *line;
    size_t len;
    int rc = nmt_lines_next(b->lines, &line, &len, err);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return nmt_fail(err, NMT_ESHAPE, number,
                        "%s has %" PRIu64 " lines, but there are more records",
                        nmt_lines_name(b->lines), nmt_lines_number(b->lines));
    if (r->fault.code)
        return 0;
    rc = give(b, r, line, len, &why);
    if (rc == NMT_ENOMEM)
        return nmt_fail(err, rc, number, "%s", why.msg);
    if (rc < 0)
        nmt_fail(&r->fault, rc, 0, "%s:%" PRIu64 ": %s", nmt_lines_name(b->lines),
                 nmt_lines_number(b->lines), why.msg);
    return 0;
}

int nmt_beside_end(struct nmt_beside *b, uint64_t records, struct nmt_err *err)
{
    char *line;
    size_t len;
    int rc = nmt_lines_next(b->lines, &line, &len, err);
    if (rc <= 0)
        return rc;
    while ((rc = nmt_lines_next(b->lines, &line, &len, err)) > 0)
        ;
    NMT_TRY(rc);
    return nmt_fail(err, NMT_ESHAPE, 0, "%s has %" PRIu64 " lines for %" PRIu64 " records",
                    nmt_lines_name(b->lines), nmt_lines_number(b->lines), records);
}
