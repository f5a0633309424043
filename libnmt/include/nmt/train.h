/*
 * Training a model from a bitext. One call does it all: reads the data, learns or loads the
 * vocabularies, resumes from MODEL.state if there is one, trains, validates, keeps the best model
 * as MODEL. It prints nothing: what happens is told to a callback.
 */
#ifndef NMT_TRAIN_H
#define NMT_TRAIN_H

#include <nmt/config.h>
#include <nmt/error.h>
#include <nmt/ranks.h>

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nmt_train_event {
    NMT_TRAIN_MEMORY,  /* what is needed is known: `memory`; only when it was asked for */
    NMT_TRAIN_DATA,    /* the data is read: counts are known */
    NMT_TRAIN_RESUMED, /* going on where the state file says */
    NMT_TRAIN_UPDATE,  /* an update was made (or skipped) */
    NMT_TRAIN_SKIPPED, /* an update was skipped: its gradient was not finite; `text` says lines */
    NMT_TRAIN_VALID,   /* a validation */
    NMT_TRAIN_SAVED,   /* the state was saved; `text` is the file */
    NMT_TRAIN_MODEL,   /* a new best model, or one to keep, was saved; `text` is the file */
    NMT_TRAIN_SAVE_FAILED, /* the old files stay; `text` says why */
    NMT_TRAIN_END,         /* `text` says why it ends */
    NMT_TRAIN_CACHE,       /* data.cache is used, or built: `text` says which and why */
    NMT_TRAIN_CACHE_BAD    /* it is damaged, and built anew */
};

/** Bytes that a run needs on this machine. */
struct nmt_train_memory {
    uint64_t weights, optimizer, gradients, data, validation, all;
    uint64_t batch; /* of the largest batch that can come together: */
    size_t batch_pairs;
    uint64_t batch_source_tokens, batch_target_tokens; /* with </s> */
};

/**
 * How training stands. Words are those of the text, whatever they are cut into; tokens are what the
 * model reads, without </s>.
 */
struct nmt_train_report {
    enum nmt_train_event event;
    const char *text; /* see the event; borrowed until the callback returns */

    /* data */
    size_t pairs, pairs_empty, pairs_long, valid_pairs, parameters;
    size_t source_vocabulary, target_vocabulary;
    bool vectors_given[2];                 /* word vectors for source and target, */
    size_t vectors_found[2];               /* and how many pieces of the vocabulary have one */
    double unknown_source, unknown_target; /* shares of the running tokens */

    /* progress */
    uint64_t update, epoch, epochs;      /* epoch counts from 1 */
    size_t batch, batches;               /* in this epoch */
    uint64_t source_words, target_words; /* since the start of this process */
    uint64_t source_tokens, target_tokens;
    double seconds;          /* in training, of all processes that worked on it */
    double share;            /* of the planned length, 0 to 1 */
    double epoch_left, left; /* seconds to the end of the epoch, of the run; < 0: unknown */
    bool weighted;           /* the means below are weighted, as the pairs are */
    bool guided;             /* loss holds guided alignment too */
    double loss;             /* mean per target token with </s>, of the last updates */
    double perplexity;       /* without label smoothing, of the last updates */
    double guide_loss;       /* of guided alignment per target token */
    double gradient_norm, learning_rate;
    uint64_t skipped; /* updates */

    const struct nmt_train_memory *memory; /* NULL but for NMT_TRAIN_MEMORY */

    /* validation: the last one, valid_update 0 when there was none in this process */
    uint64_t valid_update;
    double valid_perplexity, valid_bleu, best;
    uint64_t best_update, checks_without_improvement;
    bool improved;
    const char *sample_source, *sample_reference, *sample_output; /* NULL: none */
};

/** A line of text, not ended by NUL. */
struct nmt_train_line {
    const char *text;
    size_t len;
};

struct nmt_train_options {
    const struct nmt_config *config;
    const char *tsv;     /* "-" or a file: one stream of pairs instead of data.source, .target */
    const char *model;   /* where the best model goes; MODEL.state beside it */
    const char *folder;  /* of temporary files: text and ids, which are not kept in memory */
    bool accept_changes; /* resume although data or configuration have changed */
    bool overwrite;      /* start anew although MODEL exists without a state */
    struct nmt_ranks *ranks; /* NULL: alone. Rank 0 writes; report() is called on every rank */
    uint64_t memory; /* bytes: to need more is an error before the first update; 0: no bound */
    bool dry_run;    /* report the data and the memory needed, and return */
    volatile sig_atomic_t *stop; /* set from a signal handler: finish the update, save, return */
    volatile sig_atomic_t *save; /* set: save and go on; cleared */
    /**
     * BLEU (0 to 100) of n translations of the validation pairs, or another score of which more is
     * better. NULL: there is none, and the metric must be perplexity.
     */
    int (*score)(void *arg, const struct nmt_train_line *output,
                 const struct nmt_train_line *reference, size_t n, double *score,
                 struct nmt_err *err);
    void (*report)(void *arg, const struct nmt_train_report *r);
    void *arg;
};

/**
 * Trains. 0: done as configured; NMT_ELIMIT: it would need more than options->memory; NMT_ESTOPPED:
 * stopped on request, resume by the same call; NMT_EDIVERGED: too many updates in a row were not
 * finite, the last good state stands; NMT_EIO also when a save failed on the way and training went
 * on; NMT_ECONFIG, NMT_ESHAPE, NMT_ETEXT: the configuration or the data cannot be used.
 */
int nmt_train(const struct nmt_train_options *options, struct nmt_err *err) NMT_MUST_USE;

/**
 * Writes the mean of the weights of n >= 1 models to the file `out`. NMT_ESHAPE names the first of
 * sizes, kinds and vocabularies in which a model is not like the first. What a model has of its
 * training (data, updates, score) does not matter; the mean names the fingerprints of the models.
 */
int nmt_train_average(const char *const *models, size_t n, const char *out,
                      struct nmt_err *err) NMT_MUST_USE;

#endif
