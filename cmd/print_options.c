/* From the command line to struct nmt_print_options, and what the translator must make for it. */
#include "print_options.h"

void print_options_read(const struct cli *cli, struct nmt_print_options *print,
                        struct nmt_translate_options *o)
{
    const bool hard = cli_flag(cli, OPT_ALIGN_TEXT), soft = cli_flag(cli, OPT_ALIGN_SOFT);
    print->n_best = cli_flag(cli, 'n');
    print->score = cli_flag(cli, OPT_SCORE);
    print->ids = cli_flag(cli, OPT_IDS);
    print->word_scores = cli_flag(cli, OPT_WORD_SCORES);
    print->links = soft ? NMT_PRINT_SOFT_LINKS : hard ? NMT_PRINT_HARD_LINKS : NMT_PRINT_NO_LINKS;
    o->replace_unk = cli_flag(cli, OPT_REPLACE_UNK) || cli_flag(cli, OPT_DICTIONARY);
    o->alignments = cli_flag(cli, 'A') || soft;
    o->links = hard;
    o->tokens = print->ids && print->links;
    if (hard && soft)
        cli_misuse(cli, "--align-text and --align-soft exclude each other");
    if (print->ids && o->replace_unk)
        cli_misuse(cli, "--ids writes no words that could be replaced");
    if (o->tokens && cli_flag(cli, 'A'))
        cli_misuse(cli, "links are between words with -A and between ids with --ids: not both");
}
