/*
 * Every parameter's gradient against central differences, where the golden file has nothing to say:
 * dropout with fixed masks, sentences of one token, very different lengths in a batch, label
 * smoothing, tied embeddings. In double precision; the step 1e-5 leaves an error of about 1e-9 of
 * truncation and rounding. Maxout has kinks: a difference taken across one is wrong, and the few
 * parameters where one-sided differences disagree are passed over (and counted).
 */
#include "model/pass.h"

#include <nmt/random.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef NMT_DOUBLE

#define STEP 1e-5

struct problem {
    struct nmt_shape shape;
    struct nmt_layout layout;
    struct nmt_params params, grads;
    real *weights, *gradients;
    struct nmt_pair pairs[8];
    nmt_id ids[8][2][48];
    size_t B;
    struct nmt_dropout dropout;
    bool use_dropout;
    real smoothing, guide_weight;
};

static void make_problem(struct problem *p, const struct nmt_shape *shape,
                         const uint32_t (*lengths)[2], size_t B, bool dropout, real smoothing)
{
    struct nmt_random r = { 7, 7, 0 };
    memset(p, 0, sizeof *p);
    p->shape = *shape;
    cr_assert(nmt_shape_check(&p->shape, NULL) == 0);
    cr_assert(nmt_layout_init(&p->layout, &p->shape, NULL) == 0);
    p->weights = calloc(p->layout.count, sizeof(real));
    p->gradients = calloc(p->layout.count, sizeof(real));
    nmt_params_bind(&p->params, &p->shape, &p->layout, p->weights);
    nmt_params_bind(&p->grads, &p->shape, &p->layout, p->gradients);
    for (size_t i = 0; i < p->layout.count; i++)
        p->weights[i] = 0.5 * nmt_random_normal(&r);
    p->B = B;
    for (size_t i = 0; i < B; i++) {
        for (size_t side = 0; side < 2; side++) {
            size_t V = side ? shape->V_target : shape->V_source;
            for (uint32_t k = 0; k + 1 < lengths[i][side]; k++)
                p->ids[i][side][k] = (nmt_id)nmt_random_below(&r, V);
            p->ids[i][side][lengths[i][side] - 1] = NMT_ID_EOS;
        }
        p->pairs[i] = (struct nmt_pair){ .source = p->ids[i][0],
                                         .target = p->ids[i][1],
                                         .S = lengths[i][0],
                                         .T = lengths[i][1],
                                         .number = (uint32_t)i };
    }
    p->dropout = (struct nmt_dropout){ 0.2, 0.3, 0.3, 0.2, 0.3, { 42, 3 } };
    p->use_dropout = dropout;
    p->smoothing = smoothing;
}

static double loss_of(struct problem *p, bool with_gradient)
{
    struct nmt_pass pass;
    struct nmt_loss loss = { .loss = 0 };
    nmt_pass_init(&pass, &p->shape);
    pass.guide_weight = p->guide_weight;
    cr_assert(nmt_pass_run(&pass, &p->params, with_gradient ? &p->grads : NULL, p->pairs, p->B,
                           p->use_dropout ? &p->dropout : NULL, p->smoothing, &loss, NULL) == 0);
    nmt_pass_release(&pass);
    return loss.loss;
}

static void check_problem(struct problem *p, const char *name)
{
    struct nmt_random r = { 9, 9, 0 };
    size_t kinks = 0, checked = 0;
    const double here = loss_of(p, true);
    for (size_t i = 0; i < p->layout.n; i++) {
        const struct nmt_tensor *t = &p->layout.tensor[i];
        for (int probe = 0; probe < 12; probe++) {
            size_t at = t->offset + (size_t)nmt_random_below(&r, t->rows * t->cols);
            const double kept = p->weights[at];
            p->weights[at] = kept + STEP;
            const double above = loss_of(p, false);
            p->weights[at] = kept - STEP;
            const double below = loss_of(p, false);
            p->weights[at] = kept;
            const double right = (above - here) / STEP, left = (here - below) / STEP;
            const double central = (above - below) / (2 * STEP);
            const double scale = fabs(central) > 1 ? fabs(central) : 1;
            checked++;
            if (fabs(right - left) > 1e-2 * scale) {
                kinks++;
                continue;
            }
            cr_assert(fabs(p->gradients[at] - central) < 1e-6 * scale,
                      "%s: %s[%zu]: backward %.10g, difference %.10g", name, t->name,
                      at - t->offset, p->gradients[at], central);
        }
    }
    cr_assert(kinks * 20 < checked, "%s: %zu of %zu probes met a kink", name, kinks, checked);
    free(p->weights);
    free(p->gradients);
}

