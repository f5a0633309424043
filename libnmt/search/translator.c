/*
 * Annotation records to lines. The parts of all records are sorted by length and searched in sets
 * on many threads; then each record's line is made of what was found.
 */
#include "words_internal.h"

#include "model/model.h"

#include <stdlib.h>
#include <string.h>

/* Annotations of a set for each sentence it may have: bounds the memory when lines are long. */
#define TOKENS_A_SENTENCE 60

struct worker {
    struct nmt_searcher *searcher;
    struct nmt_arena arena; /* the set's annotations */
    struct nmt_err failed;
};

/* A part of a record. */
struct item {
    struct nmt_translated *record;
    uint32_t part, length, order;
    uint32_t *first; /* [n_models] its first token */
    struct nmt_translations found;
};

struct set {
    size_t first, end; /* items */
};

struct nmt_translator {
    struct nmt_translate_options options;
    size_t n_models;
    const struct nmt_model *model[NMT_ENSEMBLE_MAX];
    size_t index[NMT_ENSEMBLE_MAX];
    size_t n_workers;
    struct worker *worker;
    struct item *item; /* in the order of the records */
    size_t *sorted;    /* numbers of items, the longest first */
    uint32_t *first;   /* [n_items][n_models] */
    struct set *set;
    size_t n_items, cap_items, n_sets;
    struct nmt_translated *records; /* of the run */
};

struct nmt_translate_options nmt_translate_defaults(void)
{
    return (struct nmt_translate_options){ .search = nmt_search_defaults(), .batch = 32 };
}

static void release_line(struct nmt_output_line *l)
{
    nmt_buffer_release(&l->text);
    nmt_ids_release(&l->ids);
    nmt_arena_release(&l->memory);
}

void nmt_translated_release(struct nmt_translated *t)
{
    for (size_t i = 0; i < t->cap; i++)
        release_line(&t->line[i]);
    free(t->line);
    nmt_sentence_release(&t->source);
    nmt_ids_release(&t->target);
    nmt_arena_release(&t->target_memory);
    *t = (struct nmt_translated){ 0 };
}

int nmt_translated_force_ids(struct nmt_translated *t, const nmt_id *ids, size_t n,
                             struct nmt_err *err)
{
    t->forced = true;
    t->target_text = NULL;
    if (n > NMT_FORCED_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "%zu tokens, more than %zu", n, NMT_FORCED_MAX);
    return nmt_ids_set(&t->target, ids, n, err);
}

int nmt_translated_force(struct nmt_translated *t, const char *line, size_t len,
                         const struct nmt_segmented *cut, struct nmt_err *err)
{
    struct nmt_arena measure = { NULL, 0, 0 }, *arena = &measure;
    char *text = NULL;
    NMT_TRY(nmt_translated_force_ids(t, cut->ids, cut->n, err));
    for (int pass = 0; pass < 2; pass++) {
        text = nmt_arena_take(arena, len + 1, 1);
        t->target_word = nmt_arena_take(arena, cut->n, sizeof *t->target_word);
        t->target_span = nmt_arena_take(arena, cut->n_words, sizeof *t->target_span);
        if (pass == 0)
            NMT_TRY(nmt_arena_grow(&t->target_memory, measure.used, err));
        arena = &t->target_memory;
    }
    if (len)
        memcpy(text, line, len);
    text[len] = '\0';
    if (cut->n)
        memcpy(t->target_word, cut->word, cut->n * sizeof *cut->word);
    if (cut->n_words)
        memcpy(t->target_span, cut->words, cut->n_words * sizeof *cut->words);
    t->target_text = text;
    t->n_target_words = (uint32_t)cut->n_words;
    return 0;
}

/* --- making ------------------------------------------------------------------------------ */

