/*
 * The K best words of each row, or one that is drawn.
 *
 * Words are ranked by a value that grows with the probability: the logit itself for one model, the
 * weighted mean of the probabilities or of the logits for several. Only what is found gets a
 * logarithm.
 */
#include "search/candidates.h"

#include "layer/embedding.h"
#include "math/kernels.h"

#include <math.h>

#define BLOCK_NUMBERS ((size_t)1 << 20)
#define BLOCK_ROWS    ((size_t)256)

size_t nmt_candidates_most(const struct nmt_search_options *o, size_t terms)
{
    return (o->sample ? 1 : o->beam) + (terms ? terms + 2 : 0);
}

void nmt_candidates_plan(struct nmt_candidates *c, struct nmt_arena *arena,
                         const struct nmt_search_options *o, const struct nmt_search_model *models,
                         const real *share, size_t n_models, size_t most)
{
    c->options = o;
    c->models = models;
    c->share = share;
    c->n_models = n_models;
    c->V = models[0].shape->V_target;
    c->rows = BLOCK_NUMBERS / c->V;
    c->rows = c->rows < 16 ? 16 : c->rows > BLOCK_ROWS ? BLOCK_ROWS : c->rows;
    const size_t top = o->sample && o->top_k > o->beam ? o->top_k : o->beam;
    c->most = most;
    c->best = nmt_arena_take(arena, top, sizeof *c->best);
    c->top = o->sample ? nmt_arena_take(arena, top, sizeof *c->top) : NULL;
    c->chance = o->sample ? nmt_arena_take(arena, c->V, sizeof *c->chance) : NULL;
    c->block = nmt_arena_take(arena, n_models, sizeof *c->block);
    for (size_t m = 0; m < n_models; m++) {
        real *block = nmt_arena_take(arena, c->rows * c->V, sizeof *block);
        if (c->block)
            c->block[m] = block;
    }
}

/* A row's values, and how a value becomes a log-probability: log(v) or v, minus base. */
struct row {
    real *value;
    double base;
    bool probability;
};

/* Rounding may lift one above 0, where nothing may be (ending.c); NaN stays what it is. */
static double at_most_0(double log_prob)
{
    return log_prob > 0 ? 0 : log_prob;
}

static double log_prob(const struct row *row, real value)
{
    return at_most_0((row->probability ? log((double)value) : (double)value) - row->base);
}

/* Brings the models' rows together in that of the first. */
static struct row combine(const struct nmt_candidates *c, size_t r)
{
    const struct nmt_kernels *k = nmt_kernels();
    struct row row = { c->block[0] + r * c->V, 0, false };
    if (c->n_models == 1) {
        row.base = (double)k->log_sum_exp(row.value, c->V);
        return row;
    }
    row.probability = !c->options->geometric;
    for (size_t m = 0; m < c->n_models; m++) {
        real *x = c->block[m] + r * c->V;
        if (row.probability)
            k->softmax(x, c->V);
        else
            row.base += (double)k->log_sum_exp(x, c->V) * (double)c->share[m];
        if (m > 0)
            k->axpy(row.value, c->share[m], x, c->V);
        else
            for (size_t i = 0; i < c->V; i++)
                x[i] *= c->share[0];
    }
    return row;
}

/*
 * The n greatest of x by a threshold that rises. Greater first; of equals the lower id first, since
 * ids come in order and only a greater value passes another.
 */
static uint32_t greatest(struct nmt_candidate *found, real *best, const real *x, size_t V,
                         uint32_t n)
{
    uint32_t have = 0;
    real threshold = -(real)INFINITY;
    for (size_t i = 0; i < V; i++) {
        if (!(x[i] > threshold)) /* NaN is never greater */
            continue;
        uint32_t at = have < n ? have++ : n - 1;
        for (; at > 0 && best[at - 1] < x[i]; at--) {
            best[at] = best[at - 1];
            found[at].id = found[at - 1].id;
        }
        best[at] = x[i];
        found[at].id = (nmt_id)i;
        if (have == n)
            threshold = best[n - 1];
    }
    return have;
}

static void forbid(const struct row *row, const struct nmt_candidates *c, nmt_id id)
{
    if (id < c->V)
        row->value[id] = row->probability ? 0 : -(real)INFINITY;
}

/* One word's log-probability. Not by way of probabilities, which may be too small to be told from
 * 0.
 */
static double log_prob_of(const struct nmt_candidates *c, size_t r, nmt_id id)
{
    double sum = 0, most = -INFINITY, exps = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t m = 0; m < c->n_models; m++) {
            const double share = (double)c->share[m];
            const real *x = c->block[m] + r * c->V;
            double lp = (double)x[id] - (double)nmt_kernels()->log_sum_exp(x, c->V);
            if (share <= 0)
                continue;
            if (pass == 0) {
                sum += share * lp;
                most = lp > most ? lp : most;
            } else {
                exps += share * exp(lp - most);
            }
        }
    return at_most_0(c->n_models == 1 || c->options->geometric ? sum : most + log(exps));
}

/* Where the random number falls among n chances, which need not sum to 1. n: they are no numbers.
 */
static size_t fall(const real *chance, size_t n, double draw)
{
    double sum = 0, seen = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)chance[i];
    for (size_t i = 0; i < n; i++) {
        seen += (double)chance[i];
        if (seen > sum * draw)
            return i;
    }
    return n;
}

