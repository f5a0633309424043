/*
 * The training data: lines of two sides, and the token ids made of them.
 */
#ifndef NMT_BITEXT_H
#define NMT_BITEXT_H

#include <nmt/buffer.h>
#include <nmt/config.h>
#include <nmt/error.h>
#include <nmt/id.h>
#include <nmt/vocab.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The lines of one side, one behind the other. */
struct nmt_text {
    struct nmt_buffer bytes;
    size_t *at; /* [n + 1] where each line starts */
    size_t n, cap;
};

void nmt_text_release(struct nmt_text *t);

/** Line i, not ended by NUL. */
const char *nmt_text_line(const struct nmt_text *t, size_t i, size_t *len);

/**
 * Reads both sides. Different numbers of lines: NMT_ESHAPE with both counts. Invalid UTF-8 or a
 * NUL: NMT_ETEXT with file, line and byte. target NULL: source is one stream of lines "source TAB
 * target" ("-": stdin); a line without exactly one TAB is NMT_EFORMAT.
 */
int nmt_text_read_pair(struct nmt_text *source, struct nmt_text *target, const char *source_path,
                       const char *target_path, struct nmt_err *err) NMT_MUST_USE;

#define NMT_NO_WORD_16 UINT16_MAX

/** A word of struct nmt_segmented as struct nmt_bitext holds it; its sentences are short. */
static inline uint16_t nmt_word_16(uint32_t word)
{
    return word < NMT_NO_WORD_16 ? (uint16_t)word : NMT_NO_WORD_16;
}

/** Sentence pairs as ids; every sentence ends with </s>. */
struct nmt_bitext {
    nmt_id *ids;
    uint16_t *words; /* the word of each id, NMT_NO_WORD_16 of none; NULL: not asked for */
    size_t n_ids, cap_ids, cap_words;
    struct nmt_bitext_pair {
        size_t source, target; /* first id of each side in ids */
        uint32_t S, T;         /* with </s> */
        uint32_t line;         /* from 0, in the text */
        float weight;          /* of its loss; 1 at first */
    } * pair;
    size_t n, cap;
    size_t empty, long_;       /* pairs left out: a side without words, or over the limit */
    uint64_t S_total, T_total; /* tokens without </s> */
    uint64_t unknown_source, unknown_target;
    uint8_t digest[16]; /* of all that is used, in order */
};

/**
 * Segments the lines. Pairs with an empty side or with more than max_length tokens on a side are
 * left out and counted; max_length 0: no limit, and pairs with an empty side are kept (an empty
 * sentence is </s> alone). words: the word of each id is kept too.
 */
int nmt_bitext_build(struct nmt_bitext *b, const struct nmt_text *source,
                     const struct nmt_text *target, const struct nmt_vocab *source_vocab,
                     const struct nmt_vocab *target_vocab, size_t max_length, bool words,
                     struct nmt_err *err) NMT_MUST_USE;
void nmt_bitext_release(struct nmt_bitext *b);

/** Have both the same pieces under the same ids? */
bool nmt_vocab_same_pieces(const struct nmt_vocab *a, const struct nmt_vocab *b);

/** Learns the vocabularies a configuration asks for; *target may be *source (joint). */
int nmt_vocab_learn_pair(struct nmt_vocab **source, struct nmt_vocab **target,
                         const struct nmt_config *c, const struct nmt_text *source_text,
                         const struct nmt_text *target_text, struct nmt_err *err) NMT_MUST_USE;

#endif
