/*
 * The training loop: batch, gradient, update; validation, saving and stopping between updates. All
 * that decides the weights is in the configuration, the data and struct nmt_train_position.
 */
#include "train/kept.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void report(struct nmt_trainer *t, enum nmt_train_event event, const char *text)
{
    struct nmt_train_report r = { .event = event };
    nmt_trainer_report(t, &r, event, text);
}

/* The lines of a batch, for a message: the first few. */
static void describe_batch(const struct nmt_trainer *t, size_t first, size_t n, char *out,
                           size_t size)
{
    int used = snprintf(out, size, "the gradient is not finite; lines");
    for (size_t i = 0; i < n && i < 8 && used > 0 && (size_t)used < size; i++)
        used += snprintf(out + used, size - (size_t)used, " %" PRIu32,
                         nmt_bitext_head(&t->data, t->batches.order[first + i]).line + 1);
    if (n > 8 && used > 0 && (size_t)used < size)
        snprintf(out + used, size - (size_t)used, " and %zu more", n - 8);
}

static int skip_update(struct nmt_trainer *t, size_t first, size_t n, struct nmt_err *err)
{
    char text[256];
    nmt_optimizer_clear(&t->optimizer, t->gradient.block, t->gradient.own.n, t->threads);
    t->at.skipped++;
    describe_batch(t, first, n, text, sizeof text);
    report(t, NMT_TRAIN_SKIPPED, text);
    if (++t->at.skipped_run >= (uint64_t)t->config->train_max_skipped)
        return nmt_fail(err, NMT_EDIVERGED, 0,
                        "%" PRIu64 " updates in a row had no finite gradient; the last saved model "
                        "stands",
                        t->at.skipped_run);
    return 0;
}

static double loss_scale(const struct nmt_trainer *t)
{
    switch ((enum nmt_loss_scale)t->config->train_loss) {
    case NMT_LOSS_TOKENS:
        return 1 / t->gradient.weighted_T;
    case NMT_LOSS_SENTENCES:
        return 1 / t->gradient.weighted_pairs;
    case NMT_LOSS_SUM:
        break;
    }
    return 1;
}

static bool any_dropout(const struct nmt_dropout *d)
{
    return d->word > 0 || d->embedding > 0 || d->annotation > 0 || d->recurrent > 0 ||
           d->layer > 0 || d->readout > 0;
}

/* A place of its own probability, or its share of `dropout`. */
static real place(double own, double share)
{
    return (real)(own < 0 ? share : own);
}

static struct nmt_dropout dropout_of(const struct nmt_config *c, uint64_t update)
{
    const double base = c->train_dropout;
    return (struct nmt_dropout){
        .word = place(c->train_dropout_word, base / 4),
        .embedding = place(c->train_dropout_embedding, base),
        .layer = place(c->train_dropout_layer, base / 2),
        .annotation = place(c->train_dropout_annotation, base),
        .readout = place(c->train_dropout_readout, base),
        .recurrent = place(c->train_dropout_recurrent, base / 2),
        .key = { (uint64_t)c->train_seed, update },
    };
}

static int update(struct nmt_trainer *t, struct nmt_err *err)
{
    const double began = nmt_trainer_now();
    const struct nmt_config *c = t->config;
    const size_t first = t->batches.start[t->at.batch];
    const size_t n = t->batches.start[t->at.batch + 1] - first;
    const uint64_t number = t->optimizer.updates + t->at.skipped + 1;
    const struct nmt_dropout dropout = dropout_of(c, number);
    const double epochs = (double)t->at.epoch + (double)t->at.batch / (double)t->batches.count;
    const struct nmt_gradient_task task = {
        .params = &t->params,
        .data = &t->data,
        .order = t->batches.order + first,
        .n = n,
        .epoch = t->at.epoch,
        .dropout = any_dropout(&dropout) ? &dropout : NULL,
        .label_smoothing = (real)c->train_label_smoothing,
        .guide_weight =
            (real)(c->train_alignment_weight * pow(c->train_alignment_decay, (double)t->at.epoch)),
    };
    NMT_TRY(nmt_gradient_run(&t->gradient, &task, t->threads, err));
    t->at.batch++;
    NMT_TRY(nmt_shard_sum_run(&t->sum, t->gradient.block, &t->norm, err));
    if (!isfinite(t->norm))
        return skip_update(t, first, n, err);
    const double scale = loss_scale(t);
    t->rate =
        nmt_schedule_rate(c, t->optimizer.updates + 1,
                          nmt_schedule_share(c, t->optimizer.updates, epochs), t->at.rate_factor);
    nmt_optimizer_step(&t->optimizer, t->gradient.block, t->gradient.own.n, t->norm, scale, t->rate,
                       t->threads);
    t->norm *= scale;
    t->at.skipped_run = 0;
    t->loss_sum += t->gradient.loss.loss;
    t->nll_sum += t->gradient.loss.nll;
    t->guide_sum += t->gradient.loss.guide;
    t->tokens_sum += t->gradient.weighted_T;
    t->tokens[0] += t->gradient.S - n;
    t->tokens[1] += t->gradient.T - n;
    for (size_t side = 0; side < 2; side++)
        t->words[side] += t->gradient.words[side];
    t->updating += nmt_trainer_now() - began;
    t->updated++;
    report(t, NMT_TRAIN_UPDATE, NULL);
    return 0;
}

