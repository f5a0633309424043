/* Learning codes, and counting words as get_vocab does. */
#include "codes_internal.h"
#include "merge_learner_internal.h"
#include "word_census_internal.h"

#include <nmt/number.h>
#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>

#define NO_BOUND    (SIZE_MAX / 2)
#define MOST_WEIGHT ((uint64_t)1 << 62)

struct nmt_codes_learner {
    struct nmt_codes_options opt;
    struct nmt_census words;
    uint64_t weight; /* bytes of running words in a dictionary: no pair is seen more often */
    size_t merges, wanted;
};

int nmt_codes_learner_new(struct nmt_codes_learner **out, const struct nmt_codes_options *opt,
                          struct nmt_err *err)
{
    struct nmt_codes_learner *l = calloc(1, sizeof *l);
    if (!l)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    l->opt = *opt;
    int rc = nmt_census_init(&l->words, NO_BOUND, NULL, opt->threads, err);
    if (rc < 0) {
        nmt_codes_learner_free(l);
        return rc;
    }
    *out = l;
    return 0;
}

void nmt_codes_learner_free(struct nmt_codes_learner *l)
{
    if (!l)
        return;
    nmt_census_release(&l->words);
    free(l);
}

/* "word count". A word never holds what ends one in text. */
static int add_entry(struct nmt_codes_learner *l, size_t worker, const char *line, size_t len,
                     struct nmt_err *err)
{
    size_t lead = nmt_codes_space(line, len);
    line += lead;
    len -= lead;
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\r'))
        len--;
    const char *space = memchr(line, ' ', len);
    char digits[24] = "";
    size_t n = space ? len - (size_t)(space + 1 - line) : sizeof digits;
    int64_t count;
    if (n < sizeof digits)
        memcpy(digits, space + 1, n);
    if (nmt_number_int(&count, digits, 0, INT64_MAX, "count", NULL) < 0)
        return nmt_fail(err, NMT_EFORMAT, 0, "not a word and a count");
    size_t word = (size_t)(space - line);
    if (nmt_codes_word(line, word) < word || nmt_codes_ends_line(line, word))
        return nmt_fail(err, NMT_EFORMAT, 0, "the word holds an end of a line");
    if ((uint64_t)count > (MOST_WEIGHT - l->weight) / word)
        return nmt_fail(err, NMT_EFORMAT, 0, "the counts are too large together");
    l->weight += (uint64_t)count * word;
    return nmt_census_add(&l->words, worker, line, word, (uint64_t)count, err);
}

int nmt_codes_learner_add(struct nmt_codes_learner *l, const char *line, size_t len,
                          struct nmt_err *err)
{
    size_t bad = nmt_utf8_valid(line, len);
    if (bad < len)
        return nmt_fail(err, NMT_ETEXT, 0, "invalid UTF-8 at byte %zu", bad + 1);
    return nmt_codes_learner_add_text(l, 0, line, len, err);
}

int nmt_codes_learner_add_text(struct nmt_codes_learner *l, size_t worker, const char *line,
                               size_t len, struct nmt_err *err)
{
    if (l->opt.dict_input)
        return add_entry(l, worker, line, len, err);
    for (size_t i = 0; i < len;) {
        i += nmt_codes_space(line + i, len - i);
        size_t word = nmt_codes_word(line + i, len - i);
        if (word > 0)
            NMT_TRY(nmt_census_add(&l->words, worker, line + i, word, 1, err));
        i += word;
    }
    return 0;
}

static int write_symbol(const struct nmt_merge_text *t, uint32_t symbol, char end,
                        struct nmt_output *out, struct nmt_err *err)
{
    const char *text = nmt_strings_get(&t->symbols, symbol);
    size_t len = t->symbols.items[symbol].len;
    bool last = text[len - 1] == NMT_CODES_END;
    NMT_TRY(nmt_output_write(out, text, len - last, err));
    if (last)
        NMT_TRY(nmt_output_puts(out, NMT_WORD_END, err));
    return nmt_output_write(out, &end, 1, err);
}

