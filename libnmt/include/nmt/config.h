/*
 * The configuration of a training run: one table of keys that the struct, the YAML reader,
 * -s SECTION.KEY=VALUE, --dump-config and nmt-config(5) come from.
 */
#ifndef NMT_CONFIG_H
#define NMT_CONFIG_H

#include <nmt/error.h>
#include <nmt/kinds.h>
#include <nmt/output.h>

#include <stdbool.h>
#include <stdint.h>

/* The words of each key that is a choice, in the order of its enum in nmt/kinds.h. */
#define NMT_WORDS_VOCAB     "word char bpe"
#define NMT_WORDS_NORMALIZE "none nfc nfkc"
#define NMT_WORDS_CELL      "gru lstm"
#define NMT_WORDS_ATTENTION "additive dot general none"
#define NMT_WORDS_ORDER     "code text appendix cgru"
#define NMT_WORDS_START     "first mean"
#define NMT_WORDS_STACK     "bidirectional alternating"
#define NMT_WORDS_READOUT   "maxout tanh"
#define NMT_WORDS_TIED      "none target all"
#define NMT_WORDS_INIT      "uniform paper"
#define NMT_WORDS_OPTIMIZER "adam adadelta sgd"
#define NMT_WORDS_LOSS      "tokens sentences sum"
#define NMT_WORDS_PRECISION "float32 bfloat16"
#define NMT_WORDS_SCHEDULE  "exponential plateau constant linear inverse-sqrt"
#define NMT_WORDS_METRIC    "bleu perplexity"

/*
 * X(section, field, key, TYPE, default, preset "paper", min, max, words, sentence)
 * TYPE: TEXT (char *, owned), INT (int64_t), REAL (double), BOOL (bool), CHOICE (int).
 */
