/* Record streams: what is written comes back, and nothing else ever does. */
#include "io_helper.h"
#include "seal.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANN NMT_STREAM_ANNOTATIONS
#define ALI NMT_STREAM_ALIGNMENTS
#define IDS NMT_STREAM_IDS

static const struct {
    enum nmt_stream_kind kind;
    const char *records;
} samples[] = { { ANN, "" },    { ANN, "sesf" }, { ANN, "f" },
                { ANN, "ees" }, { ALI, "afaa" }, { IDS, "iif" } };
enum { SAMPLES = sizeof samples / sizeof *samples };

Test(stream, records_of_every_kind_come_back_as_they_were_written)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        struct nmt_err err = NMT_ERR_INIT;
        struct nmt_buffer b = helper_stream(samples[i].kind, samples[i].records);
        int n = helper_read(samples[i].kind, b.data, b.len, samples[i].records, &err);
        cr_assert(eq(int, n, (int)strlen(samples[i].records)), "%s", err.msg);
        nmt_buffer_release(&b);
    }
}

Test(stream, the_same_records_give_the_same_bytes)
{
    struct nmt_buffer a = helper_stream(ANN, "sef"), b = helper_stream(ANN, "sef");
    cr_assert(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
    nmt_buffer_release(&a);
    nmt_buffer_release(&b);
}

Test(stream, the_bytes_are_those_of_the_manual)
{
    struct nmt_buffer b = helper_stream(IDS, "i");
    static const unsigned char start[] = {
        0x89, 'N',  'M',  'T',  '\r', '\n', 0x1a, '\n', 1,    0,    3,    0,    0,
        0,    0,    0,    1,    0,    0,    0,    0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
        0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0,    0,    0,
        0,    8,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
    };
    static const unsigned char payload[] = { 4, 0, 0, 0, 5, 0, 0, 0, 0, 0,
                                             0, 0, 7, 0, 0, 0, 2, 0, 0, 0 };
    cr_assert(eq(sz, b.len, 56 + 12 + 20 + 4 + 12 + 32 + 4));
    cr_assert(memcmp(b.data, start, sizeof start) == 0);
    cr_assert(memcmp(b.data + 56, "DATA\x14\0\0", 8) == 0);
    cr_assert(memcmp(b.data + 68, payload, sizeof payload) == 0);
    cr_assert(memcmp(b.data + 92, "END \x20\0\0", 8) == 0);
    cr_assert(memcmp(b.data + 104, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16) == 0);
    nmt_buffer_release(&b);
}

Test(stream, a_stream_cut_at_any_byte_is_noticed)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        struct nmt_buffer b = helper_stream(samples[i].kind, samples[i].records);
        for (size_t n = 0; n < b.len; n++) {
            struct nmt_err err = NMT_ERR_INIT;
            int rc = helper_read(samples[i].kind, b.data, n, samples[i].records, &err);
            int want = n > 0 && n < 8 ? NMT_EFORMAT : NMT_ETRUNC;
            cr_assert(rc == NMT_ETRUNC || rc == want, "cut at %zu: %d %s", n, rc, err.msg);
        }
        nmt_buffer_release(&b);
    }
}

Test(stream, every_single_bit_flipped_is_noticed)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        struct nmt_buffer b = helper_stream(samples[i].kind, samples[i].records);
        for (size_t bit = 0; bit < 8 * b.len; bit++) {
            struct nmt_err err = NMT_ERR_INIT;
            b.data[bit / 8] ^= (char)(1 << bit % 8);
            int rc = helper_read(samples[i].kind, b.data, b.len, samples[i].records, &err);
            b.data[bit / 8] ^= (char)(1 << bit % 8);
            cr_assert(lt(int, rc, 0), "bit %zu", bit);
            cr_assert(eq(int, err.code, rc));
            cr_assert(strncmp(err.msg, "test: ", 6) == 0);
        }
        nmt_buffer_release(&b);
    }
}

