/* The options of nmt-decode that say what is searched for, and how. */
#ifndef SEARCH_OPTIONS_H
#define SEARCH_OPTIONS_H

#include "cli.h"

#include <nmt/search.h>

enum {
    OPT_LENGTH_PENALTY = 512,
    OPT_LENGTH_NORM,
    OPT_MIN_RATIO,
    OPT_MAX_RATIO,
    OPT_MAX_LENGTH,
    OPT_COVERAGE,
    OPT_FORBID_UNK,
    OPT_GEOMETRIC,
    OPT_WEIGHTS,
    OPT_SAMPLE,
    OPT_TEMPERATURE,
    OPT_TOP_K,
    OPT_SEED
};

/* clang-format off */
#define SEARCH_OPTIONS                                                                             \
    { 'b', "beam", "N", "hypotheses that are followed; 1 is greedy (5)" },                         \
    { 'n', "n-best", "N", "write N translations of each line, as id ||| text ||| ... ||| score" }, \
    { OPT_LENGTH_PENALTY, "length-penalty", "A", "divide scores by the length to the A (0.6)" },   \
    { OPT_LENGTH_NORM, "length-norm", "NAME", "what the length is: mean (default) or gnmt" },      \
    { OPT_COVERAGE, "coverage-penalty", "B", "how much source words that are left out cost (0)" }, \
    { OPT_MIN_RATIO, "min-ratio", "F", "least tokens for each source token (0; the paper: 0.5)" }, \
    { OPT_MAX_RATIO, "max-ratio", "F", "most tokens for each source token (3); 0: no bound" },     \
    { OPT_MAX_LENGTH, "max-length", "N", "most tokens of a translation (1000)" },                  \
    { OPT_FORBID_UNK, "forbid-unk", NULL, "never write an unknown word" },                         \
    { OPT_GEOMETRIC, "geometric", NULL, "ensembles: mean of log-probabilities" },                  \
    { OPT_WEIGHTS, "weights", "WEIGHTS", "ensembles: the weight of each model in the mean" },       \
    { OPT_SAMPLE, "sample", NULL, "draw translations (with -n: N of each line), do not search" },  \
    { OPT_TEMPERATURE, "temperature", "T", "--sample: draw from p^(1/T) (1)" },                    \
    { OPT_TOP_K, "top-k", "K", "--sample: draw from the K most probable tokens; 0: from all (0)" }, \
    { OPT_SEED, "seed", "N", "--sample: another N draws others (1)" }
/* clang-format on */

/**
 * Sets what the options say; what cannot be, alone or together, is misuse. o->weights points to
 * weights, if there are any.
 */
void search_options_read(const struct cli *cli, struct nmt_search_options *o,
                         double weights[NMT_ENSEMBLE_MAX]);

#endif
