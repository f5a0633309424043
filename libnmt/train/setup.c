/* Everything a training run needs, built once: data, vocabularies, weights, workers. */
#include "train/memory.h"
#include "train/vocabularies.h"

#include "math/blas.h"
#include "math/kernels.h"
#include "model/model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

/* The most pairs a batch may have. */
static size_t largest_batch(const struct nmt_trainer *t)
{
    const struct nmt_config *c = t->config;
    size_t most =
        (size_t)(c->train_batch_words > 0 ? c->train_batch_words : c->train_batch_sentences);
    return most < t->data.n ? most : t->data.n;
}

static int foresee_memory(struct nmt_trainer *t, struct nmt_err *err)
{
    struct nmt_train_memory m;
    NMT_TRY(nmt_memory_plan(&m, t, err));
    struct nmt_train_report r = { .memory = &m };
    if (t->opt->dry_run) {
        struct nmt_train_report data = { .event = NMT_TRAIN_DATA };
        nmt_trainer_report(t, &data, NMT_TRAIN_DATA, NULL);
    }
    nmt_trainer_report(t, &r, NMT_TRAIN_MEMORY, NULL);
    if (t->opt->memory == 0 || m.all <= t->opt->memory)
        return 0;
    return nmt_fail(
        err, NMT_ELIMIT, 0,
        "needs %.0f MB and may have %.0f: the largest batch takes %.0f, the gradients of "
        "the shards %.0f; fewer train.batch-sentences (or train.batch-words), a shorter "
        "train.max-length, fewer train.shards help",
        (double)m.all / 1e6, (double)t->opt->memory / 1e6, (double)m.batch / 1e6,
        (double)m.gradients / 1e6);
}

/* 1: a dry run, which ends here. */
static int build_model(struct nmt_trainer *t, struct nmt_err *err)
{
    const struct nmt_config *c = t->config;
    NMT_TRY(nmt_shape_from_config(&t->shape, c, nmt_vocab_size(t->source),
                                  nmt_vocab_size(t->target), err));
    if (t->shape.tied == NMT_TIED_ALL && t->source != t->target)
        return nmt_fail(err, NMT_ECONFIG, 0, "model.tied: all needs one joint vocabulary");
    NMT_TRY(nmt_layout_init(&t->layout, &t->shape, err));
    if (t->opt->dry_run || t->opt->memory)
        NMT_TRY(foresee_memory(t, err));
    if (t->opt->dry_run)
        return 1;
    t->weights = aligned_alloc(64, t->layout.count * sizeof *t->weights);
    if (!t->weights)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu weights", t->layout.count);
    nmt_params_bind(&t->params, &t->shape, &t->layout, t->weights);
    NMT_TRY(nmt_trainer_init_weights(t, err));
    NMT_TRY(nmt_optimizer_init(&t->optimizer, c, t->weights, t->layout.count, err));
    nmt_params_bind(&t->average, &t->shape, &t->layout,
                    t->optimizer.average ? t->optimizer.average : t->weights);
    NMT_TRY(nmt_shard_sum_init(&t->sum, t->layout.count, (size_t)c->train_shards, t->opt->ranks,
                               t->threads, err));
    t->training = t->shape;
    t->training.products = c->train_precision == NMT_BFLOAT16 ? NMT_ROUNDED : 0;
    const struct nmt_gradient_plan plan = {
        .shape = &t->training,
        .layout = &t->layout,
        .cutting = t->cutting.data ? &t->cutting : NULL,
        .links = t->links.at ? &t->links : NULL,
        .frozen = &t->frozen,
        .vocab = { t->source, t->target },
        .own = t->sum.own,
        .ranks = t->opt->ranks,
        .largest_batch = largest_batch(t),
    };
    return nmt_gradient_init(&t->gradient, &plan, err);
}

/* MODEL with something behind it, owned by the caller; NULL: no memory. */
static char *beside(const char *model, const char *ending)
{
    size_t n = strlen(model), m = strlen(ending) + 1;
    char *path = malloc(n + m);
    if (path) {
        memcpy(path, model, n);
        memcpy(path + n, ending, m);
    }
    return path;
}

/*
 * Two runs that write the same files would spoil each other's. The lock dies with the process, the
 * empty file is removed at the end.
 */
static int lock_model(struct nmt_trainer *t, struct nmt_err *err)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    t->lock = open(t->lock_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (t->lock < 0 && errno == EEXIST) {
        t->killed_before = true;
        t->lock = open(t->lock_path, O_RDWR | O_CLOEXEC);
    }
    if (t->lock < 0)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot create", t->lock_path);
    if (fcntl(t->lock, F_SETLK, &whole) == 0)
        return 0;
    bool taken = errno == EACCES || errno == EAGAIN;
    int rc =
        taken ? nmt_fail(err, NMT_EIO, 0, "%s: another nmt-train is at work on it", t->opt->model)
              : nmt_fail_os(err, NMT_EIO, 0, "%s: cannot be locked", t->lock_path);
    close(t->lock);
    t->lock = -1;
    return rc;
}

static void unlock_model(struct nmt_trainer *t)
{
    if (t->lock < 0)
        return;
    unlink(t->lock_path);
    close(t->lock);
}

