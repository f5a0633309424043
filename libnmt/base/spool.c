/* Bytes in a file without a name. */
#define _GNU_SOURCE /* O_TMPFILE, madvise */
#include <nmt/spool.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST ((size_t)1 << 18) /* bytes of a buffer, unless it is told otherwise */

static const char *folder_of(const struct nmt_spool *s)
{
    return s->folder ? s->folder : "/tmp";
}

/* A file that is nowhere to be found; -1: errno says why there is none. */
static int open_nameless(const char *folder)
{
    int fd = -1;
#ifdef O_TMPFILE
    fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
#endif
    const size_t size = strlen(folder) + sizeof "/nmt-XXXXXX";
    char *path = malloc(size);
    if (!path)
        return -1;
    snprintf(path, size, "%s/nmt-XXXXXX", folder);
    fd = mkstemp(path);
    if (fd >= 0)
        unlink(path);
    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    free(path);
    return fd;
}

static int write_out(struct nmt_spool *s, const unsigned char *bytes, size_t n, struct nmt_err *err)
{
    if (!s->file)
        s->file = open_nameless(folder_of(s)) + 1;
    if (!s->file)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot create a file there", folder_of(s));
    while (n > 0) {
        const ssize_t put = write(s->file - 1, bytes, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot write a file there", folder_of(s));
        bytes += put;
        n -= (size_t)put;
    }
    return 0;
}

static int flush(struct nmt_spool *s, struct nmt_err *err)
{
    const size_t n = s->len;
    s->len = 0;
    return write_out(s, s->buffer, n, err);
}

static int grow(struct nmt_spool *s, size_t need, struct nmt_err *err)
{
    size_t cap = s->cap ? s->cap : 1024;
    while (cap < need)
        cap *= 2;
    unsigned char *more = cap > s->cap ? realloc(s->buffer, cap) : s->buffer;
    if (!more)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    s->buffer = more;
    s->cap = cap;
    return 0;
}

int nmt_spool_add(struct nmt_spool *s, const void *bytes, size_t n, struct nmt_err *err)
{
    if (n == 0)
        return 0; /* bytes may be NULL then */
    const size_t most = s->most ? s->most : MOST;
    if (n > most - s->len && s->len > 0)
        NMT_TRY(flush(s, err));
    s->bytes += n;
    if (n > most)
        return write_out(s, bytes, n, err);
    NMT_TRY(grow(s, s->len + n, err));
    memcpy(s->buffer + s->len, bytes, n);
    s->len += n;
    return 0;
}

int nmt_spool_write(struct nmt_spool *s, struct nmt_output *out, struct nmt_err *err)
{
    if (!s->file)
        return nmt_output_write(out, s->buffer, s->len, err);
    NMT_TRY(flush(s, err));
    NMT_TRY(grow(s, MOST, err));
    if (lseek(s->file - 1, 0, SEEK_SET) < 0)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot read a file there", folder_of(s));
    for (size_t left = s->bytes; left > 0;) {
        const ssize_t got = read(s->file - 1, s->buffer, MOST);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            return nmt_fail(err, NMT_ETRUNC, 0, "%s: a file there became shorter", folder_of(s));
        if (got < 0)
            return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot read a file there", folder_of(s));
        NMT_TRY(nmt_output_write(out, s->buffer, (size_t)got, err));
        left -= (size_t)got;
    }
    return 0;
}

int nmt_spool_map(struct nmt_spool *s, struct nmt_err *err)
{
    if (!s->file) {
        NMT_TRY(grow(s, 1, err));
        s->data = s->buffer;
        return 0;
    }
    NMT_TRY(flush(s, err));
    free(s->buffer);
    s->buffer = NULL;
    s->cap = 0;
    void *p = mmap(NULL, s->bytes, PROT_READ, MAP_SHARED, s->file - 1, 0);
    if (p == MAP_FAILED)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: a file there cannot be mapped", folder_of(s));
    s->data = p;
    return 0;
}

size_t nmt_spool_memory(const struct nmt_spool *s)
{
    return s->cap;
}

/* Of a shared mapping that is only read nothing is lost. */
void nmt_spool_passed(const struct nmt_spool *s, size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (s->data && s->file && bytes >= page)
        madvise((void *)(uintptr_t)s->data, bytes / page * page, MADV_DONTNEED);
}

void nmt_spool_scatter(const struct nmt_spool *s)
{
    nmt_spool_passed(s, s->bytes);
    if (s->data && s->file)
        madvise((void *)(uintptr_t)s->data, s->bytes, MADV_RANDOM);
}

void nmt_spool_release(struct nmt_spool *s)
{
    if (s->data && s->file)
        munmap((void *)(uintptr_t)s->data, s->bytes);
    if (s->file)
        close(s->file - 1);
    free(s->buffer);
    *s = (struct nmt_spool){ .folder = s->folder, .most = s->most };
}
