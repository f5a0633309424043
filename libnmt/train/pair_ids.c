/* The ids of a batch, out of the mapped bitext. */
#include "train/pair_ids.h"

#include <stdlib.h>

struct nmt_pair nmt_pair_of(const struct nmt_bitext *data, size_t i)
{
    const struct nmt_bitext_head h = nmt_bitext_head(data, i);
    return (struct nmt_pair){
        .S = h.S, .T = h.T, .weight = (real)nmt_bitext_weight(data, i), .position = (uint32_t)i
    };
}

int nmt_pair_ids_read(struct nmt_pair_ids *p, const struct nmt_bitext *data, struct nmt_pair *pairs,
                      size_t n, struct nmt_err *err)
{
    size_t need = 0;
    for (size_t i = 0; i < n; i++)
        need += (size_t)pairs[i].S + pairs[i].T;
    if (need > p->cap) {
        free(p->ids);
        p->cap = 0;
        p->ids = malloc(need * sizeof *p->ids);
        if (!p->ids)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu ids", need);
        p->cap = need;
    }
    nmt_id *at = p->ids;
    for (size_t i = 0; i < n; i++) {
        nmt_id *target = at + pairs[i].S;
        nmt_bitext_ids(data, pairs[i].position, at, target);
        pairs[i].source = at;
        pairs[i].target = target;
        at = target + pairs[i].T;
    }
    return 0;
}

void nmt_pair_ids_release(struct nmt_pair_ids *p)
{
    free(p->ids);
    *p = (struct nmt_pair_ids){ .ids = NULL };
}