/* clang-format off */
#define NMT_CONFIG_MAP(X)                                                                          \
 X(data, source, "source", TEXT, "", "", 0, 0, "", "source side of the training bitext, a line a sentence") \
 X(data, target, "target", TEXT, "", "", 0, 0, "", "target side of the training bitext")           \
 X(data, valid_source, "valid-source", TEXT, "", "", 0, 0, "", "source side of the validation pairs") \
 X(data, valid_target, "valid-target", TEXT, "", "", 0, 0, "", "target side of the validation pairs") \
 X(data, alignments, "alignments", TEXT, "", "", 0, 0, "", "links i-j between the words of the training pairs, a line a pair") \
 X(data, cache, "cache", TEXT, "", "", 0, 0, "", "file that keeps the token ids of the bitext for other runs") \
 X(data, weights, "weights", TEXT, "", "", 0, 0, "", "weights of the training pairs, a number a line") \
 X(data, source_embeddings, "source-embeddings", TEXT, "", "", 0, 0, "", "word vectors to start from, of the source") \
 X(data, target_embeddings, "target-embeddings", TEXT, "", "", 0, 0, "", "word vectors to start from, of the target") \
 X(vocabulary, type, "type", CHOICE, 2, 0, 0, 0, NMT_WORDS_VOCAB, "what a token is")               \
 X(vocabulary, size, "size", INT, 8000, 30000, 4, 4194304, "", "most pieces in a vocabulary")     \
 X(vocabulary, joint, "joint", BOOL, true, false, 0, 0, "", "one vocabulary learnt from both sides") \
 X(vocabulary, normalize, "normalize", CHOICE, 2, 0, 0, 0, NMT_WORDS_NORMALIZE, "Unicode normalisation before segmentation") \
 X(vocabulary, lowercase, "lowercase", BOOL, false, false, 0, 0, "", "lower-case the text as well") \
 X(vocabulary, source, "source", TEXT, "", "", 0, 0, "", "source vocabulary made by nmt-vocab; empty: learn it") \
 X(vocabulary, target, "target", TEXT, "", "", 0, 0, "", "target vocabulary made by nmt-vocab; empty: learn it") \
 X(model, cell, "cell", CHOICE, NMT_GRU, NMT_GRU, 0, 0, NMT_WORDS_CELL, "recurrent unit")          \
 X(model, attention, "attention", CHOICE, NMT_ADDITIVE, NMT_ADDITIVE, 0, 0, NMT_WORDS_ATTENTION, "how annotations are scored; none is RNNencdec") \
 X(model, order, "order", CHOICE, NMT_ORDER_CODE, NMT_ORDER_CODE, 0, 0, NMT_WORDS_ORDER, "which word and state enter where; see nmt-config(5)") \
 X(model, readout, "readout", CHOICE, NMT_MAXOUT, NMT_MAXOUT, 0, 0, NMT_WORDS_READOUT, "non-linearity before the output layer") \
 X(model, embedding, "embedding", INT, 256, 620, 1, 65536, "", "size m of a word vector")          \
 X(model, state, "state", INT, 256, 1000, 1, 65536, "", "size n of a recurrent state of the encoder") \
 X(model, decoder_state, "decoder-state", INT, 0, 0, 0, 65536, "", "size of the decoder's state; 0: as state (twice that for dot attention)") \
 X(model, alignment, "alignment", INT, 256, 1000, 1, 65536, "", "size n' of the alignment model's hidden layer") \
 X(model, maxout, "maxout", INT, 256, 500, 1, 65536, "", "size l of the readout")                  \
 X(model, tied, "tied", CHOICE, 1, 0, 0, 0, NMT_WORDS_TIED, "share the output layer with the target embedding, or with both") \
 X(model, encoder_layers, "encoder-layers", INT, 1, 1, 1, 8, "", "recurrent layers of the encoder, one reading the other") \
 X(model, encoder_stack, "encoder-stack", CHOICE, NMT_STACK_BIDIRECTIONAL, NMT_STACK_BIDIRECTIONAL, 0, 0, NMT_WORDS_STACK, "directions of the encoder's layers") \
 X(model, encoder_transitions, "encoder-transitions", INT, 1, 1, 1, 8, "", "units that a time step of the encoder goes through") \
 X(model, decoder_layers, "decoder-layers", INT, 1, 1, 1, 8, "", "recurrent layers of the decoder; the first asks the annotations") \
 X(model, decoder_transitions, "decoder-transitions", INT, 1, 1, 1, 8, "", "units that a time step of the decoder goes through") \
 X(model, start, "start", CHOICE, NMT_START_FIRST, NMT_START_FIRST, 0, 0, NMT_WORDS_START, "what the decoder's first state is made from") \
 X(model, residual, "residual", BOOL, true, true, 0, 0, "", "add what enters a layer, from the second on, to what leaves it") \
 X(model, layer_norm, "layer-norm", BOOL, false, false, 0, 0, "", "layer normalisation of all that enters a unit, the alignment model and the readout") \
 X(model, input_feeding, "input-feeding", BOOL, false, false, 0, 0, "", "the readout of a word enters the recurrence of the next") \
 X(model, init, "init", CHOICE, 0, 1, 0, 0, NMT_WORDS_INIT, "initial weights: scaled by the sizes, or the paper's") \
 X(train, init, "init", TEXT, "", "", 0, 0, "", "trained model to start from") \
 X(train, freeze_embeddings, "freeze-embeddings", BOOL, false, false, 0, 0, "", "leave the vectors of data.source-embeddings and data.target-embeddings as they are") \
 X(train, optimizer, "optimizer", CHOICE, NMT_ADAM, NMT_ADADELTA, 0, 0, NMT_WORDS_OPTIMIZER, "update rule") \
 X(train, learning_rate, "learning-rate", REAL, 4e-3, 1, 0, 1000, "", "step size (Adadelta: a factor on its step)") \
 X(train, adam_beta1, "adam-beta1", REAL, 0.9, 0.9, 0, 1, "", "decay of Adam's first moment")      \
 X(train, adam_beta2, "adam-beta2", REAL, 0.98, 0.98, 0, 1, "", "decay of Adam's second moment")   \
 X(train, adam_epsilon, "adam-epsilon", REAL, 1e-8, 1e-8, 0, 1, "", "Adam's guard against division by zero") \
 X(train, adadelta_rho, "adadelta-rho", REAL, 0.95, 0.95, 0, 1, "", "decay of Adadelta's averages") \
 X(train, adadelta_epsilon, "adadelta-epsilon", REAL, 1e-6, 1e-6, 0, 1, "", "Adadelta's epsilon")  \
 X(train, loss, "loss", CHOICE, NMT_LOSS_TOKENS, NMT_LOSS_SUM, 0, 0, NMT_WORDS_LOSS, "what the gradient is a mean over, or the plain sum") \
 X(train, clip, "clip", REAL, 1, 1, 0, 1e9, "", "longest gradient, by its L2 norm; 0: no clipping")   \
 X(train, batch_sentences, "batch-sentences", INT, 64, 80, 1, 65536, "", "sentence pairs in an update") \
 X(train, batch_words, "batch-words", INT, 0, 0, 0, 16777216, "", "most target tokens in an update instead; 0: count sentences") \
 X(train, sort_batches, "sort-batches", INT, 20, 20, 1, 65536, "", "batches read and sorted by length together") \
 X(train, max_length, "max-length", INT, 100, 50, 1, 10000, "", "pairs with more tokens on a side are left out") \
 X(train, dropout, "dropout", REAL, 0.3, 0, 0, 0.95, "", "dropout; the keys below say where, as shares of this one or by themselves") \
 X(train, dropout_embedding, "dropout-embedding", REAL, -1, -1, -1, 0.95, "", "of word vectors; -1: as dropout") \
 X(train, dropout_annotation, "dropout-annotation", REAL, -1, -1, -1, 0.95, "", "of annotations; -1: as dropout") \
 X(train, dropout_readout, "dropout-readout", REAL, -1, -1, -1, 0.95, "", "of the readout; -1: as dropout") \
 X(train, dropout_recurrent, "dropout-recurrent", REAL, -1, -1, -1, 0.95, "", "of states as they enter the recurrence; -1: half of dropout") \
 X(train, dropout_layer, "dropout-layer", REAL, -1, -1, -1, 0.95, "", "of what a layer, from the second on, reads; -1: half of dropout") \
 X(train, dropout_word, "dropout-word", REAL, -1, -1, -1, 0.95, "", "of whole words; -1: a quarter of dropout") \
 X(train, subword_dropout, "subword-dropout", REAL, 0, 0, 0, 0.95, "", "share of the merges of bpe left out, anew in every epoch") \
 X(train, subword_dropout_source, "subword-dropout-source", REAL, -1, -1, -1, 0.95, "", "of the source; -1: as subword-dropout") \
 X(train, subword_dropout_target, "subword-dropout-target", REAL, -1, -1, -1, 0.95, "", "of the target; -1: as subword-dropout") \
 X(train, label_smoothing, "label-smoothing", REAL, 0.1, 0, 0, 0.99, "", "share of the target spread over all words") \
 X(train, alignment_weight, "alignment-weight", REAL, 0.3, 0.3, 0, 1000, "", "weight of guided alignment in the loss, with data.alignments") \
 X(train, alignment_decay, "alignment-decay", REAL, 1, 1, 0, 1, "", "what that weight is multiplied with after every epoch") \
 X(train, epochs, "epochs", INT, 17, 5, 0, 1000000, "", "passes over the bitext; 0: no bound")     \
 X(train, updates, "updates", INT, 0, 0, 0, 1000000000, "", "updates at the most; 0: no bound")    \
 X(train, minutes, "minutes", REAL, 0, 0, 0, 1e9, "", "time at the most; 0: no bound")             \
 X(train, schedule, "schedule", CHOICE, NMT_SCHEDULE_EXPONENTIAL, NMT_SCHEDULE_CONSTANT, 0, 0, NMT_WORDS_SCHEDULE, "how the learning rate falls") \
 X(train, warmup, "warmup", INT, 0, 0, 0, 1000000000, "", "updates over which the learning rate rises from 0") \
 X(train, decay_from, "decay-from", REAL, 0.4, 0.4, 0, 1, "", "exponential, linear: share of the planned length at which the fall begins") \
 X(train, decay_to, "decay-to", REAL, 0.02, 0.02, 1e-9, 1, "", "exponential, linear: share of the learning rate at the end") \
 X(train, plateau_factor, "plateau-factor", REAL, 0.5, 0.5, 1e-9, 1, "", "plateau: factor on the rate when validation stops improving") \
 X(train, plateau_patience, "plateau-patience", INT, 2, 2, 1, 1000000, "", "plateau: checks without improvement before that") \
 X(train, average, "average", REAL, 0.998, 0, 0, 0.999999, "", "decay of the moving average of the weights that is validated and saved; 0: none") \
 X(train, metric, "metric", CHOICE, NMT_VALID_BLEU, NMT_VALID_PERPLEXITY, 0, 0, NMT_WORDS_METRIC, "what the best model is best at") \
 X(train, valid_every, "valid-every", INT, 0, 0, 0, 1000000000, "", "updates between validations; 0: once an epoch") \
 X(train, save_every, "save-every", INT, 0, 0, 0, 1000000000, "", "updates between savings of the state; 0: with each validation") \
 X(train, keep, "keep", INT, 0, 0, 0, 1000, "", "models of the last validations to keep beside the best one, for --average") \
 X(train, patience, "patience", INT, 10, 0, 0, 1000000, "", "validations without improvement before stopping; 0: never") \
 X(train, max_skipped, "max-skipped", INT, 20, 20, 1, 1000000000, "", "updates in a row without a finite gradient that end training") \
 X(train, precision, "precision", CHOICE, NMT_FLOAT32, NMT_FLOAT32, 0, 0, NMT_WORDS_PRECISION, "what the factors of matrix products are rounded to in training") \
 X(train, seed, "seed", INT, 1, 1, 0, INT64_MAX, "", "seed of all random numbers")                 \
 X(train, shards, "shards", INT, 2, 2, 1, 4096, "", "parts an update is cut into; decides the bits of the result") \
 X(train, threads, "threads", INT, 0, 0, 0, 4096, "", "threads; 0: the processors there are; does not change the result")