enum saving { SAVE_STATE, SAVE_MODEL, SAVE_KEPT };

static int save_as(struct nmt_trainer *t, enum saving what, char **path, struct nmt_err *err)
{
    switch (what) {
    case SAVE_STATE:
        return nmt_trainer_save_state(t, err);
    case SAVE_MODEL:
        return nmt_trainer_save_model(t, t->opt->model, err);
    case SAVE_KEPT:
        break;
    }
    return nmt_kept_add(t, path, err);
}

/* A failed save is reported and leaves the old file; training goes on. */
static void save(struct nmt_trainer *t, enum saving what)
{
    struct nmt_err why = NMT_ERR_INIT;
    char *kept = NULL;
    t->at.seconds += nmt_trainer_now() - t->started;
    t->started = nmt_trainer_now();
    if (nmt_ranks_index(t->opt->ranks) > 0)
        return;
    if (save_as(t, what, &kept, &why) < 0) {
        t->save_failed = true;
        report(t, NMT_TRAIN_SAVE_FAILED, why.msg);
    } else if (what == SAVE_STATE) {
        report(t, NMT_TRAIN_SAVED, t->state_path);
    } else {
        report(t, NMT_TRAIN_MODEL, kept ? kept : t->opt->model);
    }
    free(kept);
}

/* Judges a validation. Returns whether it is the best so far. */
static bool judge(struct nmt_trainer *t, const struct nmt_validation *v)
{
    const struct nmt_config *c = t->config;
    const double score = c->train_metric == NMT_VALID_PERPLEXITY ? -v->perplexity : v->score;
    t->score = score;
    t->at.checks++;
    t->at.validated = t->optimizer.updates;
    if (t->at.best_update == 0 || score > t->at.best) {
        t->at.best = score;
        t->at.best_update = t->optimizer.updates;
        t->at.bad_checks = t->at.plateau = 0;
        return true;
    }
    t->at.bad_checks++;
    if (c->train_schedule == NMT_SCHEDULE_PLATEAU &&
        ++t->at.plateau >= (uint64_t)c->train_plateau_patience) {
        t->at.rate_factor *= c->train_plateau_factor;
        t->at.plateau = 0;
    }
    return false;
}

static int sample(struct nmt_trainer *t, struct nmt_train_report *r, struct nmt_buffer text[3],
                  struct nmt_err *err)
{
    const size_t i = (size_t)(t->at.checks % t->valid.n), line = nmt_bitext_head(&t->valid, i).line;
    for (size_t side = 0; side < 2; side++) {
        size_t len;
        const char *s = nmt_text_line(&t->valid_text[side], line, &len);
        NMT_TRY(nmt_buffer_add(&text[side], s, len, err));
    }
    struct nmt_train_line output = nmt_validator_output(&t->validator, i);
    NMT_TRY(nmt_buffer_add(&text[2], output.text, output.len, err));
    r->sample_source = nmt_buffer_str(&text[0], err);
    r->sample_reference = nmt_buffer_str(&text[1], err);
    r->sample_output = nmt_buffer_str(&text[2], err);
    return r->sample_source && r->sample_reference && r->sample_output ? 0 : NMT_ENOMEM;
}

static int validate(struct nmt_trainer *t, struct nmt_err *err)
{
    struct nmt_validation v;
    struct nmt_buffer text[3] = { NMT_BUFFER_INIT, NMT_BUFFER_INIT, NMT_BUFFER_INIT };
    struct nmt_train_report r = { .event = NMT_TRAIN_VALID };
    int rc = nmt_validator_run(&t->validator, &t->average, t->threads, &v, err);
    if (rc == 0)
        rc = sample(t, &r, text, err);
    if (rc == 0) {
        r.improved = judge(t, &v);
        t->valid_update = t->optimizer.updates;
        t->valid_perplexity = v.perplexity;
        t->valid_bleu = v.score;
        nmt_trainer_report(t, &r, NMT_TRAIN_VALID, NULL);
        if (r.improved)
            save(t, SAVE_MODEL);
        if (t->config->train_keep > 0)
            save(t, SAVE_KEPT);
    }
    for (size_t i = 0; i < 3; i++)
        nmt_buffer_release(&text[i]);
    t->loss_sum = t->nll_sum = t->guide_sum = t->tokens_sum = 0;
    return rc;
}

