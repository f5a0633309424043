/*
 * A line reader over a descriptor with one buffer: [start, scan) holds no LF, [scan, end) is
 * read but not looked at. It knows what stdio does not tell: whether a whole line is already
 * there, so that a filter can stop gathering when its input pauses.
 */
#include <nmt/lines.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FIRST_BUFFER ((size_t)1 << 16)

struct nmt_lines {
    int fd;
    bool owns_fd, at_eof, skipping, ended;
    char *name;
    char *buf;
    size_t start, scan, end, cap, longest;
    uint64_t number, bytes; /* of lines handed out; of what was read */
    int read_errno;         /* a failure met while looking ahead, reported by the next call */
};

int nmt_lines_open_fd(struct nmt_lines **r, int fd, const char *name, size_t longest,
                      struct nmt_err *err)
{
    struct nmt_lines *l = calloc(1, sizeof *l);
    if (l) {
        l->name = strdup(name);
        l->cap = FIRST_BUFFER;
        l->buf = malloc(l->cap);
    }
    if (!l || !l->name || !l->buf) {
        nmt_lines_close(l);
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", name);
    }
    l->fd = fd;
    l->longest = longest ? longest : (size_t)1 << 30;
    *r = l;
    return 0;
}

int nmt_lines_open(struct nmt_lines **r, const char *path, size_t longest, struct nmt_err *err)
{
    if (!path || strcmp(path, "-") == 0)
        return nmt_lines_open_fd(r, STDIN_FILENO, "(stdin)", longest, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot open", path);
    int rc = nmt_lines_open_fd(r, fd, path, longest, err);
    if (rc < 0)
        close(fd);
    else
        (*r)->owns_fd = true;
    return rc;
}

uint64_t nmt_lines_bytes(const struct nmt_lines *l)
{
    return l->bytes - (l->end - l->start);
}

bool nmt_lines_ended(const struct nmt_lines *l)
{
    return l->ended;
}

void nmt_lines_close(struct nmt_lines *r)
{
    if (!r)
        return;
    if (r->owns_fd)
        close(r->fd);
    free(r->name);
    free(r->buf);
    free(r);
}

/* Reads once. 1: something came, 0: end of input, -1: failed (read_errno says why). */
static int fill(struct nmt_lines *l)
{
    if (l->start > 0 && l->end + 1 >= l->cap) {
        memmove(l->buf, l->buf + l->start, l->end - l->start);
        l->scan -= l->start;
        l->end -= l->start;
        l->start = 0;
    }
    if (l->end + 1 >= l->cap) {
        char *bigger = realloc(l->buf, l->cap * 2);
        if (!bigger) {
            l->read_errno = ENOMEM;
            return -1;
        }
        l->buf = bigger;
        l->cap *= 2;
    }
    for (;;) {
        ssize_t got = read(l->fd, l->buf + l->end, l->cap - l->end - 1);
        if (got > 0) {
            l->end += (size_t)got;
            l->bytes += (uint64_t)got;
            return 1;
        }
        if (got == 0) {
            l->at_eof = true;
            return 0;
        }
        if (errno != EINTR) {
            l->read_errno = errno;
            return -1;
        }
    }
}

/* The LF that ends the current line, NULL when it is not in the buffer yet. */
static char *find_end(struct nmt_lines *l)
{
    char *lf = memchr(l->buf + l->scan, '\n', l->end - l->scan);
    if (!lf)
        l->scan = l->end;
    else
        l->scan = (size_t)(lf - l->buf);
    return lf;
}

/* Drops what has been read of a line that was too long. True when its LF was found. */
static bool skip_some(struct nmt_lines *l)
{
    l->skipping = !find_end(l);
    if (l->skipping)
        l->start = l->scan = l->end = 0;
    else
        l->start = l->scan = l->scan + 1;
    return !l->skipping;
}

/* Drops what is left of it. 1 when its LF was found, else 0 or -1. */
static int skip_rest(struct nmt_lines *l)
{
    while (!skip_some(l)) {
        if (l->at_eof)
            return 0;
        if (l->read_errno || fill(l) < 0)
            return -1;
    }
    return 1;
}

static int too_long(struct nmt_lines *l, struct nmt_err *err)
{
    l->number++;
    l->skipping = true;
    return nmt_fail(err, NMT_ELIMIT, l->number, "%s:%llu: line is longer than %zu bytes", l->name,
                    (unsigned long long)l->number, l->longest);
}

int nmt_lines_next(struct nmt_lines *l, char **line, size_t *len, struct nmt_err *err)
{
    if (l->skipping) {
        int rc = skip_rest(l);
        if (rc == 0)
            return 0;
        if (rc < 0)
            goto failed;
    }
    while (!find_end(l)) {
        if (l->end - l->start > l->longest)
            return too_long(l, err);
        if (l->at_eof)
            break;
        if (l->read_errno || fill(l) < 0)
            goto failed;
    }
    if (l->at_eof && l->scan == l->end && l->start == l->end)
        return 0;
    if (l->scan - l->start > l->longest)
        return too_long(l, err);
    *line = l->buf + l->start;
    *len = l->scan - l->start;
    l->buf[l->scan] = '\0';
    l->ended = l->scan < l->end;
    l->number++;
    l->start = l->scan = l->scan < l->end ? l->scan + 1 : l->end;
    return 1;
failed:
    errno = l->read_errno;
    return nmt_fail_os(err, NMT_EIO, l->number + 1, "%s: cannot read line %llu", l->name,
                       (unsigned long long)l->number + 1);
}

int nmt_lines_next_whole(struct nmt_lines *l, char **line, size_t *len, struct nmt_err *err)
{
    int rc = nmt_lines_next(l, line, len, err);
    if (rc > 0 && !l->ended)
        return nmt_fail(err, NMT_ETRUNC, l->number, "%s:%llu: file is cut: no LF ends the line",
                        l->name, (unsigned long long)l->number);
    return rc;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Has nmt_lines_next nothing to wait for? What it would drop is dropped, so that memory is bounded
 * by the longest line. */
static bool is_there(struct nmt_lines *l)
{
    if (l->skipping)
        skip_some(l);
    return l->at_eof || l->read_errno ||
           (!l->skipping && (find_end(l) || l->end - l->start > l->longest));
}

bool nmt_lines_ready(struct nmt_lines *l, int wait_ms)
{
    if (is_there(l))
        return true; /* the common case needs no clock */
    int64_t deadline = now_ms() + wait_ms;
    while (!is_there(l)) {
        int64_t left = deadline - now_ms();
        struct pollfd p = { .fd = l->fd, .events = POLLIN };
        int rc = poll(&p, 1, left > 0 ? (int)left : 0);
        if (rc == 0)
            return false;
        if (rc > 0 && fill(l) < 0)
            break;
    }
    return true;
}

const char *nmt_lines_name(const struct nmt_lines *l)
{
    return l->name;
}

uint64_t nmt_lines_number(const struct nmt_lines *l)
{
    return l->number;
}
