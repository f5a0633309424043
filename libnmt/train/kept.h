/* The models of the last validations, kept beside the best one for averaging. */
#ifndef NMT_KEPT_H
#define NMT_KEPT_H

#include "train/trainer.h"

#include <nmt/gguf.h>

/**
 * Writes the model as MODEL.UPDATE and removes what is then older than the last train.keep of them.
 * The path, of which *path is a copy to be freed, is set whether it could be written or not.
 */
int nmt_kept_add(struct nmt_trainer *t, char **path, struct nmt_err *err) NMT_MUST_USE;

/** Which ones there are, into a state file and back. */
int nmt_kept_add_to(const struct nmt_trainer *t, struct nmt_gguf_writer *w,
                    struct nmt_err *err) NMT_MUST_USE;
int nmt_kept_read(struct nmt_trainer *t, const struct nmt_gguf *g,
                  struct nmt_err *err) NMT_MUST_USE;

#endif
