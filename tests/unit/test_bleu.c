/* BLEU through the library, as the trainer's validation uses it. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/bleu.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct nmt_bleu *b, const char *hyp, const char *ref0, const char *ref1)
{
    const char *refs[] = { ref0, ref1 };
    size_t lens[] = { strlen(ref0), ref1 ? strlen(ref1) : 0 };
    cr_assert(eq(int, nmt_bleu_add(b, hyp, strlen(hyp), refs, lens, ref1 ? 2 : 1, NULL), 0));
}

static struct nmt_bleu *make(struct nmt_bleu_options opt)
{
    struct nmt_bleu *b = NULL;
    cr_assert(eq(int, nmt_bleu_new(&b, &opt, NULL), 0));
    return b;
}

Test(bleu, counts_are_clipped_by_the_reference_that_has_most)
{
    struct nmt_bleu *b = make(nmt_bleu_defaults());
    add(b, "the the the the the the the", "the cat is on the mat", "there is the cat");
    struct nmt_bleu_score s = nmt_bleu_score(b);
    cr_assert(eq(dbl, s.match[0], 2));
    cr_assert(eq(dbl, s.total[0], 7));
    cr_assert(eq(dbl, s.match[1], 0));
    cr_assert(eq(dbl, s.total[3], 4));
    cr_assert(eq(dbl, s.ref_len, 6));
    cr_assert(eq(dbl, s.brevity_penalty, 1));
    nmt_bleu_free(b);
}

Test(bleu, a_corpus_is_the_sum_of_its_lines_and_can_be_cleared)
{
    struct nmt_bleu *b = make(nmt_bleu_defaults());
    add(b, "a b c d e", "a b c d f", NULL);
    add(b, "a b", "a b c", NULL);
    struct nmt_bleu_score s = nmt_bleu_score(b);
    double p[] = { 6.0 / 7, 4.0 / 5, 2.0 / 3, 1.0 / 2 }, logs = 0;
    for (size_t k = 0; k < 4; k++)
        logs += log(100 * p[k]) / 4;
    cr_assert(epsilon_eq(dbl, s.score, exp(1 - 8.0 / 7) * exp(logs), 1e-12));
    nmt_bleu_clear(b);
    cr_assert(eq(dbl, nmt_bleu_score(b).score, 0));
    add(b, "a b c d", "a b c d", NULL);
    cr_assert(epsilon_eq(dbl, nmt_bleu_score(b).score, 100, 1e-12));
    nmt_bleu_free(b);
}

/* The tables of words and n-grams are not cleared between lines, and serve short ones in part. */
Test(bleu, words_of_one_line_are_not_known_to_the_next)
{
    struct nmt_bleu_options opt = nmt_bleu_defaults();
    struct nmt_bleu *b = make(opt);
    char many[20000] = "", word[16];
    size_t at = 0;
    for (int i = 0; i < 2000; i++)
        at += (size_t)snprintf(many + at, sizeof many - at, "w%d ", i);
    for (int n = 1; n < 400; n++) {
        nmt_bleu_clear(b);
        snprintf(word, sizeof word, "w%d", n);
        add(b, word, n % 50 ? "something else entirely" : many, NULL);
        cr_assert(eq(dbl, nmt_bleu_score(b).match[0], n % 50 == 0), "%s", word);
        nmt_bleu_clear(b);
        add(b, "w1 w2 w3 unheard", word, NULL);
        cr_assert(eq(dbl, nmt_bleu_score(b).match[0], n <= 3), "%s", word);
    }
    nmt_bleu_free(b);
}

Test(bleu, smoothing_gives_the_published_values_to_orders_without_a_match)
{
    struct nmt_bleu_options opt = nmt_bleu_defaults();
    const double row[] = { 8, 8, 4, 1, 0, 0, 8, 7, 6, 5 };
    struct nmt_bleu_score s = nmt_bleu_score_row(&opt, row, false);
    cr_assert(epsilon_eq(dbl, s.precision[2], 100.0 / (2 * 6), 1e-12));
    cr_assert(epsilon_eq(dbl, s.precision[3], 100.0 / (4 * 5), 1e-12));
    opt.smoothing = NMT_SMOOTH_FLOOR;
    cr_assert(
        epsilon_eq(dbl, nmt_bleu_score_row(&opt, row, false).precision[3], 100 * 0.1 / 5, 1e-12));
    opt.smoothing = NMT_SMOOTH_ADD_K;
    s = nmt_bleu_score_row(&opt, row, false);
    cr_assert(epsilon_eq(dbl, s.precision[0], 50, 1e-12));
    cr_assert(epsilon_eq(dbl, s.precision[3], 100 * 1.0 / 6, 1e-12));
    cr_assert(eq(dbl, s.total[1], 8));
    opt.smoothing = NMT_SMOOTH_NONE;
    cr_assert(eq(dbl, nmt_bleu_score_row(&opt, row, false).score, 0));
}

Test(bleu, an_order_out_of_range_is_refused)
{
    struct nmt_err err = NMT_ERR_INIT;
    struct nmt_bleu_options opt = nmt_bleu_defaults();
    struct nmt_bleu *b = NULL;
    opt.max_order = NMT_BLEU_MAX_ORDER + 1;
    cr_assert(eq(int, nmt_bleu_new(&b, &opt, &err), NMT_ELIMIT));
    cr_assert(eq(int, err.code, NMT_ELIMIT));
    opt.max_order = 0;
    cr_assert(eq(int, nmt_bleu_new(&b, &opt, NULL), NMT_ELIMIT));
}

Test(bleu, a_line_without_a_reference_is_refused)
{
    struct nmt_bleu *b = make(nmt_bleu_defaults());
    cr_assert(eq(int, nmt_bleu_add(b, "a", 1, NULL, NULL, 0, NULL), NMT_EUSAGE));
    nmt_bleu_free(b);
}

/* Counting with hash tables against counting by comparison, on words from a small alphabet. */
static unsigned plain_matches(const char *h, size_t n, const char *r, size_t m, size_t k)
{
    unsigned matches = 0;
    for (size_t i = 0; i + k <= n; i++) {
        unsigned before = 0, in_ref = 0;
        for (size_t j = 0; j < i; j++)
            before += memcmp(h + j, h + i, k) == 0;
        for (size_t j = 0; j + k <= m; j++)
            in_ref += memcmp(r + j, h + i, k) == 0;
        matches += before < in_ref;
    }
    return matches;
}

Test(bleu, counting_agrees_with_plain_comparison)
{
    struct nmt_bleu_options opt = nmt_bleu_defaults();
    opt.tokenization = NMT_TOK_CHAR;
    opt.max_order = 6;
    struct nmt_bleu *b = make(opt);
    char hyp[1200], ref[1200];
    double row[14];
    uint32_t state = 1;
    for (size_t trial = 0; trial < 200; trial++) {
        size_t n = trial < 190 ? trial % 40 : 1200, m = trial < 190 ? trial % 37 : 1100;
        for (size_t i = 0; i < n + m; i++) {
            state = state * 1664525u + 1013904223u;
            char c = (char)('a' + (state >> 24) % (trial < 195 ? 3 : 26));
            *(i < n ? &hyp[i] : &ref[i - n]) = c;
        }
        const char *refs = ref;
        cr_assert(eq(int, nmt_bleu_line(b, hyp, n, &refs, &m, 1, row, NULL), 0));
        for (size_t k = 1; k <= 6; k++)
            cr_expect(eq(dbl, row[1 + k], plain_matches(hyp, n, ref, m, k)), "trial %zu, order %zu",
                      trial, k);
    }
    nmt_bleu_free(b);
}
