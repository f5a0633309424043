/*
 * Learning a vocabulary. Lines become counts of distinct raw words; everything else happens at
 * the end and costs what the distinct words cost. Pieces are written in this order: the special
 * ones, the bytes (with byte fallback), then for word and char the space and what was counted,
 * most frequent first; for bpe the merges in the order they were made and then the characters.
 */
#include "code_points_internal.h"
#include "merge_learner_internal.h"
#include "spelling_internal.h"
#include "vocab_internal.h"
#include "word_census_internal.h"

#include <nmt/utf8.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct nmt_vocab_learner {
    struct nmt_vocab_learn_options opt;
    struct nmt_census words;
};

struct nmt_vocab_learn_options nmt_vocab_learn_defaults(enum nmt_vocab_type type)
{
    return (struct nmt_vocab_learn_options){
        .spec = { .type = type, .normalize = NMT_NORMALIZE_NFKC },
        .size = type == NMT_VOCAB_WORD  ? 30000
                : type == NMT_VOCAB_BPE ? 8000
                                        : 0,
        .min_count = 1,
        .coverage = 0.9999,
        .max_types = (size_t)1 << 24,
    };
}

static size_t fixed_pieces(const struct nmt_vocab_learn_options *opt)
{
    return NMT_ID_SPECIALS + (opt->spec.byte_fallback ? 256 : 0);
}

int nmt_vocab_learner_new(struct nmt_vocab_learner **out, const struct nmt_vocab_learn_options *opt,
                          struct nmt_err *err)
{
    size_t least = fixed_pieces(opt) + 1;
    if (opt->size > NMT_VOCAB_MAX || (opt->size > 0 && opt->size < least))
        return nmt_fail(err, NMT_ELIMIT, 0, "vocabulary size %zu is not from %zu to %zu", opt->size,
                        least, NMT_VOCAB_MAX);
    if (opt->size == 0 && opt->spec.type == NMT_VOCAB_BPE)
        return nmt_fail(err, NMT_ELIMIT, 0, "a bpe vocabulary needs a size");
    if (!(opt->coverage > 0 && opt->coverage <= 1))
        return nmt_fail(err, NMT_ELIMIT, 0, "coverage %g is not above 0 and at most 1",
                        opt->coverage);
    struct nmt_vocab_learner *l = calloc(1, sizeof *l);
    if (!l)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    l->opt = *opt;
    int rc = nmt_census_init(&l->words, opt->max_types, &l->opt.spec, opt->threads, err);
    if (rc < 0) {
        nmt_vocab_learner_free(l);
        return rc;
    }
    *out = l;
    return 0;
}

void nmt_vocab_learner_free(struct nmt_vocab_learner *l)
{
    if (!l)
        return;
    nmt_census_release(&l->words);
    free(l);
}

int nmt_vocab_learner_add(struct nmt_vocab_learner *l, const char *line, size_t len,
                          struct nmt_err *err)
{
    size_t bad = nmt_utf8_valid(line, len);
    if (bad < len)
        return nmt_fail(err, NMT_ETEXT, 0, "invalid UTF-8 at byte %zu", bad + 1);
    return nmt_vocab_learner_add_text(l, 0, line, len, err);
}

int nmt_vocab_learner_add_text(struct nmt_vocab_learner *l, size_t worker, const char *line,
                               size_t len, struct nmt_err *err)
{
    return nmt_census_add_line(&l->words, worker, line, len, err);
}

uint64_t nmt_vocab_learner_given_up(const struct nmt_vocab_learner *l, size_t *longest)
{
    *longest = l->words.longest;
    return l->words.given_up;
}

static int push_fixed(struct nmt_vocab *v, struct nmt_err *err)
{
    struct nmt_piece_origin from = { "piece", 0 };
    for (; from.line < NMT_ID_SPECIALS; from.line++) {
        const char *piece = nmt_special_pieces[from.line];
        NMT_TRY(nmt_vocab_push(v, piece, strlen(piece), 0, from, err));
    }
    for (unsigned byte = 0; v->spec.byte_fallback && byte < 256; byte++) {
        char piece[8];
        snprintf(piece, sizeof piece, "<0x%02X>", byte);
        NMT_TRY(nmt_vocab_push(v, piece, strlen(piece), 0, from, err));
        from.line++;
    }
    return 0;
}

/* The next learnt piece; its score is minus the number of those before it. */
static int push_learnt(struct nmt_vocab *v, const char *piece, size_t len, struct nmt_err *err)
{
    size_t id = v->pieces.n, first = NMT_ID_SPECIALS + (v->spec.byte_fallback ? 256 : 0);
    return nmt_vocab_push(v, piece, len, -(float)(id - first),
                          (struct nmt_piece_origin){ "piece", id }, err);
}

