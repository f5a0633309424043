/* From the command line to struct nmt_search_options. */
#include "search_options.h"

#include <nmt/number.h>

#include <string.h>

/* One weight for each model, with commas between them. */
static void read_weights(const struct cli *cli, double weights[NMT_ENSEMBLE_MAX])
{
    const char *text = cli_value(cli, OPT_WEIGHTS, "");
    struct nmt_err why = NMT_ERR_INIT;
    size_t n = 0;
    double sum = 0;
    for (bool more = true; more; n++) {
        const size_t len = strcspn(text, ",");
        char one[64];
        if (n == NMT_ENSEMBLE_MAX || len >= sizeof one)
            cli_misuse(cli, "--weights: too much");
        memcpy(one, text, len);
        one[len] = '\0';
        if (nmt_number_real(&weights[n], one, 0, 1e6, "--weights", &why) < 0)
            cli_misuse(cli, "%s", why.msg);
        sum += weights[n];
        more = text[len] == ',';
        text += len + more;
    }
    if (n != cli_count(cli, 'm'))
        cli_misuse(cli, "--weights has %zu weights for %zu models", n, cli_count(cli, 'm'));
    if (!(sum > 0))
        cli_misuse(cli, "--weights: all are 0");
}

/* What is drawn has no beam, and nothing to compare it with. */
static void read_sampling(const struct cli *cli, struct nmt_search_options *o)
{
    static const struct {
        int key;
        const char *name;
        bool with; /* has a meaning with --sample, else without */
    } other[] = { { 'b', "beam", false },
                  { OPT_LENGTH_PENALTY, "length-penalty", false },
                  { OPT_LENGTH_NORM, "length-norm", false },
                  { OPT_COVERAGE, "coverage-penalty", false },
                  { OPT_TEMPERATURE, "temperature", true },
                  { OPT_TOP_K, "top-k", true },
                  { OPT_SEED, "seed", true } };
    o->sample = cli_flag(cli, OPT_SAMPLE);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (cli_flag(cli, other[i].key) && other[i].with != o->sample)
            cli_misuse(cli, "--%s %s --sample", other[i].name,
                       o->sample ? "has no meaning with" : "needs");
    if (o->sample)
        o->beam = o->n_best;
    o->temperature = cli_real(cli, OPT_TEMPERATURE, o->temperature, 0.001, 1000);
    o->top_k = (size_t)cli_int(cli, OPT_TOP_K, 0, 0, NMT_TOP_K_MAX);
    o->seed = (uint64_t)cli_int(cli, OPT_SEED, 1, 0, INT64_MAX);
}

void search_options_read(const struct cli *cli, struct nmt_search_options *o,
                         double weights[NMT_ENSEMBLE_MAX])
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
    o->coverage = cli_real(cli, OPT_COVERAGE, 0, 0, 100);
    o->min_ratio = cli_real(cli, OPT_MIN_RATIO, o->min_ratio, 0, 1000);
    o->max_ratio = cli_real(cli, OPT_MAX_RATIO, o->max_ratio, 0, 1000);
    o->max_length = (size_t)cli_int(cli, OPT_MAX_LENGTH, (int64_t)o->max_length, 1, 100000);
    o->forbid_unk = cli_flag(cli, OPT_FORBID_UNK);
    o->geometric = cli_flag(cli, OPT_GEOMETRIC);
    if (cli_flag(cli, OPT_WEIGHTS)) {
        read_weights(cli, weights);
        o->weights = weights;
    }
    read_sampling(cli, o);
    if (nmt_search_options_check(o, &why) < 0)
        cli_misuse(cli, "%s", why.msg);
}
