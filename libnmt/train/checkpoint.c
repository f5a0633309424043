/*
 * The model file, and the state beside it from which training goes on. Both appear whole: a run
 * that is killed at any moment finds the last complete state, and does again what came after it,
 * with the same result.
 */
#include "train/changes.h"
#include "train/kept.h"
#include "train/vocabularies.h"

#include "model/model.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- numbers that decide ------------------------------------------------------------------- */

#define POSITION(X)                                                                                \
    X(epoch)                                                                                       \
    X(batch)                                                                                       \
    X(skipped)                                                                                     \
    X(skipped_run)                                                                                 \
    X(checks)                                                                                      \
    X(validated)                                                                                   \
    X(best_update)                                                                                 \
    X(bad_checks)                                                                                  \
    X(plateau)

/* --- writing --------------------------------------------------------------------------------- */

static int add_provenance(void *arg, struct nmt_gguf_writer *w, struct nmt_err *err)
{
    const struct nmt_trainer *t = arg;
    NMT_TRY(nmt_changes_add_digests(t, w, err));
    NMT_TRY(nmt_gguf_add_u64(w, "training.updates", t->optimizer.updates, err));
    NMT_TRY(nmt_gguf_add_u64(w, "training.seed", (uint64_t)t->config->train_seed, err));
    if (t->valid.n == 0)
        return 0;
    const bool bleu = t->config->train_metric == NMT_VALID_BLEU;
    return nmt_gguf_add_f64(w, bleu ? "training.validation_bleu" : "training.validation_perplexity",
                            bleu ? t->score : -t->score, err);
}

/* Files hold single precision; the double build of the tests narrows. */
static const float *floats_of(const real *block, size_t n, float **owned)
{
#ifdef NMT_DOUBLE
    *owned = malloc(n * sizeof **owned);
    for (size_t i = 0; *owned && i < n; i++)
        (*owned)[i] = (float)block[i];
    return *owned;
#else
    (void)n;
    *owned = NULL;
    return block;
#endif
}

int nmt_trainer_save_model(struct nmt_trainer *t, const char *path, struct nmt_err *err)
{
    struct nmt_output *out = NULL;
    uint8_t fingerprint[NMT_FINGERPRINT];
    float *owned;
    struct nmt_model_content content = {
        .shape = &t->shape,
        .layout = &t->layout,
        .weights = floats_of(t->optimizer.average ? t->optimizer.average : t->weights,
                             t->layout.count, &owned),
        .source = t->source,
        .target = t->target,
        .provenance = add_provenance,
        .arg = t,
    };
    int rc = content.weights ? nmt_output_open(&out, path, err)
                             : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    if (rc == 0)
        rc = nmt_model_write(&content, out, fingerprint, err);
    if (rc == 0)
        rc = nmt_output_close(&out, err);
    nmt_output_abandon(out);
    free(owned);
    return rc;
}

static int add_position(const struct nmt_trainer *t, struct nmt_gguf_writer *w, struct nmt_err *err)
{
    NMT_TRY(nmt_gguf_add_u64(w, "state.updates", t->optimizer.updates, err));
#define ADD(name) NMT_TRY(nmt_gguf_add_u64(w, "state." #name, t->at.name, err));
    POSITION(ADD)
#undef ADD
    NMT_TRY(nmt_gguf_add_f64(w, "state.best", t->at.best, err));
    NMT_TRY(nmt_gguf_add_f64(w, "state.rate_factor", t->at.rate_factor, err));
    NMT_TRY(nmt_gguf_add_f64(w, "state.seconds", t->at.seconds, err));
    NMT_TRY(nmt_kept_add_to(t, w, err));
    return nmt_gguf_add_bool(w, "state.finished", t->at.finished, err);
}

struct blocks {
    const char *prefix[4];
    real *block[4];
    float *owned[4];
    size_t n;
};

