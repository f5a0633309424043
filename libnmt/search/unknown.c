/*
 * Unknown words: a word with <unk> becomes what the source word that its tokens looked at most
 * means, by a dictionary, or else that word itself as the user wrote it.
 */
#include "words_internal.h"

#include <stdlib.h>
#include <string.h>

static bool is_unknown(const struct nmt_making *l, const struct nmt_made_word *w)
{
    for (uint32_t i = w->first; i < w->end; i++)
        if (l->part[w->part].found->ids[i] == NMT_ID_UNK)
            return true;
    return false;
}

/* What the word becomes and its bytes; NULL: it stays. */
static const char *meaning(const struct nmt_making *l, const struct nmt_made_word *w, size_t *len)
{
    const uint32_t j = is_unknown(l, w) ? nmt_making_source(l, w) : NMT_NO_WORD;
    const struct nmt_dictionary *d = l->k->options->dictionary;
    if (j == NMT_NO_WORD)
        return NULL;
    const struct nmt_span s = l->source->words[j];
    const char *found = d ? nmt_dictionary_find(d, l->source->text + s.start, s.len, len) : NULL;
    if (found)
        return found;
    *len = s.len;
    return l->source->text + s.start;
}

/* The words of what was added to the text from byte `from` on, all made of the tokens of w. */
static int add_words(struct nmt_made_words *words, const struct nmt_made_word *w,
                     const struct nmt_buffer *text, size_t from, struct nmt_err *err)
{
    for (size_t at = from; at < text->len; at++) {
        struct nmt_made_word made = *w;
        const char *space = memchr(text->data + at, ' ', text->len - at);
        size_t end = space ? (size_t)(space - text->data) : text->len;
        made.span = (struct nmt_span){ (uint32_t)at, (uint32_t)(end - at) };
        if (end > at)
            NMT_TRY(nmt_made_words_add(words, made, err));
        at = end;
    }
    return 0;
}

static int replace(struct nmt_making *l, const struct nmt_buffer *text, struct nmt_buffer *made,
                   struct nmt_made_words *words, struct nmt_err *err)
{
    size_t from = 0;
    for (uint32_t i = 0; i < l->words.n; i++) {
        const struct nmt_made_word *w = &l->words.at[i];
        size_t len = w->span.len;
        const char *to = meaning(l, w, &len);
        NMT_TRY(nmt_buffer_add(made, text->data + from, w->span.start - from, err));
        from = made->len;
        NMT_TRY(nmt_buffer_add(made, to ? to : text->data + w->span.start, len, err));
        NMT_TRY(add_words(words, w, made, from, err));
        from = w->span.start + w->span.len;
    }
    return nmt_buffer_add(made, text->len ? text->data + from : "", text->len - from, err);
}

int nmt_making_replace_unknown(struct nmt_making *l, struct nmt_buffer *text, struct nmt_err *err)
{
    struct nmt_buffer made = NMT_BUFFER_INIT, old = *text;
    struct nmt_made_words words = { NULL, 0, 0 }, old_words = l->words;
    int rc = replace(l, text, &made, &words, err);
    if (rc < 0) {
        nmt_buffer_release(&made);
        free(words.at);
        return rc;
    }
    *text = made;
    l->words = words;
    nmt_buffer_release(&old);
    free(old_words.at);
    return 0;
}
