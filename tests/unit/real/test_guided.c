/* Gradients of guided alignment and of weighted sentences against central differences. */
#include "gradient_check.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

#ifdef NMT_DOUBLE

/* The second sentence has no links, the third two of unequal share on one word. */
Test(guided, of_guided_alignment)
{
    static const char *const names[] = { "additive", "dot", "general" };
    static const struct nmt_guide first[] = { { 0, 3, 1 }, { 1, 0, 0.5 }, { 1, 1, 0.5 } };
    static const struct nmt_guide third[] = { { 1, 7, 0.75 }, { 1, 2, 0.25 } };
    static const struct nmt_guide last[] = { { 7, 29, 1 }, { 0, 0, 1 } };
    for (int kind = NMT_ADDITIVE; kind <= NMT_GENERAL; kind++)
        for (int order = 0; order < 4; order++) {
            struct nmt_shape s = small_shape;
            struct problem p;
            s.attention = (enum nmt_attention_kind)kind;
            s.order = (enum nmt_order)order;
            s.A = kind == NMT_ADDITIVE ? small_shape.A : 0;
            s.H_dec = kind == NMT_DOT ? 2 * s.H_enc : small_shape.H_dec;
            make_problem(&p, &s, mixed_lengths, 5, true, 0.1);
            p.guide_weight = 3;
            p.pairs[0].guide = first, p.pairs[0].n_guide = 3;
            p.pairs[2].guide = third, p.pairs[2].n_guide = 2;
            p.pairs[4].guide = last, p.pairs[4].n_guide = 2;
            check_problem(&p, names[kind], 12);
        }
}

Test(guided, of_weighted_sentences)
{
    static const struct nmt_guide guide[] = { { 0, 3, 1 }, { 1, 0, 0.5 }, { 1, 1, 0.5 } };
    struct problem p;
    make_problem(&p, &small_shape, mixed_lengths, 5, true, 0.1);
    p.guide_weight = 2;
    p.pairs[0].guide = guide, p.pairs[0].n_guide = 3;
    for (int i = 0; i < 5; i++)
        p.pairs[i].weight = 0.25 + i;
    check_problem(&p, "weighted", 12);
}

/* The random numbers of dropout would tell the two apart. */
Test(guided, a_sentence_of_weight_2_is_one_that_stands_there_twice)
{
    struct problem p, q;
    make_problem(&p, &small_shape, mixed_lengths, 5, false, 0.1);
    make_problem(&q, &small_shape, mixed_lengths, 5, false, 0.1);
    p.pairs[3].weight = 2;
    q.pairs[5] = q.pairs[3];
    q.B = 6;
    const double once = loss_of_problem(&p, true), twice = loss_of_problem(&q, true);
    cr_assert(fabs(once - twice) < 1e-9 * once, "%g %g", once, twice);
    for (size_t i = 0; i < p.layout.count; i++)
        cr_assert(fabs(p.gradients[i] - q.gradients[i]) < 1e-9, "%zu", i);
    free(p.weights);
    free(p.gradients);
    free(q.weights);
    free(q.gradients);
}

#endif
