/*
 * The K best words of each row, or one that is drawn.
 *
 * Words are ranked by a value that grows with the probability: the logit itself for one model, the
 * weighted mean of the probabilities or of the logits for several. Only what is found gets a
 * logarithm.
 *
 * With one model the output layer is done in blocks of words that stay in the processor's cache:
 * while a block's logits are there, each row's sum of exponentials and list of best words go on. A
 * block with nothing above the last of the list is not looked through. Several models must
 * be brought together word by word once the sums are known, and to draw one needs them all: there
 * rows are kept whole.
 */
#include "search/candidates.h"

#include "candidates_internal.h"
#include "search/rough.h"

#include "layer/embedding.h"
#include "math/kernels.h"

#include <math.h>

#define BLOCK_NUMBERS ((size_t)1 << 20)
#define BLOCK_ROWS    ((size_t)512)

/*
 * What ends the last word of a required term: the most probable piece that begins a word, and
 * </s>.
 */
struct border {
    nmt_id id;
    real value, end;
};

#define NO_BORDER                                                                                  \
    {                                                                                              \
        NMT_NO_ID, -(real)INFINITY, -(real)INFINITY                                                \
    }

/* What has been seen of a row. What helps its terms stands behind the places of the n best. */
struct nmt_partial {
    real sum, most; /* of exp(value - most); the greatest value */
    real only;      /* the value of the one word that is wanted */
    uint32_t n;     /* words found so far */
    struct border border;
};

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
    c->in_blocks = n_models == 1 && !o->sample;
    const bool rough = c->in_blocks && models[0].output;
    const size_t words = rough || (c->in_blocks && c->V > NMT_BLOCK_WORDS) ? NMT_BLOCK_WORDS : c->V;
    c->rows = BLOCK_NUMBERS / words;
    c->rows = c->rows < 16 ? 16 : c->rows > BLOCK_ROWS ? BLOCK_ROWS : c->rows;
    if (rough)
        nmt_rough_plan(c, arena);
    const size_t top = o->sample && o->top_k > o->beam ? o->top_k : o->beam;
    c->most = most;
    c->best = nmt_arena_take(arena, c->in_blocks ? c->rows * most : top, sizeof *c->best);
    c->partial = c->in_blocks ? nmt_arena_take(arena, c->rows, sizeof *c->partial) : NULL;
    c->top = o->sample ? nmt_arena_take(arena, top, sizeof *c->top) : NULL;
    c->chance = o->sample ? nmt_arena_take(arena, c->V, sizeof *c->chance) : NULL;
    c->block = nmt_arena_take(arena, n_models, sizeof *c->block);
    for (size_t m = 0; m < n_models; m++) {
        real *block = nmt_arena_take(arena, c->rows * words, sizeof *block);
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

uint32_t nmt_candidates_greatest(struct nmt_candidate *found, real *best, uint32_t have, uint32_t n,
                                 const real *x, size_t word, size_t words)
{
    real threshold = have == n ? best[n - 1] : -(real)INFINITY;
    const struct nmt_kernels *k = nmt_kernels();
    for (size_t i = 0; (i = k->find_above(x, threshold, i, words)) < words; i++) {
        uint32_t at = have < n ? have++ : n - 1;
        for (; at > 0 && best[at - 1] < x[i]; at--) {
            best[at] = best[at - 1];
            found[at].id = found[at - 1].id;
        }
        best[at] = x[i];
        found[at].id = (nmt_id)(word + i);
        if (have == n)
            threshold = best[n - 1];
    }
    return have;
}

bool nmt_candidates_may(const struct nmt_candidates *c, const struct nmt_wanted *wanted,
                        nmt_id word)
{
    const struct nmt_search_options *o = c->options;
    return word != o->bos && (word != o->unk || !o->forbid_unk) &&
           (word != o->eos || wanted->may_end);
}

/* x [words] from the id `word` on: what may not be chosen gets the value `never`. */
static void forbid(const struct nmt_candidates *c, const struct nmt_wanted *wanted, real *x,
                   size_t word, size_t words, real never)
{
    const struct nmt_search_options *o = c->options;
    const nmt_id ids[] = { o->bos, o->unk, o->eos };
    for (size_t i = 0; i < 3; i++)
        if (!nmt_candidates_may(c, wanted, ids[i]) && ids[i] >= word && ids[i] < word + words)
            x[ids[i] - word] = never;
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
        n = nmt_candidates_greatest(c->top, c->best, 0, (uint32_t)o->top_k, row->value, 0, c->V);
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

/* x [words] from the id `word` on: what terms forbid gets `never`; the border goes on. */
static void look_for_terms(const struct nmt_candidates *c, struct border *border,
                           const struct nmt_wanted *w, real *x, size_t word, size_t words,
                           real never)
{
    const struct nmt_pieces *pieces = w->terms->pieces;
    const bool closed = nmt_terms_pending(w->terms, w->state, true);
    const bool wanted = nmt_terms_pending(w->terms, w->state, false);
    nmt_id ids[NMT_TERMS_MAX];
    size_t n = nmt_terms_banned(w->terms, w->state, ids);
    for (size_t i = 0; i < n; i++)
        if (ids[i] >= word && ids[i] < word + words)
            x[ids[i] - word] = never;
    for (size_t i = 0; closed && i < words; i++)
        if (nmt_piece_begins(pieces, (nmt_id)(word + i)))
            x[i] = never;
    for (size_t i = 0; wanted && i < words; i++)
        if (x[i] > border->value && nmt_piece_begins(pieces, (nmt_id)(word + i))) {
            border->id = (nmt_id)(word + i);
            border->value = x[i];
        }
    const nmt_id eos = c->options->eos;
    if (wanted && eos >= word && eos < word + words)
        border->end = x[eos - word];
}

/* Adds a candidate that is not there yet. Whoever chooses leaves out what terms forbid. */
static void add(struct nmt_candidate *found, uint32_t *n, struct nmt_candidate x)
{
    for (uint32_t i = 0; i < *n; i++)
        if (found[i].id == x.id)
            return;
    found[(*n)++] = x;
}

static void add_border(struct nmt_candidate *found, uint32_t *n, const struct row *row,
                       const struct border *b, nmt_id eos)
{
    if (b->id != NMT_NO_ID)
        add(found, n, (struct nmt_candidate){ b->id, (real)log_prob(row, b->value) });
    if (b->end > -(real)INFINITY)
        add(found, n, (struct nmt_candidate){ eos, (real)log_prob(row, b->end) });
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
    const real never = row.probability ? 0 : -(real)INFINITY;
    forbid(c, wanted, row.value, 0, c->V, never);
    if (c->options->sample)
        return draw(c, found, &row, wanted->draw);
    struct border border = NO_BORDER;
    if (wanted->terms)
        look_for_terms(c, &border, wanted, row.value, 0, c->V, never);
    uint32_t n = nmt_candidates_greatest(found, c->best, 0, wanted->n, row.value, 0, c->V);
    for (uint32_t i = 0; i < n; i++)
        found[i].log_prob = (real)log_prob(&row, c->best[i]);
    for (size_t i = 0; i < n_help; i++)
        add(found, &n, help[i]);
    add_border(found, &n, &row, &border, c->options->eos);
    return n;
}

/* Rows that are kept whole. */
static void find_in_rows(const struct nmt_candidates *c, struct nmt_candidate *found,
                         uint32_t *count, const struct nmt_step *steps,
                         const struct nmt_wanted *wanted, size_t first, size_t n)
{
    for (size_t m = 0; m < c->n_models; m++)
        nmt_step_logits(&steps[m], c->block[m], c->models[m].params, first, n, 0, c->V);
    for (size_t r = 0; r < n; r++)
        count[r] = find_in_row(c, found + r * c->most, r, &wanted[r]);
}

/* The values of what helps the terms, where they are in the block. */
static void keep_helpers(struct nmt_candidate *help, const struct nmt_wanted *w, const real *x,
                         size_t word, size_t words)
{
    nmt_id ids[NMT_TERMS_MAX];
    size_t n = nmt_terms_helpers(w->terms, w->state, ids);
    for (size_t i = 0; i < n; i++)
        if (ids[i] >= word && ids[i] < word + words)
            help[i] = (struct nmt_candidate){ ids[i], x[ids[i] - word] };
}

/* Goes on with a row: x [words] from the id `word` on. */
static void look(const struct nmt_candidates *c, struct nmt_partial *p, struct nmt_candidate *found,
                 real *best, const struct nmt_wanted *wanted, real *x, size_t word, size_t words)
{
    real top = nmt_kernels()->add_exp(&p->sum, &p->most, x, words);
    if (wanted->only != NMT_NO_ID) {
        if (wanted->only >= word && wanted->only < word + words)
            p->only = x[wanted->only - word];
        return;
    }
    if (wanted->terms)
        keep_helpers(found + c->options->beam, wanted, x, word, words);
    else if (p->n == wanted->n && !(top > best[p->n - 1]))
        return;
    forbid(c, wanted, x, word, words, -(real)INFINITY);
    if (wanted->terms)
        look_for_terms(c, &p->border, wanted, x, word, words, -(real)INFINITY);
    p->n = nmt_candidates_greatest(found, best, p->n, wanted->n, x, word, words);
}

static uint32_t log_probs(const struct nmt_candidates *c, const struct nmt_partial *p,
                          struct nmt_candidate *found, const real *best,
                          const struct nmt_wanted *wanted)
{
    const struct row row = { NULL, (double)p->most + log((double)p->sum), false };
    if (wanted->only != NMT_NO_ID) {
        found[0] = (struct nmt_candidate){ wanted->only, (real)log_prob(&row, p->only) };
        return 1;
    }
    for (uint32_t i = 0; i < p->n; i++)
        found[i].log_prob = (real)log_prob(&row, best[i]);
    if (!wanted->terms)
        return p->n;
    nmt_id ids[NMT_TERMS_MAX];
    uint32_t n = p->n;
    const size_t n_help = nmt_terms_helpers(wanted->terms, wanted->state, ids);
    for (size_t i = 0; i < n_help; i++) { /* adding moves them to the front */
        struct nmt_candidate x = found[c->options->beam + i];
        x.log_prob = (real)log_prob(&row, x.log_prob);
        add(found, &n, x);
    }
    add_border(found, &n, &row, &p->border, c->options->eos);
    return n;
}

/* Rows in blocks of words. */
static void find_in_blocks(const struct nmt_candidates *c, struct nmt_candidate *found,
                           uint32_t *count, const struct nmt_step *step,
                           const struct nmt_wanted *wanted, size_t first, size_t n)
{
    for (size_t r = 0; r < n; r++)
        c->partial[r] = (struct nmt_partial){ 0, -(real)INFINITY, 0, 0, NO_BORDER };
    for (size_t word = 0; word < c->V; word += NMT_BLOCK_WORDS) {
        size_t words = c->V - word < NMT_BLOCK_WORDS ? c->V - word : NMT_BLOCK_WORDS;
        nmt_step_logits(step, c->block[0], c->models[0].params, first, n, word, words);
        for (size_t r = 0; r < n; r++)
            look(c, &c->partial[r], found + r * c->most, c->best + r * c->most, &wanted[r],
                 c->block[0] + r * words, word, words);
    }
    for (size_t r = 0; r < n; r++)
        count[r] =
            log_probs(c, &c->partial[r], found + r * c->most, c->best + r * c->most, &wanted[r]);
}

/* A first look, and the rows for which it is not enough. */
static void find_by_first_look(const struct nmt_candidates *c, struct nmt_candidate *found,
                               uint32_t *count, const struct nmt_step *step,
                               const struct nmt_wanted *wanted, size_t first, size_t n)
{
    nmt_rough_find(c, found, count, step, wanted, first, n);
    for (size_t r = 0, end; r < n; r = end) {
        for (end = r; end < n && !c->rough.done[end];)
            end++;
        if (end > r)
            find_in_blocks(c, found + r * c->most, count + r, step, wanted + r, first + r, end - r);
        else
            end++;
    }
}

void nmt_candidates_find(struct nmt_candidates *c, struct nmt_candidate *found, uint32_t *count,
                         const struct nmt_step *steps, const struct nmt_wanted *wanted, size_t B)
{
    for (size_t first = 0; first < B; first += c->rows) {
        const size_t n = B - first < c->rows ? B - first : c->rows;
        struct nmt_candidate *to = found + first * c->most;
        if (!c->in_blocks)
            find_in_rows(c, to, count + first, steps, wanted + first, first, n);
        else if (c->models[0].output)
            find_by_first_look(c, to, count + first, steps, wanted + first, first, n);
        else
            find_in_blocks(c, to, count + first, steps, wanted + first, first, n);
    }
}