static int write_codes(struct nmt_codes_learner *l, struct nmt_merge_learner *m,
                       struct nmt_output *out, struct nmt_err *err)
{
    const struct nmt_merge_text *t = &m->text;
    size_t merges = l->opt.merges, characters = t->symbols.n - 1;
    if (l->opt.total_symbols)
        merges = merges > characters ? merges - characters : 0;
    l->wanted = merges;
    NMT_TRY(nmt_output_puts(out, "#version: 0.2\n", err));
    for (; l->merges < merges; l->merges++) {
        uint32_t left, right, joined;
        int rc = nmt_merge_learner_step(m, l->opt.min_frequency, &left, &right, &joined, err);
        if (rc <= 0)
            return rc;
        NMT_TRY(write_symbol(t, left, ' ', out, err));
        NMT_TRY(write_symbol(t, right, '\n', out, err));
    }
    return 0;
}

int nmt_codes_learner_finish(struct nmt_codes_learner *l, struct nmt_output *out,
                             struct nmt_err *err)
{
    size_t shard = 0, at = 0;
    struct nmt_word first;
    NMT_TRY(nmt_census_settle(&l->words, err));
    if (!nmt_census_next(&l->words, &shard, &at, &first))
        return nmt_fail(err, NMT_ETEXT, 0, "there are no words to learn from");
    struct nmt_merge_learner *m = malloc(sizeof *m);
    if (!m)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    int rc = nmt_merge_learner_init(m, NMT_MERGE_CODES, err);
    m->threads = l->opt.threads;
    if (rc == 0)
        rc = nmt_merge_text_take(&m->text, l->words.shards, NMT_CENSUS_SHARDS, err);
    if (rc == 0)
        rc = write_codes(l, m, out, err);
    nmt_merge_learner_release(m);
    free(m);
    return rc;
}

size_t nmt_codes_learner_merges(const struct nmt_codes_learner *l, size_t *wanted)
{
    *wanted = l->wanted;
    return l->merges;
}

/* --- counting --------------------------------------------------------------------------- */

struct nmt_tally {
    struct nmt_strings words; /* in the order of their first appearance */
    uint64_t *counts;
    size_t cap;
};

int nmt_tally_new(struct nmt_tally **out, struct nmt_err *err)
{
    struct nmt_tally *t = calloc(1, sizeof *t);
    if (!t)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    *out = t;
    return 0;
}

void nmt_tally_free(struct nmt_tally *t)
{
    if (!t)
        return;
    nmt_strings_release(&t->words);
    free(t->counts);
    free(t);
}

static int count_word(struct nmt_tally *t, const char *word, size_t len, struct nmt_err *err)
{
    uint32_t number;
    if (t->words.n == t->cap) {
        size_t cap = t->cap * 2 + 64;
        uint64_t *counts = realloc(t->counts, cap * sizeof *counts);
        if (!counts)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        memset(counts + t->cap, 0, (cap - t->cap) * sizeof *counts);
        t->counts = counts;
        t->cap = cap;
    }
    NMT_TRY(nmt_strings_add(&t->words, word, len, &number, err));
    t->counts[number]++;
    return 0;
}

int nmt_tally_add(struct nmt_tally *t, const char *line, size_t len, struct nmt_err *err)
{
    for (size_t i = 0; i < len;) {
        i += nmt_codes_space(line + i, len - i);
        size_t word = 0;
        while (i + word < len && line[i + word] != ' ' && line[i + word] != '\r')
            word++;
        if (word > 0)
            NMT_TRY(count_word(t, line + i, word, err));
        i += word;
    }
    return 0;
}

struct counted {
    uint64_t count;
    uint32_t number;
};

static int by_count(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

int nmt_tally_write(const struct nmt_tally *t, struct nmt_output *out, struct nmt_err *err)
{
    const struct nmt_strings *words = &t->words;
    struct counted *order = malloc((words->n + 1) * sizeof *order);
    if (!order)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (uint32_t i = 0; i < words->n; i++)
        order[i] = (struct counted){ t->counts[i], i };
    qsort(order, words->n, sizeof *order, by_count);
    int rc = 0;
    for (size_t i = 0; i < words->n && rc == 0; i++) {
        uint32_t word = order[i].number;
        rc = nmt_output_write(out, nmt_strings_get(words, word), words->items[word].len, err);
        if (rc == 0)
            rc = nmt_output_printf(out, err, " %llu\n", (unsigned long long)order[i].count);
    }
    free(order);
    return rc;
}
