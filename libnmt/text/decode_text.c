/* Piece ids to text, and the words of that text. */
#include "spelling_internal.h"
#include "vocab_internal.h"

#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>

#define UNKNOWN     "<unk>"
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* An unknown word piece has its space in front, too. */
const char *nmt_vocab_text(const struct nmt_vocab *v, nmt_id id, size_t *len)
{
    if (id == NMT_ID_UNK) {
        const char *text = v->spec.type == NMT_VOCAB_WORD ? " " UNKNOWN : UNKNOWN;
        *len = strlen(text);
        return text;
    }
    *len = (size_t)(v->text_at[id + 1] - v->text_at[id]);
    return v->text.data + v->text_at[id];
}

/* Byte pieces must give text: what is no UTF-8, and LF and NUL, which no line holds, becomes
 * U+FFFD. */
static int add_bytes(struct nmt_buffer *out, const char *bytes, size_t n, struct nmt_err *err)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t step = nmt_utf8_decode(bytes + i, n - i, &cp);
        if (step == 0 || cp == '\n' || cp == 0)
            NMT_TRY(nmt_buffer_adds(out, REPLACEMENT, err));
        else
            NMT_TRY(nmt_buffer_add(out, bytes + i, step, err));
        i += step ? step : 1;
    }
    return 0;
}

static bool is_byte(const struct nmt_vocab *v, nmt_id id)
{
    return v->pieces.items[id].value == NMT_PIECE_BYTE;
}

/* A run of byte pieces; returns where it ends. */
static int decode_bytes(const struct nmt_vocab *v, const nmt_id *ids, size_t n, size_t *i,
                        struct nmt_buffer *out, struct nmt_err *err)
{
    struct nmt_buffer bytes = NMT_BUFFER_INIT;
    int rc = 0;
    for (; *i < n && rc == 0 && is_byte(v, ids[*i]); ++*i) {
        size_t len;
        const char *byte = nmt_vocab_text(v, ids[*i], &len);
        rc = nmt_buffer_add(&bytes, byte, len, err);
    }
    if (rc == 0)
        rc = add_bytes(out, bytes.data, bytes.len, err);
    nmt_buffer_release(&bytes);
    return rc;
}

int nmt_vocab_decode(const struct nmt_vocab *v, const nmt_id *ids, size_t n, struct nmt_buffer *out,
                     struct nmt_err *err)
{
    size_t start = out->len;
    for (size_t i = 0; i < n; i++)
        if (ids[i] >= v->pieces.n)
            return nmt_fail(err, NMT_ETEXT, 0, "id %u is not in the vocabulary of %zu", ids[i],
                            v->pieces.n);
    for (size_t i = 0; i < n;) {
        if (is_byte(v, ids[i])) {
            NMT_TRY(decode_bytes(v, ids, n, &i, out, err));
            continue;
        }
        size_t len;
        const char *text = nmt_vocab_text(v, ids[i++], &len);
        NMT_TRY(nmt_buffer_add(out, text, len, err));
    }
    /* The space in front of the line is the encoder's. */
    if (out->len > start && out->data[start] == ' ') {
        memmove(out->data + start, out->data + start + 1, out->len - start - 1);
        out->len--;
    }
    return 0;
}

size_t nmt_vocab_words(const struct nmt_vocab *v, const nmt_id *ids, size_t n, uint32_t *word)
{
    size_t words = 0;
    bool inside = false;
    for (size_t i = 0; i < n; i++) {
        word[i] = NMT_NO_WORD;
        size_t len = 0;
        const char *text = ids[i] < v->pieces.n ? nmt_vocab_text(v, ids[i], &len) : NULL;
        for (size_t k = 0; k < len; k++) {
            bool space = text[k] == ' ';
            if (!space && !inside)
                words++;
            if (!space && word[i] == NMT_NO_WORD)
                word[i] = (uint32_t)words - 1;
            inside = !space;
        }
    }
    return words;
}
