/*
 * Joins. A part of the pair's places is gone through twice. First the joined symbol is written, and
 * what its neighbours gain is counted: all that the joined symbol gains with one of them is what
 * the left or the right symbol loses with it. Then the places of those new pairs are written that
 * turn out to be frequent enough.
 *
 * In between, the gains of all parts are added up in the order of the text. A list of places is
 * written by all parts, each behind the bytes of those before.
 */
#include "merge_join_internal.h"

#include <stdlib.h>

enum { BEFORE, BEHIND };

#define PART_BYTES ((size_t)1 << 11)
#define APART      80 /* bytes between what two parts look at: more than one load of bits */
#define AHEAD      8  /* places that are fetched from memory before they are needed */
#define NEAR       64 /* symbols within which a word's border has to be found */

void nmt_merge_joiner_init(struct nmt_merge_joiner *j)
{
    *j = (struct nmt_merge_joiner){ .part_bytes = PART_BYTES };
}

void nmt_merge_joiner_release(struct nmt_merge_joiner *j)
{
    for (size_t i = 0; i < NMT_JOIN_PARTS; i++)
        for (size_t side = 0; side < 2; side++) {
            free(j->parts[i].gains[side].of);
            free(j->parts[i].gains[side].touched);
        }
    nmt_merge_joiner_init(j);
}

/* --- gains ------------------------------------------------------------------------------ */

static int grow_gains(struct nmt_join_gains *g, size_t n, struct nmt_err *err)
{
    if (n <= g->cap)
        return 0;
    size_t cap = n + n / 2 + 256;
    struct nmt_join_gain *of = realloc(g->of, cap * sizeof *of);
    if (of)
        g->of = of;
    uint32_t *touched = of ? realloc(g->touched, cap * sizeof *touched) : NULL;
    if (!touched)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    g->touched = touched;
    for (size_t i = g->cap; i < cap; i++)
        g->of[i] = (struct nmt_join_gain){ .pair = NMT_PAIR_NONE };
    g->cap = cap;
    return 0;
}

static inline void gain(struct nmt_join_gains *g, uint32_t symbol, uint64_t count, size_t place)
{
    struct nmt_join_gain *of = &g->of[symbol];
    if (of->n == 0) {
        g->touched[g->n_touched++] = symbol;
        of->first = (uint32_t)place;
    }
    of->count += count;
    of->n += nmt_place_bytes((uint32_t)place - of->last);
    of->last = (uint32_t)place;
}

/* Adds a part's gains to those of the parts before, which become their sum. What is left is where
 * the part's places will begin in the list and the last place before them. */
static void add_gains(struct nmt_join_gains *sum, struct nmt_join_gains *part)
{
    for (size_t i = 0; i < part->n_touched; i++) {
        uint32_t symbol = part->touched[i];
        struct nmt_join_gain *from = &part->of[symbol], *to = &sum->of[symbol], old = *to;
        if (to->n == 0) {
            sum->touched[sum->n_touched++] = symbol;
            to->first = from->first;
        }
        to->count += from->count;
        to->n += from->n - nmt_place_bytes(from->first) + nmt_place_bytes(from->first - to->last);
        to->last = from->last;
        from->n = old.n;
        from->last = old.last;
    }
}

static void clear_gains(struct nmt_join_gains *g)
{
    for (size_t i = 0; i < g->n_touched; i++)
        g->of[g->touched[i]] = (struct nmt_join_gain){ .pair = NMT_PAIR_NONE };
    g->n_touched = 0;
}

/* --- parts of a list -------------------------------------------------------------------- */

struct run {
    struct nmt_merge_joiner *j;
    struct nmt_merge_text *t;
    struct nmt_survey *c;
    uint32_t left, right, joined, left_width, width;
    size_t n; /* parts */
};

/* Is a place so far behind another that threads may change the words of both? */
static bool is_apart(const struct nmt_merge_text *t, uint32_t one, uint32_t other)
{
    size_t end = one, start = (size_t)other + 1;
    if (other - one < APART)
        return false;
    for (size_t i = 0; i == 0 || !nmt_merge_is_digit(t, end); i++) {
        end = nmt_merge_next(t, end);
        if (end >= other || i == NEAR)
            return false;
    }
    bool in_count = false; /* nmt_merge_count looks at the last symbol of the word before, too */
    for (size_t i = 0; i < NEAR && start >= end + APART; i++) {
        start = nmt_merge_previous(t, start);
        bool digit = nmt_merge_is_digit(t, start);
        if (in_count && !digit)
            return start >= end + APART;
        in_count = digit;
    }
    return false;
}

