/*
 * Gradients of the paper's model and its variants against central differences, where the golden
 * file has nothing to say: dropout with fixed masks, sentences of one token, very different lengths
 * in a batch, label smoothing, tied embeddings.
 */
#include "gradient_check.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef NMT_DOUBLE

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
        make_problem(&p, &shape, mixed_lengths, 5, true, 0.1);
        check_problem(&p, what, 12);
    }
}

Test(gradients, with_dropout_smoothing_and_mixed_lengths_gru)
{
    check_all_orders(small_shape, "gru");
}

Test(gradients, with_dropout_smoothing_and_mixed_lengths_lstm)
{
    struct nmt_shape s = small_shape;
    s.cell = NMT_LSTM;
    check_all_orders(s, "lstm");
}

Test(gradients, of_product_attentions_and_of_none)
{
    struct nmt_shape s = small_shape;
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
    struct nmt_shape s = small_shape;
    s.readout = NMT_TANH;
    s.L = s.E;
    s.tied = NMT_TIED_TARGET;
    check_all_orders(s, "tied target");
    s.V_source = s.V_target;
    s.tied = NMT_TIED_ALL;
    s.readout = NMT_MAXOUT;
    check_all_orders(s, "tied all");
}

Test(gradients, of_one_sentence_of_one_token)
{
    static const uint32_t one[][2] = { { 1, 1 } };
    struct problem p;
    make_problem(&p, &small_shape, one, 1, false, 0);
    check_problem(&p, "one token", 12);
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
    const struct nmt_dropout d = { .word = (real)0.1,
                                   .embedding = (real)0.3,
                                   .annotation = (real)0.3,
                                   .recurrent = (real)0.2,
                                   .readout = (real)0.3,
                                   .key = { 1, 1 } };
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
