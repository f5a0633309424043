/* Checks of a configuration that belong to no single key. */
#include "config_internal.h"

#include <nmt/shape.h>

#include <stdio.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

#define REFUSE(...) return nmt_fail(err, NMT_ECONFIG, 0, __VA_ARGS__)

static int check_data(const struct nmt_config *c, struct nmt_err *err)
{
    if (!*c->data_source != !*c->data_target)
        REFUSE("data.source and data.target belong together");
    if (!*c->data_valid_source != !*c->data_valid_target)
        REFUSE("data.valid-source and data.valid-target belong together");
    if (c->vocabulary_joint && !*c->vocabulary_source != !*c->vocabulary_target)
        REFUSE("vocabulary.source and vocabulary.target belong together, "
               "or vocabulary.joint be false");
    return 0;
}

static int check_model(const struct nmt_config *c, struct nmt_err *err)
{
    if (c->model_tied != NMT_TIED_NONE && c->model_maxout != c->model_embedding)
        REFUSE("model.tied: a shared output layer needs model.maxout (%lld) to be equal to "
               "model.embedding (%lld)",
               (long long)c->model_maxout, (long long)c->model_embedding);
    if (c->model_tied == NMT_TIED_ALL && !c->vocabulary_joint)
        REFUSE("model.tied: all needs vocabulary.joint to be true");
    if (c->model_attention == NMT_DOT && c->model_decoder_state != 0 &&
        c->model_decoder_state != 2 * c->model_state)
        REFUSE("model.attention: dot needs model.decoder-state (%lld) to be twice model.state "
               "(%lld), or 0",
               (long long)c->model_decoder_state, (long long)c->model_state);
    if (c->model_order == NMT_ORDER_CGRU && c->model_cell != NMT_GRU)
        REFUSE("model.order: cgru needs model.cell to be gru");
    if (c->model_order == NMT_ORDER_CGRU && c->model_attention == NMT_NO_ATTENTION)
        REFUSE("model.order: cgru needs model.attention not to be none");
    if (c->model_attention == NMT_NO_ATTENTION && *c->data_alignments)
        REFUSE("data.alignments: there is no attention to guide");
    if (c->model_encoder_stack == NMT_STACK_ALTERNATING && c->model_encoder_layers > 1 &&
        c->model_attention == NMT_NO_ATTENTION)
        REFUSE("model.encoder-stack: alternating needs model.attention not to be none: the encoder "
               "has one direction then");
    return 0;
}

static int check_optimizer(const struct nmt_config *c, struct nmt_err *err)
{
    if (c->train_adam_beta1 >= 1 || c->train_adam_beta2 >= 1)
        REFUSE("train.adam-beta1 and train.adam-beta2 must be less than 1");
    if (c->train_adadelta_rho >= 1)
        REFUSE("train.adadelta-rho must be less than 1");
    if (c->train_adam_epsilon <= 0 || c->train_adadelta_epsilon <= 0)
        REFUSE("train.adam-epsilon and train.adadelta-epsilon must be greater than 0");
    const bool linear = c->train_schedule == NMT_SCHEDULE_LINEAR;
    if ((linear || c->train_schedule == NMT_SCHEDULE_EXPONENTIAL) && !c->train_epochs &&
        !c->train_updates)
        REFUSE("train.schedule: %s needs train.epochs or train.updates: the rate falls over a "
               "planned length",
               linear ? "linear" : "exponential");
    if (c->train_schedule == NMT_SCHEDULE_INVERSE_SQRT && !c->train_warmup)
        REFUSE("train.schedule: inverse-sqrt needs train.warmup: the rate falls from there");
    if (c->train_schedule == NMT_SCHEDULE_PLATEAU && !*c->data_valid_source)
        REFUSE("train.schedule: plateau needs data.valid-source and data.valid-target");
    return 0;
}

/* Between -1 ("from train.dropout") and 0 there is nothing. */
static int check_dropout(double rate, const char *key, struct nmt_err *err)
{
    if (rate < 0 && rate != -1)
        REFUSE("train.%s: %g is neither -1 nor a number from 0 to 0.95", key, rate);
    return 0;
}

static int check_all(const struct nmt_config *c, struct nmt_err *err)
{
    NMT_TRY(check_data(c, err));
    if (!*c->train_init) /* its shape follows that model: nmt_shape_adopt */
        NMT_TRY(check_model(c, err));
    NMT_TRY(check_optimizer(c, err));
    NMT_TRY(check_dropout(c->train_dropout_embedding, "dropout-embedding", err));
    NMT_TRY(check_dropout(c->train_dropout_annotation, "dropout-annotation", err));
    NMT_TRY(check_dropout(c->train_dropout_readout, "dropout-readout", err));
    NMT_TRY(check_dropout(c->train_dropout_recurrent, "dropout-recurrent", err));
    NMT_TRY(check_dropout(c->train_dropout_layer, "dropout-layer", err));
    NMT_TRY(check_dropout(c->train_dropout_word, "dropout-word", err));
    NMT_TRY(check_dropout(c->train_subword_dropout_source, "subword-dropout-source", err));
    NMT_TRY(check_dropout(c->train_subword_dropout_target, "subword-dropout-target", err));
    /* A pair at the limit, with its </s>, must fit into a batch. */
    if (c->train_batch_words != 0 && c->train_batch_words <= c->train_max_length)
        REFUSE("train.batch-words (%lld) must be greater than train.max-length (%lld)",
               (long long)c->train_batch_words, (long long)c->train_max_length);
    return 0;
}

/* Whether a message has "section.key" as a word. */
static bool names(const char *message, const struct nmt_config_key *k)
{
    char name[64];
    const size_t len = (size_t)snprintf(name, sizeof name, "%s.%s", k->section, k->key);
    for (const char *at = message; (at = strstr(at, name)) != NULL; at += len)
        if (!strchr(LETTERS "-", at[len]) || at[len] == '\0')
            return true;
    return false;
}

/* The last line of the file that gave one of the keys a message names; 0: none did. */
static uint64_t line_of(const struct nmt_config *c, const char *message)
{
    size_t n;
    uint64_t line = 0;
    const struct nmt_config_key *keys = nmt_config_keys(&n);
    for (size_t i = 0; i < n; i++)
        if (c->line[i] > line && names(message, &keys[i]))
            line = c->line[i];
    return line;
}

int nmt_config_check(const struct nmt_config *c, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    int rc = check_all(c, &why);
    if (rc == 0)
        return 0;
    const uint64_t line = line_of(c, why.msg);
    if (line == 0)
        return nmt_fail(err, rc, 0, "%s", why.msg);
    return nmt_fail(err, rc, line, "%s:%llu: %s", c->file, (unsigned long long)line, why.msg);
}
