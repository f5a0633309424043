/*
 * Terms: words that must, or must not, stand in a translation.
 *
 * What counts is the text, not how it was cut into pieces: a term stands in a translation when its
 * words stand there one after the other, as whole words between spaces (runs of spaces count as
 * one). Every term is looked for by itself, byte by byte, with the prefix function of Knuth, Morris
 * and Pratt, in the pieces as they are written. Its pattern is a space and its words, and the
 * number of bytes of it that stand at the end of a hypothesis is all that must be remembered. When
 * all of them do, the next byte decides: a space, or the end of the translation, makes the term
 * occur, anything else makes its last word another one. If every piece of the vocabulary begins a
 * word, the end of the piece already decides.
 *
 * From this follows what a hypothesis may go on with. After all bytes of a forbidden term nothing
 * may follow that ends its last word; </s> must wait until no required term is missing. To get
 * there a hypothesis is offered, beside its most probable words, the next piece of each term that
 * is missing, as the vocabulary cuts it, or its first one; and after all bytes of a required term
 * the most probable piece that begins a word, and </s>.
 */
#ifndef NMT_TERMS_H
#define NMT_TERMS_H

#include <nmt/arena.h>
#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/id.h>
#include <nmt/translate.h>
#include <nmt/vocab.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Most terms of a sentence, bytes of one, and tokens of all that are required. */
#define NMT_TERMS_MAX       ((size_t)64)
#define NMT_TERM_BYTES_MAX  ((size_t)4096)
#define NMT_TERM_TOKENS_MAX ((size_t)256)

/** What each piece writes, with the space that it may begin with. */
struct nmt_pieces {
    size_t V;
    const char **text; /* [V] not ended by NUL; "" for <s> and </s> */
    size_t *len;       /* [V] */
    bool words;        /* every piece that writes something begins a word */
};

/** Those of a vocabulary, which is borrowed. */
int nmt_pieces_new(struct nmt_pieces **p, const struct nmt_vocab *v,
                   struct nmt_err *err) NMT_MUST_USE;
void nmt_pieces_free(struct nmt_pieces *p);

/** A term that has occurred. */
#define NMT_TERM_MET UINT16_MAX

struct nmt_term {
    bool forbidden;
    uint16_t len;
    char *text;     /* [len] a space, and words with one space between two */
    uint16_t *fail; /* [len + 1] longest proper prefix of text[0..i) that is its suffix */
    uint32_t n;
    nmt_id *ids;   /* [n] as the vocabulary cuts it */
    uint16_t *end; /* [n] bytes of text up to the end of each piece */
};

struct nmt_terms {
    const struct nmt_pieces *pieces;
    nmt_id eos;
    size_t n;
    size_t tokens;         /* of all that are required */
    struct nmt_term *term; /* [n] */
    struct nmt_arena memory;
};

/** What a sentence's hypothesis has of each term: [n] bytes at its end, or NMT_TERM_MET. */
typedef uint16_t nmt_term_state;

/** A term to be: its text (collapsed, without the space in front) and its pieces. */
struct nmt_term_given {
    bool forbidden;
    const char *text;
    size_t len;
    const nmt_id *ids;
    size_t n;
};

/**
 * Terms out of what is given; everything but pieces is copied. A required term that is there
 * already is left out. NMT_ELIMIT when there is too much of something.
 */
int nmt_terms_new(struct nmt_terms **terms, const struct nmt_pieces *pieces, nmt_id eos,
                  const struct nmt_term_given *given, size_t n, struct nmt_err *err) NMT_MUST_USE;
void nmt_terms_free(struct nmt_terms *t);

/** The state of an empty translation. */
void nmt_terms_start(const struct nmt_terms *t, nmt_term_state *state);

/**
 * Writes to `to` what becomes of `from` with one more token; last: the translation ends behind it,
 * as it does behind </s>. False: a forbidden term has occurred. They may be the same.
 */
bool nmt_terms_step(const struct nmt_terms *t, nmt_term_state *to, const nmt_term_state *from,
                    nmt_id id, bool last);

/** Tokens of required terms that are there, whole ones and those under way: 0 to t->tokens. */
size_t nmt_terms_count(const struct nmt_terms *t, const nmt_term_state *state);

/** Have all required terms occurred? */
bool nmt_terms_met(const struct nmt_terms *t, const nmt_term_state *state);

/** May </s> follow? */
bool nmt_terms_may_end(const struct nmt_terms *t, const nmt_term_state *state);

/** Do all bytes of a forbidden, or a required, term stand at the end? */
bool nmt_terms_pending(const struct nmt_terms *t, const nmt_term_state *state, bool forbidden);

/** Does a piece begin with a space? */
static inline bool nmt_piece_begins(const struct nmt_pieces *p, nmt_id id)
{
    return p->len[id] > 0 && p->text[id][0] == ' ';
}

/** The pieces that would help the terms that are missing: ids [t->n]; returns their number. */
size_t nmt_terms_helpers(const struct nmt_terms *t, const nmt_term_state *state, nmt_id *ids);

/**
 * Pieces, beside those that begin a word after a forbidden term's last byte, that would make a
 * forbidden term occur: ids [t->n]; returns their number.
 */
size_t nmt_terms_banned(const struct nmt_terms *t, const nmt_term_state *state, nmt_id *ids);

/** Gives the terms of a line (term_line.c) to a record; pieces are those of vocab, and borrowed. */
int nmt_translated_terms(struct nmt_translated *t, const char *line, size_t len,
                         const struct nmt_pieces *pieces, const struct nmt_vocab *vocab,
                         struct nmt_segmenter *segmenter, struct nmt_err *err) NMT_MUST_USE;

#endif
