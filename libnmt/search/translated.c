/* A record and what it becomes: its memory, and a translation that is given for it. */
#include "words_internal.h"

#include <stdlib.h>
#include <string.h>

static void release_line(struct nmt_output_line *l)
{
    nmt_buffer_release(&l->text);
    nmt_ids_release(&l->ids);
    nmt_arena_release(&l->memory);
}

void nmt_translated_release(struct nmt_translated *t)
{
    for (size_t i = 0; i < t->cap; i++)
        release_line(&t->line[i]);
    free(t->line);
    nmt_sentence_release(&t->source);
    nmt_ids_release(&t->target);
    nmt_terms_free(t->terms);
    nmt_arena_release(&t->target_memory);
    *t = (struct nmt_translated){ 0 };
}

/* Tokens that are given; </s> may only close them. */
static int give(struct nmt_translated *t, const nmt_id *ids, size_t n, bool may_end,
                struct nmt_err *err)
{
    t->forced = t->begun = false;
    t->target_text = NULL;
    if (n > NMT_FORCED_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "%zu tokens, more than %zu", n, NMT_FORCED_MAX);
    for (size_t i = 0; i < n; i++)
        if (ids[i] == NMT_ID_EOS && !(may_end && i == n - 1))
            return nmt_fail(err, NMT_ETEXT, 0, "token %zu of those given is </s>", i + 1);
    return nmt_ids_set(&t->target, ids, n, err);
}

void nmt_translated_trim(struct nmt_translated *t, size_t bytes)
{
    size_t held = t->source.memory.cap + t->target_memory.cap;
    for (size_t i = 0; i < t->cap; i++)
        held += t->line[i].text.cap + t->line[i].memory.cap;
    if (held > bytes)
        nmt_translated_release(t);
}

int nmt_translated_force_ids(struct nmt_translated *t, const nmt_id *ids, size_t n,
                             struct nmt_err *err)
{
    NMT_TRY(give(t, ids, n, true, err));
    t->forced = true;
    return 0;
}

int nmt_translated_begin(struct nmt_translated *t, const nmt_id *ids, size_t n, struct nmt_err *err)
{
    NMT_TRY(give(t, ids, n, false, err));
    t->begun = true;
    return 0;
}

int nmt_translated_force(struct nmt_translated *t, const char *line, size_t len,
                         const struct nmt_segmented *cut, struct nmt_err *err)
{
    struct nmt_arena measure = { NULL, 0, 0 }, *arena = &measure;
    char *text = NULL;
    NMT_TRY(nmt_translated_force_ids(t, cut->ids, cut->n, err));
    for (int pass = 0; pass < 2; pass++) {
        text = nmt_arena_take(arena, len + 1, 1);
        t->target_word = nmt_arena_take(arena, cut->n, sizeof *t->target_word);
        t->target_span = nmt_arena_take(arena, cut->n_words, sizeof *t->target_span);
        if (pass == 0)
            NMT_TRY(nmt_arena_grow(&t->target_memory, measure.used, err));
        arena = &t->target_memory;
    }
    if (len)
        memcpy(text, line, len);
    text[len] = '\0';
    if (cut->n)
        memcpy(t->target_word, cut->word, cut->n * sizeof *cut->word);
    if (cut->n_words)
        memcpy(t->target_span, cut->words, cut->n_words * sizeof *cut->words);
    t->target_text = text;
    t->n_target_words = (uint32_t)cut->n_words;
    return 0;
}
