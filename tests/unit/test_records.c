/* The content of records: what cannot be is refused, by the writer and by the reader. */
#include "io_helper.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANN NMT_STREAM_ANNOTATIONS
#define ALI NMT_STREAM_ALIGNMENTS

/* --- the writer ------------------------------------------------------------------------------ */

/* A sentence that may be spoiled: everything in it is a copy. */
struct spoilt {
    char text[64];
    struct nmt_span words[3];
    nmt_id ids[4];
    uint32_t word[4];
    float h[12];
    struct nmt_annotation annotation[2];
    struct nmt_sentence s;
};

static void copy_sentence(struct spoilt *c)
{
    const struct nmt_sentence *s = helper_sentence();
    c->s = *s;
    memcpy(c->text, s->text, s->text_len + 1);
    memcpy(c->words, s->words, sizeof c->words);
    memcpy(c->annotation, s->annotation, sizeof c->annotation);
    memcpy(c->ids, s->annotation[0].ids, sizeof c->ids);
    memcpy(c->word, s->annotation[0].word, sizeof c->word);
    memcpy(c->h, s->annotation[0].h, sizeof c->h);
    c->annotation[0].ids = c->ids;
    c->annotation[0].word = c->word;
    c->annotation[0].h = c->h;
    c->s.text = c->text;
    c->s.words = c->words;
    c->s.annotation = c->annotation;
}

static void bad_utf8(struct spoilt *c)
{
    c->text[2] = 'x';
}
static void nul_inside(struct spoilt *c)
{
    c->text[0] = '\0';
}
static void line_end_inside(struct spoilt *c)
{
    c->text[0] = '\n';
}
static void word_outside(struct spoilt *c)
{
    c->words[2].len++;
}
static void word_far_outside(struct spoilt *c)
{
    c->words[2] = (struct nmt_span){ UINT32_MAX, UINT32_MAX };
}
static void words_overlap(struct spoilt *c)
{
    c->words[1].start = 5;
}
static void empty_word(struct spoilt *c)
{
    c->words[0].len = 0;
}
static void word_cuts_a_character(struct spoilt *c)
{
    c->words[0].len = 3;
}
static void id_outside(struct spoilt *c)
{
    c->ids[0] = 8;
}
static void no_eos(struct spoilt *c)
{
    c->ids[3] = 4;
}
static void eos_in_a_word(struct spoilt *c)
{
    c->word[3] = 0;
}
static void word_index_outside(struct spoilt *c)
{
    c->word[0] = 3;
}
static void not_a_number(struct spoilt *c)
{
    c->h[11] = NAN;
}
static void infinite(struct spoilt *c)
{
    c->h[0] = -INFINITY;
}
static void row_missing(struct spoilt *c)
{
    c->annotation[0].rows = 3;
}
static void other_width(struct spoilt *c)
{
    c->annotation[1].width = 1;
}
static void model_missing(struct spoilt *c)
{
    c->s.n_models = 1;
}

Test(records, a_sentence_that_cannot_be_is_not_written_and_its_place_can_be_taken_by_a_failed_line)
{
    static const struct {
        void (*spoil)(struct spoilt *);
        int code;
    } cases[] = {
        { bad_utf8, NMT_ETEXT },          { nul_inside, NMT_ETEXT },
        { line_end_inside, NMT_ETEXT },   { word_outside, NMT_ESHAPE },
        { word_far_outside, NMT_ESHAPE }, { words_overlap, NMT_ESHAPE },
        { empty_word, NMT_ESHAPE },       { word_cuts_a_character, NMT_ESHAPE },
        { id_outside, NMT_ESHAPE },       { no_eos, NMT_ESHAPE },
        { eos_in_a_word, NMT_ESHAPE },    { word_index_outside, NMT_ESHAPE },
        { not_a_number, NMT_ESHAPE },     { infinite, NMT_ESHAPE },
        { row_missing, NMT_ESHAPE },      { other_width, NMT_ESHAPE },
        { model_missing, NMT_ESHAPE },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = helper_path();
        struct nmt_stream_header h = helper_header(ANN);
        struct nmt_output *out = NULL;
        struct nmt_stream_writer *w = NULL;
        struct nmt_err err = NMT_ERR_INIT;
        struct spoilt c;
        cr_assert(eq(int, nmt_output_open(&out, path, NULL), 0));
        cr_assert(eq(int, nmt_stream_writer_new(&w, out, &h, 0, NULL), 0));
        cr_assert(eq(int, nmt_stream_write_sentence(w, helper_sentence(), NULL), 0));
        copy_sentence(&c);
        cases[i].spoil(&c);
        cr_assert(eq(int, nmt_stream_write_sentence(w, &c.s, &err), cases[i].code), "case %zu", i);
        cr_assert(eq(ulong, err.at, 2));
        cr_assert(eq(int, nmt_stream_write_failed(w, 17, "too l\xC3\xB6ng\n\xFF!", NULL), 0));
        cr_assert(eq(int, nmt_stream_write_end(w, NULL), 0));
        nmt_stream_writer_free(w);
        cr_assert(eq(int, nmt_output_close(&out, NULL), 0));
        struct nmt_buffer b = helper_file(path);
        err = (struct nmt_err)NMT_ERR_INIT;
        cr_assert(eq(int, helper_read(ANN, b.data, b.len, "sf", &err), 2), "%s", err.msg);
        nmt_buffer_release(&b);
        helper_forget(path);
    }
}

