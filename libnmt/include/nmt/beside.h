/*
 * Files that go beside a stream of sentences, a line a record: translations to score, beginnings of
 * translations, words that they must or must not hold.
 */
#ifndef NMT_BESIDE_H
#define NMT_BESIDE_H

#include <nmt/error.h>
#include <nmt/translate.h>
#include <nmt/vocab.h>

#include <stdbool.h>
#include <stdint.h>

enum nmt_beside_kind {
    NMT_BESIDE_TARGET, /* the translation, which is scored; an empty line ends at once */
    NMT_BESIDE_PREFIX, /* its beginning; an empty line leaves it free */
    NMT_BESIDE_TERMS   /* terms with tabs between them; '!' before one forbids it */
};

struct nmt_beside;

/**
 * path as nmt_lines_open has it; target (borrowed) cuts the lines; ids: they are token ids (terms
 * are text all the same). Terms given to records are good as long as the file is open.
 */
int nmt_beside_open(struct nmt_beside **b, enum nmt_beside_kind kind, const char *path,
                    const struct nmt_vocab *target, bool ids, struct nmt_err *err) NMT_MUST_USE;

/**
 * Gives the next line to r, which is record `number` (from 1) of the stream. A line that is no text
 * or cannot be used is the record's fault; a record that has a fault already takes its line along.
 * NMT_ESHAPE: there is no line.
 */
int nmt_beside_next(struct nmt_beside *b, struct nmt_translated *r, uint64_t number,
                    struct nmt_err *err) NMT_MUST_USE;

/** The stream had `records` records: NMT_ESHAPE when there are more lines. */
int nmt_beside_end(struct nmt_beside *b, uint64_t records, struct nmt_err *err) NMT_MUST_USE;

/** NULL is fine. */
void nmt_beside_close(struct nmt_beside *b);

#endif
