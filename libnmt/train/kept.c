/*
 * The models of the last validations. The state knows which there are. A run that is killed between
 * a model and its state writes the same model again.
 */
#include "train/kept.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *path_of(const struct nmt_trainer *t, uint64_t update, struct nmt_err *err)
{
    const size_t size = strlen(t->opt->model) + 24;
    char *path = malloc(size);
    if (path)
        snprintf(path, size, "%s.%" PRIu64, t->opt->model, update);
    else
        nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    return path;
}

/* Whoever has removed one before us has done no harm. */
static int remove_oldest(struct nmt_trainer *t, struct nmt_err *err)
{
    struct nmt_train_position *at = &t->at;
    char *path = path_of(t, at->kept[0], err);
    if (!path)
        return NMT_ENOMEM;
    unlink(path);
    free(path);
    memmove(at->kept, at->kept + 1, --at->n_kept * sizeof *at->kept);
    return 0;
}

int nmt_kept_add(struct nmt_trainer *t, char **path, struct nmt_err *err)
{
    struct nmt_train_position *at = &t->at;
    if (!(*path = path_of(t, t->optimizer.updates, err)))
        return NMT_ENOMEM;
    NMT_TRY(nmt_trainer_save_model(t, *path, err));
    while (at->n_kept > 0 && at->n_kept >= (size_t)t->config->train_keep)
        NMT_TRY(remove_oldest(t, err));
    at->kept[at->n_kept++] = t->optimizer.updates;
    return 0;
}

int nmt_kept_add_to(const struct nmt_trainer *t, struct nmt_gguf_writer *w, struct nmt_err *err)
{
    return t->at.n_kept ? nmt_gguf_add_u64s(w, "state.kept", t->at.kept, t->at.n_kept, err) : 0;
}

int nmt_kept_read(struct nmt_trainer *t, const struct nmt_gguf *g, struct nmt_err *err)
{
    uint64_t *kept = NULL;
    size_t n = 0;
    if (!nmt_gguf_has(g, "state.kept"))
        return 0;
    NMT_TRY(nmt_gguf_get_u64s(g, "state.kept", &kept, &n, err));
    int rc = n <= NMT_TRAIN_KEEP_MAX
                 ? 0
                 : nmt_fail(err, NMT_EFORMAT, 0, "%s: %zu kept models", nmt_gguf_name(g), n);
    if (rc == 0 && n)
        memcpy(t->at.kept, kept, n * sizeof *kept);
    t->at.n_kept = rc == 0 ? n : 0;
    free(kept);
    return rc;
}
