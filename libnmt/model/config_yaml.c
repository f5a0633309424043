/*
 * A configuration out of a YAML file: at most two levels of mappings, plain or quoted values,
 * nothing else. The file is not trusted: it is bounded, must be valid UTF-8, and anchors,
 * aliases, tags, lists, deeper levels and second documents are errors, named with their line.
 *
 * libyaml's event interface gives the line of every key; nothing recurses.
 */
#include "config_internal.h"

#include <nmt/buffer.h>
#include <nmt/lines.h>
#include <nmt/utf8.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define MOST_BYTES ((size_t)1 << 20)

struct reader {
    struct nmt_config *c;
    const char *name; /* of the file, for messages */
    struct nmt_buffer text;
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event;
    uint64_t *seen; /* [keys] the line a key was given on, 0: not yet */
    uint64_t preset_line;
};

#define AT(line) r->name, (unsigned long long)(line)

static uint64_t line_of(const struct reader *r)
{
    return r->event.start_mark.line + 1;
}

/* --- events ------------------------------------------------------------------------------ */

static int parser_failed(const struct reader *r, struct nmt_err *err)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", r->name);
    uint64_t line = p->problem_mark.line + 1;
    if (p->error == YAML_READER_ERROR) {
        line = 1; /* a character that may not be there: the reader knows its offset alone */
        for (size_t i = 0; i < p->problem_offset && i < r->text.len; i++)
            line += r->text.data[i] == '\n';
    }
    return nmt_fail(err, NMT_ECONFIG, line, "%s:%llu: %s%s%s", AT(line),
                    p->context ? p->context : "", p->context ? ": " : "",
                    p->problem ? p->problem : "this is no YAML");
}

static const char *start_of(const yaml_event_t *e, const yaml_char_t **tag)
{
    const yaml_char_t *anchor = NULL;
    *tag = NULL;
    if (e->type == YAML_SCALAR_EVENT) {
        anchor = e->data.scalar.anchor;
        *tag = e->data.scalar.tag;
    } else if (e->type == YAML_MAPPING_START_EVENT) {
        anchor = e->data.mapping_start.anchor;
        *tag = e->data.mapping_start.tag;
    } else if (e->type == YAML_SEQUENCE_START_EVENT) {
        anchor = e->data.sequence_start.anchor;
        *tag = e->data.sequence_start.tag;
    } else if (e->type == YAML_ALIAS_EVENT) {
        anchor = e->data.alias.anchor;
    }
    return (const char *)anchor;
}

/* Steps to the next event, refusing what a configuration has no use for. */
static int next(struct reader *r, struct nmt_err *err)
{
    if (r->has_event)
        yaml_event_delete(&r->event);
    r->has_event = false;
    if (!yaml_parser_parse(&r->parser, &r->event))
        return parser_failed(r, err);
    r->has_event = true;
    const yaml_char_t *tag;
    if (start_of(&r->event, &tag))
        return nmt_fail(err, NMT_ECONFIG, line_of(r),
                        "%s:%llu: anchors and aliases are not used here", AT(line_of(r)));
    if (tag)
        return nmt_fail(err, NMT_ECONFIG, line_of(r), "%s:%llu: tags are not used here",
                        AT(line_of(r)));
    return 0;
}

/* The current event as a C string; `what` says what should stand here. */
static int scalar(const struct reader *r, const char *what, const char **text, struct nmt_err *err)
{
    if (r->event.type != YAML_SCALAR_EVENT)
        return nmt_fail(err, NMT_ECONFIG, line_of(r), "%s:%llu: %s must be a single value",
                        AT(line_of(r)), what);
    *text = (const char *)r->event.data.scalar.value;
    if (strlen(*text) != r->event.data.scalar.length)
        return nmt_fail(err, NMT_ECONFIG, line_of(r), "%s:%llu: %s holds a NUL", AT(line_of(r)),
                        what);
    return 0;
}

