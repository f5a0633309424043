/* Aligning a bitext: the source is encoded, the target is forced, attention is what is wanted. */
#include <nmt/encode.h>
#include <nmt/translate.h>

#include <stdlib.h>

/* Tokens of a source line; a sentence pair of more is no sentence pair. */
#define SOURCE_MAX 2000

struct nmt_aligner {
    struct nmt_line_encoder *encoder;
    struct nmt_translator *translator;
    struct nmt_segmenter *segmenter;
    struct nmt_encoded *line;
    struct nmt_translated *record;
    size_t cap;
};

void nmt_aligned_release(struct nmt_aligned *a)
{
    nmt_buffer_release(&a->source);
    nmt_buffer_release(&a->target);
}

int nmt_aligner_new(struct nmt_aligner **out, const struct nmt_model *const *models, size_t n,
                    struct nmt_threads *threads, struct nmt_err *err)
{
    struct nmt_encode_options e = nmt_encode_defaults();
    struct nmt_translate_options t = nmt_translate_defaults();
    struct nmt_aligner *a = calloc(1, sizeof *a);
    if (!a)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    e.overlong = NMT_OVERLONG_SKIP;
    e.max_length = SOURCE_MAX;
    e.threads = t.threads = threads;
    t.search.beam = t.search.n_best = 1;
    t.alignments = true;
    int rc = nmt_line_encoder_new(&a->encoder, models, n, &e, err);
    if (rc == 0)
        rc = nmt_translator_new(&a->translator, models, n, &t, err);
    if (rc == 0)
        rc = nmt_segmenter_new(&a->segmenter, nmt_model_target_vocab(models[0]), err);
    if (rc < 0)
        nmt_aligner_free(a);
    else
        *out = a;
    return rc;
}

void nmt_aligner_free(struct nmt_aligner *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->cap; i++) {
        a->record[i].source = (struct nmt_sentence){ 0 }; /* the line's */
        nmt_translated_release(&a->record[i]);
        nmt_encoded_release(&a->line[i]);
    }
    free(a->record);
    free(a->line);
    nmt_segmenter_free(a->segmenter);
    nmt_translator_free(a->translator);
    nmt_line_encoder_free(a->encoder);
    free(a);
}

static int reserve(struct nmt_aligner *a, size_t n, struct nmt_err *err)
{
    if (n <= a->cap)
        return 0;
    struct nmt_encoded *line = realloc(a->line, n * sizeof *line);
    a->line = line ? line : a->line;
    struct nmt_translated *record = realloc(a->record, n * sizeof *record);
    a->record = record ? record : a->record;
    if (!line || !record)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (; a->cap < n; a->cap++) {
        a->line[a->cap] = (struct nmt_encoded){ 0 };
        a->record[a->cap] = (struct nmt_translated){ 0 };
    }
    return 0;
}

/* What is wrong with a line is a fault of its pair; anything else ends the run. */
static int force(struct nmt_aligner *a, struct nmt_translated *r, const struct nmt_buffer *target)
{
    const struct nmt_segmented *cut;
    const char *text = target->len ? target->data : "";
    int rc = nmt_sentence_check(text, target->len, &r->fault);
    if (rc == 0)
        rc = nmt_segmenter_encode(a->segmenter, text, target->len, &cut, &r->fault);
    if (rc == 0)
        rc = nmt_translated_force(r, text, target->len, cut, &r->fault);
    return rc == NMT_ETEXT || rc == NMT_ELIMIT ? 0 : rc;
}

int nmt_aligner_run(struct nmt_aligner *a, struct nmt_aligned *pairs, size_t n, struct nmt_err *err)
{
    NMT_TRY(reserve(a, n, err));
    for (size_t i = 0; i < n; i++) {
        a->line[i].line.len = 0;
        NMT_TRY(nmt_buffer_add(&a->line[i].line, pairs[i].source.data, pairs[i].source.len, err));
    }
    NMT_TRY(nmt_line_encoder_run(a->encoder, a->line, n, err));
    for (size_t i = 0; i < n; i++) {
        struct nmt_translated *r = &a->record[i];
        r->source = a->line[i].sentence;
        r->fault = a->line[i].fault;
        if (!r->fault.code && force(a, r, &pairs[i].target) < 0)
            return nmt_fail(err, r->fault.code, i + 1, "%s", r->fault.msg);
    }
    NMT_TRY(nmt_translator_run(a->translator, a->record, n, err));
    for (size_t i = 0; i < n; i++) {
        pairs[i].fault = a->record[i].fault;
        pairs[i].fault_in_target = pairs[i].fault.code && !a->line[i].fault.code;
        pairs[i].alignment = a->record[i].fault.code ? NULL : &a->record[i].line[0].alignment;
    }
    return 0;
}
