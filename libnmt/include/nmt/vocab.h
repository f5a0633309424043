/*
 * Vocabularies: text to token ids and back. A vocabulary is a list of pieces (id = position),
 * the three special ones first (nmt/id.h), with a type and a normalisation. The file format is
 * described in nmt-vocabulary(5).
 *
 * Immutable after loading or learning: any number of threads may use one vocabulary, each with
 * a segmenter of its own (which holds the word cache and scratch space).
 */
#ifndef NMT_VOCAB_H
#define NMT_VOCAB_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/id.h>
#include <nmt/output.h>
#include <nmt/threads.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nmt_vocab_type { NMT_VOCAB_WORD, NMT_VOCAB_CHAR, NMT_VOCAB_BPE };
enum nmt_normalize { NMT_NORMALIZE_NONE, NMT_NORMALIZE_NFC, NMT_NORMALIZE_NFKC };

/** What a vocabulary is, beside its pieces. */
struct nmt_vocab_spec {
    enum nmt_vocab_type type;
    enum nmt_normalize normalize;
    bool lowercase;
    bool byte_fallback;
};

struct nmt_vocab;
struct nmt_segmenter;

/** Most pieces a vocabulary may have: a longer file is no vocabulary. */
#define NMT_VOCAB_MAX ((size_t)1 << 22)

/** Loads a vocabulary file. Messages name file and line. */
int nmt_vocab_load(struct nmt_vocab **v, const char *path, struct nmt_err *err) NMT_MUST_USE;

/**
 * The same for a file that may also be a .vocab as spm_train exports it, which has no header: spec
 * says what it lacks (byte_fallback is found in it). What can be seen not to be cut here as there
 * is refused: special pieces with other numbers or with scores, pieces that reach over a space,
 * user-defined symbols that are not in angle brackets, pieces or scores that are not of this type.
 */
int nmt_vocab_load_as(struct nmt_vocab **v, const char *path, const struct nmt_vocab_spec *spec,
                      struct nmt_err *err) NMT_MUST_USE;

/** Writes the file format to o. */
int nmt_vocab_save(const struct nmt_vocab *v, struct nmt_output *o,
                   struct nmt_err *err) NMT_MUST_USE;

/**
 * Builds a vocabulary from n pieces (with the special ones) and their scores (NULL: minus the
 * id), as a model file holds them. pieces[i] need not end with NUL; lengths has their bytes.
 * Everything is copied and checked as nmt_vocab_load checks a file.
 */
int nmt_vocab_from_pieces(struct nmt_vocab **v, const struct nmt_vocab_spec *spec,
                          const char *const *pieces, const size_t *lengths, const float *scores,
                          size_t n, struct nmt_err *err) NMT_MUST_USE;

void nmt_vocab_free(struct nmt_vocab *v);

size_t nmt_vocab_size(const struct nmt_vocab *v);

/** Was it loaded from a file of sentencepiece, without a header? */
bool nmt_vocab_is_foreign(const struct nmt_vocab *v);

/**
 * The first symbol in angle brackets, other than <pad>, of a file of sentencepiece; NMT_ID_UNK when
 * there is none. The file does not tell whether it is user-defined, so that text is cut into it and
 * it gives text, or a control symbol. Only the latter is to be had here.
 */
nmt_id nmt_vocab_doubtful(const struct nmt_vocab *v);
const struct nmt_vocab_spec *nmt_vocab_spec(const struct nmt_vocab *v);

/** The text of a piece, ended by NUL, borrowed from v. id < size. *len (may be NULL): its bytes. */
const char *nmt_vocab_piece(const struct nmt_vocab *v, nmt_id id, size_t *len);
float nmt_vocab_score(const struct nmt_vocab *v, nmt_id id);

/** The id of a piece, or NMT_ID_UNK. */
nmt_id nmt_vocab_find(const struct nmt_vocab *v, const char *piece, size_t len);

/**
 * A line cut into pieces. words[w] is a byte range of the raw line (as the caller gave it):
 * its maximal runs of bytes other than ASCII space, in order. word[i] is the word that piece i
 * came from, NMT_NO_WORD for a piece that is made of spaces alone.
 */
struct nmt_segmented {
    nmt_id *ids;
    uint32_t *word;
    size_t n;
    struct nmt_span {
        uint32_t start, len;
    } * words;
    size_t n_words;
};

#define NMT_NO_WORD UINT32_MAX

