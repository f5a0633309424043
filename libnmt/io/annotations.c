/*
 * The payload of an annotation record: a source sentence and what each model made of it.
 *
 *   u32 text_len, n_words, n_models
 *   text, zeros up to a multiple of four
 *   n_words times u32 start, len
 *   n_models times: u32 n, rows, width; u32 ids[n]; u32 word[n]; f32 h[rows][width]
 *
 * In a stream of half precision h is f16, then zeros up to a multiple of four.
 *
 * Writing and reading apply the same check to the struct, so nothing is written that a reader
 * would refuse. Reading first walks the payload to see that everything is there and how much
 * memory it takes, then takes it at once.
 */
#include "io_internal.h"

#include <nmt/half.h>

/* Where rounding to half precision gives infinity. */
#define HALF_OVERFLOW 65520.0f

static int check_words(const struct nmt_sentence *s, const struct nmt_where *at,
                       struct nmt_err *err)
{
    uint64_t free_from = 0;
    for (uint32_t w = 0; w < s->n_words; w++) {
        struct nmt_span span = s->words[w];
        uint64_t end = (uint64_t)span.start + span.len;
        if (span.len == 0 || span.start < free_from || end > s->text_len)
            return nmt_fail_where(err, NMT_ESHAPE, at, "word %u is not inside the text", w + 1);
        /* text[text_len] may be read: it is the NUL */
        if (((unsigned char)s->text[span.start] & 0xc0) == 0x80 ||
            ((unsigned char)s->text[end] & 0xc0) == 0x80)
            return nmt_fail_where(err, NMT_ESHAPE, at, "word %u cuts a character", w + 1);
        free_from = end;
    }
    return 0;
}

/* The parts of a sentence: each is closed by a </s>. */
static uint32_t count_ends(const struct nmt_annotation *a)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n; i++)
        n += a->ids[i] == NMT_ID_EOS;
    return n;
}

static int check_annotation(const struct nmt_annotation *a, const struct nmt_stream_model *m,
                            uint32_t n_words, const struct nmt_where *at, struct nmt_err *err)
{
    const uint32_t rows = m->single ? count_ends(a) : a->n;
    if (a->width != m->width || a->rows != rows)
        return nmt_fail_where(err, NMT_ESHAPE, at, "%u by %u annotations, expected %u by %u",
                              a->rows, a->width, rows, m->width);
    if (a->n == 0)
        return 0;
    if (!nmt_all_below(a->ids, a->n, m->vocabulary))
        return nmt_fail_where(err, NMT_ESHAPE, at, "token id outside the vocabulary of %u",
                              m->vocabulary);
    if (a->ids[a->n - 1] != NMT_ID_EOS || a->word[a->n - 1] != NMT_NO_WORD)
        return nmt_fail_where(err, NMT_ESHAPE, at, "the last token is not </s>");
    for (uint32_t i = 0; i < a->n; i++)
        if (a->word[i] >= n_words && a->word[i] != NMT_NO_WORD)
            return nmt_fail_where(err, NMT_ESHAPE, at, "token %u belongs to word %u of %u", i + 1,
                                  a->word[i] + 1, n_words);
    if (!nmt_all_finite(a->h, (size_t)a->rows * a->width))
        return nmt_fail_where(err, NMT_ESHAPE, at, "annotation is not a finite number");
    return 0;
}

static int check_sentence(const struct nmt_sentence *s, const struct nmt_stream_header *h,
                          const struct nmt_where *at, struct nmt_err *err)
{
    NMT_TRY(nmt_line_check(s->text, s->text_len, "source text", at, err));
    NMT_TRY(check_words(s, at, err));
    for (uint32_t i = 0; i < s->n_models; i++)
        NMT_TRY(check_annotation(&s->annotation[i], &h->model[i], s->n_words, at, err));
    return 0;
}

static int check_models(uint32_t n_models, const struct nmt_stream_header *h,
                        const struct nmt_where *at, struct nmt_err *err)
{
    if (n_models != h->n_models)
        return nmt_fail_where(err, NMT_ESHAPE, at, "annotations by %u models, expected %u",
                              n_models, h->n_models);
    return 0;
}

/* --- writing --------------------------------------------------------------------------------- */

