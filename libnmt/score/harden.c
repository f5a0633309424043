/* From soft alignments to links, and back for the sake of pictures. */
#include <nmt/align.h>

#include <stdlib.h>
#include <string.h>

int nmt_links_best(struct nmt_links *l, const struct nmt_alignment *a, double threshold,
                   struct nmt_err *err)
{
    l->n = 0;
    for (uint32_t t = 0; t < a->n_target; t++) {
        const float *row = a->weight + (size_t)t * a->n_source;
        const uint32_t best = nmt_weights_best(row, a->n_source);
        if (best == NMT_NO_WORD || row[best] < (float)threshold)
            continue;
        struct nmt_link link = { .source = best, .target = t, .weight = row[best] };
        NMT_TRY(nmt_links_add(l, link, err));
    }
    nmt_links_sort(l);
    return 0;
}

int nmt_links_above(struct nmt_links *l, const struct nmt_alignment *a, double threshold,
                    struct nmt_err *err)
{
    l->n = 0;
    for (uint32_t s = 0; s < a->n_source; s++)
        for (uint32_t t = 0; t < a->n_target; t++) {
            float weight = a->weight[(size_t)t * a->n_source + s];
            if (!(weight > 0) || weight < (float)threshold)
                continue;
            struct nmt_link link = { .source = s, .target = t, .weight = weight };
            NMT_TRY(nmt_links_add(l, link, err));
        }
    return 0;
}

/* A copy of the line with one space between words; *n: the words. NULL when memory ran out. */
static char *copy_words(const char *line, size_t len, uint32_t *n)
{
    char *text = malloc(len + 1), *p = text;
    *n = 0;
    for (size_t i = 0; text && i < len; i++) {
        if (line[i] == ' ')
            continue;
        if (i == 0 || line[i - 1] == ' ') {
            if (*n > 0)
                *p++ = ' ';
            ++*n;
        }
        *p++ = line[i] ? line[i] : '\x01'; /* the text ends at NUL; both are shown as a blot */
    }
    if (text)
        *p = '\0';
    return text;
}

void nmt_links_alignment_release(struct nmt_alignment *a)
{
    free(a->source);
    free(a->target);
    free(a->weight);
    *a = (struct nmt_alignment){ 0 };
}

int nmt_links_to_alignment(struct nmt_alignment *a, const struct nmt_links *l, const char *source,
                           size_t source_len, const char *target, size_t target_len,
                           const char *file, uint64_t number, struct nmt_err *err)
{
    nmt_links_alignment_release(a);
    if (source_len > UINT32_MAX || target_len > UINT32_MAX)
        return nmt_fail(err, NMT_ELIMIT, number, "%s:%llu: the lines are too long", file,
                        (unsigned long long)number);
    a->source = copy_words(source, source_len, &a->n_source);
    a->target = copy_words(target, target_len, &a->n_target);
    size_t cells = (size_t)a->n_source * a->n_target;
    if (cells > NMT_LINKS_CELLS)
        return nmt_fail(err, NMT_ELIMIT, number, "%s:%llu: a matrix of %u by %u words is too large",
                        file, (unsigned long long)number, a->n_source, a->n_target);
    a->weight = calloc(cells ? cells : 1, sizeof *a->weight);
    if (!a->source || !a->target || !a->weight)
        return nmt_fail(err, NMT_ENOMEM, number, "%s:%llu: out of memory", file,
                        (unsigned long long)number);
    for (size_t i = 0; i < l->n; i++) {
        const struct nmt_link *link = &l->at[i];
        if (link->source >= a->n_source || link->target >= a->n_target)
            return nmt_fail(err, NMT_ESHAPE, number,
                            "%s:%llu: link %u-%u leaves a pair of %u and %u words", file,
                            (unsigned long long)number, link->source, link->target, a->n_source,
                            a->n_target);
        float weight = link->weight >= 0 ? link->weight : link->possible ? 0.5f : 1.0f;
        a->weight[(size_t)link->target * a->n_source + link->source] = weight;
    }
    return 0;
}

void nmt_alignment_share(struct nmt_alignment *a)
{
    for (uint32_t t = 0; t < a->n_target; t++) {
        float *row = a->weight + (size_t)t * a->n_source;
        double sum = 0;
        for (uint32_t s = 0; s < a->n_source; s++)
            sum += (double)row[s];
        for (uint32_t s = 0; sum > 1 && s < a->n_source; s++)
            row[s] = (float)((double)row[s] / sum);
    }
}
