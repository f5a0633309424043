/* The K best words of a row against sorting them all, over several blocks of the vocabulary. */
#include "search/candidates.h"

#include "layer/embedding.h"

#include <nmt/random.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>

enum { V = 700, L = 12, ROWS = 9, K = 6 };

static real out_W[V * L], out_b[V], t[ROWS * L];

static double logit(size_t row, size_t word)
{
    double sum = (double)out_b[word];
    for (size_t i = 0; i < L; i++)
        sum += (double)out_W[word * L + i] * (double)t[row * L + i];
    return sum;
}

static double log_sum(size_t row)
{
    double sum = 0;
    for (size_t v = 0; v < V; v++)
        sum += exp(logit(row, v));
    return log(sum);
}

static bool may_be(const struct nmt_wanted *w, size_t word)
{
    return word != 1 && (w->may_end || word != 2);
}

/* The next word behind (value, word) in the order of candidates; V: there is none. */
static size_t next_best(const struct nmt_wanted *w, size_t row, double value, size_t word)
{
    size_t best = V;
    for (size_t v = 0; v < V; v++) {
        double x = logit(row, v);
        bool behind = x < value || (x == value && v > word);
        if (may_be(w, v) && behind && (best == V || x > logit(row, best)))
            best = v;
    }
    return best;
}

static void random_output_layer(void)
{
    struct nmt_random r = { 5, 1, 0 };
    for (size_t i = 0; i < V * L; i++)
        out_W[i] = (real)nmt_random_normal(&r);
    for (size_t i = 0; i < V; i++)
        out_b[i] = (real)nmt_random_normal(&r);
    for (size_t i = 0; i < ROWS * L; i++)
        t[i] = (real)nmt_random_normal(&r);
    for (size_t i = 0; i < L; i++) /* the best of row 0: the same word in three blocks, and </s> */
        out_W[3 * L + i] = out_W[300 * L + i] = out_W[699 * L + i] = out_W[2 * L + i] = 2 * t[i];
    out_b[3] = out_b[300] = out_b[699] = out_b[2] = 3;
}

Test(candidates, are_the_first_of_all_words_sorted)
{
    struct nmt_shape shape = { .V_target = V, .L = L };
    struct nmt_params params = { .out_W = out_W, .out_b = out_b };
    struct nmt_search_options o = nmt_search_defaults();
    struct nmt_search_model model = { .shape = &shape, .params = &params };
    struct nmt_step step = { .shape = &shape, .readout = { .t = t } };
    struct nmt_wanted wanted[ROWS];
    struct nmt_candidate found[ROWS * K];
    uint32_t count[ROWS];
    struct nmt_candidates c;
    struct nmt_arena arena = { NULL, 0, 0 };
    const real share = 1;
    struct nmt_err err = NMT_ERR_INIT;
    random_output_layer();
    o.beam = K;
    for (uint32_t r = 0; r < ROWS; r++)
        wanted[r] = (struct nmt_wanted){ .n = 1 + r % K, .only = NMT_NO_ID, .may_end = r % 2 };
    wanted[0].n = K;
    wanted[7].only = 698;
    wanted[8].only = 2;
    nmt_candidates_plan(&c, &arena, &o, &model, &share, 1, K);
    cr_assert(nmt_arena_grow(&arena, arena.used, &err) == 0);
    nmt_candidates_plan(&c, &arena, &o, &model, &share, 1, K);
    nmt_candidates_find(&c, found, count, &step, wanted, ROWS);
    for (size_t r = 0; r < ROWS; r++) {
        const struct nmt_candidate *f = found + r * K;
        double value = INFINITY, sum = log_sum(r);
        size_t word = 0;
        cr_assert(count[r] == (wanted[r].only == NMT_NO_ID ? wanted[r].n : 1));
        for (size_t i = 0; i < count[r]; i++) {
            word = wanted[r].only == NMT_NO_ID ? next_best(&wanted[r], r, value, word)
                                               : wanted[r].only;
            value = logit(r, word);
            cr_assert(f[i].id == word, "row %zu: word %zu is %u, not %zu", r, i, f[i].id, word);
            cr_assert(fabs((double)f[i].log_prob - (value - sum)) < 1e-4, "row %zu: %g, not %g", r,
                      (double)f[i].log_prob, value - sum);
        }
    }
    cr_assert(found[0].id == 3 && found[1].id == 300 && found[2].id == 699);
    cr_assert(found[0].log_prob == found[2].log_prob);
    nmt_arena_release(&arena);
}

