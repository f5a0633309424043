/*
 * The beams of a set of sentences: which hypotheses live, which are done, and the tree of words
 * they share. Knows nothing of models.
 *
 * A sentence starts with one empty hypothesis and room for K. Each step keeps the k = K - |done|
 * best extensions; those that end with </s> are done and give up their place (model-spec, 1.11).
 * When translations are drawn, K rows go their ways, each with a number of its own.
 * A sentence with required terms has a beam for each number of their tokens (banks.c).
 * It is over when no place is left or nothing that lives can change the answer (ending.c).
 */
#ifndef NMT_BEAM_H
#define NMT_BEAM_H

#include "search/candidates.h"

/** A word of a hypothesis; its words are read from the last one back. */
struct nmt_node {
    uint32_t before; /* node of the word before; NMT_NO_NODE: it is the first */
    nmt_id id;
    real log_prob;
    size_t alpha; /* where the weights for this word begin in struct nmt_beams.alpha */
};

#define NMT_NO_NODE UINT32_MAX

struct nmt_ending {
    uint32_t node, n; /* last word; words */
    uint32_t number;  /* of a translation that was drawn */
    double log_prob, coverage, score;
    bool finished;
};

struct nmt_beam {
    uint32_t sentence; /* in the set */
    uint64_t name;     /* of its random numbers */
    uint32_t live;     /* rows it has in this step */
    uint32_t places;   /* K - |done| */
    uint32_t min_length, max_length, n_prefix;
    const nmt_id *prefix;
    const struct nmt_terms *terms; /* NULL: none */
    uint32_t n_endings;
    struct nmt_ending *ending; /* [K] finished ones first, then by falling score */
};

/** The rows of a step: live hypotheses, a sentence's by falling score. */
struct nmt_rows {
    uint32_t *parent;      /* row of the step before */
    uint32_t *of;          /* sentence in the set */
    uint32_t *node;        /* last word */
    nmt_id *y;             /* the same as an id */
    double *log_prob;      /* sum so far */
    size_t *alpha;         /* where the weights for the next word begin */
    uint32_t *number;      /* of the translation that is drawn */
    nmt_term_state *state; /* [n_state] for each row */
};

/** An extension that is among the best of its sentence, or of its bank. */
struct nmt_place {
    uint32_t row;
    nmt_id id;
    real log_prob; /* of the word */
    double sum;
};

struct nmt_beams {
    const struct nmt_search_options *options;
    struct nmt_beam *beam; /* [B]; the first n_active are still at work, in the set's order */
    size_t n_active, n_rows;
    struct nmt_rows now, next;
    size_t most;                 /* candidates of a row */
    struct nmt_candidate *found; /* [rows][most] */
    uint32_t *count;             /* [rows] */
    struct nmt_wanted *wanted;   /* [rows] */
    struct nmt_place *place;     /* [K for each bank] scratch */
    uint32_t *in_bank;           /* [banks] scratch */
    size_t n_state;              /* most terms of a sentence */
    nmt_term_state *state;       /* [n_state] scratch */
    struct nmt_node *node;       /* grows */
    size_t n_nodes, cap_nodes;
    uint32_t t; /* steps done */

    /** The coverage penalty of what ends with a node, 0 or less; NULL: there is none. */
    double (*coverage)(const void *arg, uint32_t sentence, uint32_t node);
    const void *arg;
};

/** Rows that a sentence may have: K, for each bank. */
size_t nmt_beams_rows(const struct nmt_search_options *o, const struct nmt_search_set *set);

/** Lays out (or measures) everything but the nodes for a set of sentences. */
void nmt_beams_plan(struct nmt_beams *b, struct nmt_arena *arena,
                    const struct nmt_search_options *o, const struct nmt_search_set *set);
void nmt_beams_start(struct nmt_beams *b, const struct nmt_search_set *set);

/** Fills b->wanted for the step to come. */
void nmt_beams_want(struct nmt_beams *b);

/** Takes the candidates in b->found: the next rows stand in b->now. NMT_ENOMEM, NMT_ELIMIT. */
int nmt_beams_extend(struct nmt_beams *b, struct nmt_err *err) NMT_MUST_USE;

/** Puts an ending in its place among the others. */
void nmt_beam_end(struct nmt_beam *beam, const struct nmt_search_options *o, struct nmt_ending x);

/** Can nothing that lives change the n best endings? best_alive: the greatest sum among them. */
bool nmt_beam_is_final(const struct nmt_beam *beam, const struct nmt_search_options *o,
                       double best_alive);

/**
 * The best extensions, in each bank, of a sentence with terms: they are left in b->place, their
 * number is returned.
 */
uint32_t nmt_banks_choose(struct nmt_beams *b, const struct nmt_beam *beam, uint32_t first);

void nmt_beams_release(struct nmt_beams *b);

#endif