static const uint32_t mixed[][2] = { { 4, 3 }, { 1, 1 }, { 9, 2 }, { 2, 17 }, { 30, 8 } };

static const struct nmt_shape base = {
    .cell = NMT_GRU,
    .attention = NMT_ADDITIVE,
    .order = NMT_ORDER_CODE,
    .readout = NMT_MAXOUT,
    .V_source = 13,
    .V_target = 11,
    .E = 5,
    .H_enc = 6,
    .H_dec = 7,
    .A = 9,
    .L = 4,
};

static void check_all_orders(struct nmt_shape shape, const char *name)
{
    static const char *const orders[] = { "code", "text", "appendix", "cgru" };
    for (int order = 0; order < 4; order++) {
        shape.order = (enum nmt_order)order;
        if (order == NMT_ORDER_CGRU && (shape.cell != NMT_GRU || !shape.A))
            continue;
        char what[64];
        struct problem p;
        snprintf(what, sizeof what, "%s %s", name, orders[order]);
        make_problem(&p, &shape, mixed, 5, true, 0.1);
        check_problem(&p, what);
    }
}

Test(gradients, with_dropout_smoothing_and_mixed_lengths_gru)
{
    check_all_orders(base, "gru");
}

Test(gradients, with_dropout_smoothing_and_mixed_lengths_lstm)
{
    struct nmt_shape s = base;
    s.cell = NMT_LSTM;
    check_all_orders(s, "lstm");
}

Test(gradients, of_product_attentions_and_of_none)
{
    struct nmt_shape s = base;
    s.A = 0;
    s.attention = NMT_GENERAL;
    check_all_orders(s, "general");
    s.attention = NMT_NO_ATTENTION;
    check_all_orders(s, "none");
    s.attention = NMT_DOT;
    s.H_dec = 2 * s.H_enc;
    check_all_orders(s, "dot");
}

Test(gradients, of_tanh_readout_and_tied_embeddings)
{
    struct nmt_shape s = base;
    s.readout = NMT_TANH;
    s.L = s.E;
    s.tied = NMT_TIED_TARGET;
    check_all_orders(s, "tied target");
    s.V_source = s.V_target;
    s.tied = NMT_TIED_ALL;
    s.readout = NMT_MAXOUT;
    check_all_orders(s, "tied all");
}

/* The second sentence has no links, the third two of unequal share on one word. */
Test(gradients, of_guided_alignment)
{
    static const char *const names[] = { "additive", "dot", "general" };
    static const struct nmt_guide first[] = { { 0, 3, 1 }, { 1, 0, 0.5 }, { 1, 1, 0.5 } };
    static const struct nmt_guide third[] = { { 1, 7, 0.75 }, { 1, 2, 0.25 } };
    static const struct nmt_guide last[] = { { 7, 29, 1 }, { 0, 0, 1 } };
    for (int kind = NMT_ADDITIVE; kind <= NMT_GENERAL; kind++)
        for (int order = 0; order < 4; order++) {
            struct nmt_shape s = base;
            struct problem p;
            s.attention = (enum nmt_attention_kind)kind;
            s.order = (enum nmt_order)order;
            s.A = kind == NMT_ADDITIVE ? base.A : 0;
            s.H_dec = kind == NMT_DOT ? 2 * s.H_enc : base.H_dec;
            make_problem(&p, &s, mixed, 5, true, 0.1);
            p.guide_weight = 3;
            p.pairs[0].guide = first, p.pairs[0].n_guide = 3;
            p.pairs[2].guide = third, p.pairs[2].n_guide = 2;
            p.pairs[4].guide = last, p.pairs[4].n_guide = 2;
            check_problem(&p, names[kind]);
        }
}

