/*
 * Lines to pairs of ids. Every round cuts the lines of some parts, a part a task, and then puts
 * what came out behind what there is, in the order of the lines.
 */
#include "train/bitext_internal.h"

#include <nmt/buffer.h>

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define PART_LINES       1024
#define PARTS_OF_THREADS 8 /* of one; more than one, so that all end at about the same time */

struct part {
    size_t first, end;            /* lines */
    struct nmt_buffer heads, ids; /* as they are kept */
    struct nmt_buffer whole;      /* ids of 4 bytes with </s>: what the digest is of */
    size_t n, empty, long_;
    uint64_t unknown[2];
    struct nmt_err err;
};

struct build {
    struct nmt_bitext *b;
    const struct nmt_bitext_plan *plan;
    struct segmenters {
        struct nmt_segmenter *of[2];
    } * worker;
    size_t n_workers;
    struct part *part;
    size_t n_parts;
};

static int add_words(struct nmt_buffer *words, const struct nmt_segmented *cut, size_t n,
                     struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_reserve(words, 2 * n, err));
    for (size_t i = 0; i < n; i++)
        nmt_put_few((unsigned char *)words->data + words->len + 2 * i, nmt_word_16(cut->word[i]),
                    2);
    words->len += 2 * n;
    return 0;
}

static int add_ids(struct part *p, const nmt_id *ids, size_t n, unsigned width, uint64_t *unknown,
                   struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_reserve(&p->ids, n * width, err));
    NMT_TRY(nmt_buffer_reserve(&p->whole, 4 * (n + 1), err));
    unsigned char *few = (unsigned char *)p->ids.data + p->ids.len;
    unsigned char *whole = (unsigned char *)p->whole.data + p->whole.len;
    for (size_t i = 0; i < n; i++) {
        nmt_put_few(few + i * width, ids[i], width);
        nmt_put_few(whole + 4 * i, ids[i], 4);
        *unknown += ids[i] == NMT_ID_UNK;
    }
    nmt_put_few(whole + 4 * n, NMT_ID_EOS, 4);
    p->ids.len += n * width;
    p->whole.len += 4 * (n + 1);
    return 0;
}

static int add_head(struct part *p, const struct nmt_bitext *b, size_t line, const size_t n[2],
                    struct nmt_err *err)
{
    unsigned char head[12];
    nmt_put_few(head, (uint32_t)line, 4);
    for (size_t side = 0; side < 2; side++)
        nmt_put_few(head + 4 + side * b->length_width, (uint32_t)n[side] + 1, b->length_width);
    p->n++;
    return nmt_buffer_add(&p->heads, head, nmt_bitext_head_size(b), err);
}

/* Cuts both sides of a line; a pair that is left out is counted. */
static int add_pair(const struct build *w, struct part *p, struct segmenters *s, size_t line)
{
    const struct nmt_bitext_plan *plan = w->plan;
    const struct nmt_bitext *b = w->b;
    const struct nmt_segmented *cut[2];
    size_t n[2];
    for (size_t side = 0; side < 2; side++) {
        size_t len;
        const char *text = nmt_text_line(plan->text[side], line, &len);
        NMT_TRY(nmt_segmenter_encode(s->of[side], text, len, &cut[side], &p->err));
        n[side] = cut[side]->n_words ? cut[side]->n : 0;
        const bool empty = n[side] == 0 && plan->max_length;
        const bool over = plan->max_length && n[side] > plan->max_length;
        p->empty += empty;
        p->long_ += over;
        if (empty || over)
            return 0;
    }
    for (size_t side = 0; side < 2; side++)
        NMT_TRY(add_ids(p, cut[side]->ids, n[side], b->id_width[side], &p->unknown[side], &p->err));
    for (size_t side = 0; b->words && side < 2; side++)
        NMT_TRY(add_words(&p->ids, cut[side], n[side], &p->err));
    return add_head(p, b, line, n, &p->err);
}

static void run_part(void *arg, size_t i, size_t worker)
{
    struct build *w = arg;
    struct part *p = &w->part[i];
    p->heads.len = p->ids.len = p->whole.len = 0;
    p->n = p->empty = p->long_ = 0;
    p->unknown[0] = p->unknown[1] = 0;
    for (size_t line = p->first; line < p->end; line++)
        if (add_pair(w, p, &w->worker[worker], line) < 0)
            return; /* p->err says why; keep looks at it */
}

