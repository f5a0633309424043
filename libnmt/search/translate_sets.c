/*
 * The parts of all records are sorted by length and divided into sets, which are searched on many
 * threads.
 */
#include "translator_internal.h"

#include "model/model.h"

#include <stdlib.h>
#include <string.h>

/* Sentences worth a set of their own when threads share a window. */
#define LEAST_SHARED ((size_t)16)

/* Annotations of a set for each sentence it may have: bounds the memory when lines are long. */
#define TOKENS_A_SENTENCE 60

/* Most hypotheses of a sentence with terms. */
#define ROWS_A_SENTENCE ((size_t)16384)

/* --- items and sets ---------------------------------------------------------------------- */

/* A given translation belongs to the whole line, even when that is in parts. */
static uint32_t parts_of(const struct nmt_translated *r, const struct nmt_annotation *a)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n; i++)
        n += a->ids[i] == NMT_ID_EOS;
    return r->forced && n > 0 ? 1 : n;
}

/* Rows that a record's search may have; required terms multiply them. */
static size_t rows_for(const struct nmt_translator *t, const struct nmt_translated *r)
{
    return t->options.search.beam * (r->terms ? r->terms->tokens + 1 : 1);
}

static int check_terms(const struct nmt_translator *t, struct nmt_translated *r, uint32_t parts)
{
    if (!r->terms)
        return 0;
    if (parts > 1)
        return nmt_fail(&r->fault, NMT_ELIMIT, 0, "a line in parts cannot have terms");
    if (rows_for(t, r) > ROWS_A_SENTENCE)
        return nmt_fail(&r->fault, NMT_ELIMIT, 0,
                        "a beam of %zu for %zu tokens of terms is too much", t->options.search.beam,
                        r->terms->tokens);
    return 0;
}

/* Parts of a record that is to be searched. */
static int count_parts(const struct nmt_translator *t, const struct nmt_translated *r, uint32_t *n,
                       struct nmt_err *err)
{
    *n = 0;
    if (r->fault.code)
        return 0;
    *n = parts_of(r, nmt_translator_annotation(t, r, 0));
    for (size_t m = 1; m < t->n_models; m++)
        if (parts_of(r, nmt_translator_annotation(t, r, m)) != *n)
            return nmt_fail(err, NMT_ESHAPE, 0, "the models divide the sentence differently");
    return 0;
}

static int reserve_items(struct nmt_translator *t, size_t n, struct nmt_err *err)
{
    if (n <= t->cap_items)
        return 0;
    free(t->item);
    free(t->sorted);
    free(t->first);
    free(t->set);
    t->cap_items = 0;
    t->item = malloc(n * sizeof *t->item);
    t->sorted = malloc(n * sizeof *t->sorted);
    t->first = malloc(n * t->n_models * sizeof *t->first);
    t->set = malloc(n * sizeof *t->set);
    if (!t->item || !t->sorted || !t->first || !t->set)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    t->cap_items = n;
    return 0;
}

/* Token where part `part` of an annotation begins. */
static uint32_t start_of(const struct nmt_annotation *a, uint32_t part)
{
    uint32_t k = 0;
    while (part > 0)
        part -= a->ids[k++] == NMT_ID_EOS;
    return k;
}

static uint32_t length_of(const struct nmt_translated *r, const struct nmt_annotation *a,
                          uint32_t first)
{
    uint32_t k = first;
    if (r->forced)
        return a->n;
    while (a->ids[k] != NMT_ID_EOS)
        k++;
    return k + 1 - first;
}

static void add_item(struct nmt_translator *t, struct nmt_translated *r, uint32_t part)
{
    struct nmt_translate_item *item = &t->item[t->n_items];
    *item = (struct nmt_translate_item){ .record = r, .part = part, .order = (uint32_t)t->n_items };
    item->first = t->first + t->n_items * t->n_models;
    for (size_t m = 0; m < t->n_models; m++) {
        const struct nmt_annotation *a = nmt_translator_annotation(t, r, m);
        item->first[m] = start_of(a, part);
        uint32_t n = length_of(r, a, item->first[m]);
        item->length = n > item->length ? n : item->length;
    }
    t->sorted[t->n_items] = t->n_items;
    t->n_items++;
}

static int list_items(struct nmt_translator *t, size_t n, struct nmt_err *err)
{
    size_t need = 0;
    uint32_t parts;
    for (size_t i = 0; i < n; i++) {
        NMT_TRY(count_parts(t, &t->records[i], &parts, err));
        if (check_terms(t, &t->records[i], parts) == 0)
            need += parts;
    }
    NMT_TRY(reserve_items(t, need, err));
    t->n_items = 0;
    for (size_t i = 0; i < n; i++) {
        NMT_TRY(count_parts(t, &t->records[i], &parts, err));
        for (uint32_t p = 0; p < parts; p++)
            add_item(t, &t->records[i], p);
    }
    return 0;
}

