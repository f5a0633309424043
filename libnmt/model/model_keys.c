/* Shape, vocabularies and tensors as keys and tensors of a GGUF file, and back. */
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Choices are stored as their words: the file says what it means, not what our enums are. */
static int word_of(char *out, size_t size, const char *words, int index)
{
    for (; index > 0; index--)
        words += strcspn(words, " ") + 1;
    return snprintf(out, size, "%.*s", (int)strcspn(words, " "), words);
}

static int add_choice(struct nmt_gguf_writer *w, const char *key, const char *words, int index,
                      struct nmt_err *err)
{
    char word[32];
    word_of(word, sizeof word, words, index);
    return nmt_gguf_add_str(w, key, word, err);
}

static int read_choice(int *out, const struct nmt_gguf *g, const char *key, const char *words,
                       struct nmt_err *err)
{
    const char *value;
    NMT_TRY(nmt_gguf_get_str(g, key, &value, err));
    size_t n = strlen(value);
    int index = 0;
    for (const char *p = words; *p; index++) {
        size_t len = strcspn(p, " ");
        if (len == n && memcmp(p, value, n) == 0) {
            *out = index;
            return 0;
        }
        p += len + (p[len] == ' ');
    }
    return nmt_fail(err, NMT_EFORMAT, 0, "%s: key %s: '%.32s' is none of: %s", nmt_gguf_name(g),
                    key, value, words);
}

static int add_size(struct nmt_gguf_writer *w, const char *key, size_t n, struct nmt_err *err)
{
    return nmt_gguf_add_u32(w, key, (uint32_t)n, err);
}

static int read_size(size_t *out, const struct nmt_gguf *g, const char *key, struct nmt_err *err)
{
    uint32_t n;
    NMT_TRY(nmt_gguf_get_u32(g, key, &n, err));
    *out = n;
    return 0;
}

/*
 * Later additions to the paper's model: their keys are in the file of a model that has them, so
 * that files without them are as they always were, and mean what they meant.
 */
static int add_additions(struct nmt_gguf_writer *w, const struct nmt_shape *s, struct nmt_err *err)
{
    if (s->encoder_above)
        NMT_TRY(add_size(w, "rnnsearch.encoder_layers", s->encoder_above + 1, err));
    if (s->decoder_above)
        NMT_TRY(add_size(w, "rnnsearch.decoder_layers", s->decoder_above + 1, err));
    if (s->encoder_more)
        NMT_TRY(add_size(w, "rnnsearch.encoder_transitions", s->encoder_more + 1, err));
    if (s->decoder_more)
        NMT_TRY(add_size(w, "rnnsearch.decoder_transitions", s->decoder_more + 1, err));
    if (s->encoder_above)
        NMT_TRY(add_choice(w, "rnnsearch.encoder_stack", NMT_WORDS_STACK, (int)s->stack, err));
    if (s->start)
        NMT_TRY(add_choice(w, "rnnsearch.start", NMT_WORDS_START, (int)s->start, err));
    if (s->residual)
        NMT_TRY(nmt_gguf_add_bool(w, "rnnsearch.residual", true, err));
    if (s->layer_norm)
        NMT_TRY(nmt_gguf_add_bool(w, "rnnsearch.layer_norm", true, err));
    if (s->feed)
        NMT_TRY(nmt_gguf_add_bool(w, "rnnsearch.input_feeding", true, err));
    return 0;
}

/* How many more than the one there always is. */
static int read_more(size_t *out, const struct nmt_gguf *g, const char *key, size_t most,
                     struct nmt_err *err)
{
    size_t n = 1;
    if (nmt_gguf_has(g, key))
        NMT_TRY(read_size(&n, g, key, err));
    if (n < 1 || n > most)
        return nmt_fail(err, NMT_ESHAPE, 0, "%s: key %s: %zu is not in the range 1 to %zu",
                        nmt_gguf_name(g), key, n, most);
    *out = n - 1;
    return 0;
}

static int read_flag(bool *out, const struct nmt_gguf *g, const char *key, struct nmt_err *err)
{
    *out = false;
    return nmt_gguf_has(g, key) ? nmt_gguf_get_bool(g, key, out, err) : 0;
}

