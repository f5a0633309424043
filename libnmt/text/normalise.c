/*
 * Unicode normalisation: decomposition, canonical order and composition with utf8proc's tables.
 * The order of marks is found here, because the library's way (exchange of neighbours) takes
 * quadratic time over a long run of marks, which a hostile line may well have.
 */
#include "normalise_internal.h"

#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define LONGEST_DECOMPOSITION 32 /* of one code point; Unicode's longest has 18 */
#define SHORT_RUN             16

void nmt_normaliser_init(struct nmt_normaliser *n, const struct nmt_vocab_spec *spec)
{
    *n = (struct nmt_normaliser){ .form = spec->normalize, .lowercase = spec->lowercase };
    for (int32_t cp = 0; cp < NMT_PLAIN; cp++) {
        bool compatible = utf8proc_get_property(cp)->decomp_type != 0; /* to something else */
        n->stays[cp] = !(compatible && n->form == NMT_NORMALIZE_NFKC) &&
                       !(n->lowercase && utf8proc_tolower(cp) != cp);
    }
}

void nmt_normaliser_release(struct nmt_normaliser *n)
{
    free(n->cps);
    free(n->marks);
    nmt_buffer_release(&n->out);
    *n = (struct nmt_normaliser){ .cps = NULL };
}

static int grow(int32_t **array, size_t *cap, size_t need, struct nmt_err *err)
{
    if (need <= *cap)
        return 0;
    size_t more = need + need / 2 + 64;
    int32_t *bigger =
        more > SIZE_MAX / sizeof **array ? NULL : realloc(*array, more * sizeof **array);
    if (!bigger)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    *array = bigger;
    *cap = more;
    return 0;
}

static int mark_class(int32_t cp)
{
    return utf8proc_get_property(cp)->combining_class;
}

/* Sorts a run of marks by class, equal ones in the order they had. */
static int sort_run(struct nmt_normaliser *n, int32_t *run, size_t len, struct nmt_err *err)
{
    if (len <= SHORT_RUN) {
        for (size_t i = 1; i < len; i++) {
            int32_t cp = run[i];
            size_t j = i;
            for (; j > 0 && mark_class(run[j - 1]) > mark_class(cp); j--)
                run[j] = run[j - 1];
            run[j] = cp;
        }
        return 0;
    }
    NMT_TRY(grow(&n->marks, &n->cap_marks, len, err));
    size_t place[257] = { 0 };
    for (size_t i = 0; i < len; i++)
        place[mark_class(run[i]) + 1]++;
    for (size_t c = 1; c < 257; c++)
        place[c] += place[c - 1];
    for (size_t i = 0; i < len; i++)
        n->marks[place[mark_class(run[i])]++] = run[i];
    memcpy(run, n->marks, len * sizeof *run);
    return 0;
}

static int order_marks(struct nmt_normaliser *n, size_t count, struct nmt_err *err)
{
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && mark_class(n->cps[end]) != 0)
            end++;
        if (end - i > 1)
            NMT_TRY(sort_run(n, n->cps + i, end - i, err));
        i = end + 1;
    }
    return 0;
}

/* cps[0..*count) to the normal form, in place (it may grow). */
static int to_form(struct nmt_normaliser *n, const char *text, size_t len, size_t *count,
                   struct nmt_err *err)
{
    utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    if (n->form == NMT_NORMALIZE_NFKC)
        options |= UTF8PROC_COMPAT;
    size_t used = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp = 0;
        i += nmt_utf8_decode(text + i, len - i, &cp);
        NMT_TRY(grow(&n->cps, &n->cap_cps, used + LONGEST_DECOMPOSITION, err));
        int bounds = 0;
        utf8proc_ssize_t got = utf8proc_decompose_char((utf8proc_int32_t)cp, n->cps + used,
                                                       LONGEST_DECOMPOSITION, options, &bounds);
        if (got < 0 || got > LONGEST_DECOMPOSITION)
            return nmt_fail(err, NMT_ETEXT, 0, "U+%04X cannot be normalised", cp);
        used += (size_t)got;
    }
    NMT_TRY(order_marks(n, used, err));
    utf8proc_ssize_t left = utf8proc_normalize_utf32(n->cps, (utf8proc_ssize_t)used, options);
    if (left < 0)
        return nmt_fail(err, NMT_ETEXT, 0, "text cannot be normalised");
    *count = (size_t)left;
    return 0;
}

static int decode_only(struct nmt_normaliser *n, const char *text, size_t len, size_t *count,
                       struct nmt_err *err)
{
    NMT_TRY(grow(&n->cps, &n->cap_cps, len, err));
    *count = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp = 0;
        i += nmt_utf8_decode(text + i, len - i, &cp);
        n->cps[(*count)++] = (int32_t)cp;
    }
    return 0;
}

static int write_out(struct nmt_normaliser *n, size_t count, struct nmt_err *err)
{
    n->out.len = 0;
    NMT_TRY(nmt_buffer_reserve(&n->out, count * 4, err));
    for (size_t i = 0; i < count; i++)
        n->out.len += nmt_utf8_encode((uint32_t)n->cps[i], n->out.data + n->out.len);
    return 0;
}

static bool lower_all(int32_t *cps, size_t count)
{
    bool changed = false;
    for (size_t i = 0; i < count; i++) {
        int32_t lower = utf8proc_tolower(cps[i]);
        changed |= lower != cps[i];
        cps[i] = lower;
    }
    return changed;
}

/* Does the text consist of characters that become themselves? Nearly all text in Latin letters
 * does, and is not worth decomposing. */
static bool stays(const struct nmt_normaliser *n, const char *text, size_t len)
{
    const unsigned char *u = (const unsigned char *)text;
    for (size_t i = 0; i < len; i++) {
        uint32_t cp = u[i];
        if (cp >= 0x80 && i + 1 < len)
            cp = cp < 0xCC ? (cp & 0x1F) << 6 | (u[++i] & 0x3F) : NMT_PLAIN;
        if (cp >= NMT_PLAIN || !n->stays[cp])
            return false;
    }
    return true;
}

int nmt_normalise_word(struct nmt_normaliser *n, const char *text, size_t len, const char **out,
                       size_t *out_len, struct nmt_err *err)
{
    *out = text;
    *out_len = len;
    if ((!n->lowercase && n->form == NMT_NORMALIZE_NONE) || stays(n, text, len))
        return 0;
    size_t count;
    if (n->form == NMT_NORMALIZE_NONE)
        NMT_TRY(decode_only(n, text, len, &count, err));
    else
        NMT_TRY(to_form(n, text, len, &count, err));
    bool lowered = n->lowercase && lower_all(n->cps, count);
    NMT_TRY(write_out(n, count, err));
    if (lowered && n->form != NMT_NORMALIZE_NONE) {
        NMT_TRY(to_form(n, n->out.data, n->out.len, &count, err));
        NMT_TRY(write_out(n, count, err));
    }
    *out = n->out.data;
    *out_len = n->out.len;
    return 0;
}
