/* Small streams for tests. */
#include "io_helper.h"
#include "seal.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- content --------------------------------------------------------------------------------- */

static char text[] = "zw\xC3\xB6lf  Boxk\xC3\xA4mpfer jagen";
static struct nmt_span words[] = { { 0, 6 }, { 8, 11 }, { 20, 5 } };
static nmt_id ids_a[] = { 5, 0, 7, 2 }, ids_b[] = { 3, 4, 4, 2 };
static uint32_t word_a[] = { 0, 1, 2, NMT_NO_WORD }, word_b[] = { 0, NMT_NO_WORD, 2, NMT_NO_WORD };
static float h_a[] = { 0.5f, -1, 2, 3e-8f, 4, -0.0f, 6, 7, 8, 9, 10, 11 };
static float h_b[] = { -0.25f, 1e30f };
static struct nmt_annotation annotations[] = {
    { 4, 4, 3, ids_a, word_a, h_a },
    { 4, 1, 2, ids_b, word_b, h_b },
};
static struct nmt_annotation nothing[] = {
    { 0, 0, 3, NULL, NULL, NULL },
    { 0, 0, 2, NULL, NULL, NULL },
};

const struct nmt_sentence *helper_sentence(void)
{
    static struct nmt_sentence s = {
        text, sizeof text - 1, 3, 2, words, annotations, { NULL, 0, 0 }
    };
    return &s;
}

const struct nmt_sentence *helper_empty_sentence(void)
{
    static char spaces[] = "  ";
    static struct nmt_sentence s = { spaces, 2, 0, 2, NULL, nothing, { NULL, 0, 0 } };
    return &s;
}

const struct nmt_alignment *helper_alignments(void)
{
    static char source[] = "das \xC3\xA4ltere Haus", target[] = "the house", none[] = "";
    static float weight[] = { 0.75f, 0.125f, 0, 0, 0.5f, 0.5f };
    static struct nmt_alignment a[] = { { 3, 2, source, target, weight },
                                        { 0, 0, none, none, weight } };
    return a;
}

struct nmt_stream_header helper_header(enum nmt_stream_kind kind)
{
    struct nmt_stream_header h = { .kind = kind, .n_models = kind == NMT_STREAM_IDS ? 1 : 2 };
    for (int i = 0; i < NMT_FINGERPRINT; i++) {
        h.model[0].fingerprint[i] = (uint8_t)(0x11 * i);
        h.model[1].fingerprint[i] = (uint8_t)(255 - i);
    }
    if (kind != NMT_STREAM_ALIGNMENTS)
        h.model[0].vocabulary = h.model[1].vocabulary = 8;
    if (kind == NMT_STREAM_ANNOTATIONS) {
        h.model[0].width = 3;
        h.model[1].width = 2;
        h.model[1].single = true;
    }
    return h;
}

/* --- files ----------------------------------------------------------------------------------- */

const char *helper_path(void)
{
    static char path[4096];
    const char *tmp = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/nmt-io.XXXXXX", tmp ? tmp : "/tmp");
    cr_assert(mkdtemp(path) != NULL);
    strcat(path, "/file");
    return path;
}

void helper_forget(const char *path)
{
    char folder[4096];
    unlink(path);
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    rmdir(folder);
}

struct nmt_buffer helper_file(const char *path)
{
    struct nmt_buffer b = NMT_BUFFER_INIT;
    FILE *f = fopen(path, "rb");
    cr_assert(f != NULL);
    char piece[4096];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        cr_assert(eq(int, nmt_buffer_add(&b, piece, n, NULL), 0));
    fclose(f);
    return b;
}

/* --- streams --------------------------------------------------------------------------------- */

static int write_one(struct nmt_stream_writer *w, char what, struct nmt_err *err)
{
    switch (what) {
    case 's':
        return nmt_stream_write_sentence(w, helper_sentence(), err);
    case 'e':
        return nmt_stream_write_sentence(w, helper_empty_sentence(), err);
    case 'a':
        return nmt_stream_write_alignments(w, helper_alignments(), 2, err);
    case 'i':
        return nmt_stream_write_ids(w, ids_a, 4, err);
    default:
        return nmt_stream_write_failed(w, 17, "too l\xC3\xB6ng\n\xFF!", err);
    }
}

struct nmt_buffer helper_stream(enum nmt_stream_kind kind, const char *records)
{
    const char *path = helper_path();
    struct nmt_stream_header h = helper_header(kind);
    struct nmt_output *out = NULL;
    struct nmt_stream_writer *w = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_output_open(&out, path, &err), 0));
    cr_assert(eq(int, nmt_stream_writer_new(&w, out, &h, 0, &err), 0), "%s", err.msg);
    for (const char *r = records; *r; r++)
        cr_assert(eq(int, write_one(w, *r, &err), 0), "%s", err.msg);
    cr_assert(eq(int, nmt_stream_write_end(w, &err), 0));
    nmt_stream_writer_free(w);
    cr_assert(eq(int, nmt_output_close(&out, &err), 0));
    struct nmt_buffer b = helper_file(path);
    helper_forget(path);
    return b;
}