static int read_additions(struct nmt_shape *s, const struct nmt_gguf *g, struct nmt_err *err)
{
    int stack = 0, start = 0;
    NMT_TRY(read_more(&s->encoder_above, g, "rnnsearch.encoder_layers", NMT_LAYERS_MAX, err));
    NMT_TRY(read_more(&s->decoder_above, g, "rnnsearch.decoder_layers", NMT_LAYERS_MAX, err));
    NMT_TRY(
        read_more(&s->encoder_more, g, "rnnsearch.encoder_transitions", NMT_TRANSITIONS_MAX, err));
    NMT_TRY(
        read_more(&s->decoder_more, g, "rnnsearch.decoder_transitions", NMT_TRANSITIONS_MAX, err));
    if (nmt_gguf_has(g, "rnnsearch.encoder_stack"))
        NMT_TRY(read_choice(&stack, g, "rnnsearch.encoder_stack", NMT_WORDS_STACK, err));
    if (nmt_gguf_has(g, "rnnsearch.start"))
        NMT_TRY(read_choice(&start, g, "rnnsearch.start", NMT_WORDS_START, err));
    s->stack = (enum nmt_stack_kind)stack;
    s->start = (enum nmt_start_kind)start;
    NMT_TRY(read_flag(&s->residual, g, "rnnsearch.residual", err));
    NMT_TRY(read_flag(&s->layer_norm, g, "rnnsearch.layer_norm", err));
    return read_flag(&s->feed, g, "rnnsearch.input_feeding", err);
}

int nmt_model_add_shape(struct nmt_gguf_writer *w, const struct nmt_shape *s, struct nmt_err *err)
{
    NMT_TRY(add_choice(w, "rnnsearch.cell", NMT_WORDS_CELL, (int)s->cell, err));
    NMT_TRY(add_choice(w, "rnnsearch.attention", NMT_WORDS_ATTENTION, (int)s->attention, err));
    NMT_TRY(add_choice(w, "rnnsearch.order", NMT_WORDS_ORDER, (int)s->order, err));
    NMT_TRY(add_choice(w, "rnnsearch.readout", NMT_WORDS_READOUT, (int)s->readout, err));
    NMT_TRY(add_choice(w, "rnnsearch.tied", NMT_WORDS_TIED, (int)s->tied, err));
    NMT_TRY(add_size(w, "rnnsearch.source_vocabulary_size", s->V_source, err));
    NMT_TRY(add_size(w, "rnnsearch.target_vocabulary_size", s->V_target, err));
    NMT_TRY(add_size(w, "rnnsearch.embedding_length", s->E, err));
    NMT_TRY(add_size(w, "rnnsearch.encoder_state_length", s->H_enc, err));
    NMT_TRY(add_size(w, "rnnsearch.decoder_state_length", s->H_dec, err));
    NMT_TRY(add_size(w, "rnnsearch.alignment_length", s->A, err));
    NMT_TRY(add_size(w, "rnnsearch.readout_length", s->L, err));
    return add_additions(w, s, err);
}

int nmt_model_read_shape(struct nmt_shape *s, const struct nmt_gguf *g, struct nmt_err *err)
{
    int cell, attention, order, readout, tied;
    NMT_TRY(read_choice(&cell, g, "rnnsearch.cell", NMT_WORDS_CELL, err));
    NMT_TRY(read_choice(&attention, g, "rnnsearch.attention", NMT_WORDS_ATTENTION, err));
    NMT_TRY(read_choice(&order, g, "rnnsearch.order", NMT_WORDS_ORDER, err));
    NMT_TRY(read_choice(&readout, g, "rnnsearch.readout", NMT_WORDS_READOUT, err));
    NMT_TRY(read_choice(&tied, g, "rnnsearch.tied", NMT_WORDS_TIED, err));
    *s = (struct nmt_shape){
        .cell = (enum nmt_cell)cell,
        .attention = (enum nmt_attention_kind)attention,
        .order = (enum nmt_order)order,
        .readout = (enum nmt_readout_kind)readout,
        .tied = (enum nmt_tied)tied,
    };
    NMT_TRY(read_size(&s->V_source, g, "rnnsearch.source_vocabulary_size", err));
    NMT_TRY(read_size(&s->V_target, g, "rnnsearch.target_vocabulary_size", err));
    NMT_TRY(read_size(&s->E, g, "rnnsearch.embedding_length", err));
    NMT_TRY(read_size(&s->H_enc, g, "rnnsearch.encoder_state_length", err));
    NMT_TRY(read_size(&s->H_dec, g, "rnnsearch.decoder_state_length", err));
    NMT_TRY(read_size(&s->A, g, "rnnsearch.alignment_length", err));
    NMT_TRY(read_size(&s->L, g, "rnnsearch.readout_length", err));
    NMT_TRY(read_additions(s, g, err));
    struct nmt_err why = NMT_ERR_INIT;
    int rc = nmt_shape_check(s, &why);
    return rc < 0 ? nmt_fail(err, rc, 0, "%s: %s", nmt_gguf_name(g), why.msg) : 0;
}

static const char *key_of(char *out, size_t size, const char *name, const char *part)
{
    snprintf(out, size, "%s.%s", name, part);
    return out;
}

