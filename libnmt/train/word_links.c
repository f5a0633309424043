/* Links between words: reading and checking them, spreading them over pieces. */
#include "train/word_links.h"

#include <nmt/lines.h>
#include <nmt/links.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

void nmt_word_links_release(struct nmt_word_links *l)
{
    nmt_spool_release(&l->link_spool);
    nmt_spool_release(&l->at_spool);
    l->link = NULL;
    l->at = NULL;
}

/* Words as struct nmt_segmented has them: what stands between ASCII spaces. */
static size_t count_words(const char *line, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += line[i] != ' ' && (i == 0 || line[i - 1] == ' ');
    return n;
}

static int check_range(const struct nmt_links *links, const struct nmt_text text[2], size_t line,
                       const char *name, struct nmt_err *err)
{
    size_t words[2];
    for (size_t side = 0; side < 2; side++) {
        size_t len;
        const char *s = nmt_text_line(&text[side], line, &len);
        words[side] = count_words(s, len);
    }
    for (size_t i = 0; i < links->n; i++) {
        const struct nmt_link *k = &links->at[i];
        const bool source = k->source >= words[0];
        if (source || k->target >= words[1])
            return nmt_fail(err, NMT_EFORMAT, line + 1,
                            "%s:%zu: the link %" PRIu32 "-%" PRIu32
                            ", but the %s has %zu words (they count from 0)",
                            name, line + 1, k->source, k->target, source ? "source" : "target",
                            words[source ? 0 : 1]);
    }
    return 0;
}

static int keep(struct nmt_word_links *l, const struct nmt_links *links, struct nmt_err *err)
{
    const uint64_t first = l->n;
    NMT_TRY(nmt_spool_add(&l->at_spool, &first, sizeof first, err));
    for (size_t i = 0; i < links->n; i++) {
        const struct nmt_link *k = &links->at[i];
        const struct nmt_word_link link = { nmt_word_16(k->source), nmt_word_16(k->target),
                                            k->weight < 0 ? 1 : k->weight };
        NMT_TRY(nmt_spool_add(&l->link_spool, &link, sizeof link, err));
    }
    l->n += links->n;
    return 0;
}

static int map(struct nmt_word_links *l, struct nmt_err *err)
{
    const struct nmt_links end = NMT_LINKS_INIT;
    NMT_TRY(keep(l, &end, err)); /* where the last pair's links end */
    NMT_TRY(nmt_spool_map(&l->link_spool, err));
    NMT_TRY(nmt_spool_map(&l->at_spool, err));
    l->link = (const struct nmt_word_link *)(const void *)l->link_spool.data;
    l->at = (const uint64_t *)(const void *)l->at_spool.data;
    return 0;
}

static int read_lines(struct nmt_word_links *l, struct nmt_lines *in, const struct nmt_text text[2],
                      const struct nmt_bitext *data, struct nmt_err *err)
{
    struct nmt_links links = NMT_LINKS_INIT;
    const char *name = nmt_lines_name(in);
    char *line;
    size_t len, pair = 0, n = 0;
    int rc;
    while ((rc = nmt_lines_next(in, &line, &len, err)) > 0) {
        if (n >= text[0].n)
            continue; /* counted for the message */
        rc = nmt_links_parse(&links, line, len, NMT_LINKS_WEIGHTED, name, n + 1, err);
        if (rc == 0)
            rc = check_range(&links, text, n, name, err);
        if (rc == 0 && pair < data->n && nmt_bitext_head(data, pair).line == n) {
            pair++;
            rc = keep(l, &links, err);
        }
        if (rc < 0)
            break;
        n++;
    }
    nmt_links_release(&links);
    NMT_TRY(rc);
    if (nmt_lines_number(in) != text[0].n)
        return nmt_fail(err, NMT_ESHAPE, 0, "%s has %" PRIu64 " lines, but the bitext has %zu",
                        name, nmt_lines_number(in), text[0].n);
    return map(l, err);
}

static int digest(struct nmt_word_links *l, const struct nmt_bitext *data, struct nmt_err *err)
{
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    XXH3_128bits_reset(state);
    for (size_t i = 0; i < data->n; i++)
        for (uint64_t k = l->at[i]; k < l->at[i + 1]; k++) {
            const struct nmt_word_link *x = &l->link[k];
            uint32_t weight;
            memcpy(&weight, &x->weight, sizeof weight);
            const uint64_t word[2] = { i, (uint64_t)x->source << 48 | (uint64_t)x->target << 32 |
                                              weight };
            uint8_t bytes[16];
            for (size_t b = 0; b < sizeof bytes; b++)
                bytes[b] = (uint8_t)(word[b / 8] >> b % 8 * 8);
            XXH3_128bits_update(state, bytes, sizeof bytes);
        }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
    memcpy(l->digest, canonical.digest, sizeof l->digest);
    XXH3_freeState(state);
    return 0;
}

