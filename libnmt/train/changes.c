/* What must not change between a run and its resumption; see changes.h. */
#include "train/changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void hex(char out[33], const uint8_t digest[16])
{
    for (int i = 0; i < 16; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static bool decides(const char *key)
{
    static const char *const others[] = {
        "data.",      "train.threads",     "train.minutes",     "train.save-every", "train.keep",
        "train.init", "vocabulary.source", "vocabulary.target", "train.max-skipped"
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(key, others[i], strlen(others[i])) == 0)
            return false;
    return true;
}

/* A key that decides the result, its value and its default as text. */
struct setting {
    const char *key;
    char value[64], standard[64];
};

/* Calls `each` for the keys that decide the result. */
static int each_key(const struct nmt_config *c,
                    int (*each)(void *arg, const struct setting *s, struct nmt_err *err), void *arg,
                    struct nmt_err *err)
{
    struct setting s;
#define AS_TEXT(to, v)   snprintf(to, sizeof to, "%.63s", (v))
#define AS_INT(to, v)    snprintf(to, sizeof to, "%" PRId64, (int64_t)(v))
#define AS_REAL(to, v)   snprintf(to, sizeof to, "%.17g", (double)(v))
#define AS_BOOL(to, v)   snprintf(to, sizeof to, "%s", (v) ? "true" : "false")
#define AS_CHOICE(to, v) snprintf(to, sizeof to, "%d", (v))
#define ONE(section, field, name, type, preset, paper, min, max, words, sentence)                  \
    if (decides(#section "." name)) {                                                              \
        s.key = #section "." name;                                                                 \
        AS_##type(s.value, c->section##_##field);                                                  \
        AS_##type(s.standard, preset);                                                             \
        NMT_TRY(each(arg, &s, err));                                                               \
    }
    NMT_CONFIG_MAP(ONE)
#undef ONE
    return 0;
}

/* GGUF's keys have no hyphen. */
static const char *config_key(char *out, size_t size, const char *key)
{
    snprintf(out, size, "config.%s", key);
    for (char *p = out; *p; p++)
        if (*p == '-')
            *p = '_';
    return out;
}

static int add_config(void *arg, const struct setting *s, struct nmt_err *err)
{
    char name[96];
    return nmt_gguf_add_str(arg, config_key(name, sizeof name, s->key), s->value, err);
}

int nmt_changes_add_config(const struct nmt_config *c, struct nmt_gguf_writer *w,
                           struct nmt_err *err)
{
    return each_key(c, add_config, w, err);
}

/* What the run reads beside its configuration. */
struct source {
    const char *key, *what;
    const uint8_t *digest; /* NULL: it does not read that */
};

enum { SOURCES = 7 };

static void list_sources(struct source out[SOURCES], const struct nmt_trainer *t)
{
    const struct nmt_pretrained *p = t->pretrained;
    const bool init = t->config->train_init[0], weights = t->config->data_weights[0];
    const struct source all[SOURCES] = {
        { "training.data", "the bitext", t->data.digest },
        { "training.alignments", "the alignments", t->links.at ? t->links.digest : NULL },
        { "training.weights", "the weights", weights ? t->weights_digest : NULL },
        { "training.source_embeddings", "the source embeddings", p[0].given ? p[0].digest : NULL },
        { "training.target_embeddings", "the target embeddings", p[1].given ? p[1].digest : NULL },
        { "training.init", "the model of train.init", init ? t->init_digest : NULL },
        { "training.validation_data", "the validation pairs", t->valid.n ? t->valid.digest : NULL },
    };
    memcpy(out, all, sizeof all);
}

int nmt_changes_add_digests(const struct nmt_trainer *t, struct nmt_gguf_writer *w,
                            struct nmt_err *err)
{
    struct source source[SOURCES];
    char text[33];
    list_sources(source, t);
    for (size_t i = 0; i < SOURCES; i++) {
        if (!source[i].digest)
            continue;
        hex(text, source[i].digest);
        NMT_TRY(nmt_gguf_add_str(w, source[i].key, text, err));
    }
    return nmt_gguf_add_u64(w, "training.pairs", t->data.n, err);
}

struct comparison {
    const struct nmt_gguf *g;
    char changed[256];
};

static void add_change(struct comparison *c, const char *what)
{
    size_t used = strlen(c->changed);
    snprintf(c->changed + used, sizeof c->changed - used, "%s%s", used ? ", " : "", what);
}

/* A key that the state does not know has come later: its default is what was done before. */
static int compare_key(void *arg, const struct setting *s, struct nmt_err *err)
{
    struct comparison *c = arg;
    char name[96];
    const char *before = s->standard;
    config_key(name, sizeof name, s->key);
    if (nmt_gguf_has(c->g, name))
        NMT_TRY(nmt_gguf_get_str(c->g, name, &before, err));
    if (strcmp(before, s->value) != 0)
        add_change(c, s->key);
    return 0;
}

static int compare_digest(struct comparison *c, const struct source *s, struct nmt_err *err)
{
    char now[33] = "";
    const char *before = "";
    if (s->digest)
        hex(now, s->digest);
    if (nmt_gguf_has(c->g, s->key))
        NMT_TRY(nmt_gguf_get_str(c->g, s->key, &before, err));
    if (strcmp(before, now) != 0)
        add_change(c, s->what);
    return 0;
}

int nmt_changes_check(const struct nmt_trainer *t, const struct nmt_gguf *g, struct nmt_err *err)
{
    struct comparison c = { g, "" };
    struct source source[SOURCES];
    NMT_TRY(each_key(t->config, compare_key, &c, err));
    list_sources(source, t);
    for (size_t i = 0; i < SOURCES; i++)
        NMT_TRY(compare_digest(&c, &source[i], err));
    if (c.changed[0] && !t->opt->accept_changes)
        return nmt_fail(err, NMT_ECONFIG, 0,
                        "%s: this run has changed since (%s): use --accept-changes to go on "
                        "all the same, or another -o",
                        t->state_path, c.changed);
    return 0;
}