/* Ensembles speak one language: the same pieces under the same ids. */
static int check_vocabularies(const struct nmt_translator *t, struct nmt_err *err)
{
    const struct nmt_vocab *v = nmt_model_target_vocab(t->model[0]);
    for (size_t m = 1; m < t->n_models; m++) {
        const struct nmt_vocab *other = nmt_model_target_vocab(t->model[m]);
        bool same = nmt_vocab_size(v) == nmt_vocab_size(other);
        for (size_t i = 0; same && i < nmt_vocab_size(v); i++) {
            size_t a_len, b_len;
            const char *a = nmt_vocab_piece(v, (nmt_id)i, &a_len);
            const char *b = nmt_vocab_piece(other, (nmt_id)i, &b_len);
            same = a_len == b_len && memcmp(a, b, a_len) == 0;
        }
        if (!same)
            return nmt_fail(err, NMT_EMODEL, 0, "%s and %s have different target vocabularies",
                            nmt_model_name(t->model[0]), nmt_model_name(t->model[m]));
    }
    return 0;
}

static int make_workers(struct nmt_translator *t, struct nmt_err *err)
{
    struct nmt_search_model models[NMT_ENSEMBLE_MAX];
    struct nmt_search_options o = t->options.search;
    o.alignments = t->options.alignments || t->options.replace_unk;
    for (size_t m = 0; m < t->n_models; m++)
        models[m] = (struct nmt_search_model){ &t->model[m]->shape, &t->model[m]->params };
    t->n_workers = nmt_threads_count(t->options.threads);
    t->worker = calloc(t->n_workers, sizeof *t->worker);
    if (!t->worker)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < t->n_workers; i++)
        NMT_TRY(nmt_searcher_new(&t->worker[i].searcher, models, t->n_models, &o, err));
    return 0;
}

int nmt_translator_new(struct nmt_translator **out, const struct nmt_model *const *models, size_t n,
                       const struct nmt_translate_options *o, struct nmt_err *err)
{
    if (n < 1 || n > NMT_ENSEMBLE_MAX || o->batch < 1 || o->batch > 65536)
        return nmt_fail(err, NMT_ELIMIT, 0, "a batch or a number of models out of range");
    struct nmt_translator *t = calloc(1, sizeof *t);
    if (!t)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    t->options = *o;
    t->n_models = n;
    memcpy(t->model, models, n * sizeof *models);
    for (size_t m = 0; m < n; m++)
        t->index[m] = m;
    int rc = check_vocabularies(t, err);
    if (rc == 0)
        rc = make_workers(t, err);
    if (rc < 0)
        nmt_translator_free(t);
    else
        *out = t;
    return rc;
}

void nmt_translator_free(struct nmt_translator *t)
{
    if (!t)
        return;
    for (size_t i = 0; t->worker && i < t->n_workers; i++) {
        nmt_searcher_free(t->worker[i].searcher);
        nmt_arena_release(&t->worker[i].arena);
    }
    free(t->worker);
    free(t->item);
    free(t->sorted);
    free(t->first);
    free(t->set);
    free(t);
}

void nmt_translator_use(struct nmt_translator *t, const size_t *index)
{
    memcpy(t->index, index, t->n_models * sizeof *index);
}

/* --- items and sets ---------------------------------------------------------------------- */

static const struct nmt_annotation *annotation(const struct nmt_translator *t,
                                               const struct nmt_translated *r, size_t m)
{
    return &r->source.annotation[t->index[m]];
}

/* A given translation belongs to the whole line, even when that is in parts. */
static uint32_t parts_of(const struct nmt_translated *r, const struct nmt_annotation *a)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n; i++)
        n += a->ids[i] == NMT_ID_EOS;
    return r->forced && n > 0 ? 1 : n;
}

