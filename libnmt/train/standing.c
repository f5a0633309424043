/* Where training stands, for those who watch: the report that events carry. */
#include "train/trainer.h"

#include <math.h>
#include <time.h>

double nmt_trainer_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* By the speed of this process, and by the whole run's with its validations. */
static void report_time(const struct nmt_trainer *t, struct nmt_train_report *r)
{
    const struct nmt_config *c = t->config;
    r->epoch_left = r->left = -1;
    if (t->updated > 0)
        r->epoch_left = t->updating / (double)t->updated * (double)(r->batches - r->batch);
    if (r->share > 0)
        r->left = r->seconds * (1 - r->share) / r->share;
    if (c->train_minutes > 0) {
        const double left = c->train_minutes * 60 - r->seconds;
        r->left = r->left < 0 || left < r->left ? left : r->left;
    }
}

void nmt_trainer_report(struct nmt_trainer *t, struct nmt_train_report *r,
                        enum nmt_train_event event, const char *text)
{
    const struct nmt_config *c = t->config;
    const double fraction = t->batches.count ? (double)t->at.batch / (double)t->batches.count : 0;
    r->event = event;
    r->text = text;
    r->pairs = t->data.n;
    r->pairs_empty = t->data.empty;
    r->pairs_long = t->data.long_;
    r->valid_pairs = t->valid.n;
    for (size_t i = 0; i < t->layout.n; i++)
        r->parameters += t->layout.tensor[i].rows * t->layout.tensor[i].cols;
    r->source_vocabulary = t->shape.V_source;
    r->target_vocabulary = t->shape.V_target;
    for (size_t side = 0; side < 2; side++) {
        r->vectors_given[side] = t->pretrained[side].given;
        r->vectors_found[side] = t->pretrained[side].count;
    }
    r->unknown_source = (double)t->data.unknown[0] / (double)(t->data.S_total + 1);
    r->unknown_target = (double)t->data.unknown[1] / (double)(t->data.T_total + 1);
    r->update = t->optimizer.updates;
    r->epoch = t->at.epoch + 1;
    r->epochs = (uint64_t)c->train_epochs;
    r->batch = t->at.batch;
    r->batches = t->batches.count;
    r->source_words = t->words[0];
    r->target_words = t->words[1];
    r->source_tokens = t->tokens[0];
    r->target_tokens = t->tokens[1];
    r->seconds = t->at.seconds + (t->started > 0 ? nmt_trainer_now() - t->started : 0);
    r->share = nmt_schedule_share(c, t->optimizer.updates, (double)t->at.epoch + fraction);
    report_time(t, r);
    r->valid_update = t->valid_update;
    r->valid_perplexity = t->valid_perplexity;
    r->valid_bleu = t->valid_bleu;
    if (t->tokens_sum > 0) {
        r->loss = t->loss_sum / t->tokens_sum;
        r->perplexity = exp(t->nll_sum / t->tokens_sum);
        r->guide_loss = t->guide_sum / t->tokens_sum;
    }
    r->guided = t->links.at != NULL;
    r->weighted = c->data_weights[0] != 0;
    r->gradient_norm = t->norm;
    r->learning_rate = t->rate;
    r->skipped = t->at.skipped;
    r->best = t->config->train_metric == NMT_VALID_PERPLEXITY ? -t->at.best : t->at.best;
    r->best_update = t->at.best_update;
    r->checks_without_improvement = t->at.bad_checks;
    if (t->opt->report)
        t->opt->report(t->opt->arg, r);
}
