/*
 * Unicode facts for scoring. Categories and simple lower case come from utf8proc (2.8: Unicode 15,
 * which is what the reference's regex module knows; its casing equals Python's Unicode 14).
 * What utf8proc does not have is here: the one lower-case mapping to two code points, and the
 * context in which a capital sigma becomes final (Unicode 3.13, D136: Final_Sigma).
 */
#include "unitext_internal.h"

#include <nmt/utf8.h>

#include <string.h>
#include <utf8proc.h>

#define SIGMA       0x03A3u
#define SIGMA_SMALL 0x03C3u
#define SIGMA_FINAL 0x03C2u
#define I_WITH_DOT  0x0130u

bool nmt_unitext_is_space(uint32_t cp)
{
    if (cp < 0x80)
        return (cp >= 0x09 && cp <= 0x0D) || (cp >= 0x1C && cp <= 0x20);
    return cp == 0x85 || cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) ||
           cp == 0x2028 || cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

bool nmt_unitext_is_punctuation(uint32_t cp)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    return c >= UTF8PROC_CATEGORY_PC && c <= UTF8PROC_CATEGORY_PO;
}

bool nmt_unitext_is_symbol(uint32_t cp)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    return c >= UTF8PROC_CATEGORY_SM && c <= UTF8PROC_CATEGORY_SO;
}

bool nmt_unitext_is_number(uint32_t cp)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    return c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO;
}

size_t nmt_unitext_trimmed(const char *s, size_t n)
{
    while (n > 0) {
        size_t at = n - 1;
        if ((unsigned char)s[at] > ' ' && (unsigned char)s[at] < 0x7F)
            break;
        while (at > 0 && n - at < 4 && ((unsigned char)s[at] & 0xC0) == 0x80)
            at--;
        uint32_t cp;
        if (nmt_utf8_decode(s + at, n - at, &cp) != n - at || !nmt_unitext_is_space(cp))
            break;
        n = at;
    }
    return n;
}

/* Case_Ignorable: by category, or by the word-break classes MidLetter, MidNumLet, Single_Quote. */
static bool is_case_ignorable(uint32_t cp)
{
    static const uint16_t by_word_break[] = { 0x0027, 0x002E, 0x003A, 0x00B7, 0x0387, 0x055F,
                                              0x05F4, 0x2018, 0x2019, 0x2024, 0x2027, 0xFE13,
                                              0xFE52, 0xFE55, 0xFF07, 0xFF0E, 0xFF1A };
    for (size_t i = 0; i < sizeof by_word_break / sizeof *by_word_break; i++)
        if (cp == by_word_break[i])
            return true;
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_ME || c == UTF8PROC_CATEGORY_CF ||
           c == UTF8PROC_CATEGORY_LM || c == UTF8PROC_CATEGORY_SK;
}

/* Cased, for code points that are not case-ignorable: letters by category, then Other_Lowercase and
 * Other_Uppercase. */
static bool is_cased(uint32_t cp)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    return c == UTF8PROC_CATEGORY_LU || c == UTF8PROC_CATEGORY_LL || c == UTF8PROC_CATEGORY_LT ||
           cp == 0xAA || cp == 0xBA || (cp >= 0x2160 && cp <= 0x217F) ||
           (cp >= 0x24B6 && cp <= 0x24E9) || (cp >= 0x1F130 && cp <= 0x1F149) ||
           (cp >= 0x1F150 && cp <= 0x1F169) || (cp >= 0x1F170 && cp <= 0x1F189);
}

/* Is the first character of s[0..n) that is not case-ignorable a cased one? */
static bool cased_follows(const char *s, size_t n)
{
    uint32_t cp;
    for (size_t i = 0, used; i < n; i += used) {
        used = nmt_utf8_decode(s + i, n - i, &cp);
        if (used == 0)
            return false;
        if (!is_case_ignorable(cp))
            return is_cased(cp);
    }
    return false;
}

/* The same backwards from the end of s[0..n). */
static bool cased_precedes(const char *s, size_t n)
{
    while (n > 0) {
        size_t at = n - 1;
        uint32_t cp;
        while (at > 0 && n - at < 4 && ((unsigned char)s[at] & 0xC0) == 0x80)
            at--;
        if (nmt_utf8_decode(s + at, n - at, &cp) != n - at)
            return false;
        if (!is_case_ignorable(cp))
            return is_cased(cp);
        n = at;
    }
    return false;
}

static uint32_t lower_sigma(const char *s, size_t at, size_t behind, size_t n)
{
    return cased_precedes(s, at) && !cased_follows(s + behind, n - behind) ? SIGMA_FINAL
                                                                           : SIGMA_SMALL;
}

int nmt_unitext_lower(struct nmt_buffer *out, const char *s, size_t n, struct nmt_err *err)
{
    /* No mapping is more than half as long again as what it replaces. */
    out->len = 0;
    NMT_TRY(nmt_buffer_reserve(out, n + n / 2 + 8, err));
    char *to = out->data;
    for (size_t i = 0; i < n;) {
        unsigned char byte = (unsigned char)s[i];
        if (byte < 0x80) {
            *to++ = (char)(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
            i++;
            continue;
        }
        uint32_t cp;
        size_t used = nmt_utf8_decode(s + i, n - i, &cp);
        if (used == 0) {
            *to++ = s[i++];
        } else if (cp == I_WITH_DOT) {
            memcpy(to, "i\xCC\x87", 3);
            to += 3;
        } else {
            to += nmt_utf8_encode(cp == SIGMA ? lower_sigma(s, i, i + used, n)
                                              : (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp),
                                  to);
        }
        i += used;
    }
    out->len = (size_t)(to - out->data);
    return 0;
}