/* Parts of a record that is to be searched. */
static int count_parts(const struct nmt_translator *t, const struct nmt_translated *r, uint32_t *n,
                       struct nmt_err *err)
{
    *n = 0;
    if (r->fault.code)
        return 0;
    *n = parts_of(r, annotation(t, r, 0));
    for (size_t m = 1; m < t->n_models; m++)
        if (parts_of(r, annotation(t, r, m)) != *n)
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
    struct item *item = &t->item[t->n_items];
    *item = (struct item){ .record = r, .part = part, .order = (uint32_t)t->n_items };
    item->first = t->first + t->n_items * t->n_models;
    for (size_t m = 0; m < t->n_models; m++) {
        const struct nmt_annotation *a = annotation(t, r, m);
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

static void cut_sets(struct nmt_translator *t)
{
    size_t most = (t->n_items + t->n_workers - 1) / t->n_workers, tokens = 0;
    most = most < t->options.batch ? most : t->options.batch;
    t->n_sets = 0;
    for (size_t i = 0; i < t->n_items; i++) {
        struct set *s = t->n_sets ? &t->set[t->n_sets - 1] : NULL;
        tokens += t->item[t->sorted[i]].length;
        if (!s || i - s->first >= most || tokens > t->options.batch * TOKENS_A_SENTENCE) {
            s = &t->set[t->n_sets++];
            s->first = i;
            tokens = t->item[t->sorted[i]].length;
        }
        s->end = i + 1;
    }
}

/* --- searching --------------------------------------------------------------------------- */

/* The arrays of a set, laid out or measured. */
struct arrays {
    struct nmt_search_input *input;
    real **h;
    size_t **row;
    uint32_t *S, *n_prefix;
    const nmt_id **prefix;
    struct nmt_translations *found;
};

/* Annotation rows of an item in model m: the first, and how many. */
static size_t rows_of(const struct nmt_translator *t, const struct item *item, size_t m,
                      size_t *first)
{
    const struct nmt_annotation *a = annotation(t, item->record, m);
    if (nmt_model_shape(t->model[m])->attention == NMT_NO_ATTENTION) {
        *first = item->part;
        return 1;
    }
    *first = item->first[m];
    return length_of(item->record, a, item->first[m]);
}

static void lay_out(struct arrays *x, struct nmt_arena *a, const struct nmt_translator *t,
                    const struct set *set)
{
    const size_t B = set->end - set->first;
    x->input = nmt_arena_take(a, t->n_models, sizeof *x->input);
    x->h = nmt_arena_take(a, t->n_models, sizeof *x->h);
    x->row = nmt_arena_take(a, t->n_models, sizeof *x->row);
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
                             const struct set *set, size_t m)
{
    const size_t B = set->end - set->first, D = nmt_shape_context(nmt_model_shape(t->model[m]));
    x->row[m][0] = 0;
    for (size_t b = 0; b < B; b++) {
        const struct item *item = &t->item[t->sorted[set->first + b]];
        size_t first, rows = rows_of(t, item, m, &first);
        const float *h = annotation(t, item->record, m)->h + first * D;
        real *to = x->h[m] + x->row[m][b] * D;
        for (size_t k = 0; k < rows * D; k++)
            to[k] = (real)h[k];
        x->row[m][b + 1] = x->row[m][b] + rows;
    }
    x->input[m] = (struct nmt_search_input){ x->h[m], x->row[m] };
}

static int search_set(struct nmt_translator *t, struct worker *w, const struct set *set,
                      struct nmt_err *err)
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
        const struct item *item = &t->item[t->sorted[set->first + b]];
        const struct nmt_translated *r = item->record;
        x.S[b] = item->length;
        x.prefix[b] = r->forced ? r->target.data : NULL;
        x.n_prefix[b] = r->forced ? (uint32_t)r->target.n : 0;
    }
    const struct nmt_search_set in = { B, x.input, x.S, x.prefix, x.n_prefix };
    NMT_TRY(nmt_searcher_run(w->searcher, &in, x.found, err));
    for (size_t b = 0; b < B; b++)
        t->item[t->sorted[set->first + b]].found = x.found[b];
    return 0;
}

static void run_set(void *arg, size_t i, size_t worker)
{
    struct nmt_translator *t = arg;
    struct worker *w = &t->worker[worker];
    if (!w->failed.code && search_set(t, w, &t->set[i], &w->failed) < 0)
        return;
}

