/* Normalising words: what is left as it is must be what utf8proc leaves as it is. */
#include "../../libnmt/text/normalise_internal.h"

#include <nmt/utf8.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* The form of text[0..len), for the caller to free. */
static char *form_of(enum nmt_normalize form, const char *text, size_t len)
{
    utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_uint8_t *out = NULL;
    if (form == NMT_NORMALIZE_NFKC)
        options |= UTF8PROC_COMPAT;
    cr_assert(utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &out,
                           options | UTF8PROC_NULLTERM) >= 0);
    return (char *)out;
}

/* The same after every character of it is made lower-case. */
static char *lower_form_of(enum nmt_normalize form, const char *text, size_t len)
{
    char *first = form_of(form, text, len), lower[64];
    size_t n = strlen(first), used = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        i += nmt_utf8_decode(first + i, n - i, &cp);
        used += nmt_utf8_encode((uint32_t)utf8proc_tolower((int32_t)cp), lower + used);
    }
    lower[used] = '\0';
    free(first);
    return form_of(form, lower, used);
}

Test(normalise, characters_of_one_and_two_bytes_become_what_utf8proc_makes_of_them)
{
    static const char *const behind[] = { "", "e", "\xC3\xA9", "\xC2\xB5", "\xCC\x81", "\xC4\xB0" };
    for (int form = NMT_NORMALIZE_NFC; form <= NMT_NORMALIZE_NFKC; form++)
        for (int lowercase = 0; lowercase < 2; lowercase++) {
            struct nmt_normaliser n;
            struct nmt_vocab_spec spec = { NMT_VOCAB_BPE, (enum nmt_normalize)form, lowercase,
                                           false };
            nmt_normaliser_init(&n, &spec);
            for (uint32_t cp = 1; cp < 0x800; cp++)
                for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
                    char text[16];
                    const char *out;
                    size_t len = nmt_utf8_encode(cp, text), out_len;
                    strcpy(text + len, behind[i]);
                    len = strlen(text);
                    char *want = lowercase ? lower_form_of(spec.normalize, text, len)
                                           : form_of(spec.normalize, text, len);
                    cr_assert(eq(int, nmt_normalise_word(&n, text, len, &out, &out_len, NULL), 0));
                    cr_assert(out_len == strlen(want) && memcmp(out, want, out_len) == 0,
                              "U+%04X before '%s', form %d, lower-case %d", cp, behind[i], form,
                              lowercase);
                    free(want);
                }
            nmt_normaliser_release(&n);
        }
}