Test(stream, a_damaged_header_is_refused_before_any_record)
{
    struct nmt_buffer b = helper_stream(ANN, "s");
    size_t start, n;
    helper_record(&b, 0, &start, &n);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        struct nmt_err err = NMT_ERR_INIT;
        const struct nmt_stream_header *h = NULL;
        int fd;
        b.data[bit / 8] ^= (char)(1 << bit % 8);
        struct nmt_stream_reader *r = helper_open(ANN, b.data, b.len, &fd);
        cr_assert(lt(int, nmt_stream_header(r, &h, &err), 0), "bit %zu", bit);
        cr_assert(eq(ulong, err.at, 0));
        nmt_stream_close(r);
        close(fd);
        b.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    nmt_buffer_release(&b);
}

/* Sets one byte of the header, and its checksum right. */
static void refuse_header(size_t at, char value, int code)
{
    struct nmt_buffer b = helper_stream(ANN, "s");
    struct nmt_err err = NMT_ERR_INIT;
    b.data[at] = value;
    helper_seal(&b);
    cr_assert(eq(int, helper_read(ANN, b.data, b.len, "s", &err), code), "at %zu: %s", at, err.msg);
    cr_assert(eq(ulong, err.at, 0));
    nmt_buffer_release(&b);
}

Test(stream, an_impossible_header_is_refused_whatever_its_checksum_says)
{
    refuse_header(10, 4, NMT_EFORMAT); /* kind */
    refuse_header(11, 1, NMT_EFORMAT);
    refuse_header(15, 1, NMT_EFORMAT);  /* flags */
    refuse_header(16, 65, NMT_EFORMAT); /* models */
    refuse_header(19, 1, NMT_EFORMAT);
    refuse_header(20 + 16, 0, NMT_ESHAPE);  /* width */
    refuse_header(20 + 20, 2, NMT_ESHAPE);  /* vocabulary smaller than its special pieces */
    refuse_header(20 + 24, 2, NMT_EFORMAT); /* one annotation for a sentence: neither yes nor no */
    refuse_header(20 + 28, 1, NMT_EFORMAT); /* reserved */
}

Test(stream, an_end_record_that_tells_other_counts_or_another_digest_is_refused)
{
    static const size_t places[] = { 0, 7, 8, 15, 16, 31 };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct nmt_buffer b = helper_stream(ANN, "sf");
        struct nmt_err err = NMT_ERR_INIT;
        size_t start, n;
        helper_record(&b, 3, &start, &n);
        b.data[start + 12 + places[i]] ^= 1;
        seal_checksums((unsigned char *)b.data, b.len, 0);
        cr_assert(eq(int, helper_read(ANN, b.data, b.len, "sf", &err), NMT_ECRC), "%zu", places[i]);
        cr_assert(eq(ulong, err.at, 3));
        nmt_buffer_release(&b);
    }
}

Test(stream, two_bytes_exchanged_are_noticed)
{
    struct nmt_buffer b = helper_stream(ANN, "sf");
    for (size_t i = 0; i + 1 < b.len; i++) {
        char x = b.data[i], y = b.data[i + 1];
        if (x == y)
            continue;
        struct nmt_err err = NMT_ERR_INIT;
        b.data[i] = y, b.data[i + 1] = x;
        cr_assert(lt(int, helper_read(ANN, b.data, b.len, "sf", &err), 0), "at %zu", i);
        b.data[i] = x, b.data[i + 1] = y;
    }
    nmt_buffer_release(&b);
}

/* A stream made of records of others: pairs of (stream, record), ended by NULL. */
struct splice {
    const struct nmt_buffer *stream;
    size_t record;
};

static struct nmt_buffer splice(const struct splice *parts)
{
    struct nmt_buffer b = NMT_BUFFER_INIT;
    for (; parts->stream; parts++) {
        size_t start, n;
        helper_record(parts->stream, parts->record, &start, &n);
        cr_assert(eq(int, nmt_buffer_add(&b, parts->stream->data + start, n, NULL), 0));
    }
    return b;
}