Test(records, a_record_over_the_limit_is_refused_by_the_writer)
{
    const char *path = helper_path();
    struct nmt_stream_header h = helper_header(ANN);
    struct nmt_output *out = NULL;
    struct nmt_stream_writer *w = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    static char text[2000];
    memset(text, 'x', sizeof text - 1);
    struct nmt_sentence s = *helper_empty_sentence();
    s.text = text;
    s.text_len = sizeof text - 1;
    cr_assert(eq(int, nmt_output_open(&out, path, NULL), 0));
    cr_assert(eq(int, nmt_stream_writer_new(&w, out, &h, 1100, NULL), 0));
    cr_assert(eq(int, nmt_stream_write_sentence(w, &s, &err), NMT_ELIMIT));
    s.text_len = UINT32_MAX; /* nothing is read from it */
    cr_assert(eq(int, nmt_stream_write_sentence(w, &s, NULL), NMT_ELIMIT));
    s = *helper_sentence();
    struct nmt_annotation huge[2] = { s.annotation[0], s.annotation[1] };
    huge[0].rows = huge[0].width = UINT32_MAX;
    s.annotation = huge;
    cr_assert(eq(int, nmt_stream_write_sentence(w, &s, NULL), NMT_ELIMIT));
    nmt_stream_writer_free(w);
    nmt_output_abandon(out);
    helper_forget(path);
}

static void refuse_alignment(const struct nmt_alignment *a, int code)
{
    const char *path = helper_path();
    struct nmt_stream_header h = helper_header(ALI);
    struct nmt_output *out = NULL;
    struct nmt_stream_writer *w = NULL;
    cr_assert(eq(int, nmt_output_open(&out, path, NULL), 0));
    cr_assert(eq(int, nmt_stream_writer_new(&w, out, &h, 0, NULL), 0));
    cr_assert(eq(int, nmt_stream_write_alignments(w, a, 1, NULL), code));
    nmt_stream_writer_free(w);
    nmt_output_abandon(out);
    helper_forget(path);
}

Test(records, an_alignment_that_cannot_be_is_not_written)
{
    char source[] = "a b", two_spaces[] = "a  b", at_end[] = "a ", bad[] = "a \xFF";
    float good[] = { 0.5f, 0.5f }, over[] = { 0.75f, 0.5f }, negative[] = { -0.1f, 0.5f },
          nan[] = { 0, NAN };
    refuse_alignment(&(struct nmt_alignment){ 2, 1, source, (char[]){ "x" }, good }, 0);
    refuse_alignment(&(struct nmt_alignment){ 2, 1, source, (char[]){ "x" }, over }, NMT_ESHAPE);
    refuse_alignment(&(struct nmt_alignment){ 2, 1, source, (char[]){ "x" }, negative },
                     NMT_ESHAPE);
    refuse_alignment(&(struct nmt_alignment){ 2, 1, source, (char[]){ "x" }, nan }, NMT_ESHAPE);
    refuse_alignment(&(struct nmt_alignment){ 2, 1, two_spaces, (char[]){ "x" }, good },
                     NMT_ESHAPE);
    refuse_alignment(&(struct nmt_alignment){ 2, 1, at_end, (char[]){ "x" }, good }, NMT_ESHAPE);
    refuse_alignment(&(struct nmt_alignment){ 2, 1, bad, (char[]){ "x" }, good }, NMT_ETEXT);
    refuse_alignment(&(struct nmt_alignment){ 2, 1, source, (char[]){ "" }, good }, NMT_ESHAPE);
    refuse_alignment(&(struct nmt_alignment){ 1, 1, source, (char[]){ "x" }, good }, NMT_ESHAPE);
}

