/*
 * A crew of threads. A run is published under the lock as (task, arg, n) with a new round
 * number; workers take indices from a shared counter until none is left; the caller takes part and
 * then waits for the last one still busy.
 */
#define _GNU_SOURCE /* sched_getaffinity: the processors we may really use */
#include <nmt/threads.h>

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct nmt_threads {
    size_t count, started;
    pthread_t *ids;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    void (*task)(void *, size_t, size_t);
    void *arg;
    size_t n, next, busy;
    unsigned long round;
    bool stop;
};

struct start {
    struct nmt_threads *crew;
    size_t worker;
};

size_t nmt_threads_available(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        int n = CPU_COUNT(&set);
        if (n > 0)
            return (size_t)n;
    }
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}

/* Takes tasks until none is left. Called and returns with the lock held. */
static void take_tasks(struct nmt_threads *t, size_t worker)
{
    t->busy++;
    while (t->next < t->n) {
        size_t i = t->next++;
        pthread_mutex_unlock(&t->lock);
        t->task(t->arg, i, worker);
        pthread_mutex_lock(&t->lock);
    }
    if (--t->busy == 0)
        pthread_cond_signal(&t->done);
}

static void *worker_main(void *p)
{
    struct start start = *(struct start *)p;
    free(p);
    struct nmt_threads *t = start.crew;
    unsigned long seen = 0;
    pthread_mutex_lock(&t->lock);
    while (!t->stop) {
        if (t->round == seen) {
            pthread_cond_wait(&t->work, &t->lock);
            continue;
        }
        seen = t->round;
        take_tasks(t, start.worker);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

int nmt_threads_new(struct nmt_threads **out, size_t n, struct nmt_err *err)
{
    struct nmt_threads *t = calloc(1, sizeof *t);
    if (!t)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    t->count = n ? n : nmt_threads_available();
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->work, NULL);
    pthread_cond_init(&t->done, NULL);
    t->ids = calloc(t->count, sizeof *t->ids);
    if (!t->ids) {
        nmt_threads_free(t);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    }
    for (size_t i = 1; i < t->count; i++) {
        struct start *start = malloc(sizeof *start);
        if (start)
            *start = (struct start){ t, i };
        if (!start || pthread_create(&t->ids[t->started], NULL, worker_main, start) != 0) {
            free(start);
            nmt_threads_free(t);
            return nmt_fail(err, NMT_ENOMEM, 0, "cannot start thread %zu", i + 1);
        }
        t->started++;
    }
    *out = t;
    return 0;
}

size_t nmt_threads_count(const struct nmt_threads *t)
{
    return t ? t->count : 1;
}

void nmt_threads_run(struct nmt_threads *t, size_t n, void (*task)(void *, size_t, size_t),
                     void *arg)
{
    if (!t || t->count == 1 || n <= 1) {
        for (size_t i = 0; i < n; i++)
            task(arg, i, 0);
        return;
    }
    pthread_mutex_lock(&t->lock);
    t->task = task;
    t->arg = arg;
    t->n = n;
    t->next = 0;
    t->round++;
    pthread_cond_broadcast(&t->work);
    take_tasks(t, 0);
    while (t->busy > 0)
        pthread_cond_wait(&t->done, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

void nmt_threads_free(struct nmt_threads *t)
{
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    t->stop = true;
    pthread_cond_broadcast(&t->work);
    pthread_mutex_unlock(&t->lock);
    for (size_t i = 0; i < t->started; i++)
        pthread_join(t->ids[i], NULL);
    pthread_cond_destroy(&t->done);
    pthread_cond_destroy(&t->work);
    pthread_mutex_destroy(&t->lock);
    free(t->ids);
    free(t);
}
