/* Windows of records: time and interrupts. */
#include "gather.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t interrupted;

static void on_sigint(int number)
{
    (void)number;
    interrupted = 1;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void gather_start(struct gather *g, int max_wait)
{
    struct sigaction old,
        act = { .sa_handler = on_sigint, .sa_flags = (int)(SA_RESETHAND | SA_RESTART) };
    g->max_wait = max_wait;
    /* A job in the background of a script is started with SIGINT ignored: leave it so. */
    if (sigaction(SIGINT, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction(SIGINT, &act, NULL);
}

void gather_begin(struct gather *g)
{
    g->deadline = now_ms() + g->max_wait;
}

int gather_left(const struct gather *g)
{
    int64_t left = g->deadline - now_ms();
    return left > 0 ? (int)left : 0;
}

bool gather_interrupted(void)
{
    return interrupted;
}

void gather_end(void)
{
    struct sigaction dfl = { .sa_handler = SIG_DFL };
    if (!interrupted)
        return;
    sigaction(SIGINT, &dfl, NULL);
    raise(SIGINT);
}