static void put_u32(struct nmt_buffer *b, uint32_t v)
{
    nmt_put_le32((unsigned char *)b->data + b->len, v);
    b->len += 4;
}

static void put_array(struct nmt_buffer *b, const void *v, size_t n)
{
    nmt_copy_le32(b->data + b->len, v, n);
    b->len += 4 * n;
}

/* A number that half precision has not is refused, not changed. */
static int check_half(const struct nmt_annotation *a, const struct nmt_where *at,
                      struct nmt_err *err)
{
    for (size_t i = 0; i < (size_t)a->rows * a->width; i++)
        if (a->h[i] >= HALF_OVERFLOW || a->h[i] <= -HALF_OVERFLOW)
            return nmt_fail_where(err, NMT_ESHAPE, at,
                                  "annotation of %g is too large for half precision",
                                  (double)a->h[i]);
    return 0;
}

static void put_numbers(struct nmt_buffer *b, const float *h, size_t n, bool half)
{
    if (!half) {
        put_array(b, h, n);
        return;
    }
    unsigned char *to = (unsigned char *)b->data + b->len;
    for (size_t i = 0; i < n; i++)
        nmt_put_le16(to + 2 * i, nmt_half_from_float(h[i]));
    memset(to + 2 * n, 0, nmt_padding4(2 * n));
    b->len += 2 * n + nmt_padding4(2 * n);
}

/* Bytes of the payload, or more than limit. Sizes are below 2^32 each, so nothing overflows. */
static size_t payload_size(const struct nmt_sentence *s, bool half, size_t limit)
{
    uint64_t size = 12 + (uint64_t)s->text_len + nmt_padding4(s->text_len);
    size += 8 * (uint64_t)s->n_words;
    for (uint32_t i = 0; i < s->n_models && size <= limit; i++) {
        const struct nmt_annotation *a = &s->annotation[i];
        uint64_t numbers = (uint64_t)a->rows * a->width;
        size += 12 + 8 * (uint64_t)a->n;
        size = numbers > limit ? limit + 1
               : half          ? size + 2 * (numbers + numbers % 2)
                               : size + 4 * numbers;
    }
    return size > limit ? limit + 1 : (size_t)size;
}

int nmt_sentence_encode(struct nmt_buffer *b, const struct nmt_sentence *s,
                        const struct nmt_stream_header *h, size_t limit, const struct nmt_where *at,
                        struct nmt_err *err)
{
    NMT_TRY(check_models(s->n_models, h, at, err));
    size_t size = payload_size(s, h->half, limit);
    if (size > limit)
        return nmt_fail_where(err, NMT_ELIMIT, at, "sentence needs more than the %zu bytes allowed",
                              limit);
    NMT_TRY(check_sentence(s, h, at, err));
    for (uint32_t i = 0; h->half && i < s->n_models; i++)
        NMT_TRY(check_half(&s->annotation[i], at, err));
    NMT_TRY(nmt_buffer_reserve(b, size, err));
    put_u32(b, s->text_len);
    put_u32(b, s->n_words);
    put_u32(b, s->n_models);
    if (s->text_len > 0)
        memcpy(b->data + b->len, s->text, s->text_len);
    b->len += s->text_len;
    memset(b->data + b->len, 0, nmt_padding4(s->text_len));
    b->len += nmt_padding4(s->text_len);
    for (uint32_t w = 0; w < s->n_words; w++) {
        put_u32(b, s->words[w].start);
        put_u32(b, s->words[w].len);
    }
    for (uint32_t i = 0; i < s->n_models; i++) {
        const struct nmt_annotation *a = &s->annotation[i];
        put_u32(b, a->n);
        put_u32(b, a->rows);
        put_u32(b, a->width);
        put_array(b, a->ids, a->n);
        put_array(b, a->word, a->n);
        put_numbers(b, a->h, (size_t)a->rows * a->width, h->half);
    }
    return 0;
}

/* --- reading --------------------------------------------------------------------------------- */

static int short_payload(const struct nmt_where *at, struct nmt_err *err)
{
    return nmt_fail_where(err, NMT_EFORMAT, at, "sizes inside the record do not agree");
}

/* The parts of one model in the payload. */
struct parts {
    uint32_t n, rows, width;
    const unsigned char *ids, *word, *h;
};

