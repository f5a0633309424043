/* How far a program is: a bar on a terminal, a line now and then otherwise. */
#include "progress.h"

#include <stdio.h>
#include <time.h>

double progress_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

const char *progress_duration(char out[24], double seconds)
{
    unsigned long s = seconds > 0 ? (unsigned long)seconds : 0;
    if (s >= 3600)
        snprintf(out, 24, "%luh%02lum", s / 3600, s / 60 % 60);
    else if (s >= 60)
        snprintf(out, 24, "%lum%02lus", s / 60, s % 60);
    else
        snprintf(out, 24, "%lus", s);
    return out;
}

bool progress_due(const struct progress *p, double now)
{
    return !p->quiet && now - p->last >= (p->terminal ? 0.5 : 10);
}

void progress_clear(struct progress *p)
{
    if (p->bar)
        fputs("\r\033[K", stderr);
    p->bar = false;
}

void progress_begin(struct progress *p, double now, double share)
{
    const int filled = (int)(20 * share + 0.5);
    p->last = now;
    if (!p->terminal)
        fprintf(stderr, "%s: ", p->prog);
    else if (share < 0)
        fputs("\r\033[K", stderr);
    else
        fprintf(stderr, "\r\033[K[%.*s%.*s] ", filled, "====================", 20 - filled,
                "                    ");
    p->bar = p->terminal;
}

void progress_end(struct progress *p)
{
    if (!p->terminal)
        fputc('\n', stderr);
}
