/*
 * Every parameter's gradient against central differences. In double precision; the step 1e-5 leaves
 * an error of about 1e-9 of truncation and rounding. Maxout has kinks: a difference taken across
 * one is wrong, and the few parameters where one-sided differences disagree are passed over (and
 * counted).
 */
#ifndef GRADIENT_CHECK_H
#define GRADIENT_CHECK_H

#include "model/pass.h"

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

/* Lengths of the two sides of five pairs: very different ones, and 1. */
extern const uint32_t mixed_lengths[5][2];

/* A small model of the paper. */
extern const struct nmt_shape small_shape;

void make_problem(struct problem *p, const struct nmt_shape *shape, const uint32_t (*lengths)[2],
                  size_t B, bool dropout, real smoothing);

/* The loss; with_gradient adds to the gradients. */
double loss_of_problem(struct problem *p, bool with_gradient);

/* Compares `probes` numbers of each tensor, or all of them (0); releases the problem. */
void check_problem(struct problem *p, const char *name, int probes);

#endif
