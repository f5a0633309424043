/*
 * Gathering records into windows, for the programs that work on many at once: how long one that is
 * there waits for company, and what an interrupt does. SIGINT once: what has been read is finished,
 * then the process dies of the signal. Twice: at once.
 */
#ifndef NMT_GATHER_H
#define NMT_GATHER_H

#include <stdbool.h>
#include <stdint.h>

struct gather {
    int max_wait;     /* milliseconds */
    int64_t deadline; /* of the window at hand */
};

void gather_start(struct gather *g, int max_wait); /* catches SIGINT from here on */

/** The first record of a window has come. */
void gather_begin(struct gather *g);

/** Milliseconds the window may still wait. */
int gather_left(const struct gather *g);

/** How long to wait at most before looking whether somebody interrupts. */
#define GATHER_LOOK 100

bool gather_interrupted(void);

/** Dies of SIGINT if it came, as a shell expects of an interrupted program. */
void gather_end(void);

#endif