static int prepare_paths(struct nmt_trainer *t, struct nmt_err *err)
{
    t->state_path = beside(t->opt->model, ".state");
    t->lock_path = beside(t->opt->model, ".lock");
    if (!t->state_path || !t->lock_path)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    return nmt_ranks_index(t->opt->ranks) == 0 ? lock_model(t, err) : 0;
}

/*
 * All ranks must start from the same and go on the same way: every rank makes the update by itself,
 * and other kernels round otherwise.
 */
static int compare_ranks(struct nmt_trainer *t, struct nmt_err *err)
{
    struct {
        uint8_t data[16], valid[16], links[16], pair_weights[16];
        uint64_t updates, weights, vocabularies, kernels;
    } mine, first;
    memset(&mine, 0, sizeof mine);
    memcpy(mine.data, t->data.digest, sizeof mine.data);
    memcpy(mine.valid, t->valid.digest, sizeof mine.valid);
    memcpy(mine.links, t->links.digest, sizeof mine.links);
    memcpy(mine.pair_weights, t->weights_digest, sizeof mine.pair_weights);
    mine.updates = t->optimizer.updates;
    mine.weights = XXH3_64bits(t->weights, t->layout.count * sizeof *t->weights);
    mine.vocabularies = nmt_vocab_size(t->source) << 32 | nmt_vocab_size(t->target);
    mine.kernels = XXH3_64bits(nmt_kernels()->name, strlen(nmt_kernels()->name));
    first = mine;
    NMT_TRY(nmt_exchange_share(t->opt->ranks, &first, sizeof first, err));
    double differ = memcmp(&mine, &first, sizeof mine) != 0;
    const bool here = differ > 0;
    NMT_TRY(nmt_exchange_add(t->opt->ranks, &differ, 1, err));
    if (here)
        return nmt_fail(err, NMT_ESHAPE, 0,
                        "rank %zu has other data, vocabularies, kernels or another %s than rank 0",
                        nmt_ranks_index(t->opt->ranks), t->state_path);
    return differ > 0 ? nmt_fail(err, NMT_ESHAPE, 0, "the ranks do not have the same files") : 0;
}

static int init_parts(struct nmt_trainer *t, struct nmt_err *err)
{
    NMT_TRY(nmt_config_check(t->config, err));
    NMT_TRY(prepare_paths(t, err));
    if (!t->opt->score && t->config->train_metric == NMT_VALID_BLEU)
        return nmt_fail(err, NMT_ECONFIG, 0, "train.metric: bleu, but nothing that computes it");
    NMT_TRY(nmt_state_refuse_foreign(t, err));
    NMT_TRY(nmt_trainer_open_init(t, err));
    NMT_TRY(nmt_threads_new(&t->threads, (size_t)t->config->train_threads, err));
    NMT_TRY(nmt_trainer_read_text(t, err));
    NMT_TRY(nmt_state_vocabularies(t, err));
    NMT_TRY(nmt_trainer_init_vocabularies(t, err));
    if (!t->source)
        NMT_TRY(nmt_vocab_learn_pair(&t->source, &t->target, t->config, &t->text[0], &t->text[1],
                                     t->threads, err));
    NMT_TRY(nmt_trainer_build_data(t, err));
    int rc = build_model(t, err);
    if (rc != 0)
        return rc;
    if (t->valid.n)
        NMT_TRY(nmt_validator_init(&t->validator, &t->shape, &t->valid, &t->valid_text[1],
                                   t->target, t->opt, nmt_threads_count(t->threads), err));
    t->at.rate_factor = 1;
    struct nmt_train_report r = { .event = NMT_TRAIN_DATA };
    nmt_trainer_report(t, &r, NMT_TRAIN_DATA, NULL);
    int resumed = nmt_trainer_load_state(t, err);
    NMT_TRY(resumed);
    NMT_TRY(compare_ranks(t, err));
    NMT_TRY(nmt_batches_build(&t->batches, &t->data, t->config, t->at.epoch, err));
    if (t->at.batch > t->batches.count)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: the position is behind the data", t->state_path);
    if (resumed) {
        struct nmt_train_report again = { .event = NMT_TRAIN_RESUMED };
        nmt_trainer_report(t, &again, NMT_TRAIN_RESUMED, t->state_path);
    }
    return 0;
}

int nmt_trainer_init(struct nmt_trainer *t, const struct nmt_train_options *opt,
                     struct nmt_err *err)
{
    t->opt = opt;
    t->config = opt->config;
    t->lock = -1;
    return init_parts(t, err);
}

void nmt_trainer_release(struct nmt_trainer *t)
{
    nmt_validator_release(&t->validator);
    nmt_batches_release(&t->batches);
    nmt_gradient_release(&t->gradient);
    nmt_shard_sum_release(&t->sum);
    nmt_optimizer_release(&t->optimizer);
    nmt_threads_free(t->threads);
    nmt_model_close(t->init);
    free(t->frozen.at);
    nmt_word_links_release(&t->links);
    nmt_bitext_release(&t->data);
    nmt_bitext_release(&t->valid);
    nmt_text_release(&t->text[0]);
    nmt_text_release(&t->text[1]);
    nmt_text_release(&t->valid_text[0]);
    nmt_text_release(&t->valid_text[1]);
    if (t->target != t->source)
        nmt_vocab_free(t->target);
    nmt_vocab_free(t->source);
    free(t->weights);
    unlock_model(t);
    free(t->state_path);
    free(t->lock_path);
}
