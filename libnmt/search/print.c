/*
 * How a translation is written. The list of the best is that of Moses, with its features by name
 * and their number of values open ("logprob= -10.07 tokens= 6").
 */
#include <nmt/print.h>

#include <inttypes.h>

static int add_ids(struct nmt_buffer *b, const struct nmt_output_line *l, struct nmt_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < l->ids.n; i++)
        if (l->ids.data[i] != NMT_ID_EOS)
            NMT_TRY(nmt_buffer_addf(b, err, n++ ? " %u" : "%u", l->ids.data[i]));
    return 0;
}

static int add_text(struct nmt_buffer *b, const struct nmt_output_line *l,
                    const struct nmt_print_options *o, struct nmt_err *err)
{
    if (o->ids)
        return add_ids(b, l, err);
    return nmt_buffer_add(b, l->text.len ? l->text.data : "", l->text.len, err);
}

static int add_line(struct nmt_buffer *b, const struct nmt_output_line *l, uint64_t number,
                    const struct nmt_print_options *o, struct nmt_err *err)
{
    if (o->forced)
        return nmt_buffer_addf(b, err, "%.4f\n", l->score);
    if (o->n_best)
        NMT_TRY(nmt_buffer_addf(b, err, "%" PRIu64 " ||| ", number - 1));
    else if (o->score)
        NMT_TRY(nmt_buffer_addf(b, err, "%.4f\t", l->score));
    NMT_TRY(add_text(b, l, o, err));
    if (o->n_best)
        NMT_TRY(nmt_buffer_addf(b, err, " ||| logprob= %.4f tokens= %zu ||| %.4f", l->log_prob,
                                l->ids.n, l->score));
    return nmt_buffer_addc(b, '\n', err);
}

/* What has no translation has no probability. */
static int add_failed(struct nmt_buffer *b, uint64_t number, const struct nmt_print_options *o,
                      struct nmt_err *err)
{
    if (o->n_best)
        NMT_TRY(nmt_buffer_addf(b, err, "%" PRIu64 " |||  ||| logprob= -inf tokens= 0 ||| -inf",
                                number - 1));
    else if (o->score && !o->forced)
        NMT_TRY(nmt_buffer_adds(b, "-inf\t", err));
    return nmt_buffer_addc(b, '\n', err);
}

int nmt_translated_print(struct nmt_buffer *b, const struct nmt_translated *r, uint64_t number,
                         const struct nmt_print_options *o, struct nmt_err *err)
{
    if (r->fault.code)
        return add_failed(b, number, o, err);
    for (size_t k = 0; k < (o->n_best ? r->n : 1); k++)
        NMT_TRY(add_line(b, &r->line[k], number, o, err));
    return 0;
}
