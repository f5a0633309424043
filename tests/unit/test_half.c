/* Half precision: rounding against a search for the nearest number, and streams that hold it. */
#include "io_helper.h"
#include "seal.h"

#include <nmt/half.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* By its definition. */
static double value_of(unsigned h)
{
    const int exponent = (int)(h >> 10 & 31);
    const double fraction = h & 1023, sign = h & 0x8000 ? -1 : 1;
    if (exponent == 31)
        return fraction > 0 ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24));
}

/* The nearest of all; of two the even one. What lies behind the greatest counts as 65536. */
static unsigned nearest(double x)
{
    unsigned best = 0, sign = signbit(x) ? 0x8000 : 0;
    double least = INFINITY;
    for (unsigned h = 0; h <= 0x7c00; h++) {
        const double v = h == 0x7c00 ? 65536 : value_of(h), distance = fabs(fabs(x) - v);
        if (distance < least || (distance == least && h % 2 == 0)) {
            least = distance;
            best = h;
        }
    }
    return sign | best;
}

Test(half, every_half_is_the_float_of_its_definition_and_comes_back)
{
    for (unsigned h = 0; h < 65536; h++) {
        const float x = nmt_half_to_float((uint16_t)h);
        if (isnan(value_of(h))) {
            cr_assert(isnan(x) && nmt_half_from_float(x) == (h | 0x200), "%04x", h);
            continue;
        }
        const bool same = (double)x == value_of(h) && !signbit(x) == !(h & 0x8000);
        cr_assert(same, "%04x", h);
        cr_assert(nmt_half_from_float(x) == h, "%04x", h);
    }
}

Test(half, floats_go_to_the_nearest_half_and_ties_to_the_even_one)
{
    uint32_t state = 1;
    for (int i = 0; i < 3000; i++) {
        state = state * 1664525 + 1013904223;
        const uint32_t exponent = 127 - 28 + state % 46, fraction = state << 7 & 0x7fffff;
        const uint32_t bits = (state & 0x80000000) | exponent << 23 | fraction;
        float x;
        memcpy(&x, &bits, sizeof x);
        cr_assert(nmt_half_from_float(x) == nearest((double)x), "%a", (double)x);
    }
    for (unsigned h = 0; h < 0x7c00; h += 7) { /* half-way, and beside it */
        const double next = h == 0x7bff ? 65536 : value_of(h + 1);
        const float tie = (float)((value_of(h) + next) / 2);
        cr_assert(nmt_half_from_float(tie) == h + h % 2, "%04x", h);
        cr_assert(nmt_half_from_float(nextafterf(tie, 0)) == h, "%04x", h);
        cr_assert(nmt_half_from_float(nextafterf(tie, 1e9f)) == h + 1, "%04x", h);
    }
    cr_assert(nmt_half_from_float(65519.996f) == 0x7bff && nmt_half_from_float(65520) == 0x7c00);
    cr_assert(nmt_half_from_float(-1e30f) == 0xfc00 && nmt_half_from_float(INFINITY) == 0x7c00);
    cr_assert(nmt_half_from_float(1e-30f) == 0 && nmt_half_from_float(-0.0f) == 0x8000);
}

/* --- streams -------------------------------------------------------------------------------- */

static char text[] = "two words";
static struct nmt_span words[] = { { 0, 3 }, { 4, 5 } };
static nmt_id ids[] = { 5, 6, 2 };
static uint32_t word[] = { 0, 1, NMT_NO_WORD };
static float numbers[] = { 0.1f, -1, 65504, 1e-7f, -0.0f, 0.333f, 7, 8, 9 };
static struct nmt_annotation annotation = { 3, 3, 3, ids, word, numbers };

static int write_half(const struct nmt_annotation *a, struct nmt_buffer *bytes, struct nmt_err *err)
{
    struct nmt_annotation copy = *a;
    struct nmt_sentence s = { text, sizeof text - 1, 2, 1, words, &copy, { NULL, 0, 0 } };
    struct nmt_stream_header h = { .kind = NMT_STREAM_ANNOTATIONS, .n_models = 1, .half = true };
    struct nmt_stream_writer *w = NULL;
    struct nmt_output *out = NULL;
    const char *path = helper_path();
    h.model[0].width = 3;
    h.model[0].vocabulary = 8;
    cr_assert(nmt_output_open(&out, path, err) == 0);
    cr_assert(nmt_stream_writer_new(&w, out, &h, 0, err) == 0);
    int rc = nmt_stream_write_sentence(w, &s, err);
    cr_assert(rc < 0 || nmt_stream_write_sentence(w, &s, err) == 0);
    cr_assert(nmt_stream_write_end(w, NULL) == 0 && nmt_output_close(&out, NULL) == 0);
    nmt_stream_writer_free(w);
    *bytes = helper_file(path);
    helper_forget(path);
    return rc;
}

