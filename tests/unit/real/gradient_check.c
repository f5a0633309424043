/* Gradients against central differences; see gradient_check.h. */
#include "gradient_check.h"

#include <nmt/random.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEP 1e-5

const uint32_t mixed_lengths[5][2] = { { 4, 3 }, { 1, 1 }, { 9, 2 }, { 2, 17 }, { 30, 8 } };

const struct nmt_shape small_shape = {
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

void make_problem(struct problem *p, const struct nmt_shape *shape, const uint32_t (*lengths)[2],
                  size_t B, bool dropout, real smoothing)
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
        p->weights[i] = (real)(0.5 * nmt_random_normal(&r));
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
                                         .number = (uint32_t)i,
                                         .position = (uint32_t)i };
    }
    p->dropout = (struct nmt_dropout){ .word = (real)0.2,
                                       .embedding = (real)0.3,
                                       .annotation = (real)0.3,
                                       .recurrent = (real)0.2,
                                       .readout = (real)0.3,
                                       .layer = (real)0.25,
                                       .key = { 42, 3 } };
    p->use_dropout = dropout;
    p->smoothing = smoothing;
}

double loss_of_problem(struct problem *p, bool with_gradient)
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

void check_problem(struct problem *p, const char *name, int probes)
{
    struct nmt_random r = { 9, 9, 0 };
    size_t kinks = 0, checked = 0;
    const double here = loss_of_problem(p, true);
    for (size_t i = 0; i < p->layout.n; i++) {
        const struct nmt_tensor *t = &p->layout.tensor[i];
        const size_t count = probes ? (size_t)probes : t->rows * t->cols;
        for (size_t probe = 0; probe < count; probe++) {
            size_t at =
                t->offset + (probes ? (size_t)nmt_random_below(&r, t->rows * t->cols) : probe);
            const double kept = p->weights[at];
            p->weights[at] = kept + STEP;
            const double above = loss_of_problem(p, false);
            p->weights[at] = kept - STEP;
            const double below = loss_of_problem(p, false);
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
