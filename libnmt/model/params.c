/*
 * The table of a model's tensors. `list` names them all once, in the order of the block; laying
 * out and binding pointers are two visits of the same list.
 */
#include "model/params.h"

#include "layer/cell.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ALIGN_NUMBERS (64 / sizeof(float)) /* stacks start on a cache line */

struct visit {
    struct nmt_layout *l; /* filled in when binding is false */
    real *block;          /* binding: where the tensors lie, */
    real *const *at;      /* or each of them by itself */
    size_t next;          /* tensor */
    bool binding, overflow, too_many;
};

/* One tensor. A new stack starts on a cache line; inside a stack there is no gap. */
static real *tensor(struct visit *v, bool new_stack, size_t rows, size_t cols, enum nmt_init init,
                    const char *name)
{
    if (v->binding) {
        size_t i = v->next++;
        assert(i < v->l->n);
        return v->at ? v->at[i] : v->block + v->l->tensor[i].offset;
    }
    struct nmt_layout *l = v->l;
    if (l->n == NMT_TENSORS_MAX) {
        v->too_many = true;
        return NULL;
    }
    struct nmt_tensor *t = &l->tensor[l->n++];
    if (new_stack)
        l->count = (l->count + ALIGN_NUMBERS - 1) / ALIGN_NUMBERS * ALIGN_NUMBERS;
    *t = (struct nmt_tensor){
        .rows = rows, .cols = cols, .offset = l->count, .starts_stack = new_stack, .init = init
    };
    snprintf(t->name, sizeof t->name, "%s", name);
    if (rows > SIZE_MAX / 64 / cols || l->count > SIZE_MAX / 64 - rows * cols)
        v->overflow = true;
    else
        l->count += rows * cols;
    return NULL;
}

/* One tensor for each gate; cols 0: a vector each. */
static real *stack(struct visit *v, enum nmt_cell cell, const char *unit, const char *kind,
                   size_t H, size_t cols, enum nmt_init init)
{
    static const char *const gates[2][4] = { { "update", "reset", "candidate" },
                                             { "input", "forget", "output", "candidate" } };
    real *first = NULL;
    for (size_t g = 0; g < nmt_cell_gates(cell); g++) {
        char name[NMT_TENSOR_NAME];
        const char *gate = gates[cell == NMT_LSTM][g];
        snprintf(name, sizeof name, "%s.%s.%s", unit, gate, kind);
        bool forget = strcmp(kind, "bias") == 0 && strcmp(gate, "forget") == 0;
        real *p =
            tensor(v, g == 0, cols ? H : 1, cols ? cols : H, forget ? NMT_INIT_ONE : init, name);
        if (g == 0)
            first = p;
    }
    return first;
}

/* What enters a unit: numbers of a row, 0 for nothing. */
struct inputs {
    size_t below, context, feed;
};

static void unit(struct visit *v, struct nmt_unit *u, const struct nmt_shape *s, const char *name,
                 size_t H, struct inputs in)
{
    const enum nmt_cell cell = s->cell;
    u->W = in.below ? stack(v, cell, name, "weight", H, in.below, NMT_INIT_MATRIX) : NULL;
    u->U = stack(v, cell, name, "recurrent", H, H, NMT_INIT_RECURRENT);
    u->C = in.context ? stack(v, cell, name, "context", H, in.context, NMT_INIT_MATRIX) : NULL;
    u->F = in.feed ? stack(v, cell, name, "feed", H, in.feed, NMT_INIT_MATRIX) : NULL;
    u->b = stack(v, cell, name, "bias", H, 0, NMT_INIT_ZERO);
    if (!s->layer_norm)
        return;
    u->W_gain = in.below ? stack(v, cell, name, "weight_gain", H, 0, NMT_INIT_ONE) : NULL;
    u->U_gain = stack(v, cell, name, "recurrent_gain", H, 0, NMT_INIT_ONE);
    u->C_gain = in.context ? stack(v, cell, name, "context_gain", H, 0, NMT_INIT_ONE) : NULL;
    u->F_gain = in.feed ? stack(v, cell, name, "feed_gain", H, 0, NMT_INIT_ONE) : NULL;
}

