/*
 * Fuzz target for vocabulary files, of nmt and of sentencepiece. What is loaded is saved and loaded
 * again as the same, and cuts text into pieces that give the text back.
 */
#include "through_pipe.h"

#include <nmt/utf8.h>
#include <nmt/vocab.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct nmt_vocab *load(const uint8_t *data, size_t size, const struct nmt_vocab_spec *spec)
{
    struct nmt_vocab *v = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    struct through_pipe p;
    pipe_fill(&p, data, size);
    int rc = nmt_vocab_load_as(&v, p.out, spec, &err);
    pipe_close(&p);
    if ((rc < 0) != (v == NULL) || (rc < 0) != (err.code != 0))
        abort();
    if (rc < 0 && strncmp(err.msg, p.out, strlen(p.out)) != 0)
        abort(); /* a message names the file */
    return v;
}

static void must_be_saved(const struct nmt_vocab *v)
{
    struct nmt_output *o = NULL;
    struct nmt_vocab *again = NULL;
    struct through_pipe p;
    pipe_open(&p);
    if (nmt_output_open(&o, p.in, NULL) < 0 || nmt_vocab_save(v, o, NULL) < 0 ||
        nmt_output_close(&o, NULL) < 0)
        abort();
    pipe_ends(&p);
    if (nmt_vocab_load(&again, p.out, NULL) < 0 || nmt_vocab_size(again) != nmt_vocab_size(v))
        abort();
    pipe_close(&p);
    for (nmt_id id = 0; id < nmt_vocab_size(v); id++)
        if (strcmp(nmt_vocab_piece(v, id, NULL), nmt_vocab_piece(again, id, NULL)) != 0 ||
            nmt_vocab_score(v, id) != nmt_vocab_score(again, id))
            abort();
    nmt_vocab_free(again);
}

static void must_come_back(const struct nmt_vocab *v, const char *line, size_t len)
{
    struct nmt_segmenter *s = NULL;
    struct nmt_buffer text = NMT_BUFFER_INIT;
    const struct nmt_segmented *cut;
    if (nmt_segmenter_new(&s, v, NULL) < 0)
        abort();
    for (int round = 0; round < 2; round++) { /* the second one with dropout */
        bool known = nmt_vocab_spec(v)->normalize == NMT_NORMALIZE_NONE &&
                     !nmt_vocab_spec(v)->lowercase && !memchr(line, '\0', len);
        text.len = 0;
        if (nmt_segmenter_encode(s, line, len, &cut, NULL) < 0)
            break;
        for (size_t i = 0; i < cut->n; i++)
            known &= cut->ids[i] != NMT_ID_UNK;
        if (nmt_vocab_decode(v, cut->ids, cut->n, &text, NULL) < 0 ||
            (known && (text.len != len || (len > 0 && memcmp(text.data, line, len) != 0))))
            abort();
        nmt_segmenter_dropout(s, 0.5, 1, 1);
    }
    nmt_buffer_release(&text);
    nmt_segmenter_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nmt_vocab_spec spec = { .type = (enum nmt_vocab_type)(size % 3) };
    if (size > THROUGH_PIPE_MOST / 4)
        return 0;
    struct nmt_vocab *v = load(data, size, size % 2 ? &spec : NULL);
    if (!v)
        return 0;
    must_be_saved(v);
    const char *line = (const char *)data, *end = line + size;
    while (line < end) {
        const char *lf = memchr(line, '\n', (size_t)(end - line));
        size_t len = (size_t)((lf ? lf : end) - line);
        must_come_back(v, line, len);
        line += len + 1;
    }
    nmt_vocab_free(v);
    return 0;
}
