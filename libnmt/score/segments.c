/* A hypothesis and its references, cut and numbered: the common beginning of BLEU, chrF and TER. */
#include "segments_internal.h"

#include <stdlib.h>

void nmt_segments_release(struct nmt_segments *s)
{
    for (size_t i = 0; i < s->cap; i++)
        nmt_tokenizer_free(s->tokenizers[i]);
    free(s->tokenizers);
    free(s->lines);
    free(s->symbols);
    *s = (struct nmt_segments){ .opt = s->opt };
}

static int reserve_lines(struct nmt_segments *s, size_t n, struct nmt_err *err)
{
    if (n <= s->cap)
        return 0;
    struct nmt_tokenizer **tokenizers = realloc(s->tokenizers, n * sizeof(struct nmt_tokenizer *));
    if (tokenizers)
        s->tokenizers = tokenizers;
    struct nmt_segment *lines = realloc(s->lines, n * sizeof *lines);
    if (lines)
        s->lines = lines;
    if (!tokenizers || !lines)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu references", n);
    for (; s->cap < n; s->cap++)
        NMT_TRY(nmt_tokenizer_new(&s->tokenizers[s->cap], &s->opt, err));
    return 0;
}

int nmt_segments_cut(struct nmt_segments *s, const char *hyp, size_t hyp_len,
                     const char *const *refs, const size_t *ref_lens, size_t n_refs,
                     const struct nmt_segment **hyp_out, const struct nmt_segment **refs_out,
                     struct nmt_err *err)
{
    if (n_refs == 0)
        return nmt_fail(err, NMT_EUSAGE, 0, "a line has no reference");
    NMT_TRY(reserve_lines(s, n_refs + 1, err));
    s->n = n_refs + 1;
    s->ref_tokens = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct nmt_segment *l = &s->lines[i];
        NMT_TRY(nmt_tokenizer_run(s->tokenizers[i], i ? refs[i - 1] : hyp,
                                  i ? ref_lens[i - 1] : hyp_len, &l->tokens, &l->n, err));
        s->ref_tokens += i ? l->n : 0;
    }
    *hyp_out = &s->lines[0];
    *refs_out = &s->lines[1];
    return 0;
}

static int reserve_symbols(struct nmt_segments *s, size_t n, struct nmt_err *err)
{
    if (n <= s->symbols_cap)
        return 0;
    size_t cap = n < 256 ? 256 : n + n / 2;
    uint32_t *symbols = realloc(s->symbols, cap * sizeof *symbols);
    if (!symbols)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu tokens", cap);
    s->symbols = symbols;
    s->symbols_cap = cap;
    return 0;
}

int nmt_segments_number(struct nmt_segments *s, struct nmt_words *words, struct nmt_err *err)
{
    NMT_TRY(reserve_symbols(s, s->ref_tokens + s->lines[0].n, err));
    NMT_TRY(nmt_words_clear(words, s->ref_tokens, err));
    uint32_t *next = s->symbols;
    for (size_t i = 1; i < s->n; i++) {
        struct nmt_segment *l = &s->lines[i];
        l->symbols = next;
        for (size_t j = 0; j < l->n; j++)
            *next++ = nmt_words_add(words, l->tokens[j].s, l->tokens[j].len);
    }
    struct nmt_segment *hyp = &s->lines[0];
    hyp->symbols = next;
    for (size_t j = 0; j < hyp->n; j++)
        *next++ = nmt_words_find(words, hyp->tokens[j].s, hyp->tokens[j].len);
    return 0;
}