static bool walk_annotation(struct nmt_cursor *c, bool half, struct parts *a)
{
    if (!nmt_cursor_u32(c, &a->n) || !nmt_cursor_u32(c, &a->rows) || !nmt_cursor_u32(c, &a->width))
        return false;
    a->ids = nmt_cursor_array(c, a->n, 4);
    a->word = nmt_cursor_array(c, a->n, 4);
    uint64_t numbers = (uint64_t)a->rows * a->width;
    a->h = numbers > SIZE_MAX ? NULL : nmt_cursor_array(c, (size_t)numbers, half ? 2 : 4);
    if (!a->ids || !a->word || !a->h || !half)
        return a->ids && a->word && a->h;
    const unsigned char *padding = nmt_cursor_take(c, nmt_padding4(2 * (size_t)numbers));
    return padding && nmt_all_zero(padding, nmt_padding4(2 * (size_t)numbers));
}

static void take_numbers(float *to, const unsigned char *from, size_t n, bool half)
{
    if (!half)
        nmt_copy_le32(to, from, n);
    for (size_t i = 0; half && i < n; i++)
        to[i] = nmt_half_to_float(nmt_get_le16(from + 2 * i));
}

/* Takes the memory of everything from m, which measures (base NULL) or hands out. */
static void lay_out(struct nmt_sentence *s, struct nmt_arena *m, const struct parts *a)
{
    s->annotation = nmt_arena_take(m, s->n_models, sizeof *s->annotation);
    s->words = nmt_arena_take(m, s->n_words, sizeof *s->words);
    s->text = nmt_arena_take(m, (size_t)s->text_len + 1, 1);
    for (uint32_t i = 0; i < s->n_models; i++) {
        nmt_id *ids = nmt_arena_take(m, a[i].n, sizeof *ids);
        uint32_t *word = nmt_arena_take(m, a[i].n, sizeof *word);
        float *h = nmt_arena_take(m, (size_t)a[i].rows * a[i].width, sizeof *h);
        if (m->base)
            s->annotation[i] =
                (struct nmt_annotation){ a[i].n, a[i].rows, a[i].width, ids, word, h };
    }
}

int nmt_sentence_decode(struct nmt_sentence *s, const unsigned char *payload, size_t n,
                        const struct nmt_stream_header *h, const struct nmt_where *at,
                        struct nmt_err *err)
{
    struct nmt_cursor c = { payload, n };
    struct parts parts[NMT_STREAM_MODELS_MAX];
    if (!nmt_cursor_u32(&c, &s->text_len) || !nmt_cursor_u32(&c, &s->n_words) ||
        !nmt_cursor_u32(&c, &s->n_models))
        return short_payload(at, err);
    NMT_TRY(check_models(s->n_models, h, at, err));
    const unsigned char *text = nmt_cursor_take(&c, s->text_len);
    const unsigned char *padding = text ? nmt_cursor_take(&c, nmt_padding4(s->text_len)) : NULL;
    const unsigned char *words = padding ? nmt_cursor_array(&c, s->n_words, 8) : NULL;
    if (!words || !nmt_all_zero(padding, nmt_padding4(s->text_len)))
        return short_payload(at, err);
    for (uint32_t i = 0; i < s->n_models; i++)
        if (!walk_annotation(&c, h->half, &parts[i]))
            return short_payload(at, err);
    if (c.left != 0)
        return short_payload(at, err);

    struct nmt_arena measure = { NULL, 0, 0 };
    lay_out(s, &measure, parts);
    NMT_TRY(nmt_arena_grow(&s->memory, measure.used, err));
    lay_out(s, &s->memory, parts);
    memcpy(s->text, text, s->text_len);
    s->text[s->text_len] = '\0';
    for (uint32_t w = 0; w < s->n_words; w++)
        s->words[w] = (struct nmt_span){ nmt_get_le32(words + (size_t)8 * w),
                                         nmt_get_le32(words + (size_t)8 * w + 4) };
    for (uint32_t i = 0; i < s->n_models; i++) {
        struct nmt_annotation *a = &s->annotation[i];
        nmt_copy_le32(a->ids, parts[i].ids, a->n);
        nmt_copy_le32(a->word, parts[i].word, a->n);
        take_numbers(a->h, parts[i].h, (size_t)a->rows * a->width, h->half);
    }
    return check_sentence(s, h, at, err);
}
