/* JSON through libyaml. */
#include "json.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json *json_load(const char *path)
{
    FILE *f = fopen(path, "rb");
    cr_assert(f != NULL, "cannot open %s", path);
    struct json *j = calloc(1, sizeof *j);
    yaml_parser_t parser;
    cr_assert(yaml_parser_initialize(&parser));
    yaml_parser_set_input_file(&parser, f);
    cr_assert(yaml_parser_load(&parser, &j->doc), "%s: %s", path, parser.problem);
    yaml_parser_delete(&parser);
    fclose(f);
    return j;
}

void json_free(struct json *j)
{
    yaml_document_delete(&j->doc);
    free(j);
}

yaml_node_t *json_root(struct json *j)
{
    return yaml_document_get_root_node(&j->doc);
}

size_t json_len(yaml_node_t *n)
{
    if (n->type == YAML_MAPPING_NODE)
        return (size_t)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
    cr_assert(n->type == YAML_SEQUENCE_NODE);
    return (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
}

const char *json_key(struct json *j, yaml_node_t *map, size_t i, yaml_node_t **value)
{
    yaml_node_pair_t *pair = map->data.mapping.pairs.start + i;
    *value = yaml_document_get_node(&j->doc, pair->value);
    return json_text(yaml_document_get_node(&j->doc, pair->key));
}

yaml_node_t *json_get(struct json *j, yaml_node_t *map, const char *key)
{
    cr_assert(map && map->type == YAML_MAPPING_NODE, "no mapping that could have %s", key);
    for (size_t i = 0; i < json_len(map); i++) {
        yaml_node_t *value;
        if (strcmp(json_key(j, map, i, &value), key) == 0)
            return value;
    }
    return NULL;
}

yaml_node_t *json_at(struct json *j, yaml_node_t *list, size_t i)
{
    cr_assert(i < json_len(list));
    return yaml_document_get_node(&j->doc, list->data.sequence.items.start[i]);
}

const char *json_text(yaml_node_t *n)
{
    cr_assert(n && n->type == YAML_SCALAR_NODE);
    return (const char *)n->data.scalar.value;
}

double json_number(yaml_node_t *n)
{
    char *end;
    const char *text = json_text(n);
    double v = strtod(text, &end);
    cr_assert(end != text && *end == '\0', "'%s' is no number", text);
    return v;
}

size_t json_numbers(struct json *j, yaml_node_t *n, double *out)
{
    if (n->type == YAML_SCALAR_NODE) {
        if (out)
            *out = json_number(n);
        return 1;
    }
    size_t count = 0;
    for (size_t i = 0; i < json_len(n); i++)
        count += json_numbers(j, json_at(j, n, i), out ? out + count : NULL);
    return count;
}