int nmt_model_add_vocab(struct nmt_gguf_writer *w, const char *name, const struct nmt_vocab *v,
                        struct nmt_err *err)
{
    const struct nmt_vocab_spec *spec = nmt_vocab_spec(v);
    const size_t n = nmt_vocab_size(v);
    char key[64];
    NMT_TRY(add_choice(w, key_of(key, sizeof key, name, "type"), NMT_WORDS_VOCAB, (int)spec->type,
                       err));
    NMT_TRY(add_choice(w, key_of(key, sizeof key, name, "normalize"), NMT_WORDS_NORMALIZE,
                       (int)spec->normalize, err));
    NMT_TRY(nmt_gguf_add_bool(w, key_of(key, sizeof key, name, "lowercase"), spec->lowercase, err));
    NMT_TRY(nmt_gguf_add_bool(w, key_of(key, sizeof key, name, "byte_fallback"),
                              spec->byte_fallback, err));
    const char **pieces = malloc(n * sizeof *pieces);
    size_t *lengths = malloc(n * sizeof *lengths);
    float *scores = malloc(n * sizeof *scores);
    int rc = pieces && lengths && scores ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; rc == 0 && i < n; i++) {
        pieces[i] = nmt_vocab_piece(v, (nmt_id)i, &lengths[i]);
        scores[i] = nmt_vocab_score(v, (nmt_id)i);
    }
    if (rc == 0)
        rc = nmt_gguf_add_strs(w, key_of(key, sizeof key, name, "pieces"), pieces, lengths, n, err);
    if (rc == 0)
        rc = nmt_gguf_add_f32s(w, key_of(key, sizeof key, name, "scores"), scores, n, err);
    free(pieces);
    free(lengths);
    free(scores);
    return rc;
}

int nmt_model_read_vocab(struct nmt_vocab **v, const struct nmt_gguf *g, const char *name,
                         struct nmt_err *err)
{
    char key[64];
    int type, normalize;
    struct nmt_vocab_spec spec = { 0 };
    NMT_TRY(read_choice(&type, g, key_of(key, sizeof key, name, "type"), NMT_WORDS_VOCAB, err));
    NMT_TRY(read_choice(&normalize, g, key_of(key, sizeof key, name, "normalize"),
                        NMT_WORDS_NORMALIZE, err));
    NMT_TRY(nmt_gguf_get_bool(g, key_of(key, sizeof key, name, "lowercase"), &spec.lowercase, err));
    NMT_TRY(nmt_gguf_get_bool(g, key_of(key, sizeof key, name, "byte_fallback"),
                              &spec.byte_fallback, err));
    spec.type = (enum nmt_vocab_type)type;
    spec.normalize = (enum nmt_normalize)normalize;

    const char **pieces = NULL;
    size_t *lengths = NULL, n = 0, n_scores = 0;
    float *scores = NULL;
    int rc =
        nmt_gguf_get_strs(g, key_of(key, sizeof key, name, "pieces"), &pieces, &lengths, &n, err);
    if (rc == 0)
        rc = nmt_gguf_get_f32s(g, key_of(key, sizeof key, name, "scores"), &scores, &n_scores, err);
    if (rc == 0 && n != n_scores)
        rc = nmt_fail(err, NMT_EFORMAT, 0, "%s: %zu pieces but %zu scores in %s", nmt_gguf_name(g),
                      n, n_scores, name);
    if (rc == 0)
        rc = nmt_vocab_from_pieces(v, &spec, pieces, lengths, scores, n, err);
    free(pieces);
    free(lengths);
    free(scores);
    return rc;
}

static uint32_t dims_of(const struct nmt_tensor *t, uint64_t dims[2])
{
    if (t->rows == 1) {
        dims[0] = t->cols;
        return 1;
    }
    dims[0] = t->rows;
    dims[1] = t->cols;
    return 2;
}

int nmt_model_add_tensors(struct nmt_gguf_writer *w, const char *prefix,
                          const struct nmt_layout *layout, const float *block, struct nmt_err *err)
{
    for (size_t i = 0; i < layout->n; i++) {
        const struct nmt_tensor *t = &layout->tensor[i];
        char name[NMT_TENSOR_NAME + 16];
        uint64_t dims[2];
        snprintf(name, sizeof name, "%s%s", prefix, t->name);
        uint32_t n_dims = dims_of(t, dims);
        NMT_TRY(nmt_gguf_add_tensor(w, name, block + t->offset, n_dims, dims, err));
    }
    return 0;
}

int nmt_model_copy_tensors(real *block, const struct nmt_gguf *g, const char *prefix,
                           const struct nmt_layout *layout, struct nmt_err *err)
{
    memset(block, 0, layout->count * sizeof *block);
    for (size_t i = 0; i < layout->n; i++) {
        const struct nmt_tensor *t = &layout->tensor[i];
        char name[NMT_TENSOR_NAME + 16];
        uint64_t dims[2];
        const float *data;
        snprintf(name, sizeof name, "%s%s", prefix, t->name);
        uint32_t n_dims = dims_of(t, dims);
        NMT_TRY(nmt_gguf_get_tensor(g, name, n_dims, dims, &data, err));
        for (size_t k = 0; k < t->rows * t->cols; k++)
            block[t->offset + k] = (real)data[k];
    }
    return 0;
}
