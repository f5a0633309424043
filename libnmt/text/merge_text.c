/*
 * Learning merges, exactly and incrementally. The text of distinct words is one array of slots, a
 * slot a character; a joined symbol owns the slots of its characters and is written in the first
 * and in the last of them, so that both neighbours of a place are found in one step. Each pair
 * knows its places; joining it touches those and their neighbours, nothing else. A heap gives the
 * pair with the highest count; its entries are corrected when they come up, for counts only fall
 * without notice.
 */
#include "merge_text_internal.h"

#include "vocab_internal.h"

#include <stdlib.h>
#include <string.h>

#define LAST     0x80000000u /* flag: the last slot of a symbol of several */
#define INSIDE   0x7FFFFFFFu /* a slot within a symbol */
#define PRIORITY UINT64_MAX  /* of a pair that spells a piece: it must not stay apart */

int nmt_merge_text_init(struct nmt_merge_text *t, enum nmt_merge_rule rule, struct nmt_err *err)
{
    *t = (struct nmt_merge_text){ .rule = rule };
    uint32_t none;
    NMT_TRY(nmt_merge_text_symbol(t, "", 0, &none, err));
    return nmt_merge_text_add(t, 0, err);
}

void nmt_merge_text_release(struct nmt_merge_text *t)
{
    nmt_strings_release(&t->symbols);
    nmt_pairs_release(&t->pairs);
    free(t->width);
    free(t->slots);
    free(t->classes);
    free(t->heap);
    free(t->grown);
    *t = (struct nmt_merge_text){ .n_slots = 0 };
}

/* Makes room in an array for one more item. */
static int grow(void *array, size_t n, size_t *cap, size_t size, struct nmt_err *err)
{
    void **p = array;
    if (n < *cap)
        return 0;
    size_t more = *cap + *cap / 2 + 256;
    void *bigger = realloc(*p, more * size);
    if (!bigger)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    *p = bigger;
    *cap = more;
    return 0;
}

static int intern(struct nmt_merge_text *t, const char *text, size_t len, uint32_t width,
                  uint32_t *symbol, struct nmt_err *err)
{
    size_t before = t->symbols.n;
    if (before >= INSIDE)
        return nmt_fail(err, NMT_ELIMIT, 0, "too many symbols");
    NMT_TRY(nmt_strings_add(&t->symbols, text, len, symbol, err));
    if (*symbol < before)
        return 0;
    NMT_TRY(grow(&t->width, before, &t->cap_width, sizeof *t->width, err));
    t->width[before] = width;
    return 0;
}

int nmt_merge_text_symbol(struct nmt_merge_text *t, const char *text, size_t len, uint32_t *symbol,
                          struct nmt_err *err)
{
    return intern(t, text, len, 1, symbol, err);
}

int nmt_merge_text_add(struct nmt_merge_text *t, uint32_t symbol, struct nmt_err *err)
{
    if (t->n_slots >= UINT32_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0,
                        "the distinct words have more than 2^32 characters (see --max-types)");
    NMT_TRY(grow(&t->slots, t->n_slots, &t->cap_slots, sizeof *t->slots, err));
    t->slots[t->n_slots++] = symbol;
    return 0;
}

int nmt_merge_text_word(struct nmt_merge_text *t, uint64_t count, struct nmt_err *err)
{
    NMT_TRY(nmt_merge_text_add(t, 0, err));
    if (t->n_classes > 0 && t->classes[t->n_classes - 1].count == count)
        return 0;
    if (t->n_classes > 0)
        t->classes[t->n_classes - 1].end = t->n_slots;
    NMT_TRY(grow(&t->classes, t->n_classes, &t->cap_classes, sizeof *t->classes, err));
    t->classes[t->n_classes++] = (struct nmt_count_class){ count, SIZE_MAX };
    return 0;
}

/* The count of the word at a place. *class is where the search begins; places ascend mostly. */
static uint64_t count_at(const struct nmt_merge_text *t, size_t place, size_t *class)
{
    size_t low = *class;
    if (low > 0 && place < t->classes[low - 1].end)
        low = 0;
    if (place >= t->classes[low].end) {
        size_t high = t->n_classes - 1;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (place < t->classes[middle].end)
                high = middle;
            else
                low = middle + 1;
        }
    }
    *class = low;
    return t->classes[low].count;
}

