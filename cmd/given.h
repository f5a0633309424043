/*
 * What is given to nmt-decode beside the stream: files with a line for each record, which say what
 * its translation is (--force), how it begins (--prefix), what it must hold (--terms).
 */
#ifndef GIVEN_H
#define GIVEN_H

#include "cli.h"

#include <nmt/beside.h>
#include <nmt/print.h>
#include <nmt/search.h>

enum { OPT_FORCE = 768, OPT_SUMMARY, OPT_PREFIX, OPT_TERMS };

/* clang-format off */
#define GIVEN_OPTIONS                                                                              \
    { OPT_FORCE, "force", "TARGET", "score the lines of TARGET instead of translating" },          \
    { OPT_SUMMARY, "summary", NULL, "--force: one line with perplexity and sums for all records" },\
    { OPT_PREFIX, "prefix", "FILE", "line n is how translation n begins" },                        \
    { OPT_TERMS, "terms", "FILE", "line n has the words translation n must hold, or (!) must not" }
/* clang-format on */

enum { GIVEN_FILES = 3 };

/** Start with `= { 0 }`. */
struct given {
    bool forced, summary;
    struct nmt_beside *file[GIVEN_FILES];
};

/** Sets forced and summary. What cannot be together, or would mean nothing, is misuse. */
void given_read(struct given *g, const struct cli *cli, const struct nmt_search_options *search,
                const struct nmt_print_options *print);

/** Opens the files; their lines are text for the vocabulary, or its ids. */
int given_open(struct given *g, const struct cli *cli, const struct nmt_vocab *target, bool ids,
               struct nmt_err *err) NMT_MUST_USE;

/** The next line of each file belongs to record r, the number-th of the stream. */
int given_next(struct given *g, struct nmt_translated *r, uint64_t number,
               struct nmt_err *err) NMT_MUST_USE;

/** After the last record: files must have no more lines. */
int given_end(struct given *g, uint64_t records, struct nmt_err *err) NMT_MUST_USE;

void given_close(struct given *g);

#endif
