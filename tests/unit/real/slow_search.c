#include "slow_search.h"

#include "layer/embedding.h"
#include "model/pass.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What model m says of each word behind ids[0..n): all of them in one batch of targets. */
static void of_model(const struct slow_task *task, size_t m, const nmt_id *ids, size_t n,
                     double log_prob[TOY_V])
{
    nmt_id target[TOY_V][SLOW_LONGEST];
    struct nmt_pair pair[TOY_V];
    struct nmt_pass pass;
    struct nmt_loss loss = { .loss = 0 };
    for (nmt_id w = 0; w < TOY_V; w++) {
        if (n > 0) /* ids may be NULL then */
            memcpy(target[w], ids, n * sizeof *ids);
        target[w][n] = w;
        pair[w] = (struct nmt_pair){ .source = task->source,
                                     .target = target[w],
                                     .S = task->S,
                                     .T = (uint32_t)n + 1,
                                     .number = w,
                                     .position = w };
    }
    nmt_pass_init(&pass, &task->models[m].shape);
    cr_assert(
        nmt_pass_run(&pass, &task->models[m].params, NULL, pair, TOY_V, NULL, 0, &loss, NULL) == 0);
    for (size_t b = 0; b < TOY_V; b++)
        log_prob[pass.batch.pair[b].position] =
            (double)pass.decoder.log_prob[pass.batch.target.at[n] + b];
    nmt_pass_release(&pass);
}

static double share(const struct slow_task *task, size_t m)
{
    double sum = 0;
    if (!task->options->weights)
        return 1 / (double)task->n_models;
    for (size_t k = 0; k < task->n_models; k++)
        sum += task->options->weights[k];
    return task->options->weights[m] / sum;
}

void slow_distribution(const struct slow_task *task, const nmt_id *ids, size_t n,
                       double log_prob[TOY_V])
{
    double one[TOY_V];
    for (size_t w = 0; w < TOY_V; w++)
        log_prob[w] = 0;
    for (size_t m = 0; m < task->n_models; m++) {
        of_model(task, m, ids, n, one);
        for (size_t w = 0; w < TOY_V; w++)
            log_prob[w] += share(task, m) * (task->options->geometric ? one[w] : exp(one[w]));
    }
    for (size_t w = 0; w < TOY_V && !task->options->geometric; w++)
        log_prob[w] = log(log_prob[w]);
}

static double coverage(const struct slow_task *task, const struct slow_hypothesis *h)
{
    double sum = 0;
    size_t with = 0;
    for (size_t m = 0; m < task->n_models; m++) {
        if (task->models[m].shape.attention == NMT_NO_ATTENTION)
            continue;
        const struct nmt_pair pair = {
            .source = task->source, .target = h->ids, .S = task->S, .T = (uint32_t)h->n
        };
        struct nmt_pass pass;
        struct nmt_loss loss = { .loss = 0 };
        nmt_pass_init(&pass, &task->models[m].shape);
        cr_assert(nmt_pass_run(&pass, &task->models[m].params, NULL, &pair, 1, NULL, 0, &loss,
                               NULL) == 0);
        for (size_t j = 0; j < task->S; j++) {
            double seen = 0;
            for (size_t i = 0; i < h->n; i++)
                seen += (double)pass.decoder.alpha[i * task->S + j];
            sum += log(fmax(1e-10, fmin(seen, 1)));
        }
        with++;
        nmt_pass_release(&pass);
    }
    return with ? task->options->coverage * sum / (double)with : 0;
}

static double score(const struct slow_task *task, const struct slow_hypothesis *h)
{
    const struct nmt_search_options *o = task->options;
    double n = (double)h->n, norm = o->norm == NMT_LENGTH_GNMT ? (5 + n) / 6 : n;
    return h->log_prob / pow(norm, o->alpha) + (o->coverage > 0 ? coverage(task, h) : 0);
}

/* Stable: no two of ours are ever equal, but for words without a chance. */
static int by_log_prob(const void *a, const void *b)
{
    const struct slow_hypothesis *x = a, *y = b;
    return x->log_prob < y->log_prob ? 1 : x->log_prob > y->log_prob ? -1 : 0;
}

static int by_score(const void *a, const void *b)
{
    const struct slow_hypothesis *x = a, *y = b;
    if (x->finished != y->finished)
        return x->finished ? -1 : 1;
    return x->score < y->score ? 1 : x->score > y->score ? -1 : 0;
}

