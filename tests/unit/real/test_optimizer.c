/* Three clipped updates by each rule, against the golden numbers. */
#include "golden.h"
#include "train/optimizer.h"
#include "train/shard_sum.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check_run(struct json *j, yaml_node_t *o, const char *name,
                      enum nmt_optimizer_kind kind)
{
    yaml_node_t *params = json_get(j, o, "params"), *gradients = json_get(j, o, "gradients");
    yaml_node_t *settings = json_get(j, o, "settings"), *mine = json_get(j, settings, name);
    yaml_node_t *run =
        json_get(j, json_get(j, json_get(j, o, "runs"), name), "params_after_each_step");
    size_t n = json_numbers(j, params, NULL);
    double *numbers = malloc(n * sizeof *numbers);
    real *weights = calloc(n, sizeof *weights),
         *grads[2] = { calloc(n, sizeof(real)), calloc(n, sizeof(real)) };
    json_numbers(j, params, numbers);
    for (size_t i = 0; i < n; i++)
        weights[i] = (real)numbers[i];

    struct nmt_config c = { 0 };
    struct nmt_optimizer opt;
    double rate = 1;
    c.train_optimizer = kind;
    c.train_clip = json_number(json_get(j, settings, "clip_norm"));
    if (kind == NMT_ADADELTA) {
        c.train_adadelta_rho = json_number(json_get(j, mine, "rho"));
        c.train_adadelta_epsilon = json_number(json_get(j, mine, "eps"));
    } else {
        rate = json_number(json_get(j, mine, "lr"));
    }
    if (kind == NMT_ADAM) {
        c.train_adam_beta1 = json_number(json_get(j, mine, "beta1"));
        c.train_adam_beta2 = json_number(json_get(j, mine, "beta2"));
        c.train_adam_epsilon = json_number(json_get(j, mine, "eps"));
    }
    struct nmt_shard_sum sum;
    cr_assert(nmt_shard_sum_init(&sum, n, 2, NULL, NULL, NULL) == 0);
    cr_assert(nmt_optimizer_init(&opt, &c, weights, n, NULL) == 0);
    yaml_node_t *norms = json_get(j, settings, "norms_before_clipping");
    for (size_t u = 0; u < json_len(gradients); u++) {
        json_numbers(j, json_at(j, gradients, u), numbers);
        for (size_t i = 0; i < n; i++) { /* in two shards: a half and a half */
            grads[0][i] = (real)(numbers[i] / 2);
            grads[1][i] = (real)(numbers[i] / 2);
        }
        double norm;
        cr_assert(nmt_shard_sum_run(&sum, grads, &norm, NULL) == 0);
        golden_near("norm", norm, json_number(json_at(j, norms, u)), true);
        nmt_optimizer_step(&opt, grads, 2, norm, 1, rate, NULL);
        json_numbers(j, json_at(j, run, u), numbers);
        for (size_t i = 0; i < n; i++) {
            golden_near(name, (double)weights[i], numbers[i], false);
            cr_assert(grads[0][i] == 0 && grads[1][i] == 0, "gradients are left behind");
        }
    }
    nmt_shard_sum_release(&sum);
    nmt_optimizer_release(&opt);
    free(weights);
    free(grads[0]);
    free(grads[1]);
    free(numbers);
}

static void check_file(struct json *j)
{
    yaml_node_t *o = json_get(j, json_root(j), "optimisers");
    cr_assert(o != NULL);
    check_run(j, o, "adadelta", NMT_ADADELTA);
    check_run(j, o, "adam", NMT_ADAM);
    check_run(j, o, "sgd", NMT_SGD);
}

Test(golden, optimisers_match_step_by_step)
{
    golden_each_file(check_file);
}