static void refuse_splice(const struct splice *parts, const char *records, uint64_t at)
{
    struct nmt_err err = NMT_ERR_INIT;
    struct nmt_buffer b = splice(parts);
    cr_assert(eq(int, helper_read(ANN, b.data, b.len, records, &err), NMT_ECRC));
    cr_assert(eq(ulong, err.at, at), "%s", err.msg);
    nmt_buffer_release(&b);
}

Test(stream, a_record_swapped_doubled_dropped_or_from_another_stream_is_noticed_where_it_stands)
{
    struct nmt_buffer a = helper_stream(ANN, "ses"), b = helper_stream(ANN, "ees");
    struct nmt_buffer same = helper_stream(ANN, "sss");
    refuse_splice((struct splice[]){ { &a, 0 }, { &a, 2 }, { &a, 1 }, { &a, 3 }, { &a, 4 }, { 0 } },
                  "ses", 1);
    refuse_splice((struct splice[]){ { &a, 0 }, { &a, 1 }, { &a, 3 }, { &a, 2 }, { &a, 4 }, { 0 } },
                  "ses", 2);
    refuse_splice(
        (struct splice[]){
            { &a, 0 }, { &a, 1 }, { &a, 1 }, { &a, 2 }, { &a, 3 }, { &a, 4 }, { 0 } },
        "ses", 2);
    refuse_splice((struct splice[]){ { &a, 0 }, { &a, 1 }, { &a, 3 }, { &a, 4 }, { 0 } }, "ses", 2);
    refuse_splice((struct splice[]){ { &a, 0 }, { &a, 4 }, { 0 } }, "ses", 1);
    refuse_splice((struct splice[]){ { &a, 0 }, { &a, 1 }, { &b, 2 }, { &a, 3 }, { &a, 4 }, { 0 } },
                  "ses", 2);
    refuse_splice((struct splice[]){ { &a, 0 }, { &a, 1 }, { &a, 2 }, { &a, 3 }, { &b, 4 }, { 0 } },
                  "ses", 4);
    refuse_splice(
        (struct splice[]){
            { &same, 0 }, { &same, 2 }, { &same, 1 }, { &same, 3 }, { &same, 4 }, { 0 } },
        "sss", 1);
    nmt_buffer_release(&a);
    nmt_buffer_release(&b);
    nmt_buffer_release(&same);
}

Test(stream, streams_behind_each_other_are_read_as_one)
{
    struct nmt_buffer a = helper_stream(ANN, "se"), b = helper_stream(ANN, ""),
                      c = helper_stream(ANN, "fs");
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_buffer_add(&a, b.data, b.len, NULL), 0));
    cr_assert(eq(int, nmt_buffer_add(&a, c.data, c.len, NULL), 0));
    cr_assert(eq(int, helper_read(ANN, a.data, a.len, "sefs", &err), 4), "%s", err.msg);
    for (size_t n = a.len - c.len + 1; n < a.len; n++) {
        struct nmt_err cut = NMT_ERR_INIT;
        cr_assert(lt(int, helper_read(ANN, a.data, n, "sefs", &cut), 0));
        cr_assert(ge(ulong, cut.at, 3));
    }
    nmt_buffer_release(&a);
    nmt_buffer_release(&b);
    nmt_buffer_release(&c);
}

/* Reading fails with this code and this message. */
static void refuse(enum nmt_stream_kind kind, const struct nmt_buffer *b, int code, const char *msg)
{
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, helper_read(kind, b->data, b->len, "ssss", &err), code));
    cr_assert(eq(str, err.msg, (char *)msg));
}