Test(half, a_stream_of_half_precision_gives_the_rounded_numbers_back)
{
    struct nmt_err err = NMT_ERR_INIT;
    struct nmt_buffer bytes;
    struct nmt_sentence s = { 0 };
    const struct nmt_stream_header *h = NULL;
    int fd;
    cr_assert(write_half(&annotation, &bytes, &err) == 0, "%s", err.msg);
    struct nmt_stream_reader *r = helper_open(NMT_STREAM_ANNOTATIONS, bytes.data, bytes.len, &fd);
    cr_assert(nmt_stream_header(r, &h, &err) == 0 && h->half);
    for (int k = 0; k < 2; k++) {
        cr_assert(nmt_stream_next(r, &err) == NMT_RECORD_DATA, "%s", err.msg);
        cr_assert(nmt_stream_sentence(r, &s, &err) == 0, "%s", err.msg);
        for (int i = 0; i < 9; i++) {
            const double got = (double)s.annotation[0].h[i];
            cr_assert(got == value_of(nearest((double)numbers[i])), "%d", i);
        }
        cr_assert(signbit(s.annotation[0].h[4]) != 0);
    }
    cr_assert(nmt_stream_next(r, &err) == NMT_RECORD_END, "%s", err.msg);
    nmt_sentence_release(&s);
    nmt_stream_close(r);
    close(fd);
    nmt_buffer_release(&bytes);
}

Test(half, a_number_that_half_precision_has_not_is_refused_and_not_changed)
{
    struct nmt_err err = NMT_ERR_INIT;
    struct nmt_buffer bytes;
    float large[9] = { 0, 0, 0, -65520 };
    struct nmt_annotation a = annotation;
    a.h = large;
    cr_assert(write_half(&a, &bytes, &err) == NMT_ESHAPE && strstr(err.msg, "too large"));
    nmt_buffer_release(&bytes);
    err = (struct nmt_err)NMT_ERR_INIT;
    large[3] = -65519; /* rounds to the greatest */
    cr_assert(write_half(&a, &bytes, &err) == 0, "%s", err.msg);
    nmt_buffer_release(&bytes);
}

/* Bytes of a sealed stream are changed: each is read, or refused, as the format says. */
Test(half, infinities_and_padding_are_refused_whatever_the_checksum_says)
{
    struct nmt_err err = NMT_ERR_INIT;
    struct nmt_buffer bytes;
    size_t start, n;
    cr_assert(write_half(&annotation, &bytes, &err) == 0);
    helper_record(&bytes, 1, &start, &n);
    const size_t padding = start + n - 4 - 2, first = padding - 18;
    for (size_t at = first; at < padding + 2; at++) {
        struct nmt_buffer bad = NMT_BUFFER_INIT;
        int fd;
        cr_assert(nmt_buffer_add(&bad, bytes.data, bytes.len, NULL) == 0);
        bad.data[at] = 0x7c;
        if (at < padding && (at - first) % 2 == 0)
            bad.data[at + 1] = 0x7c; /* the exponent of an infinity or NaN */
        helper_seal(&bad);
        struct nmt_stream_reader *r = helper_open(NMT_STREAM_ANNOTATIONS, bad.data, bad.len, &fd);
        struct nmt_sentence s = { 0 };
        err = (struct nmt_err)NMT_ERR_INIT;
        cr_assert(nmt_stream_next(r, &err) == NMT_RECORD_DATA, "%s", err.msg);
        cr_assert(nmt_stream_sentence(r, &s, &err) < 0, "byte %zu", at);
        nmt_sentence_release(&s);
        nmt_stream_close(r);
        close(fd);
        nmt_buffer_release(&bad);
    }
    nmt_buffer_release(&bytes);
}

Test(half, streams_of_half_and_single_precision_are_not_joined)
{
    struct nmt_err err = NMT_ERR_INIT;
    struct nmt_buffer half;
    int fd;
    cr_assert(write_half(&annotation, &half, &err) == 0);
    struct nmt_buffer full = NMT_BUFFER_INIT;
    cr_assert(nmt_buffer_add(&full, half.data, half.len, NULL) == 0);
    full.data[12] = 0; /* the flag, and nothing else, so that no size agrees */
    helper_seal(&full);
    struct nmt_stream_reader *r = helper_open(NMT_STREAM_ANNOTATIONS, full.data, full.len, &fd);
    struct nmt_sentence s = { 0 };
    cr_assert(nmt_stream_next(r, &err) == NMT_RECORD_DATA);
    cr_assert(nmt_stream_sentence(r, &s, &err) == NMT_EFORMAT);
    nmt_sentence_release(&s);
    nmt_stream_close(r);
    close(fd);
    cr_assert(nmt_buffer_add(&half, full.data, full.len, NULL) == 0);
    r = helper_open(NMT_STREAM_ANNOTATIONS, half.data, half.len, &fd);
    err = (struct nmt_err)NMT_ERR_INIT;
    cr_assert(nmt_stream_next(r, &err) == NMT_RECORD_DATA && nmt_stream_next(r, &err) == 1);
    cr_assert(nmt_stream_next(r, &err) == NMT_EMODEL, "%s", err.msg);
    nmt_stream_close(r);
    close(fd);
    nmt_buffer_release(&half);
    nmt_buffer_release(&full);
}
