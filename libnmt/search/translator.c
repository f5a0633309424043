/* Annotation records to lines: parts are searched (translate_sets.c), then joined (words.c). */
#include "translator_internal.h"

#include "model/model.h"

#include <stdlib.h>
#include <string.h>

struct nmt_translate_options nmt_translate_defaults(void)
{
    return (struct nmt_translate_options){ .search = nmt_search_defaults(), .batch = 64 };
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

/* Searching one model, where it is worth its memory. */
static int round_output(struct nmt_translator *t, bool *rounded, struct nmt_err *err)
{
    const struct nmt_shape *s = &t->model[0]->shape;
    const struct nmt_params *p = &t->model[0]->params;
    const size_t size = nmt_fixed_size(s->V_target, s->L), most = t->options.memory / 4;
    if (sizeof(real) != sizeof(float) || t->n_models > 1 || t->options.search.sample ||
        (t->options.memory > 0 && size > most))
        return 0;
    return nmt_fixed_init(&t->output, rounded, p->out_W, p->out_b, s->V_target, s->L, err);
}

static int make_workers(struct nmt_translator *t, struct nmt_err *err)
{
    struct nmt_search_model models[NMT_ENSEMBLE_MAX];
    struct nmt_search_options o = t->options.search;
    o.alignments = t->options.alignments || t->options.links || t->options.replace_unk;
    bool rounded = false;
    NMT_TRY(round_output(t, &rounded, err));
    for (size_t m = 0; m < t->n_models; m++)
        models[m] = (struct nmt_search_model){ &t->model[m]->shape, &t->model[m]->params,
                                               rounded ? &t->output : NULL };
    t->n_workers = nmt_threads_count(t->options.threads);
    t->worker = calloc(t->n_workers, sizeof *t->worker);
    if (!t->worker)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < t->n_workers; i++) {
        NMT_TRY(nmt_searcher_new(&t->worker[i].searcher, models, t->n_models, &o, err));
        nmt_searcher_limit(t->worker[i].searcher, t->options.memory / 8 / t->n_workers);
    }
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
    nmt_fixed_release(&t->output);
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
                      const struct nmt_translate_item *items, size_t n_parts,
                      struct nmt_searched_part *part, struct nmt_err *err)
{
    const struct nmt_line_maker maker = { t->model, t->index, t->n_models, &t->options };
    size_t n = n_parts ? items[0].found.n : 1;
    for (size_t p = 0; p < n_parts; p++)
        if (items[p].too_large)
            return nmt_fail(err, NMT_ELIMIT, 0, "its search needs more memory than is allowed");
    for (size_t p = 1; p < n_parts; p++)
        n = items[p].found.n < n ? items[p].found.n : n;
    if (n == 0 && r->terms)
        return nmt_fail(err, NMT_ELIMIT, 0, "no translation within the bounds fits the terms");
    if (n == 0)
        return nmt_fail(err, NMT_ELIMIT, 0, "the model gives no probability that is a number");
    NMT_TRY(reserve_lines(r, n, err));
    for (size_t k = 0; k < n; k++) {
        for (size_t p = 0; p < n_parts; p++)
            part[p] = (struct nmt_searched_part){ &items[p].found.at[k], items[p].first };
        NMT_TRY(nmt_line_make(&maker, &r->line[k], r, part, n_parts, err));
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
    for (size_t i = 0; t->options.memory > 0 && i < n; i++)
        if (!records[i].fault.code && nmt_translator_cost(t, &records[i]) > t->options.memory / 4)
            nmt_fail(&records[i].fault, NMT_ELIMIT, 0,
                     "its translations may need more memory than is allowed");
    NMT_TRY(nmt_translator_divide(t, n, err));
    int rc = nmt_translator_search(t, err);
    if (rc == 0)
        rc = make_all_lines(t, n, err);
    for (size_t i = 0; i < t->n_items; i++)
        nmt_translations_release(&t->item[i].found);
    return rc;
}