struct nmt_stream_reader *helper_open(enum nmt_stream_kind kind, const void *bytes, size_t n,
                                      int *fd)
{
    struct nmt_stream_reader *r = NULL;
    FILE *f = tmpfile();
    cr_assert(f != NULL);
    *fd = dup(fileno(f));
    fclose(f);
    cr_assert(eq(long, pwrite(*fd, bytes, n, 0), (long)n));
    cr_assert(eq(int, nmt_stream_open_fd(&r, *fd, "test", kind, 0, NULL), 0));
    return r;
}

static uint32_t le32(const void *p)
{
    return seal_u32(p);
}

void helper_record(const struct nmt_buffer *stream, size_t i, size_t *start, size_t *n)
{
    *start = 0;
    *n = 20 + 32 * le32(stream->data + 16) + 4;
    for (size_t k = 0; k < i; k++) {
        *start += *n;
        *n = 12 + le32(stream->data + *start + 4) + 4;
    }
    cr_assert(stream->len >= *start + *n);
}

void helper_seal(struct nmt_buffer *stream)
{
    seal_stream((unsigned char *)stream->data, stream->len);
}

/* --- comparing ------------------------------------------------------------------------------- */

static void same_sentence(const struct nmt_sentence *a, const struct nmt_sentence *b)
{
    cr_assert(eq(str, a->text, b->text));
    cr_assert(eq(u32, a->text_len, b->text_len));
    cr_assert(eq(u32, a->n_words, b->n_words));
    cr_assert(eq(u32, a->n_models, b->n_models));
    for (uint32_t i = 0; i < a->n_words; i++)
        cr_assert(a->words[i].start == b->words[i].start && a->words[i].len == b->words[i].len);
    for (uint32_t i = 0; i < a->n_models; i++) {
        const struct nmt_annotation *x = &a->annotation[i], *y = &b->annotation[i];
        cr_assert(x->n == y->n && x->rows == y->rows && x->width == y->width);
        cr_assert(x->n == 0 || memcmp(x->ids, y->ids, 4 * (size_t)x->n) == 0);
        cr_assert(x->n == 0 || memcmp(x->word, y->word, 4 * (size_t)x->n) == 0);
        cr_assert(x->n == 0 || memcmp(x->h, y->h, 4 * (size_t)x->rows * x->width) == 0);
    }
}

static void same_alignment(const struct nmt_alignment *a, const struct nmt_alignment *b)
{
    cr_assert(eq(str, a->source, b->source));
    cr_assert(eq(str, a->target, b->target));
    cr_assert(a->n_source == b->n_source && a->n_target == b->n_target);
    cr_assert(memcmp(a->weight, b->weight, 4 * (size_t)a->n_source * a->n_target) == 0);
}

/* What a reader takes records into. */
struct taken {
    struct nmt_sentence sentence;
    struct nmt_alignments alignments;
};

static int take_one(struct nmt_stream_reader *r, char what, struct taken *t, struct nmt_err *err)
{
    const nmt_id *ids = NULL;
    size_t n = 0;
    if (what == 's' || what == 'e') {
        NMT_TRY(nmt_stream_sentence(r, &t->sentence, err));
        same_sentence(&t->sentence, what == 's' ? helper_sentence() : helper_empty_sentence());
    } else if (what == 'a') {
        NMT_TRY(nmt_stream_alignments(r, &t->alignments, err));
        cr_assert(eq(u32, t->alignments.n, 2));
        for (int i = 0; i < 2; i++)
            same_alignment(&t->alignments.alignment[i], &helper_alignments()[i]);
    } else {
        NMT_TRY(nmt_stream_ids(r, &ids, &n, err));
        cr_assert(n == 4 && memcmp(ids, ids_a, sizeof ids_a) == 0);
    }
    return 0;
}

int helper_read(enum nmt_stream_kind kind, const void *bytes, size_t n, const char *records,
                struct nmt_err *err)
{
    int fd, rc, count = 0;
    struct nmt_stream_reader *r = helper_open(kind, bytes, n, &fd);
    struct taken t = { 0 };
    while ((rc = nmt_stream_next(r, err)) > 0) {
        char what = count < (int)strlen(records) ? records[count] : '\0';
        count++;
        cr_assert(eq(ulong, nmt_stream_number(r), (unsigned long)count));
        cr_assert(what != '\0', "a record too many");
        cr_assert(eq(int, rc, what == 'f' ? NMT_RECORD_FAILED : NMT_RECORD_DATA));
        if (what == 'f') {
            cr_assert(eq(ulong, nmt_stream_failed_line(r), 17));
            cr_assert(eq(str, (char *)nmt_stream_failed_reason(r),
                         "too l\xC3\xB6ng?"
                         "?!"));
        } else if ((rc = take_one(r, what, &t, err)) < 0) {
            break;
        }
    }
    nmt_stream_close(r);
    close(fd);
    nmt_sentence_release(&t.sentence);
    nmt_alignments_release(&t.alignments);
    return rc < 0 ? rc : count;
}
