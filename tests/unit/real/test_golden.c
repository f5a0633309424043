/* The golden numbers: annotations, start, alignments, contexts, losses, all gradients. */
#include "golden.h"
#include "model/pass.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_sentence(struct golden_case *c, const struct nmt_pass *pass, size_t i,
                           yaml_node_t *sentence)
{
    const struct nmt_shape *s = &c->shape;
    const struct nmt_batch *b = &pass->batch;
    const struct nmt_decoder *d = &pass->decoder;
    const size_t H = s->H_dec, D = nmt_shape_context(s), T = b->pair[i].T;
    const size_t rows = b->row[i + 1] - b->row[i];
    golden_compare(c, "annotations", pass->encoder.h + b->row[i] * D,
                   json_get(c->json, sentence, "annotations"), rows * D, false);
    golden_compare(c, "s_0", d->s0[0] + i * H, json_get(c->json, sentence, "s_0"), H, false);
    if (s->cell == NMT_LSTM)
        golden_compare(c, "cell_0", d->c0[0] + i * H, json_get(c->json, sentence, "cell_0"), H,
                       false);
    yaml_node_t *alpha = json_get(c->json, sentence, "alpha");
    cr_assert(alpha || s->attention == NMT_NO_ATTENTION);
    if (alpha)
        golden_compare(c, "alpha", d->alpha + b->alpha[i], alpha, T * rows, false);
    yaml_node_t *context = json_get(c->json, sentence, "context");
    yaml_node_t *state = json_get(c->json, sentence, "readout_state");
    yaml_node_t *log_prob = json_get(c->json, sentence, "log_prob");
    double nll = 0;
    for (size_t t = 0; t < T; t++) {
        size_t row = b->target.at[t] + i;
        if (context)
            golden_compare(c, "context", d->context + row * D, json_at(c->json, context, t), D,
                           false);
        golden_compare(c, "readout_state", d->read_state + row * H, json_at(c->json, state, t), H,
                       false);
        golden_compare(c, "log_prob", d->log_prob + row, json_at(c->json, log_prob, t), 1, false);
        nll -= (double)d->log_prob[row];
    }
    golden_near("nll", nll, json_number(json_get(c->json, sentence, "nll")), false);
}

static size_t read_pairs(struct golden_case *c, struct nmt_pair *pairs)
{
    yaml_node_t *sentences = json_get(c->json, c->node, "sentences");
    for (size_t i = 0; i < json_len(sentences); i++) {
        yaml_node_t *sentence = json_at(c->json, sentences, i);
        struct nmt_pair *p = &pairs[i];
        *p = (struct nmt_pair){ .number = (uint32_t)i, .position = (uint32_t)i };
        p->source = golden_ids(c->json, json_get(c->json, sentence, "src"), &p->S);
        p->target = golden_ids(c->json, json_get(c->json, sentence, "tgt"), &p->T);
    }
    return json_len(sentences);
}

static void check_gradients(struct golden_case *c)
{
    yaml_node_t *gradients = json_get(c->json, c->node, "gradients");
    cr_assert(json_len(gradients) == c->layout.n);
    double norm = 0;
    for (size_t i = 0; i < json_len(gradients); i++) {
        yaml_node_t *want;
        size_t n;
        const char *name = json_key(c->json, gradients, i, &want);
        const real *got = golden_find(c, c->gradients, name, &n);
        golden_compare(c, name, got, want, n, true);
        for (size_t k = 0; k < n; k++)
            norm += (double)got[k] * (double)got[k];
    }
    golden_near("grad_norm", sqrt(norm), json_number(json_get(c->json, c->node, "grad_norm")),
                true);
}

static void check_training(struct golden_case *c)
{
    struct nmt_pair pairs[64];
    size_t B = read_pairs(c, pairs);
    struct nmt_pass pass;
    struct nmt_loss loss = { .loss = 0 };
    nmt_pass_init(&pass, &c->shape);
    cr_assert(nmt_pass_run(&pass, &c->params, &c->grads, pairs, B, NULL, (real)c->label_smoothing,
                           &loss, NULL) == 0);
    golden_near("loss", loss.loss, json_number(json_get(c->json, c->node, "loss")), false);
    golden_near("nll", loss.nll, json_number(json_get(c->json, c->node, "nll")), false);
    cr_assert(pass.batch.target.N ==
              (size_t)json_number(json_get(c->json, c->node, "n_target_tokens")));
    yaml_node_t *sentences = json_get(c->json, c->node, "sentences");
    for (size_t i = 0; i < B; i++)
        check_sentence(c, &pass, i, json_at(c->json, sentences, pass.batch.pair[i].position));
    check_gradients(c);
    nmt_pass_release(&pass);
    for (size_t i = 0; i < B; i++) {
        free((void *)(uintptr_t)pairs[i].source);
        free((void *)(uintptr_t)pairs[i].target);
    }
}

Test(golden, training_matches_values_and_gradients)
{
    golden_each_case(check_training);
}
