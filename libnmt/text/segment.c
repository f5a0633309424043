/*
 * Lines to piece ids. A line is cut at ASCII spaces; each space, and one more before the whole
 * line, is a U+2581 before what follows it. So a line of k words and s spaces has s + 1 units: a
 * word with its U+2581, or a lone U+2581 for every further space. Units are cut into pieces by
 * themselves, and what a word became is remembered, so that text costs what its new words cost.
 */
#include "bpe_internal.h"
#include "normalise_internal.h"
#include "spelling_internal.h"
#include "vocab_internal.h"
#include "word_cache_internal.h"

#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>

#define LONGEST_LINE ((size_t)1 << 31)

#define LONE_SPACE 0x80000000u /* flag of a remembered id: spaces, which belong to no word */

struct nmt_segmenter {
    const struct nmt_vocab *v;
    const struct nmt_merges *merges; /* bpe only */
    struct nmt_normaliser normaliser;
    struct nmt_word_cache cache; /* by raw words; LONE_SPACE marks some ids */
    struct nmt_joiner joiner;
    uint32_t *symbols, *from; /* of one unit; where each begins, in symbols and then in bytes */
    uint32_t *starts;         /* where each character of the unit begins, in bytes */
    size_t cap_symbols;
    struct nmt_buffer spelt;
    bool bare; /* the line is known to be valid UTF-8, and its words are not asked for */
    double dropout;
    struct nmt_random random;
    struct nmt_segmented out;
    size_t cap_ids, cap_words;
};

int nmt_segmenter_new(struct nmt_segmenter **out, const struct nmt_vocab *v, struct nmt_err *err)
{
    struct nmt_segmenter *s = calloc(1, sizeof *s);
    if (!s)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    s->v = v;
    nmt_normaliser_init(&s->normaliser, &v->spec);
    int rc = v->spec.type == NMT_VOCAB_BPE ? nmt_vocab_merges(v, &s->merges, err) : 0;
    if (rc < 0) {
        nmt_segmenter_free(s);
        return rc;
    }
    *out = s;
    return 0;
}

void nmt_segmenter_free(struct nmt_segmenter *s)
{
    if (!s)
        return;
    nmt_normaliser_release(&s->normaliser);
    nmt_word_cache_release(&s->cache);
    nmt_joiner_release(&s->joiner);
    nmt_buffer_release(&s->spelt);
    free(s->symbols);
    free(s->from);
    free(s->starts);
    free(s->out.ids);
    free(s->out.word);
    free(s->out.words);
    free(s);
}

void nmt_segmenter_dropout(struct nmt_segmenter *s, double p, uint64_t seed, uint64_t line)
{
    s->dropout = s->merges ? p : 0;
    s->random = (struct nmt_random){ seed, line, 0 };
}

static int grow_out(struct nmt_segmented *out, size_t *cap, struct nmt_err *err)
{
    size_t more = *cap * 2 + 64;
    nmt_id *ids = realloc(out->ids, more * sizeof *ids);
    if (ids)
        out->ids = ids;
    uint32_t *word = ids ? realloc(out->word, more * sizeof *word) : NULL;
    if (!word)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    out->word = word;
    *cap = more;
    return 0;
}

static int put(struct nmt_segmenter *s, nmt_id id, uint32_t word, struct nmt_err *err)
{
    if (s->out.n == s->cap_ids)
        NMT_TRY(grow_out(&s->out, &s->cap_ids, err));
    s->out.ids[s->out.n] = id;
    s->out.word[s->out.n++] = word;
    return 0;
}

static int emit(struct nmt_segmenter *s, nmt_id id, uint32_t word, struct nmt_err *err)
{
    bool spaces = s->v->pieces.items[id].value == NMT_PIECE_SPACES;
    return put(s, id, spaces ? NMT_NO_WORD : word, err);
}

/* Something the vocabulary does not have: its bytes, or one <unk> for a run of them. */
static int emit_unknown(struct nmt_segmenter *s, const char *text, size_t len, bool run,
                        uint32_t word, struct nmt_err *err)
{
    if (!s->v->spec.byte_fallback)
        return run ? 0 : emit(s, NMT_ID_UNK, word, err);
    for (size_t i = 0; i < len; i++)
        NMT_TRY(emit(s, s->v->bytes[(unsigned char)text[i]], word, err));
    return 0;
}

static int emit_space(struct nmt_segmenter *s, struct nmt_err *err)
{
    if (s->v->space != NMT_ID_UNK)
        return emit(s, s->v->space, NMT_NO_WORD, err);
    return emit_unknown(s, " ", 1, false, NMT_NO_WORD, err);
}

