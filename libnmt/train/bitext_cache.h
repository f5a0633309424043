/*
 * A bitext kept in a file, so that the next run with the same text and vocabularies need not cut it
 * again, and several runs share its pages. All numbers are little-endian:
 *
 *     0    magic (8 bytes), version (4), bytes of a length and of the ids of both sides, words (4)
 *     16   digests of the text of both sides, of both vocabularies (4 x 16)
 *     80   max_length, lines, pairs, pairs left out (empty, too long), unknown tokens of both
 * sides, bytes of ids (8 x 8) 144  digest of the pairs, that of what stands behind the header (2 x
 * 16) 176  digest of what stands before it (16) 192  heads and ids, as struct nmt_bitext has them
 *
 * Before anything in it is used, the size of the file is what the header says and both digests
 * agree; then every length, line and id is looked at once, so that a file made with bad intent is
 * harmless too. What must not happen is that somebody cuts the file while it is mapped; we
 * ourselves only replace it.
 */
#ifndef NMT_BITEXT_CACHE_H
#define NMT_BITEXT_CACHE_H

#include "train/bitext.h"

enum nmt_cache_state {
    NMT_CACHE_USED,    /* the file holds this bitext: it is mapped */
    NMT_CACHE_NONE,    /* there is no such file, or it is empty */
    NMT_CACHE_OTHER,   /* it holds what came of another text, vocabulary or version */
    NMT_CACHE_DAMAGED, /* it has been cut or changed */
};

/**
 * Maps the file if it holds what nmt_bitext_build would make of the plan. Otherwise `why` is a
 * sentence about the file; b is as released. NMT_EFORMAT: it is something else than such a file,
 * which must not be written over; NMT_EIO: it cannot be read.
 */
int nmt_bitext_open(struct nmt_bitext *b, const struct nmt_bitext_plan *plan, const char *path,
                    enum nmt_cache_state *state, const char **why,
                    struct nmt_err *err) NMT_MUST_USE;

/** Writes what was built by the plan; the file appears whole. */
int nmt_bitext_save(const struct nmt_bitext *b, const struct nmt_bitext_plan *plan,
                    const char *path, struct nmt_err *err) NMT_MUST_USE;

#endif