static bool is_plain(const struct reader *r)
{
    return r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool is_nothing(const struct reader *r)
{
    return r->event.type == YAML_SCALAR_EVENT && is_plain(r) && r->event.data.scalar.length == 0;
}

/* --- keys and sections ------------------------------------------------------------------- */

static int read_value(struct reader *r, const struct nmt_config_key *k, struct nmt_err *err)
{
    char what[64];
    const char *text;
    struct nmt_err inner = NMT_ERR_INIT;
    snprintf(what, sizeof what, "%s.%s", k->section, k->key);
    NMT_TRY(next(r, err));
    NMT_TRY(scalar(r, what, &text, err));
    uint64_t line = line_of(r);
    if (is_nothing(r) && k->type != NMT_CONFIG_TEXT)
        return nmt_fail(err, NMT_ECONFIG, line, "%s:%llu: %s has no value", AT(line), what);
    bool text_like = k->type == NMT_CONFIG_TEXT || k->type == NMT_CONFIG_CHOICE;
    if (!text_like && !is_plain(r))
        return nmt_fail(err, NMT_ECONFIG, line, "%s:%llu: %s: '%s' must stand without quotes",
                        AT(line), what, text);
    if (nmt_config_assign(r->c, k, text, &inner) < 0)
        return nmt_fail(err, inner.code == NMT_ENOMEM ? NMT_ENOMEM : NMT_ECONFIG, line,
                        "%s:%llu: %s", AT(line), inner.msg);
    return 0;
}

/* The current event is a key of `section`. */
static int read_key(struct reader *r, const char *section, struct nmt_err *err)
{
    const char *name;
    char hint[128];
    size_t n;
    NMT_TRY(scalar(r, "a key", &name, err));
    uint64_t line = line_of(r);
    const struct nmt_config_key *keys = nmt_config_keys(&n), *k = nmt_config_find(section, name);
    if (!k) {
        nmt_config_suggest(hint, sizeof hint, section, name);
        return nmt_fail(err, NMT_ECONFIG, line, "%s:%llu: unknown key '%s.%s'%s", AT(line), section,
                        name, hint);
    }
    uint64_t *seen = &r->seen[k - keys];
    if (*seen)
        return nmt_fail(err, NMT_ECONFIG, line,
                        "%s:%llu: key '%s.%s' is given again (first on line %llu)", AT(line),
                        section, name, (unsigned long long)*seen);
    *seen = line;
    return read_value(r, k, err);
}

static int read_section(struct reader *r, const char *section, struct nmt_err *err)
{
    NMT_TRY(next(r, err));
    if (is_nothing(r))
        return 0;
    if (r->event.type != YAML_MAPPING_START_EVENT)
        return nmt_fail(err, NMT_ECONFIG, line_of(r),
                        "%s:%llu: section '%s' must hold keys and values", AT(line_of(r)), section);
    for (;;) {
        NMT_TRY(next(r, err));
        if (r->event.type == YAML_MAPPING_END_EVENT)
            return 0;
        NMT_TRY(read_key(r, section, err));
    }
}

static int read_preset(struct reader *r, bool too_late, struct nmt_err *err)
{
    uint64_t line = line_of(r);
    const char *name;
    struct nmt_err inner = NMT_ERR_INIT;
    struct nmt_config fresh;
    if (too_late)
        return nmt_fail(err, NMT_ECONFIG, line,
                        "%s:%llu: 'preset' must come once, before the sections", AT(line));
    NMT_TRY(next(r, err));
    NMT_TRY(scalar(r, "preset", &name, err));
    if (nmt_config_preset(&fresh, name, &inner) < 0) {
        nmt_config_release(&fresh);
        return nmt_fail(err, inner.code, line, "%s:%llu: %s", AT(line), inner.msg);
    }
    nmt_config_release(r->c);
    *r->c = fresh;
    return 0;
}

/* The section's name as the table has it (the event's own text goes with the next event). */
static int find_section(const struct reader *r, const char *name, size_t *first,
                        struct nmt_err *err)
{
    size_t n;
    const struct nmt_config_key *keys = nmt_config_keys(&n);
    for (*first = 0; *first < n; ++*first)
        if (strcmp(keys[*first].section, name) == 0)
            return 0;
    char hint[128];
    nmt_config_suggest(hint, sizeof hint, NULL, name);
    return nmt_fail(err, NMT_ECONFIG, line_of(r), "%s:%llu: unknown section '%s'%s", AT(line_of(r)),
                    name, hint);
}

static int read_sections(struct reader *r, uint64_t *section_line, struct nmt_err *err)
{
    size_t n;
    const struct nmt_config_key *keys = nmt_config_keys(&n);
    for (bool begun = false;; begun = true) {
        const char *name;
        size_t first;
        NMT_TRY(next(r, err));
        if (r->event.type == YAML_MAPPING_END_EVENT)
            return 0;
        NMT_TRY(scalar(r, "the name of a section", &name, err));
        if (strcmp(name, "preset") == 0) {
            NMT_TRY(read_preset(r, begun, err));
            continue;
        }
        NMT_TRY(find_section(r, name, &first, err));
        if (section_line[first])
            return nmt_fail(err, NMT_ECONFIG, line_of(r),
                            "%s:%llu: section '%s' is given again (first on line %llu)",
                            AT(line_of(r)), keys[first].section,
                            (unsigned long long)section_line[first]);
        section_line[first] = line_of(r);
        NMT_TRY(read_section(r, keys[first].section, err));
    }
}

static int read_stream(struct reader *r, uint64_t *section_line, struct nmt_err *err)
{
    NMT_TRY(next(r, err)); /* the start of the stream */
    NMT_TRY(next(r, err));
    if (r->event.type == YAML_STREAM_END_EVENT)
        return 0;
    NMT_TRY(next(r, err));
    if (r->event.type == YAML_MAPPING_START_EVENT)
        NMT_TRY(read_sections(r, section_line, err));
    else if (!is_nothing(r))
        return nmt_fail(err, NMT_ECONFIG, line_of(r),
                        "%s:%llu: a configuration is made of sections with keys and values",
                        AT(line_of(r)));
    NMT_TRY(next(r, err)); /* the end of the document */
    NMT_TRY(next(r, err));
    if (r->event.type != YAML_STREAM_END_EVENT)
        return nmt_fail(err, NMT_ECONFIG, line_of(r), "%s:%llu: a second document begins here",
                        AT(line_of(r)));
    return 0;
}

/* --- the file ---------------------------------------------------------------------------- */

static int slurp(struct nmt_buffer *b, const char **name, struct nmt_lines *lines,
                 struct nmt_err *err)
{
    char *line;
    size_t len;
    int rc;
    *name = nmt_lines_name(lines);
    while ((rc = nmt_lines_next(lines, &line, &len, err)) > 0) {
        uint64_t at = nmt_lines_number(lines);
        size_t good = nmt_utf8_valid(line, len);
        if (good < len)
            return nmt_fail(err, NMT_ECONFIG, at, "%s:%llu: invalid UTF-8 at byte %zu", *name,
                            (unsigned long long)at, good + 1);
        for (size_t i = 0; i < len; i++)
            if ((unsigned char)line[i] < 0x20 && line[i] != '\t' && line[i] != '\r')
                return nmt_fail(err, NMT_ECONFIG, at, "%s:%llu: control character at byte %zu",
                                *name, (unsigned long long)at, i + 1);
        NMT_TRY(nmt_buffer_add(b, line, len, err));
        NMT_TRY(nmt_buffer_addc(b, '\n', err));
        if (b->len > MOST_BYTES)
            return nmt_fail(err, NMT_ELIMIT, at, "%s: a configuration of more than %zu bytes",
                            *name, MOST_BYTES);
    }
    return rc;
}

/* Where each key was given, for messages of later checks. */
static int remember(struct reader *r, struct nmt_err *err)
{
    char *name = strdup(r->name);
    if (!name)
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", r->name);
    free(r->c->file);
    r->c->file = name;
    memcpy(r->c->line, r->seen, sizeof r->c->line);
    return 0;
}

int nmt_config_read(struct nmt_config *c, const char *path, struct nmt_err *err)
{
    size_t n;
    nmt_config_keys(&n);
    struct nmt_lines *lines = NULL;
    struct reader r = { .c = c, .text = NMT_BUFFER_INIT };
    uint64_t *seen = calloc(2 * n, sizeof *seen);
    if (!seen || !yaml_parser_initialize(&r.parser)) {
        free(seen);
        return nmt_fail(err, NMT_ENOMEM, 0, "%s: out of memory", path);
    }
    r.seen = seen;
    int rc = nmt_lines_open(&lines, path, MOST_BYTES, err);
    if (rc == 0)
        rc = slurp(&r.text, &r.name, lines, err);
    if (rc == 0) {
        yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(
            &r.parser, (const unsigned char *)(r.text.data ? r.text.data : ""), r.text.len);
        rc = read_stream(&r, seen + n, err);
    }
    if (rc == 0)
        rc = remember(&r, err);
    if (r.has_event)
        yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    nmt_buffer_release(&r.text);
    nmt_lines_close(lines);
    free(seen);
    return rc;
}