/* clang-format on */

#define NMT_CONFIG_C_TEXT   char *
#define NMT_CONFIG_C_INT    int64_t
#define NMT_CONFIG_C_REAL   double
#define NMT_CONFIG_C_BOOL   bool
#define NMT_CONFIG_C_CHOICE int

/** How many keys there are. */
enum {
#define NMT_CONFIG_ONE(...) +1
    NMT_CONFIG_KEYS = NMT_CONFIG_MAP(NMT_CONFIG_ONE)
#undef NMT_CONFIG_ONE
};

/**
 * Every key of the table as a field SECTION_FIELD, e.g. config->train_learning_rate; and for
 * messages where each was given.
 */
struct nmt_config {
    char *file;                     /* read last; owned, NULL: none */
    uint64_t line[NMT_CONFIG_KEYS]; /* of the file, in the order of the table; 0: not there */
#define NMT_CONFIG_FIELD(section, field, key, type, standard, paper, min, max, words, sentence)    \
    NMT_CONFIG_C_##type section##_##field;
    NMT_CONFIG_MAP(NMT_CONFIG_FIELD)
#undef NMT_CONFIG_FIELD
};

/**
 * A named set of values: "default" or "paper". Overwrites *c (which must be fresh or released);
 * *c is to be released even after a failure (NMT_ECONFIG: no such preset).
 */
