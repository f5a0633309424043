/* What a vocabulary is inside, and how one is built piece by piece. */
#ifndef NMT_VOCAB_INTERNAL_H
#define NMT_VOCAB_INTERNAL_H

#include "merges_internal.h"
#include "strings_internal.h"

#include <nmt/buffer.h>
#include <nmt/lines.h>
#include <nmt/vocab.h>

#include <pthread.h>

/** Most bytes of a piece. */
#define NMT_PIECE_MAX 1024

enum nmt_piece_kind { NMT_PIECE_TEXT, NMT_PIECE_SPACES, NMT_PIECE_SPECIAL, NMT_PIECE_BYTE };

struct nmt_vocab {
    struct nmt_vocab_spec spec;
    bool foreign;              /* from a file of sentencepiece */
    nmt_id doubtful;           /* its first symbol that may be user-defined; NMT_ID_UNK: none */
    size_t longest_doubtful;   /* bytes */
    struct nmt_strings pieces; /* number = id; value = enum nmt_piece_kind */
    float *scores;
    size_t cap_scores;
    struct nmt_buffer text; /* what each piece decodes to, one behind the other */
    uint64_t *text_at;      /* [size + 1] */
    nmt_id space;           /* the piece that is one space, or NMT_ID_UNK */
    nmt_id bytes[256];      /* with byte fallback */
    size_t n_bytes;
    pthread_mutex_t lock; /* around the making of merges */
    struct nmt_merges *merges;
};

/** Where a piece comes from, for messages: "name:line: ..." */
struct nmt_piece_origin {
    const char *name;
    uint64_t line;
};

/** An empty vocabulary to be filled with nmt_vocab_push and closed with nmt_vocab_seal. */
int nmt_vocab_begin(struct nmt_vocab **v, const struct nmt_vocab_spec *spec,
                    struct nmt_err *err) NMT_MUST_USE;
int nmt_vocab_push(struct nmt_vocab *v, const char *piece, size_t len, float score,
                   struct nmt_piece_origin from, struct nmt_err *err) NMT_MUST_USE;
int nmt_vocab_seal(struct nmt_vocab *v, struct nmt_piece_origin from,
                   struct nmt_err *err) NMT_MUST_USE;

/** Parts "piece TAB score": *piece is the length of the piece. */
int nmt_vocab_split_line(const char *line, size_t len, struct nmt_piece_origin from, size_t *piece,
                         float *score, struct nmt_err *err) NMT_MUST_USE;

/**
 * Loads a file of sentencepiece, the first line of which has been read. *v may be set when it
 * fails, and is the caller's all the same.
 */
int nmt_vocab_load_foreign(struct nmt_vocab **v, struct nmt_lines *in, char *line, size_t len,
                           const struct nmt_vocab_spec *spec, struct nmt_err *err) NMT_MUST_USE;

/** The byte that a piece such as <0xE2> stands for, -1 for any other. */
int nmt_piece_byte(const char *piece, size_t len);

/** Is this a control symbol, such as <pad>: in angle brackets, with a score that no text has? */
bool nmt_piece_is_symbol(const char *piece, size_t len, float score);

/**
 * Is a piece a symbol of which a file of sentencepiece does not tell whether text is cut into it?
 */
bool nmt_vocab_doubts(const struct nmt_vocab *v, nmt_id id);

/** The first such symbol in a text; NMT_ID_UNK: none. */
nmt_id nmt_vocab_find_doubtful(const struct nmt_vocab *v, const char *text, size_t len);

/** The pieces that every vocabulary starts with. */
extern const char *const nmt_special_pieces[NMT_ID_SPECIALS];

/** The merges of a bpe vocabulary, made at the first call; safe in many threads. */
int nmt_vocab_merges(const struct nmt_vocab *v, const struct nmt_merges **m,
                     struct nmt_err *err) NMT_MUST_USE;

#endif
