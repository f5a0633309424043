/*
 * Making merges, exactly and incrementally. A heap gives the candidate with the highest count; its
 * entries are corrected when they come up, for counts only fall. Joining a pair touches its places
 * and their neighbours, nothing else.
 */
#include "merge_learner_internal.h"

#include "vocab_internal.h"

#include <stdlib.h>
#include <string.h>

int nmt_merge_learner_init(struct nmt_merge_learner *m, enum nmt_merge_rule rule,
                           struct nmt_err *err)
{
    *m = (struct nmt_merge_learner){ .budget = NMT_CANDIDATE_BYTES };
    m->candidates.threshold = UINT64_MAX;
    nmt_merge_joiner_init(&m->joiner);
    return nmt_merge_text_init(&m->text, rule, err);
}

void nmt_merge_learner_release(struct nmt_merge_learner *m)
{
    nmt_merge_text_release(&m->text);
    nmt_survey_release(&m->candidates);
    nmt_merge_joiner_release(&m->joiner);
    free(m->heap);
    *m = (struct nmt_merge_learner){ .n_heap = 0 };
}

/* --- order of pairs --------------------------------------------------------------------- */

static const char *text_of(const struct nmt_merge_learner *m, uint32_t symbol, size_t *len)
{
    *len = m->text.symbols.items[symbol].len;
    return nmt_strings_get(&m->text.symbols, symbol);
}

/* What a pair spells; its length, or 0 when that is more than a piece may have. */
static size_t spell(const struct nmt_merge_learner *m, const struct nmt_pair *pair,
                    char joined[NMT_PIECE_MAX])
{
    size_t n, k;
    const char *left = text_of(m, pair->left, &n), *right = text_of(m, pair->right, &k);
    if (n + k > NMT_PIECE_MAX)
        return 0;
    memcpy(joined, left, n);
    memcpy(joined + n, right, k);
    return n + k;
}

static int compare_joined(const struct nmt_merge_learner *m, const struct nmt_pair *a,
                          const struct nmt_pair *b)
{
    char one[NMT_PIECE_MAX], other[NMT_PIECE_MAX];
    size_t n = spell(m, a, one), k = spell(m, b, other);
    int c = memcmp(one, other, n < k ? n : k);
    return c ? c : (n > k) - (n < k);
}

/* The byte of a code's symbol as it is written, -1 behind its end. */
static int byte_at(const char *text, size_t len, size_t i)
{
    static const char end[] = "</w>";
    if (i + 1 < len || (i < len && text[i] != NMT_CODES_END))
        return (unsigned char)text[i];
    bool ends = len > 0 && text[len - 1] == NMT_CODES_END;
    return ends && i - (len - 1) < strlen(end) ? end[i - (len - 1)] : -1;
}

static int compare_symbols(const struct nmt_merge_learner *m, uint32_t a, uint32_t b)
{
    size_t n, k;
    const char *p = text_of(m, a, &n), *q = text_of(m, b, &k);
    for (size_t i = 0; a != b; i++) {
        int x = byte_at(p, n, i), y = byte_at(q, k, i);
        if (x != y || x < 0)
            return (x > y) - (x < y);
    }
    return 0;
}

/* Does pair x come before pair y, their counts being equal? */
static bool tie(const struct nmt_merge_learner *m, uint32_t x, uint32_t y)
{
    const struct nmt_pair *a = &m->candidates.items[x], *b = &m->candidates.items[y];
    const struct nmt_merge_symbol *shapes = m->text.shapes;
    if (m->text.rule == NMT_MERGE_CODES) {
        int c = compare_symbols(m, a->left, b->left);
        return (c != 0 ? c : compare_symbols(m, a->right, b->right)) > 0;
    }
    uint32_t wide = shapes[a->left].characters + shapes[a->right].characters;
    uint32_t other = shapes[b->left].characters + shapes[b->right].characters;
    return wide != other ? wide < other : compare_joined(m, a, b) < 0;
}

static bool before(const struct nmt_merge_learner *m, const struct nmt_merge_wait *a,
                   const struct nmt_merge_wait *b)
{
    if (a->priority != b->priority)
        return a->priority > b->priority;
    return a->pair != b->pair && tie(m, a->pair, b->pair);
}

