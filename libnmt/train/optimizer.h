/*
 * Update rules with gradient clipping, on the block of all parameters at once.
 *
 *   clipping   if the L2 norm of the whole gradient exceeds `clip`, it is rescaled to it (paper,
 * B.2) Adadelta   E[g2] <- rho E[g2] + (1-rho) g2;  D = -sqrt(E[D2]+eps)/sqrt(E[g2]+eps) g; E[D2]
 * <- rho E[D2] + (1-rho) D2;  w <- w + rate D              (Zeiler 2012; paper) Adam
 * bias-corrected, epsilon outside the root                      (Kingma and Ba 2015) SGD        w
 * <- w - rate g average    avg <- d avg + (1-d) w, d = min(decay, (1+u)/(10+u))          moving
 * average
 *
 * Every number is updated on its own; threads take chunks of the block.
 */
#ifndef NMT_OPTIMIZER_H
#define NMT_OPTIMIZER_H

#include <nmt/config.h>
#include <nmt/error.h>
#include <nmt/real.h>
#include <nmt/threads.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nmt_optimizer {
    enum nmt_optimizer_kind kind;
    double clip; /* 0: none */
    double beta1, beta2, adam_epsilon, rho, adadelta_epsilon;
    double average_decay;    /* 0: no average is kept */
    size_t count;            /* parameters */
    uint64_t updates;        /* done so far */
    real *weights;           /* borrowed */
    real *moment1, *moment2; /* m, v (Adam); E[g2], E[D2] (Adadelta); NULL for SGD */
    real *average;           /* NULL without an average */
};

/** Allocates the moments (zeros) and the average (the weights as they are). */
int nmt_optimizer_init(struct nmt_optimizer *o, const struct nmt_config *c, real *weights,
                       size_t count, struct nmt_err *err) NMT_MUST_USE;
void nmt_optimizer_release(struct nmt_optimizer *o);

/**
 * One update with the summed gradient g = grads[0] times `scale` (1 over what the loss is a mean
 * of), clipped; norm is that of g before scaling. Then clears the gradients of all n shards.
 */
void nmt_optimizer_step(struct nmt_optimizer *o, real *const *grads, size_t n, double norm,
                        double scale, double rate, struct nmt_threads *threads);

/** Clears the gradients of all shards, for an update that is skipped. */
void nmt_optimizer_clear(struct nmt_optimizer *o, real *const *grads, size_t n,
                         struct nmt_threads *threads);

#endif
