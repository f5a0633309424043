/*
 * Joining a pair of symbols wherever it stands in the text. A long list of places is cut into parts
 * that lie in different words, far enough from each other that threads can work on them at the same
 * time. Nothing depends on the cuts.
 */
#ifndef NMT_MERGE_JOIN_INTERNAL_H
#define NMT_MERGE_JOIN_INTERNAL_H

#include "pair_survey_internal.h"

#define NMT_JOIN_PARTS 8 /* at most */

struct nmt_merge_joiner {
    size_t part_bytes; /* of a list; less is not worth another thread */
    struct nmt_join_part {
        uint32_t first, n; /* bytes of the list; the first difference is counted from `origin` */
        uint32_t origin;
        /* The pairs of the joined symbol with what stands before it and behind it. By symbol. */
        struct nmt_join_gains {
            struct nmt_join_gain {
                uint64_t count;
                uint32_t n, first, last; /* bytes of its places; the first and the last one */
                uint32_t pair;
            } * of;
            uint32_t *touched;
            size_t n_touched, cap;
        } gains[2];
    } parts[NMT_JOIN_PARTS];
};

void nmt_merge_joiner_init(struct nmt_merge_joiner *j);
void nmt_merge_joiner_release(struct nmt_merge_joiner *j);

/**
 * Joins the pair of that number into a symbol that is new. Counts of other pairs fall; new ones
 * that reach the threshold are added behind the others.
 */
int nmt_merge_joiner_run(struct nmt_merge_joiner *j, struct nmt_merge_text *t, struct nmt_survey *c,
                         uint32_t number, uint32_t joined, struct nmt_threads *threads,
                         struct nmt_err *err) NMT_MUST_USE;

#endif
