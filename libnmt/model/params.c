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
    bool binding, overflow;
};

/* One tensor. A new stack starts on a cache line; inside a stack there is no gap. */
static real *tensor(struct visit *v, bool new_stack, size_t rows, size_t cols, enum nmt_init init,
                    const char *name)
{
    if (v->binding) {
        size_t i = v->next++;
        return v->at ? v->at[i] : v->block + v->l->tensor[i].offset;
    }
    struct nmt_layout *l = v->l;
    assert(l->n < NMT_TENSORS_MAX);
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
        bool bias = strcmp(kind, "bias") == 0;
        enum nmt_init how = bias && strcmp(gate, "forget") == 0 ? NMT_INIT_FORGET : init;
        real *p = tensor(v, g == 0, bias ? 1 : H, bias ? H : cols, how, name);
        if (g == 0)
            first = p;
    }
    return first;
}

static void unit(struct visit *v, struct nmt_unit *u, enum nmt_cell cell, const char *name,
                 size_t H, size_t word, size_t context)
{
    u->W = word ? stack(v, cell, name, "weight", H, word, NMT_INIT_MATRIX) : NULL;
    u->U = stack(v, cell, name, "recurrent", H, H, NMT_INIT_RECURRENT);
    u->C = context ? stack(v, cell, name, "context", H, context, NMT_INIT_MATRIX) : NULL;
    u->b = stack(v, cell, name, "bias", H, 1, NMT_INIT_ZERO);
}

static void list(struct visit *v, struct nmt_params *p, const struct nmt_shape *s)
{
    const size_t D = nmt_shape_context(s), R = nmt_shape_readout(s);
    const size_t starts = s->cell == NMT_LSTM ? 2 : 1;
    const bool cgru = s->order == NMT_ORDER_CGRU;
    memset(p, 0, sizeof *p);
    p->target_embedding =
        tensor(v, true, s->V_target, s->E, NMT_INIT_EMBEDDING, "target.embedding.weight");
    p->source_embedding =
        s->tied == NMT_TIED_ALL
            ? p->target_embedding
            : tensor(v, true, s->V_source, s->E, NMT_INIT_EMBEDDING, "source.embedding.weight");
    unit(v, &p->forward, s->cell, "encoder.forward", s->H_enc, s->E, 0);
    if (s->attention != NMT_NO_ATTENTION)
        unit(v, &p->backward, s->cell, "encoder.backward", s->H_enc, s->E, 0);
    p->init_W = tensor(v, true, s->H_dec, s->H_enc, NMT_INIT_MATRIX, "decoder.start.weight");
    if (starts == 2)
        tensor(v, false, s->H_dec, s->H_enc, NMT_INIT_MATRIX, "decoder.start_memory.weight");
    p->init_b = tensor(v, true, 1, s->H_dec, NMT_INIT_ZERO, "decoder.start.bias");
    if (starts == 2)
        tensor(v, false, 1, s->H_dec, NMT_INIT_ZERO, "decoder.start_memory.bias");
    if (s->attention == NMT_ADDITIVE) {
        p->att_W = tensor(v, true, s->A, s->H_dec, NMT_INIT_ALIGNMENT, "alignment.query.weight");
        p->att_U = tensor(v, true, s->A, D, NMT_INIT_ALIGNMENT, "alignment.key.weight");
        p->att_v = tensor(v, true, 1, s->A, NMT_INIT_ZERO, "alignment.score.weight");
    } else if (s->attention == NMT_GENERAL) {
        p->att_U = tensor(v, true, s->H_dec, D, NMT_INIT_MATRIX, "alignment.key.weight");
    }
    unit(v, &p->decoder, s->cell, "decoder", s->H_dec, s->E, cgru ? 0 : D);
    if (cgru)
        unit(v, &p->second, s->cell, "decoder.second", s->H_dec, 0, D);
    p->read_U = tensor(v, true, R, s->H_dec, NMT_INIT_MATRIX, "readout.state.weight");
    p->read_V = tensor(v, true, R, s->E, NMT_INIT_MATRIX, "readout.word.weight");
    p->read_C = tensor(v, true, R, D, NMT_INIT_MATRIX, "readout.context.weight");
    p->read_b = tensor(v, true, 1, R, NMT_INIT_ZERO, "readout.bias");
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
    if (v.overflow)
        return nmt_fail(err, NMT_ELIMIT, 0, "the model is too large for this machine's memory");
    return 0;
}

void nmt_params_bind(struct nmt_params *p, const struct nmt_shape *s, const struct nmt_layout *l,
                     real *block)
{
    struct visit v = { .l = (struct nmt_layout *)(uintptr_t)l, .block = block, .binding = true };
    list(&v, p, s);
}

void nmt_params_bind_stacks(struct nmt_params *p, const struct nmt_shape *s,
                            const struct nmt_layout *l, real *const *at)
{
    struct visit v = { .l = (struct nmt_layout *)(uintptr_t)l, .at = at, .binding = true };
    list(&v, p, s);
}
