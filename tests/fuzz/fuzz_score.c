/* Fuzz target for scoring: any text, cut in every way and scored by every metric. The first line
 * is the hypothesis, the others are its references. */
#include <nmt/metric.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_REFS 3

static struct nmt_metric_options variant(size_t i)
{
    struct nmt_metric_options m = {
        .kind = (enum nmt_metric_kind)(i % NMT_METRIC_KINDS),
        .bleu = nmt_bleu_defaults(),
        .chrf = nmt_chrf_defaults(),
    };
    size_t k = i / NMT_METRIC_KINDS;
    m.bleu.tokenization = (enum nmt_tokenization)(k % 5);
    m.bleu.smoothing = (enum nmt_smoothing)(k % 4);
    m.bleu.lowercase = m.chrf.lowercase = m.ter.case_sensitive = k % 2;
    m.bleu.effective_order = k % 3 == 0;
    m.chrf.word_order = (unsigned)(k % 3);
    m.chrf.whitespace = m.ter.normalized = k / 2 % 2;
    m.chrf.eps_smoothing = m.ter.no_punct = k / 4 % 2;
    m.ter.asian = k / 8 % 2;
    return m;
}

/* The row of a line must add up with itself and give a score that is one. */
static void score(const struct nmt_metric_options *opt, char *const *lines, const size_t *lens,
                  size_t n_refs)
{
    struct nmt_metric *m = NULL;
    double row[NMT_METRIC_WIDTH_MAX], again[NMT_METRIC_WIDTH_MAX];
    size_t width = nmt_metric_width(opt);
    const char *refs[MAX_REFS];
    for (size_t i = 0; i < n_refs; i++)
        refs[i] = lines[i + 1];
    if (nmt_metric_new(&m, opt, NULL) < 0)
        return;
    if (nmt_metric_line(m, lines[0], lens[0], refs, lens + 1, n_refs, row, NULL) < 0 ||
        nmt_metric_line(m, lines[0], lens[0], refs, lens + 1, n_refs, again, NULL) < 0)
        abort();
    double value = nmt_metric_score(opt, row);
    if (memcmp(row, again, width * sizeof *row) != 0 || !(value >= 0) ||
        (value > 100 + 1e-9 && !nmt_metric_is_error_rate(opt)))
        abort();
    nmt_metric_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *lines[MAX_REFS + 1];
    size_t lens[MAX_REFS + 1], n = 0;
    for (size_t at = 0; n <= MAX_REFS && (n < 2 || at < size);) {
        const uint8_t *end = at < size ? memchr(data + at, '\n', size - at) : NULL;
        lens[n] = end ? (size_t)(end - data) - at : size - at;
        lines[n] = malloc(lens[n] + 1);
        if (!lines[n])
            abort();
        memcpy(lines[n], data + at, lens[n]);
        lines[n][lens[n]] = '\0';
        at = at + lens[n] + 1 < size ? at + lens[n] + 1 : size;
        n++;
    }
    for (size_t i = 0; i < 60 * NMT_METRIC_KINDS; i++) {
        struct nmt_metric_options opt = variant(i);
        score(&opt, lines, lens, n - 1);
    }
    while (n > 0)
        free(lines[--n]);
    return 0;
}
