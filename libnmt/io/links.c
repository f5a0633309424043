/* Sets of links and their text form: `i-j`, `ipj`, `i-j:p`. */
#include <nmt/links.h>
#include <nmt/number.h>

#include <stdlib.h>
#include <string.h>

void nmt_links_release(struct nmt_links *l)
{
    free(l->at);
    *l = (struct nmt_links)NMT_LINKS_INIT;
}

int nmt_links_add(struct nmt_links *l, struct nmt_link link, struct nmt_err *err)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        struct nmt_link *at = realloc(l->at, cap * sizeof *at);
        if (!at)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu links", cap);
        l->at = at;
        l->cap = cap;
    }
    l->at[l->n++] = link;
    return 0;
}

/* By source, then target; of two that join the same words the one to keep comes first. */
static int compare(const void *left, const void *right)
{
    const struct nmt_link *a = left, *b = right;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->target != b->target)
        return a->target < b->target ? -1 : 1;
    if (a->possible != b->possible)
        return a->possible ? 1 : -1;
    return (a->weight < b->weight) - (a->weight > b->weight);
}

static bool same_words(const struct nmt_link *a, const struct nmt_link *b)
{
    return a->source == b->source && a->target == b->target;
}

void nmt_links_sort(struct nmt_links *l)
{
    bool in_order = true;
    for (size_t i = 1; i < l->n && in_order; i++)
        in_order = compare(&l->at[i - 1], &l->at[i]) < 0 && !same_words(&l->at[i - 1], &l->at[i]);
    if (in_order)
        return;
    qsort(l->at, l->n, sizeof *l->at, compare);
    size_t kept = 1;
    for (size_t i = 1; i < l->n; i++)
        if (!same_words(&l->at[kept - 1], &l->at[i]))
            l->at[kept++] = l->at[i];
    l->n = kept;
}

void nmt_links_invert(struct nmt_links *l)
{
    for (size_t i = 0; i < l->n; i++) {
        uint32_t source = l->at[i].source;
        l->at[i].source = l->at[i].target;
        l->at[i].target = source;
    }
    nmt_links_sort(l);
}

void nmt_links_harden(struct nmt_links *l)
{
    for (size_t i = 0; i < l->n; i++)
        l->at[i].weight = -1;
}

/* --- reading ------------------------------------------------------------------------------ */

/* A token of the line, and what its messages need. */
struct token {
    const char *text;
    size_t len;
    const char *file;
    uint64_t number;
};

static int bad(const struct token *t, const char *what, struct nmt_err *err)
{
    int shown = t->len < 40 ? (int)t->len : 40;
    return nmt_fail(err, NMT_EFORMAT, t->number, "%s:%llu: '%.*s%s' %s", t->file,
                    (unsigned long long)t->number, shown, t->text, t->len > 40 ? "..." : "", what);
}

/* Reads digits; *i moves behind them. */
static int parse_index(const struct token *t, size_t *i, unsigned first, uint32_t *out,
                       const char *shape, struct nmt_err *err)
{
    size_t begin = *i;
    uint32_t value = 0;
    for (; *i < t->len && t->text[*i] >= '0' && t->text[*i] <= '9'; ++*i) {
        value = value * 10 + (uint32_t)(t->text[*i] - '0');
        if (value >= NMT_LINK_WORDS + first) {
            bad(t, "names a word beyond the limit of 1048576", err);
            return NMT_ELIMIT;
        }
    }
    if (*i == begin)
        return bad(t, shape, err);
    if (value < first)
        return bad(t, "names word 0, but words are counted from 1", err);
    *out = value - first;
    return 0;
}

static int parse_weight(const struct token *t, size_t i, float *out, struct nmt_err *err)
{
    char text[32];
    double value;
    size_t n = t->len - i;
    if (n == 0 || n >= sizeof text || memchr(t->text + i, '\0', n))
        return bad(t, "has no weight from 0 to 1 behind the colon", err);
    memcpy(text, t->text + i, n);
    text[n] = '\0';
    if (nmt_number_real(&value, text, 0, 1, "weight", NULL) < 0)
        return bad(t, "has no weight from 0 to 1 behind the colon", err);
    *out = (float)value;
    return 0;
}

