/* Pairs of ids in few bytes. */
#include "train/pair_ids.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words w0, w1 ...: n pieces with the special ones. */
static struct nmt_vocab *words(size_t n)
{
    const struct nmt_vocab_spec spec = { NMT_VOCAB_WORD, NMT_NORMALIZE_NONE, false, false };
    char(*names)[24] = malloc(n * sizeof *names);
    const char **pieces = malloc(n * sizeof *pieces);
    size_t *lengths = malloc(n * sizeof *lengths);
    struct nmt_vocab *v = NULL;
    for (size_t i = 0; i < n; i++) {
        const char *special[] = { "<unk>", "<s>", "</s>" };
        if (i < 3)
            snprintf(names[i], sizeof names[i], "%s", special[i]);
        else
            snprintf(names[i], sizeof names[i], "\xe2\x96\x81w%u", (unsigned)(i - 3));
        pieces[i] = names[i];
        lengths[i] = strlen(names[i]);
    }
    cr_assert(nmt_vocab_from_pieces(&v, &spec, pieces, lengths, NULL, n, NULL) == 0);
    free(names);
    free(pieces);
    free(lengths);
    return v;
}

/* Line i of the text: length(i) words, with ids that depend on i. */
static uint32_t length_of(size_t i, size_t side)
{
    return (uint32_t)((i * 7 + side * 3) % 12);
}

static uint32_t word_of(size_t i, size_t side, size_t k, size_t vocabulary)
{
    return (uint32_t)((i * 31 + side * 17 + k * 7919) % (vocabulary - 3));
}

static void make_text(struct nmt_text text[2], size_t lines, const size_t vocabulary[2])
{
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < lines; i++) {
            char line[256] = "";
            size_t len = 0;
            for (size_t k = 0; k < length_of(i, side); k++)
                len += (size_t)snprintf(line + len, sizeof line - len, "%sw%u", k ? " " : "",
                                        (unsigned)word_of(i, side, k, vocabulary[side]));
            cr_assert(nmt_text_add(&text[side], line, len, NULL) == 0);
        }
        cr_assert(nmt_text_map(&text[side], NULL) == 0);
    }
}

static void check_side(const nmt_id *ids, uint32_t n, size_t line, size_t side, size_t vocabulary)
{
    cr_assert(n == length_of(line, side) + 1 && ids[n - 1] == NMT_ID_EOS);
    for (size_t k = 0; k + 1 < n; k++)
        cr_assert(ids[k] == 3 + word_of(line, side, k, vocabulary));
}

/* Every pair is there, in order, and none that should not be. */
static void check(const struct nmt_bitext *b, size_t lines, const size_t vocabulary[2], size_t most)
{
    struct nmt_pair_ids ids = { .ids = NULL };
    size_t i = 0, empty = 0, over = 0;
    for (size_t line = 0; line < lines; line++) {
        const uint32_t S = length_of(line, 0), T = length_of(line, 1);
        if (S == 0 || S > most || T == 0 || T > most) {
            const bool source = S == 0 || S > most;
            const uint32_t n = source ? S : T;
            empty += n == 0;
            over += n > most;
            continue;
        }
        cr_assert(i < b->n && nmt_bitext_head(b, i).line == line);
        struct nmt_pair pair = nmt_pair_of(b, i++);
        cr_assert(nmt_pair_ids_read(&ids, b, &pair, 1, NULL) == 0);
        check_side(pair.source, pair.S, line, 0, vocabulary[0]);
        check_side(pair.target, pair.T, line, 1, vocabulary[1]);
        if (b->words) {
            uint16_t word[12];
            nmt_bitext_words(b, i - 1, line % 2, word);
            for (uint16_t k = 0; k + 1u < (line % 2 ? pair.T : pair.S); k++)
                cr_assert(word[k] == k);
            cr_assert(word[(line % 2 ? pair.T : pair.S) - 1] == NMT_NO_WORD_16);
        }
    }
    cr_assert(i == b->n && empty == b->empty && over == b->long_);
    nmt_pair_ids_release(&ids);
}

