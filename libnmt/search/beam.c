/* Hypotheses: extending, ending, ranking. */
#include "search/beam.h"

#include "layer/embedding.h"

#include <nmt/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void plan_rows(struct nmt_rows *r, struct nmt_arena *arena, size_t n, size_t n_state)
{
    r->parent = nmt_arena_take(arena, n, sizeof *r->parent);
    r->of = nmt_arena_take(arena, n, sizeof *r->of);
    r->node = nmt_arena_take(arena, n, sizeof *r->node);
    r->y = nmt_arena_take(arena, n, sizeof *r->y);
    r->log_prob = nmt_arena_take(arena, n, sizeof *r->log_prob);
    r->alpha = nmt_arena_take(arena, n, sizeof *r->alpha);
    r->number = nmt_arena_take(arena, n, sizeof *r->number);
    r->state = nmt_arena_take(arena, n * n_state, sizeof *r->state);
}

static const struct nmt_terms *terms_of(const struct nmt_search_set *set, size_t i)
{
    return set->terms && set->terms[i] && set->terms[i]->n > 0 ? set->terms[i] : NULL;
}

size_t nmt_beams_rows(const struct nmt_search_options *o, const struct nmt_search_set *set)
{
    size_t rows = 0;
    for (size_t i = 0; i < set->B; i++)
        rows += o->beam * (terms_of(set, i) ? terms_of(set, i)->tokens + 1 : 1);
    return rows;
}

void nmt_beams_plan(struct nmt_beams *b, struct nmt_arena *arena,
                    const struct nmt_search_options *o, const struct nmt_search_set *set)
{
    const size_t K = o->beam, B = set->B, rows = nmt_beams_rows(o, set);
    size_t banks = 1;
    b->options = o;
    b->n_state = 0;
    for (size_t i = 0; i < B; i++) {
        const struct nmt_terms *t = terms_of(set, i);
        b->n_state = t && t->n > b->n_state ? t->n : b->n_state;
        banks = t && t->tokens + 1 > banks ? t->tokens + 1 : banks;
    }
    b->state = nmt_arena_take(arena, b->n_state, sizeof *b->state);
    b->in_bank = nmt_arena_take(arena, banks, sizeof *b->in_bank);
    b->beam = nmt_arena_take(arena, B, sizeof *b->beam);
    struct nmt_ending *ending = nmt_arena_take(arena, B * K, sizeof *ending);
    for (size_t i = 0; b->beam && i < B; i++)
        b->beam[i].ending = ending + i * K;
    plan_rows(&b->now, arena, rows, b->n_state);
    plan_rows(&b->next, arena, rows, b->n_state);
    b->most = nmt_candidates_most(o, b->n_state);
    b->found = nmt_arena_take(arena, rows * b->most, sizeof *b->found);
    b->count = nmt_arena_take(arena, rows, sizeof *b->count);
    b->wanted = nmt_arena_take(arena, rows, sizeof *b->wanted);
    b->place = nmt_arena_take(arena, K * banks, sizeof *b->place);
}

static uint32_t times(double ratio, uint32_t S)
{
    double n = floor(ratio * S);
    return n < (double)(UINT32_MAX / 2) ? (uint32_t)n : UINT32_MAX / 2;
}

static void set_lengths(struct nmt_beam *beam, const struct nmt_search_options *o, uint32_t S)
{
    uint32_t most = o->max_ratio > 0 ? times(o->max_ratio, S) : UINT32_MAX;
    if (o->max_length > 0 && o->max_length < most)
        most = (uint32_t)o->max_length;
    /* What is given is not cut: one step follows it, unless it has ended. */
    const bool ended = beam->n_prefix > 0 && beam->prefix[beam->n_prefix - 1] == o->eos;
    const uint32_t least = beam->n_prefix + !ended;
    beam->max_length = most < least ? least : most;
    beam->min_length = times(o->min_ratio, S);
    if (beam->min_length >= beam->max_length)
        beam->min_length = beam->max_length - 1;
}

