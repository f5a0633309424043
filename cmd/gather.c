/* Windows of records: time and interrupts. */
#include "gather.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t interrupted; /* by this signal */

static const int stopping[] = { SIGINT, SIGTERM, SIGHUP };

static void on_signal(int number)
{
    interrupted = number;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

size_t gather_memory(const struct cli *cli, int option, size_t threads)
{
    const uint64_t some = ((uint64_t)1 << 30) + ((uint64_t)threads << 29);
    return (size_t)cli_size(cli, option, some, (uint64_t)32 << 20, (uint64_t)1 << 40);
}

void gather_catch(void)
{
    /* Without SA_RESTART, so that waiting for the other end of a pipe to open ends too. */
    struct sigaction old, act = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND },
                          ignore = { .sa_handler = SIG_IGN };
    /* A job in the background of a script is started with SIGINT ignored, one under nohup with
     * SIGHUP: leave it so. */
    for (size_t i = 0; i < sizeof stopping / sizeof *stopping; i++)
        if (sigaction(stopping[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(stopping[i], &act, NULL);
    /* A reader that goes away is a failed write: files that are under way are removed before
     * cli_finish dies of it. */
    sigaction(SIGPIPE, &ignore, NULL);
}

void gather_start(struct gather *g, int max_wait)
{
    g->max_wait = max_wait;
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

int gather_pause(const struct gather *g)
{
    return gather_left(g) > 0 ? 1 : 0;
}

bool gather_interrupted(void)
{
    return interrupted;
}

bool gather_forgives(const struct nmt_err *err)
{
    return interrupted && err->os_errno == EINTR;
}

void gather_end(void)
{
    struct sigaction dfl = { .sa_handler = SIG_DFL };
    if (!interrupted)
        return;
    sigaction(interrupted, &dfl, NULL);
    raise(interrupted);
}
