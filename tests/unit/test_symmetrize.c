/* Links and their symmetrisation, against a plain reading of the definition. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/align.h>
#include <nmt/random.h>

#include <stdlib.h>
#include <string.h>

static struct nmt_links parse(const char *text)
{
    struct nmt_links l = NMT_LINKS_INIT;
    struct nmt_err err = NMT_ERR_INIT;
    unsigned all = NMT_LINKS_POSSIBLE | NMT_LINKS_WEIGHTED;
    int rc = nmt_links_parse(&l, text, strlen(text), all, "test", 1, &err);
    cr_assert(eq(int, rc, 0), "%s", err.msg);
    return l;
}

static char *written(const struct nmt_links *l)
{
    struct nmt_buffer b = NMT_BUFFER_INIT;
    cr_assert(eq(int, nmt_links_write(l, &b, NULL), 0));
    cr_assert(nmt_buffer_str(&b, NULL) != NULL);
    return b.data;
}

/* --- the definition, word for word, on small grids --------------------------------------- */

#define GRID 12

struct grid {
    bool in[GRID][GRID];
};

static struct grid to_grid(const struct nmt_links *l)
{
    struct grid g = { 0 };
    for (size_t i = 0; i < l->n; i++)
        g.in[l->at[i].source][l->at[i].target] = true;
    return g;
}

static bool source_free(const struct grid *g, int i)
{
    for (int j = 0; j < GRID; j++)
        if (g->in[i][j])
            return false;
    return true;
}

static bool target_free(const struct grid *g, int j)
{
    for (int i = 0; i < GRID; i++)
        if (g->in[i][j])
            return false;
    return true;
}

static bool has_neighbour(const struct grid *g, int i, int j)
{
    for (int di = -1; di <= 1; di++)
        for (int dj = -1; dj <= 1; dj++) {
            int y = i + di, x = j + dj;
            if ((di || dj) && y >= 0 && x >= 0 && y < GRID && x < GRID && g->in[y][x])
                return true;
        }
    return false;
}

static struct grid plain(enum nmt_symmetry how, const struct grid *a, const struct grid *b)
{
    struct grid g = { 0 };
    for (int i = 0; i < GRID; i++)
        for (int j = 0; j < GRID; j++)
            g.in[i][j] = how == NMT_UNION ? a->in[i][j] || b->in[i][j] : a->in[i][j] && b->in[i][j];
    if (how == NMT_INTERSECT || how == NMT_UNION)
        return g;
    for (bool added = true; added;) {
        added = false;
        for (int i = 0; i < GRID; i++)
            for (int j = 0; j < GRID; j++) {
                if (g.in[i][j] || !(a->in[i][j] || b->in[i][j]) || !has_neighbour(&g, i, j))
                    continue;
                if (source_free(&g, i) || target_free(&g, j))
                    g.in[i][j] = added = true;
            }
    }
    for (int side = 0; side < 2 && how != NMT_GROW_DIAG; side++)
        for (int i = 0; i < GRID; i++)
            for (int j = 0; j < GRID; j++) {
                bool s = source_free(&g, i), t = target_free(&g, j);
                if ((side ? b : a)->in[i][j] && (how == NMT_GROW_DIAG_FINAL ? s || t : s && t))
                    g.in[i][j] = true;
            }
    return g;
}

/* --- random alignments ------------------------------------------------------------------- */

static void random_links(struct nmt_random *r, struct nmt_links *l)
{
    uint64_t words = 1 + nmt_random_below(r, GRID), n = nmt_random_below(r, 2 * words + 1);
    l->n = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint32_t s = (uint32_t)nmt_random_below(r, words);
        uint32_t t = nmt_random_below(r, 3) ? (uint32_t)nmt_random_below(r, words) : s;
        struct nmt_link link = { .source = s, .target = t, .weight = -1 };
        cr_assert(eq(int, nmt_links_add(l, link, NULL), 0));
    }
    nmt_links_sort(l);
}

static bool is_part(const struct nmt_links *part, const struct grid *whole)
{
    for (size_t i = 0; i < part->n; i++)
        if (!whole->in[part->at[i].source][part->at[i].target])
            return false;
    return true;
}