static void cut_list(struct run *r, const struct nmt_pair *pair, size_t threads)
{
    const unsigned char *places = r->c->places, *p = places + pair->first, *end = p + pair->n;
    size_t n = pair->n / r->j->part_bytes;
    n = n < threads ? n : threads;
    n = n < NMT_JOIN_PARTS ? n : NMT_JOIN_PARTS;
    r->n = 1;
    r->j->parts[0].first = pair->first;
    r->j->parts[0].n = pair->n;
    r->j->parts[0].origin = 0;
    for (uint32_t place = 0; r->n < n && p < end;) {
        uint32_t here = (uint32_t)(p - places), before = place;
        p = nmt_place_get(p, &place);
        if (here - pair->first < pair->n / n * r->n || !is_apart(r->t, before, place))
            continue;
        struct nmt_join_part *part = &r->j->parts[r->n++];
        part->first = here;
        part->n = pair->first + pair->n - here;
        part->origin = before;
        part[-1].n = here - part[-1].first;
    }
}

/* --- the two ways over the places ------------------------------------------------------- */

struct join {
    size_t place;
    bool after_joined, before_joined;
};

/* What stands before and behind a joined symbol, 0 for what is to be left out: of two joined
 * symbols side by side the pair belongs to the first one. */
static inline void look_around(const struct run *r, const struct join *at, size_t *previous,
                               uint32_t symbols[2])
{
    symbols[BEFORE] = 0;
    if (!at->after_joined) {
        *previous = nmt_merge_previous(r->t, at->place);
        symbols[BEFORE] = nmt_merge_symbol(r->t, *previous);
    }
    symbols[BEHIND] = at->before_joined ? r->joined : nmt_merge_symbol(r->t, at->place + r->width);
}

static inline void count_gains(const struct run *r, struct nmt_join_part *part,
                               const struct join *at)
{
    size_t previous = 0;
    uint32_t symbols[2];
    look_around(r, at, &previous, symbols);
    if (!symbols[BEFORE] && !symbols[BEHIND])
        return;
    uint64_t count = nmt_merge_count(r->t, at->place);
    if (symbols[BEFORE])
        gain(&part->gains[BEFORE], symbols[BEFORE], count, previous);
    if (symbols[BEHIND])
        gain(&part->gains[BEHIND], symbols[BEHIND], count, at->place);
}

/* Fetches from memory what stands at the next place of a list. */
static inline const unsigned char *fetch_place(const struct nmt_merge_text *t,
                                               const unsigned char *p, uint32_t *place)
{
    p = nmt_place_get(p, place);
    __builtin_prefetch(t->bytes + *place, 1);
    __builtin_prefetch(t->starts + *place / 8, 1);
    return p;
}

/* Writes the joined symbol wherever the pair stands, from the left, without overlap. Only those
 * places are left in the list. Gains are counted one place later, when what is behind is joined. */
static void join_part(void *arg, size_t i, size_t worker)
{
    struct run *r = arg;
    struct nmt_join_part *part = &r->j->parts[i];
    const struct nmt_merge_symbol *shape = &r->t->shapes[r->joined];
    unsigned char *list = r->c->places + part->first, *to = list;
    const unsigned char *p = list, *end = p + part->n;
    uint32_t place = part->origin, last = place;
    struct join at = { .place = SIZE_MAX };
    const unsigned char *ahead = p;
    uint32_t coming = place;
    (void)worker;
    for (size_t k = 0; k < AHEAD && ahead < end; k++)
        ahead = fetch_place(r->t, ahead, &coming);
    while (p < end) {
        if (ahead < end)
            ahead = fetch_place(r->t, ahead, &coming);
        p = nmt_place_get(p, &place);
        if (!nmt_merge_starts(r->t, place) || nmt_merge_symbol(r->t, place) != r->left ||
            nmt_merge_symbol(r->t, place + r->left_width) != r->right)
            continue;
        nmt_merge_write(r->t, place, place + r->left_width, shape);
        to = nmt_place_put(to, place, &last);
        bool touch = false;
        if (at.place != SIZE_MAX) {
            touch = at.before_joined = at.place + r->width == place;
            count_gains(r, part, &at);
        }
        at = (struct join){ place, touch, false };
    }
    if (at.place != SIZE_MAX)
        count_gains(r, part, &at);
    part->n = (uint32_t)(to - list);
}

static inline void put_place(struct nmt_survey *c, struct nmt_join_gains *g, uint32_t symbol,
                             size_t place)
{
    struct nmt_join_gain *of = &g->of[symbol];
    if (of->pair == NMT_PAIR_NONE)
        return;
    unsigned char *end = nmt_place_put(c->places + of->n, (uint32_t)place, &of->last);
    of->n = (uint32_t)(end - c->places);
}