/* --- the reader, when every checksum is right ------------------------------------------------ */

/* Sets the 32-bit number at `at` of the first record's payload and seals; the reader must say
 * `code`. */
static void refuse_number(enum nmt_stream_kind kind, const char *records, size_t at, uint32_t v,
                          int code)
{
    struct nmt_buffer b = helper_stream(kind, records);
    struct nmt_err err = NMT_ERR_INIT;
    size_t start, n;
    helper_record(&b, 1, &start, &n);
    memcpy(b.data + start + 12 + at, &v, 4);
    helper_seal(&b);
    cr_assert(eq(int, helper_read(kind, b.data, b.len, records, &err), code), "at %zu: %s", at,
              err.msg);
    cr_assert(eq(ulong, err.at, 1));
    nmt_buffer_release(&b);
}

Test(records, sizes_that_do_not_agree_are_refused_whatever_the_checksum_says)
{
    static const uint32_t sizes[] = { 0, 1, 5, 1000, 1u << 30, 1u << 31, UINT32_MAX };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        /* text_len, n_words; then behind 28 bytes of text and three words: n, rows, width */
        refuse_number(ANN, "ss", 0, sizes[i], NMT_EFORMAT);
        refuse_number(ANN, "ss", 4, sizes[i], NMT_EFORMAT);
        refuse_number(ANN, "ss", 8, sizes[i], NMT_ESHAPE);
        refuse_number(ANN, "ss", 64, sizes[i], NMT_EFORMAT);
        refuse_number(ANN, "ss", 68, sizes[i], NMT_EFORMAT);
        refuse_number(ANN, "ss", 72, sizes[i], NMT_EFORMAT);
        /* count, n_source, n_target, source_len, target_len */
        for (size_t at = 0; at < 20; at += 4)
            refuse_number(ALI, "a", at, sizes[i], NMT_EFORMAT);
        refuse_number(NMT_STREAM_IDS, "i", 0, sizes[i], NMT_EFORMAT);
    }
}

Test(records, impossible_content_is_refused_whatever_the_checksum_says)
{
    refuse_number(ANN, "s", 12, 0x80808080u, NMT_ETEXT);   /* text */
    refuse_number(ANN, "s", 48, 5, NMT_ESHAPE);            /* the second word begins in the first */
    refuse_number(ANN, "s", 76, 8, NMT_ESHAPE);            /* id */
    refuse_number(ANN, "s", 88, 3, NMT_ESHAPE);            /* last id */
    refuse_number(ANN, "s", 92, 3, NMT_ESHAPE);            /* word of the first token */
    refuse_number(ANN, "s", 108, 0x7fc00000u, NMT_ESHAPE); /* NaN */
    refuse_number(ANN, "s", 108, 0xff800000u, NMT_ESHAPE); /* minus infinity */
    refuse_number(NMT_STREAM_IDS, "i", 4, 8, NMT_ESHAPE);
    refuse_number(ALI, "a", 20, 0x20202020u, NMT_ESHAPE); /* spaces */
    refuse_number(ALI, "a", 52, 0x3f800000u, NMT_ESHAPE); /* weights 0.75 + 1 */
}

/* Adds four zeros to the payload of the first record, or cuts four bytes off. */
static void refuse_other_size(enum nmt_stream_kind kind, const char *records, int more)
{
    struct nmt_buffer b = helper_stream(kind, records), longer = NMT_BUFFER_INIT;
    struct nmt_err err = NMT_ERR_INIT;
    size_t start, n;
    helper_record(&b, 1, &start, &n);
    size_t keep = more > 0 ? start + n - 4 : start + n - 8;
    uint32_t size = (uint32_t)((int)n - 16 + more);
    memcpy(b.data + start + 4, &size, 4);
    cr_assert(eq(int, nmt_buffer_add(&longer, b.data, keep, NULL), 0));
    if (more > 0)
        cr_assert(eq(int, nmt_buffer_add(&longer, "\0\0\0", 4, NULL), 0));
    cr_assert(
        eq(int, nmt_buffer_add(&longer, b.data + start + n - 4, b.len - start - n + 4, NULL), 0));
    helper_seal(&longer);
    cr_assert(eq(int, helper_read(kind, longer.data, longer.len, records, &err), NMT_EFORMAT));
    cr_assert(eq(str, err.msg, "test: record 1: sizes inside the record do not agree"));
    nmt_buffer_release(&b);
    nmt_buffer_release(&longer);
}