static const char *text_of(const struct nmt_merge_text *t, uint32_t symbol, size_t *len)
{
    *len = t->symbols.items[symbol].len;
    return nmt_strings_get(&t->symbols, symbol);
}

static int compare_bytes(const char *a, size_t n, const char *b, size_t m)
{
    int c = memcmp(a, b, n < m ? n : m);
    return c ? c : (n > m) - (n < m);
}

/* Compares the texts of two pairs as if each were written in one piece. */
static int compare_joined(const struct nmt_merge_text *t, const struct nmt_pair *a,
                          const struct nmt_pair *b)
{
    char left[NMT_PIECE_MAX], right[NMT_PIECE_MAX];
    size_t n, m;
    const char *part = text_of(t, a->left, &n);
    memcpy(left, part, n);
    part = text_of(t, a->right, &m);
    memcpy(left + n, part, m);
    size_t left_len = n + m;
    part = text_of(t, b->left, &n);
    memcpy(right, part, n);
    part = text_of(t, b->right, &m);
    memcpy(right + n, part, m);
    return compare_bytes(left, left_len, right, n + m);
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

static int compare_symbols(const struct nmt_merge_text *t, uint32_t a, uint32_t b)
{
    size_t n, m;
    const char *p = text_of(t, a, &n), *q = text_of(t, b, &m);
    for (size_t i = 0; a != b; i++) {
        int x = byte_at(p, n, i), y = byte_at(q, m, i);
        if (x != y || x < 0)
            return (x > y) - (x < y);
    }
    return 0;
}

/* Does pair a come before pair b, their counts being equal? */
static bool tie(const struct nmt_merge_text *t, uint32_t x, uint32_t y)
{
    const struct nmt_pair *a = &t->pairs.items[x], *b = &t->pairs.items[y];
    if (t->rule == NMT_MERGE_CODES) {
        int c = compare_symbols(t, a->left, b->left);
        return (c != 0 ? c : compare_symbols(t, a->right, b->right)) > 0;
    }
    uint32_t wide = t->width[a->left] + t->width[a->right];
    uint32_t other = t->width[b->left] + t->width[b->right];
    if (wide != other)
        return wide < other;
    int c = compare_joined(t, a, b);
    return c != 0 ? c < 0 : t->width[a->left] < t->width[b->left];
}

static bool before(const struct nmt_merge_text *t, const struct nmt_merge_wait *a,
                   const struct nmt_merge_wait *b)
{
    if (a->priority != b->priority)
        return a->priority > b->priority;
    if (a->pair == b->pair)
        return false;
    if (a->priority == PRIORITY) { /* pieces were numbered as they were made */
        uint32_t x = t->pairs.items[a->pair].joined, y = t->pairs.items[b->pair].joined;
        if (x != y)
            return x < y;
    }
    return tie(t, a->pair, b->pair);
}

static uint64_t priority_of(const struct nmt_pair *pair)
{
    return pair->joined != NMT_PAIR_NONE ? PRIORITY : pair->count;
}

static void sift_down(struct nmt_merge_text *t, size_t i, struct nmt_merge_wait item)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= t->n_heap)
            break;
        if (child + 1 < t->n_heap && before(t, &t->heap[child + 1], &t->heap[child]))
            child++;
        if (!before(t, &t->heap[child], &item))
            break;
        t->heap[i] = t->heap[child];
        i = child;
    }
    t->heap[i] = item;
}

static int heap_push(struct nmt_merge_text *t, uint32_t pair, struct nmt_err *err)
{
    NMT_TRY(grow(&t->heap, t->n_heap, &t->cap_heap, sizeof *t->heap, err));
    struct nmt_merge_wait item = { priority_of(&t->pairs.items[pair]), pair };
    size_t i = t->n_heap++;
    for (; i > 0 && before(t, &item, &t->heap[(i - 1) / 2]); i = (i - 1) / 2)
        t->heap[i] = t->heap[(i - 1) / 2];
    t->heap[i] = item;
    return 0;
}

static void heap_drop(struct nmt_merge_text *t)
{
    struct nmt_merge_wait last = t->heap[--t->n_heap];
    if (t->n_heap > 0)
        sift_down(t, 0, last);
}

/* Names of special and byte pieces are not to be made out of text. */
static bool is_reserved(const struct nmt_merge_text *t, const char *text, size_t len)
{
    for (size_t i = 0; i < NMT_ID_SPECIALS; i++)
        if (strlen(nmt_special_pieces[i]) == len && memcmp(nmt_special_pieces[i], text, len) == 0)
            return true;
    return t->bar_bytes && nmt_piece_byte(text, len) >= 0;
}

