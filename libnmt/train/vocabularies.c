/* The vocabularies of a training run: from files, or learnt from the bitext. */
#include "train/vocabularies.h"

#include <string.h>

#define TASK_LINES 1024 /* of a text; what a thread takes at a time */
#define MANY       4    /* threads; with fewer, two sides are best learnt side by side */
#define TASKS      64   /* between which the text that has been read is let go of */

bool nmt_vocab_same_pieces(const struct nmt_vocab *a, const struct nmt_vocab *b)
{
    bool same = nmt_vocab_size(a) == nmt_vocab_size(b);
    for (nmt_id i = 0; same && i < nmt_vocab_size(a); i++) {
        size_t n, m;
        const char *x = nmt_vocab_piece(a, i, &n), *y = nmt_vocab_piece(b, i, &m);
        same = n == m && memcmp(x, y, n) == 0;
    }
    return same;
}

struct reading {
    struct nmt_vocab_learner *learner;
    const struct nmt_text *text;
    size_t first; /* line */
    struct nmt_err err[TASKS];
};

static void add_lines(void *arg, size_t task, size_t worker)
{
    struct reading *r = arg;
    size_t i = r->first + task * TASK_LINES, rest = r->text->n - i;
    const size_t end = i + (rest < TASK_LINES ? rest : TASK_LINES);
    for (int rc = 0; i < end && rc == 0; i++) {
        size_t len;
        const char *line = nmt_text_line(r->text, i, &len); /* checked when it was read */
        rc = nmt_vocab_learner_add_text(r->learner, worker, line, len, &r->err[task]);
    }
}

static int add_text(struct nmt_vocab_learner *l, const struct nmt_text *text,
                    struct nmt_threads *threads, struct nmt_err *err)
{
    struct reading r = { .learner = l, .text = text };
    for (size_t n; r.first < text->n; r.first += n) {
        n = text->n - r.first < TASKS * TASK_LINES ? text->n - r.first : TASKS * TASK_LINES;
        const size_t tasks = (n + TASK_LINES - 1) / TASK_LINES;
        nmt_threads_run(threads, tasks, add_lines, &r);
        for (size_t i = 0; i < tasks; i++)
            if (r.err[i].code) {
                *err = r.err[i];
                return err->code;
            }
        nmt_text_passed(text, r.first + n - 1);
    }
    return 0;
}

static int learn(struct nmt_vocab **v, const struct nmt_config *c,
                 const struct nmt_text *const *texts, size_t n, struct nmt_threads *threads,
                 struct nmt_err *err)
{
    struct nmt_vocab_learn_options opt =
        nmt_vocab_learn_defaults((enum nmt_vocab_type)c->vocabulary_type);
    opt.spec.normalize = (enum nmt_normalize)c->vocabulary_normalize;
    opt.spec.lowercase = c->vocabulary_lowercase;
    opt.size = (size_t)c->vocabulary_size;
    opt.threads = threads;
    struct nmt_vocab_learner *l = NULL;
    NMT_TRY(nmt_vocab_learner_new(&l, &opt, err));
    int rc = 0;
    for (size_t k = 0; k < n && rc == 0; k++)
        rc = add_text(l, texts[k], threads, err);
    if (rc == 0)
        rc = nmt_vocab_learner_finish(l, v, err);
    nmt_vocab_learner_free(l);
    return rc;
}

struct sides {
    const struct nmt_config *config;
    const char *path[2];
    const struct nmt_text *text[2];
    struct nmt_vocab *vocab[2];
    struct nmt_threads *threads; /* for each side */
    struct nmt_err err[2];
};

static void load_or_learn(void *arg, size_t side, size_t worker)
{
    (void)worker;
    struct sides *s = arg;
    const int rc = s->path[side][0] ? nmt_vocab_load(&s->vocab[side], s->path[side], &s->err[side])
                                    : learn(&s->vocab[side], s->config, &s->text[side], 1,
                                            s->threads, &s->err[side]);
    (void)rc; /* is s->err[side].code */
}

int nmt_vocab_learn_pair(struct nmt_vocab **source, struct nmt_vocab **target,
                         const struct nmt_config *c, const struct nmt_text *source_text,
                         const struct nmt_text *target_text, struct nmt_threads *threads,
                         struct nmt_err *err)
{
    const char *s = c->vocabulary_source, *t = c->vocabulary_target;
    const struct nmt_text *both[2] = { source_text, target_text };
    if ((s[0] && strcmp(s, t) == 0) || (c->vocabulary_joint && !s[0] && !t[0])) {
        NMT_TRY(s[0] ? nmt_vocab_load(source, s, err) : learn(source, c, both, 2, threads, err));
        *target = *source;
        return 0;
    }
    struct sides sides = { .config = c,
                           .path = { s, t },
                           .text = { source_text, target_text },
                           .err = { NMT_ERR_INIT, NMT_ERR_INIT } };
    if (!s[0] && !t[0] && nmt_threads_count(threads) < MANY) {
        nmt_threads_run(threads, 2, load_or_learn, &sides);
    } else {
        sides.threads = threads;
        nmt_threads_run(NULL, 2, load_or_learn, &sides);
    }
    *source = sides.vocab[0];
    *target = sides.vocab[1];
    for (size_t side = 0; side < 2; side++)
        if (sides.err[side].code) {
            *err = sides.err[side];
            return err->code;
        }
    return 0;
}
