/* Text to the spelling of pieces and back. */
#include "spelling_internal.h"

#include <nmt/utf8.h>

#include <stdbool.h>
#include <string.h>

static bool starts_with(const char *s, size_t n, const char *with)
{
    size_t len = strlen(with);
    return n >= len && memcmp(s, with, len) == 0;
}

size_t nmt_spelling_symbol(const char *s, size_t n)
{
    uint32_t cp;
    size_t len = nmt_utf8_decode(s, n, &cp);
    if (len != NMT_SPACE_LEN || !starts_with(s, n, NMT_ESCAPE))
        return len;
    if (starts_with(s, n, NMT_REAL_SPACE))
        return strlen(NMT_REAL_SPACE);
    return starts_with(s, n, NMT_REAL_ESCAPE) ? strlen(NMT_REAL_ESCAPE) : 0;
}

size_t nmt_spelling_of(const char *character, size_t n, char out[NMT_SYMBOL_BYTES])
{
    const char *from = character;
    if (n == 1 && character[0] == ' ') {
        from = NMT_SPACE;
        n = NMT_SPACE_LEN;
    } else if (starts_with(character, n, NMT_SPACE)) {
        from = NMT_REAL_SPACE;
        n = strlen(from);
    } else if (starts_with(character, n, NMT_ESCAPE)) {
        from = NMT_REAL_ESCAPE;
        n = strlen(from);
    }
    memcpy(out, from, n);
    return n;
}

/* Where the next character starts that is spelt in another way than itself. */
static size_t plain_run(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] == ' ' || starts_with(text + i, n - i, NMT_SPACE) ||
            starts_with(text + i, n - i, NMT_ESCAPE))
            return i;
    return n;
}

int nmt_spell(struct nmt_buffer *out, const char *text, size_t n, struct nmt_err *err)
{
    while (n > 0) {
        size_t run = plain_run(text, n);
        NMT_TRY(nmt_buffer_add(out, text, run, err));
        text += run;
        n -= run;
        if (n == 0)
            break;
        char symbol[NMT_SYMBOL_BYTES];
        size_t width = text[0] == ' ' ? 1 : NMT_SPACE_LEN;
        NMT_TRY(nmt_buffer_add(out, symbol, nmt_spelling_of(text, width, symbol), err));
        text += width;
        n -= width;
    }
    return 0;
}

int nmt_unspell(struct nmt_buffer *out, const char *s, size_t n, struct nmt_err *err)
{
    for (size_t i = 0; i < n;) {
        if (starts_with(s + i, n - i, NMT_SPACE)) {
            NMT_TRY(nmt_buffer_addc(out, ' ', err));
            i += NMT_SPACE_LEN;
        } else if (starts_with(s + i, n - i, NMT_REAL_SPACE)) {
            NMT_TRY(nmt_buffer_adds(out, NMT_SPACE, err));
            i += strlen(NMT_REAL_SPACE);
        } else if (starts_with(s + i, n - i, NMT_REAL_ESCAPE)) {
            NMT_TRY(nmt_buffer_adds(out, NMT_ESCAPE, err));
            i += strlen(NMT_REAL_ESCAPE);
        } else {
            NMT_TRY(nmt_buffer_addc(out, s[i++], err));
        }
    }
    return 0;
}
