/*
 * Links between the words of a sentence and of its translation: reading and writing them.
 *
 * The text form is Pharaoh's, links separated by spaces: `i-j` joins source word i and target
 * word j, both from 0. `ipj` is a link that is merely possible, `i-j:p` one with a weight.
 */
#ifndef NMT_LINKS_H
#define NMT_LINKS_H

#include <nmt/buffer.h>
#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Words are numbered below this; a link that names a later one is refused. */
#define NMT_LINK_WORDS ((uint32_t)1 << 20)

/** Longest line of links in bytes, for nmt_lines_open. */
#define NMT_LINKS_LINE ((size_t)1 << 24)

struct nmt_link {
    uint32_t source, target;
    bool possible;
    float weight; /* of `i-j:p`, in [0, 1]; negative: none was given */
};

/** Links of one sentence pair, by source, then by target word; no pair of words occurs twice. */
struct nmt_links {
    struct nmt_link *at;
    size_t n, cap;
};

/* clang-format off */
#define NMT_LINKS_INIT { NULL, 0, 0 }
/* clang-format on */

/** Frees the content; the struct can be used again. */
void nmt_links_release(struct nmt_links *l);

/** What a line may hold beside `i-j`, and how it counts. */
enum {
    NMT_LINKS_POSSIBLE = 1, /* `ipj` */
    NMT_LINKS_WEIGHTED = 2, /* `i-j:p` */
    NMT_LINKS_FROM_ONE = 4, /* words are numbered from 1 */
    NMT_LINKS_REVERSED = 8  /* the target word comes first */
};

/**
 * Replaces l by the links of line[0..len) in any order. A link given twice counts once: sure
 * beats possible, the larger weight stays. What stands before the last `|||` is passed over. `file`
 * and `number` name the line in messages.
 * NMT_EFORMAT: something is not a link; NMT_ELIMIT: a word from NMT_LINK_WORDS on.
 */
int nmt_links_parse(struct nmt_links *l, const char *line, size_t len, unsigned accept,
                    const char *file, uint64_t number, struct nmt_err *err) NMT_MUST_USE;

/** Adds the links as text, without LF. */
int nmt_links_write(const struct nmt_links *l, struct nmt_buffer *out,
                    struct nmt_err *err) NMT_MUST_USE;

/** Adds a link behind the last; nmt_links_sort must follow when this breaks the order. */
int nmt_links_add(struct nmt_links *l, struct nmt_link link, struct nmt_err *err) NMT_MUST_USE;

/** Brings links into order and drops those given twice. */
void nmt_links_sort(struct nmt_links *l);

/** Source and target change places. */
void nmt_links_invert(struct nmt_links *l);

/** Drops the weights, so that links are written as `i-j`. */
void nmt_links_harden(struct nmt_links *l);

#endif
