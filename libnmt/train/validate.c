/*
 * Validation in fixed pieces of pairs of similar length. A piece is one task for a thread of one of
 * the ranks; what the pieces gave is put together in their order. Rank 0 has the score computed.
 */
#include "train/validate.h"

#include "search/search.h"
#include "train/exchange.h"
#include "train/gradient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct nmt_piece {
    struct nmt_loss loss;
    double tokens;
    struct nmt_translations out[NMT_VALID_PIECE];
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
                                 .pieces = (data->n + NMT_VALID_PIECE - 1) / NMT_VALID_PIECE };
    v->pairs = calloc(data->n, sizeof *v->pairs);
    v->pass = calloc(workers, sizeof *v->pass);
    v->piece = calloc(v->pieces, sizeof *v->piece);
    v->sums = calloc(2 * v->pieces + 1, sizeof *v->sums);
    v->lines = calloc(2 * data->n, sizeof *v->lines);
    if (!v->pairs || !v->pass || !v->piece || !v->sums || !v->lines) {
        nmt_validator_release(v);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu validation pairs", data->n);
    }
    for (size_t i = 0; i < workers; i++)
        nmt_pass_init(&v->pass[i], shape);
    for (size_t i = 0; i < data->n; i++)
        v->pairs[i] = nmt_pair_of(data, i);
    qsort(v->pairs, data->n, sizeof *v->pairs, by_length);
    return nmt_pair_ids_read(&v->ids, data, v->pairs, data->n, err);
}

void nmt_validator_release(struct nmt_validator *v)
{
    for (size_t i = 0; v->pass && i < v->workers; i++)
        nmt_pass_release(&v->pass[i]);
    nmt_pair_ids_release(&v->ids);
    free(v->pairs);
    free(v->pass);
    free(v->piece);
    free(v->sums);
    free(v->lines);
    nmt_buffer_release(&v->text);
    *v = (struct nmt_validator){ .pairs = NULL };
}

/* Pieces are dealt out to the ranks in turn: neighbours take about the same time. */
static bool is_ours(const struct nmt_validator *v, size_t piece)
{
    return piece % nmt_ranks_count(v->opt->ranks) == nmt_ranks_index(v->opt->ranks);
}

static size_t pairs_of(const struct nmt_validator *v, size_t piece)
{
    const size_t left = v->data->n - piece * NMT_VALID_PIECE;
    return left < NMT_VALID_PIECE ? left : NMT_VALID_PIECE;
}

struct job {
    struct nmt_validator *v;
    const struct nmt_params *p;
};

static int translate(const struct job *j, const struct nmt_pair *pairs, size_t n,
                     struct nmt_piece *piece)
{
    const struct nmt_search_model model = { .shape = j->v->shape, .params = j->p };
    struct nmt_search_options options = nmt_search_defaults();
    const nmt_id *source[NMT_VALID_PIECE];
    uint32_t length[NMT_VALID_PIECE];
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
    const struct nmt_pair *pairs = j->v->pairs + i * NMT_VALID_PIECE;
    const size_t n = pairs_of(j->v, i);
    if (!is_ours(j->v, i))
        return;
    memset(piece, 0, sizeof *piece);
    for (size_t k = 0; k < n; k++)
        piece->tokens += pairs[k].T;
    if (nmt_pass_run(&j->v->pass[worker], j->p, NULL, pairs, n, NULL, 0, &piece->loss,
                     &piece->err) < 0)
        return;
    if (j->v->opt->score && translate(j, pairs, n, piece) < 0)
        return;
}

/* --- putting together what the ranks have translated ----------------------------------------- */

struct record {
    uint32_t position, len; /* the text follows */
};

