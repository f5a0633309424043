/* The state of a training run; see nmt/train.h for what it does. */
#ifndef NMT_TRAINER_H
#define NMT_TRAINER_H

#include "train/batches.h"
#include "train/gradient.h"
#include "train/optimizer.h"
#include "train/validate.h"

#include <nmt/train.h>

#define NMT_TRAIN_KEEP_MAX 1000 /* train.keep's bound */

/** What decides where training stands, beside the weights; all of it is in the state file. */
struct nmt_train_position {
    uint64_t epoch;       /* from 0 */
    uint64_t batch;       /* next one of the epoch */
    uint64_t skipped;     /* updates whose gradient was not finite */
    uint64_t skipped_run; /* of them in a row, now */
    uint64_t checks;      /* validations so far */
    uint64_t validated;   /* the update of the last one */
    uint64_t best_update; /* 0: no validation yet */
    uint64_t bad_checks;  /* validations since the best */
    uint64_t plateau;     /* bad ones since the rate last fell */
    double best;          /* of the metric: greater is better (perplexity is negated) */
    double rate_factor;   /* of the plateau schedule */
    double seconds;
    bool finished;
    uint64_t kept[NMT_TRAIN_KEEP_MAX]; /* [n_kept] updates of the models kept beside the best */
    size_t n_kept;
};

/** Word vectors that one side starts from. */
struct nmt_pretrained {
    bool given;
    size_t count; /* rows that were set */
    uint8_t digest[16];
};

struct nmt_trainer {
    const struct nmt_train_options *opt;
    const struct nmt_config *config; /* opt's, or `adopted` */
    struct nmt_config adopted;       /* with train.init: as its model is; the texts are opt's */
    struct nmt_model *init;          /* of train.init, until the weights are taken from it */
    uint8_t init_digest[16];         /* its fingerprint; zeros without it */
    struct nmt_pretrained pretrained[2];
    struct nmt_frozen_rows frozen;
    struct nmt_text text[2]; /* of the bitext: kept for subword dropout alone */
    struct nmt_text valid_text[2];
    struct nmt_vocab *source, *target; /* target may be source */
    struct nmt_bitext data, valid;
    struct nmt_cutting cutting;  /* its data is NULL without subword dropout */
    struct nmt_word_links links; /* its `at` is NULL without guided alignment */
    uint8_t weights_digest[16];  /* of data.weights; zeros without it */
    struct nmt_shape shape;
    struct nmt_shape training; /* the same, with the products of train.precision */
    struct nmt_layout layout;
    real *weights;
    struct nmt_params params;  /* of the weights */
    struct nmt_params average; /* of the moving average, or the weights */
    struct nmt_gradient gradient;
    struct nmt_shard_sum sum;
    struct nmt_optimizer optimizer;
    struct nmt_validator validator;
    struct nmt_threads *threads;
    struct nmt_batches batches; /* of the current epoch */
    struct nmt_train_position at;
    char *state_path, *lock_path;
    int lock;           /* descriptor of the lock file; -1: none */
    bool killed_before; /* there was a lock file: the run before this one did not end by itself */
    bool save_failed;
    struct {
        bool stop, save, late; /* the same on all ranks; see ask_ranks */
    } asked;

    /* since the last report of progress, and of this process */
    double loss_sum, nll_sum, guide_sum, tokens_sum; /* weighted, as the pairs are */
    uint64_t words[2], tokens[2];                    /* of source and target */
    double updating;                                 /* seconds in updates, */
    uint64_t updated;                                /* and how many those were */
    uint64_t valid_update;                           /* of the last validation */
    double valid_perplexity, valid_bleu;
    double norm, rate;
    double score; /* of the last validation, as position.best */
    double started;
};

/**
 * Reads data and vocabularies, builds everything; resumes if there is a state. 1: it was a dry run,
 * which is over.
 */
int nmt_trainer_init(struct nmt_trainer *t, const struct nmt_train_options *opt,
                     struct nmt_err *err) NMT_MUST_USE;
void nmt_trainer_release(struct nmt_trainer *t);

/** Reads the lines of the bitext and of the validation pairs. */
int nmt_trainer_read_text(struct nmt_trainer *t, struct nmt_err *err) NMT_MUST_USE;

/** Makes the training data of them, by the vocabularies there are, and reads what belongs to it. */
int nmt_trainer_build_data(struct nmt_trainer *t, struct nmt_err *err) NMT_MUST_USE;

/** Opens the model of train.init, if one is named, and lets the configuration follow it. */
int nmt_trainer_open_init(struct nmt_trainer *t, struct nmt_err *err) NMT_MUST_USE;

/** Takes the vocabularies of that model, unless there are some. */
int nmt_trainer_init_vocabularies(struct nmt_trainer *t, struct nmt_err *err) NMT_MUST_USE;

/** Fills t->weights with what training starts from. */
int nmt_trainer_init_weights(struct nmt_trainer *t, struct nmt_err *err) NMT_MUST_USE;

/** Seconds on a clock that only goes forward. */
double nmt_trainer_now(void);

/** Fills in a report of where training stands and hands it to the callback. */
void nmt_trainer_report(struct nmt_trainer *t, struct nmt_train_report *r,
                        enum nmt_train_event event, const char *text);

/** Writes the weights (their average, if one is kept) as a model file. */
int nmt_trainer_save_model(struct nmt_trainer *t, const char *path,
                           struct nmt_err *err) NMT_MUST_USE;

/** Writes everything needed to go on as MODEL.state. */
int nmt_trainer_save_state(struct nmt_trainer *t, struct nmt_err *err) NMT_MUST_USE;

/** A model file without a state beside it is somebody's work: NMT_EUSAGE, unless told to overwrite.
 */
int nmt_state_refuse_foreign(const struct nmt_trainer *t, struct nmt_err *err) NMT_MUST_USE;

/** Takes the vocabularies out of a state file, if there is one. */
int nmt_state_vocabularies(struct nmt_trainer *t, struct nmt_err *err) NMT_MUST_USE;

/** Takes the rest back: 1 when there was a state file, 0 when there was none. */
int nmt_trainer_load_state(struct nmt_trainer *t, struct nmt_err *err) NMT_MUST_USE;

/** Share of the planned length that is done, 0 to 1. */
double nmt_schedule_share(const struct nmt_config *c, uint64_t update, double epochs_done);

/** The learning rate of update u (from 1) at this share of the length. */
double nmt_schedule_rate(const struct nmt_config *c, uint64_t u, double share, double factor);

#endif
