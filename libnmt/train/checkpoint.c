/*
 * The model file, and the state beside it from which training goes on. Both appear whole: a run
 * that is killed at any moment finds the last complete state, and does again what came after it,
 * with the same result.
 *
 * A state holds the configuration key by key and a digest of the data, so that a change is noticed
 * and can be named. Keys that cannot change what is learnt (threads, time, where files are) are not
 * compared.
 */
#include "train/trainer.h"

#include "model/model.h"

#include <inttypes.h>
#include <stdio.h>
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

static void hex(char out[33], const uint8_t digest[16])
{
    for (int i = 0; i < 16; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static bool decides(const char *key)
{
    static const char *const others[] = { "data.",
                                          "train.threads",
                                          "train.minutes",
                                          "train.save-every",
                                          "vocabulary.source",
                                          "vocabulary.target" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(key, others[i], strlen(others[i])) == 0)
            return false;
    return true;
}

/* Calls `each` with "section.key" and the value as text, for the keys that decide the result. */
static int each_key(const struct nmt_config *c,
                    int (*each)(void *arg, const char *key, const char *value, struct nmt_err *err),
                    void *arg, struct nmt_err *err)
{
    char value[64];
#define AS_TEXT(v)   snprintf(value, sizeof value, "%.63s", (v))
#define AS_INT(v)    snprintf(value, sizeof value, "%" PRId64, (v))
#define AS_REAL(v)   snprintf(value, sizeof value, "%.17g", (v))
#define AS_BOOL(v)   snprintf(value, sizeof value, "%s", (v) ? "true" : "false")
#define AS_CHOICE(v) snprintf(value, sizeof value, "%d", (v))
#define ONE(section, field, key, type, standard, paper, min, max, words, sentence)                 \
    if (decides(#section "." key)) {                                                               \
        AS_##type(c->section##_##field);                                                           \
        NMT_TRY(each(arg, #section "." key, value, err));                                          \
    }
    NMT_CONFIG_MAP(ONE)
#undef ONE
    return 0;
}

/* --- writing --------------------------------------------------------------------------------- */

/* GGUF's keys have no hyphen. */
static const char *config_key(char *out, size_t size, const char *key)
{
    snprintf(out, size, "config.%s", key);
    for (char *p = out; *p; p++)
        if (*p == '-')
            *p = '_';
    return out;
}

static int add_config(void *arg, const char *key, const char *value, struct nmt_err *err)
{
    char name[96];
    return nmt_gguf_add_str(arg, config_key(name, sizeof name, key), value, err);
}

static int add_digests(const struct nmt_trainer *t, struct nmt_gguf_writer *w, struct nmt_err *err)
{
    char text[33];
    hex(text, t->data.digest);
    NMT_TRY(nmt_gguf_add_str(w, "training.data", text, err));
    NMT_TRY(nmt_gguf_add_u64(w, "training.pairs", t->data.n, err));
    hex(text, t->valid.digest);
    return t->valid.n ? nmt_gguf_add_str(w, "training.validation_data", text, err) : 0;
}

static int add_provenance(void *arg, struct nmt_gguf_writer *w, struct nmt_err *err)
{
    const struct nmt_trainer *t = arg;
    NMT_TRY(add_digests(t, w, err));
    NMT_TRY(nmt_gguf_add_u64(w, "training.updates", t->optimizer.updates, err));
    NMT_TRY(nmt_gguf_add_u64(w, "training.seed", (uint64_t)t->config->train_seed, err));
    if (t->valid.n == 0)
        return 0;
    const bool bleu = t->config->train_metric == NMT_VALID_BLEU;
    return nmt_gguf_add_f64(w, bleu ? "training.validation_bleu" : "training.validation_perplexity",
                            bleu ? t->at.best : -t->at.best, err);
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

int nmt_trainer_save_model(struct nmt_trainer *t, struct nmt_err *err)
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
    int rc = content.weights ? nmt_output_open(&out, t->opt->model, err)
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
    NMT_TRY(each_key(t->config, add_config, w, err));
    NMT_TRY(add_digests(t, w, err));
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

static bool same_pieces(const struct nmt_vocab *a, const struct nmt_vocab *b)
{
    bool same = nmt_vocab_size(a) == nmt_vocab_size(b);
    for (nmt_id i = 0; same && i < nmt_vocab_size(a); i++) {
        size_t n, m;
        const char *x = nmt_vocab_piece(a, i, &n), *y = nmt_vocab_piece(b, i, &m);
        same = n == m && memcmp(x, y, n) == 0;
    }
    return same;
}

/* A vocabulary file that the configuration names must still be the one the state was made with. */
static int check_vocabulary(const struct nmt_trainer *t, const char *path,
                            const struct nmt_vocab *in_state, struct nmt_err *err)
{
    struct nmt_vocab *now = NULL;
    if (!path[0] || t->opt->accept_changes)
        return 0;
    NMT_TRY(nmt_vocab_load(&now, path, err));
    bool same = same_pieces(now, in_state);
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

struct comparison {
    const struct nmt_gguf *g;
    char changed[256];
};

static int compare_key(void *arg, const char *key, const char *value, struct nmt_err *err)
{
    struct comparison *c = arg;
    char name[96];
    const char *before = "(nothing)";
    config_key(name, sizeof name, key);
    if (nmt_gguf_has(c->g, name))
        NMT_TRY(nmt_gguf_get_str(c->g, name, &before, err));
    if (strcmp(before, value) != 0) {
        size_t used = strlen(c->changed);
        snprintf(c->changed + used, sizeof c->changed - used, "%s%s", used ? ", " : "", key);
    }
    return 0;
}

static int compare_digest(const struct nmt_gguf *g, const char *key, const uint8_t digest[16],
                          const char *what, char *changed, size_t size, struct nmt_err *err)
{
    char now[33];
    const char *before = "";
    hex(now, digest);
    if (nmt_gguf_has(g, key))
        NMT_TRY(nmt_gguf_get_str(g, key, &before, err));
    if (strcmp(before, now) != 0) {
        size_t used = strlen(changed);
        snprintf(changed + used, size - used, "%s%s", used ? ", " : "", what);
    }
    return 0;
}

static int check_same_run(struct nmt_trainer *t, const struct nmt_gguf *g, struct nmt_err *err)
{
    struct comparison c = { g, "" };
    NMT_TRY(each_key(t->config, compare_key, &c, err));
    NMT_TRY(compare_digest(g, "training.data", t->data.digest, "the bitext", c.changed,
                           sizeof c.changed, err));
    if (t->valid.n || nmt_gguf_has(g, "training.validation_data"))
        NMT_TRY(compare_digest(g, "training.validation_data", t->valid.digest,
                               "the validation pairs", c.changed, sizeof c.changed, err));
    if (c.changed[0] && !t->opt->accept_changes)
        return nmt_fail(err, NMT_ECONFIG, 0,
                        "%s: this run has changed since (%s): use --accept-changes to go on "
                        "all the same, or another -o",
                        t->state_path, c.changed);
    return 0;
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
    NMT_TRY(check_same_run(t, g, err));
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
