/*
 * What ended hypotheses are worth, and when no other can take a place among the best.
 *
 * A hypothesis y of n tokens with the sum of log-probabilities P has the score
 *
 *     s(y) = P / norm(n) + beta sum_j log(min(sum_i alpha_ij, 1))
 *
 * norm(n) is n^alpha or ((5 + n) / 6)^alpha, alpha >= 0 and beta >= 0 (model-spec, 2.12).
 *
 * The search for the N best may stop as soon as nothing that still lives can change them. Let a
 * living hypothesis have t tokens and the sum P_t, and let M be the greatest length. Whatever it
 * grows into has n tokens, t < n <= M, and the sum P_n <= P_t <= 0, since no log-probability is
 * above 0 (candidates.c sees to that, and rounded sums keep the order). norm does not fall with n,
 * so
 *
 *     P_n / norm(n) <= P_t / norm(n) <= P_t / norm(M),
 *
 * and the term for coverage is at most 0. So
 *
 *     bound = P_t / norm(M)
 *
 * is at least the score of everything it may become. When N hypotheses have ended with </s>, and
 * the worst of the N best has a score >= the bound of every living one, then what ends later stands
 * behind those N (equal scores stand in the order they were found), and the N are final. What the
 * living ones would have been is never looked at: a search that goes on gives the same answer.
 * The minimum length does not matter: it only takes endings away. pow() need not be monotone in
 * its last digit; the bound is moved up by far more than that.
 */
#include "search/beam.h"

#include <math.h>

#define SLACK 1e-9 /* relative */

double nmt_length_score(const struct nmt_search_options *o, double log_prob, size_t n)
{
    if (o->alpha == 0 || o->sample)
        return log_prob;
    double length = o->norm == NMT_LENGTH_GNMT ? (5 + (double)n) / 6 : (double)n;
    return log_prob / (o->alpha == 1 ? length : pow(length, o->alpha));
}

static bool comes_before(const struct nmt_search_options *o, const struct nmt_ending *x,
                         const struct nmt_ending *y)
{
    if (o->sample)
        return x->number < y->number;
    return x->finished != y->finished ? x->finished : x->score > y->score;
}

void nmt_beam_end(struct nmt_beam *beam, const struct nmt_search_options *o, struct nmt_ending x)
{
    struct nmt_ending *e = beam->ending;
    uint32_t at = beam->n_endings++;
    for (; at > 0 && comes_before(o, &x, &e[at - 1]); at--) /* the one found first stays first */
        e[at] = e[at - 1];
    e[at] = x;
}

bool nmt_beam_is_final(const struct nmt_beam *beam, const struct nmt_search_options *o,
                       double best_alive)
{
    const size_t n = o->n_best;
    if (o->to_the_end || o->sample || beam->n_endings < n || !beam->ending[n - 1].finished)
        return false;
    double bound = nmt_length_score(o, best_alive, beam->max_length);
    return beam->ending[n - 1].score >= bound + SLACK * fabs(bound);
}
