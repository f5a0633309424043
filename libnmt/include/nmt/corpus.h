/*
 * Hypotheses of one or more systems beside their references, read in step from files that must
 * have the same number of lines. Lines are valid UTF-8, white space at their end cut off.
 */
#ifndef NMT_CORPUS_H
#define NMT_CORPUS_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The files; "-" is stdin, for one of them at most. */
struct nmt_corpus_files {
    const char *const *systems; /* [n_systems] hypotheses, one or more */
    size_t n_systems;
    const char *const *refs; /* [n_refs] references, one or more */
    size_t n_refs;
    bool refs_tab; /* one file of references, those of a line separated by tabs */
    size_t
        refs_each; /* with refs_tab: so many in every line, also blank ones; 0: those with text */
    const char *source; /* the source text, or NULL */
};

/** A line of all files. */
struct nmt_corpus_line {
    uint64_t number;         /* from 1 */
    const char *const *hyps; /* [n_systems], ended by NUL */
    const size_t *hyp_lens;
    const char *const *refs; /* [n_refs], at least one */
    const size_t *ref_lens;
    size_t n_refs;
    const char *source; /* NULL without a source file */
    size_t source_len;
};

struct nmt_corpus;

/** What a file is called in reports: "(stdin)" for "-". */
const char *nmt_corpus_name(const char *path);

int nmt_corpus_open(struct nmt_corpus **c, const struct nmt_corpus_files *files,
                    struct nmt_err *err) NMT_MUST_USE;
void nmt_corpus_close(struct nmt_corpus *c);

/**
 * From now on nmt_corpus_read gives what it has so many milliseconds after it got the first line,
 * for who wants to see scores while lines come steadily. Without it a batch is as large as it may
 * be.
 */
void nmt_corpus_pace(struct nmt_corpus *c, int64_t ms);

/**
 * Reads some more lines: *lines and *n (at most `most`) are borrowed from c until the next call.
 * Returns 1, or 0 when all files have ended together. NMT_ESHAPE when they do not: the message has
 * the names and numbers of lines of the two that differ. NMT_ETEXT for invalid UTF-8, with file,
 * line and byte, for a line with another number of references than refs_each, and for files without
 * a line. When a file is a pipe that pauses, what has arrived is given.
 */
int nmt_corpus_read(struct nmt_corpus *c, size_t most, const struct nmt_corpus_line **lines,
                    size_t *n, struct nmt_err *err) NMT_MUST_USE;

#endif
