/* The training data: reading, segmenting, counting what is left out. */
#include "train/bitext.h"

#include <nmt/check.h>
#include <nmt/lines.h>
#include <nmt/sides.h>

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

void nmt_text_release(struct nmt_text *t)
{
    nmt_buffer_release(&t->bytes);
    free(t->at);
    *t = (struct nmt_text){ .at = NULL };
}

const char *nmt_text_line(const struct nmt_text *t, size_t i, size_t *len)
{
    *len = t->at[i + 1] - t->at[i];
    return t->bytes.data ? t->bytes.data + t->at[i] : "";
}

/* Room for one more element of an array that doubles. */
static int grow(void **array, size_t *cap, size_t need, size_t size, struct nmt_err *err)
{
    if (need <= *cap)
        return 0;
    size_t more = *cap ? *cap : 1024;
    while (more < need)
        more *= 2;
    void *bigger = more <= SIZE_MAX / size ? realloc(*array, more * size) : NULL;
    if (!bigger)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu items of the bitext", more);
    *array = bigger;
    *cap = more;
    return 0;
}

static int add_line(struct nmt_text *t, const char *name, uint64_t number, const char *line,
                    size_t len, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    if (nmt_bitext_line(line, len, &why) < 0)
        return nmt_fail(err, NMT_ETEXT, number, "%s:%llu: %s", name, (unsigned long long)number,
                        why.msg);
    void *at = t->at;
    int rc = grow(&at, &t->cap, t->n + 2, sizeof *t->at, err);
    t->at = at;
    NMT_TRY(rc);
    t->at[t->n] = t->bytes.len;
    NMT_TRY(nmt_buffer_add(&t->bytes, line, len, err));
    t->at[++t->n] = t->bytes.len;
    return 0;
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

int nmt_text_read_pair(struct nmt_text *source, struct nmt_text *target, const char *source_path,
                       const char *target_path, struct nmt_err *err)
{
    if (!target_path)
        return read_tsv(source, target, source_path, err);
    struct nmt_text *text[2] = { source, target };
    const char *const paths[2] = { source_path, target_path };
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
    return rc < 0 ? rc : 0;
}

void nmt_bitext_release(struct nmt_bitext *b)
{
    free(b->ids);
    free(b->words);
    free(b->pair);
    *b = (struct nmt_bitext){ .ids = NULL };
}

static int add_ids(struct nmt_bitext *b, const struct nmt_segmented *cut, size_t n, bool words,
                   struct nmt_err *err)
{
    void *array = b->ids;
    int rc = grow(&array, &b->cap_ids, b->n_ids + n + 1, sizeof *b->ids, err);
    b->ids = array;
    NMT_TRY(rc);
    if (n)
        memcpy(b->ids + b->n_ids, cut->ids, n * sizeof *b->ids);
    b->ids[b->n_ids + n] = NMT_ID_EOS;
    if (words) {
        array = b->words;
        rc = grow(&array, &b->cap_words, b->n_ids + n + 1, sizeof *b->words, err);
        b->words = array;
        NMT_TRY(rc);
        for (size_t i = 0; i < n; i++)
            b->words[b->n_ids + i] = nmt_word_16(cut->word[i]);
        b->words[b->n_ids + n] = NMT_NO_WORD_16;
    }
    b->n_ids += n + 1;
    return 0;
}

static uint64_t count_unknown(const nmt_id *ids, size_t n)
{
    uint64_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ids[i] == NMT_ID_UNK;
    return count;
}

/* One pair, source segmented by s[0] and target by s[1] (both may be one segmenter). */
static int add_pair(struct nmt_bitext *b, struct nmt_segmenter *s[2], const char *line[2],
                    const size_t len[2], uint32_t number, size_t max_length, bool words,
                    struct nmt_err *err)
{
    const size_t first = b->n_ids;
    size_t n[2];
    for (int side = 0; side < 2; side++) {
        const struct nmt_segmented *cut;
        NMT_TRY(nmt_segmenter_encode(s[side], line[side], len[side], &cut, err));
        n[side] = cut->n_words ? cut->n : 0;
        bool empty = n[side] == 0 && max_length, over = max_length && n[side] > max_length;
        if (empty || over) {
            b->empty += empty;
            b->long_ += over;
            b->n_ids = first;
            return 0;
        }
        NMT_TRY(add_ids(b, cut, n[side], words, err));
    }
    void *array = b->pair;
    int rc = grow(&array, &b->cap, b->n + 1, sizeof *b->pair, err);
    b->pair = array;
    NMT_TRY(rc);
    const size_t target = first + n[0] + 1;
    b->pair[b->n++] = (struct nmt_bitext_pair){
        first, target, (uint32_t)n[0] + 1, (uint32_t)n[1] + 1, number, 1
    };
    b->S_total += n[0];
    b->T_total += n[1];
    b->unknown_source += count_unknown(b->ids + first, n[0]);
    b->unknown_target += count_unknown(b->ids + target, n[1]);
    return 0;
}

/* Ids with their ends tell where sentences stop; little-endian machines and others alike. */
static int digest(struct nmt_bitext *b, struct nmt_err *err)
{
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    XXH3_128bits_reset(state);
    for (size_t i = 0; i < b->n; i++) {
        const struct nmt_bitext_pair *p = &b->pair[i];
        for (size_t k = 0; k < (size_t)p->S + p->T; k++) {
            nmt_id id = b->ids[p->source + k];
            uint8_t bytes[4] = { (uint8_t)id, (uint8_t)(id >> 8), (uint8_t)(id >> 16),
                                 (uint8_t)(id >> 24) };
            XXH3_128bits_update(state, bytes, sizeof bytes);
        }
    }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
    memcpy(b->digest, canonical.digest, sizeof b->digest);
    XXH3_freeState(state);
    return 0;
}

int nmt_bitext_build(struct nmt_bitext *b, const struct nmt_text *source,
                     const struct nmt_text *target, const struct nmt_vocab *source_vocab,
                     const struct nmt_vocab *target_vocab, size_t max_length, bool words,
                     struct nmt_err *err)
{
    struct nmt_segmenter *s[2] = { NULL, NULL };
    int rc = nmt_segmenter_new(&s[0], source_vocab, err);
    if (rc == 0)
        rc = nmt_segmenter_new(&s[1], target_vocab, err);
    *b = (struct nmt_bitext){ .ids = NULL };
    for (size_t i = 0; rc == 0 && i < source->n; i++) {
        size_t len[2];
        const char *line[2] = { nmt_text_line(source, i, &len[0]),
                                nmt_text_line(target, i, &len[1]) };
        rc = add_pair(b, s, line, len, (uint32_t)i, max_length, words, err);
    }
    nmt_segmenter_free(s[0]);
    nmt_segmenter_free(s[1]);
    return rc < 0 ? rc : digest(b, err);
}

bool nmt_vocab_same_pieces(const struct nmt_vocab *a, const struct nmt_vocab *b)
{
    bool same = nmt_vocab_size(a) == nmt_vocab_size(b);
    for (nmt_id i = 0; same && i < nmt_vocab_size(a); i++) {
        size_t n, m;
        const char *x = nmt_vocab_piece(a, i, &n), *y = nmt_vocab_piece(b, i, &m);
        same = n == m && memcmp(x, y, n) == 0;
    }
    return same;
}

static int learn(struct nmt_vocab **v, const struct nmt_config *c,
                 const struct nmt_text *const *texts, size_t n, struct nmt_err *err)
{
    struct nmt_vocab_learn_options opt =
        nmt_vocab_learn_defaults((enum nmt_vocab_type)c->vocabulary_type);
    opt.spec.normalize = (enum nmt_normalize)c->vocabulary_normalize;
    opt.spec.lowercase = c->vocabulary_lowercase;
    opt.size = (size_t)c->vocabulary_size;
    struct nmt_vocab_learner *l = NULL;
    NMT_TRY(nmt_vocab_learner_new(&l, &opt, err));
    int rc = 0;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; rc == 0 && i < texts[k]->n; i++) {
            size_t len;
            const char *line = nmt_text_line(texts[k], i, &len);
            rc = nmt_vocab_learner_add(l, line, len, err);
        }
    if (rc == 0)
        rc = nmt_vocab_learner_finish(l, v, err);
    nmt_vocab_learner_free(l);
    return rc;
}

static int load_or_learn(struct nmt_vocab **v, const char *path, const struct nmt_config *c,
                         const struct nmt_text *text, struct nmt_err *err)
{
    return path[0] ? nmt_vocab_load(v, path, err) : learn(v, c, &text, 1, err);
}

int nmt_vocab_learn_pair(struct nmt_vocab **source, struct nmt_vocab **target,
                         const struct nmt_config *c, const struct nmt_text *source_text,
                         const struct nmt_text *target_text, struct nmt_err *err)
{
    const char *s = c->vocabulary_source, *t = c->vocabulary_target;
    const struct nmt_text *both[2] = { source_text, target_text };
    if ((s[0] && strcmp(s, t) == 0) || (c->vocabulary_joint && !s[0] && !t[0])) {
        NMT_TRY(s[0] ? nmt_vocab_load(source, s, err) : learn(source, c, both, 2, err));
        *target = *source;
        return 0;
    }
    NMT_TRY(load_or_learn(source, s, c, source_text, err));
    return load_or_learn(target, t, c, target_text, err);
}
