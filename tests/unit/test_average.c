/* Checkpoint averaging. */
#include "model/model.h"

#include <nmt/train.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODELS 3

/* A model whose i-th weight is f(i). */
static void write_model(const char *path, const struct nmt_shape *shape,
                        const struct nmt_layout *layout, const struct nmt_vocab *v,
                        double (*f)(size_t model, size_t i), size_t model)
{
    float *w = calloc(layout->count, sizeof *w);
    uint8_t fingerprint[NMT_FINGERPRINT];
    struct nmt_output *out = NULL;
    struct nmt_model_content content = {
        .shape = shape, .layout = layout, .weights = w, .source = v, .target = v
    };
    for (size_t i = 0; i < layout->count; i++)
        w[i] = (float)f(model, i);
    cr_assert(nmt_output_open(&out, path, NULL) == 0);
    cr_assert(nmt_model_write(&content, out, fingerprint, NULL) == 0);
    cr_assert(nmt_output_close(&out, NULL) == 0);
    free(w);
}

/* Large parts of opposite sign: single precision would lose the small one. */
static double weight(size_t model, size_t i)
{
    static const double part[MODELS] = { 16777216, -16777216, 3 };
    return part[model] * (double)(i % 5 + 1);
}

Test(average, is_the_mean_of_every_weight_in_double_precision)
{
    const char *const pieces[] = { "<unk>", "<s>", "</s>", "\u2581a" };
    const size_t lengths[] = { 5, 3, 4, 4 };
    const struct nmt_vocab_spec spec = { NMT_VOCAB_WORD, NMT_NORMALIZE_NONE, false, false };
    const struct nmt_shape shape = {
        .E = 3, .H_enc = 2, .H_dec = 5, .A = 4, .L = 3, .V_source = 4, .V_target = 4
    };
    struct nmt_vocab *v = NULL;
    struct nmt_layout layout;
    struct nmt_model *mean = NULL;
    char folder[] = "/tmp/nmt-average.XXXXXX", path[MODELS + 1][64];
    const char *models[MODELS];
    cr_assert(mkdtemp(folder));
    cr_assert(nmt_vocab_from_pieces(&v, &spec, pieces, lengths, NULL, 4, NULL) == 0);
    cr_assert(nmt_layout_init(&layout, &shape, NULL) == 0);
    for (size_t m = 0; m <= MODELS; m++)
        snprintf(path[m], sizeof path[m], "%s/%zu", folder, m);
    for (size_t m = 0; m < MODELS; m++) {
        models[m] = path[m];
        write_model(path[m], &shape, &layout, v, weight, m);
    }
    cr_assert(nmt_train_average(models, MODELS, path[MODELS], NULL) == 0);
    cr_assert(nmt_model_open(&mean, path[MODELS], NULL) == 0);
    real *block = calloc(layout.count, sizeof *block);
    cr_assert(nmt_model_copy_tensors(block, mean->file, "", &layout, NULL) == 0);
    for (size_t k = 0; k < layout.n; k++) {
        const struct nmt_tensor *t = &layout.tensor[k];
        for (size_t i = t->offset; i < t->offset + t->rows * t->cols; i++)
            cr_assert(block[i] == (real)(i % 5 + 1), "%s: %g", t->name, (double)block[i]);
    }
    free(block);
    nmt_model_close(mean);
    nmt_vocab_free(v);
    for (size_t m = 0; m <= MODELS; m++)
        unlink(path[m]);
    rmdir(folder);
}
