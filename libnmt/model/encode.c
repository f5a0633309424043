/*
 * Lines to annotation records. First every line is cut into pieces and gets its memory, then the
 * parts of all lines are sorted by length and run through the models in batches, then their
 * annotations are copied to where they belong. Threads take lines, then batches.
 */
#include "encode_internal.h"

#include "model/encoder.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

/* Tokens of a batch for each line it may have: bounds the memory when lines are long. */
#define TOKENS_A_LINE 40

struct worker {
    struct nmt_line_cutter cutter;
    struct nmt_arena arena;
    struct nmt_pair *pair; /* [batch] */
    struct nmt_word_table words[NMT_ENCODE_MODELS_MAX][2];
};

/* A part of a line: where its tokens and annotations begin for each model. */
struct item {
    struct nmt_sentence *sentence;
    uint32_t part, length; /* tokens of the first model with </s> */
    uint32_t order;        /* as the parts came */
    bool too_large;        /* for the memory that is allowed */
};

struct batch {
    size_t first, end; /* items */
};

struct nmt_line_encoder {
    struct nmt_encode_options options;
    size_t n_models;
    const struct nmt_model *model[NMT_ENCODE_MODELS_MAX];
    size_t n_workers;
    struct worker *worker;
    struct item *item;
    struct batch *batch;
    size_t n_items, cap_items, n_batches;
    struct nmt_encoded *lines; /* of the run */
    struct nmt_err *failed;    /* [n_workers] what ends the run */
};

struct nmt_encode_options nmt_encode_defaults(void)
{
    return (struct nmt_encode_options){
        .invalid = NMT_INVALID_SKIP, .overlong = NMT_OVERLONG_SPLIT, .max_length = 400, .batch = 64
    };
}

void nmt_encoded_trim(struct nmt_encoded *e, size_t bytes)
{
    if (e->line.cap + e->sentence.memory.cap > bytes) {
        nmt_encoded_release(e);
        e->line = (struct nmt_buffer)NMT_BUFFER_INIT;
    }
}

size_t nmt_line_encoder_cost(const struct nmt_line_encoder *e, size_t len)
{
    size_t token = 16 * e->n_models + 16; /* a token for each byte, each a word */
    for (size_t m = 0; m < e->n_models; m++)
        token += sizeof(float) * nmt_shape_context(nmt_model_shape(e->model[m]));
    return len < SIZE_MAX / 2 / token ? (len + 2) * token : SIZE_MAX / 2;
}

void nmt_encoded_release(struct nmt_encoded *e)
{
    nmt_buffer_release(&e->line);
    nmt_sentence_release(&e->sentence);
}

static size_t directions(const struct nmt_model *m)
{
    return m->shape.attention == NMT_NO_ATTENTION ? 1 : 2;
}

static int make_workers(struct nmt_line_encoder *e, struct nmt_err *err)
{
    e->n_workers = nmt_threads_count(e->options.threads);
    e->worker = calloc(e->n_workers, sizeof *e->worker);
    e->failed = calloc(e->n_workers, sizeof *e->failed);
    if (!e->worker || !e->failed)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < e->n_workers; i++) {
        struct worker *w = &e->worker[i];
        NMT_TRY(nmt_line_cutter_init(&w->cutter, &e->options, e->model, e->n_models, err));
        w->pair = calloc(e->options.batch, sizeof *w->pair);
        if (!w->pair)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        for (size_t m = 0; m < e->n_models; m++)
            for (size_t d = 0; d < directions(e->model[m]); d++)
                NMT_TRY(nmt_encoder_word_table(&w->words[m][d], &e->model[m]->shape,
                                               &e->model[m]->params, d, err));
    }
    return 0;
}

int nmt_line_encoder_new(struct nmt_line_encoder **out, const struct nmt_model *const *models,
                         size_t n_models, const struct nmt_encode_options *o, struct nmt_err *err)
{
    if (n_models < 1 || n_models > NMT_ENCODE_MODELS_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "%zu models, not 1 to %d", n_models,
                        (int)NMT_ENCODE_MODELS_MAX);
    if (o->batch < 1 || o->batch > 65536 || o->max_length < 1 || o->max_length > UINT32_MAX / 4)
        return nmt_fail(err, NMT_ELIMIT, 0, "a batch or a greatest length out of range");
    struct nmt_line_encoder *e = calloc(1, sizeof *e);
    if (!e)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    e->options = *o;
    e->n_models = n_models;
    memcpy(e->model, models, n_models * sizeof *models);
    int rc = make_workers(e, err);
    if (rc < 0)
        nmt_line_encoder_free(e);
    else
        *out = e;
    return rc;
}

void nmt_line_encoder_free(struct nmt_line_encoder *e)
{
    if (!e)
        return;
    for (size_t i = 0; e->worker && i < e->n_workers; i++) {
        nmt_line_cutter_release(&e->worker[i].cutter);
        nmt_arena_release(&e->worker[i].arena);
        free(e->worker[i].pair);
        for (size_t m = 0; m < e->n_models; m++)
            for (size_t d = 0; d < 2; d++)
                nmt_word_table_release(&e->worker[i].words[m][d]);
    }
    free(e->worker);
    free(e->failed);
    free(e->item);
    free(e->batch);
    free(e);
}

