/*
 * Learning merges: the most frequent pair of neighbouring symbols is joined wherever it stands,
 * again and again. Pieces for nmt-vocab and codes for subword-nmt are learnt by this one machine,
 * with another order among equal counts.
 */
#ifndef NMT_MERGE_LEARNER_INTERNAL_H
#define NMT_MERGE_LEARNER_INTERNAL_H

#include "merge_join_internal.h"

struct nmt_merge_learner {
    struct nmt_merge_text text;
    bool bar_bytes; /* pieces spelt as byte pieces are not to be made */
    size_t budget; /* bytes for places of a survey; another budget does not change what is learnt */
    struct nmt_threads *threads; /* borrowed; NULL: the caller alone */
    struct nmt_survey candidates;
    struct nmt_merge_wait {
        uint64_t priority;
        uint32_t pair;
    } * heap;
    size_t n_heap, cap_heap;
    struct nmt_merge_joiner joiner;
};

int nmt_merge_learner_init(struct nmt_merge_learner *m, enum nmt_merge_rule rule,
                           struct nmt_err *err) NMT_MUST_USE;
void nmt_merge_learner_release(struct nmt_merge_learner *m);

/**
 * Makes one merge in m->text. Returns 1 and sets *left, *right and *joined, which is new, or 0
 * when no pair has min_count, which must be the same in all calls.
 */
int nmt_merge_learner_step(struct nmt_merge_learner *m, uint64_t min_count, uint32_t *left,
                           uint32_t *right, uint32_t *joined, struct nmt_err *err) NMT_MUST_USE;

#endif
