/* A number for each code point, 0 at first, in pages that are there once they are needed. */
#ifndef NMT_CODE_POINTS_INTERNAL_H
#define NMT_CODE_POINTS_INTERNAL_H

#include <nmt/error.h>

#include <stddef.h>
#include <stdint.h>

#define NMT_CODE_POINTS ((uint32_t)0x110000)
#define NMT_CODE_PAGE   256

struct nmt_code_points {
    uint64_t *pages[NMT_CODE_POINTS / NMT_CODE_PAGE];
};

void nmt_code_points_release(struct nmt_code_points *c);

/** The place of a code point's number, NULL when there is no memory for it. */
uint64_t *nmt_code_points_at(struct nmt_code_points *c, uint32_t cp);

static inline uint64_t nmt_code_points_get(const struct nmt_code_points *c, uint32_t cp)
{
    const uint64_t *page = c->pages[cp / NMT_CODE_PAGE];
    return page ? page[cp % NMT_CODE_PAGE] : 0;
}

#endif