Test(stream, a_second_stream_by_another_model_is_refused_at_its_first_record)
{
    struct nmt_buffer a = helper_stream(ANN, "ss"), b = helper_stream(ANN, "s");
    b.data[20] ^= 1;
    helper_seal(&b);
    cr_assert(eq(int, nmt_buffer_add(&a, b.data, b.len, NULL), 0));
    refuse(ANN, &a, NMT_EMODEL,
           "test: record 3: here another stream begins, of another kind or other models");
    nmt_buffer_release(&a);
    nmt_buffer_release(&b);
}

Test(stream, bytes_behind_the_end_are_no_stream)
{
    struct nmt_buffer a = helper_stream(ANN, "ss");
    cr_assert(eq(int, nmt_buffer_addc(&a, '\n', NULL), 0));
    refuse(ANN, &a, NMT_EFORMAT,
           "test: record 3: no annotation stream behind the end of the one before");
    nmt_buffer_release(&a);
}

static struct nmt_buffer bytes(const char *s, size_t n)
{
    struct nmt_buffer b = NMT_BUFFER_INIT;
    cr_assert(eq(int, nmt_buffer_add(&b, s, n, NULL), 0));
    return b;
}

Test(stream, what_is_no_stream_is_called_what_it_is)
{
    struct nmt_buffer text = bytes("Guten Morgen\n", 13), model = bytes("GGUF\3\0\0\0", 8),
                      none = bytes("", 0), seven = bytes("\tNMT\r\n\x1a\n\1\0\1\0", 12),
                      unix2 = bytes("\x89NMT\n\x1a\n\1\0\1\0", 11), ali = helper_stream(ALI, "a"),
                      next = helper_stream(ANN, "");
    refuse(ANN, &text, NMT_EFORMAT, "test: no annotation stream");
    refuse(ALI, &model, NMT_EFORMAT, "test: no alignment stream: this is a model file");
    refuse(ANN, &none, NMT_ETRUNC, "test: empty input where an annotation stream is wanted");
    refuse(ANN, &seven, NMT_EFORMAT,
           "test: no annotation stream: it was changed on its way, as text is");
    refuse(ANN, &unix2, NMT_EFORMAT,
           "test: no annotation stream: it was changed on its way, as text is");
    refuse(ANN, &ali, NMT_EFORMAT, "test: alignment stream where an annotation stream is wanted");
    next.data[8] = 2;
    refuse(ANN, &next, NMT_EFORMAT, "test: stream of version 2, only 1 is known");
    next.data[8] = 1;
    next.data[12] = 2; /* 1 is half precision */
    helper_seal(&next);
    refuse(ANN, &next, NMT_EFORMAT, "test: stream with unknown flags");
    nmt_buffer_release(&text);
    nmt_buffer_release(&model);
    nmt_buffer_release(&none);
    nmt_buffer_release(&seven);
    nmt_buffer_release(&unix2);
    nmt_buffer_release(&ali);
    nmt_buffer_release(&next);
}

Test(stream, a_cut_stream_is_named_with_its_record_and_the_error_stays)
{
    struct nmt_buffer b = helper_stream(ANN, "ss");
    size_t start, n;
    int fd;
    helper_record(&b, 2, &start, &n);
    struct nmt_stream_reader *r = helper_open(ANN, b.data, start + 3, &fd);
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_DATA));
    for (int i = 0; i < 2; i++) {
        struct nmt_err err = NMT_ERR_INIT;
        cr_assert(nmt_stream_ready(r, 0));
        cr_assert(eq(int, nmt_stream_next(r, &err), NMT_ETRUNC));
        cr_assert(eq(str, err.msg, "test: record 2: annotation stream is cut short"));
        cr_assert(eq(ulong, err.at, 2));
    }
    nmt_stream_close(r);
    close(fd);
    nmt_buffer_release(&b);
}

