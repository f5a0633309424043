/*
 * Makes the N-th call of a kind fail, to see what the programs do. Preloaded:
 *
 *     LD_PRELOAD=fault.so NMT_FAULT=write:3 NMT_FAULT_HIT=hit nmt-align ...
 *
 * Kinds: read (EIO), write (ENOSPC), close, fsync (EIO), open, rename (EACCES), mmap, malloc
 * (ENOMEM; calloc, realloc and the aligned ones too). "short:N" lets every read and write pass at
 * most N bytes, "again:N" interrupts every N-th of them (EINTR); both must go unnoticed. The file
 * NMT_FAULT_HIT appears when the fault has happened. Calls are counted from main() on, and not
 * those that OpenBLAS makes: what it does without memory is not ours to test.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t align, size_t size);

static const char *kind = "", *hit_path;
static long wanted;
static atomic_long calls;
static bool armed;

static bool from_elsewhere(void *caller)
{
    Dl_info info;
    return dladdr(caller, &info) && info.dli_fname &&
           (strstr(info.dli_fname, "openblas") || strstr(info.dli_fname, "libgomp"));
}

static bool is_kind(const char *name)
{
    return armed && strcmp(kind, name) == 0;
}

static void mark_hit(void)
{
    long fd = hit_path ? syscall(SYS_openat, AT_FDCWD, hit_path, O_CREAT | O_WRONLY, 0600) : -1;
    if (fd >= 0)
        syscall(SYS_close, fd);
}

/* Is this the call that fails? */
static bool fails(const char *name, void *caller, int reason)
{
    if (!is_kind(name) || from_elsewhere(caller) || atomic_fetch_add(&calls, 1) + 1 != wanted)
        return false;
    mark_hit();
    errno = reason;
    return true;
}

/* Is this one of every N calls that are interrupted? */
static bool interrupted(void)
{
    if (!is_kind("again") || atomic_fetch_add(&calls, 1) % wanted != 0)
        return false;
    mark_hit();
    errno = EINTR;
    return true;
}

static size_t shortened(size_t n)
{
    if (!is_kind("short") || n <= (size_t)wanted)
        return n;
    mark_hit();
    return (size_t)wanted;
}

#define CALLER __builtin_return_address(0)

ssize_t read(int fd, void *buf, size_t n)
{
    if (fails("read", CALLER, EIO) || interrupted())
        return -1;
    return syscall(SYS_read, fd, buf, shortened(n));
}

ssize_t pread(int fd, void *buf, size_t n, off_t at)
{
    if (fails("read", CALLER, EIO) || interrupted())
        return -1;
    return syscall(SYS_pread64, fd, buf, shortened(n), at);
}

ssize_t write(int fd, const void *buf, size_t n)
{
    if (fails("write", CALLER, ENOSPC) || interrupted())
        return -1;
    return syscall(SYS_write, fd, buf, shortened(n));
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t at)
{
    if (fails("write", CALLER, ENOSPC) || interrupted())
        return -1;
    return syscall(SYS_pwrite64, fd, buf, shortened(n), at);
}

int close(int fd)
{
    bool bad = fails("close", CALLER, EIO);
    int rc = (int)syscall(SYS_close, fd);
    if (bad)
        errno = EIO;
    return bad ? -1 : rc;
}

int fsync(int fd)
{
    return fails("fsync", CALLER, EIO) ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    if (fails("rename", CALLER, EACCES))
        return -1;
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    unsigned mode = flags & O_CREAT ? va_arg(args, unsigned) : 0;
    va_end(args);
    if (fails("open", CALLER, EACCES))
        return -1;
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int mkstemp(char *pattern)
{
    static int (*real)(char *);
    if (fails("open", CALLER, EACCES))
        return -1;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "mkstemp");
    return real(pattern);
}

void *mmap(void *addr, size_t n, int protection, int flags, int fd, off_t at)
{
    if (fd >= 0 && fails("mmap", CALLER, ENOMEM))
        return MAP_FAILED;
    return (void *)syscall(SYS_mmap, addr, n, protection, flags, fd, at);
}

void *malloc(size_t size)
{
    return fails("malloc", CALLER, ENOMEM) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails("malloc", CALLER, ENOMEM) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return fails("malloc", CALLER, ENOMEM) ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t align, size_t size)
{
    return fails("malloc", CALLER, ENOMEM) ? NULL : __libc_memalign(align, size);
}

int posix_memalign(void **out, size_t align, size_t size)
{
    if (fails("malloc", CALLER, ENOMEM))
        return ENOMEM;
    *out = __libc_memalign(align, size);
    return *out ? 0 : ENOMEM;
}

/* --- from main() on ---------------------------------------------------------------------- */

typedef int main_function(int, char **, char **);
static main_function *real_main;

static int counted_main(int argc, char **argv, char **env)
{
    static char text[32];
    const char *fault = getenv("NMT_FAULT");
    char *colon;
    hit_path = getenv("NMT_FAULT_HIT");
    if (fault && strlen(fault) < sizeof text && (colon = strchr(strcpy(text, fault), ':'))) {
        *colon = '\0';
        kind = text;
        wanted = strtol(colon + 1, NULL, 10);
        armed = wanted > 0;
    }
    return real_main(argc, argv, env);
}

int __libc_start_main(main_function *f, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void *stack_end)
{
    int (*start)(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void),
                 void *);
    *(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
    real_main = f;
    return start(counted_main, argc, argv, init, fini, loader_fini, stack_end);
}
