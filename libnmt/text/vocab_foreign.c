/*
 * The .vocab file that spm_train writes beside a model: lines as in a vocabulary of nmt, but no
 * header, and no escapes, for a U+2581 of the text is a space there. It does not hold what else
 * the model does; what can be told from its lines is checked, so that text is not cut in another
 * way in silence.
 *
 * Pieces that were not learnt have the score 0: the special ones, bytes, and symbols that were
 * asked for. Scores of bpe are -0, -1, -2 ..., those of words and characters logarithms.
 *
 * Symbols are of two kinds, which the file does not tell apart. Text is never cut into a control
 * symbol, and always, before anything else, into a user-defined one. Those in angle brackets are
 * taken for control symbols, but text where that makes a difference is refused by the converter.
 */
#include "spelling_internal.h"
#include "vocab_internal.h"

#include <math.h>
#include <string.h>

static bool starts_with(const char *s, size_t n, const char *with)
{
    size_t len = strlen(with);
    return n >= len && memcmp(s, with, len) == 0;
}

/* In the spelling of nmt. Only a space at the beginning can be cut before. */
static int spell(struct nmt_buffer *out, const char *piece, size_t len, const char **fault,
                 struct nmt_err *err)
{
    out->len = 0;
    for (size_t i = 0; i < len; i++) {
        if (i > 0 && starts_with(piece + i, len - i, NMT_SPACE))
            *fault = "reaches from one word into another, which is not supported";
        if (starts_with(piece + i, len - i, NMT_ESCAPE))
            NMT_TRY(nmt_buffer_add(out, NMT_ESCAPE, NMT_SPACE_LEN, err));
        NMT_TRY(nmt_buffer_addc(out, piece[i], err));
    }
    return 0;
}

/* Why a piece is not one of this type, NULL when it may be. */
static const char *type_fault(enum nmt_vocab_type type, const char *piece, size_t len, float score)
{
    if (type == NMT_VOCAB_BPE && score != floorf(score))
        return "has a score that bpe does not give (is the model of another type?)";
    if (type == NMT_VOCAB_CHAR && nmt_spelling_symbol(piece, len) < len)
        return "is more than a character (is the model of another type?)";
    if (type == NMT_VOCAB_WORD && !starts_with(piece, len, NMT_SPACE))
        return "does not begin with a space (is the model of another type?)";
    return NULL;
}

bool nmt_vocab_doubts(const struct nmt_vocab *v, nmt_id id)
{
    size_t len;
    const char *piece = nmt_vocab_piece(v, id, &len);
    return v->foreign && id >= NMT_ID_SPECIALS && v->pieces.items[id].value == NMT_PIECE_SPECIAL &&
           strcmp(piece, "<pad>") != 0;
}

nmt_id nmt_vocab_doubtful(const struct nmt_vocab *v)
{
    return v->doubtful;
}

nmt_id nmt_vocab_find_doubtful(const struct nmt_vocab *v, const char *text, size_t len)
{
    const char *end = text + len, *start = text;
    for (; (start = memchr(start, '<', (size_t)(end - start))); start++) {
        size_t most = (size_t)(end - start);
        if (most > v->longest_doubtful)
            most = v->longest_doubtful;
        for (size_t i = 2; i < most; i++) {
            nmt_id id = start[i] == '>' ? nmt_vocab_find(v, start, i + 1) : NMT_ID_UNK;
            if (id != NMT_ID_UNK && nmt_vocab_doubts(v, id))
                return id;
        }
    }
    return NMT_ID_UNK;
}

static int push(struct nmt_vocab *v, const char *piece, size_t len, float score,
                struct nmt_piece_origin from, struct nmt_buffer *spelt, struct nmt_err *err)
{
    nmt_id id = (nmt_id)v->pieces.n;
    bool byte = nmt_piece_byte(piece, len) >= 0, special = id < NMT_ID_SPECIALS;
    bool zero = score == 0 && !signbit(score);
    bool only_word = v->spec.type == NMT_VOCAB_WORD && starts_with(piece, len, NMT_SPACE);
    bool symbol = zero && !byte && !special && !only_word; /* its probability is 1 */
    const char *fault = NULL;
    NMT_TRY(spell(spelt, piece, len, &fault, err));
    if (!fault && symbol && (!nmt_piece_is_symbol(piece, len, score) || spelt->len > len))
        fault = "is a symbol without angle brackets, which is not supported";
    if (!fault && byte && !zero)
        fault = "has a score, which spm_train gives no byte";
    if (!fault && !symbol && !byte && !special)
        fault = type_fault(v->spec.type, spelt->data, spelt->len, score);
    if (fault && len > 0)
        return nmt_fail(err, NMT_EFORMAT, from.line, "%s:%llu: piece '%.*s' %s", from.name,
                        (unsigned long long)from.line, (int)(len < 60 ? len : 60), piece, fault);
    NMT_TRY(nmt_vocab_push(v, spelt->data, spelt->len, score, from, err));
    if (special && !zero)
        return nmt_fail(err, NMT_EFORMAT, from.line,
                        "%s:%llu: piece '%s' has a score, which spm_train does not give it",
                        from.name, (unsigned long long)from.line, nmt_special_pieces[id]);
    if (nmt_vocab_doubts(v, id)) {
        if (v->doubtful == NMT_ID_UNK)
            v->doubtful = id;
        if (v->longest_doubtful < len)
            v->longest_doubtful = len;
    }
    return 0;
}

static int load(struct nmt_vocab *v, struct nmt_lines *in, char *line, size_t len,
                struct nmt_buffer *spelt, struct nmt_err *err)
{
    struct nmt_piece_origin from = { nmt_lines_name(in), 0 };
    for (int rc = 1; rc > 0;) {
        float score;
        from.line++;
        NMT_TRY(nmt_vocab_split_line(line, len, from, &len, &score, err));
        NMT_TRY(push(v, line, len, score, from, spelt, err));
        NMT_TRY(rc = nmt_lines_next_whole(in, &line, &len, err));
    }
    if (v->n_bytes == 0)
        v->spec.byte_fallback = false;
    return nmt_vocab_seal(v, from, err);
}

int nmt_vocab_load_foreign(struct nmt_vocab **v, struct nmt_lines *in, char *line, size_t len,
                           const struct nmt_vocab_spec *spec, struct nmt_err *err)
{
    struct nmt_vocab_spec guess = *spec;
    struct nmt_buffer spelt = NMT_BUFFER_INIT;
    guess.byte_fallback = true;
    NMT_TRY(nmt_vocab_begin(v, &guess, err));
    (*v)->foreign = true;
    int rc = load(*v, in, line, len, &spelt, err);
    nmt_buffer_release(&spelt);
    return rc;
}
