/* One vector for a sentence. */
#include <nmt/records.h>

#include <string.h>

/* Adds `row`, or half of it, to v. */
static void add(float *v, const float *row, uint32_t first, uint32_t end)
{
    for (uint32_t k = first; k < end; k++)
        v[k] += row[k];
}

/* The part that ends with token `end` and began with `first`: its last states. */
static void add_last(float *v, const struct nmt_annotation *a, uint32_t first, uint32_t end)
{
    const uint32_t half = a->width / 2;
    add(v, a->h + (size_t)end * a->width, 0, half);
    add(v, a->h + (size_t)first * a->width, half, a->width);
}

bool nmt_annotation_pool(const struct nmt_annotation *a, enum nmt_pool pool, float *v)
{
    uint32_t count = a->rows, first = 0;
    if (a->rows == 0)
        return false;
    memset(v, 0, a->width * sizeof *v);
    if (pool == NMT_POOL_MEAN || a->rows < a->n) { /* without attention a row is a last state */
        for (uint32_t r = 0; r < a->rows; r++)
            add(v, a->h + (size_t)r * a->width, 0, a->width);
    } else {
        count = 0;
        for (uint32_t i = 0; i < a->n; i++)
            if (a->ids[i] == NMT_ID_EOS) {
                add_last(v, a, first, i);
                first = i + 1;
                count++;
            }
    }
    for (uint32_t k = 0; k < a->width; k++)
        v[k] /= (float)count;
    return true;
}
