/*
 * Bytes that need not stay in memory: a growing array in a file without a name, which the system
 * takes back when the process ends, however it ends. First bytes are added, then they are written
 * elsewhere, or mapped and only read: from then on the kernel may drop their pages and read them
 * again. What is small never leaves memory.
 *
 * Everything is written, nothing is a hole: a full disk is an error of nmt_spool_add, not a fault
 * of whoever reads.
 */
#ifndef NMT_SPOOL_H
#define NMT_SPOOL_H

#include <nmt/error.h>
#include <nmt/output.h>

#include <stddef.h>
#include <stdint.h>

/** Start with `= { .folder = ... }`, and .most where more than 256 kB may stay in memory. */
struct nmt_spool {
    const char *folder;        /* where the file is to be, borrowed; NULL: /tmp */
    size_t most;               /* bytes that may stay in memory; 0: 256 kB */
    const unsigned char *data; /* [bytes], aligned as malloc does; NULL before nmt_spool_map */
    size_t bytes;              /* added so far */
    unsigned char *buffer;     /* what is not in the file yet */
    size_t len, cap;
    int file; /* 1 + its descriptor; 0: none */
};

/** NMT_EIO names the folder: it cannot be written to, or the disk is full. */
int nmt_spool_add(struct nmt_spool *s, const void *bytes, size_t n,
                  struct nmt_err *err) NMT_MUST_USE;

/** Writes all of it to out, without mapping it. */
int nmt_spool_write(struct nmt_spool *s, struct nmt_output *out, struct nmt_err *err) NMT_MUST_USE;

/** Sets s->data. Nothing can be added any more. */
int nmt_spool_map(struct nmt_spool *s, struct nmt_err *err) NMT_MUST_USE;

/** Bytes of memory that cannot be dropped. */
size_t nmt_spool_memory(const struct nmt_spool *s);

/**
 * The first bytes have been read and are not needed soon: lets go of their pages, which would
 * otherwise count as memory of the process until somebody else wants it.
 */
void nmt_spool_passed(const struct nmt_spool *s, size_t bytes);

/**
 * From here on it is read in no order: pages around the one that is read are not fetched, and those
 * that the process holds by now are let go.
 */
void nmt_spool_scatter(const struct nmt_spool *s);

/** Frees it all; the struct can be used again. */
void nmt_spool_release(struct nmt_spool *s);

#endif
