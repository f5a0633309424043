/*
 * The payload of an alignment record: u32 count, then `count` times
 *
 *   u32 n_source, n_target, source_len, target_len
 *   source, target, zeros up to a multiple of four
 *   f32 weight[n_target][n_source]
 *
 * All texts of a record lie in one piece of memory and all weights in another, so that a hostile
 * record of many empty alignments does not cost much more memory than it has bytes.
 */
#include "io_internal.h"

/* Rounding may bring a row of weights a little over one. */
#define ROW_TOLERANCE 1e-3

uint32_t nmt_weights_best(const float *row, uint32_t n)
{
    uint32_t best = NMT_NO_WORD;
    float most = 0;
    for (uint32_t i = 0; i < n; i++)
        if (row[i] > most) {
            most = row[i];
            best = i;
        }
    return best;
}

/* The words of a line in which one space stands between two; false when there is another space. */
static bool count_words(const char *s, size_t n, uint32_t *words)
{
    *words = n > 0;
    if (n > 0 && (s[0] == ' ' || s[n - 1] == ' '))
        return false;
    for (size_t i = 0; i < n; i++)
        if (s[i] == ' ') {
            if (s[i - 1] == ' ')
                return false;
            ++*words;
        }
    return true;
}

static int check_side(const char *s, size_t n, uint32_t n_words, const char *what,
                      const struct nmt_where *at, struct nmt_err *err)
{
    uint32_t found;
    NMT_TRY(nmt_line_check(s, n, what, at, err));
    if (!count_words(s, n, &found))
        return nmt_fail_where(err, NMT_ESHAPE, at, "the words of the %s are not %s", what,
                              "separated by one space");
    if (found != n_words)
        return nmt_fail_where(err, NMT_ESHAPE, at, "the %s has %u words, expected %u", what, found,
                              n_words);
    return 0;
}

static int check_weights(const struct nmt_alignment *a, const struct nmt_where *at,
                         struct nmt_err *err)
{
    if (!nmt_all_finite(a->weight, (size_t)a->n_target * a->n_source))
        return nmt_fail_where(err, NMT_ESHAPE, at, "weight is not a finite number");
    for (uint32_t t = 0; t < a->n_target; t++) {
        const float *row = a->weight + (size_t)t * a->n_source;
        double sum = 0;
        bool negative = false;
        for (uint32_t j = 0; j < a->n_source; j++) {
            sum += (double)row[j];
            negative |= row[j] < 0;
        }
        if (negative || sum > 1 + ROW_TOLERANCE)
            return nmt_fail_where(err, NMT_ESHAPE, at, "weights of target word %u are no shares",
                                  t + 1);
    }
    return 0;
}

static int check_alignment(const struct nmt_alignment *a, size_t source_len, size_t target_len,
                           const struct nmt_where *at, struct nmt_err *err)
{
    NMT_TRY(check_side(a->source, source_len, a->n_source, "source text", at, err));
    NMT_TRY(check_side(a->target, target_len, a->n_target, "target text", at, err));
    return check_weights(a, at, err);
}

/* --- writing --------------------------------------------------------------------------------- */

static int add_u32(struct nmt_buffer *b, uint32_t v, struct nmt_err *err)
{
    unsigned char le[4];
    nmt_put_le32(le, v);
    return nmt_buffer_add(b, le, sizeof le, err);
}

int nmt_alignments_encode(struct nmt_buffer *b, const struct nmt_alignment *a, size_t n,
                          size_t limit, const struct nmt_where *at, struct nmt_err *err)
{
    uint64_t size = 4;
    for (size_t i = 0; i < n && size <= limit; i++) {
        uint64_t numbers = (uint64_t)a[i].n_target * a[i].n_source;
        if (!a[i].weight)
            return nmt_fail_where(err, NMT_ELIMIT, at,
                                  "%u by %u weights need more memory than is allowed",
                                  a[i].n_target, a[i].n_source);
        size += 16 + (uint64_t)strlen(a[i].source) + strlen(a[i].target) + 3;
        size = numbers > limit ? (uint64_t)limit + 1 : size + 4 * numbers;
    }
    if (size > limit || n > UINT32_MAX)
        return nmt_fail_where(err, NMT_ELIMIT, at,
                              "alignment needs more than the %zu bytes allowed", limit);
    NMT_TRY(nmt_buffer_reserve(b, (size_t)size, err));
    NMT_TRY(add_u32(b, (uint32_t)n, err));
    for (size_t i = 0; i < n; i++) {
        size_t source_len = strlen(a[i].source), target_len = strlen(a[i].target);
        NMT_TRY(check_alignment(&a[i], source_len, target_len, at, err));
        NMT_TRY(add_u32(b, a[i].n_source, err));
        NMT_TRY(add_u32(b, a[i].n_target, err));
        NMT_TRY(add_u32(b, (uint32_t)source_len, err));
        NMT_TRY(add_u32(b, (uint32_t)target_len, err));
        NMT_TRY(nmt_buffer_add(b, a[i].source, source_len, err));
        NMT_TRY(nmt_buffer_add(b, a[i].target, target_len, err));
        NMT_TRY(nmt_buffer_add(b, "\0\0\0", nmt_padding4(source_len + target_len), err));
        size_t numbers = (size_t)a[i].n_target * a[i].n_source;
        NMT_TRY(nmt_buffer_reserve(b, 4 * numbers, err));
        nmt_copy_le32(b->data + b->len, a[i].weight, numbers);
        b->len += 4 * numbers;
    }
    return 0;
}

