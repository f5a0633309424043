/* The worst lines, sorted, with copies of their texts. */
#include <nmt/worst.h>

#include <stdlib.h>
#include <string.h>

static void release_line(struct nmt_worst_line *l)
{
    for (size_t i = 0; l->refs && i < l->n_refs; i++)
        nmt_buffer_release(&l->refs[i]);
    free(l->refs);
    nmt_buffer_release(&l->source);
    nmt_buffer_release(&l->base);
    nmt_buffer_release(&l->hyp);
}

void nmt_worst_release(struct nmt_worst *w)
{
    for (size_t i = 0; i < w->n; i++)
        release_line(&w->lines[i]);
    free(w->lines);
    *w = (struct nmt_worst){ .most = w->most };
}

static int copy_texts(struct nmt_worst_line *l, const struct nmt_corpus_line *line, size_t system,
                      struct nmt_err *err)
{
    l->has_source = line->source != NULL;
    l->has_base = system > 0;
    NMT_TRY(nmt_buffer_add(&l->hyp, line->hyps[system], line->hyp_lens[system], err));
    if (l->has_base)
        NMT_TRY(nmt_buffer_add(&l->base, line->hyps[0], line->hyp_lens[0], err));
    if (l->has_source)
        NMT_TRY(nmt_buffer_add(&l->source, line->source, line->source_len, err));
    l->refs = calloc(line->n_refs, sizeof *l->refs);
    if (!l->refs)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for line %llu",
                        (unsigned long long)line->number);
    for (; l->n_refs < line->n_refs; l->n_refs++)
        NMT_TRY(nmt_buffer_add(&l->refs[l->n_refs], line->refs[l->n_refs],
                               line->ref_lens[l->n_refs], err));
    return 0;
}

int nmt_worst_add(struct nmt_worst *w, const struct nmt_corpus_line *line, size_t system,
                  double score, double baseline, double loss, struct nmt_err *err)
{
    if (w->most == 0 || (w->n == w->most && loss <= w->lines[w->n - 1].loss))
        return 0;
    if (!w->lines && !(w->lines = calloc(w->most + 1, sizeof *w->lines)))
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu lines", w->most);
    struct nmt_worst_line l = {
        .number = line->number, .score = score, .baseline = baseline, .loss = loss
    };
    int rc = copy_texts(&l, line, system, err);
    if (rc < 0) {
        release_line(&l);
        return rc;
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
