/* The configuration as a table: presets, one value from text, all values as YAML. */
#include "config_internal.h"

#include <nmt/buffer.h>
#include <nmt/number.h>
#include <nmt/utf8.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
#define VALUE_TEXT(v)   { .text = (v) }
#define VALUE_INT(v)    { .whole = (v) }
#define VALUE_REAL(v)   { .real = (v) }
#define VALUE_BOOL(v)   { .whole = (v) }
#define VALUE_CHOICE(v) { .whole = (v) }
#define ROW(section, field, key, type, standard, paper, min, max, words, sentence)                 \
    { #section, key, NMT_CONFIG_##type, offsetof(struct nmt_config, section##_##field),            \
      VALUE_##type(standard), VALUE_##type(paper), VALUE_##type(min), VALUE_##type(max), words },
/* clang-format on */

const struct nmt_config_key *nmt_config_keys(size_t *n)
{
    static const struct nmt_config_key keys[] = { NMT_CONFIG_MAP(ROW) };
    *n = sizeof keys / sizeof *keys;
    return keys;
}

const struct nmt_config_key *nmt_config_find(const char *section, const char *key)
{
    size_t n;
    const struct nmt_config_key *keys = nmt_config_keys(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].key, key) == 0)
            return &keys[i];
    return NULL;
}

static void *field(struct nmt_config *c, const struct nmt_config_key *k)
{
    return (char *)c + k->offset;
}

static const void *field_const(const struct nmt_config *c, const struct nmt_config_key *k)
{
    return (const char *)c + k->offset;
}

static int put_text(struct nmt_config *c, const struct nmt_config_key *k, const char *text,
                    struct nmt_err *err)
{
    char *copy = strdup(text), **at = field(c, k);
    if (!copy)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    free(*at);
    *at = copy;
    return 0;
}

static void put_whole(struct nmt_config *c, const struct nmt_config_key *k, int64_t whole)
{
    if (k->type == NMT_CONFIG_INT)
        *(int64_t *)field(c, k) = whole;
    else if (k->type == NMT_CONFIG_BOOL)
        *(bool *)field(c, k) = whole != 0;
    else
        *(int *)field(c, k) = (int)whole;
}

int nmt_config_preset(struct nmt_config *c, const char *name, struct nmt_err *err)
{
    bool paper = strcmp(name, "paper") == 0;
    *c = (struct nmt_config){ 0 };
    if (!paper && strcmp(name, "default") != 0)
        return nmt_fail(err, NMT_ECONFIG, 0, "preset: '%s' is none of default, paper", name);
    size_t n;
    const struct nmt_config_key *keys = nmt_config_keys(&n);
    for (size_t i = 0; i < n; i++) {
        const union nmt_config_value *v = paper ? &keys[i].paper : &keys[i].standard;
        if (keys[i].type == NMT_CONFIG_TEXT)
            NMT_TRY(put_text(c, &keys[i], v->text, err));
        else if (keys[i].type == NMT_CONFIG_REAL)
            *(double *)field(c, &keys[i]) = v->real;
        else
            put_whole(c, &keys[i], v->whole);
    }
    return 0;
}

void nmt_config_release(struct nmt_config *c)
{
    size_t n;
    const struct nmt_config_key *keys = nmt_config_keys(&n);
    for (size_t i = 0; i < n; i++)
        if (keys[i].type == NMT_CONFIG_TEXT)
            free(*(char **)field(c, &keys[i]));
    free(c->file);
    *c = (struct nmt_config){ 0 };
}

/* --- one value from text ----------------------------------------------------------------- */

/* The place of a word in a list like "gru lstm", -1 when it is not there. */
static int word_index(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (int i = 0; *words; i++) {
        size_t n = strcspn(words, " ");
        if (n == len && memcmp(words, word, n) == 0)
            return i;
        words += n + (words[n] == ' ');
    }
    return -1;
}

static int assign_choice(struct nmt_config *c, const struct nmt_config_key *k, const char *text,
                         struct nmt_err *err)
{
    int i = word_index(k->words, text);
    if (i >= 0) {
        put_whole(c, k, i);
        return 0;
    }
    char list[128] = "";
    size_t used = 0;
    for (const char *p = k->words; *p && used + 2 < sizeof list; p++) {
        if (*p == ' ')
            list[used++] = ',';
        list[used++] = *p;
    }
    list[used] = '\0';
    return nmt_fail(err, NMT_EUSAGE, 0, "%s.%s: '%s' is none of %s", k->section, k->key, text,
                    list);
}

int nmt_config_assign(struct nmt_config *c, const struct nmt_config_key *k, const char *text,
                      struct nmt_err *err)
{
    char what[64];
    snprintf(what, sizeof what, "%s.%s", k->section, k->key);
    switch (k->type) {
    case NMT_CONFIG_TEXT:
        if (text[nmt_utf8_valid(text, strlen(text))] != '\0')
            return nmt_fail(err, NMT_EUSAGE, 0, "%s: invalid UTF-8 at byte %zu", what,
                            nmt_utf8_valid(text, strlen(text)) + 1);
        return put_text(c, k, text, err);
    case NMT_CONFIG_INT:
        return nmt_number_int(field(c, k), text, k->min.whole, k->max.whole, what, err);
    case NMT_CONFIG_REAL:
        return nmt_number_real(field(c, k), text, k->min.real, k->max.real, what, err);
    case NMT_CONFIG_BOOL:
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
            return nmt_fail(err, NMT_EUSAGE, 0, "%s: '%s' is neither true nor false", what, text);
        put_whole(c, k, text[0] == 't');
        return 0;
    case NMT_CONFIG_CHOICE:
        break;
    }
    return assign_choice(c, k, text, err);
}

