/* Alignment error rate by hand-worked numbers and by what must hold for any alignment. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/align.h>
#include <nmt/random.h>

#include <math.h>
#include <string.h>

static struct nmt_aer judge(const char *gold, const char *links, enum nmt_possible policy)
{
    struct nmt_links g = NMT_LINKS_INIT, l = NMT_LINKS_INIT;
    struct nmt_aer c = { 0 };
    cr_assert(
        eq(int, nmt_links_parse(&g, gold, strlen(gold), NMT_LINKS_POSSIBLE, "gold", 1, NULL), 0));
    cr_assert(eq(int, nmt_links_parse(&l, links, strlen(links), 0, "links", 1, NULL), 0));
    nmt_aer_add(&c, &g, &l, policy);
    nmt_links_release(&g);
    nmt_links_release(&l);
    return c;
}

static void close_to(double got, double want)
{
    cr_assert(fabs(got - want) < 1e-12, "%.15f, expected %.15f", got, want);
}

Test(aer, has_the_values_of_its_definition)
{
    /* A = {00 11 22 30}, S = {00 33}, P = S and {11 12} */
    struct nmt_aer c = judge("0-0 1p1 1p2 3-3", "0-0 1-1 2-2 3-0", NMT_POSSIBLE_AS_IS);
    struct nmt_aer_scores s = nmt_aer_scores(&c);
    close_to(s.precision, 2.0 / 4);
    close_to(s.recall, 1.0 / 2);
    close_to(s.aer, 1 - 3.0 / 6);
    close_to(s.fmeasure, 0.5);
    c = judge("0-0 1p1 1p2 3-3", "0-0 1-1 2-2 3-0", NMT_POSSIBLE_AS_SURE);
    s = nmt_aer_scores(&c);
    close_to(s.precision, 2.0 / 4);
    close_to(s.recall, 2.0 / 4);
    close_to(s.aer, 1 - 4.0 / 8);
    c = judge("0-0 1p1 1p2 3-3", "0-0 1-1 2-2 3-0", NMT_POSSIBLE_IGNORE);
    s = nmt_aer_scores(&c);
    close_to(s.precision, 1.0 / 4);
    close_to(s.recall, 1.0 / 2);
    close_to(s.aer, 1 - 2.0 / 6);
}

Test(aer, of_gold_itself_is_zero_with_or_without_its_possible_links)
{
    struct nmt_aer c = judge("0-0 1p1 2-3", "0-0 2-3", NMT_POSSIBLE_AS_IS);
    close_to(nmt_aer_scores(&c).aer, 0);
    c = judge("0-0 1p1 2-3", "0-0 1-1 2-3", NMT_POSSIBLE_AS_IS);
    close_to(nmt_aer_scores(&c).aer, 0);
}

Test(aer, sums_over_lines_before_it_divides)
{
    struct nmt_aer a = judge("0-0", "0-0", NMT_POSSIBLE_AS_IS);
    struct nmt_aer b = judge("0-1 1-0 2-2", "0-0", NMT_POSSIBLE_AS_IS);
    a.links += b.links, a.sure += b.sure, a.possible += b.possible;
    a.in_sure += b.in_sure, a.in_possible += b.in_possible;
    close_to(nmt_aer_scores(&a).precision, 0.5);
    close_to(nmt_aer_scores(&a).recall, 0.25);
    close_to(nmt_aer_scores(&a).fmeasure, 1 / 3.0);
}

Test(aer, without_links_is_undefined_where_it_divides_by_zero)
{
    struct nmt_aer c = judge("0-0", "", NMT_POSSIBLE_AS_IS);
    struct nmt_aer_scores s = nmt_aer_scores(&c);
    cr_assert(isnan(s.precision));
    cr_assert(isnan(s.fmeasure));
    close_to(s.recall, 0);
    close_to(s.aer, 1);
    c = judge("0-0", "1-1", NMT_POSSIBLE_AS_IS);
    close_to(nmt_aer_scores(&c).fmeasure, 0);
    c = judge("", "", NMT_POSSIBLE_AS_IS);
    cr_assert(isnan(nmt_aer_scores(&c).aer));
    struct nmt_buffer b = NMT_BUFFER_INIT;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_aer_fmeasure(&c, &b, &err), NMT_EFORMAT));
    cr_assert(eq(sz, b.len, 0));
    nmt_buffer_release(&b);
}
