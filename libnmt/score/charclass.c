/* The classes of characters, tokeniser by tokeniser. */
#include "charclass_internal.h"
#include "unitext_internal.h"

#include <stddef.h>

static enum char_class wide_space_only(uint32_t cp)
{
    return nmt_unitext_is_space(cp) ? CLASS_SPACE : CLASS_OTHER;
}

static enum char_class wide_intl(uint32_t cp)
{
    return nmt_unitext_is_space(cp)         ? CLASS_SPACE
           : nmt_unitext_is_punctuation(cp) ? CLASS_MARK
           : nmt_unitext_is_symbol(cp)      ? CLASS_ALONE
           : nmt_unitext_is_number(cp)      ? CLASS_DIGIT
                                            : CLASS_OTHER;
}

static enum char_class wide_char(uint32_t cp)
{
    return nmt_unitext_is_space(cp) ? CLASS_SPACE : CLASS_ALONE;
}

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cp >= r[i].first && cp <= r[i].last)
            return true;
    return false;
}

/* What the reference takes for Chinese: its list, with its slip (2001-2A6D and 2F81-2FA1 where
 * 20000-2A6D6 and 2F800-2FA1D were meant). */
static enum char_class wide_zh(uint32_t cp)
{
    static const struct range chinese[] = {
        { 0x2001, 0x2A6D }, { 0x2E80, 0x2EFF }, { 0x2F00, 0x2FDF }, { 0x2FF0, 0x2FFF },
        { 0x3000, 0x303F }, { 0x3100, 0x312F }, { 0x31A0, 0x31BF }, { 0x31C0, 0x31EF },
        { 0x3200, 0x33FF }, { 0x3400, 0x4DB5 }, { 0x4E00, 0x9FBB }, { 0xF900, 0xFA2D },
        { 0xFA30, 0xFA6A }, { 0xFA70, 0xFAD9 }, { 0xFE10, 0xFE1F }, { 0xFE30, 0xFE4F },
        { 0xFF00, 0xFFEF },
    };
    if (nmt_unitext_is_space(cp))
        return CLASS_SPACE;
    return in_ranges(cp, chinese, sizeof chinese / sizeof *chinese) ? CLASS_ALONE : CLASS_OTHER;
}

/* Asian and full-width punctuation of TER. */
bool nmt_charclass_is_asian_punctuation(uint32_t cp)
{
    static const struct range marks[] = {
        { 0x3001, 0x3002 }, { 0x3008, 0x3011 }, { 0x3014, 0x301F }, { 0x30FB, 0x30FB },
        { 0xFF01, 0xFF02 }, { 0xFF08, 0xFF09 }, { 0xFF0C, 0xFF0C }, { 0xFF0E, 0xFF0E },
        { 0xFF1A, 0xFF1B }, { 0xFF1F, 0xFF1F }, { 0xFF61, 0xFF65 },
    };
    return in_ranges(cp, marks, sizeof marks / sizeof *marks);
}

/* TER's Asian characters; 3200-3F22 is the reference's 3200-32FF with a digit astray. */
static enum char_class wide_tercom_asian(uint32_t cp)
{
    static const struct range asian[] = {
        { 0x2E80, 0x2EFF }, { 0x31C0, 0x31EF }, { 0x3200, 0x3F22 }, { 0x3300, 0x33FF },
        { 0x3400, 0x4DBF }, { 0x4E00, 0x9FFF }, { 0xF900, 0xFAFF }, { 0xFE30, 0xFE4F },
    };
    if (nmt_unitext_is_space(cp))
        return CLASS_SPACE;
    return in_ranges(cp, asian, sizeof asian / sizeof *asian) ||
                   nmt_charclass_is_asian_punctuation(cp)
               ? CLASS_ALONE
               : CLASS_OTHER;
}

static void set_bytes(struct char_classes *c, const char *set, enum char_class value)
{
    for (; *set; set++)
        c->of_byte[(unsigned char)*set] = (uint8_t)value;
}

static void set_western(struct char_classes *c)
{
    set_bytes(c, "!\"#$%&()*+:;<=>?@/[\\]^_`{|}~", CLASS_ALONE);
    set_bytes(c, ".,", CLASS_MARK);
    set_bytes(c, "0123456789", CLASS_DIGIT);
    set_bytes(c, "-", CLASS_DASH);
}

/* Bytes from 0x80 on begin a longer character, or are inside one: nothing to look at. Where only
 * white space matters, most cannot begin it either. */
static void set_wide(struct char_classes *c)
{
    static const unsigned char spaces_begin_with[] = { 0xC2, 0xE1, 0xE2, 0xE3 };
    for (unsigned byte = 0xC0; byte < 256; byte++)
        c->of_byte[byte] = c->of_wide != wide_space_only ? CLASS_WIDE : CLASS_OTHER;
    for (size_t i = 0; i < sizeof spaces_begin_with; i++)
        c->of_byte[spaces_begin_with[i]] = CLASS_WIDE;
}

void nmt_charclass_set(struct char_classes *c, const struct nmt_tokenizer_options *opt)
{
    c->of_wide = wide_space_only;
    switch (opt->kind) {
    case NMT_TOK_13A:
        set_western(c);
        c->padded = true;
        break;
    case NMT_TOK_ZH:
        set_western(c);
        c->of_wide = wide_zh;
        break;
    case NMT_TOK_INTL:
        set_bytes(c, "!\"#%&'()*,-./:;?@[\\]_{}", CLASS_MARK);
        set_bytes(c, "$+<=>^`|~", CLASS_ALONE);
        set_bytes(c, "0123456789", CLASS_DIGIT);
        c->of_wide = wide_intl;
        break;
    case NMT_TOK_CHAR:
        for (unsigned byte = 0; byte < 0x80; byte++)
            c->of_byte[byte] = CLASS_ALONE;
        c->of_wide = wide_char;
        break;
    case NMT_TOK_TERCOM:
        c->padded = true;
        if (!opt->normalized)
            break;
        set_western(c);
        set_bytes(c, "'", CLASS_QUOTE);
        if (opt->asian)
            c->of_wide = wide_tercom_asian;
        break;
    case NMT_TOK_NONE:
        break;
    }
    for (unsigned byte = 0; byte < 0x80; byte++)
        if (nmt_unitext_is_space(byte))
            c->of_byte[byte] = CLASS_SPACE;
    set_wide(c);
    for (unsigned byte = 0; byte < 256; byte++)
        c->is_stop[byte] = c->of_byte[byte] > CLASS_DIGIT;
}
