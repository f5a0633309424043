/* From the command line to struct nmt_search_options. */
#include "search_options.h"

void search_options_read(const struct cli *cli, struct nmt_search_options *o)
{
    static const char *const norms[] = { "mean", "gnmt", NULL };
    struct nmt_err why = NMT_ERR_INIT;
    o->n_best = (size_t)cli_int(cli, 'n', 1, 1, NMT_BEAM_MAX);
    if (o->n_best > o->beam)
        o->beam = o->n_best;
    o->beam = (size_t)cli_int(cli, 'b', (int64_t)o->beam, 1, NMT_BEAM_MAX);
    if (o->n_best > o->beam)
        cli_misuse(cli, "a beam of %zu gives no %zu translations", o->beam, o->n_best);
    o->alpha = cli_real(cli, OPT_LENGTH_PENALTY, o->alpha, 0, 100);
    o->norm = (enum nmt_length_norm)cli_choice(cli, OPT_LENGTH_NORM, norms, o->norm);
    o->min_ratio = cli_real(cli, OPT_MIN_RATIO, o->min_ratio, 0, 1000);
    o->max_ratio = cli_real(cli, OPT_MAX_RATIO, o->max_ratio, 0, 1000);
    o->max_length = (size_t)cli_int(cli, OPT_MAX_LENGTH, (int64_t)o->max_length, 1, 100000);
    o->forbid_unk = cli_flag(cli, OPT_FORBID_UNK);
    o->geometric = cli_flag(cli, OPT_GEOMETRIC);
    if (nmt_search_options_check(o, &why) < 0)
        cli_misuse(cli, "%s", why.msg);
}