static int grow_symbols(struct nmt_segmenter *s, size_t n, struct nmt_err *err)
{
    if (n <= s->cap_symbols)
        return 0;
    uint32_t **arrays[] = { &s->symbols, &s->from, &s->starts };
    size_t cap = n + n / 2 + 64;
    for (size_t i = 0; i < 3; i++) {
        uint32_t *bigger = realloc(*arrays[i], cap * sizeof *bigger);
        if (!bigger)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        *arrays[i] = bigger;
    }
    s->cap_symbols = cap;
    return 0;
}

/* The symbols of a unit: U+2581 and the characters of text. Returns their number. */
static size_t to_symbols(struct nmt_segmenter *s, const char *text, size_t len)
{
    size_t n = 0;
    s->symbols[n] = s->merges->space;
    s->starts[n++] = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp = (unsigned char)text[i];
        char spelt[NMT_SYMBOL_BYTES];
        size_t step = cp < 0x80 ? 1 : nmt_utf8_decode(text + i, len - i, &cp);
        s->symbols[n] = cp < NMT_LOW ? s->merges->low[cp]
                                     : nmt_merges_symbol(s->merges, s->v, spelt,
                                                         nmt_spelling_of(text + i, step, spelt));
        s->starts[n++] = (uint32_t)i;
        i += step;
    }
    return n;
}

static int bpe_unit(struct nmt_segmenter *s, const char *text, size_t len, uint32_t word,
                    struct nmt_err *err)
{
    NMT_TRY(grow_symbols(s, len + 1, err));
    size_t n = to_symbols(s, text, len), all = n;
    NMT_TRY(nmt_bpe_join(&s->joiner, s->merges, NMT_JOIN_ONE, s->symbols, s->from, &n, s->dropout,
                         &s->random, err));
    bool run = false;
    for (size_t i = 0; i < n; i++) {
        size_t first = s->from[i], start = s->starts[first];
        bool known = s->symbols[i] < s->merges->n_pieces;
        if (known) /* a unit has one space */
            NMT_TRY(
                put(s, s->symbols[i], s->symbols[i] == s->merges->space ? NMT_NO_WORD : word, err));
        else if (first == 0)
            NMT_TRY(emit_unknown(s, " ", 1, run, word, err));
        else
            NMT_TRY(emit_unknown(s, text + start,
                                 (first + 1 < all ? s->starts[first + 1] : len) - start, run, word,
                                 err));
        run = !known;
    }
    return 0;
}

static int char_unit(struct nmt_segmenter *s, const char *text, size_t len, uint32_t word,
                     struct nmt_err *err)
{
    NMT_TRY(emit_space(s, err));
    bool run = false;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        char spelt[NMT_SYMBOL_BYTES];
        size_t step = nmt_utf8_decode(text + i, len - i, &cp);
        nmt_id id = nmt_vocab_find(s->v, spelt, nmt_spelling_of(text + i, step, spelt));
        if (id != NMT_ID_UNK)
            NMT_TRY(emit(s, id, word, err));
        else
            NMT_TRY(emit_unknown(s, text + i, step, run, word, err));
        run = id == NMT_ID_UNK;
        i += step;
    }
    return 0;
}

static int word_unit(struct nmt_segmenter *s, const char *text, size_t len, uint32_t word,
                     struct nmt_err *err)
{
    s->spelt.len = 0;
    NMT_TRY(nmt_buffer_add(&s->spelt, NMT_SPACE, NMT_SPACE_LEN, err));
    NMT_TRY(nmt_spell(&s->spelt, text, len, err));
    nmt_id id = nmt_vocab_find(s->v, s->spelt.data, s->spelt.len);
    if (id != NMT_ID_UNK)
        return emit(s, id, word, err);
    if (s->v->spec.byte_fallback)
        NMT_TRY(emit_space(s, err));
    return emit_unknown(s, text, len, false, word, err);
}

/* One unit: a normalised run of characters other than space, with its space in front. */
static int cut_unit(struct nmt_segmenter *s, const char *text, size_t len, uint32_t word,
                    struct nmt_err *err)
{
    if (len == 0)
        return emit_space(s, err);
    if (s->v->spec.type == NMT_VOCAB_BPE)
        return bpe_unit(s, text, len, word, err);
    if (s->v->spec.type == NMT_VOCAB_CHAR)
        return char_unit(s, text, len, word, err);
    return word_unit(s, text, len, word, err);
}

/* A raw word that the cache does not know. Normalising may put spaces into it (NBSP). */
static int cut_word(struct nmt_segmenter *s, const char *raw, size_t len, uint32_t word,
                    struct nmt_err *err)
{
    const char *text;
    size_t n;
    NMT_TRY(nmt_normalise_word(&s->normaliser, raw, len, &text, &n, err));
    for (;;) {
        const char *space = memchr(text, ' ', n);
        size_t unit = space ? (size_t)(space - text) : n;
        NMT_TRY(cut_unit(s, text, unit, word, err));
        if (!space)
            return 0;
        text += unit + 1;
        n -= unit + 1;
    }
}