/* --- reading --------------------------------------------------------------------------------- */

/* One alignment in the payload. */
struct parts {
    uint32_t n_source, n_target, source_len, target_len;
    const unsigned char *source, *target, *weight;
};

static bool walk_alignment(struct nmt_cursor *c, struct parts *a)
{
    if (!nmt_cursor_u32(c, &a->n_source) || !nmt_cursor_u32(c, &a->n_target) ||
        !nmt_cursor_u32(c, &a->source_len) || !nmt_cursor_u32(c, &a->target_len))
        return false;
    a->source = nmt_cursor_take(c, a->source_len);
    a->target = a->source ? nmt_cursor_take(c, a->target_len) : NULL;
    if (!a->target)
        return false;
    size_t zeros = nmt_padding4((size_t)a->source_len + a->target_len);
    const unsigned char *padding = nmt_cursor_take(c, zeros);
    uint64_t numbers = (uint64_t)a->n_target * a->n_source;
    a->weight = numbers > SIZE_MAX ? NULL : nmt_cursor_array(c, (size_t)numbers, 4);
    return padding && a->weight && nmt_all_zero(padding, zeros);
}

/* What all alignments of a record take together. */
struct totals {
    size_t text, numbers;
};

static bool walk_all(struct nmt_cursor c, uint32_t count, struct totals *sum)
{
    struct parts p;
    *sum = (struct totals){ 0, 0 };
    for (uint32_t i = 0; i < count; i++) {
        if (!walk_alignment(&c, &p))
            return false;
        sum->text += (size_t)p.source_len + p.target_len + 2;
        sum->numbers += (size_t)p.n_target * p.n_source;
    }
    return c.left == 0;
}

static char *copy_text(char *to, const unsigned char *from, size_t n)
{
    memcpy(to, from, n);
    to[n] = '\0';
    return to + n + 1;
}

int nmt_alignments_decode(struct nmt_alignments *a, const unsigned char *payload, size_t n,
                          const struct nmt_where *at, struct nmt_err *err)
{
    struct nmt_cursor c = { payload, n };
    struct totals sum;
    a->n = 0;
    uint32_t count;
    if (!nmt_cursor_u32(&c, &count) || !walk_all(c, count, &sum))
        return nmt_fail_where(err, NMT_EFORMAT, at, "sizes inside the record do not agree");

    struct nmt_arena measure = { NULL, 0, 0 };
    nmt_arena_take(&measure, count, sizeof *a->alignment);
    nmt_arena_take(&measure, sum.text, 1);
    nmt_arena_take(&measure, sum.numbers, sizeof(float));
    NMT_TRY(nmt_arena_grow(&a->memory, measure.used, err));
    a->alignment = nmt_arena_take(&a->memory, count, sizeof *a->alignment);
    char *text = nmt_arena_take(&a->memory, sum.text, 1);
    float *weight = nmt_arena_take(&a->memory, sum.numbers, sizeof *weight);
    for (uint32_t i = 0; i < count; i++) {
        struct parts p;
        walk_alignment(&c, &p);
        size_t numbers = (size_t)p.n_target * p.n_source;
        struct nmt_alignment *to = &a->alignment[i];
        *to = (struct nmt_alignment){ .n_source = p.n_source, .n_target = p.n_target };
        to->source = text;
        to->target = copy_text(text, p.source, p.source_len);
        text = copy_text(to->target, p.target, p.target_len);
        to->weight = weight;
        nmt_copy_le32(weight, p.weight, numbers);
        weight += numbers;
        NMT_TRY(check_alignment(to, p.source_len, p.target_len, at, err));
    }
    a->n = count;
    return 0;
}
