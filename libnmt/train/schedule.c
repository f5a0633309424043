/*
 * The learning rate.
 *
 *   warm-up       the rate rises in equal steps over the first `warmup` updates
 *   exponential   constant until the share decay-from of the planned length, then falling to
 *                 decay-to of itself at the end, by an equal factor a step
 *   linear        the same, falling by an equal amount a step
 *   inverse-sqrt  after `warmup` updates falling as the root of warmup / update (Vaswani et al.,
 *                 2017)
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
    const double warmup = (double)c->train_warmup;
    double rate = c->train_learning_rate * factor, fallen = 0; /* from 0 to 1 */
    if (share > c->train_decay_from)
        fallen = (share - c->train_decay_from) / (1 - c->train_decay_from);
    switch ((enum nmt_schedule)c->train_schedule) {
    case NMT_SCHEDULE_EXPONENTIAL:
        rate *= pow(c->train_decay_to, fallen);
        break;
    case NMT_SCHEDULE_LINEAR:
        rate *= 1 - fallen * (1 - c->train_decay_to);
        break;
    case NMT_SCHEDULE_INVERSE_SQRT:
        rate *= (double)u > warmup ? sqrt(warmup / (double)u) : 1;
        break;
    case NMT_SCHEDULE_PLATEAU:
    case NMT_SCHEDULE_CONSTANT:
        break;
    }
    if (u < (uint64_t)c->train_warmup)
        rate *= (double)u / (double)c->train_warmup;
    return rate;
}
