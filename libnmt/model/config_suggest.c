/* "did you mean ...?": the key or section that a mistyped name comes closest to. */
#include "config_internal.h"

#include <stdio.h>
#include <string.h>

#define LONGEST 48

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Levenshtein's distance; names longer than LONGEST are far from everything. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), row[LONGEST + 1];
    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t above = row[j];
            row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[m];
}

/* In a key's own section a near miss will do; from elsewhere only its exact name is meant. */
static size_t key_distance(const struct nmt_config_key *k, const char *section, const char *name)
{
    size_t d = distance(name, k->key);
    if (section && strcmp(k->section, section) == 0)
        return d;
    return d == 0 ? 1 : LONGEST;
}

void nmt_config_suggest(char *out, size_t size, const char *section, const char *name)
{
    size_t n, third = strlen(name) / 3 + 2, best = third < 4 ? third : 4;
    const struct nmt_config_key *keys = nmt_config_keys(&n);
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const struct nmt_config_key *k = &keys[i];
        size_t d = key_distance(k, section, name);
        size_t to_section = section ? LONGEST : distance(name, k->section);
        if (to_section < best) {
            best = to_section;
            snprintf(out, size, " (did you mean '%s'?)", k->section);
        } else if (d < best) {
            best = d;
            bool here = section && strcmp(k->section, section) == 0;
            snprintf(out, size, " (did you mean '%s%s%s'?)", here ? "" : k->section,
                     here ? "" : ".", k->key);
        }
    }
}
