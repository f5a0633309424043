/* The golden searches: greedy and the shrinking beam, by score and by score for each token. */
#include "golden.h"
#include "search/search.h"

#include <criterion/criterion.h>

#include <stdlib.h>

/* The golden files close sentences with 0, and every other id is a word. */
static struct nmt_searcher *searcher(struct golden_case *c, size_t beam, size_t most, double alpha)
{
    struct nmt_search_options o = nmt_search_defaults();
    struct nmt_searcher *s = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    const struct nmt_search_model model = { .shape = &c->shape, .params = &c->params };
    o.beam = o.n_best = beam;
    o.alpha = alpha;
    o.max_ratio = 0;
    o.max_length = most;
    o.eos = 0;
    o.bos = o.unk = UINT32_MAX;
    o.alignments = true;
    cr_assert(nmt_searcher_new(&s, &model, 1, &o, &err) == 0, "%s", err.msg);
    return s;
}

static bool same_ids(struct golden_case *c, const struct nmt_translation *t, yaml_node_t *want)
{
    if (t->n != json_len(want))
        return false;
    for (size_t i = 0; i < t->n; i++)
        if (t->ids[i] != (nmt_id)json_number(json_at(c->json, want, i)))
            return false;
    return true;
}

static void check_translation(struct golden_case *c, const struct nmt_translation *t,
                              yaml_node_t *want)
{
    cr_assert(same_ids(c, t, json_get(c->json, want, "out")), "%s: other words", c->name);
    golden_near("score", t->log_prob, json_number(json_get(c->json, want, "score")), false);
    golden_near("score_per_token", t->log_prob / (double)t->n,
                json_number(json_get(c->json, want, "score_per_token")), false);
    golden_compare(c, "log_prob", t->token_log_prob, json_get(c->json, want, "log_prob"), t->n,
                   false);
    const char *finished = json_text(json_get(c->json, want, "finished"));
    cr_assert(t->finished == (finished[0] == 't'));
}

static void check_greedy(struct golden_case *c, const struct nmt_translations *t, uint32_t S,
                         yaml_node_t *want)
{
    cr_assert(t->n == 1);
    check_translation(c, &t->at[0], want);
    yaml_node_t *alpha = json_get(c->json, want, "alpha");
    cr_assert(alpha || c->shape.attention == NMT_NO_ATTENTION);
    if (c->shape.attention != NMT_NO_ATTENTION)
        golden_compare(c, "greedy alpha", t->at[0].alpha[0], alpha, t->at[0].n * S, false);
}

static void check_beam(struct golden_case *c, const struct nmt_translations *t, yaml_node_t *want)
{
    yaml_node_t *finished = json_get(c->json, want, "finished");
    yaml_node_t *unfinished = json_get(c->json, want, "unfinished");
    size_t n = json_len(finished), more = json_len(unfinished);
    cr_assert(t->n == n + more, "%s: %zu hypotheses, not %zu and %zu", c->name, t->n, n, more);
    for (size_t i = 0; i < n; i++)
        check_translation(c, &t->at[i], json_at(c->json, finished, i));
    for (size_t i = 0; i < more; i++)
        check_translation(c, &t->at[n + i], json_at(c->json, unfinished, i));
    if (n > 0)
        cr_assert(same_ids(c, &t->at[0], json_get(c->json, want, "best_by_score")), "%s", c->name);
}

static void check_case(struct golden_case *c)
{
    yaml_node_t *sentences = json_get(c->json, c->node, "sentences");
    size_t n = json_len(sentences);
    nmt_id *source[64];
    uint32_t S[64];
    struct nmt_translations found[64];
    for (size_t i = 0; i < n; i++)
        source[i] =
            golden_ids(c->json, json_get(c->json, json_at(c->json, sentences, i), "src"), &S[i]);
    yaml_node_t *beam0 = json_get(c->json, json_at(c->json, sentences, 0), "beam");
    size_t K = (size_t)json_number(json_get(c->json, beam0, "size"));
    size_t most = (size_t)json_number(json_get(c->json, beam0, "max_len"));
    for (int what = 0; what < 3; what++) {
        struct nmt_searcher *s = searcher(c, what ? K : 1, most, what == 2);
        cr_assert(nmt_searcher_run_ids(s, (const nmt_id *const *)source, S, n, found, NULL) == 0);
        for (size_t i = 0; i < n; i++) {
            yaml_node_t *sentence = json_at(c->json, sentences, i);
            yaml_node_t *beam = json_get(c->json, sentence, "beam");
            cr_assert(json_number(json_get(c->json, beam, "max_len")) == (double)most);
            if (what == 0)
                check_greedy(c, &found[i], S[i], json_get(c->json, sentence, "greedy"));
            else if (what == 1)
                check_beam(c, &found[i], beam);
            else if (json_len(json_get(c->json, beam, "finished")) > 0)
                cr_assert(same_ids(c, &found[i].at[0],
                                   json_get(c->json, beam, "best_by_score_per_token")),
                          "%s", c->name);
            nmt_translations_release(&found[i]);
        }
        nmt_searcher_free(s);
    }
    for (size_t i = 0; i < n; i++)
        free(source[i]);
}

Test(golden, searches_find_the_same_words_and_scores)
{
    golden_each_case(check_case);
}
