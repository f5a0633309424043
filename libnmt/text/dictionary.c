/* A dictionary of words: source words are numbered, each has the number of its translation. */
#include <nmt/dictionary.h>

#include "strings_internal.h"

#include <nmt/filter.h>
#include <nmt/lines.h>

#include <stdlib.h>
#include <string.h>

/* Longest line in bytes; longer is no pair of words. */
#define LINE_MAX_BYTES ((size_t)1 << 16)

struct nmt_dictionary {
    struct nmt_strings source, target; /* a source's value: number of its target */
};

void nmt_dictionary_free(struct nmt_dictionary *d)
{
    if (!d)
        return;
    nmt_strings_release(&d->source);
    nmt_strings_release(&d->target);
    free(d);
}

/* What is wrong with a translation, or NULL. */
static const char *wrong_words(const char *s, size_t n)
{
    if (n == 0)
        return "has no translation behind the tab";
    if (memchr(s, '\t', n))
        return "has more than one tab";
    bool space = true;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == ' ' && space)
            return "has a space too many in its translation";
        space = s[i] == ' ';
    }
    return space ? "has a space too many in its translation" : NULL;
}

static const char *wrong_source(const char *s, size_t n)
{
    if (n == 0)
        return "has no word before the tab";
    return memchr(s, ' ', n) ? "has more than one word before the tab" : NULL;
}

static int add_line(struct nmt_dictionary *d, const char *line, size_t len, struct nmt_err *err)
{
    uint32_t source, target, known = (uint32_t)d->source.n;
    NMT_TRY(nmt_sentence_check(line, len, err));
    const char *tab = memchr(line, '\t', len);
    const char *wrong = tab ? wrong_source(line, (size_t)(tab - line)) : "has no tab";
    if (!wrong)
        wrong = wrong_words(tab + 1, len - (size_t)(tab - line) - 1);
    if (wrong)
        return nmt_fail(err, NMT_EFORMAT, 0, "the line %s", wrong);
    NMT_TRY(nmt_strings_add(&d->source, line, (size_t)(tab - line), &source, err));
    if (source < known)
        return 0;
    NMT_TRY(nmt_strings_add(&d->target, tab + 1, len - (size_t)(tab - line) - 1, &target, err));
    d->source.items[source].value = target;
    return 0;
}

static int load(struct nmt_dictionary *d, struct nmt_lines *in, struct nmt_err *err)
{
    char *line;
    size_t len;
    int rc;
    while ((rc = nmt_lines_next(in, &line, &len, err)) > 0) {
        struct nmt_err why = NMT_ERR_INIT;
        rc = add_line(d, line, len, &why);
        if (rc < 0)
            return nmt_fail(err, rc, nmt_lines_number(in), "%s:%llu: %s", nmt_lines_name(in),
                            (unsigned long long)nmt_lines_number(in), why.msg);
    }
    return rc;
}

int nmt_dictionary_load(struct nmt_dictionary **out, const char *path, struct nmt_err *err)
{
    struct nmt_lines *in = NULL;
    struct nmt_dictionary *d = calloc(1, sizeof *d);
    if (!d)
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", path);
    int rc = nmt_lines_open(&in, path, LINE_MAX_BYTES, err);
    if (rc == 0)
        rc = load(d, in, err);
    nmt_lines_close(in);
    if (rc < 0)
        nmt_dictionary_free(d);
    else
        *out = d;
    return rc;
}

const char *nmt_dictionary_find(const struct nmt_dictionary *d, const char *word, size_t len,
                                size_t *found_len)
{
    uint32_t source = nmt_strings_find(&d->source, word, len);
    if (source == NMT_STRINGS_NONE)
        return NULL;
    uint32_t target = d->source.items[source].value;
    *found_len = d->target.items[target].len;
    return nmt_strings_get(&d->target, target);
}
