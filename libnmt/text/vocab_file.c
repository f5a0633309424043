/*
 * The vocabulary file, described in nmt-vocabulary(5):
 *
 *   #nmt-vocabulary 1 type=bpe normalize=nfkc lowercase=no byte-fallback=no size=8000
 *   <unk>	0
 *   ...
 *
 * One piece a line, its score behind the last tab. The size in the header shows a file that was cut
 * between lines, a line without LF one that was cut inside.
 */
#include "vocab_internal.h"

#include <nmt/lines.h>
#include <nmt/number.h>

#include <float.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC        "#nmt-vocabulary "
#define LONGEST_LINE (NMT_PIECE_MAX + 256)

static const char *const type_names[] = { "word", "char", "bpe", NULL };
static const char *const form_names[] = { "none", "nfc", "nfkc", NULL };
static const char *const yes_no[] = { "no", "yes", NULL };

enum { KEY_TYPE, KEY_NORMALIZE, KEY_LOWERCASE, KEY_BYTES, KEY_SIZE, N_KEYS };
static const char *const keys[] = {
    "type", "normalize", "lowercase", "byte-fallback", "size", NULL
};

int nmt_vocab_save(const struct nmt_vocab *v, struct nmt_output *o, struct nmt_err *err)
{
    NMT_TRY(nmt_output_printf(o, err,
                              MAGIC "1 type=%s normalize=%s lowercase=%s byte-fallback=%s "
                                    "size=%zu\n",
                              type_names[v->spec.type], form_names[v->spec.normalize],
                              yes_no[v->spec.lowercase], yes_no[v->spec.byte_fallback],
                              v->pieces.n));
    for (nmt_id id = 0; id < v->pieces.n; id++) {
        size_t len;
        const char *piece = nmt_vocab_piece(v, id, &len);
        NMT_TRY(nmt_output_write(o, piece, len, err));
        NMT_TRY(nmt_output_printf(o, err, "\t%.9g\n", (double)v->scores[id]));
    }
    return 0;
}

/* The index of word[0..len) in a NULL-ended list, -1 when it is not there. */
static int find_word(const char *const *list, const char *word, size_t len)
{
    for (int i = 0; list[i]; i++)
        if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0)
            return i;
    return -1;
}

struct header {
    struct nmt_vocab_spec spec;
    size_t size;
};

static int bad_header(struct nmt_err *err, const char *name, const char *what, size_t len)
{
    return nmt_fail(err, NMT_EFORMAT, 1, "%s:1: header: '%.*s' is not understood", name,
                    (int)(len < 80 ? len : 80), what);
}

static int set_size(struct header *h, const char *value, size_t len, const char *name,
                    struct nmt_err *err)
{
    char digits[32] = "";
    int64_t size;
    struct nmt_err why = NMT_ERR_INIT;
    if (len >= sizeof digits)
        return bad_header(err, name, value, len);
    memcpy(digits, value, len);
    if (nmt_number_int(&size, digits, NMT_ID_SPECIALS, NMT_VOCAB_MAX, "size", &why) < 0)
        return nmt_fail(err, NMT_EFORMAT, 1, "%s:1: header: %s", name, why.msg);
    h->size = (size_t)size;
    return 0;
}

static int set_key(struct header *h, int key, const char *value, size_t len, const char *name,
                   struct nmt_err *err)
{
    int i = 0;
    if (key == KEY_TYPE) {
        i = find_word(type_names, value, len);
        h->spec.type = (enum nmt_vocab_type)i;
    } else if (key == KEY_NORMALIZE) {
        i = find_word(form_names, value, len);
        h->spec.normalize = (enum nmt_normalize)i;
    } else if (key == KEY_LOWERCASE) {
        i = find_word(yes_no, value, len);
        h->spec.lowercase = i == 1;
    } else if (key == KEY_BYTES) {
        i = find_word(yes_no, value, len);
        h->spec.byte_fallback = i == 1;
    } else {
        return set_size(h, value, len, name, err);
    }
    return i < 0 ? bad_header(err, name, value, len) : 0;
}

static bool has_magic(const char *line, size_t len)
{
    return len >= strlen(MAGIC) && memcmp(line, MAGIC, strlen(MAGIC)) == 0;
}

