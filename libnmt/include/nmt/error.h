/*
 * Errors are values. A function that can fail returns 0 (or a documented non-negative
 * value) when it went well and a negative code when not, and fills in the struct nmt_err
 * its caller passed as last argument. The library never prints and never exits.
 */
#ifndef NMT_ERROR_H
#define NMT_ERROR_H

#include <stdint.h>

#if defined(__GNUC__)
#define NMT_MUST_USE       __attribute__((warn_unused_result))
#define NMT_PRINTF(fmt, a) __attribute__((format(printf, fmt, a)))
#else
#define NMT_MUST_USE
#define NMT_PRINTF(fmt, a)
#endif

#define NMT_ERR_MAP(X)                                                                             \
    X(NMT_ENOMEM, -1, "out of memory")                                                             \
    X(NMT_EIO, -2, "read or write failed")                                                         \
    X(NMT_EFORMAT, -3, "not in this format")                                                       \
    X(NMT_ETRUNC, -4, "input ends too early")                                                      \
    X(NMT_ESHAPE, -5, "sizes do not agree")                                                        \
    X(NMT_ELIMIT, -6, "a limit is exceeded")                                                       \
    X(NMT_ECRC, -7, "checksum does not match")                                                     \
    X(NMT_EMODEL, -8, "made by another model")                                                     \
    X(NMT_ETEXT, -9, "text is not usable")                                                         \
    X(NMT_ECONFIG, -10, "configuration is not usable")                                             \
    X(NMT_EUSAGE, -11, "wrong use")                                                                \
    X(NMT_EPIPE, -12, "the reader has gone away")                                                  \
    X(NMT_EDIVERGED, -13, "training diverged")                                                     \
    X(NMT_ESTOPPED, -14, "stopped on request")

enum nmt_code {
    NMT_OK = 0,
#define NMT_ERR_ENUM(name, value, text) name = (value),
    NMT_ERR_MAP(NMT_ERR_ENUM)
#undef NMT_ERR_ENUM
};

/** What went wrong. `at` is the line or record, counted from 1; 0 when there is none. */
struct nmt_err {
    int code;
    int os_errno;
    uint64_t at;
    char msg[512];
};

/* clang-format off */
#define NMT_ERR_INIT { 0, 0, 0, "" }
/* clang-format on */

/**
 * Fills in err and returns code, so that a failure is one line: return nmt_fail(err, ...).
 * err may be NULL. The first error wins: an err that already holds one is left as it is.
 * Control characters in the finished message are masked with '?'.
 */
int nmt_fail(struct nmt_err *err, int code, uint64_t at, const char *fmt, ...) NMT_PRINTF(4, 5);

/** The same with the system's reason (errno at the time of the call) added at the end. */
int nmt_fail_os(struct nmt_err *err, int code, uint64_t at, const char *fmt, ...) NMT_PRINTF(4, 5);

/** The general text for a code; "no error" for 0, "unknown error" for what is not in the map. */
const char *nmt_strerror(int code);

/** Passes a failure on. */
#define NMT_TRY(call)                                                                              \
    do {                                                                                           \
        int nmt_try_rc_ = (call);                                                                  \
        if (nmt_try_rc_ < 0)                                                                       \
            return nmt_try_rc_;                                                                    \
    } while (0)

#endif
