/* RNNsearch over a batch: measure, place, forward, loss, backward. */
#include "model/pass.h"

#include <string.h>

void nmt_pass_init(struct nmt_pass *pass, const struct nmt_shape *shape)
{
    memset(pass, 0, sizeof *pass);
    pass->shape = shape;
}

void nmt_pass_release(struct nmt_pass *pass)
{
    nmt_arena_release(&pass->arena);
}

static void plan(struct nmt_batch *batch, struct nmt_encoder *encoder, struct nmt_decoder *decoder,
                 struct nmt_arena *arena, const struct nmt_shape *shape,
                 const struct nmt_pair *pairs, size_t B, bool train)
{
    nmt_batch_build(batch, arena, pairs, B, shape->attention == NMT_NO_ATTENTION);
    nmt_encoder_plan(encoder, arena, shape, batch, train);
    nmt_decoder_plan(decoder, arena, encoder, train);
    if (train && batch->guided)
        decoder->dalpha = nmt_arena_take(arena, batch->n_alpha, sizeof(real));
}

size_t nmt_pass_measure(const struct nmt_shape *shape, const struct nmt_pair *pairs, size_t B,
                        bool train)
{
    struct nmt_arena measure = { NULL, 0, 0 };
    struct nmt_batch batch;
    struct nmt_encoder encoder;
    struct nmt_decoder decoder;
    plan(&batch, &encoder, &decoder, &measure, shape, pairs, B, train);
    return measure.used;
}

int nmt_pass_run(struct nmt_pass *pass, const struct nmt_params *p, const struct nmt_params *g,
                 const struct nmt_pair *pairs, size_t B, const struct nmt_dropout *dropout,
                 real label_smoothing, struct nmt_loss *loss, struct nmt_err *err)
{
    const bool train = g || dropout;
    size_t need = nmt_pass_measure(pass->shape, pairs, B, train);
    NMT_TRY(nmt_arena_grow(&pass->arena, need, err));
    plan(&pass->batch, &pass->encoder, &pass->decoder, &pass->arena, pass->shape, pairs, B, train);
    nmt_encoder_forward(&pass->encoder, p, dropout);
    nmt_decoder_forward(&pass->decoder, p, dropout);
    nmt_decoder_loss(&pass->decoder, p, g, label_smoothing, loss);
    if (pass->batch.guided)
        nmt_decoder_guide(&pass->decoder, pass->guide_weight, loss);
    if (g) {
        nmt_decoder_backward(&pass->decoder, p, g);
        nmt_encoder_backward(&pass->encoder, p, g);
    }
    return 0;
}