/* The candidates of all rows [beam], by way of fixed point or without. */
static void find_with(size_t beam, bool unscored, bool fixed, const struct nmt_wanted *wanted,
                      struct nmt_candidate *found, uint32_t *count)
{
    struct nmt_shape shape = { .V_target = V, .L = L };
    struct nmt_params params = { .out_W = out_W, .out_b = out_b };
    struct nmt_search_options o = nmt_search_defaults();
    struct nmt_search_model model = { .shape = &shape, .params = &params };
    struct nmt_step step = { .shape = &shape, .readout = { .t = t } };
    struct nmt_candidates c;
    struct nmt_arena arena = { NULL, 0, 0 };
    struct nmt_fixed output;
    const real share = 1;
    bool can;
    cr_assert(nmt_fixed_init(&output, &can, out_W, out_b, V, L, NULL) == 0 && can);
    model.output = fixed ? &output : NULL;
    o.beam = beam;
    o.unscored = unscored;
    nmt_candidates_plan(&c, &arena, &o, &model, &share, 1, beam);
    cr_assert(nmt_arena_grow(&arena, arena.used, NULL) == 0);
    nmt_candidates_plan(&c, &arena, &o, &model, &share, 1, beam);
    nmt_candidates_find(&c, found, count, &step, wanted, ROWS);
    nmt_arena_release(&arena);
    nmt_fixed_release(&output);
}

static void find(bool fixed, const struct nmt_wanted *wanted, struct nmt_candidate *found,
                 uint32_t *count)
{
    find_with(K, false, fixed, wanted, found, count);
}

/*
 * The words are the same to the last, and the log-probabilities but for the sum's error, 1e-5 or
 * less; more only where all words are alike and rounding takes the same from each.
 */
static void compare(const struct nmt_wanted *wanted, double off)
{
    struct nmt_candidate found[2][ROWS * K];
    uint32_t count[2][ROWS];
    for (int fixed = 0; fixed < 2; fixed++)
        find(fixed, wanted, found[fixed], count[fixed]);
    for (size_t r = 0; r < ROWS; r++) {
        cr_assert(count[0][r] == count[1][r], "row %zu: %u, not %u", r, count[1][r], count[0][r]);
        for (size_t i = r * K; i < r * K + count[0][r]; i++) {
            cr_assert(found[0][i].id == found[1][i].id, "row %zu: word %u, not %u", r,
                      found[1][i].id, found[0][i].id);
            cr_assert(fabs((double)(found[0][i].log_prob - found[1][i].log_prob)) < off,
                      "row %zu: %.9g, not %.9g", r, (double)found[1][i].log_prob,
                      (double)found[0][i].log_prob);
        }
    }
}