static void transitions(struct visit *v, struct nmt_column *c, const struct nmt_shape *s,
                        const char *name, size_t H, size_t more)
{
    for (size_t i = 0; i < more; i++) {
        char step[NMT_TENSOR_NAME];
        snprintf(step, sizeof step, "%.40s.step%u", name, (unsigned)i + 2);
        unit(v, &c->more[i], s, step, H, (struct inputs){ 0, 0, 0 });
    }
}

static void list_encoder(struct visit *v, struct nmt_params *p, const struct nmt_shape *s)
{
    const size_t directions = s->attention == NMT_NO_ATTENTION ? 1 : 2;
    for (size_t layer = 0; layer <= s->encoder_above; layer++)
        for (size_t d = 0; d < directions; d++) {
            char name[NMT_TENSOR_NAME], of_layer[NMT_TENSOR_NAME] = "";
            if (layer > 0)
                snprintf(of_layer, sizeof of_layer, ".layer%u", (unsigned)layer + 1);
            snprintf(name, sizeof name, "encoder%.16s.%s", of_layer,
                     nmt_shape_backward(s, layer, d) ? "backward" : "forward");
            const size_t below = layer == 0 ? s->E : nmt_shape_below(s);
            unit(v, &p->encoder[layer][d].first, s, name, s->H_enc, (struct inputs){ below, 0, 0 });
            transitions(v, &p->encoder[layer][d], s, name, s->H_enc, s->encoder_more);
        }
}

/* s_0 (and cell_0) of all layers in one stack, so that they are one product. */
static real *starts(struct visit *v, const struct nmt_shape *s, const char *kind, size_t cols,
                    enum nmt_init init)
{
    real *first = NULL;
    for (size_t layer = 0; layer <= s->decoder_above; layer++)
        for (size_t memory = 0; memory < (s->cell == NMT_LSTM ? 2 : 1); memory++) {
            char name[NMT_TENSOR_NAME], of_layer[NMT_TENSOR_NAME] = "";
            if (layer > 0)
                snprintf(of_layer, sizeof of_layer, ".layer%u", (unsigned)layer + 1);
            snprintf(name, sizeof name, "decoder%.16s.%s.%s", of_layer,
                     memory ? "start_memory" : "start", kind);
            real *p = tensor(v, layer == 0 && !memory, cols ? s->H_dec : 1, cols ? cols : s->H_dec,
                             init, name);
            first = first ? first : p;
        }
    return first;
}

static void list_alignment(struct visit *v, struct nmt_params *p, const struct nmt_shape *s)
{
    const size_t D = nmt_shape_context(s), A = nmt_shape_key(s);
    const bool additive = s->attention == NMT_ADDITIVE;
    if (additive) {
        p->att_W = tensor(v, true, s->A, s->H_dec, NMT_INIT_ALIGNMENT, "alignment.query.weight");
        p->att_U = tensor(v, true, s->A, D, NMT_INIT_ALIGNMENT, "alignment.key.weight");
        p->att_v = tensor(v, true, 1, s->A, NMT_INIT_ZERO, "alignment.score.weight");
    } else if (s->attention == NMT_GENERAL) {
        p->att_U = tensor(v, true, s->H_dec, D, NMT_INIT_MATRIX, "alignment.key.weight");
    }
    if (!s->layer_norm || (!additive && s->attention != NMT_GENERAL))
        return;
    if (additive) {
        p->att_W_gain = tensor(v, true, 1, A, NMT_INIT_ONE, "alignment.query.weight_gain");
        p->att_b = tensor(v, true, 1, A, NMT_INIT_ZERO, "alignment.key.bias");
    }
    p->att_U_gain = tensor(v, true, 1, A, NMT_INIT_ONE, "alignment.key.weight_gain");
}

