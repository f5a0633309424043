/*
 * Word vectors learnt elsewhere, from text files as word2vec and GloVe write them: a word and its
 * numbers a line, separated by spaces; a first line of two whole numbers (how many, how long) may
 * stand before them.
 */
#ifndef NMT_EMBEDDINGS_H
#define NMT_EMBEDDINGS_H

#include <nmt/error.h>
#include <nmt/real.h>
#include <nmt/vocab.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** An embedding matrix that vectors are put into. */
struct nmt_embedding_table {
    const struct nmt_vocab *vocab;
    real *rows; /* [vocabulary][E] */
    size_t E;
    bool *found; /* [vocabulary] which rows came from a file; the first vector of a piece stays */
};

/**
 * Puts the vectors of the words that are one piece of the vocabulary into their rows. In a file
 * with U+2581 at the start of some word, words are pieces as they are spelt in a vocabulary. *count
 * is how many rows were set; digest [16] is of them. A line whose numbers are not E: NMT_ESHAPE
 * with file and line; something else than a number where one is wanted: NMT_EFORMAT.
 */
int nmt_embeddings_read(struct nmt_embedding_table *t, const char *path, size_t *count,
                        uint8_t digest[16], struct nmt_err *err) NMT_MUST_USE;

#endif
