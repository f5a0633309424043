/* Ids and pieces, as text and out of text. */
#include <nmt/id_text.h>

#include <stdlib.h>
#include <string.h>

void nmt_ids_release(struct nmt_ids *ids)
{
    free(ids->data);
    *ids = (struct nmt_ids){ NULL, 0, 0 };
}

int nmt_ids_add(struct nmt_ids *ids, nmt_id id, struct nmt_err *err)
{
    if (ids->n == ids->cap) {
        size_t cap = ids->cap * 2 + 64;
        nmt_id *data = realloc(ids->data, cap * sizeof *data);
        if (!data)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        ids->data = data;
        ids->cap = cap;
    }
    ids->data[ids->n++] = id;
    return 0;
}

int nmt_ids_set(struct nmt_ids *ids, const nmt_id *from, size_t n, struct nmt_err *err)
{
    ids->n = 0;
    for (size_t i = 0; i < n; i++)
        NMT_TRY(nmt_ids_add(ids, from[i], err));
    return 0;
}

/* The next run of bytes other than space; false at the end. */
static bool next_word(const char **p, const char *end, const char **word, size_t *len)
{
    while (*p < end && **p == ' ')
        ++*p;
    *word = *p;
    while (*p < end && **p != ' ')
        ++*p;
    *len = (size_t)(*p - *word);
    return *len > 0;
}

static int parse_id(nmt_id *id, const char *word, size_t len, size_t size, struct nmt_err *err)
{
    uint64_t value = 0;
    bool bad = len > 10;
    for (size_t i = 0; i < len && !bad; i++) {
        bad = word[i] < '0' || word[i] > '9';
        value = value * 10 + (uint64_t)(word[i] - '0');
    }
    if (bad || value >= size)
        return nmt_fail(err, NMT_ETEXT, 0, "'%.*s' is not an id below %zu",
                        (int)(len < 40 ? len : 40), word, size);
    *id = (nmt_id)value;
    return 0;
}

int nmt_ids_parse(struct nmt_ids *ids, const char *line, size_t len, size_t size,
                  struct nmt_err *err)
{
    const char *p = line, *word;
    size_t n;
    nmt_id id = 0;
    ids->n = 0;
    while (next_word(&p, line + len, &word, &n)) {
        NMT_TRY(parse_id(&id, word, n, size, err));
        NMT_TRY(nmt_ids_add(ids, id, err));
    }
    return 0;
}

int nmt_ids_parse_pieces(struct nmt_ids *ids, const char *line, size_t len,
                         const struct nmt_vocab *v, struct nmt_err *err)
{
    size_t unk_len, n;
    const char *unk = nmt_vocab_piece(v, NMT_ID_UNK, &unk_len), *p = line, *word;
    ids->n = 0;
    while (next_word(&p, line + len, &word, &n)) {
        nmt_id id = nmt_vocab_find(v, word, n);
        if (id == NMT_ID_UNK && (n != unk_len || memcmp(word, unk, n) != 0))
            return nmt_fail(err, NMT_ETEXT, 0, "'%.*s' is not a piece of the vocabulary",
                            (int)(n < 100 ? n : 100), word);
        NMT_TRY(nmt_ids_add(ids, id, err));
    }
    return 0;
}

int nmt_ids_format(struct nmt_buffer *out, const nmt_id *ids, size_t n, struct nmt_err *err)
{
    if (n == 0)
        return 0;                                  /* out may have no data yet */
    NMT_TRY(nmt_buffer_reserve(out, n * 11, err)); /* ten digits and a space each */
    char *p = out->data + out->len;
    for (size_t i = 0; i < n; i++) {
        char digits[10];
        size_t k = sizeof digits;
        nmt_id rest = ids[i];
        do
            digits[--k] = (char)('0' + rest % 10);
        while (rest /= 10);
        if (i > 0)
            *p++ = ' ';
        while (k < sizeof digits)
            *p++ = digits[k++];
    }
    out->len = (size_t)(p - out->data);
    return 0;
}

int nmt_ids_format_pieces(struct nmt_buffer *out, const nmt_id *ids, size_t n,
                          const struct nmt_vocab *v, struct nmt_err *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t len;
        const char *piece = nmt_vocab_piece(v, ids[i], &len);
        if (i > 0)
            NMT_TRY(nmt_buffer_addc(out, ' ', err));
        NMT_TRY(nmt_buffer_add(out, piece, len, err));
    }
    return 0;
}
