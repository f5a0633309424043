/* Fuzz target for GGUF: whatever opens can be looked through to the last byte. */
#include <nmt/gguf.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile float sink;

static void look_at_keys(const struct nmt_gguf *g)
{
    struct nmt_buffer text = NMT_BUFFER_INIT;
    for (size_t i = 0; i < nmt_gguf_count(g); i++) {
        const char *key = nmt_gguf_key(g, i), *s, **strings;
        uint32_t u32, *u32s;
        int64_t i64;
        double f64, *f64s;
        size_t n, *lengths;
        text.len = 0;
        if (!nmt_gguf_has(g, key) || nmt_gguf_print(g, i, 3, &text, NULL) < 0 ||
            nmt_gguf_print(g, i, SIZE_MAX, &text, NULL) < 0)
            abort();
        if (nmt_gguf_get_u32(g, key, &u32, NULL) == 0 && nmt_gguf_get_i64(g, key, &i64, NULL) < 0)
            abort();
        if (nmt_gguf_get_f64(g, key, &f64, NULL) == 0)
            sink = (float)f64;
        if (nmt_gguf_get_str(g, key, &s, NULL) == 0 && strlen(s) > text.len)
            abort();
        if (nmt_gguf_get_strs(g, key, &strings, &lengths, &n, NULL) == 0) {
            for (size_t k = 0; k < n; k++)
                if (lengths[k] > 0)
                    sink = strings[k][lengths[k] - 1];
            free(strings);
            free(lengths);
        }
        if (nmt_gguf_get_u32s(g, key, &u32s, &n, NULL) == 0)
            free(u32s);
        if (nmt_gguf_get_f64s(g, key, &f64s, &n, NULL) == 0)
            free(f64s);
    }
    nmt_buffer_release(&text);
}

static void look_at_tensors(const struct nmt_gguf *g)
{
    for (size_t i = 0; i < nmt_gguf_tensors(g); i++) {
        const struct nmt_gguf_tensor *t = nmt_gguf_tensor(g, i);
        const float *found = NULL;
        if (nmt_gguf_get_tensor(g, t->name, t->n_dims, t->dims, &found, NULL) < 0 ||
            found != t->data)
            abort();
        for (size_t k = 0; k < t->count; k++)
            sink = t->data[k];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nmt_gguf *g = NULL;
    uint8_t *copy = malloc(size > 0 ? size : 1); /* aligned, as a mapped file is */
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    if (nmt_gguf_open_memory(&g, copy, size, "fuzz", NULL) == 0) {
        look_at_keys(g);
        look_at_tensors(g);
        if (nmt_gguf_verify(g, NULL) == 0 && !nmt_gguf_digest(g))
            abort();
        nmt_gguf_close(g);
    }
    free(copy);
    return 0;
}