int nmt_word_links_read(struct nmt_word_links *l, const char *path, const struct nmt_text text[2],
                        const struct nmt_bitext *data, struct nmt_err *err)
{
    struct nmt_lines *in = NULL;
    NMT_TRY(nmt_lines_open(&in, path, NMT_LINKS_LINE, err));
    int rc = read_lines(l, in, text, data, err);
    nmt_lines_close(in);
    return rc < 0 ? rc : digest(l, data, err);
}

/* --- pieces ------------------------------------------------------------------------------ */

void nmt_guides_release(struct nmt_guides *g)
{
    free(g->at);
    free(g->start);
    free(g->words);
    *g = (struct nmt_guides){ .at = NULL };
}

static int make_room(struct nmt_guides *g, size_t more, struct nmt_err *err)
{
    if (g->n + more <= g->cap)
        return 0;
    const size_t cap = 2 * (g->n + more);
    struct nmt_guide *at = realloc(g->at, cap * sizeof *at);
    if (!at)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu links of pieces", cap);
    g->at = at;
    g->cap = cap;
    return 0;
}

/* The words of the pieces of a pair. */
struct pieces {
    const uint16_t *source, *target;
    uint32_t S, T;
};

/* What target piece t is told. */
static int spread(struct nmt_guides *g, const struct pieces *p, uint32_t t,
                  const struct nmt_word_link *link, size_t n, struct nmt_err *err)
{
    const size_t first = g->n;
    double sum = 0;
    NMT_TRY(make_room(g, p->S, err));
    for (size_t k = 0; k < n; k++) {
        if (link[k].target != p->target[t] || !(link[k].weight > 0))
            continue;
        for (uint32_t j = 0; j < p->S; j++)
            if (p->source[j] == link[k].source) {
                g->at[g->n++] = (struct nmt_guide){ t, j, (real)link[k].weight };
                sum += (double)link[k].weight;
            }
    }
    for (size_t i = first; i < g->n; i++)
        g->at[i].share = (real)((double)g->at[i].share / sum);
    return 0;
}

/* Those of the i-th pair, as it was cut. */
static int find_words(struct nmt_guides *g, struct pieces *p, const struct nmt_bitext *data,
                      const struct nmt_cutter *cutter, const struct nmt_pair *pair, size_t i,
                      struct nmt_err *err)
{
    const size_t need = (size_t)pair->S + pair->T;
    if (need > g->cap_words) {
        uint16_t *more = realloc(g->words, 2 * need * sizeof *more);
        if (!more)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the words of a pair");
        g->words = more;
        g->cap_words = 2 * need;
    }
    if (cutter) {
        p->source = nmt_cutter_words(cutter, i, 0);
        p->target = nmt_cutter_words(cutter, i, 1);
    }
    if (!p->source) {
        nmt_bitext_words(data, pair->position, 0, g->words);
        p->source = g->words;
    }
    if (!p->target) {
        nmt_bitext_words(data, pair->position, 1, g->words + pair->S);
        p->target = g->words + pair->S;
    }
    return 0;
}

int nmt_guides_set(struct nmt_guides *g, const struct nmt_word_links *links,
                   const struct nmt_bitext *data, const struct nmt_cutter *cutter,
                   struct nmt_pair *pairs, size_t n, struct nmt_err *err)
{
    if (n > g->cap_start) {
        free(g->start);
        g->start = malloc(n * sizeof *g->start);
        g->cap_start = g->start ? n : 0;
        if (!g->start)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for a batch of %zu pairs", n);
    }
    g->n = 0;
    for (size_t i = 0; i < n; i++) {
        const uint64_t *at = links->at + pairs[i].position;
        struct pieces p = { NULL, NULL, pairs[i].S, pairs[i].T };
        NMT_TRY(find_words(g, &p, data, cutter, &pairs[i], i, err));
        g->start[i] = g->n;
        for (uint32_t t = 0; t < p.T; t++)
            if (p.target[t] != NMT_NO_WORD_16)
                NMT_TRY(spread(g, &p, t, links->link + at[0], (size_t)(at[1] - at[0]), err));
        pairs[i].n_guide = (uint32_t)(g->n - g->start[i]);
    }
    for (size_t i = 0; i < n; i++) /* they have stopped moving */
        if (pairs[i].n_guide > 0)
            pairs[i].guide = g->at + g->start[i];
    return 0;
}