/* p^(1/T) of n values, but for a factor; what is forbidden has no chance at all. */
static void heat(real *chance, const struct row *row, const real *value, size_t n, double T)
{
    const real forbidden = row->probability ? 0 : -(real)INFINITY;
    for (size_t i = 0; i < n; i++)
        chance[i] = (real)((row->probability ? log((double)value[i]) : (double)value[i]) / T);
    nmt_kernels()->softmax(chance, n);
    for (size_t i = 0; i < n; i++)
        if (value[i] == forbidden)
            chance[i] = 0;
}

static uint32_t draw(const struct nmt_candidates *c, struct nmt_candidate *found,
                     const struct row *row, double number)
{
    const struct nmt_search_options *o = c->options;
    size_t n = c->V, at;
    if (o->top_k > 0) {
        n = greatest(c->top, c->best, row->value, c->V, (uint32_t)o->top_k);
        heat(c->chance, row, c->best, n, o->temperature);
    } else {
        heat(c->chance, row, row->value, n, o->temperature);
    }
    at = fall(c->chance, n, number);
    if (at == n)
        return 0;
    found->id = o->top_k > 0 ? c->top[at].id : (nmt_id)at;
    found->log_prob = (real)log_prob(row, row->value[found->id]);
    return 1;
}

/* --- terms ------------------------------------------------------------------------------- */

/* What would help a row's terms, with log-probabilities, before rows are brought together. */
static size_t find_helpers(const struct nmt_candidates *c, struct nmt_candidate *help, size_t r,
                           const struct nmt_wanted *w)
{
    nmt_id ids[NMT_TERMS_MAX];
    size_t n = nmt_terms_helpers(w->terms, w->state, ids);
    for (size_t i = 0; i < n; i++)
        help[i] = (struct nmt_candidate){ ids[i], (real)log_prob_of(c, r, ids[i]) };
    return n;
}

static void forbid_terms(const struct row *row, const struct nmt_candidates *c,
                         const struct nmt_wanted *w)
{
    nmt_id ids[NMT_TERMS_MAX];
    size_t n = nmt_terms_banned(w->terms, w->state, ids);
    for (size_t i = 0; i < n; i++)
        forbid(row, c, ids[i]);
    if (nmt_terms_pending(w->terms, w->state, true))
        for (nmt_id id = 0; id < c->V; id++)
            if (nmt_piece_begins(w->terms->pieces, id))
                forbid(row, c, id);
}

/* Adds a candidate that is not there yet. Whoever chooses leaves out what terms forbid. */
static void add(struct nmt_candidate *found, uint32_t *n, struct nmt_candidate x)
{
    for (uint32_t i = 0; i < *n; i++)
        if (found[i].id == x.id)
            return;
    found[(*n)++] = x;
}

/* The most probable piece that begins a word, and </s>: they end the word of a required term. */
static void add_borders(struct nmt_candidate *found, uint32_t *n, const struct row *row,
                        const struct nmt_candidates *c, const struct nmt_wanted *w)
{
    nmt_id best = NMT_NO_ID;
    for (nmt_id id = 0; id < c->V; id++)
        if (nmt_piece_begins(w->terms->pieces, id) &&
            (best == NMT_NO_ID || row->value[id] > row->value[best]))
            best = id;
    const nmt_id ids[] = { best, c->options->eos };
    for (size_t i = 0; i < 2; i++)
        if (ids[i] != NMT_NO_ID)
            add(found, n,
                (struct nmt_candidate){ ids[i], (real)log_prob(row, row->value[ids[i]]) });
}

static uint32_t find_in_row(const struct nmt_candidates *c, struct nmt_candidate *found, size_t r,
                            const struct nmt_wanted *wanted)
{
    if (wanted->only != NMT_NO_ID) {
        found[0] = (struct nmt_candidate){ wanted->only, (real)log_prob_of(c, r, wanted->only) };
        return 1;
    }
    struct nmt_candidate help[NMT_TERMS_MAX];
    const size_t n_help = wanted->terms ? find_helpers(c, help, r, wanted) : 0;
    struct row row = combine(c, r);
    forbid(&row, c, c->options->bos);
    if (c->options->forbid_unk)
        forbid(&row, c, c->options->unk);
    if (!wanted->may_end)
        forbid(&row, c, c->options->eos);
    if (c->options->sample)
        return draw(c, found, &row, wanted->draw);
    if (wanted->terms)
        forbid_terms(&row, c, wanted);
    uint32_t n = greatest(found, c->best, row.value, c->V, wanted->n);
    for (uint32_t i = 0; i < n; i++)
        found[i].log_prob = (real)log_prob(&row, c->best[i]);
    for (size_t i = 0; i < n_help; i++)
        add(found, &n, help[i]);
    if (wanted->terms && nmt_terms_pending(wanted->terms, wanted->state, false))
        add_borders(found, &n, &row, c, wanted);
    return n;
}

void nmt_candidates_find(struct nmt_candidates *c, struct nmt_candidate *found, uint32_t *count,
                         const struct nmt_step *steps, const struct nmt_wanted *wanted, size_t B)
{
    for (size_t first = 0; first < B; first += c->rows) {
        size_t n = B - first < c->rows ? B - first : c->rows;
        for (size_t m = 0; m < c->n_models; m++)
            nmt_step_logits(&steps[m], c->block[m], c->models[m].params, first, n);
        for (size_t r = 0; r < n; r++) {
            size_t b = first + r;
            count[b] = find_in_row(c, found + b * c->most, r, &wanted[b]);
        }
    }
}
