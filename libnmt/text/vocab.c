/* A vocabulary in memory: pieces in, checked one by one; ids and texts out. */
#include "vocab_internal.h"

#include "spelling_internal.h"

#include <nmt/utf8.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const nmt_special_pieces[NMT_ID_SPECIALS] = { "<unk>", "<s>", "</s>" };

int nmt_vocab_begin(struct nmt_vocab **out, const struct nmt_vocab_spec *spec, struct nmt_err *err)
{
    struct nmt_vocab *v = calloc(1, sizeof *v);
    if (!v)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    v->spec = *spec;
    pthread_mutex_init(&v->lock, NULL);
    *out = v;
    return 0;
}

void nmt_vocab_free(struct nmt_vocab *v)
{
    if (!v)
        return;
    nmt_strings_release(&v->pieces);
    nmt_buffer_release(&v->text);
    nmt_merges_free(v->merges);
    pthread_mutex_destroy(&v->lock);
    free(v->scores);
    free(v->text_at);
    free(v);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int nmt_piece_byte(const char *piece, size_t len)
{
    if (len != 6 || memcmp(piece, "<0x", 3) != 0 || piece[5] != '>')
        return -1;
    int high = hex_digit(piece[3]), low = hex_digit(piece[4]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Why a string cannot be a piece, NULL when it can. */
static const char *piece_fault(const char *piece, size_t len)
{
    if (len == 0)
        return "piece is empty";
    if (len > NMT_PIECE_MAX)
        return "piece is longer than 1024 bytes";
    for (size_t i = 0; i < len; i++)
        if (piece[i] == ' ' || piece[i] == '\n' || piece[i] == '\0')
            return piece[i] == ' ' ? "piece contains a space" : "piece contains LF or NUL";
    for (size_t i = 0; i < len;) {
        size_t symbol = nmt_spelling_symbol(piece + i, len - i);
        if (symbol == 0)
            return nmt_utf8_valid(piece, len) < len ? "piece is not valid UTF-8"
                                                    : "U+2582 stands alone (see "
                                                      "nmt-vocabulary(5))";
        if (i > 0 && symbol == NMT_SPACE_LEN && memcmp(piece + i, NMT_SPACE, NMT_SPACE_LEN) == 0)
            return "piece reaches over a space";
        i += symbol;
    }
    return NULL;
}

static bool all_spaces(const char *piece, size_t len)
{
    if (len % NMT_SPACE_LEN != 0)
        return false;
    for (size_t i = 0; i < len; i += NMT_SPACE_LEN)
        if (memcmp(piece + i, NMT_SPACE, NMT_SPACE_LEN) != 0)
            return false;
    return true;
}

bool nmt_piece_is_symbol(const char *piece, size_t len, float score)
{
    return len > 2 && piece[0] == '<' && piece[len - 1] == '>' && score == 0 && !signbit(score);
}

static enum nmt_piece_kind kind_of(struct nmt_vocab *v, nmt_id id, const char *piece, size_t len,
                                   float score)
{
    if (id < NMT_ID_SPECIALS)
        return NMT_PIECE_SPECIAL;
    int byte = v->spec.byte_fallback ? nmt_piece_byte(piece, len) : -1;
    if (byte >= 0) {
        v->bytes[byte] = id;
        v->n_bytes++;
        return NMT_PIECE_BYTE;
    }
    if (nmt_piece_is_symbol(piece, len, score))
        return NMT_PIECE_SPECIAL;
    if (len == NMT_SPACE_LEN && all_spaces(piece, len))
        v->space = id;
    return all_spaces(piece, len) ? NMT_PIECE_SPACES : NMT_PIECE_TEXT;
}

static int grow_scores(struct nmt_vocab *v, struct nmt_err *err)
{
    size_t cap = v->cap_scores ? v->cap_scores * 2 : 64;
    float *scores = realloc(v->scores, cap * sizeof *scores);
    if (!scores)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    v->scores = scores;
    uint64_t *at = realloc(v->text_at, (cap + 1) * sizeof *at);
    if (!at)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    v->text_at = at;
    v->cap_scores = cap;
    return 0;
}

/* What a piece decodes to; that of bytes is put together by the decoder. */
static int add_text(struct nmt_vocab *v, enum nmt_piece_kind kind, const char *piece, size_t len,
                    struct nmt_err *err)
{
    if (kind == NMT_PIECE_TEXT || kind == NMT_PIECE_SPACES)
        return nmt_unspell(&v->text, piece, len, err);
    if (kind == NMT_PIECE_BYTE)
        return nmt_buffer_addc(&v->text, (char)nmt_piece_byte(piece, len), err);
    return 0;
}

int nmt_vocab_push(struct nmt_vocab *v, const char *piece, size_t len, float score,
                   struct nmt_piece_origin from, struct nmt_err *err)
{
    unsigned long long line = from.line;
    nmt_id id = (nmt_id)v->pieces.n;
    const char *fault = piece_fault(piece, len);
    if (!fault && !isfinite(score))
        fault = "score is not a finite number";
    if (!fault && v->pieces.n >= NMT_VOCAB_MAX)
        fault = "more than 4194304 pieces";
    if (fault)
        return nmt_fail(err, NMT_EFORMAT, line, "%s:%llu: %s", from.name, line, fault);
    if (id < NMT_ID_SPECIALS &&
        (strlen(nmt_special_pieces[id]) != len || memcmp(piece, nmt_special_pieces[id], len) != 0))
        return nmt_fail(err, NMT_EFORMAT, line, "%s:%llu: piece %u must be %s", from.name, line, id,
                        nmt_special_pieces[id]);
    if (id == v->cap_scores)
        NMT_TRY(grow_scores(v, err));
    uint32_t number;
    NMT_TRY(nmt_strings_add(&v->pieces, piece, len, &number, err));
    if (number != id)
        return nmt_fail(err, NMT_EFORMAT, line, "%s:%llu: piece '%.*s' is there twice", from.name,
                        line, (int)(len < 100 ? len : 100), piece);
    enum nmt_piece_kind kind = kind_of(v, id, piece, len, score);
    v->pieces.items[id].value = kind;
    v->scores[id] = score;
    v->text_at[id] = v->text.len;
    NMT_TRY(add_text(v, kind, piece, len, err));
    v->text_at[id + 1] = v->text.len;
    return 0;
}

int nmt_vocab_seal(struct nmt_vocab *v, struct nmt_piece_origin from, struct nmt_err *err)
{
    unsigned long long line = from.line;
    if (v->pieces.n < NMT_ID_SPECIALS)
        return nmt_fail(err, NMT_EFORMAT, line, "%s:%llu: %zu pieces, at least %d are needed",
                        from.name, line, v->pieces.n, NMT_ID_SPECIALS);
    if (v->spec.byte_fallback && v->n_bytes != 256)
        return nmt_fail(err, NMT_EFORMAT, line,
                        "%s:%llu: byte fallback needs 256 byte pieces, there are %zu", from.name,
                        line, v->n_bytes);
    return 0;
}

int nmt_vocab_from_pieces(struct nmt_vocab **out, const struct nmt_vocab_spec *spec,
                          const char *const *pieces, const size_t *lengths, const float *scores,
                          size_t n, struct nmt_err *err)
{
    struct nmt_vocab *v = NULL;
    struct nmt_piece_origin from = { "piece", 0 };
    int rc = nmt_vocab_begin(&v, spec, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        from.line = i;
        rc = nmt_vocab_push(v, pieces[i], lengths[i], scores ? scores[i] : -(float)i, from, err);
    }
    if (rc == 0)
        rc = nmt_vocab_seal(v, from, err);
    if (rc < 0) {
        nmt_vocab_free(v);
        return rc;
    }
    *out = v;
    return 0;
}

size_t nmt_vocab_size(const struct nmt_vocab *v)
{
    return v->pieces.n;
}

bool nmt_vocab_is_foreign(const struct nmt_vocab *v)
{
    return v->foreign;
}

const struct nmt_vocab_spec *nmt_vocab_spec(const struct nmt_vocab *v)
{
    return &v->spec;
}

const char *nmt_vocab_piece(const struct nmt_vocab *v, nmt_id id, size_t *len)
{
    if (len)
        *len = v->pieces.items[id].len;
    return nmt_strings_get(&v->pieces, id);
}

float nmt_vocab_score(const struct nmt_vocab *v, nmt_id id)
{
    return v->scores[id];
}

nmt_id nmt_vocab_find(const struct nmt_vocab *v, const char *piece, size_t len)
{
    uint32_t number = nmt_strings_find(&v->pieces, piece, len);
    return number == NMT_STRINGS_NONE ? NMT_ID_UNK : number;
}

int nmt_vocab_merges(const struct nmt_vocab *v, const struct nmt_merges **m, struct nmt_err *err)
{
    /* A vocabulary is constant to its users; this is a cache inside it, guarded by its lock. */
    struct nmt_vocab *inner = (struct nmt_vocab *)(uintptr_t)v;
    int rc = 0;
    pthread_mutex_lock(&inner->lock);
    if (!inner->merges)
        rc = nmt_merges_make(&inner->merges, v, err);
    *m = inner->merges;
    pthread_mutex_unlock(&inner->lock);
    return rc;
}
