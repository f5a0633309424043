/* Word vectors from text files. */
#include "train/embeddings.h"

#include <nmt/lines.h>
#include <nmt/number.h>
#include <nmt/utf8.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define LONGEST_LINE ((size_t)1 << 24)
#define SPACE_MARK   "\xe2\x96\x81" /* U+2581 */

struct reader {
    struct nmt_embedding_table *t;
    struct nmt_segmenter *segmenter;
    bool pieces; /* words are spelt as pieces */
    const char *name;
    uint64_t line;
    float *vector; /* [E] */
    XXH3_state_t *digest;
    size_t count;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Whether [text, end) is a number; *v is written if so. */
static bool parse(double *v, const char *text, const char *end)
{
    char copy[64];
    const size_t n = (size_t)(end - text);
    if (n == 0 || n >= sizeof copy || memchr(text, '\0', n))
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    return nmt_number_real(v, copy, -1e30, 1e30, "number", NULL) == 0;
}

static size_t count_fields(const char *line, const char *end)
{
    size_t n = 0;
    for (const char *p = line; p < end; p++)
        n += !is_space(*p) && (p == line || is_space(p[-1]));
    return n;
}

/* The end of the field that begins at p. */
static const char *field_end(const char *p, const char *end)
{
    while (p < end && !is_space(*p))
        p++;
    return p;
}

static const char *skip_spaces(const char *p, const char *end)
{
    while (p < end && is_space(*p))
        p++;
    return p;
}

/* Two whole numbers, where a word and its vector would have more fields. */
static bool is_header(const char *line, const char *end, size_t E)
{
    if (E == 1 || count_fields(line, end) != 2)
        return false;
    for (const char *p = line; p < end; p++)
        if (!is_space(*p) && (*p < '0' || *p > '9'))
            return false;
    return true;
}

static int wrong_length(const struct reader *r, size_t n, struct nmt_err *err)
{
    return nmt_fail(err, NMT_ESHAPE, r->line,
                    "%s:%" PRIu64 ": %zu numbers, but model.embedding is %zu", r->name, r->line, n,
                    r->t->E);
}

/*
 * Where the vector begins. GloVe has words with spaces in them: the last E fields are the vector,
 * unless the second field of too many is a number.
 */
static int find_vector(const struct reader *r, const char *line, const char *end,
                       const char **word_end, const char **vector, struct nmt_err *err)
{
    const size_t fields = count_fields(line, end);
    const char *p = field_end(line, end);
    double v;
    if (fields <= r->t->E)
        return wrong_length(r, fields ? fields - 1 : 0, err);
    for (size_t more = fields - 1 - r->t->E; more > 0; more--) {
        const char *next = skip_spaces(p, end);
        if (p == field_end(line, end) && parse(&v, next, field_end(next, end)))
            return wrong_length(r, fields - 1, err);
        p = field_end(next, end);
    }
    *word_end = p;
    *vector = skip_spaces(p, end);
    return 0;
}

/* The piece that a word is, NMT_ID_UNK when it is none or several. */
static int find_piece(struct reader *r, const char *word, size_t len, nmt_id *id,
                      struct nmt_err *err)
{
    const struct nmt_segmented *cut;
    *id = NMT_ID_UNK;
    if (nmt_utf8_valid(word, len) != len || memchr(word, '\0', len))
        return 0; /* no vocabulary has it */
    if (r->pieces) {
        *id = nmt_vocab_find(r->t->vocab, word, len);
        return 0;
    }
    if (memchr(word, ' ', len))
        return 0;
    NMT_TRY(nmt_segmenter_encode(r->segmenter, word, len, &cut, err));
    const size_t spaces = cut->n > 1 && cut->word[0] == NMT_NO_WORD; /* of type char */
    if (cut->n == spaces + 1)
        *id = cut->ids[spaces];
    return 0;
}

static int read_vector(struct reader *r, const char *p, const char *end, nmt_id id,
                       struct nmt_err *err)
{
    const size_t E = r->t->E;
    for (size_t i = 0; i < E; i++) {
        const char *stop = field_end(p, end);
        double v;
        if (!parse(&v, p, stop))
            return nmt_fail(err, NMT_EFORMAT, r->line, "%s:%" PRIu64 ": '%.*s' is not a number",
                            r->name, r->line, (int)(stop - p < 40 ? stop - p : 40), p);
        r->vector[i] = (float)v;
        p = skip_spaces(stop, end);
    }
    for (size_t i = 0; i < E; i++)
        r->t->rows[id * E + i] = (real)r->vector[i];
    XXH3_128bits_update(r->digest, &id, sizeof id);
    XXH3_128bits_update(r->digest, r->vector, E * sizeof *r->vector);
    r->t->found[id] = true;
    r->count++;
    return 0;
}

static int read_line(struct reader *r, const char *line, size_t len, struct nmt_err *err)
{
    const char *end = line + len, *word_end = line, *vector = line;
    nmt_id id;
    while (end > line && is_space(end[-1]))
        end--;
    if (r->line == 1 && is_header(line, end, r->t->E))
        return 0;
    NMT_TRY(find_vector(r, line, end, &word_end, &vector, err));
    NMT_TRY(find_piece(r, line, (size_t)(word_end - line), &id, err));
    if (id == NMT_ID_UNK || id == NMT_ID_BOS || r->t->found[id])
        return 0;
    return read_vector(r, vector, end, id, err);
}

/* Does some word begin with U+2581? */
static int look_for_pieces(const char *path, bool *pieces, struct nmt_err *err)
{
    struct nmt_lines *in = NULL;
    char *line;
    size_t len;
    NMT_TRY(nmt_lines_open(&in, path, LONGEST_LINE, err));
    int rc = 1;
    while (!*pieces && rc > 0) {
        rc = nmt_lines_next(in, &line, &len, err);
        *pieces = rc > 0 && len > 3 && memcmp(line, SPACE_MARK, 3) == 0;
    }
    nmt_lines_close(in);
    return rc < 0 ? rc : 0;
}

static int read_lines(struct reader *r, const char *path, struct nmt_err *err)
{
    struct nmt_lines *in = NULL;
    char *line;
    size_t len;
    int rc;
    NMT_TRY(nmt_lines_open(&in, path, LONGEST_LINE, err));
    r->name = nmt_lines_name(in);
    while ((rc = nmt_lines_next(in, &line, &len, err)) > 0) {
        r->line = nmt_lines_number(in);
        rc = read_line(r, line, len, err);
        if (rc < 0)
            break;
    }
    nmt_lines_close(in);
    return rc;
}

int nmt_embeddings_read(struct nmt_embedding_table *t, const char *path, size_t *count,
                        uint8_t digest[16], struct nmt_err *err)
{
    struct reader r = { .t = t, .vector = malloc(t->E * sizeof *r.vector) };
    r.digest = XXH3_createState();
    int rc = r.vector && r.digest ? look_for_pieces(path, &r.pieces, err)
                                  : nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", path);
    if (rc == 0)
        rc = nmt_segmenter_new(&r.segmenter, t->vocab, err);
    if (rc == 0) {
        XXH3_128bits_reset(r.digest);
        rc = read_lines(&r, path, err);
    }
    if (rc == 0) {
        XXH128_canonical_t canonical;
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(r.digest));
        memcpy(digest, canonical.digest, 16);
    }
    *count = r.count;
    nmt_segmenter_free(r.segmenter);
    XXH3_freeState(r.digest);
    free(r.vector);
    return rc;
}
