/* Packing a batch: sorting by length and counting rows. */
#include "model/batch.h"

#include "layer/embedding.h"

#include <string.h>

/*
 * Numbers of sentences by falling length, stable. Insertion sort: batches come nearly sorted, and a
 * batch has some dozens of sentences.
 */
static void sort_falling(uint32_t *order, const uint32_t *length, size_t B)
{
    for (size_t i = 0; i < B; i++) {
        size_t j = i;
        for (; j > 0 && length[order[j - 1]] < length[i]; j--)
            order[j] = order[j - 1];
        order[j] = (uint32_t)i;
    }
}

real nmt_pair_weight(const struct nmt_pair *pair)
{
    return pair->weight > 0 ? pair->weight : 1;
}

/* at[t] for sentences whose lengths fall: step t has a row for every sentence longer than t. */
static void count_steps(struct nmt_steps *s, size_t *at, const uint32_t *falling, size_t B)
{
    s->T = B ? falling[0] : 0;
    s->at = at;
    at[0] = 0;
    size_t active = B;
    for (size_t t = 0; t < s->T; t++) {
        while (active > 0 && falling[active - 1] <= t)
            active--;
        at[t + 1] = at[t] + active;
    }
    s->N = at[s->T];
}

static void sort_pairs(struct nmt_pair *sorted, const struct nmt_pair *pairs, uint32_t *order,
                       uint32_t *length, size_t B)
{
    for (size_t i = 0; i < B; i++)
        length[i] = pairs[i].T;
    sort_falling(order, length, B);
    for (size_t i = 0; i < B; i++)
        sorted[i] = pairs[order[i]];
}

static void pack_source(struct nmt_batch *b)
{
    for (size_t t = 0; t < b->source.T; t++) {
        size_t rows = b->source.at[t + 1] - b->source.at[t];
        for (size_t e = 0; e < rows; e++) {
            const struct nmt_pair *p = &b->pair[b->by_S[e]];
            b->forward[b->source.at[t] + e] = p->source[t];
            b->backward[b->source.at[t] + e] = p->source[p->S - 1 - t];
        }
    }
}

static void pack_target(struct nmt_batch *b)
{
    for (size_t t = 0; t < b->target.T; t++) {
        size_t rows = b->target.at[t + 1] - b->target.at[t];
        for (size_t i = 0; i < rows; i++) {
            b->previous[b->target.at[t] + i] = t ? b->pair[i].target[t - 1] : NMT_NO_ID;
            b->gold[b->target.at[t] + i] = b->pair[i].target[t];
            if (b->weight)
                b->weight[b->target.at[t] + i] = nmt_pair_weight(&b->pair[i]);
        }
    }
}

void nmt_batch_build(struct nmt_batch *b, struct nmt_arena *arena, const struct nmt_pair *pairs,
                     size_t B, bool one_row)
{
    b->guided = b->weighted = false;
    size_t N = 0, M = 0, n_alpha = 0, longest_S = 0, longest_T = 0;
    for (size_t i = 0; i < B; i++) {
        N += pairs[i].S;
        b->guided = b->guided || pairs[i].n_guide > 0;
        b->weighted = b->weighted || nmt_pair_weight(&pairs[i]) != 1;
        M += pairs[i].T;
        n_alpha += (one_row ? 1 : (size_t)pairs[i].S) * pairs[i].T;
        longest_S = pairs[i].S > longest_S ? pairs[i].S : longest_S;
        longest_T = pairs[i].T > longest_T ? pairs[i].T : longest_T;
    }
    struct nmt_pair *sorted = nmt_arena_take(arena, B, sizeof *sorted);
    uint32_t *length = nmt_arena_take(arena, B, sizeof *length);
    uint32_t *falling = nmt_arena_take(arena, B, sizeof *falling);
    size_t *source_at = nmt_arena_take(arena, longest_S + 1, sizeof *source_at);
    size_t *target_at = nmt_arena_take(arena, longest_T + 1, sizeof *target_at);
    b->B = B;
    b->n_alpha = n_alpha;
    b->pair = sorted;
    b->start = nmt_arena_take(arena, B + 1, sizeof *b->start);
    b->row = nmt_arena_take(arena, B + 1, sizeof *b->row);
    b->alpha = nmt_arena_take(arena, B + 1, sizeof *b->alpha);
    b->by_S = nmt_arena_take(arena, B, sizeof *b->by_S);
    b->forward = nmt_arena_take(arena, N, sizeof *b->forward);
    b->backward = nmt_arena_take(arena, N, sizeof *b->backward);
    b->previous = nmt_arena_take(arena, M, sizeof *b->previous);
    b->gold = nmt_arena_take(arena, M, sizeof *b->gold);
    b->weight = b->weighted ? nmt_arena_take(arena, M, sizeof *b->weight) : NULL;
    b->source = (struct nmt_steps){ longest_S, N, source_at };
    b->target = (struct nmt_steps){ longest_T, M, target_at };
    if (!arena->base)
        return;

    sort_pairs(sorted, pairs, b->by_S, length, B);
    b->start[0] = b->row[0] = b->alpha[0] = 0;
    for (size_t i = 0; i < B; i++) {
        size_t rows = one_row ? 1 : sorted[i].S;
        b->start[i + 1] = b->start[i] + sorted[i].S;
        b->row[i + 1] = b->row[i] + rows;
        b->alpha[i + 1] = b->alpha[i] + rows * sorted[i].T;
    }
    for (size_t i = 0; i < B; i++)
        falling[i] = sorted[i].T;
    count_steps(&b->target, target_at, falling, B);
    for (size_t i = 0; i < B; i++)
        length[i] = sorted[i].S;
    sort_falling(b->by_S, length, B);
    for (size_t i = 0; i < B; i++)
        falling[i] = length[b->by_S[i]];
    count_steps(&b->source, source_at, falling, B);
    pack_source(b);
    pack_target(b);
}

size_t nmt_batch_token(const struct nmt_batch *b, bool backward, size_t t, size_t e)
{
    uint32_t i = b->by_S[e];
    return b->start[i] + (backward ? b->pair[i].S - 1 - t : t);
}
