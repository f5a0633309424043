/*
 * Beams of sentences with required terms: grid beam search (Hokamp and Liu 2017), with as many rows
 * as it takes. A hypothesis belongs to the bank of its number of tokens of required terms, and each
 * bank keeps its own best. So hypotheses that have come far with their terms, which costs
 * probability, are not compared with those that have them still to come. Only those that have met
 * all of them can end, and they do in the last bank. Like the beam without terms, every bank is
 * smaller by one for each that has ended.
 */
#include "search/beam.h"

#include <math.h>
#include <string.h>

/* Puts an extension among the k best of a bank; equal ones keep their order. */
static void keep(struct nmt_place *place, uint32_t *have, uint32_t k, struct nmt_place x)
{
    double least = *have < k ? -INFINITY : place[*have - 1].sum;
    if (!(x.sum > least)) /* also NaN */
        return;
    uint32_t at = *have < k ? (*have)++ : *have - 1;
    for (; at > 0 && place[at - 1].sum < x.sum; at--)
        place[at] = place[at - 1];
    place[at] = x;
}

uint32_t nmt_banks_choose(struct nmt_beams *b, const struct nmt_beam *beam, uint32_t first)
{
    const struct nmt_terms *t = beam->terms;
    const bool last = b->t + 1 >= beam->max_length;
    const size_t K = b->options->beam;
    memset(b->in_bank, 0, (t->tokens + 1) * sizeof *b->in_bank);
    for (uint32_t row = first; row < first + beam->live; row++)
        for (uint32_t c = 0; c < b->count[row]; c++) {
            const struct nmt_candidate *found = &b->found[row * b->most + c];
            const bool ends = last || found->id == b->options->eos;
            if (!nmt_terms_step(t, b->state, b->now.state + row * b->n_state, found->id, last))
                continue;
            if (ends && !nmt_terms_met(t, b->state))
                continue;
            size_t bank = nmt_terms_count(t, b->state);
            keep(b->place + bank * K, &b->in_bank[bank], beam->places,
                 (struct nmt_place){ row, found->id, found->log_prob,
                                     b->now.log_prob[row] + (double)found->log_prob });
        }
    uint32_t n = 0;
    for (size_t bank = 0; bank <= t->tokens; n += b->in_bank[bank++])
        memmove(b->place + n, b->place + bank * K, b->in_bank[bank] * sizeof *b->place);
    return n;
}