Test(candidates, are_the_same_by_way_of_fixed_point)
{
    struct nmt_wanted wanted[ROWS];
    random_output_layer();
    for (uint32_t r = 0; r < ROWS; r++)
        wanted[r] = (struct nmt_wanted){ .n = 1 + r % K, .only = NMT_NO_ID, .may_end = r % 2 };
    wanted[0].n = K;
    wanted[7].only = 698;
    compare(wanted, 1e-5);
    for (size_t i = 0; i < V * L; i++) /* many words that the first look cannot tell apart */
        out_W[i] = out_W[i % L] + (real)1e-6 * out_W[i];
    compare(wanted, 3e-4);
    for (size_t i = 0; i < V; i++)
        out_b[i] = 0;
    for (size_t i = 0; i < V * L; i++) /* and all equal: the first ones are best */
        out_W[i] = out_W[i % L];
    compare(wanted, 3e-4);
    random_output_layer();
    for (size_t i = 0; i < L; i++) {
        t[i] = 0;                    /* row 0 is not rounded at all */
        t[L + i] = i ? 0 : 3;        /* one number */
        t[2 * L + i] *= (real)1e-12; /* the bias alone decides */
        t[3 * L + i] = (real)NAN;    /* no candidates */
    }
    compare(wanted, 1e-5);
}

Test(candidates, a_log_probability_does_not_depend_on_how_many_are_wanted)
{
    struct nmt_wanted wanted[ROWS];
    struct nmt_candidate found[3][ROWS * K];
    uint32_t count[ROWS];
    random_output_layer();
    for (uint32_t k = 0; k < 3; k++) { /* one, all, and the best one as given */
        for (uint32_t r = 0; r < ROWS; r++)
            wanted[r] = (struct nmt_wanted){ .n = k == 1 ? K : 1,
                                             .only = k == 2 ? found[0][r * K].id : NMT_NO_ID,
                                             .may_end = k == 2 };
        find(true, wanted, found[k], count);
    }
    for (size_t r = 0; r < ROWS; r++)
        for (int k = 1; k < 3; k++)
            cr_assert(found[0][r * K].id == found[k][r * K].id &&
                      found[0][r * K].log_prob == found[k][r * K].log_prob);
}

Test(candidates, of_a_greedy_search_are_the_same_when_nobody_asks_for_scores)
{
    struct nmt_wanted wanted[ROWS];
    struct nmt_candidate found[2][ROWS];
    uint32_t count[2][ROWS];
    random_output_layer();
    for (uint32_t r = 0; r < ROWS; r++)
        wanted[r] = (struct nmt_wanted){ .n = 1, .only = NMT_NO_ID, .may_end = r % 2 };
    wanted[7].only = 698;
    for (int unscored = 0; unscored < 2; unscored++)
        find_with(1, unscored, unscored, wanted, found[unscored], count[unscored]);
    for (size_t r = 0; r < ROWS; r++)
        cr_assert(count[0][r] == 1 && count[1][r] == 1 && found[0][r].id == found[1][r].id);
}

/* Pieces: the odd ones begin a word. */
static void number_pieces(struct nmt_pieces *p, const char **text, size_t *len, char (*name)[8])
{
    for (size_t v = 0; v < V; v++) {
        text[v] = name[v];
        len[v] = v == NMT_ID_BOS || v == NMT_ID_EOS
                     ? 0
                     : (size_t)snprintf(name[v], sizeof name[v], "%sw%zu", v % 2 ? " " : "", v);
    }
    *p = (struct nmt_pieces){ V, text, len, false };
}

/* Rows of one model, in blocks of words, or of two that are the same one, which are kept whole. */
static void find_with_terms(size_t n_models, const struct nmt_wanted *wanted, size_t most,
                            struct nmt_candidate *found, uint32_t *count)
{
    struct nmt_shape shape = { .V_target = V, .L = L };
    struct nmt_params params = { .out_W = out_W, .out_b = out_b };
    struct nmt_search_options o = nmt_search_defaults();
    const struct nmt_search_model model[2] = { { .shape = &shape, .params = &params },
                                               { .shape = &shape, .params = &params } };
    const struct nmt_step step = { .shape = &shape, .readout = { .t = t } };
    const struct nmt_step steps[2] = { step, step };
    const real share[2] = { n_models == 1 ? 1 : (real)0.5, (real)0.5 };
    struct nmt_candidates c;
    struct nmt_arena arena = { NULL, 0, 0 };
    o.beam = K;
    o.geometric = true;
    nmt_candidates_plan(&c, &arena, &o, model, share, n_models, most);
    cr_assert(nmt_arena_grow(&arena, arena.used, NULL) == 0);
    nmt_candidates_plan(&c, &arena, &o, model, share, n_models, most);
    nmt_candidates_find(&c, found, count, steps, wanted, ROWS);
    nmt_arena_release(&arena);
}