static void check_one(struct nmt_symmetrizer *s, enum nmt_symmetry how, const struct nmt_links *a,
                      const struct nmt_links *b, struct nmt_links *out)
{
    struct grid ga = to_grid(a), gb = to_grid(b);
    cr_assert(eq(int, nmt_symmetrize(s, how, a, b, out, NULL), 0));
    struct grid got = to_grid(out), want = plain(how, &ga, &gb);
    cr_assert(eq(int, memcmp(&got, &want, sizeof got), 0), "%s + %s, heuristic %d: %s", written(a),
              written(b), how, written(out));
    struct grid all = plain(NMT_UNION, &ga, &gb);
    cr_assert(is_part(out, &all));
    for (size_t i = 1; i < out->n; i++)
        cr_assert(out->at[i - 1].source < out->at[i].source ||
                  (out->at[i - 1].source == out->at[i].source &&
                   out->at[i - 1].target < out->at[i].target));
    struct nmt_links both = NMT_LINKS_INIT;
    cr_assert(eq(int, nmt_symmetrize(s, NMT_INTERSECT, a, b, &both, NULL), 0));
    cr_assert(is_part(&both, &got));
    nmt_links_release(&both);
}

Test(symmetrize, agrees_with_the_definition_and_lies_between_intersection_and_union)
{
    struct nmt_random r = { 1, 2, 0 };
    struct nmt_links a = NMT_LINKS_INIT, b = NMT_LINKS_INIT, out = NMT_LINKS_INIT;
    struct nmt_symmetrizer *s = NULL;
    cr_assert(eq(int, nmt_symmetrizer_new(&s, NULL), 0));
    for (int round = 0; round < 3000; round++) {
        random_links(&r, &a);
        random_links(&r, &b);
        for (int how = NMT_INTERSECT; how <= NMT_GROW_DIAG_FINAL_AND; how++)
            check_one(s, (enum nmt_symmetry)how, &a, &b, &out);
    }
    nmt_symmetrizer_free(s);
    nmt_links_release(&a);
    nmt_links_release(&b);
    nmt_links_release(&out);
}

Test(symmetrize, an_alignment_with_itself_is_itself)
{
    struct nmt_random r = { 3, 4, 0 };
    struct nmt_links a = NMT_LINKS_INIT, out = NMT_LINKS_INIT;
    struct nmt_symmetrizer *s = NULL;
    cr_assert(eq(int, nmt_symmetrizer_new(&s, NULL), 0));
    for (int round = 0; round < 300; round++) {
        random_links(&r, &a);
        for (int how = NMT_INTERSECT; how <= NMT_GROW_DIAG_FINAL_AND; how++) {
            cr_assert(eq(int, nmt_symmetrize(s, (enum nmt_symmetry)how, &a, &a, &out, NULL), 0));
            struct grid ga = to_grid(&a), go = to_grid(&out);
            cr_assert(eq(int, memcmp(&ga, &go, sizeof ga), 0));
        }
    }
    nmt_symmetrizer_free(s);
    nmt_links_release(&a);
    nmt_links_release(&out);
}

/* A sweep from the start for each point would take 10^10 steps here. */
Test(symmetrize, a_long_diagonal_grows_from_its_far_end_in_time, .timeout = 20)
{
    enum { N = 100000 };
    struct nmt_links a = NMT_LINKS_INIT, b = NMT_LINKS_INIT, out = NMT_LINKS_INIT;
    struct nmt_symmetrizer *s = NULL;
    for (uint32_t i = 0; i < N; i++)
        cr_assert(eq(int, nmt_links_add(&a, (struct nmt_link){ i, i, false, -1 }, NULL), 0));
    cr_assert(eq(int, nmt_links_add(&b, (struct nmt_link){ N - 1, N - 1, false, -1 }, NULL), 0));
    cr_assert(eq(int, nmt_symmetrizer_new(&s, NULL), 0));
    cr_assert(eq(int, nmt_symmetrize(s, NMT_GROW_DIAG, &a, &b, &out, NULL), 0));
    cr_assert(eq(sz, out.n, N));
    nmt_symmetrizer_free(s);
    nmt_links_release(&a);
    nmt_links_release(&b);
    nmt_links_release(&out);
}

