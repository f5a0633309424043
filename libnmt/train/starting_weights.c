/*
 * What training starts from: random weights, or a trained model with its shape and its
 * vocabularies, which the configuration must not contradict; over them word vectors learnt
 * elsewhere.
 */
#include "train/embeddings.h"
#include "train/trainer.h"
#include "train/vocabularies.h"

#include "model/model.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The best model would take the place of the one that a resumed run looks for. */
static int refuse_same_file(const struct nmt_trainer *t, struct nmt_err *err)
{
    struct stat from, to;
    const char *path = t->opt->config->train_init;
    if (stat(path, &from) == 0 && stat(t->opt->model, &to) == 0 && from.st_dev == to.st_dev &&
        from.st_ino == to.st_ino)
        return nmt_fail(err, NMT_ECONFIG, 0,
                        "train.init: %s is the file that the new model is written to", path);
    return 0;
}

int nmt_trainer_open_init(struct nmt_trainer *t, struct nmt_err *err)
{
    const char *path = t->opt->config->train_init;
    if (!path[0])
        return 0;
    NMT_TRY(refuse_same_file(t, err));
    NMT_TRY(nmt_model_open(&t->init, path, err));
    memcpy(t->init_digest, nmt_model_fingerprint(t->init), sizeof t->init_digest);
    t->adopted = *t->opt->config; /* its texts stay the caller's */
    NMT_TRY(nmt_shape_adopt(&t->adopted, nmt_model_shape(t->init), path, err));
    t->adopted.vocabulary_joint =
        nmt_model_source_vocab(t->init) == nmt_model_target_vocab(t->init);
    struct nmt_config whole = t->adopted;
    whole.train_init = ""; /* now that the shape is known it can be checked */
    NMT_TRY(nmt_config_check(&whole, err));
    t->config = &t->adopted;
    return 0;
}

/* A vocabulary file that is named all the same must be the model's. */
static int compare(const struct nmt_trainer *t, const char *path, const struct nmt_vocab *v,
                   struct nmt_err *err)
{
    struct nmt_vocab *named = NULL;
    if (!path[0])
        return 0;
    NMT_TRY(nmt_vocab_load(&named, path, err));
    const bool same = nmt_vocab_same_pieces(named, v);
    nmt_vocab_free(named);
    return same ? 0
                : nmt_fail(err, NMT_ECONFIG, 0, "%s: does not have the vocabulary %s",
                           nmt_model_name(t->init), path);
}

int nmt_trainer_init_vocabularies(struct nmt_trainer *t, struct nmt_err *err)
{
    if (!t->init)
        return 0;
    if (!t->source) {
        NMT_TRY(nmt_model_read_vocab(&t->source, t->init->file, "vocabulary.source", err));
        if (t->config->vocabulary_joint)
            t->target = t->source;
        else
            NMT_TRY(nmt_model_read_vocab(&t->target, t->init->file, "vocabulary.target", err));
    }
    NMT_TRY(compare(t, t->config->vocabulary_source, nmt_model_source_vocab(t->init), err));
    return compare(t, t->config->vocabulary_target, nmt_model_target_vocab(t->init), err);
}

static const struct nmt_tensor *find_tensor(const struct nmt_layout *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->tensor[i].name, name) == 0)
            return &l->tensor[i];
    return NULL;
}

static int freeze(struct nmt_frozen_rows *frozen, const struct nmt_tensor *tensor,
                  const bool *found, struct nmt_err *err)
{
    size_t *more = realloc(frozen->at, (frozen->n + tensor->rows) * sizeof *more);
    if (!more)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu frozen vectors", tensor->rows);
    frozen->at = more;
    frozen->length = tensor->cols;
    for (size_t i = 0; i < tensor->rows; i++)
        if (found[i])
            frozen->at[frozen->n++] = tensor->offset + i * tensor->cols;
    return 0;
}

/* The vectors of one side. found [vocabulary] is kept for the other side where they share a table.
 */
static int read_side(struct nmt_trainer *t, size_t side, bool *found, struct nmt_err *err)
{
    const bool shared = t->shape.tied == NMT_TIED_ALL;
    const struct nmt_tensor *tensor = find_tensor(
        &t->layout, side || shared ? "target.embedding.weight" : "source.embedding.weight");
    struct nmt_embedding_table table = { .vocab = side ? t->target : t->source,
                                         .rows = t->weights + tensor->offset,
                                         .E = tensor->cols,
                                         .found = found };
    const char *path = side ? t->config->data_target_embeddings : t->config->data_source_embeddings;
    struct nmt_pretrained *p = &t->pretrained[side];
    if (!path[0])
        return 0;
    p->given = true;
    NMT_TRY(nmt_embeddings_read(&table, path, &p->count, p->digest, err));
    return t->config->train_freeze_embeddings ? freeze(&t->frozen, tensor, found, err) : 0;
}

static int read_vectors(struct nmt_trainer *t, struct nmt_err *err)
{
    const bool shared = t->shape.tied == NMT_TIED_ALL;
    int rc = 0;
    bool *found = calloc(t->shape.V_source + t->shape.V_target, sizeof *found);
    if (!found)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t side = 0; rc == 0 && side < 2; side++)
        rc = read_side(t, side, side && !shared ? found + t->shape.V_source : found, err);
    free(found);
    return rc;
}

int nmt_trainer_init_weights(struct nmt_trainer *t, struct nmt_err *err)
{
    if (t->init)
        NMT_TRY(nmt_model_copy_tensors(t->weights, t->init->file, "", &t->layout, err));
    else
        NMT_TRY(nmt_params_init(t->weights, &t->layout, t->config->model_init,
                                (uint64_t)t->config->train_seed, err));
    nmt_model_close(t->init);
    t->init = NULL;
    return read_vectors(t, err);
}