int nmt_segmenter_new(struct nmt_segmenter **s, const struct nmt_vocab *v,
                      struct nmt_err *err) NMT_MUST_USE;
void nmt_segmenter_free(struct nmt_segmenter *s);

/**
 * From here on bpe pieces are cut with dropout: every possible merge is left out of a step with
 * probability p, by random numbers that depend on (seed, line) alone; call it before each line.
 * p = 0 ends it. It does nothing for word and char.
 */
void nmt_segmenter_dropout(struct nmt_segmenter *s, double p, uint64_t seed, uint64_t line);

/**
 * Cuts a line (valid UTF-8, no LF, at most 2^31 bytes) into pieces; </s> is not added. *out is
 * borrowed from s until the next call. NMT_ETEXT when the line is not valid UTF-8.
 */
int nmt_segmenter_encode(struct nmt_segmenter *s, const char *line, size_t len,
                         const struct nmt_segmented **out, struct nmt_err *err) NMT_MUST_USE;

/** The same for a line that is known to be valid UTF-8, and the ids alone: words are not told. */
int nmt_segmenter_ids(struct nmt_segmenter *s, const char *line, size_t len,
                      const struct nmt_segmented **out, struct nmt_err *err) NMT_MUST_USE;

/**
 * What one piece gives in a text, with the space that it begins with; borrowed, not ended by NUL.
 * id < size. Bytes of a character that is in several pieces are given one by one.
 */
const char *nmt_vocab_text(const struct nmt_vocab *v, nmt_id id, size_t *len);

/** Adds the text of ids[0..n) to out. <s> and </s> give nothing, <unk> gives "<unk>". */
int nmt_vocab_decode(const struct nmt_vocab *v, const nmt_id *ids, size_t n, struct nmt_buffer *out,
                     struct nmt_err *err) NMT_MUST_USE;

/**
 * The word that each piece of a target sequence belongs to, in the text nmt_vocab_decode makes of
 * it (words as in struct nmt_segmented): word[n] is written, NMT_NO_WORD for <s>, </s> and pieces
 * that are spaces. Returns the number of words.
 */
size_t nmt_vocab_words(const struct nmt_vocab *v, const nmt_id *ids, size_t n, uint32_t *word);

/** Learning: lines go in, a vocabulary comes out. The result does not depend on their order. */
struct nmt_vocab_learner;

struct nmt_vocab_learn_options {
    struct nmt_vocab_spec spec;
    size_t size;        /* pieces with the special ones; 0: no bound (word, char) */
    uint64_t min_count; /* words or characters seen less often are left out; at least 1 */
    double coverage;    /* char, bpe: share of running characters that must be covered, <= 1 */
    size_t max_types;   /* bound on distinct words, so that text without spaces cannot eat memory */
    struct nmt_threads *threads; /* borrowed; NULL: the caller alone. They change nothing else */
};

/** word size 30000, bpe 8000, char no bound; min_count 1, coverage 0.9999, max_types 2^24; NFKC. */
struct nmt_vocab_learn_options nmt_vocab_learn_defaults(enum nmt_vocab_type type);

int nmt_vocab_learner_new(struct nmt_vocab_learner **l, const struct nmt_vocab_learn_options *opt,
                          struct nmt_err *err) NMT_MUST_USE;
int nmt_vocab_learner_add(struct nmt_vocab_learner *l, const char *line, size_t len,
                          struct nmt_err *err) NMT_MUST_USE;

/**
 * The same for a line that is known to be valid UTF-8, in the worker of opt->threads that calls it.
 * They may all do so at the same time.
 */
int nmt_vocab_learner_add_text(struct nmt_vocab_learner *l, size_t worker, const char *line,
                               size_t len, struct nmt_err *err) NMT_MUST_USE;

/** Learns from what was added. A bpe size that the text cannot give: NMT_ELIMIT, saying the most.
 */
int nmt_vocab_learner_finish(struct nmt_vocab_learner *l, struct nmt_vocab **v,
                             struct nmt_err *err) NMT_MUST_USE;

/**
 * When it has learnt, or tried to: how many running words were given up because of max_types; the
 * longest go first. *longest: up to that length in bytes none were (SIZE_MAX: none at all).
 */
uint64_t nmt_vocab_learner_given_up(const struct nmt_vocab_learner *l, size_t *longest);

void nmt_vocab_learner_free(struct nmt_vocab_learner *l);

#endif