Test(stream, a_hostile_length_is_refused_before_anything_is_allocated)
{
    static const uint32_t lengths[] = { NMT_STREAM_PAYLOAD_DEFAULT + 1, UINT32_MAX, 1u << 31 };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct nmt_err err = NMT_ERR_INIT;
        struct nmt_buffer b = helper_stream(ANN, "s");
        size_t start, n;
        helper_record(&b, 1, &start, &n);
        /* the checksum of the head is right, so only the limit can tell */
        memcpy(b.data + start + 4, &lengths[i], 4);
        uint32_t crc;
        memcpy(&crc, b.data + start - 4, 4);
        crc = nmt_crc32c(crc, b.data + start, 8);
        memcpy(b.data + start + 8, &crc, 4);
        cr_assert(eq(int, helper_read(ANN, b.data, b.len, "s", &err), NMT_ELIMIT));
        nmt_buffer_release(&b);
    }
}

/* Reads with a limit; the types that came, as letters, and then 0 or the error. */
static int read_limited(const struct nmt_buffer *b, size_t limit, char types[8])
{
    struct nmt_stream_reader *r;
    struct nmt_sentence s = { 0 };
    int fds[2], rc, n = 0;
    cr_assert(eq(int, pipe(fds), 0));
    cr_assert(eq(long, write(fds[1], b->data, b->len), (long)b->len));
    close(fds[1]);
    cr_assert(eq(int, nmt_stream_open_fd(&r, fds[0], "test", ANN, limit, NULL), 0));
    while ((rc = nmt_stream_next(r, NULL)) > 0 && n < 7) {
        types[n++] = rc == NMT_RECORD_DATA ? 'd' : nmt_stream_failed_line(r) ? 'f' : 'l';
        if (rc == NMT_RECORD_DATA && (rc = nmt_stream_sentence(r, &s, NULL)) < 0)
            break;
    }
    types[n] = '\0';
    nmt_sentence_release(&s);
    nmt_stream_close(r);
    close(fds[0]);
    return rc;
}

Test(stream, a_record_too_large_for_its_reader_fails_alone_and_is_checked)
{
    struct nmt_buffer b = helper_stream(ANN, "esfe");
    size_t start, n;
    uint32_t size;
    char types[8];
    helper_record(&b, 2, &start, &n);
    memcpy(&size, b.data + start + 4, 4);
    cr_assert(eq(int, read_limited(&b, size, types), 0));
    cr_assert(eq(str, types, "ddfd"));
    cr_assert(eq(int, read_limited(&b, size - 1, types), 0));
    cr_assert(eq(str, types, "dlfd"));
    for (size_t i = start; i < start + n; i++) {
        b.data[i] ^= 4;
        cr_assert(lt(int, read_limited(&b, size - 1, types), 0), "at %zu", i - start);
        cr_assert(eq(str, types, "d"));
        b.data[i] ^= 4;
    }
    for (b.len = start + 12; b.len < start + n; b.len++)
        cr_assert(eq(int, read_limited(&b, size - 1, types), NMT_ETRUNC));
    nmt_buffer_release(&b);
}

Test(stream, models_are_found_by_their_fingerprint)
{
    struct nmt_buffer b = helper_stream(ANN, "s");
    struct nmt_stream_header h = helper_header(ANN);
    struct nmt_err err = NMT_ERR_INIT;
    const struct nmt_stream_header *found = NULL;
    size_t index = 9;
    int fd;
    struct nmt_stream_reader *r = helper_open(ANN, b.data, b.len, &fd);
    cr_assert(eq(int, nmt_stream_find_model(r, h.model[1].fingerprint, &index, &err), 0));
    cr_assert(eq(sz, index, 1));
    cr_assert(eq(int, nmt_stream_find_model(r, h.model[0].fingerprint, &index, &err), 0));
    cr_assert(eq(sz, index, 0));
    h.model[0].fingerprint[15] = 0;
    cr_assert(eq(int, nmt_stream_find_model(r, h.model[0].fingerprint, &index, &err), NMT_EMODEL));
    cr_assert(eq(str, err.msg,
                 "test: made by another model: 00112233445566778899aabbccddeeff and others, "
                 "expected 00112233445566778899aabbccddee00"));
    cr_assert(eq(int, nmt_stream_header(r, &found, NULL), 0));
    cr_assert(found->n_models == 2 && found->model[0].width == 3 && !found->model[0].single &&
              found->model[1].single && found->model[1].vocabulary == 8);
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_DATA));
    nmt_stream_close(r);
    close(fd);
    nmt_buffer_release(&b);
}