Test(bitext, holds_every_pair_in_as_few_bytes_as_the_vocabularies_need)
{
    static const size_t sizes[][2] = { { 256, 257 }, { 257, 65536 }, { 65537, 20 } };
    static const unsigned width[][2] = { { 1, 2 }, { 2, 2 }, { 3, 1 } };
    enum { LINES = 5000 };
    for (size_t i = 0; i < 3; i++) {
        struct nmt_vocab *v[2] = { words(sizes[i][0]), words(sizes[i][1]) };
        struct nmt_text text[2] = { { .n = 0 }, { .n = 0 } };
        struct nmt_bitext b;
        make_text(text, LINES, sizes[i]);
        const struct nmt_bitext_plan plan = { .text = { &text[0], &text[1] },
                                              .vocab = { v[0], v[1] },
                                              .max_length = 9,
                                              .words = i == 2 };
        cr_assert(nmt_bitext_build(&b, &plan, NULL, NULL) == 0);
        cr_assert(b.id_width[0] == width[i][0] && b.id_width[1] == width[i][1]);
        cr_assert(b.id_spool.bytes == b.S_total * (width[i][0] + (b.words ? 2 : 0)) +
                                          b.T_total * (width[i][1] + (b.words ? 2 : 0)));
        cr_assert(b.head_spool.bytes == 6 * b.n);
        check(&b, LINES, sizes[i], 9);
        nmt_bitext_release(&b);
        for (size_t side = 0; side < 2; side++) {
            nmt_text_release(&text[side]);
            nmt_vocab_free(v[side]);
        }
    }
}

Test(bitext, is_the_same_on_any_number_of_threads)
{
    enum { LINES = 20000 };
    const size_t sizes[2] = { 300, 300 };
    struct nmt_vocab *v = words(300);
    struct nmt_text text[2] = { { .n = 0 }, { .n = 0 } };
    struct nmt_bitext one, three;
    struct nmt_threads *threads;
    make_text(text, LINES, sizes);
    cr_assert(nmt_threads_new(&threads, 3, NULL) == 0);
    const struct nmt_bitext_plan plan = { .text = { &text[0], &text[1] },
                                          .vocab = { v, v },
                                          .max_length = 9 };
    cr_assert(nmt_bitext_build(&one, &plan, NULL, NULL) == 0);
    cr_assert(nmt_bitext_build(&three, &plan, threads, NULL) == 0);
    check(&three, LINES, sizes, 9);
    cr_assert(one.n == three.n && memcmp(one.digest, three.digest, 16) == 0);
    cr_assert(memcmp(one.heads, three.heads, one.head_spool.bytes) == 0);
    cr_assert(one.id_spool.bytes == three.id_spool.bytes &&
              memcmp(one.ids, three.ids, one.id_spool.bytes) == 0);
    nmt_bitext_release(&one);
    nmt_bitext_release(&three);
    nmt_threads_free(threads);
    for (size_t side = 0; side < 2; side++)
        nmt_text_release(&text[side]);
    nmt_vocab_free(v);
}

Test(bitext, keeps_empty_sentences_when_there_is_no_limit)
{
    const size_t sizes[2] = { 30, 30 };
    struct nmt_vocab *v = words(30);
    struct nmt_text text[2] = { { .n = 0 }, { .n = 0 } };
    struct nmt_bitext b;
    make_text(text, 13, sizes);
    const struct nmt_bitext_plan plan = { .text = { &text[0], &text[1] }, .vocab = { v, v } };
    cr_assert(nmt_bitext_build(&b, &plan, NULL, NULL) == 0);
    cr_assert(b.n == 13);
    for (size_t i = 0; i < b.n; i++) {
        const struct nmt_bitext_head h = nmt_bitext_head(&b, i);
        cr_assert(h.line == i && h.S == length_of(i, 0) + 1 && h.T == length_of(i, 1) + 1);
    }
    nmt_bitext_release(&b);
    for (size_t side = 0; side < 2; side++)
        nmt_text_release(&text[side]);
    nmt_vocab_free(v);
}