static void place_part(void *arg, size_t i, size_t worker)
{
    struct run *r = arg;
    struct nmt_join_part *part = &r->j->parts[i];
    const unsigned char *p = r->c->places + part->first, *end = p + part->n;
    uint32_t coming = part->origin;
    struct join at = { .place = SIZE_MAX };
    (void)worker;
    if (p < end)
        p = nmt_place_get(p, &coming);
    for (bool more = part->n > 0; more;) {
        size_t previous = 0;
        uint32_t symbols[2];
        at = (struct join){ coming, at.before_joined, false };
        more = p < end;
        if (more)
            p = nmt_place_get(p, &coming);
        at.before_joined = more && coming == at.place + r->width;
        look_around(r, &at, &previous, symbols);
        if (symbols[BEFORE])
            put_place(r->c, &part->gains[BEFORE], symbols[BEFORE], previous);
        if (symbols[BEHIND])
            put_place(r->c, &part->gains[BEHIND], symbols[BEHIND], at.place);
    }
}

/* --- in between ------------------------------------------------------------------------- */

static void lose(struct nmt_survey *c, uint32_t left, uint32_t right, uint64_t count)
{
    uint32_t number = nmt_survey_find(c, left, right);
    if (number != NMT_PAIR_NONE)
        c->items[number].count -= count;
}

static void lose_all(const struct run *r)
{
    const struct nmt_join_gains *g = r->j->parts[0].gains;
    for (size_t i = 0; i < g[BEFORE].n_touched; i++) {
        uint32_t other = g[BEFORE].touched[i];
        lose(r->c, other, r->left, g[BEFORE].of[other].count);
    }
    for (size_t i = 0; i < g[BEHIND].n_touched; i++) {
        uint32_t other = g[BEHIND].touched[i];
        lose(r->c, r->right, other == r->joined ? r->left : other, g[BEHIND].of[other].count);
    }
}

/* Makes candidates of the new pairs that are frequent enough. */
static int add_pairs(const struct run *r, size_t side, struct nmt_err *err)
{
    struct nmt_survey *c = r->c;
    struct nmt_join_gains *g = &r->j->parts[0].gains[side];
    for (size_t i = 0; i < g->n_touched; i++) {
        uint32_t other = g->touched[i];
        struct nmt_join_gain *of = &g->of[other];
        if (of->count < c->threshold)
            continue;
        NMT_TRY(nmt_survey_add(c, side == BEFORE ? other : r->joined,
                               side == BEFORE ? r->joined : other, of->n, &of->pair, err));
        struct nmt_pair *pair = &c->items[of->pair];
        pair->count = of->count;
        pair->n = of->n;
        pair->last = of->last;
        of->n = pair->first;
        of->last = 0;
    }
    for (size_t k = 1; k < r->n; k++) {
        struct nmt_join_gains *part = &r->j->parts[k].gains[side];
        for (size_t i = 0; i < part->n_touched; i++) {
            struct nmt_join_gain *of = &part->of[part->touched[i]];
            of->pair = g->of[part->touched[i]].pair;
            if (of->pair != NMT_PAIR_NONE)
                of->n += c->items[of->pair].first;
        }
    }
    return 0;
}

int nmt_merge_joiner_run(struct nmt_merge_joiner *j, struct nmt_merge_text *t, struct nmt_survey *c,
                         uint32_t number, uint32_t joined, struct nmt_threads *threads,
                         struct nmt_err *err)
{
    const struct nmt_pair pair = c->items[number];
    const size_t known = c->n;
    struct run r = { .j = j, .t = t, .c = c, .left = pair.left, .right = pair.right };
    r.joined = joined;
    r.left_width = t->shapes[pair.left].width;
    r.width = t->shapes[joined].width;
    cut_list(&r, &pair, nmt_threads_count(threads));
    for (size_t i = 0; i < r.n; i++)
        for (size_t side = 0; side < 2; side++)
            NMT_TRY(grow_gains(&j->parts[i].gains[side], t->symbols.n, err));
    nmt_threads_run(threads, r.n, join_part, &r);
    for (size_t i = 1; i < r.n; i++)
        for (size_t side = 0; side < 2; side++)
            add_gains(&j->parts[0].gains[side], &j->parts[i].gains[side]);
    lose_all(&r);
    c->items[number].count = 0;
    NMT_TRY(add_pairs(&r, BEFORE, err));
    NMT_TRY(add_pairs(&r, BEHIND, err));
    if (c->n > known)
        nmt_threads_run(threads, r.n, place_part, &r);
    for (size_t i = 0; i < r.n; i++)
        for (size_t side = 0; side < 2; side++)
            clear_gains(&j->parts[i].gains[side]);
    return 0;
}
