/* From endings to translations: words and weights are read from the last one back. */
#include "searcher_internal.h"

#include <stdlib.h>
#include <string.h>

/* The arrays of a sentence's translations, laid out (or measured) in one block. */
static void lay_out(struct nmt_translations *t, struct nmt_arena *a, const struct nmt_searcher *s,
                    const struct nmt_beam *beam, size_t n)
{
    const size_t models = s->options.alignments ? s->n_models : 0;
    t->at = nmt_arena_take(a, n, sizeof *t->at);
    t->n = n;
    for (size_t i = 0; i < n; i++) {
        const size_t length = beam->ending[i].n;
        nmt_id *ids = nmt_arena_take(a, length, sizeof *ids);
        real *log_prob = nmt_arena_take(a, length, sizeof *log_prob);
        real **alpha = nmt_arena_take(a, models, sizeof *alpha);
        for (size_t m = 0; m < models; m++) {
            const size_t *row = s->source[m].row + beam->sentence;
            real *weights = nmt_arena_take(a, length * (row[1] - row[0]), sizeof *weights);
            if (alpha)
                alpha[m] = weights;
        }
        if (t->at)
            t->at[i] = (struct nmt_translation){
                .n = length, .ids = ids, .token_log_prob = log_prob, .alpha = models ? alpha : NULL
            };
    }
}

static void fill(struct nmt_translation *t, const struct nmt_searcher *s,
                 const struct nmt_beam *beam, const struct nmt_ending *e)
{
    t->finished = e->finished;
    t->log_prob = e->log_prob;
    t->coverage = e->coverage;
    t->score = e->score;
    uint32_t at = e->node;
    for (size_t i = t->n; i-- > 0;) {
        const struct nmt_node *node = &s->beams.node[at];
        t->ids[i] = node->id;
        t->token_log_prob[i] = node->log_prob;
        const real *weights = s->alpha + node->alpha;
        for (size_t m = 0; t->alpha && m < s->n_models; m++) {
            const size_t *row = s->source[m].row + beam->sentence, rows = row[1] - row[0];
            memcpy(t->alpha[m] + i * rows, weights, rows * sizeof *weights);
            weights += rows;
        }
        at = node->before;
    }
}

static int collect(struct nmt_searcher *s, struct nmt_beam *beam, struct nmt_translations *out,
                   struct nmt_err *err)
{
    const size_t most = s->options.n_best, n = beam->n_endings < most ? beam->n_endings : most;
    struct nmt_arena measure = { NULL, 0, 0 }, block;
    if (n == 0)
        return 0;
    lay_out(out, &measure, s, beam, n);
    *out = (struct nmt_translations){ 0 };
    NMT_TRY(nmt_arena_init(&block, measure.used, err));
    lay_out(out, &block, s, beam, n);
    out->memory = block.base;
    for (size_t i = 0; i < n; i++)
        fill(&out->at[i], s, beam, &beam->ending[i]);
    return 0;
}

int nmt_searcher_collect(struct nmt_searcher *s, size_t B, struct nmt_translations *out,
                         struct nmt_err *err)
{
    for (size_t i = 0; i < B; i++) {
        struct nmt_beam *beam = &s->beams.beam[i];
        int rc = collect(s, beam, &out[beam->sentence], err);
        if (rc < 0) {
            for (size_t k = 0; k < B; k++)
                nmt_translations_release(&out[k]);
            return rc;
        }
    }
    return 0;
}
