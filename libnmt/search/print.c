/*
 * How a translation is written. The list of the best is that of Moses,
 *
 *   0 ||| text ||| logprob= -10.07 tokens= 6 ||| -1.68 ||| 0-0 1-1
 *
 * with its features by name and its links, if they are wanted, at the end. Alone, fields follow the
 * text in the order of Marian, whose name for the scores of words is used in both:
 *
 *   text ||| 0-0 1-1 ||| WordScores= -0.12 -1.5
 *
 * Soft links are Marian's too: for each word of the translation the weights of all source words
 * with commas between them, and a space between the words. There, </s> has a row and a column;
 * here it has not.
 */
#include <nmt/print.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

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
    if (o->forced)
        return nmt_buffer_addf(b, err, "%.4f", l->score);
    if (o->ids)
        return add_ids(b, l, err);
    return nmt_buffer_add(b, l->text.len ? l->text.data : "", l->text.len, err);
}

static int compare_links(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* By source word, then by that of the translation, as nmt-align has them. */
static int add_hard_links(struct nmt_buffer *b, const struct nmt_output_line *l,
                          struct nmt_err *err)
{
    size_t n = 0;
    uint64_t *links = malloc((l->n_words + (size_t)1) * sizeof *links);
    int rc = links ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (uint32_t t = 0; rc == 0 && t < l->n_words; t++)
        if (l->link[t] != NMT_NO_WORD)
            links[n++] = (uint64_t)l->link[t] << 32 | t;
    if (n > 1)
        qsort(links, n, sizeof *links, compare_links);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = nmt_buffer_addf(b, err, i ? " %u-%u" : "%u-%u", (unsigned)(links[i] >> 32),
                             (unsigned)links[i]);
    free(links);
    return rc;
}

static int add_soft_links(struct nmt_buffer *b, const struct nmt_output_line *l,
                          struct nmt_err *err)
{
    const struct nmt_alignment *a = &l->alignment;
    if (!a->weight)
        return nmt_fail(err, NMT_ELIMIT, 0, "the weights of %u by %u words are too many",
                        a->n_source, a->n_target);
    for (uint32_t t = 0; t < a->n_target; t++)
        for (uint32_t s = 0; s < a->n_source; s++)
            NMT_TRY(nmt_buffer_addf(b, err,
                                    s   ? ",%.6g"
                                    : t ? " %.6g"
                                        : "%.6g",
                                    (double)a->weight[(size_t)t * a->n_source + s]));
    return 0;
}

/* l is NULL when there is no translation. */
static int add_links(struct nmt_buffer *b, const struct nmt_output_line *l,
                     const struct nmt_print_options *o, struct nmt_err *err)
{
    if (o->links == NMT_PRINT_NO_LINKS)
        return 0;
    NMT_TRY(nmt_buffer_adds(b, " ||| ", err));
    if (!l)
        return 0;
    return o->links == NMT_PRINT_SOFT_LINKS ? add_soft_links(b, l, err) : add_hard_links(b, l, err);
}

static int add_word_scores(struct nmt_buffer *b, const struct nmt_output_line *l,
                           const struct nmt_print_options *o, struct nmt_err *err)
{
    if (!o->word_scores)
        return 0;
    NMT_TRY(nmt_buffer_adds(b, o->n_best ? " WordScores=" : " ||| WordScores=", err));
    for (size_t i = 0; l && i < l->ids.n; i++)
        NMT_TRY(nmt_buffer_addf(b, err, " %.4f", (double)l->token_log_prob[i]));
    return 0;
}

static int add_best(struct nmt_buffer *b, const struct nmt_output_line *l, uint64_t number,
                    const struct nmt_print_options *o, struct nmt_err *err)
{
    const double none = -INFINITY;
    NMT_TRY(nmt_buffer_addf(b, err, "%" PRIu64 " ||| ", number - 1));
    if (l)
        NMT_TRY(add_text(b, l, o, err));
    NMT_TRY(nmt_buffer_addf(b, err, " ||| logprob= %.4f tokens= %zu", l ? l->log_prob : none,
                            l ? l->ids.n : 0));
    NMT_TRY(add_word_scores(b, l, o, err));
    NMT_TRY(nmt_buffer_addf(b, err, " ||| %.4f", l ? l->score : none));
    return add_links(b, l, o, err);
}

static int add_line(struct nmt_buffer *b, const struct nmt_output_line *l,
                    const struct nmt_print_options *o, struct nmt_err *err)
{
    if (o->score && !o->forced)
        NMT_TRY(nmt_buffer_addf(b, err, "%.4f\t", l ? l->score : -INFINITY));
    if (!l && o->forced)
        NMT_TRY(nmt_buffer_adds(b, "-inf", err));
    if (l)
        NMT_TRY(add_text(b, l, o, err));
    NMT_TRY(add_links(b, l, o, err));
    return add_word_scores(b, l, o, err);
}

int nmt_translated_print(struct nmt_buffer *b, const struct nmt_translated *r, uint64_t number,
                         const struct nmt_print_options *o, struct nmt_err *err)
{
    const bool failed = r->fault.code;
    for (size_t k = 0; k < (o->n_best && !failed ? r->n : 1); k++) {
        const struct nmt_output_line *l = failed ? NULL : &r->line[k];
        NMT_TRY(o->n_best ? add_best(b, l, number, o, err) : add_line(b, l, o, err));
        NMT_TRY(nmt_buffer_addc(b, '\n', err));
    }
    return 0;
}

void nmt_score_totals_add(struct nmt_score_totals *t, const struct nmt_translated *r)
{
    if (r->fault.code || r->n == 0)
        return;
    t->lines++;
    t->tokens += r->line[0].ids.n;
    t->log_prob += r->line[0].log_prob;
}

int nmt_score_totals_print(struct nmt_buffer *b, const struct nmt_score_totals *t,
                           struct nmt_err *err)
{
    const double mean = t->tokens > 0 ? t->log_prob / (double)t->tokens : (double)NAN;
    return nmt_buffer_addf(
        b, err, "perplexity= %.4f logprob= %.4f tokens= %" PRIu64 " lines= %" PRIu64 "\n",
        exp(-mean), t->log_prob, t->tokens, t->lines);
}