/* What a pair would spell: too long, reserved, a piece already, or something new. */
static void judge(struct nmt_merge_text *t, struct nmt_pair *pair)
{
    char joined[NMT_PIECE_MAX];
    size_t n, m;
    const char *left = text_of(t, pair->left, &n), *right = text_of(t, pair->right, &m);
    pair->barred = n + m > sizeof joined;
    if (pair->barred)
        return;
    memcpy(joined, left, n);
    memcpy(joined + n, right, m);
    pair->barred = is_reserved(t, joined, n + m);
    if (!pair->barred)
        pair->joined = nmt_strings_find(&t->symbols, joined, n + m);
}

static int add_pair(struct nmt_merge_text *t, uint32_t left, uint32_t right, uint32_t *number,
                    struct nmt_err *err)
{
    size_t known = t->pairs.n;
    NMT_TRY(nmt_pairs_add(&t->pairs, left, right, number, err));
    if (*number == known && t->rule == NMT_MERGE_PIECES)
        judge(t, &t->pairs.items[*number]);
    return 0;
}

/* A pair has come to stand at a place. */
static int gain(struct nmt_merge_text *t, uint32_t left, uint32_t right, size_t place,
                uint64_t count, struct nmt_err *err)
{
    uint32_t number;
    NMT_TRY(add_pair(t, left, right, &number, err));
    struct nmt_pair *pair = &t->pairs.items[number];
    pair->count += count;
    NMT_TRY(nmt_pair_add_place(pair, (uint32_t)place, err));
    if (!pair->waiting && !pair->barred) {
        pair->waiting = true;
        NMT_TRY(grow(&t->grown, t->n_grown, &t->cap_grown, sizeof *t->grown, err));
        t->grown[t->n_grown++] = number;
    }
    return 0;
}

static void lose(struct nmt_merge_text *t, uint32_t left, uint32_t right, uint64_t count)
{
    struct nmt_pair *pair = &t->pairs.items[nmt_pairs_find(&t->pairs, left, right)];
    pair->count -= count;
    if (pair->count == 0 && !pair->waiting)
        nmt_pair_forget(pair);
}

int nmt_merge_text_start(struct nmt_merge_text *t, struct nmt_err *err)
{
    NMT_TRY(nmt_merge_text_add(t, 0, err));
    size_t class = 0;
    uint32_t number;
    for (size_t i = 1; i + 1 < t->n_slots; i++) {
        if (t->slots[i] == 0 || t->slots[i + 1] == 0)
            continue;
        NMT_TRY(add_pair(t, t->slots[i], t->slots[i + 1], &number, err));
        t->pairs.items[number].count += count_at(t, i, &class);
        t->pairs.items[number].n++;
    }
    for (size_t i = 0; i < t->pairs.n; i++) {
        struct nmt_pair *pair = &t->pairs.items[i];
        uint32_t n = pair->n;
        pair->n = 0;
        NMT_TRY(nmt_pair_reserve(pair, n, err));
        if (!pair->barred)
            NMT_TRY(heap_push(t, (uint32_t)i, err));
    }
    for (size_t i = 1; i + 1 < t->n_slots; i++) {
        if (t->slots[i] == 0 || t->slots[i + 1] == 0)
            continue;
        number = nmt_pairs_find(&t->pairs, t->slots[i], t->slots[i + 1]);
        NMT_TRY(nmt_pair_add_place(&t->pairs.items[number], (uint32_t)i, err));
    }
    return 0;
}

/* Joins left and right at a place into a symbol; the pairs around it change. */
static int join_at(struct nmt_merge_text *t, uint32_t left, uint32_t right, uint32_t joined,
                   size_t place, uint64_t count, struct nmt_err *err)
{
    size_t middle = place + t->width[left], end = middle + t->width[right];
    uint32_t past = t->slots[place - 1] & ~LAST, next = t->slots[end];
    t->slots[middle - 1] = INSIDE; /* before the two below: they may be the same slots */
    t->slots[middle] = INSIDE;
    t->slots[place] = joined;
    t->slots[end - 1] = joined | LAST;
    lose(t, left, right, count);
    if (past) {
        lose(t, past, left, count);
        NMT_TRY(gain(t, past, joined, place - t->width[past], count, err));
    }
    if (next) {
        lose(t, right, next, count);
        NMT_TRY(gain(t, joined, next, place, count, err));
    }
    return 0;
}