static const char *shape_of(unsigned accept)
{
    switch (accept & (NMT_LINKS_POSSIBLE | NMT_LINKS_WEIGHTED)) {
    case NMT_LINKS_POSSIBLE:
        return "is not a link (i-j or ipj)";
    case NMT_LINKS_WEIGHTED:
        return "is not a link (i-j or i-j:p)";
    case NMT_LINKS_POSSIBLE | NMT_LINKS_WEIGHTED:
        return "is not a link (i-j, ipj or i-j:p)";
    default:
        return "is not a link (i-j)";
    }
}

static int parse_link(const struct token *t, unsigned accept, struct nmt_link *link,
                      struct nmt_err *err)
{
    const char *shape = shape_of(accept);
    unsigned first = accept & NMT_LINKS_FROM_ONE ? 1 : 0;
    uint32_t left, right;
    size_t i = 0;
    NMT_TRY(parse_index(t, &i, first, &left, shape, err));
    char mark = i < t->len ? t->text[i] : '\0';
    if (mark != '-' && !(mark == 'p' && accept & NMT_LINKS_POSSIBLE))
        return bad(t, shape, err);
    i++;
    NMT_TRY(parse_index(t, &i, first, &right, shape, err));
    bool reversed = accept & NMT_LINKS_REVERSED;
    *link = (struct nmt_link){ .source = reversed ? right : left,
                               .target = reversed ? left : right,
                               .possible = mark == 'p',
                               .weight = -1 };
    if (i < t->len && t->text[i] == ':' && accept & NMT_LINKS_WEIGHTED)
        return parse_weight(t, i + 1, &link->weight, err);
    return i == t->len ? 0 : bad(t, shape, err);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* fast_align writes `source ||| target ||| links` on request. */
static size_t behind_last_bars(const char *line, size_t len)
{
    for (size_t i = len; i >= 3; i--)
        if (memcmp(line + i - 3, "|||", 3) == 0)
            return i;
    return 0;
}

int nmt_links_parse(struct nmt_links *l, const char *line, size_t len, unsigned accept,
                    const char *file, uint64_t number, struct nmt_err *err)
{
    l->n = 0;
    for (size_t i = behind_last_bars(line, len); i < len;) {
        if (is_space(line[i])) {
            i++;
            continue;
        }
        struct token t = { line + i, 0, file, number };
        struct nmt_link link;
        while (i < len && !is_space(line[i]))
            i++;
        t.len = (size_t)(line + i - t.text);
        NMT_TRY(parse_link(&t, accept, &link, err));
        NMT_TRY(nmt_links_add(l, link, err));
    }
    nmt_links_sort(l);
    return 0;
}

/* --- writing ------------------------------------------------------------------------------ */

/* Most bytes of a link: two numbers of 10 digits, a mark, a weight as %.6g, a space. */
#define LINK_TEXT 48

static char *put_number(char *p, uint32_t value)
{
    char digits[10];
    int n = 0;
    do
        digits[n++] = (char)('0' + value % 10);
    while (value /= 10);
    while (n > 0)
        *p++ = digits[--n];
    return p;
}

int nmt_links_write(const struct nmt_links *l, struct nmt_buffer *out, struct nmt_err *err)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct nmt_link *link = &l->at[i];
        NMT_TRY(nmt_buffer_reserve(out, LINK_TEXT, err));
        char *p = out->data + out->len;
        if (i > 0)
            *p++ = ' ';
        p = put_number(p, link->source);
        *p++ = link->possible ? 'p' : '-';
        p = put_number(p, link->target);
        out->len = (size_t)(p - out->data);
        if (link->weight >= 0)
            NMT_TRY(nmt_buffer_addf(out, err, ":%.6g", (double)link->weight));
    }
    return 0;
}
