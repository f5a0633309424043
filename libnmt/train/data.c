/* The data of a training run: the bitext, and what is read beside it. */
#include "train/sentence_weights.h"
#include "train/trainer.h"

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