/* What a part gave, behind what there is. */
static int keep(struct nmt_bitext *b, const struct part *p, XXH3_state_t *digest,
                struct nmt_err *err)
{
    if (p->err.code) {
        *err = p->err;
        return p->err.code;
    }
    b->n += p->n;
    b->empty += p->empty;
    b->long_ += p->long_;
    for (size_t side = 0; side < 2; side++)
        b->unknown[side] += p->unknown[side];
    if (p->whole.len)
        XXH3_128bits_update(digest, p->whole.data, p->whole.len);
    NMT_TRY(nmt_spool_add(&b->head_spool, p->heads.data, p->heads.len, err));
    return nmt_spool_add(&b->id_spool, p->ids.data, p->ids.len, err);
}

static int run(struct build *w, struct nmt_threads *threads, XXH3_state_t *digest,
               struct nmt_err *err)
{
    for (size_t line = 0; line < w->b->lines;) {
        size_t n = 0;
        for (; n < w->n_parts && line < w->b->lines; n++) {
            w->part[n].first = line;
            line = w->b->lines - line < PART_LINES ? w->b->lines : line + PART_LINES;
            w->part[n].end = line;
        }
        nmt_threads_run(threads, n, run_part, w);
        for (size_t i = 0; i < n; i++)
            NMT_TRY(keep(w->b, &w->part[i], digest, err));
        for (size_t side = 0; side < 2; side++)
            nmt_text_passed(w->plan->text[side], line);
    }
    return 0;
}

static int init(struct build *w, struct nmt_threads *threads, struct nmt_err *err)
{
    w->n_workers = threads ? nmt_threads_count(threads) : 1;
    w->n_parts = w->n_workers * PARTS_OF_THREADS;
    w->worker = calloc(w->n_workers, sizeof *w->worker);
    w->part = calloc(w->n_parts, sizeof *w->part);
    if (!w->worker || !w->part)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < w->n_workers; i++)
        for (size_t side = 0; side < 2; side++)
            NMT_TRY(nmt_segmenter_new(&w->worker[i].of[side], w->plan->vocab[side], err));
    return 0;
}

static void release(struct build *w)
{
    for (size_t i = 0; w->worker && i < w->n_workers; i++)
        for (size_t side = 0; side < 2; side++)
            nmt_segmenter_free(w->worker[i].of[side]);
    for (size_t i = 0; w->part && i < w->n_parts; i++) {
        nmt_buffer_release(&w->part[i].heads);
        nmt_buffer_release(&w->part[i].ids);
        nmt_buffer_release(&w->part[i].whole);
    }
    free(w->worker);
    free(w->part);
}

static int map(struct nmt_bitext *b, size_t max_length, struct nmt_err *err)
{
    bool fits;
    NMT_TRY(nmt_spool_map(&b->head_spool, err));
    NMT_TRY(nmt_spool_map(&b->id_spool, err));
    b->heads = b->head_spool.data;
    b->ids = b->id_spool.data;
    NMT_TRY(nmt_bitext_index(b, max_length, b->id_spool.bytes, &fits, err));
    nmt_spool_scatter(&b->head_spool);
    nmt_spool_scatter(&b->id_spool);
    return fits ? 0 : nmt_fail(err, NMT_ELIMIT, 0, "a sentence of more than 2^32 tokens");
}

int nmt_bitext_build(struct nmt_bitext *b, const struct nmt_bitext_plan *plan,
                     struct nmt_threads *threads, struct nmt_err *err)
{
    struct build w = { .b = b, .plan = plan };
    *b = (struct nmt_bitext){ .lines = plan->text[0]->n,
                              .head_spool = { .folder = plan->folder },
                              .id_spool = { .folder = plan->folder } };
    nmt_bitext_set_widths(b, plan);
    if (b->lines >= UINT32_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "more than 2^32 lines");
    XXH3_state_t *digest = XXH3_createState();
    int rc = digest ? init(&w, threads, err) : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    if (rc == 0) {
        XXH3_128bits_reset(digest);
        rc = run(&w, threads, digest, err);
    }
    if (rc == 0) {
        XXH128_canonical_t canonical;
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(digest));
        memcpy(b->digest, canonical.digest, sizeof b->digest);
        rc = map(b, plan->max_length, err);
    }
    XXH3_freeState(digest);
    release(&w);
    return rc;
}
