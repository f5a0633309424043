/*
 * Fuzz target for the files that may stand beside a bitext: word vectors, weights of the pairs and
 * links between their words. Every input is read as each of them. What is taken must be in its
 * bounds; what is refused names the file.
 */
#include "through_pipe.h"

#include "train/embeddings.h"
#include "train/pair_ids.h"
#include "train/sentence_weights.h"
#include "train/word_links.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES = 4, E = 3 };

static const char *const sides[2][LINES] = { { "ab a", "b", "", "a b a" },
                                             { "x", "x y", "y", "xy" } };

struct fixture {
    struct nmt_vocab *vocab;
    struct nmt_text text[2];
    struct nmt_bitext data; /* without the third pair */
};

static struct nmt_vocab *characters(void)
{
    const char *const pieces[] = { "<unk>", "<s>", "</s>", "\xe2\x96\x81", "a", "b", "x", "y" };
    const size_t lengths[] = { 5, 3, 4, 3, 1, 1, 1, 1 };
    const struct nmt_vocab_spec spec = { NMT_VOCAB_CHAR, NMT_NORMALIZE_NONE, false, false };
    struct nmt_vocab *v = NULL;
    if (nmt_vocab_from_pieces(&v, &spec, pieces, lengths, NULL, 8, NULL) < 0)
        abort();
    return v;
}

static void build(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    f->vocab = characters();
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < LINES; i++)
            if (nmt_text_add(&f->text[side], sides[side][i], strlen(sides[side][i]), NULL) < 0)
                abort();
        if (nmt_text_map(&f->text[side], NULL) < 0)
            abort();
    }
    const struct nmt_bitext_plan plan = { .text = { &f->text[0], &f->text[1] },
                                          .vocab = { f->vocab, f->vocab },
                                          .max_length = 10,
                                          .words = true };
    if (nmt_bitext_build(&f->data, &plan, NULL, NULL) < 0 || f->data.n != 3)
        abort();
}

static void release(struct fixture *f)
{
    nmt_bitext_release(&f->data);
    nmt_text_release(&f->text[0]);
    nmt_text_release(&f->text[1]);
    nmt_vocab_free(f->vocab);
}

static void must_be_named(const struct through_pipe *p, const struct nmt_err *err)
{
    if (strncmp(err->msg, p->out, strlen(p->out)) != 0)
        abort();
}

static void read_vectors(const struct fixture *f, const struct through_pipe *p)
{
    real rows[8 * E] = { 0 };
    bool found[8] = { false };
    struct nmt_embedding_table table = { f->vocab, rows, E, found };
    uint8_t digest[16];
    size_t count = 0, set = 0;
    struct nmt_err err = NMT_ERR_INIT;
    if (nmt_embeddings_read(&table, p->out, &count, digest, &err) < 0) {
        must_be_named(p, &err);
        return;
    }
    for (size_t i = 0; i < 8; i++)
        set += found[i];
    for (size_t i = 0; i < 8 * E; i++)
        if (!isfinite((double)rows[i]) || (!found[i / E] && rows[i] != 0))
            abort();
    if (set != count)
        abort();
}

static void read_weights(struct fixture *f, const struct through_pipe *p)
{
    uint8_t digest[16];
    struct nmt_err err = NMT_ERR_INIT;
    if (nmt_sentence_weights_read(&f->data, p->out, LINES, digest, &err) < 0)
        must_be_named(p, &err);
    else
        for (size_t i = 0; i < f->data.n; i++) {
            const float w = nmt_bitext_weight(&f->data, i);
            if (!(w >= (float)NMT_WEIGHT_MIN && w <= (float)NMT_WEIGHT_MAX))
                abort();
        }
}

/* The shares of the source pieces of a target piece sum to 1. */
static void must_sum_to_1(const struct nmt_pair *pair)
{
    for (uint32_t t = 0; t < pair->T; t++) {
        double sum = 0;
        for (uint32_t i = 0; i < pair->n_guide; i++) {
            const struct nmt_guide *g = &pair->guide[i];
            if (g->t >= pair->T || g->j >= pair->S)
                abort();
            sum += g->t == t ? (double)g->share : 0;
        }
        if (sum != 0 && !(fabs(sum - 1) < 1e-5))
            abort();
    }
}

static void read_links(const struct fixture *f, const struct through_pipe *p)
{
    struct nmt_word_links links = { .link = NULL };
    struct nmt_guides guides = { .at = NULL };
    struct nmt_pair pairs[3];
    struct nmt_err err = NMT_ERR_INIT;
    if (nmt_word_links_read(&links, p->out, f->text, &f->data, &err) < 0) {
        must_be_named(p, &err);
    } else {
        for (size_t i = 0; i < 3; i++)
            pairs[i] = nmt_pair_of(&f->data, i);
        if (nmt_guides_set(&guides, &links, &f->data, NULL, pairs, 3, NULL) < 0)
            abort();
        for (size_t i = 0; i < 3; i++)
            must_sum_to_1(&pairs[i]);
    }
    nmt_guides_release(&guides);
    nmt_word_links_release(&links);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fixture f;
    if (size > THROUGH_PIPE_MOST)
        return 0;
    build(&f);
    for (int kind = 0; kind < 3; kind++) {
        struct through_pipe p;
        pipe_fill(&p, data, size);
        if (kind == 0)
            read_vectors(&f, &p);
        else if (kind == 1)
            read_weights(&f, &p);
        else
            read_links(&f, &p);
        pipe_close(&p);
    }
    release(&f);
    return 0;
}
