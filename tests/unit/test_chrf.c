/* chrF by hand. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/chrf.h>

#include <string.h>

static double chrf(struct nmt_chrf_options opt, const char *hyp, const char *ref0, const char *ref1)
{
    const char *refs[] = { ref0, ref1 };
    size_t lens[] = { strlen(ref0), ref1 ? strlen(ref1) : 0 };
    double row[3 * (NMT_CHRF_MAX_CHAR_ORDER + NMT_CHRF_MAX_WORD_ORDER)];
    struct nmt_chrf *c = NULL;
    cr_assert(eq(int, nmt_chrf_new(&c, &opt, NULL), 0));
    cr_assert(eq(int, nmt_chrf_line(c, hyp, strlen(hyp), refs, lens, ref1 ? 2 : 1, row, NULL), 0));
    nmt_chrf_free(c);
    return nmt_chrf_score_row(&opt, row, false);
}

Test(chrf, averages_precision_and_recall_over_the_orders_that_occur)
{
    struct nmt_chrf_options opt = nmt_chrf_defaults();
    double p = (2.0 / 3 + 1.0 / 2 + 0) / 3;
    cr_assert(epsilon_eq(dbl, chrf(opt, "a b c", "abd", NULL), 100 * p, 1e-12));
    cr_assert(epsilon_eq(dbl, chrf(opt, "\xC3\xA4", "\xC3\xA4", NULL), 100, 1e-12));
    cr_assert(eq(dbl, chrf(opt, "", "abc", NULL), 0));
    cr_assert(eq(dbl, chrf(opt, "abc", "", NULL), 0));
    opt.beta = 1;
    double recall = (2.0 / 4 + 1.0 / 3) / 2;
    cr_assert(
        epsilon_eq(dbl, chrf(opt, "ab", "abcd", NULL), 100 * 2 * recall / (1 + recall), 1e-12));
}

Test(chrf, words_give_up_punctuation_at_one_end)
{
    struct nmt_chrf_options opt = { .char_order = 1, .word_order = 1, .beta = 1 };
    /* All characters match; of the words "(one" and ")", and "(", "one" and ")", one does. */
    double p = (1 + 1.0 / 2) / 2, r = (1 + 1.0 / 3) / 2;
    cr_assert(epsilon_eq(dbl, chrf(opt, "(one)", "(one )", NULL), 200 * p * r / (p + r), 1e-12));
    cr_assert(epsilon_eq(dbl, chrf(opt, "one,", "one ,", NULL), 100, 1e-12));
    cr_assert(lt(dbl, chrf(opt, "(one)", "( one )", NULL), 100));
    cr_assert(epsilon_eq(dbl, chrf(opt, "'t", "' t", NULL), 100, 1e-12));
}

Test(chrf, takes_the_reference_that_scores_best_and_heeds_its_switches)
{
    struct nmt_chrf_options opt = nmt_chrf_defaults();
    cr_assert(epsilon_eq(dbl, chrf(opt, "a house", "a mouse", "a house"), 100, 1e-12));
    cr_assert(lt(dbl, chrf(opt, "A HOUSE", "a house", NULL), 1));
    opt.lowercase = true;
    cr_assert(epsilon_eq(dbl, chrf(opt, "A HOUSE", "a house", NULL), 100, 1e-12));
    cr_assert(epsilon_eq(dbl, chrf(opt, "ahouse", "a house", NULL), 100, 1e-12));
    opt.whitespace = true;
    cr_assert(lt(dbl, chrf(opt, "ahouse", "a house", NULL), 100));
    opt.eps_smoothing = true;
    cr_assert(lt(dbl, chrf(opt, "ab", "ab", NULL), 34));
}

Test(chrf, an_order_out_of_range_is_refused)
{
    struct nmt_chrf_options opt = nmt_chrf_defaults();
    struct nmt_chrf *c = NULL;
    opt.char_order = 0;
    cr_assert(eq(int, nmt_chrf_new(&c, &opt, NULL), NMT_ELIMIT));
    opt.char_order = 6;
    opt.word_order = NMT_CHRF_MAX_WORD_ORDER + 1;
    cr_assert(eq(int, nmt_chrf_new(&c, &opt, NULL), NMT_ELIMIT));
}
