/* The file of data.cache: what is kept comes back, and nothing else does. */
#include "train/bitext_cache.h"

#include <nmt/output.h>

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define LINES  8
#define HEADER 192

static struct nmt_vocab *vocab, *other_vocab;
static struct nmt_text text[2], other_text;
static struct nmt_bitext_plan plan;
static struct nmt_bitext built;
static char path[] = "/tmp/nmt-cache.XXXXXX";
static unsigned char file[4096]; /* the cache as it was written */
static size_t size;

static struct nmt_vocab *characters(const char *last)
{
    const char *const pieces[] = { "<unk>", "<s>", "</s>", "\xe2\x96\x81", "a", "b", last };
    const size_t lengths[] = { 5, 3, 4, 3, 1, 1, 1 };
    const struct nmt_vocab_spec spec = { NMT_VOCAB_CHAR, NMT_NORMALIZE_NONE, false, false };
    struct nmt_vocab *v = NULL;
    cr_assert(nmt_vocab_from_pieces(&v, &spec, pieces, lengths, NULL, 7, NULL) == 0);
    return v;
}

static void fill(struct nmt_text *t, const char *first)
{
    static const char *const lines[LINES] = { "", "a b", "", "bb", "ab ba ab", "b", "c", "a" };
    for (size_t i = 0; i < LINES; i++) {
        const char *line = i == 0 ? first : lines[i];
        cr_assert(nmt_text_add(t, line, strlen(line), NULL) == 0);
    }
    cr_assert(nmt_text_map(t, NULL) == 0);
}

static void put_file(const unsigned char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

static void get_file(void)
{
    FILE *f = fopen(path, "rb");
    cr_assert(f);
    size = fread(file, 1, sizeof file, f);
    cr_assert(size > HEADER && size < sizeof file && fclose(f) == 0);
}

static void setup(void)
{
    vocab = characters("c");
    other_vocab = characters("d");
    fill(&text[0], "ab");
    fill(&text[1], "ba c");
    fill(&other_text, "aa");
    plan = (struct nmt_bitext_plan){
        .text = { &text[0], &text[1] }, .vocab = { vocab, vocab }, .max_length = 7, .words = true
    };
    cr_assert(nmt_bitext_build(&built, &plan, NULL, NULL) == 0);
    cr_assert(built.n == 6 && built.empty == 1 && built.long_ == 1);
    cr_assert(close(mkstemp(path)) == 0);
    cr_assert(nmt_bitext_save(&built, &plan, path, NULL) == 0);
    get_file();
}

static void teardown(void)
{
    nmt_bitext_release(&built);
    nmt_text_release(&text[0]);
    nmt_text_release(&text[1]);
    nmt_text_release(&other_text);
    nmt_vocab_free(vocab);
    nmt_vocab_free(other_vocab);
    unlink(path);
}

TestSuite(bitext_cache, .init = setup, .fini = teardown);

static enum nmt_cache_state state_by(const struct nmt_bitext_plan *p, const char **why)
{
    struct nmt_bitext b;
    enum nmt_cache_state state;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(nmt_bitext_open(&b, p, path, &state, why, &err) == 0, "%s", err.msg);
    nmt_bitext_release(&b);
    return state;
}

Test(bitext_cache, gives_back_what_was_built)
{
    struct nmt_bitext b;
    enum nmt_cache_state state;
    const char *why;
    cr_assert(nmt_bitext_open(&b, &plan, path, &state, &why, NULL) == 0);
    cr_assert(state == NMT_CACHE_USED && !why);
    cr_assert(b.n == built.n && b.empty == built.empty && b.long_ == built.long_);
    cr_assert(b.lines == built.lines && b.S_total == built.S_total && b.T_total == built.T_total);
    cr_assert(memcmp(b.unknown, built.unknown, sizeof b.unknown) == 0);
    cr_assert(memcmp(b.digest, built.digest, 16) == 0);
    for (size_t i = 0; i < b.n; i++) {
        const struct nmt_bitext_head h = nmt_bitext_head(&b, i), k = nmt_bitext_head(&built, i);
        nmt_id ids[2][16] = { { 0 } }, want[2][16] = { { 0 } };
        uint16_t word[16], as_built[16];
        cr_assert(h.line == k.line && h.S == k.S && h.T == k.T);
        nmt_bitext_ids(&b, i, ids[0], ids[1]);
        nmt_bitext_ids(&built, i, want[0], want[1]);
        cr_assert(memcmp(ids, want, sizeof ids) == 0);
        nmt_bitext_words(&b, i, 1, word);
        nmt_bitext_words(&built, i, 1, as_built);
        cr_assert(memcmp(word, as_built, h.T * sizeof *word) == 0);
    }
    nmt_bitext_release(&b);
}

Test(bitext_cache, is_not_used_for_another_text_vocabulary_or_limit)
{
    const char *why;
    struct nmt_bitext_plan p = plan;
    p.text[0] = &other_text;
    cr_assert(state_by(&p, &why) == NMT_CACHE_OTHER && strstr(why, "another text"));
    p = plan;
    p.vocab[1] = other_vocab;
    cr_assert(state_by(&p, &why) == NMT_CACHE_OTHER && strstr(why, "other vocabularies"));
    p = plan;
    p.max_length = 8;
    cr_assert(state_by(&p, &why) == NMT_CACHE_OTHER && strstr(why, "train.max-length"));
    p = plan;
    p.words = false;
    cr_assert(state_by(&p, &why) == NMT_CACHE_OTHER && strstr(why, "alignments"));
    cr_assert(state_by(&plan, &why) == NMT_CACHE_USED);
}

Test(bitext_cache, is_refused_when_any_bit_of_it_is_wrong)
{
    for (size_t i = 0; i < 8 * size; i++) {
        struct nmt_bitext b;
        enum nmt_cache_state state;
        const char *why;
        struct nmt_err err = NMT_ERR_INIT;
        file[i / 8] ^= (unsigned char)(1u << i % 8);
        put_file(file, size);
        file[i / 8] ^= (unsigned char)(1u << i % 8);
        const int rc = nmt_bitext_open(&b, &plan, path, &state, &why, &err);
        if (i < 64)
            cr_assert(rc == NMT_EFORMAT && strstr(err.msg, path), "bit %zu of the magic", i);
        else
            cr_assert(rc == 0 && state == NMT_CACHE_DAMAGED, "bit %zu", i);
    }
}

Test(bitext_cache, is_refused_when_it_has_been_cut_or_goes_on)
{
    const char *why;
    for (size_t n = 0; n < size; n++) {
        put_file(file, n);
        cr_assert(state_by(&plan, &why) == (n ? NMT_CACHE_DAMAGED : NMT_CACHE_NONE), "%zu", n);
    }
    put_file(file, size + 1);
    cr_assert(state_by(&plan, &why) == NMT_CACHE_DAMAGED);
    unlink(path);
    cr_assert(state_by(&plan, &why) == NMT_CACHE_NONE && !why);
}

static void put_digest(unsigned char *p, const unsigned char *bytes, size_t n)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, n));
    memcpy(p, canonical.digest, 16);
}

