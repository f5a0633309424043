/*
 * The learning rate.
 *
 *   warm-up       the rate rises in equal steps over the first `warmup` updates
 *   exponential   constant until the share decay-from of the planned length, then falling to
 *                 decay-to of itself at the end, by an equal factor a step
 *   plateau       times plateau-factor whenever plateau-patience validations brought nothing better
 *
 * The planned length is what ends first, epochs or updates; time does not count, because the same
 * configuration must give the same bits on a slow machine.
 */
#include "train/trainer.h"

#include <math.h>

double nmt_schedule_share(const struct nmt_config *c, uint64_t update, double epochs_done)
{
    double by_updates = c->train_updates > 0 ? (double)update / (double)c->train_updates : 0;
    double by_epochs = c->train_epochs > 0 ? epochs_done / (double)c->train_epochs : 0;
    double share = by_updates > by_epochs ? by_updates : by_epochs;
    return share < 1 ? share : 1;
}

double nmt_schedule_rate(const struct nmt_config *c, uint64_t u, double share, double factor)
{
    double rate = c->train_learning_rate * factor;
    if (c->train_schedule == NMT_SCHEDULE_EXPONENTIAL && share > c->train_decay_from)
        rate *= pow(c->train_decay_to, (share - c->train_decay_from) / (1 - c->train_decay_from));
    if (u < (uint64_t)c->train_warmup)
        rate *= (double)u / (double)c->train_warmup;
    return rate;
}
