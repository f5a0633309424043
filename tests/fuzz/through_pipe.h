/* Bytes as a file that has a name, without a disk: loaders take paths. */
#ifndef NMT_FUZZ_THROUGH_PIPE_H
#define NMT_FUZZ_THROUGH_PIPE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THROUGH_PIPE_MOST ((size_t)1 << 14) /* a pipe holds more than that */

struct through_pipe {
    int ends[2];
    char in[32], out[32]; /* paths to write to and to read from */
};

static inline void pipe_open(struct through_pipe *p)
{
    if (pipe(p->ends) < 0)
        abort();
    snprintf(p->in, sizeof p->in, "/dev/fd/%d", p->ends[1]);
    snprintf(p->out, sizeof p->out, "/dev/fd/%d", p->ends[0]);
}

/* Nothing more comes: what is read from here on ends. */
static inline void pipe_ends(struct through_pipe *p)
{
    close(p->ends[1]);
}

static inline void pipe_close(struct through_pipe *p)
{
    close(p->ends[0]);
}

/* size <= THROUGH_PIPE_MOST */
static inline void pipe_fill(struct through_pipe *p, const uint8_t *data, size_t size)
{
    pipe_open(p);
    if (size > 0 && write(p->ends[1], data, size) != (ssize_t)size)
        abort();
    pipe_ends(p);
}

#endif