void nmt_line_encoder_header(const struct nmt_line_encoder *e, struct nmt_stream_header *h)
{
    *h = (struct nmt_stream_header){ .kind = NMT_STREAM_ANNOTATIONS,
                                     .n_models = (uint32_t)e->n_models };
    for (size_t m = 0; m < e->n_models; m++) {
        const struct nmt_shape *s = nmt_model_shape(e->model[m]);
        h->model[m].width = (uint32_t)nmt_shape_context(s);
        h->model[m].vocabulary = (uint32_t)s->V_source;
        h->model[m].single = s->attention == NMT_NO_ATTENTION;
        memcpy(h->model[m].fingerprint, nmt_model_fingerprint(e->model[m]), NMT_FINGERPRINT);
    }
}

/* --- cutting ----------------------------------------------------------------------------- */

static bool ends_all(const struct nmt_line_encoder *e, int code)
{
    return (code == NMT_ETEXT && e->options.invalid == NMT_INVALID_FAIL) ||
           (code == NMT_ELIMIT && e->options.overlong == NMT_OVERLONG_FAIL);
}

static void cut_line(void *arg, size_t i, size_t worker)
{
    struct nmt_line_encoder *e = arg;
    struct nmt_encoded *line = &e->lines[i];
    line->fault = (struct nmt_err)NMT_ERR_INIT;
    int rc = line->too_long ? nmt_fail(&line->fault, NMT_ELIMIT, 0, "the line is too long")
                            : nmt_line_cutter_run(&e->worker[worker].cutter, line, &line->fault);
    if (rc < 0)
        line->sentence.n_models = 0; /* nothing of it may be used */
}

/* The first line whose fault is no fault of the line, or that may not be one. */
static int first_failure(struct nmt_line_encoder *e, size_t n, struct nmt_err *err)
{
    for (size_t i = 0; i < n; i++) {
        int code = e->lines[i].fault.code;
        if (code && ((code != NMT_ETEXT && code != NMT_ELIMIT) || ends_all(e, code)))
            return nmt_fail(err, code, i + 1, "%s", e->lines[i].fault.msg);
    }
    return 0;
}

/* --- batches ----------------------------------------------------------------------------- */

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->length != y->length)
        return x->length < y->length ? 1 : -1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static size_t count_parts(const struct nmt_annotation *a)
{
    size_t n = 0;
    for (uint32_t i = 0; i < a->n; i++)
        n += a->ids[i] == NMT_ID_EOS;
    return n;
}

static int list_items(struct nmt_line_encoder *e, size_t n, struct nmt_err *err)
{
    size_t need = 0;
    for (size_t i = 0; i < n; i++)
        if (!e->lines[i].fault.code)
            need += count_parts(&e->lines[i].sentence.annotation[0]);
    if (need > e->cap_items) {
        struct item *items = realloc(e->item, need * sizeof *items);
        e->item = items ? items : e->item;
        struct batch *batches = realloc(e->batch, need * sizeof *batches);
        e->batch = batches ? batches : e->batch;
        if (!items || !batches)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        e->cap_items = need;
    }
    e->n_items = 0;
    for (size_t i = 0; i < n; i++) {
        struct nmt_sentence *s = &e->lines[i].sentence;
        uint32_t part = 0, start = 0;
        for (uint32_t k = 0; !e->lines[i].fault.code && k < s->annotation[0].n; k++)
            if (s->annotation[0].ids[k] == NMT_ID_EOS) {
                e->item[e->n_items] =
                    (struct item){ s, part++, k + 1 - start, (uint32_t)e->n_items, false };
                e->n_items++;
                start = k + 1;
            }
    }
    if (e->n_items > 0) /* a window of empty lines has taken no memory */
        qsort(e->item, e->n_items, sizeof *e->item, compare_items);
    return 0;
}

/* At most `batch` parts, and not too many tokens; all threads get something to do. */
static void cut_batches(struct nmt_line_encoder *e)
{
    size_t most = (e->n_items + e->n_workers - 1) / e->n_workers, tokens = 0;
    most = most < e->options.batch ? most : e->options.batch;
    e->n_batches = 0;
    for (size_t i = 0; i < e->n_items; i++) {
        struct batch *b = e->n_batches ? &e->batch[e->n_batches - 1] : NULL;
        tokens += e->item[i].length;
        if (!b || i - b->first >= most || tokens > e->options.batch * TOKENS_A_LINE) {
            b = &e->batch[e->n_batches++];
            b->first = i;
            tokens = e->item[i].length;
        }
        b->end = i + 1;
    }
}

/* --- encoding ---------------------------------------------------------------------------- */

static void plan(struct nmt_batch *batch, struct nmt_encoder *encoder, struct nmt_arena *arena,
                 const struct nmt_shape *s, const struct nmt_pair *pairs, size_t B)
{
    nmt_batch_build(batch, arena, pairs, B, s->attention == NMT_NO_ATTENTION);
    nmt_encoder_plan(encoder, arena, s, batch, false);
}

