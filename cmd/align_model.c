/* Alignments of a given bitext by a model: encode the source, force the target, a window at a time.
 */
#include "align_model.h"

#include <nmt/encode.h>
#include <nmt/sides.h>
#include <nmt/translate.h>

#include <stdlib.h>

#define WINDOW       ((size_t)512)
#define LONGEST_LINE ((size_t)1 << 24)
#define MOST_TOKENS  ((size_t)2000)

struct align_model {
    struct nmt_model *model;
    struct nmt_threads *threads;
    struct nmt_line_encoder *encoder;
    struct nmt_translator *translator;
    struct nmt_segmenter *segmenter;
    struct nmt_sides sides;
    struct nmt_encoded *line;          /* [WINDOW] */
    struct nmt_translated *translated; /* [WINDOW] */
    size_t n, at;                      /* pairs in the window; the next one */
    uint64_t done;                     /* pairs handed out */
    bool ended;
};

static int open_parts(struct align_model *a, const char *model, const char *source,
                      const char *target, size_t threads, struct nmt_err *err)
{
    const char *const paths[2] = { source, target };
    struct nmt_encode_options encode = nmt_encode_defaults();
    struct nmt_translate_options translate = nmt_translate_defaults();
    NMT_TRY(nmt_sides_open(&a->sides, paths, 2, LONGEST_LINE, err));
    NMT_TRY(nmt_model_open(&a->model, model, err));
    NMT_TRY(nmt_threads_new(&a->threads, threads, err));
    const struct nmt_model *const models[1] = { a->model };
    encode.threads = translate.threads = a->threads;
    encode.overlong = NMT_OVERLONG_SKIP;
    encode.max_length = MOST_TOKENS;
    translate.alignments = translate.search.alignments = true;
    NMT_TRY(nmt_line_encoder_new(&a->encoder, models, 1, &encode, err));
    NMT_TRY(nmt_translator_new(&a->translator, models, 1, &translate, err));
    return nmt_segmenter_new(&a->segmenter, nmt_model_target_vocab(a->model), err);
}

int align_model_open(struct align_model **out, const char *model, const char *source,
                     const char *target, size_t threads, struct nmt_err *err)
{
    struct align_model *a = calloc(1, sizeof *a);
    if (a) {
        a->line = calloc(WINDOW, sizeof *a->line);
        a->translated = calloc(WINDOW, sizeof *a->translated);
    }
    if (!a || !a->line || !a->translated) {
        align_model_close(a);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    }
    int rc = open_parts(a, model, source, target, threads, err);
    if (rc < 0)
        align_model_close(a);
    else
        *out = a;
    return rc;
}

void align_model_close(struct align_model *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < WINDOW; i++) {
        if (a->translated) { /* the sentence was only borrowed from the encoder */
            a->translated[i].source = (struct nmt_sentence){ 0 };
            nmt_translated_release(&a->translated[i]);
        }
        if (a->line)
            nmt_encoded_release(&a->line[i]);
    }
    nmt_segmenter_free(a->segmenter);
    nmt_translator_free(a->translator);
    nmt_line_encoder_free(a->encoder);
    nmt_threads_free(a->threads);
    nmt_model_close(a->model);
    nmt_sides_close(&a->sides);
    free(a->line);
    free(a->translated);
    free(a);
}

void align_model_header(const struct align_model *a, struct nmt_stream_header *h)
{
    nmt_line_encoder_header(a->encoder, h);
    h->kind = NMT_STREAM_ALIGNMENTS;
    h->model[0].width = h->model[0].vocabulary = 0;
    h->model[0].single = false;
}

/* Reads a pair into place n: the source line to be encoded, the target to be forced. */
static int read_pair(struct align_model *a, struct nmt_err *err)
{
    struct nmt_encoded *e = &a->line[a->n];
    struct nmt_translated *t = &a->translated[a->n];
    const struct nmt_side *side = a->sides.at;
    const struct nmt_segmented *cut;
    e->line.len = 0;
    t->fault = (struct nmt_err)NMT_ERR_INIT;
    NMT_TRY(nmt_buffer_add(&e->line, side[0].line, side[0].len, err));
    int rc = nmt_segmenter_encode(a->segmenter, side[1].line, side[1].len, &cut, &t->fault);
    if (rc == 0 && cut->n > MOST_TOKENS)
        nmt_fail(&t->fault, NMT_ELIMIT, 0, "the target has %zu tokens, more than %zu", cut->n,
                 MOST_TOKENS);
    else if (rc == 0)
        NMT_TRY(nmt_translated_force(t, side[1].line, side[1].len, cut, err));
    return rc == NMT_ENOMEM ? nmt_fail(err, rc, 0, "%s", t->fault.msg) : 0;
}

/* A pair with an empty side has no links; the search is not asked for what cannot be. */
static void take_source(struct nmt_translated *t, const struct nmt_encoded *e)
{
    t->source = e->sentence;
    if (!t->fault.code && e->fault.code)
        t->fault = e->fault;
    if (!t->fault.code && t->source.annotation[0].n == 0) {
        t->target.n = t->target_word.n = 0;
        t->target_line.len = 0;
    }
}

static int fill_window(struct align_model *a, struct nmt_err *err)
{
    int rc = 1;
    a->n = a->at = 0;
    while (a->n < WINDOW && (rc = nmt_sides_next(&a->sides, err)) > 0) {
        NMT_TRY(read_pair(a, err));
        a->n++;
    }
    NMT_TRY(rc);
    a->ended = rc == 0;
    if (a->n == 0)
        return 0;
    NMT_TRY(nmt_line_encoder_run(a->encoder, a->line, a->n, err));
    for (size_t i = 0; i < a->n; i++)
        take_source(&a->translated[i], &a->line[i]);
    return nmt_translator_run(a->translator, a->translated, a->n, err);
}

int align_model_next(struct align_model *a, struct nmt_alignment **alignment, const char **reason,
                     struct nmt_err *err)
{
    if (a->at == a->n) {
        if (a->ended)
            return NMT_RECORD_END;
        NMT_TRY(fill_window(a, err));
        if (a->n == 0)
            return NMT_RECORD_END;
    }
    struct nmt_translated *t = &a->translated[a->at++];
    a->done++;
    if (t->fault.code || t->n == 0) {
        *reason = t->fault.code ? t->fault.msg : "the model gives no score";
        return NMT_RECORD_FAILED;
    }
    *alignment = &t->line[0].alignment;
    return NMT_RECORD_DATA;
}

const char *align_model_name(const struct align_model *a)
{
    return nmt_lines_name(a->sides.at[0].file);
}

uint64_t align_model_line(const struct align_model *a)
{
    return a->done;
}
