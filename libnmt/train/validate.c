/*
 * Validation in fixed pieces of pairs of similar length. A piece is one task for a thread; what the
 * pieces gave is put together in their order.
 */
#include "train/validate.h"

#include "search/search.h"
#include "train/gradient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PIECE ((size_t)64)

struct nmt_piece {
    struct nmt_loss loss;
    double tokens;
    struct nmt_translations out[PIECE];
    struct nmt_err err;
};

static int by_length(const void *x, const void *y)
{
    const struct nmt_pair *a = x, *b = y;
    if (a->S != b->S)
        return a->S < b->S ? 1 : -1;
    return a->position < b->position ? -1 : a->position > b->position;
}

int nmt_validator_init(struct nmt_validator *v, const struct nmt_shape *shape,
                       const struct nmt_bitext *data, const struct nmt_text *reference,
                       const struct nmt_vocab *target, const struct nmt_train_options *opt,
                       size_t workers, struct nmt_err *err)
{
    *v = (struct nmt_validator){ .shape = shape,
                                 .opt = opt,
                                 .data = data,
                                 .reference = reference,
                                 .target = target,
                                 .workers = workers,
                                 .pieces = (data->n + PIECE - 1) / PIECE };
    v->pairs = calloc(data->n, sizeof *v->pairs);
    v->pass = calloc(workers, sizeof *v->pass);
    v->piece = calloc(v->pieces, sizeof *v->piece);
    v->lines = calloc(2 * data->n, sizeof *v->lines);
    if (!v->pairs || !v->pass || !v->piece || !v->lines) {
        nmt_validator_release(v);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu validation pairs", data->n);
    }
    for (size_t i = 0; i < workers; i++)
        nmt_pass_init(&v->pass[i], shape);
    for (size_t i = 0; i < data->n; i++)
        v->pairs[i] = nmt_bitext_pair_at(data, i);
    qsort(v->pairs, data->n, sizeof *v->pairs, by_length);
    return 0;
}

void nmt_validator_release(struct nmt_validator *v)
{
    for (size_t i = 0; v->pass && i < v->workers; i++)
        nmt_pass_release(&v->pass[i]);
    free(v->pairs);
    free(v->pass);
    free(v->piece);
    free(v->lines);
    nmt_buffer_release(&v->text);
    *v = (struct nmt_validator){ .pairs = NULL };
}

struct job {
    struct nmt_validator *v;
    const struct nmt_params *p;
};

static int translate(const struct job *j, const struct nmt_pair *pairs, size_t n,
                     struct nmt_piece *piece)
{
    const struct nmt_search_model model = { j->v->shape, j->p };
    struct nmt_search_options options = nmt_search_defaults();
    const nmt_id *source[PIECE];
    uint32_t length[PIECE];
    options.beam = 1;
    struct nmt_searcher *searcher = NULL;
    NMT_TRY(nmt_searcher_new(&searcher, &model, 1, &options, &piece->err));
    for (size_t i = 0; i < n; i++) {
        source[i] = pairs[i].source;
        length[i] = pairs[i].S;
    }
    int rc = nmt_searcher_run_ids(searcher, source, length, n, piece->out, &piece->err);
    nmt_searcher_free(searcher);
    return rc;
}

static void run_piece(void *arg, size_t i, size_t worker)
{
    const struct job *j = arg;
    struct nmt_piece *piece = &j->v->piece[i];
    const struct nmt_pair *pairs = j->v->pairs + i * PIECE;
    const size_t n = j->v->data->n - i * PIECE < PIECE ? j->v->data->n - i * PIECE : PIECE;
    memset(piece, 0, sizeof *piece);
    for (size_t k = 0; k < n; k++)
        piece->tokens += pairs[k].T;
    if (nmt_pass_run(&j->v->pass[worker], j->p, NULL, pairs, n, NULL, 0, &piece->loss,
                     &piece->err) < 0)
        return;
    if (j->v->opt->score && translate(j, pairs, n, piece) < 0)
        return;
}

static const struct nmt_translations *translation(const struct nmt_validator *v, size_t sorted)
{
    return &v->piece[sorted / PIECE].out[sorted % PIECE];
}

/* Puts the translations into v->lines in the order of the pairs, the references behind them. */
static int collect(struct nmt_validator *v, struct nmt_err *err)
{
    const size_t n = v->data->n;
    v->text.len = 0;
    for (size_t i = 0; i < n; i++) {
        const struct nmt_translations *out = translation(v, i);
        struct nmt_train_line *line = &v->lines[v->pairs[i].position];
        const size_t from = v->text.len;
        if (out->n)
            NMT_TRY(nmt_vocab_decode(v->target, out->at[0].ids, out->at[0].n, &v->text, err));
        line->len = v->text.len - from;
        struct nmt_train_line *reference = &v->lines[n + i];
        reference->text = nmt_text_line(v->reference, v->data->pair[i].line, &reference->len);
    }
    size_t at = 0; /* the text has stopped moving: now it can be pointed into */
    for (size_t i = 0; i < n; i++) {
        struct nmt_train_line *line = &v->lines[v->pairs[i].position];
        line->text = v->text.data ? v->text.data + at : "";
        at += line->len;
    }
    return 0;
}

static int gather(struct nmt_validator *v, struct nmt_validation *result, struct nmt_err *err)
{
    double nll = 0, tokens = 0;
    for (size_t i = 0; i < v->pieces; i++) {
        if (v->piece[i].err.code) {
            *err = v->piece[i].err;
            return err->code;
        }
        nll += v->piece[i].loss.nll;
        tokens += v->piece[i].tokens;
    }
    result->perplexity = exp(nll / tokens);
    result->score = 0;
    if (!v->opt->score)
        return 0;
    NMT_TRY(collect(v, err));
    return v->opt->score(v->opt->arg, v->lines, v->lines + v->data->n, v->data->n, &result->score,
                         err);
}

int nmt_validator_run(struct nmt_validator *v, const struct nmt_params *p,
                      struct nmt_threads *threads, struct nmt_validation *result,
                      struct nmt_err *err)
{
    struct job j = { v, p };
    nmt_threads_run(threads, v->pieces, run_piece, &j);
    int rc = gather(v, result, err);
    for (size_t i = 0; i < v->data->n; i++)
        nmt_translations_release((struct nmt_translations *)(uintptr_t)translation(v, i));
    return rc;
}

struct nmt_train_line nmt_validator_output(const struct nmt_validator *v, size_t i)
{
    struct nmt_train_line none = { "", 0 };
    return v->lines[i].text ? v->lines[i] : none;
}
