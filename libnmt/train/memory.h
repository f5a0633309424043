/* What a run needs of memory, before it takes it. */
#ifndef NMT_MEMORY_H
#define NMT_MEMORY_H

#include "train/trainer.h"

/**
 * Sizes of everything that is large. The largest batch is the one of the most expensive pairs, as
 * if they all met: no epoch has a larger one (but for subword dropout, which is drawn here once).
 */
int nmt_memory_plan(struct nmt_train_memory *m, const struct nmt_trainer *t,
                    struct nmt_err *err) NMT_MUST_USE;

#endif