/* --- heap ------------------------------------------------------------------------------- */

static void sift_down(struct nmt_merge_learner *m, size_t i, struct nmt_merge_wait item)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= m->n_heap)
            break;
        if (child + 1 < m->n_heap && before(m, &m->heap[child + 1], &m->heap[child]))
            child++;
        if (!before(m, &m->heap[child], &item))
            break;
        m->heap[i] = m->heap[child];
        i = child;
    }
    m->heap[i] = item;
}

static void heap_drop(struct nmt_merge_learner *m)
{
    struct nmt_merge_wait last = m->heap[--m->n_heap];
    if (m->n_heap > 0)
        sift_down(m, 0, last);
}

/* Pieces must not be too long, and names of special and byte pieces are not made out of text. */
static bool is_barred(const struct nmt_merge_learner *m, const struct nmt_pair *pair)
{
    char joined[NMT_PIECE_MAX];
    if (m->text.rule == NMT_MERGE_CODES)
        return false;
    size_t len = spell(m, pair, joined);
    for (size_t i = 0; i < NMT_ID_SPECIALS; i++)
        if (strlen(nmt_special_pieces[i]) == len && memcmp(nmt_special_pieces[i], joined, len) == 0)
            return true;
    return len == 0 || (m->bar_bytes && nmt_piece_byte(joined, len) >= 0);
}

static int heap_push(struct nmt_merge_learner *m, uint32_t number, struct nmt_err *err)
{
    const struct nmt_pair *pair = &m->candidates.items[number];
    if (is_barred(m, pair))
        return 0;
    if (m->n_heap == m->cap_heap) {
        size_t cap = m->cap_heap + m->cap_heap / 2 + 256;
        struct nmt_merge_wait *heap = realloc(m->heap, cap * sizeof *heap);
        if (!heap)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        m->heap = heap;
        m->cap_heap = cap;
    }
    struct nmt_merge_wait item = { pair->count, number };
    size_t i = m->n_heap++;
    for (; i > 0 && before(m, &item, &m->heap[(i - 1) / 2]); i = (i - 1) / 2)
        m->heap[i] = m->heap[(i - 1) / 2];
    m->heap[i] = item;
    return 0;
}

static int survey(struct nmt_merge_learner *m, uint64_t below, struct nmt_err *err)
{
    struct nmt_survey *c = &m->candidates;
    NMT_TRY(nmt_survey_run(c, &m->text, below, m->budget, m->threads, err));
    m->n_heap = 0;
    for (uint32_t i = 0; i < c->n; i++)
        NMT_TRY(heap_push(m, i, err));
    return 0;
}

static int join(struct nmt_merge_learner *m, uint32_t number, uint32_t joined, struct nmt_err *err)
{
    struct nmt_survey *c = &m->candidates;
    uint32_t known = (uint32_t)c->n;
    NMT_TRY(nmt_merge_joiner_run(&m->joiner, &m->text, c, number, joined, m->threads, err));
    for (; known < c->n; known++)
        NMT_TRY(heap_push(m, known, err));
    return 0;
}

int nmt_merge_learner_step(struct nmt_merge_learner *m, uint64_t min_count, uint32_t *left,
                           uint32_t *right, uint32_t *joined, struct nmt_err *err)
{
    struct nmt_survey *c = &m->candidates;
    for (;;) {
        if (m->n_heap == 0 && (c->threshold <= 1 || c->threshold <= min_count))
            return 0;
        if (m->n_heap == 0 || c->n_places > c->most_places) {
            NMT_TRY(survey(m, m->n_heap == 0 ? c->threshold : UINT64_MAX, err));
            continue;
        }
        struct nmt_merge_wait top = m->heap[0];
        const struct nmt_pair *pair = &c->items[top.pair];
        if (pair->count < c->threshold) {
            heap_drop(m);
        } else if (pair->count < top.priority) {
            top.priority = pair->count;
            sift_down(m, 0, top);
        } else if (pair->count < min_count) {
            return 0;
        } else {
            heap_drop(m);
            *left = pair->left;
            *right = pair->right;
            NMT_TRY(nmt_merge_text_join(&m->text, *left, *right, joined, err));
            NMT_TRY(join(m, top.pair, *joined, err));
            return 1;
        }
    }
}
