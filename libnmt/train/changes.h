/*
 * What must not change between a run and its resumption. A state holds the configuration key by key
 * and digests of the data, so that a change is noticed and can be named. Keys that cannot change
 * what is learnt (threads, time, where files are) are not compared.
 */
#ifndef NMT_CHANGES_H
#define NMT_CHANGES_H

#include "train/trainer.h"

#include <nmt/gguf.h>

/** Adds the keys that decide the result. */
int nmt_changes_add_config(const struct nmt_config *c, struct nmt_gguf_writer *w,
                           struct nmt_err *err) NMT_MUST_USE;

/** Adds the digests of all data. */
int nmt_changes_add_digests(const struct nmt_trainer *t, struct nmt_gguf_writer *w,
                            struct nmt_err *err) NMT_MUST_USE;

/** NMT_ECONFIG names what has changed since the state g was written, unless changes are accepted.
 */
int nmt_changes_check(const struct nmt_trainer *t, const struct nmt_gguf *g,
                      struct nmt_err *err) NMT_MUST_USE;

#endif
