/*
 * How far a program is, for those that take long: a bar on a terminal, a line now and then
 * otherwise, nothing when it is told to be quiet.
 */
#ifndef NMT_PROGRESS_H
#define NMT_PROGRESS_H

#include <stdbool.h>

struct progress {
    const char *prog;
    bool quiet, terminal; /* terminal: stderr is one */
    double last;          /* time of the last line; 0: none yet */
    bool bar;             /* a bar stands on the terminal's last line */
};

/** Seconds on a clock that only goes forward. */
double progress_now(void);

/** Is it time for a line again? */
bool progress_due(const struct progress *p, double now);

/**
 * Begins one on stderr: the bar (share from 0 to 1; negative: nobody knows) or the program's name.
 * The caller adds the text, then ends it.
 */
void progress_begin(struct progress *p, double now, double share);
void progress_end(struct progress *p);

/** Takes the bar away, before something else is said. */
void progress_clear(struct progress *p);

/** 75 -> "1m15s" */
const char *progress_duration(char out[24], double seconds);

#endif
