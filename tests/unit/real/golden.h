/* A golden case as a model of ours: shape, weights by their golden names, sentences. */
#ifndef TEST_GOLDEN_H
#define TEST_GOLDEN_H

#include "json.h"
#include "model/params.h"

#include <nmt/id.h>
#include <nmt/shape.h>

struct golden_case {
    struct json *json;
    yaml_node_t *node;
    const char *name;
    struct nmt_shape shape;
    struct nmt_layout layout;
    struct nmt_params params, grads;
    real *weights, *gradients; /* owned blocks */
    double label_smoothing;
};

/** Runs `each` on every case of every *.json file in the folder NMT_GOLDEN (tests/golden). */
void golden_each_case(void (*each)(struct golden_case *c));

/** Runs `each` on the root of every file. */
void golden_each_file(void (*each)(struct json *j));

/** Where the numbers of a golden parameter lie in our block, and how many there are. */
real *golden_find(const struct golden_case *c, real *block, const char *name, size_t *n);

/** Token ids of a list. */
nmt_id *golden_ids(struct json *j, yaml_node_t *list, uint32_t *n);

/** Values to 1e-9, gradients to 1e-8 (float: 2e-5, 2e-4), relative to max(1, |want|). */
void golden_near(const char *what, double got, double want, bool gradient);

/** Compares our numbers with a golden list. */
void golden_compare(struct golden_case *c, const char *what, const real *got, yaml_node_t *want,
                    size_t n, bool gradient);

#endif
