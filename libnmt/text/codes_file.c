/* Codes, and what goes with them, out of files. */
#include "codes_internal.h"

#include <nmt/filter.h>
#include <nmt/lines.h>
#include <nmt/number.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_LINE ((size_t)1 << 20)

void nmt_codes_free(struct nmt_codes *c)
{
    if (!c)
        return;
    nmt_strings_release(&c->symbols);
    nmt_merges_release(&c->merges);
    nmt_strings_release(&c->vocabulary);
    for (size_t i = 0; i < c->n_glossaries; i++) {
        regfree(&c->glossaries[i].any);
        regfree(&c->glossaries[i].all);
    }
    if (c->utf8)
        freelocale(c->utf8);
    free(c->glossaries);
    free(c->undo);
    free(c);
}

/* As nmt_lines_next; what is no text or was cut does not pass. */
static int next_line(struct nmt_lines *in, char **line, size_t *len, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    int rc = nmt_lines_next_whole(in, line, len, err);
    if (rc > 0 && nmt_text_check(*line, *len, &why) < 0)
        return nmt_fail(err, NMT_EFORMAT, nmt_lines_number(in), "%s:%llu: %s", nmt_lines_name(in),
                        (unsigned long long)nmt_lines_number(in), why.msg);
    return rc;
}

static int add_symbol(struct nmt_codes *c, const char *text, size_t len, uint32_t *symbol,
                      struct nmt_err *err)
{
    NMT_TRY(nmt_strings_add(&c->symbols, text, len, symbol, err));
    if (*symbol < c->cap_undo)
        return 0;
    size_t cap = c->cap_undo + c->cap_undo / 2 + 256;
    struct nmt_undo *undo = realloc(c->undo, cap * sizeof *undo);
    if (!undo)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    memset(undo + c->cap_undo, 0, (cap - c->cap_undo) * sizeof *undo);
    c->undo = undo;
    c->cap_undo = cap;
    return 0;
}

static void strip(char **line, size_t *len)
{
    size_t lead = nmt_codes_space(*line, *len);
    *line += lead;
    *len -= lead;
    while (*len > 0 && ((*line)[*len - 1] == ' ' || (*line)[*len - 1] == '\r'))
        --*len;
}

/* The one space that parts a stripped line in two, NULL when it is not made so. */
static char *only_space(char *line, size_t len)
{
    char *space = memchr(line, ' ', len);
    if (!space || memchr(space + 1, ' ', len - (size_t)(space + 1 - line)))
        return NULL;
    return space;
}

/* "A B": of a pair that is there twice the first counts, of two pairs that make the same string
 * the first is the one that can be undone. */
static int add_code(struct nmt_codes *c, char *line, size_t len, uint32_t rank, const char *name,
                    uint64_t number, struct nmt_err *err)
{
    unsigned long long at = number;
    if (rank == NMT_CODES_MAX)
        return nmt_fail(err, NMT_EFORMAT, number, "%s:%llu: more than %zu codes", name, at,
                        NMT_CODES_MAX);
    strip(&line, &len);
    char *space = only_space(line, len);
    if (!space)
        return nmt_fail(err, NMT_EFORMAT, number, "%s:%llu: '%.*s' is not two symbols", name, at,
                        (int)(len < 100 ? len : 100), line);
    size_t n = (size_t)(space - line);
    uint32_t left, right, joined;
    NMT_TRY(add_symbol(c, line, n, &left, err));
    NMT_TRY(add_symbol(c, space + 1, len - n - 1, &right, err));
    if (nmt_merges_find(&c->merges, left, right))
        return 0;
    memmove(space, space + 1, len - n - 1);
    NMT_TRY(add_symbol(c, line, len - 1, &joined, err));
    if (!c->undo[joined].left)
        c->undo[joined] = (struct nmt_undo){ left, right };
    struct nmt_merge merge = { left, right, joined, rank };
    return nmt_merges_put(&c->merges, &merge, err);
}

/* "#version: 0.2"; trailing ".0" do not matter. 1: it is one, 0: it is none. */
static int parse_version(struct nmt_codes *c, const char *line, size_t len, const char *name,
                         struct nmt_err *err)
{
    static const char tag[] = "#version:";
    c->old = true;
    if (len < strlen(tag) || memcmp(line, tag, strlen(tag)) != 0)
        return 0;
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\r'))
        len--;
    const char *version = line + len;
    while (version > line && version[-1] != ' ' && version[-1] != ':')
        version--;
    size_t n = (size_t)(line + len - version);
    while (n >= 2 && memcmp(version + n - 2, ".0", 2) == 0)
        n -= 2;
    c->old = n == 3 && memcmp(version, "0.1", 3) == 0;
    if (!c->old && (n != 3 || memcmp(version, "0.2", 3) != 0))
        return nmt_fail(err, NMT_EFORMAT, 1, "%s:1: codes of version '%.*s' are not supported",
                        name, (int)(n < 40 ? n : 40), version);
    return 1;
}