Test(links, inverting_twice_is_the_identity)
{
    struct nmt_random r = { 5, 6, 0 };
    struct nmt_links a = NMT_LINKS_INIT;
    for (int round = 0; round < 300; round++) {
        random_links(&r, &a);
        char *before = written(&a);
        nmt_links_invert(&a);
        nmt_links_invert(&a);
        char *after = written(&a);
        cr_assert(eq(str, before, after));
        free(before);
        free(after);
    }
    nmt_links_release(&a);
}

Test(links, what_is_written_reads_back_the_same)
{
    struct nmt_links a = parse("3-1 0p0 2-2:0.125 0-1:1 1048575-1048575 2-2:0.5 0-0");
    char *text = written(&a);
    cr_assert(eq(str, text, "0-0 0-1:1 2-2:0.5 3-1 1048575-1048575"));
    struct nmt_links b = parse(text);
    char *again = written(&b);
    cr_assert(eq(str, text, again));
    free(text);
    free(again);
    nmt_links_release(&a);
    nmt_links_release(&b);
}

Test(links, a_kind_that_is_not_wanted_is_refused)
{
    struct nmt_links l = NMT_LINKS_INIT;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_links_parse(&l, "0-0 1p1", 7, 0, "gold", 9, &err), NMT_EFORMAT));
    cr_assert(eq(str, err.msg, "gold:9: '1p1' is not a link (i-j)"));
    cr_assert(eq(ulong, err.at, 9));
    cr_assert(
        eq(int, nmt_links_parse(&l, "0-0:1", 5, NMT_LINKS_POSSIBLE, "gold", 9, NULL), NMT_EFORMAT));
    nmt_links_release(&l);
}

/* --- soft alignments ---------------------------------------------------------------------- */

static float weights[] = {
    0.6f, 0.3f, 0.0f, /* first target word */
    0.2f, 0.2f, 0.1f, /* a tie: the first source word wins */
    0.0f, 0.0f, 0.0f, /* nothing to link */
    0.0f, 0.1f, 0.9f,
};
static char source[] = "a b c", target[] = "A B C D";
static const struct nmt_alignment soft = { 3, 4, source, target, weights };

Test(links, the_best_source_word_is_linked_from_the_threshold_on)
{
    static const struct {
        double threshold;
        const char *best, *above;
    } cases[] = {
        { 0, "0-0 0-1 2-3", "0-0 0-1 1-0 1-1 1-3 2-1 2-3" },
        { 0.2, "0-0 0-1 2-3", "0-0 0-1 1-0 1-1 2-3" },
        { 0.25, "0-0 2-3", "0-0 1-0 2-3" },
        { 1, "", "" },
    };
    struct nmt_links l = NMT_LINKS_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert(eq(int, nmt_links_best(&l, &soft, cases[i].threshold, NULL), 0));
        nmt_links_harden(&l);
        char *best = written(&l);
        cr_assert(eq(int, nmt_links_above(&l, &soft, cases[i].threshold, NULL), 0));
        nmt_links_harden(&l);
        char *above = written(&l);
        cr_assert(eq(str, best, (char *)cases[i].best));
        cr_assert(eq(str, above, (char *)cases[i].above));
        free(best);
        free(above);
    }
    nmt_links_release(&l);
}

Test(links, become_a_matrix_with_their_lines)
{
    struct nmt_links l = parse("0-0 1p1 2-0:0.25");
    struct nmt_alignment a = { 0 };
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_links_to_alignment(&a, &l, "  x  y z", 8, "X Y ", 4, "f", 1, &err), 0));
    cr_assert(eq(str, a.source, "x y z"));
    cr_assert(eq(str, a.target, "X Y"));
    cr_assert(eq(flt, a.weight[0], 1.0f));
    cr_assert(eq(flt, a.weight[2], 0.25f));
    cr_assert(eq(flt, a.weight[4], 0.5f));
    nmt_alignment_share(&a);
    cr_assert(eq(flt, a.weight[0], 0.8f));
    cr_assert(eq(flt, a.weight[2], 0.2f));
    cr_assert(eq(flt, a.weight[4], 0.5f));
    cr_assert(
        eq(int, nmt_links_to_alignment(&a, &l, "x y", 3, "X Y", 3, "f", 7, &err), NMT_ESHAPE));
    cr_assert(eq(str, err.msg, "f:7: link 2-0 leaves a pair of 2 and 2 words"));
    nmt_links_alignment_release(&a);
    nmt_links_release(&l);
}
