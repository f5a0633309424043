/* Reading pairs out of their few bytes. */
#include "train/bitext_internal.h"

#include <stdlib.h>
#include <sys/mman.h>

static unsigned width_of(uint64_t most)
{
    return most < 1u << 8 ? 1 : most < 1u << 16 ? 2 : most < 1u << 24 ? 3 : 4;
}

void nmt_bitext_set_widths(struct nmt_bitext *b, const struct nmt_bitext_plan *plan)
{
    b->length_width = plan->max_length ? width_of((uint64_t)plan->max_length + 1) : 4;
    for (size_t side = 0; side < 2; side++)
        b->id_width[side] = width_of(nmt_vocab_size(plan->vocab[side]) - 1);
    b->words = plan->words;
}

void nmt_bitext_release(struct nmt_bitext *b)
{
    nmt_spool_release(&b->head_spool);
    nmt_spool_release(&b->id_spool);
    if (b->map)
        munmap(b->map, b->map_size);
    free(b->base);
    free(b->weight);
    *b = (struct nmt_bitext){ .n = 0 };
}

size_t nmt_bitext_memory(const struct nmt_bitext *b)
{
    return nmt_spool_memory(&b->head_spool) + nmt_spool_memory(&b->id_spool) +
           (b->n / NMT_BITEXT_STEP + 1) * sizeof *b->base +
           (b->weight ? b->n * sizeof *b->weight : 0);
}

struct nmt_bitext_head nmt_bitext_head(const struct nmt_bitext *b, size_t i)
{
    const unsigned char *p = b->heads + i * nmt_bitext_head_size(b);
    return (struct nmt_bitext_head){ nmt_get_few(p, 4), nmt_get_few(p + 4, b->length_width),
                                     nmt_get_few(p + 4 + b->length_width, b->length_width) };
}

int nmt_bitext_index(struct nmt_bitext *b, size_t max_length, uint64_t bytes, bool *fits,
                     struct nmt_err *err)
{
    const uint64_t most = max_length ? (uint64_t)max_length + 1 : UINT32_MAX;
    uint64_t at = 0, next_line = 0;
    *fits = false;
    b->S_total = b->T_total = 0;
    b->base = malloc((b->n / NMT_BITEXT_STEP + 1) * sizeof *b->base);
    if (!b->base)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu pairs", b->n);
    for (size_t i = 0; i < b->n; i++) {
        const struct nmt_bitext_head h = nmt_bitext_head(b, i);
        if (h.S == 0 || h.T == 0 || h.S > most || h.T > most || h.line < next_line ||
            h.line >= b->lines)
            return 0;
        if (i % NMT_BITEXT_STEP == 0)
            b->base[i / NMT_BITEXT_STEP] = at;
        at += nmt_bitext_pair_size(b, &h);
        if (at > bytes)
            return 0;
        next_line = (uint64_t)h.line + 1;
        b->S_total += h.S - 1;
        b->T_total += h.T - 1;
    }
    *fits = at == bytes;
    return 0;
}

/* Where pair i, whose head is h, begins. */
static const unsigned char *find(const struct nmt_bitext *b, size_t i, struct nmt_bitext_head *h)
{
    const size_t first = i / NMT_BITEXT_STEP * NMT_BITEXT_STEP;
    uint64_t at = b->base[i / NMT_BITEXT_STEP];
    for (size_t k = first; k < i; k++) {
        *h = nmt_bitext_head(b, k);
        at += nmt_bitext_pair_size(b, h);
    }
    *h = nmt_bitext_head(b, i);
    return b->ids + at;
}

/* n - 1 ids and </s>. */
static void unpack(nmt_id *out, const unsigned char *p, uint32_t n, unsigned width)
{
    for (uint32_t i = 0; i + 1 < n; i++)
        out[i] = nmt_get_few(p + (size_t)i * width, width);
    out[n - 1] = NMT_ID_EOS;
}

void nmt_bitext_ids(const struct nmt_bitext *b, size_t i, nmt_id *source, nmt_id *target)
{
    struct nmt_bitext_head h;
    const unsigned char *p = find(b, i, &h);
    unpack(source, p, h.S, b->id_width[0]);
    unpack(target, p + (size_t)(h.S - 1) * b->id_width[0], h.T, b->id_width[1]);
}

void nmt_bitext_words(const struct nmt_bitext *b, size_t i, size_t side, uint16_t *out)
{
    struct nmt_bitext_head h;
    const unsigned char *p = find(b, i, &h);
    const size_t S = h.S - 1, T = h.T - 1, n = side ? T : S;
    p += S * b->id_width[0] + T * b->id_width[1] + (side ? 2 * S : 0);
    for (size_t k = 0; k < n; k++)
        out[k] = (uint16_t)nmt_get_few(p + 2 * k, 2);
    out[n] = NMT_NO_WORD_16;
}