/* Joins a pair wherever it stands, from the left, without overlap. */
static int join_everywhere(struct nmt_merge_text *t, uint32_t number, uint32_t joined,
                           struct nmt_err *err)
{
    /* The pair's list is taken out: gaining places may move or extend the table of pairs. */
    struct nmt_pair pair = t->pairs.items[number];
    const uint32_t *places = nmt_pair_places(&pair);
    struct nmt_pair *left_behind = &t->pairs.items[number];
    left_behind->n = 0;
    left_behind->cap = 2;
    left_behind->unsorted = false;
    size_t class = 0;
    int rc = 0;
    for (uint32_t i = 0; i < pair.n && rc == 0; i++) {
        size_t place = places[i];
        if (t->slots[place] != pair.left || t->slots[place + t->width[pair.left]] != pair.right)
            continue;
        rc = join_at(t, pair.left, pair.right, joined, place, count_at(t, place, &class), err);
    }
    nmt_pair_forget(&pair);
    return rc;
}

/* All other ways to spell a new piece join to it too, as they will in the segmenter. */
static int mark_cuts(struct nmt_merge_text *t, uint32_t joined, struct nmt_err *err)
{
    size_t len;
    const char *text = text_of(t, joined, &len);
    for (size_t i = 1; i < len; i++) {
        if (((unsigned char)text[i] & 0xC0) == 0x80)
            continue;
        uint32_t left = nmt_strings_find(&t->symbols, text, i);
        uint32_t right =
            left == NMT_STRINGS_NONE ? left : nmt_strings_find(&t->symbols, text + i, len - i);
        uint32_t number =
            right == NMT_STRINGS_NONE ? NMT_PAIR_NONE : nmt_pairs_find(&t->pairs, left, right);
        if (number == NMT_PAIR_NONE)
            continue;
        t->pairs.items[number].joined = joined;
        if (t->pairs.items[number].count > 0)
            NMT_TRY(heap_push(t, number, err));
    }
    return 0;
}

static int join(struct nmt_merge_text *t, uint32_t number, uint32_t joined, struct nmt_err *err)
{
    NMT_TRY(join_everywhere(t, number, joined, err));
    for (size_t i = 0; i < t->n_grown; i++) {
        struct nmt_pair *pair = &t->pairs.items[t->grown[i]];
        pair->waiting = false;
        if (pair->count > 0)
            NMT_TRY(heap_push(t, t->grown[i], err));
        else
            nmt_pair_forget(pair);
    }
    t->n_grown = 0;
    return 0;
}

static int intern_joined(struct nmt_merge_text *t, const struct nmt_pair *pair, uint32_t *joined,
                         struct nmt_err *err)
{
    size_t n, m;
    const char *left = text_of(t, pair->left, &n), *right = text_of(t, pair->right, &m);
    char *text = malloc(n + m + 1);
    if (!text)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    memcpy(text, left, n);
    memcpy(text + n, right, m);
    int rc = intern(t, text, n + m, t->width[pair->left] + t->width[pair->right], joined, err);
    free(text);
    return rc;
}

int nmt_merge_text_step(struct nmt_merge_text *t, uint64_t min_count, uint32_t *left,
                        uint32_t *right, uint32_t *joined, struct nmt_err *err)
{
    while (t->n_heap > 0) {
        struct nmt_merge_wait top = t->heap[0];
        struct nmt_pair *pair = &t->pairs.items[top.pair];
        if (pair->count == 0) {
            heap_drop(t);
            continue;
        }
        if (priority_of(pair) != top.priority) {
            top.priority = priority_of(pair);
            sift_down(t, 0, top);
            continue;
        }
        if (pair->joined == NMT_PAIR_NONE && pair->count < min_count)
            return 0;
        heap_drop(t);
        if (pair->joined != NMT_PAIR_NONE) {
            NMT_TRY(join(t, top.pair, pair->joined, err));
            continue;
        }
        *left = pair->left;
        *right = pair->right;
        NMT_TRY(intern_joined(t, pair, joined, err));
        NMT_TRY(join(t, top.pair, *joined, err));
        if (t->rule == NMT_MERGE_PIECES)
            NMT_TRY(mark_cuts(t, *joined, err));
        return 1;
    }
    return 0;
}
