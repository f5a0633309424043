/* The worst lines, sorted, with copies of their texts. */
#include <nmt/worst.h>

#include <stdlib.h>
#include <string.h>

static void release_line(struct nmt_worst_line *l)
{
    for (size_t i = 0; l->refs && i < l->n_refs; i++)
        free(l->refs[i]);
    free(l->refs);
    free(l->source);
    free(l->hyp);
    free(l->base);
}

void nmt_worst_release(struct nmt_worst *w)
{
    for (size_t i = 0; i < w->n; i++)
        release_line(&w->lines[i]);
    free(w->lines);
    *w = (struct nmt_worst){ .most = w->most };
}

/* A NUL inside a line ends its copy: these are for reading. */
static bool copy_texts(struct nmt_worst_line *l, const struct nmt_corpus_line *line,
                       const char *hyp, const char *base)
{
    l->hyp = strdup(hyp);
    l->base = base ? strdup(base) : NULL;
    l->source = line->source ? strdup(line->source) : NULL;
    l->refs = calloc(line->n_refs, sizeof *l->refs);
    if (!l->hyp || (base && !l->base) || (line->source && !l->source) || !l->refs)
        return false;
    for (; l->n_refs < line->n_refs; l->n_refs++)
        if (!(l->refs[l->n_refs] = strdup(line->refs[l->n_refs])))
            return false;
    return true;
}

int nmt_worst_add(struct nmt_worst *w, const struct nmt_corpus_line *line, const char *hyp,
                  double score, const char *base, double baseline, double loss, struct nmt_err *err)
{
    if (w->most == 0 || (w->n == w->most && loss <= w->lines[w->n - 1].loss))
        return 0;
    if (!w->lines && !(w->lines = calloc(w->most + 1, sizeof *w->lines)))
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu lines", w->most);
    struct nmt_worst_line l = {
        .number = line->number, .score = score, .baseline = baseline, .loss = loss
    };
    if (!copy_texts(&l, line, hyp, base)) {
        release_line(&l);
        return nmt_fail(err, NMT_ENOMEM, line->number, "out of memory for line %llu",
                        (unsigned long long)line->number);
    }
    size_t at = w->n;
    while (at > 0 && w->lines[at - 1].loss < loss)
        at--;
    memmove(w->lines + at + 1, w->lines + at, (w->n - at) * sizeof *w->lines);
    w->lines[at] = l;
    if (w->n < w->most)
        w->n++;
    else
        release_line(&w->lines[w->most]);
    return 0;
}
