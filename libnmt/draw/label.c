/* Words that can be shown: cleaning, and cutting into what a reader sees as characters. */
#include "label_internal.h"

#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define BLOT 0xFFFD

/* Longest cluster; marks heaped higher start a new one. */
#define CLUSTER_BYTES 256

/* What stands for a character that would steer a terminal or is not allowed in XML. */
static uint32_t shown(uint32_t cp)
{
    if (cp < 0x20)
        return 0x2400 + cp; /* its picture: U+2409 for a tab */
    if (cp == 0x7F)
        return 0x2421;
    bool steers = (cp >= 0x80 && cp < 0xA0) || cp == 0x061C || cp == 0x200E || cp == 0x200F ||
                  (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||
                  cp == 0xFEFF || (cp & 0xFFFE) == 0xFFFE;
    return steers ? BLOT : cp;
}

static size_t columns_of(uint32_t cp)
{
    int width = utf8proc_charwidth((utf8proc_int32_t)cp);
    return width < 0 ? 0 : width > 2 ? 2 : (size_t)width;
}

/* Average advances of sans-serif fonts, in em: enough to leave room for a label. */
static double advance_of(uint32_t cp)
{
    size_t columns = columns_of(cp);
    if (columns != 1)
        return columns == 2 ? 1.0 : 0.0;
    if (cp < 0x80 && strchr("iljI.,:;'|!", (int)cp))
        return 0.32;
    if (cp < 0x80 && strchr("ftr()[]-/\\ ", (int)cp))
        return 0.42;
    if (cp == 'm' || cp == 'w' || cp == 'M' || cp == 'W' || cp == '%' || cp == '@')
        return 0.98;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)cp);
    return category == UTF8PROC_CATEGORY_LU ? 0.74 : 0.64;
}

static int add_cluster(struct labels *l, struct nmt_err *err)
{
    if (l->n_clusters == l->clusters_cap) {
        size_t cap = l->clusters_cap ? l->clusters_cap * 2 : 256;
        struct cluster *bigger = realloc(l->cluster, cap * sizeof *bigger);
        if (!bigger)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for labels");
        l->cluster = bigger;
        l->clusters_cap = cap;
    }
    l->cluster[l->n_clusters++] = (struct cluster){ .start = (uint32_t)l->text.len };
    return 0;
}

static int add_character(struct labels *l, struct label *label, uint32_t cp, bool starts,
                         struct nmt_err *err)
{
    char bytes[4];
    size_t n = nmt_utf8_encode(cp, bytes);
    if (starts || l->cluster[l->n_clusters - 1].len + n > CLUSTER_BYTES) {
        NMT_TRY(add_cluster(l, err));
        label->n++;
    }
    struct cluster *c = &l->cluster[l->n_clusters - 1];
    NMT_TRY(nmt_buffer_add(&l->text, bytes, n, err));
    size_t width = columns_of(cp);
    if (width > c->width) {
        label->width += width - c->width;
        c->width = (uint16_t)width;
    }
    if (c->len == 0 || width > 0)
        label->advance += advance_of(cp);
    c->len = (uint16_t)(c->len + n);
    return 0;
}

static int add_word(struct labels *l, struct label *label, const char *word, size_t len,
                    struct nmt_err *err)
{
    if (len > UINT32_MAX / 4 || l->text.len > UINT32_MAX / 4)
        return nmt_fail(err, NMT_ELIMIT, 0, "the line is too long to be drawn");
    utf8proc_int32_t state = 0;
    uint32_t before = 0;
    *label = (struct label){ .first = l->n_clusters, .start = l->text.len };
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t used = nmt_utf8_decode(word + i, len - i, &cp);
        cp = used ? shown(cp) : BLOT;
        bool starts = i == 0 || utf8proc_grapheme_break_stateful((utf8proc_int32_t)before,
                                                                 (utf8proc_int32_t)cp, &state);
        NMT_TRY(add_character(l, label, cp, starts, err));
        before = cp;
        i += used ? used : 1;
    }
    label->len = l->text.len - label->start;
    return 0;
}

int nmt_labels_init(struct labels *l, const char *words, size_t n, struct nmt_err *err)
{
    l->label = calloc(n ? n : 1, sizeof *l->label);
    if (!l->label)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for labels");
    for (; l->n < n; l->n++) {
        size_t len = strcspn(words, " ");
        NMT_TRY(add_word(l, &l->label[l->n], words, len, err));
        words += len + (words[len] == ' ');
    }
    return 0;
}

int nmt_labels_add(struct labels *l, const char *text, struct nmt_err *err)
{
    struct label *bigger = realloc(l->label, (l->n + 1) * sizeof *bigger);
    if (!bigger)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for labels");
    l->label = bigger;
    NMT_TRY(add_word(l, &l->label[l->n], text, strlen(text), err));
    l->n++;
    return 0;
}

int nmt_label_escape(struct nmt_buffer *out, const char *s, size_t n, struct nmt_err *err)
{
    for (size_t i = 0; i < n; i++) {
        const char *entity = s[i] == '&'   ? "&amp;"
                             : s[i] == '<' ? "&lt;"
                             : s[i] == '>' ? "&gt;"
                             : s[i] == '"' ? "&quot;"
                                           : NULL;
        NMT_TRY(entity ? nmt_buffer_adds(out, entity, err) : nmt_buffer_addc(out, s[i], err));
    }
    return 0;
}

int nmt_label_add(struct nmt_buffer *out, const struct labels *l, size_t i, size_t longest,
                  struct nmt_err *err)
{
    const struct label *label = &l->label[i];
    if (label->n <= longest)
        return nmt_label_escape(out, l->text.data + label->start, label->len, err);
    size_t end = l->cluster[label->first + longest - 1].start;
    NMT_TRY(nmt_label_escape(out, l->text.data + label->start, end - label->start, err));
    return nmt_buffer_adds(out, "\xE2\x80\xA6", err);
}

void nmt_labels_release(struct labels *l)
{
    nmt_buffer_release(&l->text);
    free(l->cluster);
    free(l->label);
    *l = (struct labels){ 0 };
}