static struct blocks blocks_of(const struct nmt_trainer *t)
{
    struct blocks b = { .n = 0 };
    const char *prefix[4] = { "weights.", "moment1.", "moment2.", "average." };
    real *block[4] = { t->weights, t->optimizer.moment1, t->optimizer.moment2,
                       t->optimizer.average };
    for (size_t i = 0; i < 4; i++)
        if (block[i]) {
            b.prefix[b.n] = prefix[i];
            b.block[b.n++] = block[i];
        }
    return b;
}

static int fill_state(const struct nmt_trainer *t, struct nmt_gguf_writer *w, struct blocks *b,
                      struct nmt_err *err)
{
    NMT_TRY(nmt_gguf_add_str(w, "general.architecture", "rnnsearch", err));
    NMT_TRY(nmt_gguf_add_str(w, "general.type", "training-state", err));
    NMT_TRY(nmt_changes_add_config(t->config, w, err));
    NMT_TRY(nmt_changes_add_digests(t, w, err));
    NMT_TRY(add_position(t, w, err));
    NMT_TRY(nmt_gguf_add_bool(w, "vocabulary.shared", t->source == t->target, err));
    NMT_TRY(nmt_model_add_vocab(w, "vocabulary.source", t->source, err));
    if (t->target != t->source)
        NMT_TRY(nmt_model_add_vocab(w, "vocabulary.target", t->target, err));
    for (size_t i = 0; i < b->n; i++) {
        const float *data = floats_of(b->block[i], t->layout.count, &b->owned[i]);
        if (!data)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        NMT_TRY(nmt_model_add_tensors(w, b->prefix[i], &t->layout, data, err));
    }
    return 0;
}

int nmt_trainer_save_state(struct nmt_trainer *t, struct nmt_err *err)
{
    struct nmt_gguf_writer *w = NULL;
    struct nmt_output *out = NULL;
    struct blocks b = blocks_of(t);
    int rc = nmt_gguf_writer_new(&w, err);
    if (rc == 0)
        rc = fill_state(t, w, &b, err);
    if (rc == 0)
        rc = nmt_output_open(&out, t->state_path, err);
    if (rc == 0)
        rc = nmt_gguf_write(w, out, NULL, err);
    if (rc == 0)
        rc = nmt_output_close(&out, err);
    nmt_output_abandon(out);
    nmt_gguf_writer_free(w);
    for (size_t i = 0; i < b.n; i++)
        free(b.owned[i]);
    return rc;
}

/* --- reading --------------------------------------------------------------------------------- */

int nmt_state_refuse_foreign(const struct nmt_trainer *t, struct nmt_err *err)
{
    /* a run that is killed before its first state has left a lock; other ranks look at nothing */
    if (t->killed_before || nmt_ranks_index(t->opt->ranks) > 0)
        return 0;
    if (t->opt->overwrite || access(t->state_path, F_OK) == 0 || access(t->opt->model, F_OK) != 0)
        return 0;
    return nmt_fail(err, NMT_EIO, 0,
                    "%s: exists, but there is no %s to go on from; remove it or use --overwrite",
                    t->opt->model, t->state_path);
}

/* Opens the state file: 1, 0 when there is none. */
static int open_state(struct nmt_gguf **g, const struct nmt_trainer *t, struct nmt_err *err)
{
    if (access(t->state_path, F_OK) != 0)
        return 0;
    NMT_TRY(nmt_gguf_open(g, t->state_path, err));
    const char *type = "";
    int rc = nmt_gguf_get_str(*g, "general.type", &type, err);
    if (rc == 0 && strcmp(type, "training-state") != 0)
        rc = nmt_fail(err, NMT_EFORMAT, 0, "%s: not a training state", t->state_path);
    if (rc == 0)
        rc = nmt_gguf_verify(*g, err);
    if (rc < 0) {
        nmt_gguf_close(*g);
        *g = NULL;
        return rc;
    }
    return 1;
}

