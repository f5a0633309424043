/* Codes of subword-nmt: the file, and every way it may be wrong. What is learnt and how it is
 * applied is compared with subword-nmt itself in tests/cli/nmt-vocab/conformance.sh. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/codes.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/nmt-test-codes-XXXXXX";

static void write_file(const char *text, size_t len)
{
    strcpy(path + strlen(path) - 6, "XXXXXX");
    int fd = mkstemp(path);
    cr_assert(eq(long, write(fd, text, len), (long)len));
    close(fd);
}

static int load(struct nmt_codes **c, const char *text, size_t len, struct nmt_err *err)
{
    write_file(text, len);
    int rc = nmt_codes_load(c, path, SIZE_MAX, err);
    unlink(path);
    return rc;
}

/* A line cut by codes; borrowed until the next call. */
static const char *apply(const struct nmt_codes *c, const char *line)
{
    static struct nmt_buffer out = NMT_BUFFER_INIT;
    struct nmt_codes_applier *a = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    out.len = 0;
    cr_assert(eq(int, nmt_codes_applier_new(&a, c, &err), 0));
    cr_assert(eq(int, nmt_codes_apply(a, line, strlen(line), &out, &err), 0), "%s", err.msg);
    nmt_codes_applier_free(a);
    return nmt_buffer_str(&out, &err);
}

#define VERSION "#version: 0.2\n"

Test(codes, a_damaged_file_is_refused_with_its_line)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        { "", ":1: file is empty" },
        { "#version: 0.3\na b\n", ":1: codes of version '0.3' are not supported" },
        { "#version: 0.2 byte\na b\n", ":1: codes of version 'byte' are not supported" },
        { VERSION "a b\nabc\n", ":3: 'abc' is not two symbols" },
        { VERSION "a b c\n", ":2: 'a b c' is not two symbols" },
        { VERSION "a b\n\nc d\n", ":3: line is empty" },
        { VERSION "a \n", ":2: 'a' is not two symbols" },
        { VERSION "a\0b c\n", ":2: NUL at byte 2" },
        { VERSION "a b\nc \xFF\n", ":3: invalid UTF-8 at byte 3" },
    };
    static const size_t nul = 7;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct nmt_codes *c = NULL;
        struct nmt_err err = NMT_ERR_INIT;
        size_t len = i == nul ? sizeof VERSION - 1 + 6 : strlen(cases[i].text);
        cr_assert(lt(int, load(&c, cases[i].text, len, &err), 0), "%s", cases[i].why);
        cr_assert(eq(ptr, c, NULL));
        cr_assert(eq(str, err.msg + strlen(path), (char *)cases[i].why));
    }
}

/* Between lines a cut cannot be seen: the format has no count. */
Test(codes, a_file_cut_inside_a_line_is_refused_with_its_line)
{
    static const char whole[] = VERSION "l o\nlo w</w>\ne r</w>\n";
    for (size_t n = 1; n <= sizeof whole - 1; n++) {
        struct nmt_codes *c = NULL;
        struct nmt_err err = NMT_ERR_INIT;
        char prefix[32];
        int line = 1, rc = load(&c, whole, n, &err);
        for (size_t i = 0; i + 1 < n; i++)
            line += whole[i] == '\n';
        snprintf(prefix, sizeof prefix, ":%d: file is cut", line);
        if (whole[n - 1] == '\n')
            cr_assert(eq(int, rc, 0), "%s", err.msg);
        else
            cr_assert(eq(int, strncmp(err.msg + strlen(path), prefix, strlen(prefix)), 0), "%s",
                      err.msg);
        nmt_codes_free(c);
    }
}

Test(codes, a_list_of_pieces_is_checked_line_by_line)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        { "lo@@ 3\nw\n", ":2: 'w' is not a piece and a count" },
        { "lo@@ -3\n", ":1: 'lo@@ -3' is not a piece and a count" },
        { "lo@@ 3 4\n", ":1: 'lo@@ 3 4' is not a piece and a count" },
        { "lo@@ 99999999999999999999\n",
          ":1: 'lo@@ 99999999999999999999' is not a piece and a count" },
        { "lo@@ 3\nw 12", ":2: file is cut: no LF ends the line" },
        { "lo@@ 3\n\xFF 12\n", ":2: invalid UTF-8 at byte 1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct nmt_codes *c = NULL;
        struct nmt_err err = NMT_ERR_INIT;
        cr_assert(eq(int, load(&c, VERSION "l o\n", sizeof VERSION + 3, &err), 0), "%s", err.msg);
        write_file(cases[i].text, strlen(cases[i].text));
        cr_assert(lt(int, nmt_codes_load_vocabulary(c, path, 0, &err), 0), "%s", cases[i].why);
        unlink(path);
        cr_assert(eq(str, err.msg + strlen(path), (char *)cases[i].why));
        nmt_codes_free(c);
    }
}

Test(codes, pieces_outside_the_list_are_undone)
{
    static const char codes[] = VERSION "l o\nlo w</w>\n";
    struct nmt_codes *c = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, load(&c, codes, sizeof codes - 1, &err), 0), "%s", err.msg);
    cr_assert(eq(str, (char *)apply(c, "low slow lo"), "low s@@ low l@@ o"));
    write_file("lo@@ 5\nw 5\nlow 4\n", 17);
    cr_assert(eq(int, nmt_codes_load_vocabulary(c, path, 5, &err), 0), "%s", err.msg);
    unlink(path);
    cr_assert(eq(str, (char *)apply(c, "low slow"), "lo@@ w s@@ lo@@ w"));
    nmt_codes_free(c);
}

Test(codes, a_dictionary_is_checked_line_by_line)
{
    static const struct {
        const char *line, *why;
    } cases[] = {
        { "low", "not a word and a count" },
        { "low 3 4", "not a word and a count" },
        { "low -1", "not a word and a count" },
        { " 3", "not a word and a count" },
        { "lo\rw 3", "the word holds an end of a line" },
        { "low\xE2\x80\xA8 3", "the word holds an end of a line" },
        { "low 2000000000000000000", "the counts are too large together" },
        { "l\xFFow 3", "invalid UTF-8 at byte 2" },
    };
    struct nmt_codes_options o = { .merges = 9, .min_frequency = 2, .dict_input = true };
    struct nmt_codes_learner *l = NULL;
    cr_assert(eq(int, nmt_codes_learner_new(&l, &o, NULL), 0));
    cr_assert(eq(int, nmt_codes_learner_add(l, " low 1000000000000000000\r", 25, NULL), 0));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct nmt_err err = NMT_ERR_INIT;
        int rc = nmt_codes_learner_add(l, cases[i].line, strlen(cases[i].line), &err);
        cr_assert(lt(int, rc, 0), "%s", cases[i].line);
        cr_assert(eq(str, err.msg, (char *)cases[i].why));
    }
    nmt_codes_learner_free(l);
}