Test(records, bytes_too_many_or_too_few_are_refused_whatever_the_checksum_says)
{
    for (int more = -4; more <= 4; more += 8) {
        refuse_other_size(ANN, "s", more);
        refuse_other_size(ANN, "e", more);
        refuse_other_size(ALI, "a", more);
        refuse_other_size(NMT_STREAM_IDS, "i", more);
    }
}

Test(records, padding_is_zero)
{
    refuse_number(ANN, "s", 12 + 24, 0x01000000u | 'n', NMT_EFORMAT);
    refuse_number(ALI, "a", 44, 0x01000000u | 'e', NMT_EFORMAT);
}

/* Every byte of every record changed to several values and sealed: the reader may take it for
 * other content, but nothing may break. (The sanitizers watch.) */
Test(records, no_byte_of_a_sealed_record_breaks_the_reader)
{
    static const struct {
        enum nmt_stream_kind kind;
        const char *records;
    } samples[] = { { ANN, "sef" }, { ALI, "af" }, { NMT_STREAM_IDS, "i" } };
    for (size_t k = 0; k < 3; k++) {
        struct nmt_buffer b = helper_stream(samples[k].kind, samples[k].records);
        size_t start, n, refused = 0, taken = 0;
        helper_record(&b, 1, &start, &n);
        for (size_t i = start + 12; i < start + n - 4; i++)
            for (int v = 0; v < 256; v += 15) {
                char old = b.data[i];
                int fd, rc;
                struct nmt_sentence s = { 0 };
                struct nmt_alignments a = { 0 };
                const nmt_id *ids;
                size_t n_ids;
                b.data[i] = (char)v;
                helper_seal(&b);
                struct nmt_stream_reader *r = helper_open(samples[k].kind, b.data, b.len, &fd);
                cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_DATA));
                rc = k == 0   ? nmt_stream_sentence(r, &s, NULL)
                     : k == 1 ? nmt_stream_alignments(r, &a, NULL)
                              : nmt_stream_ids(r, &ids, &n_ids, NULL);
                taken += rc == 0;
                refused += rc < 0;
                cr_assert(rc == 0 || nmt_stream_next(r, NULL) == rc);
                nmt_stream_close(r);
                close(fd);
                nmt_sentence_release(&s);
                nmt_alignments_release(&a);
                b.data[i] = old;
            }
        cr_assert(taken > 0 && refused > 0);
        nmt_buffer_release(&b);
    }
}

Test(records, a_failed_line_with_an_impossible_reason_is_refused)
{
    struct nmt_buffer b = helper_stream(ANN, "f");
    size_t start, n;
    helper_record(&b, 1, &start, &n);
    for (int c = 0; c < 256; c++) {
        struct nmt_err err = NMT_ERR_INIT;
        b.data[start + 12 + 8] = (char)c;
        helper_seal(&b);
        int rc, fd;
        struct nmt_stream_reader *r = helper_open(ANN, b.data, b.len, &fd);
        rc = nmt_stream_next(r, &err);
        cr_assert(eq(int, rc, c >= 0x20 && c < 0x7f ? NMT_RECORD_FAILED : NMT_EFORMAT), "byte %d",
                  c);
        nmt_stream_close(r);
        close(fd);
    }
    nmt_buffer_release(&b);
}

Test(records, a_long_reason_is_shortened_at_a_character)
{
    const char *path = helper_path();
    struct nmt_stream_header h = helper_header(ANN);
    struct nmt_output *out = NULL;
    struct nmt_stream_writer *w = NULL;
    static char reason[3001];
    for (int i = 0; i < 1500; i++)
        memcpy(reason + 2 * i, "\xC3\xA9", 2);
    memmove(reason + 1, reason, 2998);
    reason[0] = 'x';
    cr_assert(eq(int, nmt_output_open(&out, path, NULL), 0));
    cr_assert(eq(int, nmt_stream_writer_new(&w, out, &h, 0, NULL), 0));
    cr_assert(eq(int, nmt_stream_write_failed(w, UINT64_MAX, reason, NULL), 0));
    cr_assert(eq(int, nmt_stream_write_end(w, NULL), 0));
    nmt_stream_writer_free(w);
    cr_assert(eq(int, nmt_output_close(&out, NULL), 0));
    struct nmt_stream_reader *r = NULL;
    cr_assert(eq(int, nmt_stream_open(&r, path, ANN, 0, NULL), 0));
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_FAILED));
    cr_assert(eq(sz, strlen(nmt_stream_failed_reason(r)), 1023));
    cr_assert(eq(ulong, nmt_stream_failed_line(r), UINT64_MAX));
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_END));
    nmt_stream_close(r);
    helper_forget(path);
}
