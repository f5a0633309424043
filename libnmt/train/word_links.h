/*
 * Guided alignment's data: a file of links between words, a line a sentence pair, and what becomes
 * of them when the words are cut into pieces. A link joins every piece of its source word with
 * every piece of its target word; the shares of the source pieces of one target piece sum to 1
 * (model-spec, 2.13).
 */
#ifndef NMT_WORD_LINKS_H
#define NMT_WORD_LINKS_H

#include "model/batch.h"
#include "train/bitext.h"
#include "train/cutter.h"

struct nmt_word_links {
    struct nmt_word_link {
        uint16_t source, target;
        float weight;
    } const *link;      /* of all pairs, mapped */
    const uint64_t *at; /* [pairs + 1] the first link of each pair of the bitext; NULL: not read */
    size_t n;
    uint8_t digest[16];                    /* of all that is used, in order */
    struct nmt_spool link_spool, at_spool; /* may have a folder before they are read */
};

/**
 * Reads the links of all lines of text; those of the pairs in data are kept. A link that is none or
 * that leaves its sentence: NMT_EFORMAT with file and line; more or fewer lines: NMT_ESHAPE.
 */
int nmt_word_links_read(struct nmt_word_links *l, const char *path, const struct nmt_text text[2],
                        const struct nmt_bitext *data, struct nmt_err *err) NMT_MUST_USE;
void nmt_word_links_release(struct nmt_word_links *l);

/** One thread's links between pieces. Start with `= { 0 }`. */
struct nmt_guides {
    struct nmt_guide *at;
    size_t n, cap;
    size_t *start; /* [pairs] */
    size_t cap_start;
    uint16_t *words; /* scratch: of the pieces of a pair */
    size_t cap_words;
};

/**
 * Sets the guides of pairs[0..n), pieces of data (with words) as `cutter` last cut them (NULL: as
 * they are). pair.position is the number in the bitext. Borrowed until the next call.
 */
int nmt_guides_set(struct nmt_guides *g, const struct nmt_word_links *links,
                   const struct nmt_bitext *data, const struct nmt_cutter *cutter,
                   struct nmt_pair *pairs, size_t n, struct nmt_err *err) NMT_MUST_USE;
void nmt_guides_release(struct nmt_guides *g);

#endif
