/* The soft alignment as text separated by tabs, for awk, R and spreadsheets. */
#include "label_internal.h"

#include <nmt/draw.h>

static int add_label(struct nmt_buffer *out, const struct labels *l, size_t i, struct nmt_err *err)
{
    return nmt_buffer_add(out, l->text.data + l->label[i].start, l->label[i].len, err);
}

static int add_matrix(const struct nmt_alignment *a, const char *title, const struct labels *source,
                      const struct labels *target, struct nmt_buffer *out, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_adds(out, title, err));
    for (size_t s = 0; s < a->n_source; s++) {
        NMT_TRY(nmt_buffer_addc(out, '\t', err));
        NMT_TRY(add_label(out, source, s, err));
    }
    NMT_TRY(nmt_buffer_addc(out, '\n', err));
    for (size_t t = 0; t < a->n_target; t++) {
        NMT_TRY(add_label(out, target, t, err));
        for (size_t s = 0; s < a->n_source; s++)
            NMT_TRY(nmt_buffer_addf(out, err, "\t%.4f", (double)a->weight[t * a->n_source + s]));
        NMT_TRY(nmt_buffer_addc(out, '\n', err));
    }
    return nmt_buffer_addc(out, '\n', err);
}

int nmt_draw_matrix(const struct nmt_alignment *a, const char *title, struct nmt_buffer *out,
                    struct nmt_err *err)
{
    struct labels source = { 0 }, target = { 0 };
    int rc = nmt_labels_init(&source, a->source, a->n_source, err);
    if (rc == 0)
        rc = nmt_labels_init(&target, a->target, a->n_target, err);
    if (rc == 0)
        rc = add_matrix(a, title, &source, &target, out, err);
    nmt_labels_release(&source);
    nmt_labels_release(&target);
    return rc;
}