/* A prefix may be longer than the bound: then one more word follows it. */
static size_t longest(const struct slow_task *task)
{
    size_t most = task->options->max_length;
    return most > task->n_prefix ? most : task->n_prefix + 1;
}

static bool allowed(const struct slow_task *task, const struct slow_hypothesis *h, nmt_id w)
{
    const struct nmt_search_options *o = task->options;
    if (h->n < task->n_prefix)
        return w == task->prefix[h->n];
    return w != o->bos && !(o->forbid_unk && w == o->unk) &&
           !(w == o->eos && h->n < fmin(floor(o->min_ratio * task->S), (double)longest(task) - 1));
}

/* --- terms: all by looking at the whole text ---------------------------------------------- */

/* The text of tokens, a space before it, runs of spaces as one, and a space behind it if `ended`.
 */
static void text_of(const struct slow_task *task, const nmt_id *ids, size_t n, bool ended,
                    char text[SLOW_TEXT])
{
    size_t len = 1;
    text[0] = ' ';
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < task->pieces->len[ids[i]]; k++) {
            char byte = task->pieces->text[ids[i]][k];
            if (byte != ' ' || text[len - 1] != ' ')
                text[len++] = byte;
        }
    if (ended && text[len - 1] != ' ')
        text[len++] = ' ';
    text[len] = '\0';
    cr_assert(len < SLOW_TEXT);
}

/* A translation that goes on ends its last word only where every piece is a word. */
static bool occurs(const struct slow_task *task, const struct slow_term *term,
                   const struct slow_hypothesis *h, bool ended)
{
    char text[SLOW_TEXT], words[SLOW_TEXT + 2];
    bool closed = h->n > 0 && h->ids[h->n - 1] == task->options->eos;
    text_of(task, h->ids, h->n, ended || closed || task->pieces->words, text);
    snprintf(words, sizeof words, " %s ", term->text);
    return strstr(text, words) != NULL;
}

static bool good(const struct slow_task *task, const struct slow_hypothesis *h, bool ended)
{
    for (size_t i = 0; i < task->n_terms; i++)
        if (task->term[i].forbidden && occurs(task, &task->term[i], h, ended))
            return false;
    return true;
}

static bool complete(const struct slow_task *task, const struct slow_hypothesis *h)
{
    for (size_t i = 0; i < task->n_terms; i++)
        if (!task->term[i].forbidden && !occurs(task, &task->term[i], h, true))
            return false;
    return true;
}

/* Bytes of " term" that the text ends with, at most. */
static size_t bytes_there(const struct slow_task *task, const struct slow_term *term,
                          const struct slow_hypothesis *h)
{
    char text[SLOW_TEXT], begin[SLOW_TEXT + 2];
    text_of(task, h->ids, h->n, false, text);
    snprintf(begin, sizeof begin, " %s", term->text);
    for (size_t m = strlen(begin);; m--)
        if (m <= strlen(text) && strncmp(text + strlen(text) - m, begin, m) == 0)
            return m;
}

/* Whole pieces of the term in its first `bytes` bytes; *whole: and nothing more. */
static size_t pieces_there(const struct slow_task *task, const struct slow_term *term, size_t bytes,
                           bool *whole)
{
    char text[SLOW_TEXT];
    size_t n = 0, len = 0;
    while (n < term->n) {
        text_of(task, term->ids, n + 1, false, text);
        if (strlen(text) > bytes)
            break;
        len = strlen(text);
        n++;
    }
    *whole = n > 0 && len == bytes;
    return n;
}

static size_t bank_of(const struct slow_task *task, const struct slow_hypothesis *h)
{
    size_t n = 0;
    for (size_t i = 0; i < task->n_terms; i++) {
        const struct slow_term *t = &task->term[i];
        bool whole, ended = h->n > 0 && h->ids[h->n - 1] == task->options->eos;
        if (!t->forbidden)
            n += occurs(task, t, h, ended) ? t->n
                                           : pieces_there(task, t, bytes_there(task, t, h), &whole);
    }
    return n;
}

static struct slow_hypothesis with(const struct slow_hypothesis *h, nmt_id w,
                                   const double *log_prob)
{
    struct slow_hypothesis x = *h;
    x.token[x.n] = log_prob[w];
    x.ids[x.n++] = w;
    x.log_prob += log_prob[w];
    return x;
}