static int next_epoch(struct nmt_trainer *t, struct nmt_err *err)
{
    t->at.epoch++;
    t->at.batch = 0;
    nmt_batches_release(&t->batches);
    return nmt_batches_build(&t->batches, &t->data, t->config, t->at.epoch, err);
}

static bool every(int64_t period, uint64_t updates)
{
    return period > 0 && updates % (uint64_t)period == 0;
}

/* Why training is over, or NULL. */
static const char *over(const struct nmt_trainer *t)
{
    const struct nmt_config *c = t->config;
    if (c->train_updates > 0 && t->optimizer.updates >= (uint64_t)c->train_updates)
        return "all updates are done";
    if (c->train_epochs > 0 && t->at.epoch >= (uint64_t)c->train_epochs)
        return "all epochs are done";
    if (c->train_patience > 0 && t->at.bad_checks >= (uint64_t)c->train_patience)
        return "validation has stopped improving";
    if (t->asked.late)
        return "the time is over";
    return NULL;
}

/* Without validation pairs the latest model is the best there is. */
static void save_all(struct nmt_trainer *t)
{
    if (t->valid.n == 0)
        save(t, SAVE_MODEL);
    save(t, SAVE_STATE);
}

static int check_saved(const struct nmt_trainer *t, struct nmt_err *err)
{
    if (t->save_failed)
        return nmt_fail(err, NMT_EIO, 0, "%s: not everything could be saved", t->opt->model);
    return 0;
}

static int finish(struct nmt_trainer *t, const char *why, struct nmt_err *err)
{
    t->at.finished = true;
    save_all(t);
    report(t, NMT_TRAIN_END, why);
    return check_saved(t, err);
}

/* Clocks and signals differ between ranks: what one was asked, all do. */
static int ask_ranks(struct nmt_trainer *t, struct nmt_err *err)
{
    const double minutes = t->config->train_minutes;
    double votes[3] = { 0, 0, 0 };
    if (nmt_ranks_index(t->opt->ranks) == 0)
        votes[0] = minutes > 0 && t->at.seconds + (nmt_trainer_now() - t->started) >= minutes * 60;
    votes[1] = t->opt->stop && *t->opt->stop;
    votes[2] = t->opt->save && *t->opt->save;
    if (votes[2] > 0)
        *t->opt->save = 0;
    NMT_TRY(nmt_exchange_add(t->opt->ranks, votes, 3, err));
    t->asked.late = votes[0] > 0;
    t->asked.stop = votes[1] > 0;
    t->asked.save = votes[2] > 0;
    return 0;
}

/* What happens between two updates. 1: go on, 0: over. */
static int between(struct nmt_trainer *t, struct nmt_err *err)
{
    const struct nmt_config *c = t->config;
    const uint64_t u = t->optimizer.updates;
    const bool epoch_over = t->at.batch == t->batches.count;
    NMT_TRY(ask_ranks(t, err));
    if (epoch_over)
        NMT_TRY(next_epoch(t, err));
    const char *why = over(t);
    bool check = c->train_valid_every > 0 ? every(c->train_valid_every, u) : epoch_over;
    check = t->valid.n > 0 && u != t->at.validated && (check || why);
    if (check)
        NMT_TRY(validate(t, err));
    if (!why)
        why = over(t); /* patience */
    if (why)
        return finish(t, why, err);
    if (t->asked.save || every(c->train_save_every, u) ||
        (c->train_save_every == 0 && (check || (t->valid.n == 0 && epoch_over))))
        save_all(t);
    if (t->asked.stop) {
        save_all(t);
        report(t, NMT_TRAIN_END, "stopped on request");
        return nmt_fail(err, NMT_ESTOPPED, 0, "stopped on request; the same command goes on");
    }
    return 1;
}

int nmt_train(const struct nmt_train_options *opt, struct nmt_err *err)
{
    struct nmt_trainer t;
    memset(&t, 0, sizeof t);
    int rc = nmt_trainer_init(&t, opt, err);
    t.started = nmt_trainer_now();
    if (rc > 0) { /* a dry run */
        rc = check_saved(&t, err);
        goto done;
    }
    if (rc == 0)
        rc = ask_ranks(&t, err);
    if (rc == 0 && t.at.finished && over(&t)) {
        report(&t, NMT_TRAIN_END, "this run was finished before");
        rc = check_saved(&t, err);
        goto done;
    }
    while (rc == 0) {
        rc = update(&t, err);
        if (rc == 0)
            rc = between(&t, err);
        if (rc == 0)
            break;
        rc = rc > 0 ? 0 : rc;
    }
done:
    nmt_trainer_release(&t);
    return rc;
}
