/* The data of a training run: the bitext, and what is read beside it. */
#include "train/bitext_cache.h"
#include "train/exchange.h"
#include "train/sentence_weights.h"
#include "train/trainer.h"

#include <stdio.h>

int nmt_trainer_read_text(struct nmt_trainer *t, struct nmt_err *err)
{
    struct nmt_text *text = t->text;
    for (size_t side = 0; side < 2; side++)
        text[side].folder = t->valid_text[side].folder = t->opt->folder;
    const struct nmt_config *c = t->config;
    if (t->opt->tsv && nmt_ranks_count(t->opt->ranks) > 1)
        return nmt_fail(err, NMT_EUSAGE, 0,
                        "several ranks cannot read one stream: give SOURCE and TARGET");
    if (t->opt->tsv)
        NMT_TRY(nmt_text_read_pair(&text[0], &text[1], t->opt->tsv, NULL, err));
    else if (!c->data_source[0] || !c->data_target[0])
        return nmt_fail(err, NMT_ECONFIG, 0,
                        "no bitext: give SOURCE and TARGET, or data.source and "
                        "data.target, or pairs with a tab on stdin");
    else
        NMT_TRY(nmt_text_read_pair(&text[0], &text[1], c->data_source, c->data_target, err));
    if (text[0].n == 0)
        return nmt_fail(err, NMT_ETEXT, 0, "%s: the bitext is empty",
                        t->opt->tsv ? t->opt->tsv : c->data_source);
    if (!c->data_valid_source[0] != !c->data_valid_target[0])
        return nmt_fail(err, NMT_ECONFIG, 0,
                        "data.valid-source and data.valid-target belong together");
    if (c->data_valid_source[0])
        NMT_TRY(nmt_text_read_pair(&t->valid_text[0], &t->valid_text[1], c->data_valid_source,
                                   c->data_valid_target, err));
    return 0;
}

static void report(struct nmt_trainer *t, enum nmt_train_event event, const char *text)
{
    struct nmt_train_report r = { .event = event };
    nmt_trainer_report(t, &r, event, text);
}

static void report_cache(struct nmt_trainer *t, enum nmt_cache_state state, const char *why)
{
    const char *path = t->config->data_cache;
    char text[512];
    if (why)
        snprintf(text, sizeof text, "%s: built anew: %s", path, why);
    else
        snprintf(text, sizeof text, "%s: %s", path, state == NMT_CACHE_USED ? "used" : "built");
    report(t, state == NMT_CACHE_DAMAGED ? NMT_TRAIN_CACHE_BAD : NMT_TRAIN_CACHE, text);
}

/* A cache that cannot be written is no reason not to train. */
static void save_cache(struct nmt_trainer *t, const struct nmt_bitext_plan *plan)
{
    struct nmt_err why = NMT_ERR_INIT;
    if (nmt_bitext_save(&t->data, plan, t->config->data_cache, &why) == 0)
        return;
    t->save_failed = true;
    report(t, NMT_TRAIN_SAVE_FAILED, why.msg);
}

/* Rank 0 comes first: the others on its machine find what it has written. */
static int build_or_open(struct nmt_trainer *t, const struct nmt_bitext_plan *plan,
                         struct nmt_err *err)
{
    enum nmt_cache_state state;
    const char *why;
    char turn = 0;
    if (nmt_ranks_index(t->opt->ranks) > 0)
        NMT_TRY(nmt_exchange_share(t->opt->ranks, &turn, sizeof turn, err));
    NMT_TRY(nmt_bitext_open(&t->data, plan, t->config->data_cache, &state, &why, err));
    report_cache(t, state, why);
    if (state != NMT_CACHE_USED) {
        NMT_TRY(nmt_bitext_build(&t->data, plan, t->threads, err));
        save_cache(t, plan);
    }
    if (nmt_ranks_index(t->opt->ranks) == 0)
        NMT_TRY(nmt_exchange_share(t->opt->ranks, &turn, sizeof turn, err));
    return 0;
}

static int build_pairs(struct nmt_trainer *t, struct nmt_err *err)
{
    const struct nmt_config *c = t->config;
    const struct nmt_bitext_plan plan = { .text = { &t->text[0], &t->text[1] },
                                          .vocab = { t->source, t->target },
                                          .max_length = (size_t)c->train_max_length,
                                          .words = c->data_alignments[0] != 0,
                                          .folder = t->opt->folder };
    const struct nmt_bitext_plan valid = { .text = { &t->valid_text[0], &t->valid_text[1] },
                                           .vocab = { t->source, t->target },
                                           .folder = t->opt->folder };
    if (c->data_cache[0])
        NMT_TRY(build_or_open(t, &plan, err));
    else
        NMT_TRY(nmt_bitext_build(&t->data, &plan, t->threads, err));
    if (t->data.n == 0)
        return nmt_fail(err, NMT_ETEXT, 0,
                        "no pair can be used: %zu with an empty side, %zu over %lld tokens",
                        t->data.empty, t->data.long_, (long long)c->train_max_length);
    return nmt_bitext_build(&t->valid, &valid, NULL, err);
}

/* Subword dropout cuts the text again and again; without it the text has done its work. */
static int plan_cutting(struct nmt_trainer *t, struct nmt_err *err)
{
    const struct nmt_config *c = t->config;
    const double own[2] = { c->train_subword_dropout_source, c->train_subword_dropout_target };
    t->cutting = (struct nmt_cutting){
        .text = { &t->text[0], &t->text[1] },
        .vocab = { t->source, t->target },
        .seed = (uint64_t)c->train_seed,
        .max_length = (size_t)c->train_max_length,
    };
    for (size_t side = 0; side < 2; side++) {
        const double dropout = own[side] < 0 ? c->train_subword_dropout : own[side];
        t->cutting.dropout[side] = dropout;
        if (dropout == 0) {
            nmt_text_release(&t->text[side]);
            continue;
        }
        t->cutting.data = &t->data;
        if (nmt_vocab_spec(t->cutting.vocab[side])->type != NMT_VOCAB_BPE)
            return nmt_fail(err, NMT_ECONFIG, 0,
                            "train.subword-dropout: the %s vocabulary is not of type bpe",
                            side ? "target" : "source");
    }
    return 0;
}

int nmt_trainer_build_data(struct nmt_trainer *t, struct nmt_err *err)
{
    const struct nmt_config *c = t->config;
    NMT_TRY(build_pairs(t, err));
    t->links.link_spool.folder = t->links.at_spool.folder = t->opt->folder;
    if (c->data_alignments[0])
        NMT_TRY(nmt_word_links_read(&t->links, c->data_alignments, t->text, &t->data, err));
    if (c->data_weights[0])
        NMT_TRY(nmt_sentence_weights_read(&t->data, c->data_weights, t->text[0].n,
                                          t->weights_digest, err));
    return plan_cutting(t, err); /* which lets go of the text */
}
