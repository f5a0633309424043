/* Links between words, spread over pieces. */
#include "train/pair_ids.h"
#include "train/word_links.h"

#include <nmt/output.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Characters; a space is a piece of no word. */
static struct nmt_vocab *characters(void)
{
    const char *const pieces[] = {
        "<unk>", "<s>", "</s>", "\xe2\x96\x81", "a", "b", "c", "x", "y"
    };
    const size_t lengths[] = { 5, 3, 4, 3, 1, 1, 1, 1, 1 };
    const struct nmt_vocab_spec spec = { NMT_VOCAB_CHAR, NMT_NORMALIZE_NONE, false, false };
    struct nmt_vocab *v = NULL;
    cr_assert(nmt_vocab_from_pieces(&v, &spec, pieces, lengths, NULL, 9, NULL) == 0);
    return v;
}

static void add(struct nmt_text *t, const char *line)
{
    cr_assert(nmt_text_add(t, line, strlen(line), NULL) == 0);
}

static double share(const struct nmt_pair *p, uint32_t t, uint32_t j)
{
    double sum = 0;
    for (size_t i = 0; i < p->n_guide; i++)
        if (p->guide[i].t == t && p->guide[i].j == j)
            sum += (double)p->guide[i].share;
    return sum;
}

Test(word_links, join_every_piece_of_two_words_and_sum_to_1_over_the_source)
{
    struct nmt_vocab *v = characters();
    struct nmt_text text[2] = { { .n = 0 }, { .n = 0 } };
    struct nmt_bitext data;
    struct nmt_word_links links = { .link = NULL };
    struct nmt_guides guides = { .at = NULL };
    struct nmt_output *out = NULL;
    char path[] = "/tmp/nmt-links.XXXXXX";
    add(&text[0], "ab c");
    add(&text[1], "xy x");
    add(&text[0], "");
    add(&text[1], "y"); /* left out: its links are read and dropped */
    add(&text[0], "c a");
    add(&text[1], "y");
    for (size_t side = 0; side < 2; side++)
        cr_assert(nmt_text_map(&text[side], NULL) == 0);
    const struct nmt_bitext_plan plan = {
        .text = { &text[0], &text[1] }, .vocab = { v, v }, .max_length = 10, .words = true
    };
    cr_assert(nmt_bitext_build(&data, &plan, NULL, NULL) == 0);
    cr_assert(data.n == 2);
    cr_assert(close(mkstemp(path)) == 0);
    cr_assert(nmt_output_open(&out, path, NULL) == 0);
    cr_assert(nmt_output_puts(out, "1-0 0-0:0.5\n\n1-0\n", NULL) == 0);
    cr_assert(nmt_output_close(&out, NULL) == 0);
    cr_assert(nmt_word_links_read(&links, path, text, &data, NULL) == 0);
    struct nmt_pair pairs[2] = { nmt_pair_of(&data, 1), nmt_pair_of(&data, 0) };
    cr_assert(nmt_guides_set(&guides, &links, &data, NULL, pairs, 2, NULL) == 0);
    /* _ a b _ c </s> and _ x y _ x </s>; c has twice the weight of a and b */
    cr_assert(pairs[1].n_guide == 6);
    for (uint32_t t = 1; t <= 2; t++) {
        cr_assert(fabs(share(&pairs[1], t, 1) - 0.25) < 1e-6);
        cr_assert(fabs(share(&pairs[1], t, 2) - 0.25) < 1e-6);
        cr_assert(fabs(share(&pairs[1], t, 4) - 0.5) < 1e-6);
    }
    /* _ c _ a </s> and _ y </s> */
    cr_assert(pairs[0].n_guide == 1 && share(&pairs[0], 1, 3) == 1);
    nmt_guides_release(&guides);
    nmt_word_links_release(&links);
    nmt_bitext_release(&data);
    nmt_text_release(&text[0]);
    nmt_text_release(&text[1]);
    nmt_vocab_free(v);
    unlink(path);
}
