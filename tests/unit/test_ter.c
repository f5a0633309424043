/* TER by hand, and its edit distance by bits against one cell by cell. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "../../libnmt/score/edit_internal.h"

#include <nmt/ter.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double ter(struct nmt_ter_options opt, const char *hyp, const char *ref0, const char *ref1,
                  double *row)
{
    const char *refs[] = { ref0, ref1 };
    size_t lens[] = { strlen(ref0), ref1 ? strlen(ref1) : 0 };
    struct nmt_ter *t = NULL;
    cr_assert(eq(int, nmt_ter_new(&t, &opt, NULL), 0));
    cr_assert(eq(int, nmt_ter_line(t, hyp, strlen(hyp), refs, lens, ref1 ? 2 : 1, row, NULL), 0));
    nmt_ter_free(t);
    return nmt_ter_score_row(row, false);
}

Test(ter, a_phrase_that_moved_is_one_edit)
{
    double row[2];
    struct nmt_ter_options opt = { .normalized = false };
    cr_assert(epsilon_eq(dbl, ter(opt, "d e a b c", "a b c d e", NULL, row), 20, 1e-12));
    cr_assert(eq(dbl, row[0], 1));
    cr_assert(epsilon_eq(dbl, ter(opt, "A b x d", "a B c d", NULL, row), 25, 1e-12));
    cr_assert(epsilon_eq(dbl, ter(opt, "a b c d", "", NULL, row), 100, 1e-12));
    cr_assert(epsilon_eq(dbl, ter(opt, "", "a b c d", NULL, row), 100, 1e-12));
    cr_assert(epsilon_eq(dbl, ter(opt, "", "", NULL, row), 0, 1e-12));
}

Test(ter, of_several_references_the_fewest_edits_count_and_the_mean_length)
{
    double row[2];
    struct nmt_ter_options opt = { .case_sensitive = true };
    cr_assert(epsilon_eq(dbl, ter(opt, "a b c", "a b x", "A B C D", row), 100 / 3.5, 1e-12));
    cr_assert(eq(dbl, row[0], 1));
    cr_assert(eq(dbl, row[1], 3.5));
}

Test(ter, the_switches_do_what_they_say)
{
    double row[2];
    cr_assert(epsilon_eq(dbl,
                         ter((struct nmt_ter_options){ .normalized = true }, "it 's done .",
                             "It's done.", NULL, row),
                         0, 1e-12));
    cr_assert(epsilon_eq(
        dbl,
        ter((struct nmt_ter_options){ .no_punct = true }, "well done", "well, (done)!", NULL, row),
        0, 1e-12));
}

/* The rules of the band, cell by cell; ops has the operation of every cell. */
static uint32_t plain(const uint32_t *hyp, size_t n_hyp, const uint32_t *ref, size_t n_ref,
                      uint8_t *ops)
{
    const uint32_t far = 1u << 30;
    size_t width = n_ref + 1;
    uint32_t *d = malloc((n_hyp + 1) * width * sizeof *d);
    double ratio = n_hyp ? (double)n_ref / (double)n_hyp : 1;
    size_t reach = ratio / 2 > 25 ? (size_t)ceil(ratio / 2 + 25) : 25;
    for (size_t j = 0; j < width; j++)
        d[j] = (uint32_t)j;
    for (size_t i = 1; i <= n_hyp; i++) {
        size_t middle = (size_t)floor((double)i * ratio);
        for (size_t j = 0; j < width; j++) {
            uint32_t *cell = &d[i * width + j];
            *cell = far;
            if (j + reach < middle || (j >= middle + reach && i < n_hyp))
                continue;
            if (j > 0) {
                bool same = hyp[i - 1] == ref[j - 1];
                *cell = d[(i - 1) * width + j - 1] + !same;
                ops[i * width + j] = same ? NMT_EDIT_KEEP : NMT_EDIT_SUBSTITUTE;
            }
            if (d[(i - 1) * width + j] + 1 < *cell) {
                *cell = d[(i - 1) * width + j] + 1;
                ops[i * width + j] = NMT_EDIT_DELETE;
            }
            if (j > 0 && cell[-1] + 1 < *cell) {
                *cell = cell[-1] + 1;
                ops[i * width + j] = NMT_EDIT_INSERT;
            }
        }
    }
    uint32_t last = d[n_hyp * width + n_ref];
    free(d);
    return last;
}

/* Both walk the same path. */
static void same_path(const struct nmt_edit *e, const uint32_t *hyp, size_t n_hyp, size_t n_ref,
                      const uint8_t *ops)
{
    for (size_t i = n_hyp, j = n_ref; i > 0;) {
        enum nmt_edit_op op = nmt_edit_op_at(e, hyp, i, j);
        cr_assert(eq(int, (int)op, (int)ops[i * (n_ref + 1) + j]), "%zu x %zu", n_hyp, n_ref);
        i -= op != NMT_EDIT_INSERT;
        j -= op != NMT_EDIT_DELETE;
    }
}

Test(ter, the_distance_by_bits_is_the_one_cell_by_cell_within_the_band)
{
    struct nmt_edit e = { .ref = NULL };
    uint32_t hyp[160], ref[160], cost, state = 7;
    uint8_t *ops = malloc(161 * 161);
    for (size_t trial = 0; trial < 3000; trial++) {
        size_t n_hyp = trial % 7 * (trial % 23), n_ref = trial % 11 * (trial % 13) + trial % 5;
        uint32_t words = trial % 3 ? 4 : 40;
        for (size_t i = 0; i < 160; i++) {
            state = state * 1664525u + 1013904223u;
            ref[i] = (state >> 20) % words;
            hyp[i] = (state >> 8) % 3 ? ref[i] : (state >> 10) % words;
        }
        cr_assert(eq(int, nmt_edit_begin(&e, ref, n_ref, words, NULL), 0));
        cr_assert(eq(int, nmt_edit_align(&e, hyp, n_hyp, &cost, NULL), 0));
        cr_assert(eq(u32, cost, plain(hyp, n_hyp, ref, n_ref, ops)), "%zu x %zu", n_hyp, n_ref);
        same_path(&e, hyp, n_hyp, n_ref, ops);
        size_t same = n_hyp / 3, rest = n_hyp * 2 / 3;
        for (size_t i = same; i + 1 < rest; i += 2) {
            uint32_t word = hyp[i];
            hyp[i] = hyp[i + 1];
            hyp[i + 1] = word;
        }
        cr_assert(eq(int, nmt_edit_variant(&e, hyp, same, rest, &cost, NULL), 0));
        cr_assert(eq(u32, cost, plain(hyp, n_hyp, ref, n_ref, ops)), "%zu x %zu", n_hyp, n_ref);
    }
    nmt_edit_release(&e);
    free(ops);
}