/* The longest first, equal ones in order. Shell's method: qsort's comparison would need t. */
static void sort_items(struct nmt_translator *t)
{
    for (size_t gap = t->n_items / 2; gap > 0; gap /= 2)
        for (size_t i = gap; i < t->n_items; i++) {
            size_t x = t->sorted[i], j = i;
            for (; j >= gap; j -= gap) {
                size_t y = t->sorted[j - gap];
                uint32_t lx = t->item[x].length, ly = t->item[y].length;
                if (ly > lx || (ly == lx && y < x))
                    break;
                t->sorted[j] = y;
            }
            t->sorted[j] = x;
        }
}

/*
 * Sentences of a set that begins where so many are left: a batch, or less where threads could be
 * left waiting for the one with the last set.
 */
static size_t set_size(const struct nmt_translator *t, size_t left)
{
    const size_t workers = t->n_workers, share = (t->n_items + workers - 1) / workers;
    const size_t least = share < LEAST_SHARED ? share : LEAST_SHARED;
    size_t n = workers > 1 ? left / (2 * workers) : left;
    n = n < least ? least : n;
    return n < t->options.batch ? n : t->options.batch;
}

static void cut_sets(struct nmt_translator *t)
{
    size_t most = 0, tokens = 0;
    t->n_sets = 0;
    for (size_t i = 0; i < t->n_items; i++) {
        struct nmt_translate_set *s = t->n_sets ? &t->set[t->n_sets - 1] : NULL;
        const struct nmt_translate_item *item = &t->item[t->sorted[i]];
        const size_t cost = item->length * (rows_for(t, item->record) / t->options.search.beam);
        tokens += cost;
        if (!s || i - s->first >= most || tokens > t->options.batch * TOKENS_A_SENTENCE) {
            s = &t->set[t->n_sets++];
            s->first = i;
            most = set_size(t, t->n_items - i);
            tokens = cost;
        }
        s->end = i + 1;
    }
}

size_t nmt_translator_cost(const struct nmt_translator *t, const struct nmt_translated *r)
{
    const struct nmt_search_options *o = &t->options.search;
    const bool weights = t->options.alignments || t->options.links || t->options.replace_unk;
    double cost = (double)r->source.memory.used + 4096;
    uint32_t parts = 0;
    if (r->fault.code || count_parts(t, r, &parts, NULL) < 0)
        return 4096;
    for (uint32_t p = 0; p < parts; p++) {
        double cells = 0, length = 0;
        for (size_t m = 0; m < t->n_models; m++) {
            const struct nmt_annotation *a = nmt_translator_annotation(t, r, m);
            const double S = length_of(r, a, start_of(a, p));
            length = S > length ? S : length;
            cells += weights ? S : 0;
        }
        double most = o->max_ratio > 0 ? o->max_ratio * length : (double)o->max_length;
        most = o->max_length > 0 && most > (double)o->max_length ? (double)o->max_length : most;
        cost += 2 * (double)o->n_best * most * (4 * cells + 32);
    }
    return cost < (double)(SIZE_MAX / 2) ? (size_t)cost : SIZE_MAX / 2;
}

int nmt_translator_divide(struct nmt_translator *t, size_t n, struct nmt_err *err)
{
    NMT_TRY(list_items(t, n, err));
    sort_items(t);
    cut_sets(t);
    return 0;
}

/* --- searching --------------------------------------------------------------------------- */

/* The arrays of a set, laid out or measured. */
struct arrays {
    struct nmt_search_input *input;
    real **h;
    size_t **row;
    uint64_t *number;
    const struct nmt_terms **terms;
    uint32_t *S, *n_prefix;
    const nmt_id **prefix;
    struct nmt_translations *found;
};

/* Annotation rows of an item in model m: the first, and how many. */
static size_t rows_of(const struct nmt_translator *t, const struct nmt_translate_item *item,
                      size_t m, size_t *first)
{
    const struct nmt_annotation *a = nmt_translator_annotation(t, item->record, m);
    if (nmt_model_shape(t->model[m])->attention == NMT_NO_ATTENTION) {
        *first = item->part;
        return 1;
    }
    *first = item->first[m];
    return length_of(item->record, a, item->first[m]);
}

static void lay_out(struct arrays *x, struct nmt_arena *a, const struct nmt_translator *t,
                    const struct nmt_translate_set *set)
{
    const size_t B = set->end - set->first;
    x->input = nmt_arena_take(a, t->n_models, sizeof *x->input);
    x->h = nmt_arena_take(a, t->n_models, sizeof *x->h);
    x->row = nmt_arena_take(a, t->n_models, sizeof *x->row);
    x->number = nmt_arena_take(a, B, sizeof *x->number);
    x->terms = nmt_arena_take(a, B, sizeof *x->terms);
    x->S = nmt_arena_take(a, B, sizeof *x->S);
    x->n_prefix = nmt_arena_take(a, B, sizeof *x->n_prefix);
    x->prefix = nmt_arena_take(a, B, sizeof *x->prefix);
    x->found = nmt_arena_take(a, B, sizeof *x->found);
    for (size_t m = 0; m < t->n_models; m++) {
        size_t rows = 0, first;
        for (size_t i = set->first; i < set->end; i++)
            rows += rows_of(t, &t->item[t->sorted[i]], m, &first);
        real *h =
            nmt_arena_take(a, rows * nmt_shape_context(nmt_model_shape(t->model[m])), sizeof *h);
        size_t *row = nmt_arena_take(a, B + 1, sizeof *row);
        if (x->h) {
            x->h[m] = h;
            x->row[m] = row;
        }
    }
}

