/* How often each character stands in the words of a census, counted on many threads. */
#include "word_census_internal.h"

#include <nmt/threads.h>
#include <nmt/utf8.h>

#include <stdlib.h>

#define LOW 0x80 /* characters of one byte, which most are */

/* What one worker has counted. */
struct tally {
    struct nmt_code_points counts;
    uint64_t low[LOW], total;
    bool failed; /* out of memory */
};

struct count {
    const struct nmt_census *census;
    struct tally *of; /* [workers] */
};

static void count_word(struct tally *t, const struct nmt_word *word)
{
    for (const char *p = word->text, *end = p + word->len; p < end;) {
        uint32_t cp = (unsigned char)*p;
        t->total += word->count;
        if (cp < LOW) {
            t->low[cp] += word->count;
            p++;
            continue;
        }
        p += nmt_utf8_decode(p, (size_t)(end - p), &cp);
        uint64_t *n = nmt_code_points_at(&t->counts, cp);
        if (!n) {
            t->failed = true;
            return;
        }
        *n += word->count;
    }
}

static void count_shard(void *arg, size_t shard, size_t worker)
{
    const struct count *c = arg;
    struct tally *t = &c->of[worker];
    struct nmt_word word;
    for (size_t at = 0; !t->failed && nmt_word_counts_next(&c->census->shards[shard], &at, &word);)
        count_word(t, &word);
}

static bool add(struct nmt_code_points *counts, uint32_t cp, uint64_t n)
{
    uint64_t *place = n > 0 ? nmt_code_points_at(counts, cp) : NULL;
    if (place)
        *place += n;
    return n == 0 || place;
}

static bool add_tally(struct nmt_code_points *counts, const struct tally *t)
{
    bool good = !t->failed;
    for (uint32_t cp = 0; cp < LOW && good; cp++)
        good = add(counts, cp, t->low[cp]);
    for (uint32_t cp = LOW; cp < NMT_CODE_POINTS && good; cp++) {
        if (cp % NMT_CODE_PAGE == 0 && !t->counts.pages[cp / NMT_CODE_PAGE])
            cp += NMT_CODE_PAGE - 1;
        else
            good = add(counts, cp, nmt_code_points_get(&t->counts, cp));
    }
    return good;
}

int nmt_census_characters(const struct nmt_census *c, struct nmt_code_points *counts,
                          uint64_t *total, struct nmt_err *err)
{
    const size_t workers = nmt_threads_count(c->threads);
    struct count count = { c, calloc(workers, sizeof(struct tally)) };
    bool good = count.of != NULL;
    if (good)
        nmt_threads_run(c->threads, NMT_CENSUS_SHARDS, count_shard, &count);
    for (size_t i = 0; i < workers && count.of; i++) {
        good = good && add_tally(counts, &count.of[i]);
        *total += count.of[i].total;
        nmt_code_points_release(&count.of[i].counts);
    }
    free(count.of);
    return good ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
}