/* A file that somebody has made with care: all digests agree. */
static void put_forged(size_t n)
{
    put_digest(file + 160, file + HEADER, n - HEADER);
    put_digest(file + 176, file, 176);
    put_file(file, n);
}

Test(bitext_cache, looks_at_every_number_of_a_file_whose_digests_agree)
{
    const char *why;
    put_forged(size);
    cr_assert(state_by(&plan, &why) == NMT_CACHE_USED, "the test forges well");
    for (size_t i = 80 + 16; i < size; i++) {
        const unsigned char was = file[i];
        static const unsigned char wrong[] = { 0x00, 0x07, 0x7f, 0xff };
        for (size_t k = 0; k < sizeof wrong; k++) {
            struct nmt_bitext b;
            enum nmt_cache_state state;
            file[i] = wrong[k];
            put_forged(size);
            cr_assert(nmt_bitext_open(&b, &plan, path, &state, &why, NULL) == 0);
            if (state != NMT_CACHE_USED)
                continue;
            for (size_t j = 0; j < b.n; j++) { /* the address sanitizer looks on */
                nmt_id ids[2][8];
                const struct nmt_bitext_head h = nmt_bitext_head(&b, j);
                cr_assert(h.S <= 8 && h.T <= 8 && h.line < LINES);
                nmt_bitext_ids(&b, j, ids[0], ids[1]);
                for (uint32_t x = 0; x < h.S; x++)
                    cr_assert(ids[0][x] < 7);
                for (uint32_t x = 0; x < h.T; x++)
                    cr_assert(ids[1][x] < 7);
            }
            nmt_bitext_release(&b);
        }
        file[i] = was;
    }
    /* sizes that would overflow */
    for (size_t at = 80 + 16; at < 144; at += 8) {
        unsigned char was[8];
        memcpy(was, file + at, 8);
        memset(file + at, 0xff, 8);
        put_forged(size);
        if (at == 96 || at == 136)
            cr_assert(state_by(&plan, &why) == NMT_CACHE_DAMAGED);
        else
            (void)state_by(&plan, &why);
        memcpy(file + at, was, 8);
    }
}

Test(bitext_cache, is_not_put_in_the_place_of_something_else)
{
    struct nmt_bitext b;
    enum nmt_cache_state state;
    const char *why;
    put_file((const unsigned char *)"my only copy\n", 13);
    cr_assert(nmt_bitext_open(&b, &plan, path, &state, &why, NULL) == NMT_EFORMAT);
    cr_assert(nmt_bitext_open(&b, &plan, "/tmp", &state, &why, NULL) == NMT_EFORMAT);
    cr_assert(nmt_bitext_open(&b, &plan, "/dev/full", &state, &why, NULL) == NMT_EFORMAT);
}
