/* Loading golden cases; the format is described in tests/golden/README.md. */
#include "golden.h"

#include <criterion/criterion.h>

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void golden_near(const char *what, double got, double want, bool gradient)
{
    double tolerance = sizeof(real) == 8 ? (gradient ? 1e-8 : 1e-9) : (gradient ? 2e-4 : 2e-5);
    double scale = fabs(want) > 1 ? fabs(want) : 1;
    cr_assert(fabs(got - want) <= tolerance * scale, "%s: got %.12g, want %.12g", what, got, want);
}

void golden_compare(struct golden_case *c, const char *what, const real *got, yaml_node_t *want,
                    size_t n, bool gradient)
{
    size_t count = json_numbers(c->json, want, NULL);
    cr_assert(count == n, "%s %s: %zu numbers, not %zu", c->name, what, n, count);
    double *values = malloc((n + 1) * sizeof *values);
    json_numbers(c->json, want, values);
    for (size_t i = 0; i < n; i++) {
        char place[256];
        snprintf(place, sizeof place, "%s: %s[%zu]", c->name, what, i);
        golden_near(place, (double)got[i], values[i], gradient);
    }
    free(values);
}

nmt_id *golden_ids(struct json *j, yaml_node_t *list, uint32_t *n)
{
    *n = (uint32_t)json_len(list);
    nmt_id *ids = malloc((*n + 1) * sizeof *ids);
    for (uint32_t i = 0; i < *n; i++)
        ids[i] = (nmt_id)json_number(json_at(j, list, i));
    return ids;
}

static int choice(struct golden_case *c, yaml_node_t *config, const char *key, const char *words)
{
    const char *text = json_text(json_get(c->json, config, key));
    char copy[128], *rest = copy;
    snprintf(copy, sizeof copy, "%s", words);
    for (int i = 0;; i++) {
        char *word = strtok_r(i ? NULL : copy, " ", &rest);
        cr_assert(word != NULL, "%s: '%s' is none of %s", key, text, words);
        if (strcmp(word, text) == 0)
            return i;
    }
}

static size_t size(struct golden_case *c, yaml_node_t *config, const char *key)
{
    return (size_t)json_number(json_get(c->json, config, key));
}

static void read_shape(struct golden_case *c)
{
    yaml_node_t *config = json_get(c->json, c->node, "config");
    int cell = choice(c, config, "cell", "gru lstm cgru"); /* cgru is a gru in the order cgru */
    c->shape = (struct nmt_shape){
        .cell = cell == 1 ? NMT_LSTM : NMT_GRU,
        .attention = (enum nmt_attention_kind)choice(c, config, "attention", NMT_WORDS_ATTENTION),
        .order = (enum nmt_order)choice(c, config, "order", NMT_WORDS_ORDER),
        .readout = (enum nmt_readout_kind)choice(c, config, "readout", NMT_WORDS_READOUT),
        .V_source = size(c, config, "V_src"),
        .V_target = size(c, config, "V_tgt"),
        .E = size(c, config, "m"),
        .H_enc = size(c, config, "n_enc"),
        .H_dec = size(c, config, "n_dec"),
        .A = size(c, config, "n_att"),
        .L = size(c, config, "l"),
    };
    c->label_smoothing = json_number(json_get(c->json, config, "label_smoothing"));
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(nmt_shape_check(&c->shape, &err) == 0, "%s: %s", c->name, err.msg);
    cr_assert(nmt_layout_init(&c->layout, &c->shape, &err) == 0);
}