void nmt_beams_start(struct nmt_beams *b, const struct nmt_search_set *set)
{
    b->t = 0;
    b->n_nodes = 0;
    b->n_active = set->B;
    b->n_rows = 0;
    for (uint32_t i = 0; i < set->B; i++) {
        struct nmt_beam *beam = &b->beam[i];
        beam->sentence = i;
        beam->live = b->options->sample ? (uint32_t)b->options->beam : 1;
        beam->name = set->number ? set->number[i] : i;
        beam->places = (uint32_t)b->options->beam;
        beam->n_endings = 0;
        beam->prefix = set->prefix ? set->prefix[i] : NULL;
        beam->n_prefix = beam->prefix ? set->n_prefix[i] : 0;
        beam->terms = terms_of(set, i);
        set_lengths(beam, b->options, set->S[i]);
        for (uint32_t k = 0; k < beam->live; k++, b->n_rows++) {
            b->now.parent[b->n_rows] = b->now.of[b->n_rows] = i;
            b->now.node[b->n_rows] = NMT_NO_NODE;
            b->now.log_prob[b->n_rows] = 0;
            b->now.number[b->n_rows] = k;
            if (beam->terms)
                nmt_terms_start(beam->terms, b->now.state + b->n_rows * b->n_state);
        }
    }
}

/* A number in [0, 1) that nothing else draws with: see nmt/search.h. */
static double random_number(const struct nmt_beams *b, uint64_t name, uint32_t number)
{
    const uint64_t seed = b->options->seed;
    const uint32_t counter[4] = { b->t, number, (uint32_t)name, (uint32_t)(name >> 32) };
    const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    uint32_t word[4];
    nmt_philox(word, counter, key);
    return (double)(((uint64_t)word[0] << 32 | word[1]) >> 11) * 0x1p-53;
}

void nmt_beams_want(struct nmt_beams *b)
{
    size_t row = 0;
    for (size_t i = 0; i < b->n_active; i++) {
        const struct nmt_beam *beam = &b->beam[i];
        const bool given = b->t < beam->n_prefix;
        const bool may_end = b->t >= beam->min_length;
        struct nmt_wanted w = { .n = beam->places,
                                .only = given ? beam->prefix[b->t] : NMT_NO_ID,
                                .may_end = may_end,
                                .terms = beam->terms };
        for (uint32_t k = 0; k < beam->live; k++, row++) {
            if (b->options->sample)
                w.draw = random_number(b, beam->name, b->now.number[row]);
            if (w.terms) {
                w.state = b->now.state + row * b->n_state;
                w.may_end = may_end && nmt_terms_may_end(w.terms, w.state);
            }
            b->wanted[row] = w;
        }
    }
}

/* The k best of all extensions of rows [first, first + live); equal ones keep their order. */
static uint32_t choose(struct nmt_beams *b, const struct nmt_beam *beam, uint32_t first)
{
    struct nmt_place *place = b->place;
    uint32_t have = 0;
    for (uint32_t row = first; row < first + beam->live; row++) {
        const struct nmt_candidate *found = b->found + row * b->most;
        for (uint32_t c = 0; c < b->count[row]; c++) {
            double sum = b->now.log_prob[row] + (double)found[c].log_prob;
            double least = have < beam->places ? -INFINITY : place[have - 1].sum;
            if (!(sum > least)) /* also NaN; the rest of the row is no better */
                break;
            uint32_t at = have < beam->places ? have++ : have - 1;
            for (; at > 0 && place[at - 1].sum < sum; at--)
                place[at] = place[at - 1];
            place[at] = (struct nmt_place){ row, found[c].id, found[c].log_prob, sum };
        }
    }
    return have;
}

/* What was drawn for rows [first, first + live). */
static uint32_t follow(struct nmt_beams *b, const struct nmt_beam *beam, uint32_t first)
{
    uint32_t have = 0;
    for (uint32_t row = first; row < first + beam->live; row++) {
        const struct nmt_candidate *found = b->found + row * b->most;
        double sum = b->now.log_prob[row] + (double)found->log_prob;
        if (b->count[row] > 0 && sum > -INFINITY) /* NaN is not */
            b->place[have++] = (struct nmt_place){ row, found->id, found->log_prob, sum };
    }
    return have;
}

