/* Error values: formatting a message once, at the place where the failure is understood. */
#include <nmt/error.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void mask_control_characters(char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            *s = '?';
}

static int fail(struct nmt_err *err, int code, int os_errno, uint64_t at, const char *fmt,
                va_list args)
{
    if (!err || err->code)
        return code;
    err->code = code;
    err->os_errno = os_errno;
    err->at = at;
    int used = vsnprintf(err->msg, sizeof err->msg, fmt, args);
    if (used < 0)
        used = snprintf(err->msg, sizeof err->msg, "%s", nmt_strerror(code));
    if (os_errno && (size_t)used < sizeof err->msg) {
        char reason[128];
        if (strerror_r(os_errno, reason, sizeof reason) != 0)
            snprintf(reason, sizeof reason, "system error %d", os_errno);
        snprintf(err->msg + used, sizeof err->msg - (size_t)used, ": %s", reason);
    }
    mask_control_characters(err->msg);
    return code;
}

int nmt_fail(struct nmt_err *err, int code, uint64_t at, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fail(err, code, 0, at, fmt, args);
    va_end(args);
    return code;
}

int nmt_fail_os(struct nmt_err *err, int code, uint64_t at, const char *fmt, ...)
{
    int saved = errno;
    va_list args;
    va_start(args, fmt);
    fail(err, code, saved, at, fmt, args);
    va_end(args);
    errno = saved;
    return code;
}

const char *nmt_strerror(int code)
{
    switch (code) {
    case NMT_OK:
        return "no error";
#define NMT_ERR_CASE(name, value, text)                                                            \
    case name:                                                                                     \
        return text;
        NMT_ERR_MAP(NMT_ERR_CASE)
#undef NMT_ERR_CASE
    default:
        return "unknown error";
    }
}