/* --- word ------------------------------------------------------------------------------- */

/* Whether a word can be a piece, once it is spelt. */
static bool fits_piece(const char *text, size_t len)
{
    size_t spelt = NMT_SPACE_LEN;
    if (len > NMT_PIECE_MAX || memchr(text, '\0', len))
        return false;
    if (len < NMT_PIECE_MAX / 4)
        return true; /* spelling at most doubles it */
    for (size_t i = 0, step; i < len; i += step) {
        char symbol[NMT_SYMBOL_BYTES];
        uint32_t cp;
        step = nmt_utf8_decode(text + i, len - i, &cp);
        spelt += nmt_spelling_of(text + i, step, symbol);
    }
    return spelt <= NMT_PIECE_MAX;
}

static int learn_words(struct nmt_vocab_learner *l, struct nmt_vocab *v, struct nmt_err *err)
{
    struct nmt_word *order = NULL;
    size_t n = 0, size = l->opt.size ? l->opt.size : NMT_VOCAB_MAX;
    struct nmt_buffer piece = NMT_BUFFER_INIT;
    NMT_TRY(push_learnt(v, NMT_SPACE, NMT_SPACE_LEN, err));
    int rc = nmt_census_order(&l->words, l->opt.min_count, size, fits_piece, &order, &n, err);
    for (size_t i = 0; i < n && v->pieces.n < size && rc == 0; i++) {
        piece.len = 0;
        rc = nmt_buffer_adds(&piece, NMT_SPACE, err);
        if (rc == 0)
            rc = nmt_spell(&piece, order[i].text, order[i].len, err);
        if (rc == 0)
            rc = push_learnt(v, piece.data, piece.len, err);
    }
    nmt_buffer_release(&piece);
    free(order);
    return rc;
}

/* --- characters ------------------------------------------------------------------------- */

struct characters {
    uint32_t *order; /* code points to be pieces, most frequent first, the space among them */
    size_t n;
};

struct counted {
    uint64_t count;
    uint32_t cp;
};

static int by_count(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return (x->cp > y->cp) - (x->cp < y->cp);
}

/* Counts code points; *total is how many there are in the text. */
static int count_characters(const struct nmt_vocab_learner *l, struct nmt_code_points *counts,
                            uint64_t *total, struct nmt_err *err)
{
    uint64_t *spaces = nmt_code_points_at(counts, ' ');
    if (!spaces)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    *spaces = *total = nmt_census_spaces(&l->words);
    return nmt_census_characters(&l->words, counts, total, err);
}

/* All characters but NUL that were counted, most frequent first. */
static int sort_characters(const struct nmt_code_points *counts, struct counted **all, size_t *n,
                           struct nmt_err *err)
{
    *n = 0;
    for (uint32_t cp = 1; cp < NMT_CODE_POINTS; cp++)
        *n += nmt_code_points_get(counts, cp) > 0;
    *all = malloc((*n + 1) * sizeof **all);
    if (!*all)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    *n = 0;
    for (uint32_t cp = 1; cp < NMT_CODE_POINTS; cp++)
        if (nmt_code_points_get(counts, cp) > 0)
            (*all)[(*n)++] = (struct counted){ nmt_code_points_get(counts, cp), cp };
    qsort(*all, *n, sizeof **all, by_count);
    return 0;
}

/* Chooses the most frequent characters until they cover enough of the text. The space is always
 * one of them: every line begins with it. */
static int choose_characters(const struct nmt_vocab_learner *l, struct characters *c,
                             struct nmt_err *err)
{
    struct nmt_code_points counts = { { NULL } };
    struct counted *all = NULL;
    uint64_t total = 0, covered = 0;
    size_t n = 0;
    int rc = count_characters(l, &counts, &total, err);
    if (rc == 0)
        rc = sort_characters(&counts, &all, &n, err);
    nmt_code_points_release(&counts);
    c->order = rc == 0 ? malloc((n + 1) * sizeof *c->order) : NULL;
    if (rc == 0 && !c->order)
        rc = nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < n && rc == 0; i++) {
        bool enough = l->opt.coverage < 1 && (double)covered >= l->opt.coverage * (double)total;
        if (all[i].cp == ' ' || (!enough && all[i].count >= l->opt.min_count))
            c->order[c->n++] = all[i].cp;
        covered += all[i].count;
    }
    free(all);
    return rc;
}

static size_t spell_code_point(uint32_t cp, char out[NMT_SYMBOL_BYTES])
{
    char utf8[4];
    size_t n = nmt_utf8_encode(cp, utf8);
    return nmt_spelling_of(utf8, n, out);
}