/* "enc_fwd.W_z" -> "encoder.forward.update.weight" and so on. */
static void our_name(const struct golden_case *c, const char *golden, char *out, size_t n)
{
    static const char *const whole[][2] = {
        { "src_emb", "source.embedding.weight" },
        { "tgt_emb", "target.embedding.weight" },
        { "dec_init.W_s", "decoder.start.weight" },
        { "dec_init.b_s", "decoder.start.bias" },
        { "dec_init.W_c", "decoder.start_memory.weight" },
        { "dec_init.b_c", "decoder.start_memory.bias" },
        { "att.U_a", "alignment.key.weight" },
        { "att.v_a", "alignment.score.weight" },
        { "readout.U_o", "readout.state.weight" },
        { "readout.V_o", "readout.word.weight" },
        { "readout.C_o", "readout.context.weight" },
        { "readout.b_t", "readout.bias" },
        { "out.W_o", "output.weight" },
        { "out.b_o", "output.bias" },
    };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(whole[i][0], golden) == 0) {
            snprintf(out, n, "%s", whole[i][1]);
            return;
        }
    if (strcmp(golden, "att.W_a") == 0) {
        snprintf(out, n, "alignment.%s.weight",
                 c->shape.attention == NMT_GENERAL ? "key" : "query");
        return;
    }
    static const char *const units[][2] = { { "enc_fwd", "encoder.forward" },
                                            { "enc_bwd", "encoder.backward" },
                                            { "dec", "decoder" },
                                            { "dec1", "decoder" },
                                            { "dec2", "decoder.second" } };
    static const char *const gates[][2] = { { "z", "update" },    { "r", "reset" },
                                            { "h", "candidate" }, { "i", "input" },
                                            { "f", "forget" },    { "o", "output" },
                                            { "g", "candidate" } };
    static const char *const kinds[][2] = {
        { "W", "weight" }, { "U", "recurrent" }, { "C", "context" }, { "b", "bias" }
    };
    char unit[16], kind[2], gate[2];
    cr_assert(sscanf(golden, "%15[^.].%1[WUCb]_%1s", unit, kind, gate) == 3, "%s", golden);
    const char *u = NULL, *g = NULL, *k = NULL;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        u = strcmp(units[i][0], unit) == 0 ? units[i][1] : u;
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        g = strcmp(gates[i][0], gate) == 0 ? gates[i][1] : g;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        k = strcmp(kinds[i][0], kind) == 0 ? kinds[i][1] : k;
    cr_assert(u && g && k, "no parameter of ours is called %s", golden);
    snprintf(out, n, "%s.%s.%s", u, g, k);
}

real *golden_find(const struct golden_case *c, real *block, const char *name, size_t *n)
{
    char ours[NMT_TENSOR_NAME];
    our_name(c, name, ours, sizeof ours);
    for (size_t i = 0; i < c->layout.n; i++) {
        const struct nmt_tensor *t = &c->layout.tensor[i];
        if (strcmp(t->name, ours) == 0) {
            *n = t->rows * t->cols;
            return block + t->offset;
        }
    }
    cr_assert_fail("%s: no tensor %s (%s)", c->name, ours, name);
    return NULL;
}

static void read_weights(struct golden_case *c)
{
    c->weights = calloc(c->layout.count, sizeof(real));
    c->gradients = calloc(c->layout.count, sizeof(real));
    nmt_params_bind(&c->params, &c->shape, &c->layout, c->weights);
    nmt_params_bind(&c->grads, &c->shape, &c->layout, c->gradients);
    yaml_node_t *weights = json_get(c->json, c->node, "weights");
    cr_assert(json_len(weights) == c->layout.n, "%s: %zu parameters, ours has %zu", c->name,
              json_len(weights), c->layout.n);
    for (size_t i = 0; i < json_len(weights); i++) {
        yaml_node_t *value;
        const char *name = json_key(c->json, weights, i, &value);
        size_t n;
        real *to = golden_find(c, c->weights, name, &n);
        size_t count = json_numbers(c->json, value, NULL);
        cr_assert(count == n, "%s: %s has %zu numbers, not %zu", c->name, name, count, n);
        double *numbers = malloc(n * sizeof *numbers);
        json_numbers(c->json, value, numbers);
        for (size_t k = 0; k < n; k++)
            to[k] = (real)numbers[k];
        free(numbers);
    }
}

void golden_each_file(void (*each)(struct json *j))
{
    const char *folder = getenv("NMT_GOLDEN");
    char pattern[4096];
    snprintf(pattern, sizeof pattern, "%s/*.json", folder ? folder : "tests/golden");
    glob_t files;
    cr_assert(glob(pattern, 0, NULL, &files) == 0, "no %s", pattern);
    for (size_t f = 0; f < files.gl_pathc; f++) {
        struct json *j = json_load(files.gl_pathv[f]);
        const char *format = json_text(json_get(j, json_root(j), "format"));
        cr_assert(strcmp(format, "nmt-golden-1") == 0, "%s: format %s", files.gl_pathv[f], format);
        each(j);
        json_free(j);
    }
    globfree(&files);
}

static void (*each_case)(struct golden_case *);

static void cases_of(struct json *j)
{
    yaml_node_t *cases = json_get(j, json_root(j), "cases");
    cr_assert(json_len(cases) > 0);
    for (size_t i = 0; i < json_len(cases); i++) {
        struct golden_case c = { .json = j, .node = json_at(j, cases, i) };
        c.name = json_text(json_get(j, c.node, "name"));
        read_shape(&c);
        read_weights(&c);
        each_case(&c);
        free(c.weights);
        free(c.gradients);
    }
}

void golden_each_case(void (*each)(struct golden_case *c))
{
    each_case = each;
    golden_each_file(cases_of);
}
