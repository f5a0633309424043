/* The configuration's table at run time, for the files that read, write and check it. */
#ifndef NMT_CONFIG_INTERNAL_H
#define NMT_CONFIG_INTERNAL_H

#include <nmt/config.h>

#include <stddef.h>

enum nmt_config_type {
    NMT_CONFIG_TEXT,
    NMT_CONFIG_INT,
    NMT_CONFIG_REAL,
    NMT_CONFIG_BOOL,
    NMT_CONFIG_CHOICE
};

/* Of the member that the key's type asks for: text for TEXT, real for REAL, whole for the rest. */
union nmt_config_value {
    const char *text;
    int64_t whole;
    double real;
};

/* A row of NMT_CONFIG_MAP. */
struct nmt_config_key {
    const char *section, *key;
    enum nmt_config_type type;
    size_t offset; /* of the field in struct nmt_config */
    union nmt_config_value standard, paper, min, max;
    const char *words; /* CHOICE: the words, separated by spaces */
};

/* The rows in the order of the table; *n is how many. */
const struct nmt_config_key *nmt_config_keys(size_t *n);

/* The row of section[0..sn) and key, NULL when there is none. */
const struct nmt_config_key *nmt_config_find(const char *section, const char *key);

/*
 * Writes " (did you mean 'learning-rate'?)" to out when a key, or for section NULL a section, comes
 * close to `name`; otherwise the empty string.
 */
void nmt_config_suggest(char *out, size_t size, const char *section, const char *name);

/* Sets k's field from text. The message of a failure (NMT_EUSAGE) begins with the key's name. */
int nmt_config_assign(struct nmt_config *c, const struct nmt_config_key *k, const char *text,
                      struct nmt_err *err) NMT_MUST_USE;

#endif
