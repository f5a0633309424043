/* The ground floor: errors, buffers, UTF-8, lines, output, numbers, checksums, random numbers. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/arena.h>
#include <nmt/buffer.h>
#include <nmt/crc32c.h>
#include <nmt/error.h>
#include <nmt/lines.h>
#include <nmt/number.h>
#include <nmt/output.h>
#include <nmt/random.h>
#include <nmt/threads.h>
#include <nmt/utf8.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Test(base, the_first_error_wins_and_control_characters_are_masked)
{
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_fail(&err, NMT_EFORMAT, 7, "bad \x1b[31mthing"), NMT_EFORMAT));
    nmt_fail(&err, NMT_EIO, 9, "later");
    cr_assert(eq(int, err.code, NMT_EFORMAT));
    cr_assert(eq(ulong, err.at, 7));
    cr_assert(eq(str, err.msg, "bad ?[31mthing"));
}

Test(base, crc32c_has_the_published_check_value)
{
    cr_assert(eq(u32, nmt_crc32c(0, "123456789", 9), 0xE3069283u));
    uint32_t parts = nmt_crc32c(nmt_crc32c(0, "1234", 4), "56789", 5);
    cr_assert(eq(u32, parts, 0xE3069283u));
}

Test(base, philox_has_the_published_answers)
{
    /* Known answers of Random123 (kat_vectors, philox4x32 10). */
    uint32_t out[4];
    nmt_philox(out, (uint32_t[]){ 0, 0, 0, 0 }, (uint32_t[]){ 0, 0 });
    cr_assert(eq(u32, out[0], 0x6627e8d5u));
    nmt_philox(out, (uint32_t[]){ 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
               (uint32_t[]){ 0xa4093822, 0x299f31d0 });
    cr_assert(eq(u32, out[0], 0xd16cfe09u));
    cr_assert(eq(u32, out[1], 0x94fdccebu));
    cr_assert(eq(u32, out[2], 0x5001e420u));
    cr_assert(eq(u32, out[3], 0x24126ea1u));
}

Test(base, utf8_names_the_first_bad_byte_wherever_it_stands)
{
    for (size_t wide = 0; wide < 20; wide++)
        for (size_t bad = wide + 2; bad <= 24; bad++) {
            char text[24];
            memset(text, 'a', sizeof text);
            memcpy(text + wide, "\xC3\xBC", 2);
            if (bad < sizeof text)
                text[bad] = '\xBC';
            cr_assert(eq(sz, nmt_utf8_valid(text, sizeof text), bad));
        }
}

Test(base, utf8_refuses_surrogates_overlong_forms_and_beyond_unicode)
{
    cr_assert(eq(sz, nmt_utf8_valid("gr\xC3\xBC\xC3\x9F", 6), 6));
    cr_assert(eq(sz, nmt_utf8_valid("ab\xED\xA0\x80", 5), 2));
    cr_assert(eq(sz, nmt_utf8_valid("\xC0\x80", 2), 0));
    cr_assert(eq(sz, nmt_utf8_valid("12345678\xF4\x90\x80\x80", 12), 8));
    for (uint32_t cp = 0; cp <= 0x110000; cp += 7) {
        char bytes[4];
        uint32_t back = 0;
        size_t n = nmt_utf8_encode(cp, bytes);
        bool scalar = cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF);
        cr_assert(eq(int, n > 0, scalar));
        if (scalar) {
            cr_assert(eq(sz, nmt_utf8_decode(bytes, n, &back), n));
            cr_assert(eq(u32, back, cp));
        }
    }
}

static struct nmt_lines *lines_of(const char *text, size_t n, size_t longest)
{
    int fds[2];
    cr_assert(eq(int, pipe(fds), 0));
    cr_assert(eq(long, write(fds[1], text, n), (long)n));
    close(fds[1]);
    struct nmt_lines *r = NULL;
    cr_assert(eq(int, nmt_lines_open_fd(&r, fds[0], "test", longest, NULL), 0));
    return r;
}

