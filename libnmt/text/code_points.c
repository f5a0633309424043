/* Numbers of code points. */
#include "code_points_internal.h"

#include <stdlib.h>

void nmt_code_points_release(struct nmt_code_points *c)
{
    for (size_t i = 0; i < NMT_CODE_POINTS / NMT_CODE_PAGE; i++) {
        free(c->pages[i]);
        c->pages[i] = NULL;
    }
}

uint64_t *nmt_code_points_at(struct nmt_code_points *c, uint32_t cp)
{
    uint64_t **page = &c->pages[cp / NMT_CODE_PAGE];
    if (!*page)
        *page = calloc(NMT_CODE_PAGE, sizeof **page);
    return *page ? *page + cp % NMT_CODE_PAGE : NULL;
}