Test(stream, a_record_is_ready_when_its_last_byte_has_come)
{
    struct nmt_buffer b = helper_stream(ANN, "sf");
    struct nmt_stream_reader *r = NULL;
    struct nmt_sentence s = { 0 };
    size_t start, n;
    int fds[2];
    cr_assert(eq(int, pipe(fds), 0));
    cr_assert(eq(int, nmt_stream_open_fd(&r, fds[0], "pipe", ANN, 0, NULL), 0));
    helper_record(&b, 1, &start, &n);
    for (size_t i = 0; i < start + n; i++) {
        cr_assert(not(nmt_stream_ready(r, 0)));
        cr_assert(eq(long, write(fds[1], b.data + i, 1), 1));
    }
    cr_assert(nmt_stream_ready(r, 0));
    cr_assert(nmt_stream_ready(r, 0));
    cr_assert(eq(ulong, nmt_stream_number(r), 0));
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_DATA));
    cr_assert(eq(int, nmt_stream_sentence(r, &s, NULL), 0));
    cr_assert(not(nmt_stream_ready(r, 5)));
    cr_assert(eq(str, s.text, helper_sentence()->text));
    size_t rest = b.len - start - n;
    cr_assert(eq(long, write(fds[1], b.data + start + n, rest), (long)rest));
    cr_assert(nmt_stream_ready(r, 0));
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_FAILED));
    cr_assert(not(nmt_stream_ready(r, 0)), "after an end record another stream may come");
    close(fds[1]);
    cr_assert(nmt_stream_ready(r, 0));
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_END));
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_END));
    nmt_stream_close(r);
    close(fds[0]);
    nmt_sentence_release(&s);
    nmt_buffer_release(&b);
}

Test(stream, header_and_records_are_in_the_pipe_as_soon_as_they_are_written)
{
    struct nmt_stream_header h = helper_header(ANN);
    const struct nmt_stream_header *seen = NULL;
    struct nmt_stream_reader *r = NULL;
    struct nmt_stream_writer *w = NULL;
    struct nmt_output *out = NULL;
    int fds[2];
    cr_assert(eq(int, pipe(fds), 0));
    cr_assert(eq(int, dup2(fds[1], STDOUT_FILENO), STDOUT_FILENO));
    close(fds[1]);
    cr_assert(eq(int, nmt_output_open(&out, "-", NULL), 0));
    cr_assert(eq(int, nmt_stream_writer_new(&w, out, &h, 0, NULL), 0));
    cr_assert(eq(int, nmt_stream_open_fd(&r, fds[0], "pipe", ANN, 0, NULL), 0));
    cr_assert(eq(int, nmt_stream_header(r, &seen, NULL), 0));
    cr_assert(eq(int, nmt_stream_write_sentence(w, helper_sentence(), NULL), 0));
    cr_assert(nmt_stream_ready(r, 0));
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_DATA));
    cr_assert(eq(int, nmt_stream_write_failed(w, 1, "", NULL), 0));
    cr_assert(nmt_stream_ready(r, 0));
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_FAILED));
    nmt_stream_writer_free(w);
    nmt_output_abandon(out);
    nmt_stream_close(r);
    close(fds[0]);
}