Test(base, only_lf_ends_a_line)
{
    static const char text[] = "a\r\n\0b\xE2\x80\xA8"
                               "c\n\nlast";
    struct nmt_lines *r = lines_of(text, sizeof text - 1, 0);
    char *line;
    size_t n;
    cr_assert(eq(int, nmt_lines_next(r, &line, &n, NULL), 1));
    cr_assert(eq(sz, n, 2));
    cr_assert(eq(int, nmt_lines_next(r, &line, &n, NULL), 1));
    cr_assert(eq(sz, n, 6));
    cr_assert(eq(int, nmt_lines_next(r, &line, &n, NULL), 1));
    cr_assert(eq(sz, n, 0));
    cr_assert(eq(int, nmt_lines_next(r, &line, &n, NULL), 1));
    cr_assert(eq(str, line, "last"));
    cr_assert(eq(int, nmt_lines_next(r, &line, &n, NULL), 0));
    nmt_lines_close(r);
}

Test(base, a_line_over_the_limit_is_named_and_skipped)
{
    char *text = malloc(300002);
    memset(text, 'x', 300000);
    memcpy(text + 300000, "\ny", 2);
    int fds[2];
    cr_assert(eq(int, pipe(fds), 0));
    if (fork() == 0) {
        for (size_t put = 0; put < 300002;)
            put += (size_t)write(fds[1], text + put, 300002 - put);
        _exit(0);
    }
    close(fds[1]);
    struct nmt_lines *r = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_lines_open_fd(&r, fds[0], "test", 1000, &err), 0));
    char *line;
    size_t n;
    cr_assert(eq(int, nmt_lines_next(r, &line, &n, &err), NMT_ELIMIT));
    cr_assert(eq(str, err.msg, "test:1: line is longer than 1000 bytes"));
    cr_assert(eq(int, nmt_lines_next(r, &line, &n, &err), 1));
    cr_assert(eq(str, line, "y"));
    cr_assert(eq(ulong, nmt_lines_number(r), 2));
    nmt_lines_close(r);
    free(text);
}

Test(base, output_takes_the_old_files_place_only_when_closed)
{
    char path[] = "/tmp/nmt-test-output-XXXXXX";
    close(mkstemp(path));
    struct nmt_output *o = NULL;
    cr_assert(eq(int, nmt_output_open(&o, path, NULL), 0));
    cr_assert(eq(int, nmt_output_puts(o, "new", NULL), 0));
    nmt_output_abandon(o);
    cr_assert(eq(long, lseek(open(path, O_RDONLY), 0, SEEK_END), 0));
    cr_assert(eq(int, nmt_output_open(&o, path, NULL), 0));
    cr_assert(eq(int, nmt_output_puts(o, "new", NULL), 0));
    cr_assert(eq(int, nmt_output_close(&o, NULL), 0));
    cr_assert(eq(long, lseek(open(path, O_RDONLY), 0, SEEK_END), 3));
    unlink(path);
}

Test(base, outputs_that_belong_together_take_their_places_together_or_not_at_all)
{
    char path[] = "/tmp/nmt-test-output-XXXXXX", text[8] = "";
    close(mkstemp(path));
    for (int full = 1; full >= 0; full--) {
        struct nmt_output *o[3] = { NULL, NULL, NULL };
        cr_assert(eq(int, nmt_output_open(&o[0], path, NULL), 0));
        cr_assert(eq(int, nmt_output_open(&o[2], full ? "/dev/full" : "/dev/null", NULL), 0));
        cr_assert(eq(int, nmt_output_puts(o[0], "new", NULL), 0));
        cr_assert(eq(int, nmt_output_puts(o[2], "new", NULL), 0));
        cr_assert(eq(int, nmt_output_close_all(o, 3, NULL), full ? NMT_EIO : 0));
        cr_assert(eq(ptr, o[0], NULL));
        cr_assert(eq(ptr, o[2], NULL));
        FILE *f = fopen(path, "r");
        cr_assert(eq(sz, fread(text, 1, sizeof text, f), full ? 0 : 3));
        fclose(f);
    }
    unlink(path);
    cr_assert(eq(int, nmt_output_open(&(struct nmt_output *){ NULL }, "", NULL), NMT_EUSAGE));
}