Test(gradients, of_weighted_sentences)
{
    static const struct nmt_guide guide[] = { { 0, 3, 1 }, { 1, 0, 0.5 }, { 1, 1, 0.5 } };
    struct problem p;
    make_problem(&p, &base, mixed, 5, true, 0.1);
    p.guide_weight = 2;
    p.pairs[0].guide = guide, p.pairs[0].n_guide = 3;
    for (int i = 0; i < 5; i++)
        p.pairs[i].weight = 0.25 + i;
    check_problem(&p, "weighted");
}

/* The random numbers of dropout would tell the two apart. */
Test(gradients, a_sentence_of_weight_2_is_one_that_stands_there_twice)
{
    struct problem p, q;
    make_problem(&p, &base, mixed, 5, false, 0.1);
    make_problem(&q, &base, mixed, 5, false, 0.1);
    p.pairs[3].weight = 2;
    q.pairs[5] = q.pairs[3];
    q.B = 6;
    const double once = loss_of(&p, true), twice = loss_of(&q, true);
    cr_assert(fabs(once - twice) < 1e-9 * once, "%g %g", once, twice);
    for (size_t i = 0; i < p.layout.count; i++)
        cr_assert(fabs(p.gradients[i] - q.gradients[i]) < 1e-9, "%zu", i);
}

Test(gradients, of_one_sentence_of_one_token)
{
    static const uint32_t one[][2] = { { 1, 1 } };
    struct problem p;
    make_problem(&p, &base, one, 1, false, 0);
    check_problem(&p, "one token");
}

#endif

/* A sentence's loss and gradient do not depend on what stands beside it in the batch. */
Test(gradients, a_batch_is_the_sum_of_its_sentences)
{
    const struct nmt_shape s = {
        .E = 5, .H_enc = 6, .H_dec = 7, .A = 9, .L = 4, .V_source = 13, .V_target = 11
    };
    struct nmt_layout layout;
    struct nmt_params params, grads[2];
    cr_assert(nmt_layout_init(&layout, &s, NULL) == 0);
    real *w = calloc(layout.count, sizeof *w), *g[2];
    cr_assert(nmt_params_init(w, &layout, 0, 1, NULL) == 0);
    nmt_params_bind(&params, &s, &layout, w);
    for (int i = 0; i < 2; i++) {
        g[i] = calloc(layout.count, sizeof(real));
        nmt_params_bind(&grads[i], &s, &layout, g[i]);
    }
    const nmt_id long_one[] = { 3, 4, 5, 6, 7, 8, 9, 10, 3, 4, 5, 2 }, tiny[] = { 2 };
    const nmt_id some[] = { 9, 9, 2 };
    const struct nmt_pair pairs[] = {
        { .source = some, .target = tiny, .S = 3, .T = 1, .number = 0 },
        { .source = long_one, .target = some, .S = 12, .T = 3, .number = 1 },
        { .source = tiny, .target = long_one, .S = 1, .T = 12, .number = 2 },
    };
    struct nmt_pass pass;
    struct nmt_loss together = { .loss = 0 }, apart = { .loss = 0 };
    const struct nmt_dropout d = {
        (real)0.1, (real)0.3, (real)0.3, (real)0.2, (real)0.3, { 1, 1 }
    };
    nmt_pass_init(&pass, &s);
    cr_assert(nmt_pass_run(&pass, &params, &grads[0], pairs, 3, &d, 0, &together, NULL) == 0);
    for (int i = 0; i < 3; i++)
        cr_assert(nmt_pass_run(&pass, &params, &grads[1], pairs + i, 1, &d, 0, &apart, NULL) == 0);
    cr_assert(fabs(together.loss - apart.loss) < 1e-4);
    for (size_t i = 0; i < layout.count; i++)
        cr_assert(fabs((double)(g[0][i] - g[1][i])) < 1e-4, "%zu", i);
    nmt_pass_release(&pass);
    free(w);
    free(g[0]);
    free(g[1]);
}