int nmt_config_set(struct nmt_config *c, const char *assignment, struct nmt_err *err)
{
    const char *equals = strchr(assignment, '=');
    char name[64], hint[128];
    if (!equals || equals == assignment || (size_t)(equals - assignment) >= sizeof name)
        return nmt_fail(err, NMT_EUSAGE, 0, "'%s' is not of the form section.key=value",
                        assignment);
    memcpy(name, assignment, (size_t)(equals - assignment));
    name[equals - assignment] = '\0';
    char *dot = strchr(name, '.');
    if (!dot) {
        nmt_config_suggest(hint, sizeof hint, NULL, name);
        return nmt_fail(err, NMT_EUSAGE, 0, "'%s' is not of the form section.key=value%s",
                        assignment, hint);
    }
    *dot = '\0';
    const struct nmt_config_key *k = nmt_config_find(name, dot + 1);
    if (!k) {
        nmt_config_suggest(hint, sizeof hint, name, dot + 1);
        return nmt_fail(err, NMT_EUSAGE, 0, "unknown key '%s.%s'%s", name, dot + 1, hint);
    }
    size_t n;
    c->line[k - nmt_config_keys(&n)] = 0;
    return nmt_config_assign(c, k, equals + 1, err);
}

/* --- all values as YAML ------------------------------------------------------------------ */

/* A double-quoted scalar. YAML 1.1 folds NEL, U+2028 and U+2029 and refuses other controls. */
static int dump_text(struct nmt_buffer *b, const char *s, struct nmt_err *err)
{
    size_t n = strlen(s);
    NMT_TRY(nmt_buffer_addc(b, '"', err));
    for (size_t i = 0, used; i < n; i += used) {
        uint32_t cp;
        used = nmt_utf8_decode(s + i, n - i, &cp);
        if (used == 0)
            return nmt_fail(err, NMT_ECONFIG, 0, "'%s' is not valid UTF-8 and cannot be YAML", s);
        bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
        bool special = cp == 0x2028 || cp == 0x2029 || cp == 0xfeff || cp == 0xfffe || cp == 0xffff;
        if (cp == '"' || cp == '\\')
            NMT_TRY(nmt_buffer_addf(b, err, "\\%c", (char)cp));
        else if (control || special)
            NMT_TRY(nmt_buffer_addf(b, err, "\\u%04x", (unsigned)cp));
        else
            NMT_TRY(nmt_buffer_add(b, s + i, used, err));
    }
    return nmt_buffer_addc(b, '"', err);
}

static int dump_value(struct nmt_buffer *b, const struct nmt_config *c,
                      const struct nmt_config_key *k, struct nmt_err *err)
{
    const void *at = field_const(c, k);
    char digits[NMT_NUMBER_DIGITS];
    switch (k->type) {
    case NMT_CONFIG_TEXT:
        return dump_text(b, *(char *const *)at, err);
    case NMT_CONFIG_INT:
        return nmt_buffer_addf(b, err, "%lld", (long long)*(const int64_t *)at);
    case NMT_CONFIG_REAL:
        NMT_TRY(nmt_number_print(digits, *(const double *)at, err));
        return nmt_buffer_adds(b, digits, err);
    case NMT_CONFIG_BOOL:
        return nmt_buffer_adds(b, *(const bool *)at ? "true" : "false", err);
    case NMT_CONFIG_CHOICE:
        break;
    }
    const char *word = k->words;
    for (int i = 0; i < *(const int *)at; i++)
        word = strchr(word, ' ') + 1;
    return nmt_buffer_add(b, word, strcspn(word, " "), err);
}

static int dump_all(struct nmt_buffer *b, const struct nmt_config *c, struct nmt_err *err)
{
    size_t n;
    const struct nmt_config_key *keys = nmt_config_keys(&n);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(keys[i].section, keys[i - 1].section) != 0)
            NMT_TRY(nmt_buffer_addf(b, err, "%s:\n", keys[i].section));
        NMT_TRY(nmt_buffer_addf(b, err, "  %s: ", keys[i].key));
        NMT_TRY(dump_value(b, c, &keys[i], err));
        NMT_TRY(nmt_buffer_addc(b, '\n', err));
    }
    return 0;
}

int nmt_config_dump(const struct nmt_config *c, struct nmt_output *o, struct nmt_err *err)
{
    struct nmt_buffer b = NMT_BUFFER_INIT;
    int rc = dump_all(&b, c, err);
    if (rc == 0)
        rc = nmt_output_write(o, b.data, b.len, err);
    nmt_buffer_release(&b);
    return rc;
}
