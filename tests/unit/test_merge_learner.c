/* What merges are learnt must not depend on how often the text is surveyed, nor on how words are
 * kept. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "../../libnmt/text/merge_learner_internal.h"

#include <nmt/random.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MERGES 300

/* Characters of one to four bytes; the last takes no part in pieces. */
static const char *const letters[] = {
    "a", "b", "c", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "x"
};
static const uint32_t code_points[] = { 'a', 'b', 'c', 0xE4, 0x20AC, 0x1F600 };

static void add_words(struct nmt_word_counts *w, uint64_t seed, size_t n, size_t longest)
{
    struct nmt_random r = { seed, 0, 0 };
    char *word = malloc(longest * 4 + 1);
    for (size_t i = 0; i < n; i++) {
        size_t len = 1 + nmt_random_below(&r, longest), at = 0, kinds = 2 + seed % 6;
        for (size_t k = 0; k < len; k++) {
            const char *letter = letters[nmt_random_below(&r, kinds)];
            strcpy(word + at, letter);
            at += strlen(letter);
        }
        /* Counts of one, two and three digits to base 128. */
        uint64_t count = 1 + nmt_random_below(&r, i % 50 == 0 ? 100000 : i % 7 == 0 ? 1000 : 20);
        cr_assert(
            eq(int, nmt_word_counts_add(w, word, at, count, nmt_strings_hash(word, at), NULL), 0));
    }
    free(word);
}

/* Writes the merges as lines; returns their number. */
static size_t learn(enum nmt_merge_rule rule, uint64_t seed, size_t words, size_t longest,
                    size_t budget, struct nmt_threads *threads, char *out)
{
    struct nmt_word_counts w;
    struct nmt_merge_learner *m = malloc(sizeof *m);
    cr_assert(eq(int, nmt_word_counts_init(&w, 0, NULL), 0));
    cr_assert(eq(int, nmt_merge_learner_init(m, rule, NULL), 0));
    m->budget = budget;
    m->threads = threads;
    m->joiner.part_bytes = 4; /* so that lists of a small text are cut */
    add_words(&w, seed, words, longest);
    if (rule == NMT_MERGE_PIECES) {
        cr_assert(eq(int, nmt_merge_text_character(&m->text, ' ', "_", 1, NULL), 0));
        for (size_t i = 0; i < sizeof code_points / sizeof *code_points; i++)
            cr_assert(eq(int,
                         nmt_merge_text_character(&m->text, code_points[i], letters[i],
                                                  strlen(letters[i]), NULL),
                         0));
    }
    cr_assert(eq(int, nmt_merge_text_take(&m->text, &w, 1, NULL), 0));
    size_t n = 0;
    uint32_t left, right, joined;
    while (n < MERGES && nmt_merge_learner_step(m, 1, &left, &right, &joined, NULL) > 0) {
        out += sprintf(out, "%s %s\n", nmt_strings_get(&m->text.symbols, left),
                       nmt_strings_get(&m->text.symbols, right));
        n++;
    }
    nmt_merge_learner_release(m);
    free(m);
    return n;
}

static void same_for_every_budget(enum nmt_merge_rule rule, uint64_t seed, size_t words,
                                  size_t longest)
{
    static const size_t budgets[] = { 1, 50, 1000 };
    char *all = malloc((size_t)1 << 22), *few = malloc((size_t)1 << 22);
    size_t n = learn(rule, seed, words, longest, (size_t)1 << 30, NULL, all);
    cr_assert(gt(sz, n, 20));
    for (size_t i = 0; i < sizeof budgets / sizeof *budgets; i++) {
        cr_assert(eq(sz, learn(rule, seed, words, longest, budgets[i], NULL, few), n));
        cr_assert(eq(int, strcmp(all, few), 0), "budget %zu seed %llu", budgets[i],
                  (unsigned long long)seed);
    }
    free(all);
    free(few);
}

Test(merge_learner, merges_do_not_depend_on_the_budget_of_a_survey)
{
    for (uint64_t seed = 0; seed < 12; seed++) {
        same_for_every_budget(NMT_MERGE_PIECES, seed, 500, 12);
        same_for_every_budget(NMT_MERGE_CODES, seed, 500, 12);
    }
}

Test(merge_learner, merges_of_many_places_are_the_same_on_threads)
{
    char *one = malloc((size_t)1 << 22), *many = malloc((size_t)1 << 22);
    for (size_t n = 2; n <= 9; n += 7) {
        struct nmt_threads *threads = NULL;
        cr_assert(eq(int, nmt_threads_new(&threads, n, NULL), 0));
        for (uint64_t seed = 0; seed < 12; seed++)
            for (int rule = NMT_MERGE_PIECES; rule <= NMT_MERGE_CODES; rule++) {
                size_t longest = seed < 6 ? 12 : 60, budget = seed % 2 ? 3000 : (size_t)1 << 30;
                size_t merges = learn(rule, seed, 4000, longest, budget, NULL, one);
                cr_assert(eq(sz, learn(rule, seed, 4000, longest, budget, threads, many), merges));
                cr_assert(eq(int, strcmp(one, many), 0), "%zu threads seed %llu", n,
                          (unsigned long long)seed);
            }
        nmt_threads_free(threads);
    }
    free(one);
    free(many);
}

Test(merge_learner, words_of_thousands_of_characters_are_merged_in_the_same_way)
{
    same_for_every_budget(NMT_MERGE_PIECES, 2, 6, 3000);
    same_for_every_budget(NMT_MERGE_CODES, 3, 6, 3000);
}

Test(merge_learner, counts_and_words_of_every_length_come_back)
{
    static const size_t lengths[] = { 1, 2, 254, 255, 256, 70000 };
    static const uint64_t counts[] = { 1, 127, 128, 255, 256, UINT64_MAX / 4 };
    char *word = malloc(70000);
    struct nmt_word_counts w;
    memset(word, 'w', 70000);
    cr_assert(eq(int, nmt_word_counts_init(&w, 0, NULL), 0));
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < 6; i++)
            cr_assert(eq(int,
                         nmt_word_counts_add(&w, word, lengths[i], counts[i],
                                             nmt_strings_hash(word, lengths[i]), NULL),
                         0));
    size_t at = 0, n = 0;
    for (struct nmt_word got; nmt_word_counts_next(&w, &at, &got); n++)
        for (size_t i = 0; i < 6; i++)
            if (got.len == lengths[i])
                cr_assert(eq(u64, got.count, 2 * counts[i]));
    cr_assert(eq(sz, n, 6));
    nmt_word_counts_release(&w);
    free(word);
}