Test(stream, many_records_in_flight_keep_their_own_memory)
{
    struct nmt_buffer b = helper_stream(ANN, "ssss");
    struct nmt_sentence s[4] = { { 0 } };
    int fd;
    struct nmt_stream_reader *r = helper_open(ANN, b.data, b.len, &fd);
    for (int i = 0; i < 4; i++) {
        cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_DATA));
        cr_assert(eq(int, nmt_stream_sentence(r, &s[i], NULL), 0));
    }
    cr_assert(eq(int, nmt_stream_next(r, NULL), NMT_RECORD_END));
    nmt_stream_close(r);
    close(fd);
    for (int i = 0; i < 4; i++) {
        cr_assert(eq(str, s[i].text, helper_sentence()->text));
        cr_assert(eq(flt, s[i].annotation[1].h[1], 1e30f));
        cr_assert(eq(int, (int)((uintptr_t)s[i].annotation[0].h % 64), 0));
        nmt_sentence_release(&s[i]);
    }
    nmt_buffer_release(&b);
}

Test(stream, a_record_larger_than_the_buffer_and_the_pipe_comes_through)
{
    enum { N = 3000, WIDTH = 100 };
    struct nmt_stream_header h = { .kind = ANN, .n_models = 1 };
    h.model[0].width = WIDTH;
    h.model[0].vocabulary = 10;
    static nmt_id ids[N];
    static uint32_t word[N];
    static float rows[N * WIDTH];
    for (int i = 0; i < N * WIDTH; i++)
        rows[i] = (float)i;
    for (int i = 0; i < N; i++)
        word[i] = NMT_NO_WORD;
    ids[N - 1] = NMT_ID_EOS;
    struct nmt_annotation a = { N, N, WIDTH, ids, word, rows };
    struct nmt_sentence s = { .text = (char[]){ "" }, .n_models = 1, .annotation = &a };
    int fds[2];
    cr_assert(eq(int, pipe(fds), 0));
    if (fork() == 0) {
        struct nmt_output *out = NULL;
        struct nmt_stream_writer *w = NULL;
        dup2(fds[1], STDOUT_FILENO);
        close(fds[0]);
        close(fds[1]);
        if (nmt_output_open(&out, "-", NULL) < 0 || nmt_stream_writer_new(&w, out, &h, 0, NULL) < 0)
            _exit(1);
        for (int i = 0; i < 3; i++)
            if (nmt_stream_write_sentence(w, &s, NULL) < 0)
                _exit(1);
        _exit(nmt_stream_write_end(w, NULL) < 0 || nmt_output_close(&out, NULL) < 0);
    }
    close(fds[1]);
    struct nmt_stream_reader *r = NULL;
    struct nmt_sentence got = { 0 };
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_stream_open_fd(&r, fds[0], "pipe", ANN, 0, NULL), 0));
    for (int i = 0; i < 3; i++) {
        cr_assert(eq(int, nmt_stream_next(r, &err), NMT_RECORD_DATA), "%s", err.msg);
        cr_assert(eq(int, nmt_stream_sentence(r, &got, &err), 0), "%s", err.msg);
        cr_assert(memcmp(got.annotation[0].h, rows, sizeof rows) == 0);
    }
    cr_assert(eq(int, nmt_stream_next(r, &err), NMT_RECORD_END));
    nmt_stream_close(r);
    close(fds[0]);
    nmt_sentence_release(&got);
}

Test(stream, terminals_are_refused_on_both_ends)
{
    signal(SIGHUP, SIG_IGN); /* the terminal may have become ours */
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    struct nmt_stream_reader *r = NULL;
    struct nmt_stream_writer *w = NULL;
    struct nmt_output *out = NULL;
    struct nmt_stream_header h = helper_header(ANN);
    if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0)
        cr_skip("no terminals here");
    cr_assert(eq(int, nmt_stream_open(&r, ptsname(fd), ANN, 0, NULL), NMT_EUSAGE));
    cr_assert(eq(int, nmt_output_open(&out, ptsname(fd), NULL), 0));
    cr_assert(eq(int, nmt_stream_writer_new(&w, out, &h, 0, NULL), NMT_EUSAGE));
    nmt_output_abandon(out);
    close(fd);
}