static int reserve_nodes(struct nmt_beams *b, size_t more, struct nmt_err *err)
{
    if (more <= b->cap_nodes - b->n_nodes)
        return 0;
    size_t cap = 2 * b->cap_nodes + more + 4096;
    struct nmt_node *node = cap < NMT_NO_NODE ? realloc(b->node, cap * sizeof *node) : NULL;
    if (!node)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for hypotheses");
    b->node = node;
    b->cap_nodes = cap;
    return 0;
}

static void end(struct nmt_beams *b, struct nmt_beam *beam, const struct nmt_place *p,
                uint32_t node)
{
    const double sum = p->sum;
    struct nmt_ending x = { .node = node,
                            .n = b->t + 1,
                            .number = b->now.number[p->row],
                            .log_prob = sum,
                            .finished = p->id == b->options->eos };
    if (b->coverage)
        x.coverage = b->coverage(b->arg, beam->sentence, node);
    x.score = nmt_length_score(b->options, sum, x.n) + x.coverage;
    nmt_beam_end(beam, b->options, x);
    beam->places--;
}

static uint32_t choose_any(struct nmt_beams *b, const struct nmt_beam *beam, uint32_t first)
{
    if (b->options->sample)
        return follow(b, beam, first);
    return beam->terms ? nmt_banks_choose(b, beam, first) : choose(b, beam, first);
}

/* Extends one sentence; its new rows are added behind n_next. */
static int extend_sentence(struct nmt_beams *b, struct nmt_beam *beam, uint32_t first,
                           size_t *n_next, struct nmt_err *err)
{
    const bool last = b->t + 1 >= beam->max_length;
    const uint32_t n = choose_any(b, beam, first);
    uint32_t live = 0;
    double best_alive = -INFINITY;
    NMT_TRY(reserve_nodes(b, n, err));
    for (uint32_t i = 0; i < n; i++) {
        const struct nmt_place *p = &b->place[i];
        const uint32_t node = (uint32_t)b->n_nodes++;
        b->node[node] =
            (struct nmt_node){ b->now.node[p->row], p->id, p->log_prob, b->now.alpha[p->row] };
        if (p->id == b->options->eos || last) {
            end(b, beam, p, node);
            continue;
        }
        const size_t to = *n_next + live++;
        b->next.parent[to] = p->row;
        b->next.of[to] = beam->sentence;
        b->next.node[to] = node;
        b->next.y[to] = p->id;
        b->next.log_prob[to] = p->sum;
        b->next.number[to] = b->now.number[p->row];
        best_alive = p->sum > best_alive ? p->sum : best_alive;
        if (beam->terms)
            nmt_terms_step(beam->terms, b->next.state + to * b->n_state,
                           b->now.state + p->row * b->n_state, p->id, false);
    }
    if (live > 0 && (beam->places == 0 || nmt_beam_is_final(beam, b->options, best_alive)))
        live = 0;
    beam->live = live;
    *n_next += live;
    return 0;
}

int nmt_beams_extend(struct nmt_beams *b, struct nmt_err *err)
{
    size_t n_next = 0, n_active = 0;
    uint32_t first = 0;
    for (size_t i = 0; i < b->n_active; i++) {
        struct nmt_beam beam = b->beam[i];
        uint32_t rows = beam.live;
        NMT_TRY(extend_sentence(b, &beam, first, &n_next, err));
        first += rows;
        /* Those at work stay in front, in order; one that is done changes places with none. */
        if (beam.live > 0) {
            struct nmt_beam other = b->beam[n_active];
            b->beam[n_active++] = beam;
            if (n_active - 1 != i)
                b->beam[i] = other;
        } else {
            b->beam[i] = beam;
        }
    }
    struct nmt_rows swap = b->now;
    b->now = b->next;
    b->next = swap;
    b->n_active = n_active;
    b->n_rows = n_next;
    b->t++;
    return 0;
}

void nmt_beams_release(struct nmt_beams *b)
{
    free(b->node);
    b->node = NULL;
    b->n_nodes = b->cap_nodes = 0;
}