static int load_codes(struct nmt_codes *c, struct nmt_lines *in, size_t merges, struct nmt_err *err)
{
    const char *name = nmt_lines_name(in);
    char *line;
    size_t len;
    uint32_t rank = 0;
    uint64_t empty = 0; /* an empty line, which may only stand at the end */
    int rc = next_line(in, &line, &len, err);
    if (rc == 0)
        return nmt_fail(err, NMT_EFORMAT, 1, "%s:1: file is empty", name);
    if (rc > 0) {
        NMT_TRY(rc = parse_version(c, line, len, name, err));
        if (rc == 1)
            NMT_TRY(rc = next_line(in, &line, &len, err));
        else
            rc = 1;
    }
    for (; rc > 0 && rank < merges; rc = next_line(in, &line, &len, err)) {
        if (len > 0 && empty)
            return nmt_fail(err, NMT_EFORMAT, empty, "%s:%llu: line is empty", name,
                            (unsigned long long)empty);
        if (len > 0)
            NMT_TRY(add_code(c, line, len, rank++, name, nmt_lines_number(in), err));
        else if (!empty)
            empty = nmt_lines_number(in);
    }
    return rc < 0 ? rc : 0;
}

int nmt_codes_load(struct nmt_codes **out, const char *path, size_t merges, struct nmt_err *err)
{
    struct nmt_codes *c = calloc(1, sizeof *c);
    struct nmt_lines *in = NULL;
    uint32_t none;
    if (!c)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    int rc = nmt_merges_init(&c->merges, err);
    if (rc == 0)
        rc = add_symbol(c, "", 0, &none, err);
    if (rc == 0)
        rc = nmt_lines_open(&in, path, LONGEST_LINE, err);
    if (rc == 0)
        rc = load_codes(c, in, merges, err);
    nmt_lines_close(in);
    if (rc < 0) {
        nmt_codes_free(c);
        return rc;
    }
    *out = c;
    return 0;
}

static int add_entry(struct nmt_codes *c, char *line, size_t len, uint64_t threshold,
                     const char *name, uint64_t number, struct nmt_err *err)
{
    strip(&line, &len);
    char *space = only_space(line, len);
    int64_t count;
    uint32_t known;
    line[len] = '\0'; /* over a space, a CR, or the NUL behind the line */
    if (!space || nmt_number_int(&count, space + 1, 0, INT64_MAX, "count", NULL) < 0)
        return nmt_fail(err, NMT_EFORMAT, number, "%s:%llu: '%.*s' is not a piece and a count",
                        name, (unsigned long long)number, (int)(len < 100 ? len : 100), line);
    if ((uint64_t)count < threshold)
        return 0;
    return nmt_strings_add(&c->vocabulary, line, (size_t)(space - line), &known, err);
}

int nmt_codes_load_vocabulary(struct nmt_codes *c, const char *path, uint64_t threshold,
                              struct nmt_err *err)
{
    struct nmt_lines *in = NULL;
    char *line;
    size_t len;
    NMT_TRY(nmt_lines_open(&in, path, LONGEST_LINE, err));
    int rc;
    while ((rc = next_line(in, &line, &len, err)) > 0) {
        rc = add_entry(c, line, len, threshold, nmt_lines_name(in), nmt_lines_number(in), err);
        if (rc < 0)
            break;
    }
    nmt_lines_close(in);
    return rc;
}

/* `given` is the expression as the user has it. */
static int compile(regex_t *re, const char *expression, int flags, const char *given,
                   struct nmt_err *err)
{
    int rc = regcomp(re, expression, REG_EXTENDED | flags);
    char why[200];
    if (rc == 0)
        return 0;
    regerror(rc, re, why, sizeof why);
    return nmt_fail(err, NMT_EUSAGE, 0, "glossary '%s': %s", given, why);
}

static int compile_both(struct nmt_glossary *g, const char *expression, struct nmt_err *err)
{
    size_t size = strlen(expression) + 5;
    char *all = malloc(size);
    if (!all)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    snprintf(all, size, "^(%s)$", expression);
    int rc = compile(&g->any, expression, 0, expression, err);
    if (rc == 0) {
        rc = compile(&g->all, all, REG_NOSUB, expression, err);
        if (rc < 0)
            regfree(&g->any);
    }
    free(all);
    return rc;
}

int nmt_codes_add_glossary(struct nmt_codes *c, const char *expression, struct nmt_err *err)
{
    struct nmt_glossary *more = realloc(c->glossaries, (c->n_glossaries + 1) * sizeof *more);
    if (!more)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    c->glossaries = more;
    if (!c->utf8)
        c->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = c->utf8 ? uselocale(c->utf8) : (locale_t)0;
    int rc = compile_both(&c->glossaries[c->n_glossaries], expression, err);
    if (c->utf8)
        uselocale(before);
    c->n_glossaries += rc == 0;
    return rc;
}
