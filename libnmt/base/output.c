/*
 * Checked writing, and files that appear whole: temporary file, fsync, rename.
 *
 * Where the system can (Linux, most file systems), the temporary file has no name until it is
 * whole, so that nothing is left of a process that is killed. Elsewhere it has one from the start.
 */
#define _GNU_SOURCE /* O_TMPFILE */
#include <nmt/output.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER ((size_t)1 << 16)

struct nmt_output {
    int fd;
    bool owns_fd, regular;
    char *name;
    char *temp; /* the file being written, renamed to `name`'s target at the end; or NULL */
    bool named; /* temp is there under its name */
    char *target;
    size_t len;
    uint64_t bytes;
    char buf[BUFFER];
};

static void output_free(struct nmt_output *o)
{
    free(o->name);
    free(o->temp);
    free(o->target);
    free(o);
}

/* A rename must replace what a symbolic link points to, not the link. */
static char *resolve_target(const char *path)
{
    char *real = realpath(path, NULL);
    return real ? real : strdup(path);
}

/* The folder a path is in, owned by the caller; NULL: no memory. */
static char *folder_of(const char *path)
{
    char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
    if (!slash) {
        free(folder);
        return strdup(".");
    }
    slash[slash == folder] = '\0';
    return folder;
}

/* A file in the target's folder that has no name; -1 where there is no such thing. */
static int open_nameless(const char *target)
{
    int fd = -1;
#ifdef O_TMPFILE
    char *folder = folder_of(target);
    if (folder && access("/proc/self/fd", X_OK) == 0)
        fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    free(folder);
#else
    (void)target;
#endif
    return fd;
}

/* Gives it a name that nothing has: linkat, unlike rename, puts nothing aside. */
static int name_temp(struct nmt_output *o, struct nmt_err *err)
{
    char from[64];
    size_t stem = strlen(o->target);
    snprintf(from, sizeof from, "/proc/self/fd/%d", o->fd);
    for (unsigned n = 0; n < 1000000 && !o->named; n++) {
        snprintf(o->temp + stem, 16, ".tmp-%06u", ((unsigned)getpid() + n) % 1000000);
        if (linkat(AT_FDCWD, from, AT_FDCWD, o->temp, AT_SYMLINK_FOLLOW) == 0)
            o->named = true;
        else if (errno != EEXIST)
            return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot create", o->name);
    }
    return o->named ? 0 : nmt_fail(err, NMT_EIO, 0, "%s: no free name beside it", o->name);
}

static int open_temp(struct nmt_output *o, const char *path, const struct stat *old,
                     struct nmt_err *err)
{
    o->target = resolve_target(path);
    size_t size = o->target ? strlen(o->target) + 16 : 0;
    o->temp = o->target ? malloc(size) : NULL;
    if (!o->temp)
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", path);
    snprintf(o->temp, size, "%s.tmp-XXXXXX", o->target);
    o->fd = open_nameless(o->target);
    if (o->fd < 0) {
        o->fd = mkstemp(o->temp);
        o->named = o->fd >= 0;
    }
    if (o->fd < 0) {
        nmt_fail_os(err, NMT_EIO, 0, "%s: cannot create", path);
        free(o->temp);
        o->temp = NULL;
        return NMT_EIO;
    }
    o->owns_fd = o->regular = true;
    mode_t mask = umask(0);
    umask(mask);
    mode_t mode = old ? old->st_mode & 07777 : 0666 & ~mask;
    if (fcntl(o->fd, F_SETFD, FD_CLOEXEC) < 0 || fchmod(o->fd, mode) < 0)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot set the mode", path);
    return 0;
}

static int open_target(struct nmt_output *o, const char *path, struct nmt_err *err)
{
    struct stat st;
    bool exists = stat(path, &st) == 0;
    if (!exists || S_ISREG(st.st_mode))
        return open_temp(o, path, exists ? &st : NULL, err);
    o->fd = open(path, O_WRONLY | O_CLOEXEC);
    if (o->fd < 0)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot open for writing", path);
    o->owns_fd = true;
    return 0;
}

int nmt_output_open(struct nmt_output **out, const char *path, struct nmt_err *err)
{
    if (path && !*path)
        return nmt_fail(err, NMT_EUSAGE, 0, "'' cannot be the name of a file to write");
    bool is_stdout = !path || strcmp(path, "-") == 0;
    const char *name = is_stdout ? "(stdout)" : path;
    struct nmt_output *o = malloc(sizeof *o);
    if (o) {
        memset(o, 0, offsetof(struct nmt_output, buf)); /* takes no pages that are not written to */
        o->name = strdup(name);
    }
    if (!o || !o->name) {
        free(o);
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", name);
    }
    o->fd = -1;
    if (is_stdout) {
        struct stat st;
        o->fd = STDOUT_FILENO;
        if (fstat(o->fd, &st) < 0) {
            nmt_fail_os(err, NMT_EIO, 0, "%s", name);
            nmt_output_abandon(o);
            return NMT_EIO;
        }
        o->regular = S_ISREG(st.st_mode);
    } else {
        int rc = open_target(o, path, err);
        if (rc < 0) {
            nmt_output_abandon(o);
            return rc;
        }
    }
    *out = o;
    return 0;
}

