/* Tokenisers against the reference's own output, and the rules they rest on. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/lines.h>
#include <nmt/tokenize.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TOK "../shared/conformance/bleu/tok/"

/* The tokens of a line, joined by spaces. */
static void join(struct nmt_tokenizer *t, const char *line, size_t len, char *out, size_t size)
{
    const struct nmt_token *tokens;
    size_t n, used = 0;
    cr_assert(eq(int, nmt_tokenizer_run(t, line, len, &tokens, &n, NULL), 0));
    out[0] = '\0';
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%.*s", i ? " " : "",
                                 (int)tokens[i].len, tokens[i].s);
    cr_assert(lt(sz, used, size));
}

static void agree(const char *name, struct nmt_tokenizer_options opt)
{
    char path[128], got[8192], kept[8192], *line, *want;
    size_t len, want_len, lines = 0;
    struct nmt_lines *in, *expected;
    struct nmt_tokenizer *t;
    if (access(TOK "lines.txt", R_OK) != 0)
        cr_skip_test("skipped: no " TOK);
    snprintf(path, sizeof path, TOK "%s.txt", name);
    cr_assert(eq(int, nmt_tokenizer_new(&t, &opt, NULL), 0));
    cr_assert(eq(int, nmt_lines_open(&in, TOK "lines.txt", 0, NULL), 0));
    cr_assert(eq(int, nmt_lines_open(&expected, path, 0, NULL), 0));
    while (nmt_lines_next(in, &line, &len, NULL) == 1) {
        cr_assert(eq(int, nmt_lines_next(expected, &want, &want_len, NULL), 1));
        snprintf(kept, sizeof kept, "%s", line);
        join(t, line, len, got, sizeof got);
        cr_expect(eq(str, got, want), "%s, line %zu: %s", name, lines + 1, kept);
        lines++;
    }
    cr_assert(eq(sz, lines, 141));
    nmt_lines_close(in);
    nmt_lines_close(expected);
    nmt_tokenizer_free(t);
}

#define T(...) ((struct nmt_tokenizer_options){ __VA_ARGS__ })
#define TER    .kind = NMT_TOK_TERCOM, .lowercase = true

Test(tokenize, thirteen_a_cuts_as_the_reference)
{
    agree("13a", T(.kind = NMT_TOK_13A));
}

Test(tokenize, intl_cuts_as_the_reference)
{
    agree("intl", T(.kind = NMT_TOK_INTL));
}

Test(tokenize, zh_cuts_as_the_reference)
{
    agree("zh", T(.kind = NMT_TOK_ZH));
}

Test(tokenize, char_cuts_as_the_reference)
{
    agree("char", T(.kind = NMT_TOK_CHAR));
}

Test(tokenize, none_cuts_as_the_reference)
{
    agree("none", T(.kind = NMT_TOK_NONE));
}

Test(tokenize, tercom_cuts_as_the_reference_with_all_its_switches)
{
    agree("tercom", T(TER));
    agree("tercom-norm", T(TER, .normalized = true));
    agree("tercom-nopunct", T(TER, .no_punct = true));
    agree("tercom-norm-asian", T(TER, .normalized = true, .asian = true));
    agree("tercom-nopunct-asian", T(TER, .no_punct = true, .asian = true));
}

/* Of our own: what stands here does not need the shared folder. */
static void cuts(struct nmt_tokenizer_options opt, const char *line, char *want)
{
    char got[512];
    struct nmt_tokenizer *t;
    cr_assert(eq(int, nmt_tokenizer_new(&t, &opt, NULL), 0));
    join(t, line, strlen(line), got, sizeof got);
    cr_expect(eq(str, got, want), "of: %s", line);
    nmt_tokenizer_free(t);
}

Test(tokenize, thirteen_a_pads_the_line_and_intl_and_zh_do_not)
{
    cuts(T(.kind = NMT_TOK_13A), "in 2020.", "in 2020 .");
    cuts(T(.kind = NMT_TOK_INTL), "in 2020.", "in 2020.");
    cuts(T(.kind = NMT_TOK_ZH), "in 2020. \xE3\x80\x80", "in 2020.");
    cuts(T(.kind = NMT_TOK_13A), ".5", ". 5");
    cuts(T(.kind = NMT_TOK_INTL), ".5", ".5");
}

Test(tokenize, runs_of_marks_fall_apart_as_two_overlapping_patterns_make_them)
{
    cuts(T(.kind = NMT_TOK_13A), "a..1", "a . .1");
    cuts(T(.kind = NMT_TOK_13A), "a...1", "a . . . 1");
    cuts(T(.kind = NMT_TOK_13A), "1..2", "1 . . 2");
    cuts(T(.kind = NMT_TOK_13A), "1...2", "1 . . .2");
    cuts(T(.kind = NMT_TOK_13A), "1,000.5-6", "1,000.5 - 6");
}

Test(tokenize, entities_are_undone_in_their_order_and_skipped_is_deleted)
{
    cuts(T(.kind = NMT_TOK_13A), "&amp;lt; &apos;s <skipped>x &quot;", "< & apos ; s x \"");
    cuts(T(.kind = NMT_TOK_NONE), "&amp; <skipped>", "&amp; <skipped>");
}

Test(tokenize, bytes_that_are_no_utf8_are_letters_and_end_nothing)
{
    cuts(T(.kind = NMT_TOK_13A),
         "a\xFF"
         "b \x80. \xE3\x80",
         "a\xFF"
         "b \x80 . \xE3\x80");
    cuts(T(.kind = NMT_TOK_CHAR), "a\xFF\xC3\xA9", "a \xFF \xC3\xA9");
    cuts(T(.kind = NMT_TOK_NONE), "", "");
    cuts(T(.kind = NMT_TOK_ZH), " \xC2\xA0 ", "");
}