static int push_characters(struct nmt_vocab *v, const struct characters *c, struct nmt_err *err)
{
    for (size_t i = 0; i < c->n; i++) {
        char piece[NMT_SYMBOL_BYTES];
        NMT_TRY(push_learnt(v, piece, spell_code_point(c->order[i], piece), err));
    }
    return 0;
}

static int learn_characters(struct nmt_vocab_learner *l, struct nmt_vocab *v, struct nmt_err *err)
{
    struct characters c = { NULL, 0 };
    int rc = choose_characters(l, &c, err);
    size_t room = l->opt.size ? l->opt.size - fixed_pieces(&l->opt) : SIZE_MAX;
    for (size_t i = room; rc == 0 && i < c.n; i++) /* the space may be beyond a narrow bound */
        if (c.order[i] == ' ')
            c.order[room - 1] = ' ';
    if (c.n > room)
        c.n = room;
    if (rc == 0)
        rc = push_characters(v, &c, err);
    free(c.order);
    return rc;
}

/* --- bpe -------------------------------------------------------------------------------- */

static int make_text(struct nmt_vocab_learner *l, struct nmt_merge_text *t,
                     const struct characters *c, struct nmt_err *err)
{
    for (size_t i = 0; i < c->n; i++) {
        char piece[NMT_SYMBOL_BYTES];
        size_t len = spell_code_point(c->order[i], piece);
        NMT_TRY(nmt_merge_text_character(t, c->order[i], piece, len, err));
    }
    return nmt_merge_text_take(t, l->words.shards, NMT_CENSUS_SHARDS, err);
}

static int merge_up_to(struct nmt_vocab_learner *l, struct nmt_vocab *v,
                       struct nmt_merge_learner *m, const struct characters *c, struct nmt_err *err)
{
    size_t least = fixed_pieces(&l->opt) + c->n;
    if (l->opt.size < least)
        return nmt_fail(err, NMT_ELIMIT, 0,
                        "size %zu is too small: the special pieces and %zu characters need %zu",
                        l->opt.size, c->n, least);
    while (v->pieces.n + c->n < l->opt.size) {
        uint32_t left, right, joined;
        int rc = nmt_merge_learner_step(m, l->opt.min_count, &left, &right, &joined, err);
        if (rc < 0)
            return rc;
        if (rc == 0)
            return nmt_fail(err, NMT_ELIMIT, 0,
                            "size %zu cannot be reached: the text gives at most %zu pieces",
                            l->opt.size, v->pieces.n + c->n);
        const struct nmt_strings *symbols = &m->text.symbols;
        NMT_TRY(push_learnt(v, nmt_strings_get(symbols, joined), symbols->items[joined].len, err));
    }
    return push_characters(v, c, err);
}

static int learn_bpe(struct nmt_vocab_learner *l, struct nmt_vocab *v, struct nmt_err *err)
{
    struct characters c = { NULL, 0 };
    struct nmt_merge_learner *m = malloc(sizeof *m);
    if (!m)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    int rc = nmt_merge_learner_init(m, NMT_MERGE_PIECES, err);
    m->threads = l->opt.threads;
    m->bar_bytes = l->opt.spec.byte_fallback;
    if (rc == 0)
        rc = choose_characters(l, &c, err);
    if (rc == 0)
        rc = make_text(l, &m->text, &c, err);
    if (rc == 0)
        rc = merge_up_to(l, v, m, &c, err);
    nmt_merge_learner_release(m);
    free(m);
    free(c.order);
    return rc;
}

int nmt_vocab_learner_finish(struct nmt_vocab_learner *l, struct nmt_vocab **out,
                             struct nmt_err *err)
{
    struct nmt_vocab *v = NULL;
    struct nmt_word word;
    NMT_TRY(nmt_census_settle(&l->words, err));
    if (!nmt_census_next(&l->words, &(size_t){ 0 }, &(size_t){ 0 }, &word))
        return nmt_fail(err, NMT_ETEXT, 0, "there are no words to learn from");
    NMT_TRY(nmt_vocab_begin(&v, &l->opt.spec, err));
    int rc = push_fixed(v, err);
    if (rc == 0 && l->opt.spec.type == NMT_VOCAB_WORD)
        rc = learn_words(l, v, err);
    else if (rc == 0 && l->opt.spec.type == NMT_VOCAB_CHAR)
        rc = learn_characters(l, v, err);
    else if (rc == 0)
        rc = learn_bpe(l, v, err);
    if (rc == 0)
        rc = nmt_vocab_seal(v, (struct nmt_piece_origin){ "piece", v->pieces.n }, err);
    if (rc < 0) {
        nmt_vocab_free(v);
        return rc;
    }
    *out = v;
    return 0;
}