static bool has(const struct nmt_candidate *found, uint32_t n, nmt_id id)
{
    for (uint32_t i = 0; i < n; i++)
        if (found[i].id == id)
            return true;
    return false;
}

Test(candidates, what_helps_terms_stands_behind_the_best_in_whichever_block_it_is)
{
    enum { N = 4, MOST = K + N + 2 };
    static const nmt_id far[] = { 501, 20 }, near[] = { 5 }, never[] = { 699 }, more[] = { 601 };
    static const struct nmt_term_given given[N] = { { false, "w501w20", 7, far, 2 },
                                                    { false, "w5", 2, near, 1 },
                                                    { true, "w699", 4, never, 1 },
                                                    { false, "w601", 4, more, 1 } };
    struct nmt_pieces pieces;
    const char *text[V];
    size_t len[V];
    char name[V][8];
    struct nmt_terms *terms = NULL;
    nmt_term_state state[4][N];
    struct nmt_wanted wanted[ROWS];
    struct nmt_candidate found[2][ROWS * MOST];
    uint32_t count[2][ROWS];
    random_output_layer();
    number_pieces(&pieces, text, len, name);
    cr_assert(nmt_terms_new(&terms, &pieces, NMT_ID_EOS, given, N, NULL) == 0);
    nmt_terms_start(terms, state[0]);
    nmt_terms_step(terms, state[1], state[0], 501, false); /* goes on with 20, in another block */
    nmt_terms_step(terms, state[2], state[0], 5, false);   /* a word must begin */
    nmt_terms_step(terms, state[3], state[0], 699, false); /* none may */
    for (uint32_t r = 0; r < ROWS; r++)
        wanted[r] = (struct nmt_wanted){ .n = 1 + r % K,
                                         .only = NMT_NO_ID,
                                         .may_end = r % 2,
                                         .terms = terms,
                                         .state = state[r % 4] };
    for (size_t i = 0; i < 2; i++)
        find_with_terms(i + 1, wanted, MOST, found[i], count[i]);
    for (uint32_t r = 0; r < ROWS; r++) {
        const struct nmt_candidate *f = &found[0][r * MOST], *g = &found[1][r * MOST];
        const uint32_t n = count[0][r];
        cr_assert(n == count[1][r] && n >= wanted[r].n && n <= MOST);
        for (uint32_t i = 0; i < n; i++) {
            cr_assert(f[i].id == g[i].id, "row %u: word %u is %u, not %u", r, i, f[i].id, g[i].id);
            cr_assert(fabs((double)f[i].log_prob - (logit(r, f[i].id) - log_sum(r))) < 1e-4);
            cr_assert(fabs((double)f[i].log_prob - (double)g[i].log_prob) < 1e-4);
            cr_assert(r % 4 != 3 || f[i].id % 2 == 0 || i >= wanted[r].n);
        }
        cr_assert(has(f, n, r % 4 == 1 ? 20 : 501) && has(f, n, 601));
        cr_assert(r % 4 == 2 || has(f, n, 5));
        if (r % 4 == 2) { /* the best of all that begin a word, and the end if it may be */
            size_t best = V;
            for (size_t v = 3; v < V; v += 2)
                best = best == V || logit(r, v) > logit(r, best) ? v : best;
            cr_assert(has(f, n, (nmt_id)best) && has(f, n, NMT_ID_EOS) == wanted[r].may_end);
        }
    }
    nmt_terms_free(terms);
}
