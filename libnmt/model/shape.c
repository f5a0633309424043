/* The architecture of a model. */
#include <nmt/shape.h>

int nmt_shape_from_config(struct nmt_shape *s, const struct nmt_config *c, size_t V_source,
                          size_t V_target, struct nmt_err *err)
{
    size_t state = (size_t)c->model_state, decoder = (size_t)c->model_decoder_state;
    if (decoder == 0)
        decoder = c->model_attention == NMT_DOT ? 2 * state : state;
    *s = (struct nmt_shape){
        .cell = (enum nmt_cell)c->model_cell,
        .attention = (enum nmt_attention_kind)c->model_attention,
        .order = (enum nmt_order)c->model_order,
        .readout = (enum nmt_readout_kind)c->model_readout,
        .tied = (enum nmt_tied)c->model_tied,
        .V_source = V_source,
        .V_target = V_target,
        .E = (size_t)c->model_embedding,
        .H_enc = state,
        .H_dec = decoder,
        .A = c->model_attention == NMT_ADDITIVE ? (size_t)c->model_alignment : 0,
        .L = (size_t)c->model_maxout,
        .encoder_above = (size_t)c->model_encoder_layers - 1,
        .decoder_above = (size_t)c->model_decoder_layers - 1,
        .encoder_more = (size_t)c->model_encoder_transitions - 1,
        .decoder_more = (size_t)c->model_decoder_transitions - 1,
        .start = (enum nmt_start_kind)c->model_start,
        .layer_norm = c->model_layer_norm,
        .feed = c->model_input_feeding,
    };
    if (s->encoder_above > 0)
        s->stack = (enum nmt_stack_kind)c->model_encoder_stack;
    s->residual = c->model_residual && (s->encoder_above > 0 || s->decoder_above > 0);
    return nmt_shape_check(s, err);
}

static int check_size(const char *name, size_t size, struct nmt_err *err)
{
    if (size < 1 || size > NMT_SHAPE_MAX)
        return nmt_fail(err, NMT_ESHAPE, 0, "%s is %zu, not 1 to %zu", name, size, NMT_SHAPE_MAX);
    return 0;
}

static int check_depth(const struct nmt_shape *s, struct nmt_err *err)
{
    if (s->encoder_above >= NMT_LAYERS_MAX || s->decoder_above >= NMT_LAYERS_MAX)
        return nmt_fail(err, NMT_ESHAPE, 0, "more than %d layers", NMT_LAYERS_MAX);
    if (s->encoder_more >= NMT_TRANSITIONS_MAX || s->decoder_more >= NMT_TRANSITIONS_MAX)
        return nmt_fail(err, NMT_ESHAPE, 0, "more than %d transitions in a step",
                        NMT_TRANSITIONS_MAX);
    if (s->stack == NMT_STACK_ALTERNATING && s->attention == NMT_NO_ATTENTION)
        return nmt_fail(err, NMT_ESHAPE, 0,
                        "an alternating encoder needs an attention: without one it has one "
                        "direction");
    return 0;
}

int nmt_shape_check(const struct nmt_shape *s, struct nmt_err *err)
{
    NMT_TRY(check_depth(s, err));
    NMT_TRY(check_size("the source vocabulary's size", s->V_source, err));
    NMT_TRY(check_size("the target vocabulary's size", s->V_target, err));
    NMT_TRY(check_size("the embedding's size", s->E, err));
    NMT_TRY(check_size("the encoder state's size", s->H_enc, err));
    NMT_TRY(check_size("the decoder state's size", s->H_dec, err));
    NMT_TRY(check_size("the readout's size", s->L, err));
    if (s->attention == NMT_ADDITIVE)
        NMT_TRY(check_size("the alignment model's size", s->A, err));
    if (s->attention == NMT_DOT && s->H_dec != 2 * s->H_enc)
        return nmt_fail(err, NMT_ESHAPE, 0,
                        "dot attention needs a decoder state of %zu, twice the encoder's, not %zu",
                        2 * s->H_enc, s->H_dec);
    if (s->order == NMT_ORDER_CGRU && (s->cell != NMT_GRU || s->attention == NMT_NO_ATTENTION))
        return nmt_fail(err, NMT_ESHAPE, 0, "order cgru needs the cell gru and an attention");
    if (s->tied != NMT_TIED_NONE && s->L != s->E)
        return nmt_fail(err, NMT_ESHAPE, 0,
                        "tied embeddings need a readout (maxout: %zu) of the embedding's size %zu",
                        s->L, s->E);
    if (s->tied == NMT_TIED_ALL && s->V_source != s->V_target)
        return nmt_fail(err, NMT_ESHAPE, 0, "tied: all needs one vocabulary for both sides");
    return 0;
}

size_t nmt_shape_context(const struct nmt_shape *s)
{
    return s->attention == NMT_NO_ATTENTION ? s->H_enc : 2 * s->H_enc;
}

size_t nmt_shape_key(const struct nmt_shape *s)
{
    switch (s->attention) {
    case NMT_ADDITIVE:
        return s->A;
    case NMT_DOT:
    case NMT_GENERAL:
        return s->H_dec;
    case NMT_NO_ATTENTION:
        break;
    }
    return 0;
}

size_t nmt_shape_readout(const struct nmt_shape *s)
{
    return s->readout == NMT_MAXOUT ? 2 * s->L : s->L;
}

size_t nmt_shape_rows(const struct nmt_shape *s, size_t S)
{
    return s->attention == NMT_NO_ATTENTION ? 1 : S;
}

size_t nmt_shape_below(const struct nmt_shape *s)
{
    return s->stack == NMT_STACK_ALTERNATING ? s->H_enc : nmt_shape_context(s);
}

bool nmt_shape_backward(const struct nmt_shape *s, size_t layer, size_t part)
{
    return (part + (s->stack == NMT_STACK_ALTERNATING ? layer : 0)) % 2 == 1;
}

size_t nmt_shape_start(const struct nmt_shape *s)
{
    return (s->cell == NMT_LSTM ? 2 : 1) * (1 + s->decoder_above) * s->H_dec;
}

size_t nmt_shape_start_in(const struct nmt_shape *s)
{
    return s->start == NMT_START_MEAN ? nmt_shape_context(s) : s->H_enc;
}

size_t nmt_shape_start_from(const struct nmt_shape *s)
{
    if (s->attention == NMT_NO_ATTENTION)
        return 0;
    return nmt_shape_backward(s, s->encoder_above, 0) ? 0 : s->H_enc;
}