/* The tokens of a part: from *first, as many as are returned. */
static uint32_t part_of(const struct nmt_annotation *a, uint32_t part, uint32_t *first)
{
    uint32_t start = 0, k = 0;
    for (; k < a->n; k++)
        if (a->ids[k] == NMT_ID_EOS) {
            if (part-- == 0)
                break;
            start = k + 1;
        }
    *first = start;
    return k + 1 - start;
}

static int encode_batch(struct nmt_line_encoder *e, struct worker *w, const struct batch *b,
                        size_t m, struct nmt_err *err)
{
    const struct nmt_model *model = e->model[m];
    const struct nmt_shape *s = &model->shape;
    const size_t B = b->end - b->first;
    struct nmt_arena measure = { NULL, 0, 0 };
    struct nmt_batch batch;
    struct nmt_encoder encoder;
    for (size_t i = 0; i < B; i++) {
        const struct item *item = &e->item[b->first + i];
        const struct nmt_annotation *a = &item->sentence->annotation[m];
        uint32_t first, n = part_of(a, item->part, &first);
        w->pair[i] = (struct nmt_pair){ .source = a->ids + first, .S = n, .position = (uint32_t)i };
    }
    plan(&batch, &encoder, &measure, s, w->pair, B);
    if (e->options.memory > 0 && measure.used > e->options.memory / 4 / e->n_workers)
        return nmt_fail(err, NMT_ELIMIT, 0, "a part needs more memory than is allowed");
    NMT_TRY(nmt_arena_grow(&w->arena, measure.used, err));
    plan(&batch, &encoder, &w->arena, s, w->pair, B);
    for (size_t d = 0; d < directions(model); d++)
        encoder.table[d] = &w->words[m][d];
    nmt_encoder_forward(&encoder, &model->params, NULL);
    for (size_t i = 0; i < B; i++) {
        const struct item *item = &e->item[b->first + batch.pair[i].position];
        const struct nmt_annotation *a = &item->sentence->annotation[m];
        uint32_t first;
        part_of(a, item->part, &first);
        const size_t to = s->attention == NMT_NO_ATTENTION ? item->part : first;
        const real *h = encoder.h + batch.row[i] * a->width;
        for (size_t k = 0; k < (batch.row[i + 1] - batch.row[i]) * a->width; k++)
            a->h[to * a->width + k] = (float)h[k];
    }
    return 0;
}

/* What does not fit into the memory that is allowed runs in halves, down to one part. */
static int encode_in_parts(struct nmt_line_encoder *e, struct worker *w, const struct batch *b,
                           size_t m, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    const size_t middle = b->first + (b->end - b->first) / 2;
    int rc = encode_batch(e, w, b, m, &why);
    if (rc != NMT_ELIMIT)
        return rc < 0 ? nmt_fail(err, rc, why.at, "%s", why.msg) : 0;
    if (middle == b->first) {
        e->item[middle].too_large = true;
        return 0;
    }
    NMT_TRY(encode_in_parts(e, w, &(struct batch){ b->first, middle }, m, err));
    return encode_in_parts(e, w, &(struct batch){ middle, b->end }, m, err);
}

static void run_batch(void *arg, size_t i, size_t worker)
{
    struct nmt_line_encoder *e = arg;
    struct nmt_err *err = &e->failed[worker];
    for (size_t m = 0; m < e->n_models && !err->code; m++)
        if (encode_in_parts(e, &e->worker[worker], &e->batch[i], m, err) < 0)
            return;
}

/* A line with a part that no network could run has failed. */
static void fail_too_large(struct nmt_line_encoder *e, size_t n)
{
    for (size_t k = 0; k < e->n_items; k++)
        for (size_t i = 0; e->item[k].too_large && i < n; i++)
            if (e->item[k].sentence == &e->lines[i].sentence && !e->lines[i].fault.code)
                nmt_fail(&e->lines[i].fault, NMT_ELIMIT, 0,
                         "%u tokens at once need more memory than is allowed", e->item[k].length);
}

int nmt_line_encoder_run(struct nmt_line_encoder *e, struct nmt_encoded *lines, size_t n,
                         struct nmt_err *err)
{
    struct nmt_err last = NMT_ERR_INIT; /* of the line that ends the run: those before it count */
    e->lines = lines;
    nmt_threads_run(e->options.threads, n, cut_line, e);
    if (first_failure(e, n, &last) < 0)
        n = last.at - 1;
    NMT_TRY(list_items(e, n, err));
    cut_batches(e);
    memset(e->failed, 0, e->n_workers * sizeof *e->failed);
    nmt_threads_run(e->options.threads, e->n_batches, run_batch, e);
    for (size_t i = 0; i < e->n_workers; i++)
        if (e->failed[i].code)
            return nmt_fail(err, e->failed[i].code, 0, "%s", e->failed[i].msg);
    fail_too_large(e, n);
    NMT_TRY(first_failure(e, n, err));
    return last.code ? nmt_fail(err, last.code, last.at, "%s", last.msg) : 0;
}
