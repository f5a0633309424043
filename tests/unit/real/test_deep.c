/*
 * What came after the paper's model (layer normalisation, layers, deep transitions, input feeding):
 * every parameter's gradient against central differences, each alone and in combination with all
 * the rest; and the decoder step by step against the pass that trains it.
 */
#include "gradient_check.h"

#include "math/blas.h"
#include "math/kernels.h"
#include "model/step.h"

#include <nmt/random.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is drawn: any shape that nmt_shape_check lets through. */
static struct nmt_shape random_shape(struct nmt_random *r)
{
    struct nmt_shape s = small_shape;
    do {
        s.cell = (enum nmt_cell)nmt_random_below(r, 2);
        s.attention = (enum nmt_attention_kind)nmt_random_below(r, 4);
        s.order = (enum nmt_order)nmt_random_below(r, 4);
        s.readout = (enum nmt_readout_kind)nmt_random_below(r, 2);
        s.tied = (enum nmt_tied)nmt_random_below(r, 3);
        s.encoder_above = (size_t)nmt_random_below(r, 3);
        s.decoder_above = (size_t)nmt_random_below(r, 3);
        s.encoder_more = (size_t)nmt_random_below(r, 3);
        s.decoder_more = (size_t)nmt_random_below(r, 3);
        s.stack = (enum nmt_stack_kind)nmt_random_below(r, 2);
        s.start = (enum nmt_start_kind)nmt_random_below(r, 2);
        s.residual = nmt_random_below(r, 2);
        s.layer_norm = nmt_random_below(r, 2);
        s.feed = nmt_random_below(r, 2);
        s.A = s.attention == NMT_ADDITIVE ? 9 : 0;
        s.H_dec = s.attention == NMT_DOT ? 2 * s.H_enc : 7;
        s.L = s.tied ? s.E : 4;
        s.V_source = s.tied == NMT_TIED_ALL ? s.V_target : 13;
    } while (nmt_shape_check(&s, NULL) < 0);
    return s;
}

static const char *describe(const struct nmt_shape *s, char *out, size_t size)
{
    snprintf(out, size,
             "cell %d attention %d order %d readout %d tied %d layers %zu %zu more %zu %zu "
             "stack %d start %d residual %d norm %d feed %d",
             s->cell, s->attention, s->order, s->readout, s->tied, s->encoder_above,
             s->decoder_above, s->encoder_more, s->decoder_more, s->stack, s->start, s->residual,
             s->layer_norm, s->feed);
    return out;
}

#ifdef NMT_DOUBLE

static void check(struct nmt_shape s, int probes)
{
    static const struct nmt_guide links[] = { { 0, 2, 1 },
                                              { 1, 0, (real)0.5 },
                                              { 1, 1, (real)0.5 } };
    static const uint32_t lengths[][2] = { { 3, 2 }, { 1, 1 }, { 2, 4 } };
    char name[256];
    struct problem p;
    make_problem(&p, &s, lengths, 3, true, (real)0.1);
    p.pairs[2].weight = 2;
    if (s.attention != NMT_NO_ATTENTION) {
        p.guide_weight = 2;
        p.pairs[0].guide = links;
        p.pairs[0].n_guide = 3;
    }
    check_problem(&p, describe(&s, name, sizeof name), probes);
}

/* An addition in every order; in the two that differ most all parameters. */
static void check_orders(struct nmt_shape s)
{
    for (int order = 0; order < 4; order++) {
        s.order = (enum nmt_order)order;
        if (nmt_shape_check(&s, NULL) == 0)
            check(s, order == NMT_ORDER_CODE || order == NMT_ORDER_CGRU ? 0 : 6);
    }
}

static void check_cells(struct nmt_shape s)
{
    s.cell = NMT_GRU;
    check_orders(s);
    s.cell = NMT_LSTM;
    check_orders(s);
}

Test(deep, layer_normalisation_has_the_gradients_of_its_forward_pass)
{
    struct nmt_shape s = small_shape;
    s.layer_norm = true;
    check_cells(s);
    s.attention = NMT_GENERAL;
    s.A = 0;
    check_orders(s);
}

Test(deep, stacked_layers_have_the_gradients_of_their_forward_pass)
{
    struct nmt_shape s = small_shape;
    s.encoder_above = 2;
    s.decoder_above = 2;
    check_cells(s);
    s.residual = true;
    s.stack = NMT_STACK_ALTERNATING;
    check_cells(s);
    s.encoder_above = 1;
    check(s, 0);
    s.stack = NMT_STACK_BIDIRECTIONAL;
    s.attention = NMT_NO_ATTENTION;
    s.A = 0;
    check(s, 0);
}

