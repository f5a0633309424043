/* A first look at the output layer in fixed point; see rough.h. */
#include "search/rough.h"

#include "candidates_internal.h"
#include "layer/embedding.h"
#include "math/fixed.h"
#include "math/kernels.h"

#include <math.h>

/* Words that are kept beside those wanted, in case they are in question. */
#define SPARE 4

/*
 * Words whose logits are taken exactly for the sum over the vocabulary. Not those wanted, so that a
 * word's log-probability does not depend on how many others are asked for.
 */
#define KNOWN 12

/* Words that may be forbidden. */
#define NEVER 3

/* Rows of a block, whose numbers must stay in the cache. */
#define ROWS ((size_t)192)

/* What has been seen of a row. */
struct nmt_rough_row {
    real sum, most; /* of exp(value - most); the greatest value */
    real lost;      /* the same sum, each term times what rounding takes from the value */
    uint32_t n;     /* words in the list */
};

void nmt_rough_plan(struct nmt_candidates *c, struct nmt_arena *arena)
{
    const struct nmt_fixed *output = c->models[0].output;
    struct nmt_rough *r = &c->rough;
    c->rows = c->rows < ROWS ? c->rows : ROWS;
    r->known = c->options->unscored && c->options->beam == 1 ? 0 : KNOWN;
    r->width = (c->options->beam > r->known ? c->options->beam : r->known) + NEVER + SPARE;
    r->blocks = (c->V + NMT_BLOCK_WORDS - 1) / NMT_BLOCK_WORDS;
    r->q = nmt_arena_take(arena, c->rows * output->words.pairs * 2, sizeof *r->q);
    r->scale = nmt_arena_take(arena, c->rows, sizeof *r->scale);
    r->rest = nmt_arena_take(arena, c->rows * output->K, sizeof *r->rest);
    r->lost = nmt_arena_take(arena, c->rows * r->blocks, sizeof *r->lost);
    r->row = nmt_arena_take(arena, c->rows, sizeof *r->row);
    r->near = nmt_arena_take(arena, c->rows * r->width, sizeof *r->near);
    r->value = nmt_arena_take(arena, c->rows * r->width, sizeof *r->value);
    r->done = nmt_arena_take(arena, c->rows, sizeof *r->done);
}

/* Goes on with the sums: x [words] of a block that loses so much. Returns the greatest. */
static real add_up(struct nmt_rough_row *row, const real *x, size_t words, real lost)
{
    real sum = 0, most = row->most;
    const real top = nmt_kernels()->add_exp(&sum, &most, x, words);
    if (most > row->most) {
        const real shrink = (real)exp((double)row->most - (double)most);
        row->sum *= shrink;
        row->lost *= shrink;
        row->most = most;
    }
    row->sum += sum;
    row->lost += sum * lost;
    return top;
}

/* Goes on with row r of the block: x [words] from the id `word` on. */
static void look(const struct nmt_candidates *c, size_t r, const real *x, size_t word, size_t words)
{
    const struct nmt_rough *rough = &c->rough;
    struct nmt_rough_row *row = &rough->row[r];
    real *value = rough->value + r * rough->width;
    const uint32_t n = (uint32_t)rough->width;
    if (rough->known) {
        const real lost = rough->lost[r * rough->blocks + word / NMT_BLOCK_WORDS];
        const real top = add_up(row, x, words, lost);
        if (row->n == n && !(top > value[n - 1]))
            return;
    }
    row->n =
        nmt_candidates_greatest(rough->near + r * rough->width, value, row->n, n, x, word, words);
}

static real logit(const struct nmt_candidates *c, const struct nmt_step *step, size_t row,
                  nmt_id word)
{
    real x;
    nmt_step_logits(step, &x, c->models[0].params, row, 1, word, 1);
    return x;
}

/* A word of row r is known exactly: the first look gave it `seen`. */
static void learn(const struct nmt_candidates *c, size_t r, nmt_id id, real seen, real exact)
{
    struct nmt_rough_row *row = &c->rough.row[r];
    const real lost = c->rough.lost[r * c->rough.blocks + id / NMT_BLOCK_WORDS];
    row->lost += (real)exp((double)seen - (double)row->most) * (exact - seen - lost);
}

/* What a word of row r must have been seen with to be among the n best that are allowed. */
static double least_value(const struct nmt_candidates *c, size_t r, const struct nmt_wanted *wanted)
{
    const struct nmt_rough *rough = &c->rough;
    const struct nmt_candidate *near = rough->near + r * rough->width;
    const real *value = rough->value + r * rough->width;
    double last = -INFINITY;
    for (uint32_t i = 0, n = 0; i < rough->row[r].n && n < wanted->n; i++)
        if (nmt_candidates_may(c, wanted, near[i].id)) {
            last = (double)value[i];
            n++;
        }
    return last - 2 * nmt_fixed_error(c->models[0].output, rough->scale[r]);
}