/* A vocabulary file that the configuration names must still be the one the state was made with. */
static int check_vocabulary(const struct nmt_trainer *t, const char *path,
                            const struct nmt_vocab *in_state, struct nmt_err *err)
{
    struct nmt_vocab *now = NULL;
    if (!path[0] || t->opt->accept_changes)
        return 0;
    NMT_TRY(nmt_vocab_load(&now, path, err));
    bool same = nmt_vocab_same_pieces(now, in_state);
    nmt_vocab_free(now);
    return same ? 0
                : nmt_fail(err, NMT_ECONFIG, 0,
                           "%s: this run has changed since (the vocabulary %s): use "
                           "--accept-changes to go on with the old one, or another -o",
                           t->state_path, path);
}

int nmt_state_vocabularies(struct nmt_trainer *t, struct nmt_err *err)
{
    struct nmt_gguf *g = NULL;
    int rc = open_state(&g, t, err);
    if (rc <= 0)
        return rc;
    bool shared;
    rc = nmt_gguf_get_bool(g, "vocabulary.shared", &shared, err);
    if (rc == 0)
        rc = nmt_model_read_vocab(&t->source, g, "vocabulary.source", err);
    if (rc == 0 && shared)
        t->target = t->source;
    else if (rc == 0)
        rc = nmt_model_read_vocab(&t->target, g, "vocabulary.target", err);
    nmt_gguf_close(g);
    if (rc == 0)
        rc = check_vocabulary(t, t->config->vocabulary_source, t->source, err);
    if (rc == 0)
        rc = check_vocabulary(t, t->config->vocabulary_target, t->target, err);
    return rc;
}

static int read_position(struct nmt_trainer *t, const struct nmt_gguf *g, struct nmt_err *err)
{
    NMT_TRY(nmt_gguf_get_u64(g, "state.updates", &t->optimizer.updates, err));
#define GET(name) NMT_TRY(nmt_gguf_get_u64(g, "state." #name, &t->at.name, err));
    POSITION(GET)
#undef GET
    NMT_TRY(nmt_gguf_get_f64(g, "state.best", &t->at.best, err));
    NMT_TRY(nmt_gguf_get_f64(g, "state.rate_factor", &t->at.rate_factor, err));
    NMT_TRY(nmt_gguf_get_f64(g, "state.seconds", &t->at.seconds, err));
    NMT_TRY(nmt_kept_read(t, g, err));
    return nmt_gguf_get_bool(g, "state.finished", &t->at.finished, err);
}

/* The best model is in its file and nowhere else. */
static int check_model_is_there(const struct nmt_trainer *t, struct nmt_err *err)
{
    bool had_one = t->at.best_update > 0 || (t->at.finished && t->valid.n == 0);
    if (!had_one || t->opt->accept_changes || access(t->opt->model, F_OK) == 0)
        return 0;
    return nmt_fail(err, NMT_EIO, 0,
                    "%s: is gone, but %s says that it was written; remove that file to train anew",
                    t->opt->model, t->state_path);
}

static int read_state(struct nmt_trainer *t, const struct nmt_gguf *g, struct nmt_err *err)
{
    NMT_TRY(nmt_changes_check(t, g, err));
    NMT_TRY(read_position(t, g, err));
    NMT_TRY(check_model_is_there(t, err));
    struct blocks b = blocks_of(t);
    for (size_t i = 0; i < b.n; i++)
        NMT_TRY(nmt_model_copy_tensors(b.block[i], g, b.prefix[i], &t->layout, err));
    return 1;
}

int nmt_trainer_load_state(struct nmt_trainer *t, struct nmt_err *err)
{
    struct nmt_gguf *g = NULL;
    int rc = open_state(&g, t, err);
    if (rc <= 0)
        return rc;
    rc = read_state(t, g, err);
    nmt_gguf_close(g);
    return rc;
}
