/*
 * Gathering records into windows, for the programs that work on many at once: how long one that is
 * there waits for company, and what an interrupt does. SIGINT, SIGTERM or SIGHUP once: what has
 * been read is finished, then the process dies of the signal. Twice: at once.
 */
#ifndef NMT_GATHER_H
#define NMT_GATHER_H

#include "cli.h"

#include <stdbool.h>
#include <stdint.h>

struct gather {
    int max_wait;     /* milliseconds */
    int64_t deadline; /* of the window at hand */
};

/** Bytes that the option allows beside the models; by default 1 GiB, and 512 MiB a thread. */
size_t gather_memory(const struct cli *cli, int option, size_t threads);

/** Catches signals from here on; before a file is written that would stay behind. */
void gather_catch(void);

void gather_start(struct gather *g, int max_wait);

/** The first record of a window has come. */
void gather_begin(struct gather *g);

/** Milliseconds the window may still wait. */
int gather_left(const struct gather *g);

/** The same for a first sign that there is more: input that stays silent so long pauses. */
int gather_pause(const struct gather *g);

/** How long to wait at most before looking whether somebody interrupts. */
#define GATHER_LOOK 100

bool gather_interrupted(void);

/** Is the failure that of a call which the interrupt ended? */
bool gather_forgives(const struct nmt_err *err);

/** Dies of the signal if one came, as a shell expects of an interrupted program. */
void gather_end(void);

#endif