static int write_all(struct nmt_output *o, const char *bytes, size_t n, struct nmt_err *err)
{
    while (n > 0) {
        ssize_t put = write(o->fd, bytes, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return nmt_fail_os(err, errno == EPIPE ? NMT_EPIPE : NMT_EIO, 0, "%s: cannot write",
                               o->name);
        bytes += put;
        n -= (size_t)put;
    }
    return 0;
}

int nmt_output_flush(struct nmt_output *o, struct nmt_err *err)
{
    size_t n = o->len;
    o->len = 0;
    return write_all(o, o->buf, n, err);
}

int nmt_output_write(struct nmt_output *o, const void *bytes, size_t n, struct nmt_err *err)
{
    if (n == 0)
        return 0; /* bytes may be NULL then */
    o->bytes += n;
    if (n > BUFFER - o->len)
        NMT_TRY(nmt_output_flush(o, err));
    if (n >= BUFFER)
        return write_all(o, bytes, n, err);
    memcpy(o->buf + o->len, bytes, n);
    o->len += n;
    return 0;
}

int nmt_output_puts(struct nmt_output *o, const char *s, struct nmt_err *err)
{
    return nmt_output_write(o, s, strlen(s), err);
}

int nmt_output_printf(struct nmt_output *o, struct nmt_err *err, const char *fmt, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, fmt, args);
    va_end(args);
    int rc;
    if (n < 0) {
        rc = nmt_fail(err, NMT_EIO, 0, "%s: cannot format", o->name);
    } else if ((size_t)n < sizeof small) {
        rc = nmt_output_write(o, small, (size_t)n, err);
    } else {
        char *large = malloc((size_t)n + 1);
        if (!large) {
            rc = nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", o->name);
        } else {
            vsnprintf(large, (size_t)n + 1, fmt, again);
            rc = nmt_output_write(o, large, (size_t)n, err);
            free(large);
        }
    }
    va_end(again);
    return rc;
}

int nmt_output_record(struct nmt_output *o, struct nmt_err *err)
{
    return o->regular ? 0 : nmt_output_flush(o, err);
}

bool nmt_output_is_terminal(const struct nmt_output *o)
{
    return isatty(o->fd);
}

uint64_t nmt_output_bytes(const struct nmt_output *o)
{
    return o->bytes;
}

const char *nmt_output_name(const struct nmt_output *o)
{
    return o->name;
}

/* The directory entry is durable only when the directory itself is synced. */
static int sync_directory(const char *target)
{
    char *folder = folder_of(target);
    if (!folder)
        return -1;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0)
        return -1;
    int rc = fsync(fd);
    if (rc < 0 && (errno == EINVAL || errno == EROFS))
        rc = 0; /* some file systems do not sync directories */
    close(fd);
    return rc;
}

/* A file is whole and on the disk, its name not yet its own; all else is closed. */
static int settle(struct nmt_output *o, struct nmt_err *err)
{
    NMT_TRY(nmt_output_flush(o, err));
    if (o->temp)
        return fsync(o->fd) < 0 ? nmt_fail_os(err, NMT_EIO, 0, "%s: cannot sync", o->name) : 0;
    int fd = o->owns_fd ? o->fd : dup(o->fd); /* close() tells what a full disk hid */
    o->owns_fd = false;
    if (fd < 0 || close(fd) < 0)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot close", o->name);
    return 0;
}

static int close_temp(struct nmt_output *o, struct nmt_err *err)
{
    if (o->temp && !o->named)
        NMT_TRY(name_temp(o, err));
    if (!o->temp)
        return 0;
    o->owns_fd = false;
    return close(o->fd) < 0 ? nmt_fail_os(err, NMT_EIO, 0, "%s: cannot close", o->name) : 0;
}

static int take_place(struct nmt_output *o, struct nmt_err *err)
{
    if (!o->temp)
        return 0;
    if (rename(o->temp, o->target) < 0)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot rename into place", o->name);
    free(o->temp);
    o->temp = NULL;
    o->named = false;
    return 0;
}

static int keep_place(struct nmt_output *o, struct nmt_err *err)
{
    if (o->target && sync_directory(o->target) < 0)
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot sync its directory", o->name);
    return 0;
}

int nmt_output_close(struct nmt_output **out, struct nmt_err *err)
{
    return nmt_output_close_all(out, 1, err);
}

int nmt_output_close_all(struct nmt_output **out, size_t n, struct nmt_err *err)
{
    static int (*const steps[])(struct nmt_output *, struct nmt_err *) = { settle, close_temp,
                                                                           take_place, keep_place };
    int rc = 0;
    for (size_t step = 0; step < sizeof steps / sizeof *steps; step++)
        for (size_t i = 0; i < n && rc == 0; i++)
            rc = out[i] ? steps[step](out[i], err) : 0;
    for (size_t i = 0; i < n; i++) {
        nmt_output_abandon(out[i]);
        out[i] = NULL;
    }
    return rc;
}

void nmt_output_abandon(struct nmt_output *o)
{
    if (!o)
        return;
    int saved = errno;
    struct nmt_err unused = NMT_ERR_INIT;
    if (!o->temp && o->fd >= 0 && nmt_output_flush(o, &unused) < 0)
        o->len = 0; /* it could not be helped: the caller has the first reason */
    if (o->owns_fd)
        close(o->fd);
    if (o->named)
        unlink(o->temp);
    output_free(o);
    errno = saved;
}
