/* Cutting the sentences of a batch anew. */
#include "train/cutter.h"

#include <stdlib.h>
#include <string.h>

/* Keeps these random numbers apart from all others of the same seed. */
#define SEED_OF_CUTTING 0x5ab3e1c94d027f68u

#define AS_IT_WAS SIZE_MAX

int nmt_cutter_init(struct nmt_cutter *c, const struct nmt_cutting *how, struct nmt_err *err)
{
    c->how = how;
    for (size_t side = 0; side < 2; side++)
        if (how->dropout[side] > 0)
            NMT_TRY(nmt_segmenter_new(&c->segmenter[side], how->vocab[side], err));
    return 0;
}

void nmt_cutter_release(struct nmt_cutter *c)
{
    nmt_segmenter_free(c->segmenter[0]);
    nmt_segmenter_free(c->segmenter[1]);
    free(c->ids);
    free(c->words);
    free(c->at);
    *c = (struct nmt_cutter){ .ids = NULL };
}

static int make_room(struct nmt_cutter *c, size_t ids, struct nmt_err *err)
{
    if (ids <= c->cap_ids)
        return 0;
    nmt_id *more = realloc(c->ids, 2 * ids * sizeof *more);
    if (!more)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the pieces of a batch");
    c->ids = more;
    if (c->how->data->words) {
        uint16_t *words = realloc(c->words, 2 * ids * sizeof *words);
        if (!words)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the words of a batch");
        c->words = words;
    }
    c->cap_ids = 2 * ids;
    return 0;
}

/* One side of a pair, put behind the ids there are. */
static int cut(struct nmt_cutter *c, uint64_t epoch, uint32_t line, size_t side, size_t *at,
               struct nmt_err *err)
{
    const struct nmt_cutting *how = c->how;
    const struct nmt_segmented *pieces;
    size_t len;
    const char *text = nmt_text_line(how->text[side], line, &len);
    *at = AS_IT_WAS;
    nmt_segmenter_dropout(c->segmenter[side], how->dropout[side], how->seed ^ SEED_OF_CUTTING,
                          epoch << 33 | (uint64_t)line << 1 | side);
    NMT_TRY(nmt_segmenter_encode(c->segmenter[side], text, len, &pieces, err));
    if (pieces->n > how->max_length)
        return 0;
    NMT_TRY(make_room(c, c->n_ids + pieces->n + 1, err));
    *at = c->n_ids;
    memcpy(c->ids + c->n_ids, pieces->ids, pieces->n * sizeof *c->ids);
    c->ids[c->n_ids + pieces->n] = NMT_ID_EOS;
    if (c->words) {
        for (size_t i = 0; i < pieces->n; i++)
            c->words[c->n_ids + i] = nmt_word_16(pieces->word[i]);
        c->words[c->n_ids + pieces->n] = NMT_NO_WORD_16;
    }
    c->n_ids += pieces->n + 1;
    return 0;
}

static int cut_all(struct nmt_cutter *c, uint64_t epoch, struct nmt_pair *pairs, size_t n,
                   struct nmt_err *err)
{
    c->n_ids = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t line = nmt_bitext_head(c->how->data, pairs[i].position).line;
        for (size_t side = 0; side < 2; side++) {
            size_t *at = &c->at[2 * i + side], before = c->n_ids;
            *at = AS_IT_WAS;
            if (c->segmenter[side])
                NMT_TRY(cut(c, epoch, line, side, at, err));
            if (*at == AS_IT_WAS)
                continue;
            *(side ? &pairs[i].T : &pairs[i].S) = (uint32_t)(c->n_ids - before);
        }
    }
    return 0;
}

int nmt_cutter_run(struct nmt_cutter *c, uint64_t epoch, struct nmt_pair *pairs, size_t n,
                   struct nmt_err *err)
{
    if (n > c->cap_at) {
        free(c->at);
        c->cap_at = 0;
        c->at = malloc(2 * n * sizeof *c->at);
        if (!c->at)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for a batch of %zu pairs", n);
        c->cap_at = n;
    }
    NMT_TRY(cut_all(c, epoch, pairs, n, err));
    for (size_t i = 0; i < n; i++) { /* the ids have stopped moving: now they can be pointed at */
        if (c->at[2 * i] != AS_IT_WAS)
            pairs[i].source = c->ids + c->at[2 * i];
        if (c->at[2 * i + 1] != AS_IT_WAS)
            pairs[i].target = c->ids + c->at[2 * i + 1];
    }
    return 0;
}

const uint16_t *nmt_cutter_words(const struct nmt_cutter *c, size_t i, size_t side)
{
    const size_t at = c->at[2 * i + side];
    return at == AS_IT_WAS ? NULL : c->words + at;
}
