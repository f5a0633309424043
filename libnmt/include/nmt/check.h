/* What a line of a bitext may be, and looking a bitext over before it is trained on. */
#ifndef NMT_CHECK_H
#define NMT_CHECK_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/output.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Most bytes of a line that is trained on. */
#define NMT_BITEXT_LINE ((size_t)1 << 24)

/**
 * NMT_ETEXT when a line cannot be trained on, saying why and at which byte: NUL, CR, invalid UTF-8.
 * Translating would refuse it too.
 */
int nmt_bitext_line(const char *line, size_t len, struct nmt_err *err) NMT_MUST_USE;

/** What a clean pair is. */
struct nmt_check_options {
    uint64_t max_words, max_characters; /* of a line; with more it is over-long */
    double max_ratio;                   /* of words, and of bytes where one side is in a script that
                                           puts no spaces between words; at least 1 */
    bool drop_identical;                /* sides that are the same are not clean */
    bool drop_duplicates;               /* a pair that was seen before is not clean */
};

/** 200 words, 4096 characters, ratio 3; identical sides and duplicates are clean. */
struct nmt_check_options nmt_check_defaults(void);

/** What may be wrong with a pair: name, key, what a person reads, and whether it is always dropped
 * from what is clean. */
#define NMT_FINDING_MAP(X)                                                                         \
    X(NMT_FINDING_INVALID, "invalid-utf8", "invalid UTF-8", true)                                  \
    X(NMT_FINDING_NUL, "nul", "NUL", true)                                                         \
    X(NMT_FINDING_CR, "cr", "CR", false)                                                           \
    X(NMT_FINDING_CONTROL, "control", "control characters", true)                                  \
    X(NMT_FINDING_EMPTY, "empty", "empty side", true)                                              \
    X(NMT_FINDING_LONG, "long", "over-long line", true)                                            \
    X(NMT_FINDING_RATIO, "ratio", "length ratio over", true)                                       \
    X(NMT_FINDING_IDENTICAL, "identical", "identical sides", false)                                \
    X(NMT_FINDING_DUPLICATE, "duplicate", "seen before", false)

enum nmt_finding {
#define NMT_FINDING_ENUM(name, key, text, drops) name,
    NMT_FINDING_MAP(NMT_FINDING_ENUM)
#undef NMT_FINDING_ENUM
        NMT_N_FINDINGS
};

struct nmt_check {
    struct nmt_check_options opt;
    struct nmt_check_side {
        const char *path;             /* borrowed */
        uint64_t lines, words, bytes; /* of the file; no words of lines over NMT_BITEXT_LINE */
    } side[2];
    uint64_t pairs, clean;   /* clean: pairs that --clean keeps */
    uint64_t refused, first; /* pairs that nmt-train refuses, and the first of them */
    struct nmt_found {
        uint64_t pairs;      /* with the finding */
        uint64_t line, byte; /* the first: line from 1; byte from 1, 0 when it has none */
        int side;            /* 0 source, 1 target, -1 both */
    } found[NMT_N_FINDINGS];
};

/**
 * Reads both files to their ends and fills in c; opt is NULL for the defaults. Words stand between
 * white space: TAB, the space, and what NFKC makes a space, such as U+00A0 and U+3000; a side of
 * white space alone is empty. With two paths in `clean` (else NULL) the clean pairs are written
 * there, CR at the end of a line left out: nmt-train accepts what is written. Nothing is written
 * when the line counts differ.
 */
int nmt_check_bitext(struct nmt_check *c, const char *source, const char *target,
                     const char *const clean[2], const struct nmt_check_options *opt,
                     struct nmt_err *err) NMT_MUST_USE;

/** Same number of lines, none that nmt-train refuses, and at least one clean pair. */
bool nmt_check_usable(const struct nmt_check *c);

/** Adds a report for people, or one JSON object, with LF at the end. */
int nmt_check_report(const struct nmt_check *c, struct nmt_buffer *out,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_check_json(const struct nmt_check *c, struct nmt_buffer *out,
                   struct nmt_err *err) NMT_MUST_USE;

#endif
