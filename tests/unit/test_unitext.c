/* Unicode facts: every code point against the tables of the reference's libraries. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "../../libnmt/score/unitext_internal.h"

#include <nmt/utf8.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNICODE "../shared/conformance/bleu/unicode/"

/* Counts where `says` and the table of ranges differ, naming the first few. */
static unsigned differences(const char *table, bool (*says)(uint32_t))
{
    FILE *f = fopen(table, "r");
    if (!f)
        cr_skip_test("skipped: no " UNICODE);
    char *member = calloc(0x110000, 1);
    unsigned first, last, wrong = 0;
    while (fscanf(f, "%x %x", &first, &last) == 2)
        for (unsigned cp = first; cp <= last; cp++)
            member[cp] = 1;
    fclose(f);
    for (unsigned cp = 0; cp < 0x110000; cp++)
        if (says(cp) != member[cp] && wrong++ < 10)
            cr_log_error("%s: U+%04X", table, cp);
    free(member);
    return wrong;
}

Test(unitext, punctuation_is_what_the_reference_takes_for_it)
{
    cr_assert(eq(uint, differences(UNICODE "P.txt", nmt_unitext_is_punctuation), 0));
}

Test(unitext, symbols_are_what_the_reference_takes_for_them)
{
    cr_assert(eq(uint, differences(UNICODE "S.txt", nmt_unitext_is_symbol), 0));
}

Test(unitext, numbers_are_what_the_reference_takes_for_them)
{
    cr_assert(eq(uint, differences(UNICODE "N.txt", nmt_unitext_is_number), 0));
}

Test(unitext, white_space_is_what_the_reference_takes_for_it)
{
    cr_assert(eq(uint, differences(UNICODE "whitespace.txt", nmt_unitext_is_space), 0));
}

static void lowers(const char *in, const char *want)
{
    struct nmt_buffer got = NMT_BUFFER_INIT;
    cr_assert(eq(int, nmt_unitext_lower(&got, in, strlen(in), NULL), 0));
    cr_expect(eq(str, (char *)nmt_buffer_str(&got, NULL), (char *)want), "of: %s", in);
    nmt_buffer_release(&got);
}

Test(unitext, every_code_point_is_lowered_as_by_the_reference)
{
    FILE *f = fopen(UNICODE "lower.txt", "r");
    if (!f)
        cr_skip_test("skipped: no " UNICODE);
    uint32_t(*map)[3] = calloc(0x110000, sizeof *map);
    char line[128];
    while (fgets(line, sizeof line, f)) {
        unsigned from, to[3] = { 0 };
        int n = sscanf(line, "%x %x %x %x", &from, &to[0], &to[1], &to[2]);
        cr_assert(ge(int, n, 2));
        memcpy(map[from], to, sizeof to);
    }
    fclose(f);
    unsigned wrong = 0;
    for (uint32_t cp = 1; cp < 0x110000; cp++) {
        char in[8] = "", want[16] = "";
        if (nmt_utf8_encode(cp, in) == 0 || cp == 0x3A3)
            continue;
        if (map[cp][0] == 0)
            strcpy(want, in);
        for (size_t i = 0; i < 3 && map[cp][i]; i++)
            nmt_utf8_encode(map[cp][i], want + strlen(want));
        struct nmt_buffer got = NMT_BUFFER_INIT;
        cr_assert(eq(int, nmt_unitext_lower(&got, in, strlen(in), NULL), 0));
        if (strcmp(nmt_buffer_str(&got, NULL), want) != 0 && wrong++ < 10)
            cr_log_error("lower of U+%04X", cp);
        nmt_buffer_release(&got);
    }
    free(map);
    cr_assert(eq(uint, wrong, 0));
}

Test(unitext, a_capital_sigma_is_final_at_the_end_of_a_word)
{
    lowers("\xCE\x9F\xCE\x94\xCE\x9F\xCE\xA3", "\xCE\xBF\xCE\xB4\xCE\xBF\xCF\x82");
    lowers("\xCE\xA3\xCE\x91\xCE\xA3 \xCE\xA3", "\xCF\x83\xCE\xB1\xCF\x82 \xCF\x83");
    lowers("A\xCC\x81'\xCE\xA3'\xCC\x81z", "a\xCC\x81'\xCF\x83'\xCC\x81z");
    lowers("\xC4\xB0X", "i\xCC\x87x");
}

Test(unitext, trimming_takes_white_space_of_unicode_and_nothing_else)
{
    cr_assert(eq(sz, nmt_unitext_trimmed("a \xC2\xA0\xE3\x80\x80\t", 8), 1));
    cr_assert(eq(sz, nmt_unitext_trimmed("a\xE2\x80\x8B", 4), 4));
    cr_assert(eq(sz, nmt_unitext_trimmed(" \r\x1C", 3), 0));
    cr_assert(eq(sz, nmt_unitext_trimmed("\xA0", 1), 1));
}