/* Marks the words that a hypothesis may be continued with. */
static void candidates(const struct slow_task *task, const struct slow_hypothesis *h,
                       const double *log_prob, size_t places, bool chosen[TOY_V])
{
    const struct nmt_search_options *o = task->options;
    bool may[TOY_V], border = false;
    for (nmt_id w = 0; w < TOY_V; w++) {
        struct slow_hypothesis x = with(h, w, log_prob);
        may[w] = allowed(task, h, w) && good(task, &x, false) &&
                 (w != o->eos || h->n < task->n_prefix || complete(task, h));
    }
    for (nmt_id w = 0; w < TOY_V; w++) { /* the best ones */
        size_t better = 0;
        for (nmt_id v = 0; v < TOY_V; v++)
            better += may[v] && log_prob[v] > log_prob[w];
        chosen[w] = may[w] && better < places;
    }
    if (h->n < task->n_prefix)
        return;
    for (size_t i = 0; i < task->n_terms; i++) { /* and those that help a term */
        const struct slow_term *t = &task->term[i];
        size_t bytes = bytes_there(task, t, h);
        bool whole;
        if (t->forbidden || occurs(task, t, h, false))
            continue;
        if (bytes == strlen(t->text) + 1) {
            border = true;
            continue;
        }
        size_t n = pieces_there(task, t, bytes, &whole);
        nmt_id next = whole ? t->ids[n] : t->ids[0];
        chosen[next] |= may[next];
    }
    nmt_id best = NMT_NO_ID;
    for (nmt_id w = 0; w < TOY_V; w++)
        if (may[w] && task->pieces->len[w] > 0 && task->pieces->text[w][0] == ' ' &&
            (best == NMT_NO_ID || log_prob[w] > log_prob[best]))
            best = w;
    if (border && best != NMT_NO_ID)
        chosen[best] = true;
    chosen[o->eos] |= border && may[o->eos];
}

/* --- the search --------------------------------------------------------------------------- */

static size_t banks_of(const struct slow_task *task)
{
    size_t n = 1;
    for (size_t i = 0; i < task->n_terms; i++)
        n += task->term[i].forbidden ? 0 : task->term[i].n;
    return n;
}

struct slow_hypothesis *slow_search(const struct slow_task *task, size_t *n)
{
    const struct nmt_search_options *o = task->options;
    const size_t banks = banks_of(task);
    struct slow_hypothesis *live = calloc(o->beam * banks, sizeof *live);
    struct slow_hypothesis *all = calloc(o->beam * banks * TOY_V, sizeof *all);
    struct slow_hypothesis *done = calloc(o->beam, sizeof *done);
    size_t n_live = 1, n_done = 0;
    for (size_t t = 1; n_live > 0 && n_done < o->beam; t++) {
        const size_t places = o->beam - n_done;
        const bool last = t == longest(task);
        size_t n_all = 0;
        for (size_t i = 0; i < n_live; i++) {
            double log_prob[TOY_V];
            bool chosen[TOY_V];
            slow_distribution(task, live[i].ids, live[i].n, log_prob);
            candidates(task, &live[i], log_prob, places, chosen);
            for (nmt_id w = 0; w < TOY_V; w++) {
                struct slow_hypothesis x = with(&live[i], w, log_prob);
                x.finished = w == o->eos;
                if (chosen[w] && (!last || (good(task, &x, true) && complete(task, &x))))
                    all[n_all++] = x;
            }
        }
        qsort(all, n_all, sizeof *all, by_log_prob);
        n_live = 0;
        for (size_t bank = 0; bank < banks; bank++)
            for (size_t i = 0, kept = 0; i < n_all && kept < places; i++) {
                if (!last && task->n_terms > 0 && bank_of(task, &all[i]) != bank)
                    continue;
                if (last && bank != banks - 1)
                    continue;
                kept++;
                if (all[i].finished || last)
                    done[n_done++] = all[i];
                else
                    live[n_live++] = all[i];
            }
    }
    for (size_t i = 0; i < n_done; i++)
        done[i].score = score(task, &done[i]);
    qsort(done, n_done, sizeof *done, by_score);
    free(live);
    free(all);
    *n = n_done;
    return done;
}
