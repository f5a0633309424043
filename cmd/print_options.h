/* The options of nmt-decode that say how translations are written, and what stands for a word. */
#ifndef PRINT_OPTIONS_H
#define PRINT_OPTIONS_H

#include "cli.h"

#include <nmt/print.h>
#include <nmt/translate.h>

enum {
    OPT_SCORE = 640,
    OPT_WORD_SCORES,
    OPT_ALIGN_TEXT,
    OPT_ALIGN_SOFT,
    OPT_REPLACE_UNK,
    OPT_DICTIONARY,
    OPT_IDS
};

/* clang-format off */
#define PRINT_OPTIONS                                                                              \
    { OPT_SCORE, "score", NULL, "write the score and a tab before each translation" },             \
    { OPT_WORD_SCORES, "word-scores", NULL, "write the log-probability of each token" },           \
    { OPT_ALIGN_TEXT, "align-text", NULL, "write links between words behind ||| (0-0 1-1)" },      \
    { OPT_ALIGN_SOFT, "align-soft", NULL, "write the weights between words behind |||" },          \
    { OPT_REPLACE_UNK, "replace-unk", "[copy]",                                                    \
      "copy the source word in the place of an unknown" },                                         \
    { OPT_DICTIONARY, "replace-unk-dictionary", "FILE",                                            \
      "or what it is in FILE (source, tab, target)" },                                             \
    { OPT_IDS, "ids", NULL, "write token ids instead of text; --force, --prefix: read them" },     \
    { 'A', "alignments", "FILE", "write the alignments there, as a stream for nmt-align" }
/* clang-format on */

/** Sets what the options say; what cannot be together is misuse. The dictionary is not opened. */
void print_options_read(const struct cli *cli, struct nmt_print_options *print,
                        struct nmt_translate_options *o);

#endif
