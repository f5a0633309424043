/* The vocabularies of a training run. */
#ifndef NMT_VOCABULARIES_H
#define NMT_VOCABULARIES_H

#include "train/text.h"

#include <nmt/config.h>
#include <nmt/threads.h>
#include <nmt/vocab.h>

/** Have both the same pieces under the same ids? */
bool nmt_vocab_same_pieces(const struct nmt_vocab *a, const struct nmt_vocab *b);

/**
 * Loads the vocabularies that a configuration names and learns the others; *target may be *source
 * (joint). The threads change nothing else than the time it takes.
 */
int nmt_vocab_learn_pair(struct nmt_vocab **source, struct nmt_vocab **target,
                         const struct nmt_config *c, const struct nmt_text *source_text,
                         const struct nmt_text *target_text, struct nmt_threads *threads,
                         struct nmt_err *err) NMT_MUST_USE;

#endif