int nmt_config_preset(struct nmt_config *c, const char *name, struct nmt_err *err) NMT_MUST_USE;

/** Frees what c owns. */
void nmt_config_release(struct nmt_config *c);

/**
 * Reads a YAML file ("-": stdin) over c: sections are mappings of keys; `preset: NAME` may come
 * first and sets all the rest. Unknown sections or keys, duplicate keys, values of the wrong type
 * or out of range, anchors, tags, more than 1 MB: NMT_ECONFIG (NMT_ELIMIT) with file and line.
 * c then holds what was read up to there.
 */
int nmt_config_read(struct nmt_config *c, const char *path, struct nmt_err *err) NMT_MUST_USE;

/** Sets one key from "section.key=value"; NMT_EUSAGE says what is wrong with it. */
int nmt_config_set(struct nmt_config *c, const char *assignment, struct nmt_err *err) NMT_MUST_USE;

/** Writes all keys as YAML that nmt_config_read takes back to the same configuration. */
int nmt_config_dump(const struct nmt_config *c, struct nmt_output *o,
                    struct nmt_err *err) NMT_MUST_USE;

/**
 * Checks that belong to no single key (sizes that must agree for dot attention, tying, ...). The
 * message of a failure (NMT_ECONFIG) names the keys, and file and line where one of them was read.
 */
int nmt_config_check(const struct nmt_config *c, struct nmt_err *err) NMT_MUST_USE;

#endif
