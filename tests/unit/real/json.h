/* A small view of a JSON file through libyaml (JSON is YAML), for the golden numbers. */
#ifndef TEST_JSON_H
#define TEST_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

struct json {
    yaml_document_t doc;
};

/** Loads a file; fails the test when it cannot. */
struct json *json_load(const char *path);
void json_free(struct json *j);

yaml_node_t *json_root(struct json *j);
/** The value of a key, NULL when there is none. */
yaml_node_t *json_get(struct json *j, yaml_node_t *map, const char *key);
size_t json_len(yaml_node_t *list);
yaml_node_t *json_at(struct json *j, yaml_node_t *list, size_t i);
const char *json_text(yaml_node_t *n);
double json_number(yaml_node_t *n);
/** All numbers of nested lists in order, written to out (or only counted: NULL). */
size_t json_numbers(struct json *j, yaml_node_t *n, double *out);
/** The i-th key of a mapping and its value. */
const char *json_key(struct json *j, yaml_node_t *map, size_t i, yaml_node_t **value);

#endif