/* Remembers that a word became what stands in the output from `first` on. */
static int remember(struct nmt_segmenter *s, const struct nmt_word *w, size_t first,
                    struct nmt_err *err)
{
    size_t n = s->out.n - first;
    uint32_t *ids;
    if (n > UINT16_MAX)
        return 0;
    NMT_TRY(nmt_word_cache_add(&s->cache, w, n, &ids, err));
    for (size_t i = 0; i < n; i++)
        ids[i] = s->out.ids[first + i] | (s->out.word[first + i] == NMT_NO_WORD ? LONE_SPACE : 0);
    return 0;
}

/* The n ids that a word became before. */
static int emit_known(struct nmt_segmenter *s, const uint32_t *known, size_t n, uint32_t word,
                      struct nmt_err *err)
{
    while (s->cap_ids - s->out.n < n)
        NMT_TRY(grow_out(&s->out, &s->cap_ids, err));
    nmt_id *ids = s->out.ids + s->out.n;
    uint32_t *words = s->out.word + s->out.n;
    for (size_t i = 0; i < n; i++)
        ids[i] = known[i] & ~LONE_SPACE;
    for (size_t i = 0; i < n && !s->bare; i++)
        words[i] = known[i] & LONE_SPACE ? NMT_NO_WORD : word;
    s->out.n += n;
    return 0;
}

static int encode_word(struct nmt_segmenter *s, const char *line, const struct nmt_word *w,
                       uint32_t word, struct nmt_err *err)
{
    bool cached = w->len <= NMT_CACHED_WORD && s->dropout == 0;
    size_t n = 0, first = s->out.n;
    const uint32_t *known = cached ? nmt_word_cache_find(&s->cache, w, &n) : NULL;
    if (known)
        return emit_known(s, known, n, word, err);
    size_t bad = s->bare ? w->len : nmt_utf8_valid(w->text, w->len);
    if (bad < w->len)
        return nmt_fail(err, NMT_ETEXT, 0, "invalid UTF-8 at byte %zu",
                        (size_t)(w->text - line) + bad + 1);
    NMT_TRY(cut_word(s, w->text, w->len, word, err));
    return cached ? remember(s, w, first, err) : 0;
}

static int add_word(struct nmt_segmenter *s, struct nmt_span span, struct nmt_err *err)
{
    if (s->out.n_words == s->cap_words) {
        size_t cap = s->cap_words * 2 + 64;
        struct nmt_span *words = realloc(s->out.words, cap * sizeof *words);
        if (!words)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        s->out.words = words;
        s->cap_words = cap;
    }
    s->out.words[s->out.n_words++] = span;
    return 0;
}

/* Words that are looked up together, so that what is known of them comes from memory at the same
 * time: waiting for one after the other would take longer than all else. */
#define TOGETHER 32

/* The next words from *at on, which is moved behind the space after them; their number. */
static size_t come(struct nmt_segmenter *s, const char *line, size_t len, size_t *at,
                   struct nmt_word words[TOGETHER])
{
    size_t n = 0;
    for (; n < TOGETHER && *at <= len; n++) {
        nmt_word_at(&words[n], line + *at, line + len);
        nmt_word_cache_fetch(&s->cache, words[n].hash);
        *at += words[n].len + 1u;
    }
    for (size_t i = 0; i < n; i++)
        nmt_word_cache_fetch_word(&s->cache, &words[i]);
    return n;
}

static int encode_line(struct nmt_segmenter *s, const char *line, size_t len,
                       const struct nmt_segmented **out, struct nmt_err *err)
{
    struct nmt_word words[TOGETHER];
    if (len > LONGEST_LINE)
        return nmt_fail(err, NMT_ELIMIT, 0, "line is longer than 2^31 bytes");
    s->out.n = s->out.n_words = 0;
    *out = &s->out;
    for (size_t at = 0;
         len > 0 && at <= len;) { /* a space at the end has an empty word behind it */
        size_t n = come(s, line, len, &at, words);
        for (size_t i = 0; i < n; i++) {
            const struct nmt_word *w = &words[i];
            if (w->len == 0) {
                NMT_TRY(emit_space(s, err));
                continue;
            }
            const struct nmt_span span = { (uint32_t)(w->text - line), w->len };
            const uint32_t word = (uint32_t)s->out.n_words;
            if (!s->bare)
                NMT_TRY(add_word(s, span, err));
            NMT_TRY(encode_word(s, line, w, word, err));
        }
    }
    return 0;
}

int nmt_segmenter_encode(struct nmt_segmenter *s, const char *line, size_t len,
                         const struct nmt_segmented **out, struct nmt_err *err)
{
    s->bare = false;
    return encode_line(s, line, len, out, err);
}

int nmt_segmenter_ids(struct nmt_segmenter *s, const char *line, size_t len,
                      const struct nmt_segmented **out, struct nmt_err *err)
{
    s->bare = true;
    return encode_line(s, line, len, out, err);
}
