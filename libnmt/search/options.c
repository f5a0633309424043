/* What a search can be told. */
#include "search/search.h"

#include <stdlib.h>

struct nmt_search_options nmt_search_defaults(void)
{
    return (struct nmt_search_options){
        .beam = 5,
        .n_best = 1,
        .norm = NMT_LENGTH_MEAN,
        .alpha = 0.6,
        .min_ratio = 0,
        .max_ratio = 3,
        .max_length = 1000,
        .temperature = 1,
        .eos = NMT_ID_EOS,
        .bos = NMT_ID_BOS,
        .unk = NMT_ID_UNK,
    };
}

int nmt_search_options_check(const struct nmt_search_options *o, struct nmt_err *err)
{
    if (o->beam < 1 || o->beam > NMT_BEAM_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "the beam is %zu, not 1 to %zu", o->beam, NMT_BEAM_MAX);
    if (o->n_best < 1 || o->n_best > o->beam)
        return nmt_fail(err, NMT_ELIMIT, 0, "a beam of %zu gives 1 to %zu translations, not %zu",
                        o->beam, o->beam, o->n_best);
    if (o->sample && (o->beam != o->n_best || o->top_k > NMT_TOP_K_MAX ||
                      !(o->temperature >= 0.001 && o->temperature <= 1000)))
        return nmt_fail(err, NMT_ELIMIT, 0, "a sample cannot be drawn so");
    if (!(o->alpha >= 0 && o->alpha <= 100))
        return nmt_fail(err, NMT_ELIMIT, 0, "the length penalty is %g, not 0 to 100", o->alpha);
    if (!(o->coverage >= 0 && o->coverage <= 100))
        return nmt_fail(err, NMT_ELIMIT, 0, "the coverage penalty is %g, not 0 to 100",
                        o->coverage);
    if (!(o->min_ratio >= 0 && o->min_ratio <= 1000 && o->max_ratio >= 0 && o->max_ratio <= 1000))
        return nmt_fail(err, NMT_ELIMIT, 0, "the ratios of lengths are %g and %g, not 0 to 1000",
                        o->min_ratio, o->max_ratio);
    if (o->max_ratio > 0 && o->min_ratio > o->max_ratio)
        return nmt_fail(err, NMT_ELIMIT, 0,
                        "the least ratio of lengths, %g, is above the greatest, %g", o->min_ratio,
                        o->max_ratio);
    if (o->max_ratio <= 0 && o->max_length == 0)
        return nmt_fail(err, NMT_ELIMIT, 0, "nothing bounds the length of a translation");
    return 0;
}

void nmt_translations_release(struct nmt_translations *t)
{
    free(t->memory);
    *t = (struct nmt_translations){ 0 };
}