Test(base, a_full_disk_is_a_failure)
{
    struct nmt_output *o = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_output_open(&o, "/dev/full", &err), 0));
    cr_assert(eq(int, nmt_output_puts(o, "new", &err), 0));
    cr_assert(eq(int, nmt_output_close(&o, &err), NMT_EIO));
    cr_assert(eq(str, err.msg, "/dev/full: cannot write: No space left on device"));
}

Test(base, numbers_are_whole_and_in_range)
{
    int64_t i = 0;
    double d = 0;
    cr_assert(eq(int, nmt_number_int(&i, "12", 1, 12, "x", NULL), 0));
    cr_assert(eq(long, i, 12));
    const char *bad[] = { "", " 1", "1 ", "1x", "0", "13", "99999999999999999999", "+1", "0x1" };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        cr_assert(eq(int, nmt_number_int(&i, bad[k], 1, 12, "x", NULL), NMT_EUSAGE));
    cr_assert(eq(int, nmt_number_real(&d, "1e-3", 0, 1, "x", NULL), 0));
    cr_assert(eq(dbl, d, 1e-3));
    const char *bad_real[] = { "", "nan", "inf", "0x1p-2", "1,5", "2", "-1" };
    for (size_t k = 0; k < sizeof bad_real / sizeof *bad_real; k++)
        cr_assert(eq(int, nmt_number_real(&d, bad_real[k], 0, 1, "x", NULL), NMT_EUSAGE));
}

Test(base, random_numbers_depend_on_seed_stream_and_position_alone)
{
    struct nmt_random a = { 1, 2, 0 }, b = { 1, 2, 0 }, c = { 1, 3, 0 };
    uint32_t first = nmt_random_u32(&a);
    nmt_random_u32(&a);
    uint32_t third = nmt_random_u32(&a);
    b.next = 2;
    cr_assert(eq(u32, nmt_random_u32(&b), third));
    cr_assert(ne(u32, nmt_random_u32(&c), first));
    double sum = 0, square = 0;
    for (int i = 0; i < 20000; i++) {
        double x = nmt_random_normal(&a);
        sum += x;
        square += x * x;
    }
    cr_assert(epsilon_eq(dbl, sum / 20000, 0, 0.05));
    cr_assert(epsilon_eq(dbl, square / 20000, 1, 0.05));
}

static void count_task(void *arg, size_t i, size_t worker)
{
    (void)worker;
    atomic_fetch_add((atomic_size_t *)arg, i);
}

Test(base, a_crew_does_every_task_once)
{
    struct nmt_threads *t = NULL;
    cr_assert(eq(int, nmt_threads_new(&t, 4, NULL), 0));
    for (int round = 0; round < 200; round++) {
        atomic_size_t sum = 0;
        nmt_threads_run(t, 100, count_task, &sum);
        cr_assert(eq(sz, sum, 4950));
    }
    nmt_threads_free(t);
}

Test(base, an_arena_measured_first_fits)
{
    struct nmt_arena a = { NULL, 0, 0 };
    nmt_arena_take(&a, 3, 5);
    nmt_arena_take(&a, 100, 8);
    size_t need = a.used;
    cr_assert(eq(int, nmt_arena_init(&a, need, NULL), 0));
    char *p = nmt_arena_take(&a, 3, 5);
    char *q = nmt_arena_take(&a, 100, 8);
    cr_assert(eq(sz, (size_t)p % NMT_ARENA_ALIGN, 0));
    cr_assert(ge(sz, (size_t)(q - p), 15));
    nmt_arena_release(&a);
}

Test(base, json_strings_are_escaped)
{
    struct nmt_buffer b = NMT_BUFFER_INIT;
    cr_assert(eq(int, nmt_buffer_add_json(&b, "a\"\\\n\x01\xFFz", 7, NULL), 0));
    cr_assert(eq(str, (char *)nmt_buffer_str(&b, NULL), "\"a\\\"\\\\\\n\\u0001\xEF\xBF\xBDz\""));
    nmt_buffer_release(&b);
}
