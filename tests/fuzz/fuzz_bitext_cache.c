/*
 * Fuzz target for the file of data.cache. Its digests are made to agree, so that what stands behind
 * them is looked at: whatever is taken must be pairs that training can work on.
 */
#include "train/bitext_cache.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES = 3, MAX_LENGTH = 6, VOCABULARY = 5, HEADER = 192, AT_OURS = 96, MOST = 1 << 14 };

struct fixture {
    struct nmt_vocab *vocab;
    struct nmt_text text[2];
    struct nmt_bitext_plan plan;
    char path[32];
    unsigned char file[HEADER + MOST];
};

static void put_digest(unsigned char *p, const unsigned char *bytes, size_t n)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, n));
    memcpy(p, canonical.digest, 16);
}

static void build(struct fixture *f)
{
    static const char *const sides[2][LINES] = { { "a", "b a", "ab" }, { "b", "a", "ba" } };
    const char *const pieces[] = { "<unk>", "<s>", "</s>", "a", "b" };
    const size_t lengths[] = { 5, 3, 4, 1, 1 };
    const struct nmt_vocab_spec spec = { NMT_VOCAB_CHAR, NMT_NORMALIZE_NONE, false, false };
    memset(f, 0, sizeof *f);
    if (nmt_vocab_from_pieces(&f->vocab, &spec, pieces, lengths, NULL, VOCABULARY, NULL) < 0)
        abort();
    f->plan = (struct nmt_bitext_plan){ .max_length = MAX_LENGTH };
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < LINES; i++)
            if (nmt_text_add(&f->text[side], sides[side][i], strlen(sides[side][i]), NULL) < 0)
                abort();
        if (nmt_text_map(&f->text[side], NULL) < 0)
            abort();
        f->plan.text[side] = &f->text[side];
        f->plan.vocab[side] = f->vocab;
    }
    snprintf(f->path, sizeof f->path, "/tmp/nmt-fuzz.XXXXXX");
    const int fd = mkstemp(f->path);
    if (fd < 0 || close(fd) < 0)
        abort();
}

static void release(struct fixture *f)
{
    unlink(f->path);
    nmt_text_release(&f->text[0]);
    nmt_text_release(&f->text[1]);
    nmt_vocab_free(f->vocab);
}

/* The start of a good file's header, behind it the counts and arrays of the input. */
static size_t forge(struct fixture *f, const uint8_t *data, size_t size)
{
    struct nmt_bitext b;
    if (nmt_bitext_build(&b, &f->plan, NULL, NULL) < 0 ||
        nmt_bitext_save(&b, &f->plan, f->path, NULL) < 0)
        abort();
    nmt_bitext_release(&b);
    FILE *in = fopen(f->path, "rb");
    if (!in || fread(f->file, 1, HEADER, in) != HEADER || fclose(in) != 0)
        abort();
    const size_t counts = 144 - AT_OURS, first = size < counts ? size : counts;
    memcpy(f->file + AT_OURS, data, first);
    memcpy(f->file + HEADER, data + first, size - first);
    put_digest(f->file + 160, f->file + HEADER, size - first);
    put_digest(f->file + 176, f->file, 176);
    return HEADER + size - first;
}

static void must_be_good(const struct nmt_bitext *b)
{
    for (size_t i = 0; i < b->n; i++) {
        nmt_id ids[2][MAX_LENGTH + 1];
        const struct nmt_bitext_head h = nmt_bitext_head(b, i);
        if (h.S < 1 || h.S > MAX_LENGTH + 1 || h.T < 1 || h.T > MAX_LENGTH + 1 || h.line >= LINES)
            abort();
        nmt_bitext_ids(b, i, ids[0], ids[1]);
        for (uint32_t k = 0; k < h.S; k++)
            if (ids[0][k] >= VOCABULARY)
                abort();
        for (uint32_t k = 0; k < h.T; k++)
            if (ids[1][k] >= VOCABULARY)
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fixture f;
    struct nmt_bitext b;
    enum nmt_cache_state state;
    const char *why;
    if (size > MOST)
        return 0;
    build(&f);
    const size_t n = forge(&f, data, size);
    FILE *out = fopen(f.path, "wb");
    if (!out || fwrite(f.file, 1, n, out) != n || fclose(out) != 0)
        abort();
    if (nmt_bitext_open(&b, &f.plan, f.path, &state, &why, NULL) < 0)
        abort();
    if (state == NMT_CACHE_USED)
        must_be_good(&b);
    nmt_bitext_release(&b);
    release(&f);
    return 0;
}