/*
 * Takes the exact values of the words that are to be known and of those that can be among the n
 * best; the latter are put in order: greater first, then the lower id. *n becomes their number.
 * false: there may be others, which are not in the list.
 */
static bool settle(const struct nmt_candidates *c, size_t r, const struct nmt_step *step,
                   const struct nmt_wanted *wanted, size_t row, uint32_t *n)
{
    const struct nmt_rough *rough = &c->rough;
    const uint32_t have = rough->row[r].n;
    struct nmt_candidate *near = rough->near + r * rough->width;
    real *value = rough->value + r * rough->width;
    const double least = wanted->only == NMT_NO_ID ? least_value(c, r, wanted) : (double)INFINITY;
    if (have == rough->width && (double)value[have - 1] >= least)
        return false;
    *n = 0;
    for (uint32_t i = 0; i < have; i++) {
        const nmt_id id = near[i].id;
        const real seen = value[i];
        const bool possible = (double)seen >= least && nmt_candidates_may(c, wanted, id);
        if (i >= rough->known && !possible)
            continue;
        const real x = logit(c, step, row, id);
        if (i < rough->known)
            learn(c, r, id, seen, x);
        uint32_t at = *n;
        if (!possible)
            continue;
        for (; at > 0 && (value[at - 1] < x || (value[at - 1] == x && near[at - 1].id > id));
             at--) {
            value[at] = value[at - 1];
            near[at].id = near[at - 1].id;
        }
        value[at] = x;
        near[at].id = id;
        ++*n;
    }
    return true;
}

/* What row r of the block may be continued with. false: this way does not tell. */
static bool choose(const struct nmt_candidates *c, struct nmt_candidate *found, uint32_t *count,
                   size_t r, const struct nmt_step *step, const struct nmt_wanted *wanted,
                   size_t row)
{
    const struct nmt_rough *rough = &c->rough;
    const struct nmt_rough_row *seen = &rough->row[r];
    struct nmt_candidate *near = rough->near + r * rough->width;
    real *value = rough->value + r * rough->width;
    uint32_t n;
    if (!settle(c, r, step, wanted, row, &n))
        return false;
    if (wanted->only != NMT_NO_ID) {
        near[0].id = wanted->only;
        value[0] = logit(c, step, row, wanted->only);
        n = 1;
    }
    double base = 0;
    if (rough->known) {
        const double sum = (double)seen->sum;
        base = (double)seen->most + log(sum) + (double)seen->lost / sum;
    }
    *count = n < wanted->n ? n : wanted->n;
    for (uint32_t i = 0; i < *count; i++) {
        const double log_prob = rough->known ? (double)value[i] - base : 0;
        found[i].id = near[i].id;
        found[i].log_prob = (real)(log_prob > 0 ? 0 : log_prob); /* see candidates.c */
    }
    return true;
}

void nmt_rough_find(const struct nmt_candidates *c, struct nmt_candidate *found, uint32_t *count,
                    const struct nmt_step *step, const struct nmt_wanted *wanted, size_t first,
                    size_t n)
{
    const struct nmt_rough *rough = &c->rough;
    const struct nmt_fixed *output = c->models[0].output;
    const size_t pairs = output->words.pairs, L = output->K;
    real *block = c->block[0];
    for (size_t r = 0; r < n; r++) {
        rough->row[r] = (struct nmt_rough_row){ .most = -(real)INFINITY };
        rough->scale[r] = nmt_kernels()->fixed_row(rough->q + r * pairs * 2, rough->rest + r * L,
                                                   step->readout.t + (first + r) * L, L);
        rough->done[r] = !wanted[r].terms && rough->scale[r] > 0;
    }
    if (rough->known)
        nmt_kernels()->matmul_rows(rough->lost, rough->blocks, rough->rest, L, output->mean, L, n,
                                   rough->blocks, L, false);
    for (size_t word = 0; word < c->V; word += NMT_BLOCK_WORDS) {
        const size_t words = c->V - word < NMT_BLOCK_WORDS ? c->V - word : NMT_BLOCK_WORDS;
        nmt_fixed_product(output, block, NMT_BLOCK_WORDS, rough->q, rough->scale, n, word, words);
        for (size_t r = 0; r < n; r++)
            if (rough->done[r])
                look(c, r, block + r * NMT_BLOCK_WORDS, word, words);
    }
    for (size_t r = 0; r < n; r++)
        if (rough->done[r])
            rough->done[r] =
                choose(c, found + r * c->most, &count[r], r, step, &wanted[r], first + r);
}
