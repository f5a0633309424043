/*
 * A configuration that is to follow a model: what it does not say is taken from the model, what it
 * says must be what the model is. A key at its default in either preset says nothing.
 */
#include "config_internal.h"

#include <nmt/shape.h>

#include <stdio.h>
#include <string.h>

/* The inverse of nmt_shape_from_config. What the shape does not depend on stays as it is. */
static void follow(struct nmt_config *c, const struct nmt_shape *s)
{
    c->model_cell = (int)s->cell;
    c->model_attention = (int)s->attention;
    c->model_order = (int)s->order;
    c->model_readout = (int)s->readout;
    c->model_tied = (int)s->tied;
    c->model_embedding = (int64_t)s->E;
    c->model_state = (int64_t)s->H_enc;
    c->model_decoder_state = (int64_t)s->H_dec;
    c->model_maxout = (int64_t)s->L;
    c->model_encoder_layers = (int64_t)s->encoder_above + 1;
    c->model_decoder_layers = (int64_t)s->decoder_above + 1;
    c->model_encoder_transitions = (int64_t)s->encoder_more + 1;
    c->model_decoder_transitions = (int64_t)s->decoder_more + 1;
    c->model_layer_norm = s->layer_norm;
    c->model_input_feeding = s->feed;
    if (s->attention == NMT_ADDITIVE)
        c->model_alignment = (int64_t)s->A;
    if (s->encoder_above > 0)
        c->model_encoder_stack = (int)s->stack;
    if (s->encoder_above > 0 || s->decoder_above > 0)
        c->model_residual = s->residual;
}

static int64_t value_of(const struct nmt_config *c, const struct nmt_config_key *k)
{
    const char *at = (const char *)c + k->offset;
    if (k->type == NMT_CONFIG_INT)
        return *(const int64_t *)at;
    return k->type == NMT_CONFIG_BOOL ? *(const bool *)at : *(const int *)at;
}

int nmt_shape_adopt(struct nmt_config *c, const struct nmt_shape *shape, const char *model,
                    struct nmt_err *err)
{
    struct nmt_config theirs = *c;
    char names[300] = "";
    size_t n, used = 0;
    const struct nmt_config_key *keys = nmt_config_keys(&n);
    follow(&theirs, shape);
    for (size_t i = 0; i < n; i++) {
        const struct nmt_config_key *k = &keys[i];
        const int64_t here = value_of(c, k), there = value_of(&theirs, k);
        if (strcmp(k->section, "model") != 0 || here == there || here == k->standard.whole ||
            here == k->paper.whole || used >= sizeof names)
            continue;
        used += (size_t)snprintf(names + used, sizeof names - used, "%smodel.%s", used ? ", " : "",
                                 k->key);
    }
    if (used > 0)
        return nmt_fail(err, NMT_ECONFIG, 0, "%s: is not what the configuration says in %s", model,
                        names);
    *c = theirs;
    return 0;
}