/* Puts our translations into v->text, each behind its record. */
static int pack(struct nmt_validator *v, struct nmt_err *err)
{
    v->text.len = 0;
    for (size_t i = 0; i < v->data->n; i++) {
        if (!is_ours(v, i / NMT_VALID_PIECE))
            continue;
        const struct nmt_translations *out =
            &v->piece[i / NMT_VALID_PIECE].out[i % NMT_VALID_PIECE];
        struct record head = { v->pairs[i].position, 0 };
        const size_t at = v->text.len;
        NMT_TRY(nmt_buffer_add(&v->text, &head, sizeof head, err));
        if (out->n)
            NMT_TRY(nmt_vocab_decode(v->target, out->at[0].ids, out->at[0].n, &v->text, err));
        head.len = (uint32_t)(v->text.len - at - sizeof head);
        memcpy(v->text.data + at, &head, sizeof head);
    }
    return 0;
}

/* Points v->lines at the translations in v->text, and behind them at the references. */
static int unpack(struct nmt_validator *v, struct nmt_err *err)
{
    const size_t n = v->data->n;
    struct record head;
    for (size_t at = 0; at < v->text.len; at += sizeof head + head.len) {
        memcpy(&head, v->text.data + at, sizeof head);
        if (head.position >= n || head.len > v->text.len - at - sizeof head)
            return nmt_fail(err, NMT_EFORMAT, 0, "a rank's translations are not as they should be");
        v->lines[head.position] =
            (struct nmt_train_line){ v->text.data + at + sizeof head, head.len };
    }
    for (size_t i = 0; i < n; i++) {
        struct nmt_train_line *reference = &v->lines[n + i];
        reference->text =
            nmt_text_line(v->reference, nmt_bitext_head(v->data, i).line, &reference->len);
    }
    return 0;
}

/* Sums over the pieces, in their order; an error of any rank is one of all. */
static int add_pieces(struct nmt_validator *v, struct nmt_validation *result, struct nmt_err *err)
{
    double nll = 0, tokens = 0;
    for (size_t i = 0; i < v->pieces; i++) {
        const struct nmt_piece *piece = &v->piece[i];
        if (is_ours(v, i) && piece->err.code) {
            *err = piece->err;
            return err->code;
        }
        v->sums[2 * i] = is_ours(v, i) ? piece->loss.nll : 0;
        v->sums[2 * i + 1] = is_ours(v, i) ? piece->tokens : 0;
    }
    NMT_TRY(nmt_exchange_add(v->opt->ranks, v->sums, 2 * v->pieces, err));
    for (size_t i = 0; i < v->pieces; i++) {
        nll += v->sums[2 * i];
        tokens += v->sums[2 * i + 1];
    }
    result->perplexity = exp(nll / tokens);
    return 0;
}

static int gather(struct nmt_validator *v, struct nmt_validation *result, struct nmt_err *err)
{
    NMT_TRY(add_pieces(v, result, err));
    result->score = 0;
    if (!v->opt->score)
        return 0;
    NMT_TRY(pack(v, err));
    NMT_TRY(nmt_exchange_gather(v->opt->ranks, &v->text, err));
    if (nmt_ranks_index(v->opt->ranks) == 0) {
        NMT_TRY(unpack(v, err));
        NMT_TRY(v->opt->score(v->opt->arg, v->lines, v->lines + v->data->n, v->data->n,
                              &result->score, err));
    }
    return nmt_exchange_share(v->opt->ranks, &result->score, sizeof result->score, err);
}

int nmt_validator_run(struct nmt_validator *v, const struct nmt_params *p,
                      struct nmt_threads *threads, struct nmt_validation *result,
                      struct nmt_err *err)
{
    struct job j = { v, p };
    nmt_threads_run(threads, v->pieces, run_piece, &j);
    int rc = gather(v, result, err);
    for (size_t i = 0; i < v->data->n; i++)
        if (is_ours(v, i / NMT_VALID_PIECE))
            nmt_translations_release(&v->piece[i / NMT_VALID_PIECE].out[i % NMT_VALID_PIECE]);
    return rc;
}

struct nmt_train_line nmt_validator_output(const struct nmt_validator *v, size_t i)
{
    struct nmt_train_line none = { "", 0 };
    return v->lines[i].text ? v->lines[i] : none;
}