Test(deep, transitions_have_the_gradients_of_their_forward_pass)
{
    struct nmt_shape s = small_shape;
    s.encoder_more = 2;
    s.decoder_more = 1;
    check_cells(s);
}

Test(deep, input_feeding_has_the_gradients_of_its_forward_pass)
{
    struct nmt_shape s = small_shape;
    s.feed = true;
    check_cells(s);
}

Test(deep, a_start_from_the_mean_has_the_gradients_of_its_forward_pass)
{
    struct nmt_shape s = small_shape;
    s.start = NMT_START_MEAN;
    check_cells(s);
}

Test(deep, random_combinations_have_the_gradients_of_their_forward_pass)
{
    struct nmt_random r = { 17, 4, 0 };
    for (int i = 0; i < 50; i++)
        check(random_shape(&r), 4);
}

#endif

/* The step-by-step decoder over the encoder's annotations, forced along the target. */
static void check_steps(const struct nmt_shape *s)
{
    static const uint32_t lengths[][2] = { { 4, 9 }, { 7, 5 }, { 1, 1 } };
    const double tolerance = sizeof(real) == 8 ? 1e-9 : 1e-3;
    char name[256];
    struct problem p;
    struct nmt_pass pass;
    struct nmt_loss loss = { .loss = 0 };
    make_problem(&p, s, lengths, 3, false, 0);
    nmt_pass_init(&pass, &p.shape);
    cr_assert(nmt_pass_run(&pass, &p.params, NULL, p.pairs, 3, NULL, 0, &loss, NULL) == 0);

    const struct nmt_batch *b = &pass.batch;
    struct nmt_arena arena = { NULL, 0, 0 };
    struct nmt_step step;
    nmt_step_plan(&step, &arena, s, &p.params, 3);
    cr_assert(nmt_arena_grow(&arena, arena.used, NULL) == 0);
    nmt_step_plan(&step, &arena, s, &p.params, 3);
    struct nmt_word_table words;
    cr_assert(nmt_step_word_table(&words, s, &p.params, NULL) == 0);
    step.words = &words;
    real *keys = calloc(b->row[3] * nmt_shape_key(s) + 1, sizeof *keys), alpha[3][16];
    real *logits = malloc(s->V_target * sizeof *logits);
    nmt_source_keys(keys, s, &p.params, pass.encoder.h, b->row[3], NMT_ALONE);
    real *values = malloc(b->row[3] * step.values.width * sizeof *values);
    nmt_values_forward(values, &step.values, s, &p.params, pass.encoder.h, b->row[3]);
    const struct nmt_source source = { s,
                                       3,
                                       b->row,
                                       pass.encoder.h,
                                       values,
                                       step.values.width,
                                       s->attention == NMT_DOT ? pass.encoder.h : keys,
                                       true };
    nmt_step_start(&step, &source, &p.params);
    for (size_t t = 0; t < b->target.T; t++) {
        const uint32_t of[3] = { 0, 1, 2 };
        real *at[3] = { alpha[0], alpha[1], alpha[2] };
        const size_t row = b->target.at[t], B = b->target.at[t + 1] - row;
        nmt_step_forward(&step, at, &source, &p.params, of, t ? b->previous + row : NULL, of, B);
        for (size_t i = 0; i < B; i++) {
            nmt_step_logits(&step, logits, &p.params, i, 1, 0, s->V_target);
            const double got = (double)(logits[b->gold[row + i]] -
                                        nmt_kernels()->log_sum_exp(logits, s->V_target));
            const double want = (double)pass.decoder.log_prob[row + i];
            cr_assert(fabs(got - want) < tolerance * (1 + fabs(want)), "%s: step %zu: %g, not %g",
                      describe(s, name, sizeof name), t, got, want);
        }
    }
    free(keys);
    free(values);
    free(logits);
    free(p.weights);
    free(p.gradients);
    nmt_word_table_release(&words);
    nmt_arena_release(&arena);
    nmt_pass_release(&pass);
}

Test(deep, steps_are_the_pass_that_trains)
{
    struct nmt_random r = { 5, 4, 0 };
    for (int i = 0; i < 200; i++) {
        const struct nmt_shape s = random_shape(&r);
        check_steps(&s);
    }
}