static void copy_annotations(const struct arrays *x, const struct nmt_translator *t,
                             const struct nmt_translate_set *set, size_t m)
{
    const size_t B = set->end - set->first, D = nmt_shape_context(nmt_model_shape(t->model[m]));
    x->row[m][0] = 0;
    for (size_t b = 0; b < B; b++) {
        const struct nmt_translate_item *item = &t->item[t->sorted[set->first + b]];
        size_t first, rows = rows_of(t, item, m, &first);
        const float *h = nmt_translator_annotation(t, item->record, m)->h + first * D;
        real *to = x->h[m] + x->row[m][b] * D;
        for (size_t k = 0; k < rows * D; k++)
            to[k] = (real)h[k];
        x->row[m][b + 1] = x->row[m][b] + rows;
    }
    x->input[m] = (struct nmt_search_input){ x->h[m], x->row[m] };
}

static int search_set(struct nmt_translator *t, struct nmt_translate_worker *w,
                      const struct nmt_translate_set *set, struct nmt_err *err)
{
    const size_t B = set->end - set->first;
    struct nmt_arena measure = { NULL, 0, 0 };
    struct arrays x;
    lay_out(&x, &measure, t, set);
    NMT_TRY(nmt_arena_grow(&w->arena, measure.used, err));
    lay_out(&x, &w->arena, t, set);
    for (size_t m = 0; m < t->n_models; m++)
        copy_annotations(&x, t, set, m);
    for (size_t b = 0; b < B; b++) {
        const struct nmt_translate_item *item = &t->item[t->sorted[set->first + b]];
        const struct nmt_translated *r = item->record;
        x.number[b] = r->number | (uint64_t)item->part << 48;
        x.terms[b] = r->terms;
        x.S[b] = item->length;
        const bool given = r->forced || (r->begun && item->part == 0);
        x.prefix[b] = given ? r->target.data : NULL;
        x.n_prefix[b] = given ? (uint32_t)r->target.n : 0;
    }
    const struct nmt_search_set in = { B, x.number, x.terms, x.input, x.S, x.prefix, x.n_prefix };
    NMT_TRY(nmt_searcher_run(w->searcher, &in, x.found, err));
    for (size_t b = 0; b < B; b++)
        t->item[t->sorted[set->first + b]].found = x.found[b];
    return 0;
}

/*
 * What does not fit into the memory that is allowed is searched in halves, down to one part, and
 * that one again with nothing left by other sets: whether it fits is a matter of itself alone.
 */
static int search_in_parts(struct nmt_translator *t, struct nmt_translate_worker *w,
                           const struct nmt_translate_set *set, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    const size_t middle = set->first + (set->end - set->first) / 2;
    int rc = search_set(t, w, set, &why);
    if (rc == NMT_ELIMIT)
        nmt_searcher_clear(w->searcher);
    if (rc == NMT_ELIMIT && middle == set->first) {
        why = (struct nmt_err)NMT_ERR_INIT;
        rc = search_set(t, w, set, &why);
    }
    if (rc != NMT_ELIMIT)
        return rc < 0 ? nmt_fail(err, rc, why.at, "%s", why.msg) : 0;
    if (middle == set->first) {
        t->item[t->sorted[middle]].too_large = true;
        return 0;
    }
    NMT_TRY(search_in_parts(t, w, &(struct nmt_translate_set){ set->first, middle }, err));
    return search_in_parts(t, w, &(struct nmt_translate_set){ middle, set->end }, err);
}

static void run_set(void *arg, size_t i, size_t worker)
{
    struct nmt_translator *t = arg;
    struct nmt_translate_worker *w = &t->worker[worker];
    if (!w->failed.code && search_in_parts(t, w, &t->set[i], &w->failed) < 0)
        return;
}

int nmt_translator_search(struct nmt_translator *t, struct nmt_err *err)
{
    for (size_t i = 0; i < t->n_workers; i++)
        t->worker[i].failed = (struct nmt_err)NMT_ERR_INIT;
    nmt_threads_run(t->options.threads, t->n_sets, run_set, t);
    for (size_t i = 0; i < t->n_workers; i++)
        if (t->worker[i].failed.code)
            return nmt_fail(err, t->worker[i].failed.code, 0, "%s", t->worker[i].failed.msg);
    return 0;
}