static int parse_header(struct header *h, const char *line, size_t len, const char *name,
                        struct nmt_err *err)
{
    if (!has_magic(line, len))
        return nmt_fail(err, NMT_EFORMAT, 1,
                        "%s:1: not a vocabulary of nmt (nmt-vocab reads one of sentencepiece "
                        "with -t TYPE, and converts it with --import)",
                        name);
    const char *p = line + strlen(MAGIC), *end = line + len;
    if (end - p < 2 || p[0] != '1' || p[1] != ' ')
        return nmt_fail(err, NMT_EFORMAT, 1, "%s:1: version of the vocabulary is not 1", name);
    unsigned seen = 0;
    for (p += 2; p < end;) {
        const char *stop = memchr(p, ' ', (size_t)(end - p));
        size_t n = (size_t)((stop ? stop : end) - p);
        const char *equals = memchr(p, '=', n);
        int key = equals ? find_word(keys, p, (size_t)(equals - p)) : -1;
        if (key < 0 || seen >> key & 1)
            return bad_header(err, name, p, n);
        seen |= 1u << key;
        NMT_TRY(set_key(h, key, equals + 1, n - (size_t)(equals + 1 - p), name, err));
        p += n + 1;
    }
    if (seen != (1u << N_KEYS) - 1)
        return nmt_fail(err, NMT_EFORMAT, 1, "%s:1: header lacks a key", name);
    return 0;
}

/* A piece may hold tabs itself, so the last one counts. */
int nmt_vocab_split_line(const char *line, size_t len, struct nmt_piece_origin from, size_t *piece,
                         float *score, struct nmt_err *err)
{
    unsigned long long at = from.line;
    const char *tab = line + len;
    while (tab > line && tab[-1] != '\t')
        tab--;
    if (tab == line)
        return nmt_fail(err, NMT_EFORMAT, at, "%s:%llu: no tab before a score", from.name, at);
    double value;
    if (strlen(tab) != len - (size_t)(tab - line) ||
        nmt_number_real(&value, tab, -(double)FLT_MAX, (double)FLT_MAX, "score", NULL) < 0)
        return nmt_fail(err, NMT_EFORMAT, at, "%s:%llu: '%.40s' is not a score", from.name, at,
                        tab);
    *piece = (size_t)(tab - line) - 1;
    *score = (float)value;
    return 0;
}

/* The header's line has been read: what it says, and the pieces behind it. */
static int load_own(struct nmt_vocab **v, struct nmt_lines *in, char *line, size_t len,
                    struct nmt_err *err)
{
    const char *name = nmt_lines_name(in);
    struct header h = { .size = 0 };
    int rc;
    NMT_TRY(parse_header(&h, line, len, name, err));
    NMT_TRY(nmt_vocab_begin(v, &h.spec, err));
    for (size_t i = 0; i < h.size; i++) {
        struct nmt_piece_origin from = { name, i + 2 };
        float score;
        NMT_TRY(rc = nmt_lines_next_whole(in, &line, &len, err));
        if (rc == 0)
            return nmt_fail(err, NMT_ETRUNC, i + 1, "%s:%zu: file ends after %zu of %zu pieces",
                            name, i + 1, i, h.size);
        NMT_TRY(nmt_vocab_split_line(line, len, from, &len, &score, err));
        NMT_TRY(nmt_vocab_push(*v, line, len, score, from, err));
    }
    NMT_TRY(rc = nmt_lines_next_whole(in, &line, &len, err));
    if (rc > 0)
        return nmt_fail(err, NMT_EFORMAT, h.size + 2,
                        "%s:%zu: more pieces than the %zu of the header", name, h.size + 2, h.size);
    return nmt_vocab_seal(*v, (struct nmt_piece_origin){ name, h.size + 1 }, err);
}

int nmt_vocab_load_as(struct nmt_vocab **out, const char *path, const struct nmt_vocab_spec *spec,
                      struct nmt_err *err)
{
    struct nmt_lines *in = NULL;
    struct nmt_vocab *v = NULL;
    char *line;
    size_t len;
    NMT_TRY(nmt_lines_open(&in, path, LONGEST_LINE, err));
    int rc = nmt_lines_next_whole(in, &line, &len, err);
    if (rc == 0)
        rc = nmt_fail(err, NMT_EFORMAT, 1, "%s:1: file is empty", nmt_lines_name(in));
    if (rc > 0)
        rc = spec && !has_magic(line, len) ? nmt_vocab_load_foreign(&v, in, line, len, spec, err)
                                           : load_own(&v, in, line, len, err);
    nmt_lines_close(in);
    if (rc < 0) {
        nmt_vocab_free(v);
        return rc;
    }
    *out = v;
    return 0;
}

int nmt_vocab_load(struct nmt_vocab **v, const char *path, struct nmt_err *err)
{
    return nmt_vocab_load_as(v, path, NULL, err);
}
