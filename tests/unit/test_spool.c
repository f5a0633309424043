/* Bytes outside memory. */
#include <nmt/spool.h>

#include <criterion/criterion.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void add_numbers(struct nmt_spool *s, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        cr_assert(nmt_spool_add(s, &i, sizeof i, NULL) == 0);
}

static void check_numbers(const struct nmt_spool *s, uint32_t n)
{
    cr_assert(s->bytes == n * sizeof n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v;
        memcpy(&v, s->data + i * sizeof v, sizeof v);
        cr_assert(v == i);
    }
}

Test(spool, gives_back_what_was_added_whether_it_is_little_or_much)
{
    static const uint32_t sizes[] = { 0, 1, 1000, 65536, 65537, 1000000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct nmt_spool s = { 0 };
        add_numbers(&s, sizes[i]);
        cr_assert(nmt_spool_map(&s, NULL) == 0);
        check_numbers(&s, sizes[i]);
        nmt_spool_passed(&s, s.bytes / 2);
        check_numbers(&s, sizes[i]);
        nmt_spool_scatter(&s);
        check_numbers(&s, sizes[i]);
        cr_assert(nmt_spool_memory(&s) <= (size_t)1 << 18);
        nmt_spool_release(&s);
    }
}

Test(spool, is_written_as_it_was_added_whether_it_is_little_or_much)
{
    static const uint32_t sizes[] = { 0, 1, 1000, 65537, 1000000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char path[] = "/tmp/nmt-spool-XXXXXX";
        const int fd = mkstemp(path);
        struct nmt_spool s = { 0 }, all = { .most = (size_t)1 << 24 };
        struct nmt_output *out = NULL;
        add_numbers(&s, sizes[i]);
        cr_assert(nmt_output_open(&out, path, NULL) == 0 && nmt_spool_write(&s, out, NULL) == 0 &&
                  nmt_output_close(&out, NULL) == 0);
        unsigned char *back = malloc(s.bytes + 1);
        const int again = open(path, O_RDONLY);
        cr_assert(read(again, back, s.bytes + 1) == (ssize_t)s.bytes);
        cr_assert(nmt_spool_add(&all, back, s.bytes, NULL) == 0 && all.file == 0);
        cr_assert(nmt_spool_map(&all, NULL) == 0);
        check_numbers(&all, sizes[i]);
        nmt_spool_release(&s);
        nmt_spool_release(&all);
        free(back);
        close(again);
        close(fd);
        unlink(path);
    }
}

Test(spool, takes_a_piece_that_is_larger_than_its_buffer)
{
    const uint32_t n = 300000;
    uint32_t *numbers = malloc(n * sizeof *numbers);
    for (uint32_t i = 0; i < n; i++)
        numbers[i] = i;
    struct nmt_spool s = { 0 };
    cr_assert(nmt_spool_add(&s, numbers, 4, NULL) == 0);
    cr_assert(nmt_spool_add(&s, numbers + 1, (n - 2) * sizeof *numbers, NULL) == 0);
    cr_assert(nmt_spool_add(&s, numbers + n - 1, 4, NULL) == 0);
    cr_assert(nmt_spool_map(&s, NULL) == 0);
    check_numbers(&s, n);
    nmt_spool_release(&s);
    free(numbers);
}

static int fill(struct nmt_spool *s, size_t pieces, struct nmt_err *err)
{
    static const char piece[4096];
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < pieces; i++)
        rc = nmt_spool_add(s, piece, sizeof piece, err);
    return rc;
}

Test(spool, says_where_it_could_not_write)
{
    struct nmt_spool s = { .folder = "/nowhere/at/all" };
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(fill(&s, 8, &err) == 0, "what is small needs no file");
    cr_assert(fill(&s, 1000, &err) == NMT_EIO && strstr(err.msg, "/nowhere/at/all"), "%s", err.msg);
    nmt_spool_release(&s);
}

Test(spool, fails_when_the_disk_is_full)
{
    const struct rlimit most = { 1 << 20, 1 << 20 };
    struct nmt_spool s = { 0 };
    struct nmt_err err = NMT_ERR_INIT;
    signal(SIGXFSZ, SIG_IGN);
    cr_assert(setrlimit(RLIMIT_FSIZE, &most) == 0);
    cr_assert(fill(&s, 1000, &err) == NMT_EIO && strstr(err.msg, "/tmp"), "%s", err.msg);
    nmt_spool_release(&s);
}