static void list_decoder(struct visit *v, struct nmt_params *p, const struct nmt_shape *s)
{
    const size_t D = nmt_shape_context(s), feed = s->feed ? s->L : 0;
    const bool cgru = s->order == NMT_ORDER_CGRU;
    unit(v, &p->decoder[0].first, s, "decoder", s->H_dec,
         (struct inputs){ s->E, cgru ? 0 : D, feed });
    if (cgru)
        unit(v, &p->second, s, "decoder.second", s->H_dec, (struct inputs){ 0, D, 0 });
    transitions(v, &p->decoder[0], s, "decoder", s->H_dec, s->decoder_more);
    for (size_t layer = 1; layer <= s->decoder_above; layer++) {
        char name[NMT_TENSOR_NAME];
        snprintf(name, sizeof name, "decoder.layer%zu", layer + 1);
        unit(v, &p->decoder[layer].first, s, name, s->H_dec, (struct inputs){ s->H_dec, D, 0 });
        transitions(v, &p->decoder[layer], s, name, s->H_dec, s->decoder_more);
    }
}

static void list_readout(struct visit *v, struct nmt_params *p, const struct nmt_shape *s)
{
    const size_t D = nmt_shape_context(s), R = nmt_shape_readout(s);
    p->read_U = tensor(v, true, R, s->H_dec, NMT_INIT_MATRIX, "readout.state.weight");
    p->read_V = tensor(v, true, R, s->E, NMT_INIT_MATRIX, "readout.word.weight");
    p->read_C = tensor(v, true, R, D, NMT_INIT_MATRIX, "readout.context.weight");
    p->read_b = tensor(v, true, 1, R, NMT_INIT_ZERO, "readout.bias");
    if (s->layer_norm) {
        p->read_U_gain = tensor(v, true, 1, R, NMT_INIT_ONE, "readout.state.weight_gain");
        p->read_V_gain = tensor(v, true, 1, R, NMT_INIT_ONE, "readout.word.weight_gain");
        p->read_C_gain = tensor(v, true, 1, R, NMT_INIT_ONE, "readout.context.weight_gain");
    }
}

static void list(struct visit *v, struct nmt_params *p, const struct nmt_shape *s)
{
    memset(p, 0, sizeof *p);
    p->target_embedding =
        tensor(v, true, s->V_target, s->E, NMT_INIT_EMBEDDING, "target.embedding.weight");
    p->source_embedding =
        s->tied == NMT_TIED_ALL
            ? p->target_embedding
            : tensor(v, true, s->V_source, s->E, NMT_INIT_EMBEDDING, "source.embedding.weight");
    list_encoder(v, p, s);
    p->init_W = starts(v, s, "weight", nmt_shape_start_in(s), NMT_INIT_MATRIX);
    p->init_b = starts(v, s, "bias", 0, NMT_INIT_ZERO);
    p->init_gain = s->layer_norm ? starts(v, s, "weight_gain", 0, NMT_INIT_ONE) : NULL;
    list_alignment(v, p, s);
    list_decoder(v, p, s);
    list_readout(v, p, s);
    p->out_W = s->tied != NMT_TIED_NONE
                   ? p->target_embedding
                   : tensor(v, true, s->V_target, s->L, NMT_INIT_MATRIX, "output.weight");
    p->out_b = tensor(v, true, 1, s->V_target, NMT_INIT_ZERO, "output.bias");
}

int nmt_layout_init(struct nmt_layout *l, const struct nmt_shape *s, struct nmt_err *err)
{
    struct nmt_params unused;
    struct visit v = { .l = l };
    l->n = l->count = 0;
    list(&v, &unused, s);
    l->count = (l->count + ALIGN_NUMBERS - 1) / ALIGN_NUMBERS * ALIGN_NUMBERS;
    if (v.too_many)
        return nmt_fail(err, NMT_ELIMIT, 0,
                        "the model has more than %d tensors: too many layers and transitions",
                        NMT_TENSORS_MAX);
    if (v.overflow)
        return nmt_fail(err, NMT_ELIMIT, 0, "the model is too large for this machine's memory");
    return 0;
}

void nmt_params_bind(struct nmt_params *p, const struct nmt_shape *s, const struct nmt_layout *l,
                     real *block)
{
    struct visit v = { .l = (struct nmt_layout *)(uintptr_t)l, .block = block, .binding = true };
    list(&v, p, s);
    assert(v.next == l->n);
}

void nmt_params_bind_stacks(struct nmt_params *p, const struct nmt_shape *s,
                            const struct nmt_layout *l, real *const *at)
{
    struct visit v = { .l = (struct nmt_layout *)(uintptr_t)l, .at = at, .binding = true };
    list(&v, p, s);
    assert(v.next == l->n);
}