/* --- lines ------------------------------------------------------------------------------- */

static int reserve_lines(struct nmt_translated *r, size_t n, struct nmt_err *err)
{
    if (n <= r->cap)
        return 0;
    struct nmt_output_line *more = realloc(r->line, n * sizeof *more);
    if (!more)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    memset(more + r->cap, 0, (n - r->cap) * sizeof *more);
    r->line = more;
    r->cap = n;
    return 0;
}

/* The k-th best of a line in parts is made of the k-th best of each. */
static int make_lines(const struct nmt_translator *t, struct nmt_translated *r,
                      const struct item *items, size_t n_parts, struct nmt_searched_part *part,
                      struct nmt_err *err)
{
    const struct nmt_line_maker maker = { t->model, t->index, t->n_models, &t->options };
    size_t n = n_parts ? items[0].found.n : 1;
    for (size_t p = 1; p < n_parts; p++)
        n = items[p].found.n < n ? items[p].found.n : n;
    if (n == 0)
        return nmt_fail(err, NMT_ELIMIT, 0, "the model gives no probability that is a number");
    NMT_TRY(reserve_lines(r, n, err));
    for (size_t k = 0; k < n; k++) {
        for (size_t p = 0; p < n_parts; p++)
            part[p] = (struct nmt_searched_part){ &items[p].found.at[k], items[p].first };
        NMT_TRY(n_parts ? nmt_line_make(&maker, &r->line[k], r, part, n_parts, err)
                        : nmt_line_make_empty(&r->line[k], r, err));
    }
    r->n = n;
    return 0;
}

static int make_all_lines(struct nmt_translator *t, size_t n, struct nmt_err *err)
{
    size_t at = 0, parts;
    struct nmt_searched_part *part = malloc((t->n_items + 1) * sizeof *part);
    int rc = part ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < n && rc == 0; i++, at += parts) {
        struct nmt_translated *r = &t->records[i];
        for (parts = 0; at + parts < t->n_items && t->item[at + parts].record == r;)
            parts++;
        r->n = 0;
        if (r->fault.code)
            continue;
        rc = make_lines(t, r, t->item + at, parts, part, &r->fault);
        if (rc == NMT_ELIMIT || rc == NMT_ETEXT)
            rc = 0; /* the record's own fault */
        else if (rc < 0)
            nmt_fail(err, rc, i + 1, "%s", r->fault.msg);
    }
    free(part);
    return rc;
}

/* A target to score is closed by </s>. */
static int close_targets(struct nmt_translator *t, size_t n, struct nmt_err *err)
{
    for (size_t i = 0; i < n; i++) {
        struct nmt_ids *ids = &t->records[i].target;
        if (!t->records[i].forced || (ids->n > 0 && ids->data[ids->n - 1] == NMT_ID_EOS))
            continue;
        NMT_TRY(nmt_ids_add(ids, NMT_ID_EOS, err));
    }
    return 0;
}

int nmt_translator_run(struct nmt_translator *t, struct nmt_translated *records, size_t n,
                       struct nmt_err *err)
{
    t->records = records;
    NMT_TRY(close_targets(t, n, err));
    NMT_TRY(list_items(t, n, err));
    sort_items(t);
    cut_sets(t);
    for (size_t i = 0; i < t->n_workers; i++)
        t->worker[i].failed = (struct nmt_err)NMT_ERR_INIT;
    nmt_threads_run(t->options.threads, t->n_sets, run_set, t);
    int rc = 0;
    for (size_t i = 0; i < t->n_workers && rc == 0; i++)
        if (t->worker[i].failed.code)
            rc = nmt_fail(err, t->worker[i].failed.code, 0, "%s", t->worker[i].failed.msg);
    if (rc == 0)
        rc = make_all_lines(t, n, err);
    for (size_t i = 0; i < t->n_items; i++)
        nmt_translations_release(&t->item[i].found);
    return rc;
}
