/* Subword dropout in batches. */
#include "train/cutter.h"
#include "train/pair_ids.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define LINES 50

static struct nmt_vocab *vocab;
static struct nmt_text text[2];
static struct nmt_bitext data;
static struct nmt_pair_ids as_built;

/* Every pair: "lower lowest N" on both sides. */
static void setup(void)
{
    struct nmt_vocab_learn_options opt = nmt_vocab_learn_defaults(NMT_VOCAB_BPE);
    struct nmt_vocab_learner *l;
    opt.size = 22;
    cr_assert(nmt_vocab_learner_new(&l, &opt, NULL) == 0);
    for (unsigned i = 0; i < LINES; i++) {
        char line[64];
        snprintf(line, sizeof line, "lower lowest %u", i % 3);
        for (size_t side = 0; side < 2; side++)
            cr_assert(nmt_text_add(&text[side], line, strlen(line), NULL) == 0);
        cr_assert(nmt_vocab_learner_add(l, line, strlen(line), NULL) == 0);
    }
    cr_assert(nmt_vocab_learner_finish(l, &vocab, NULL) == 0);
    nmt_vocab_learner_free(l);
    for (size_t side = 0; side < 2; side++)
        cr_assert(nmt_text_map(&text[side], NULL) == 0);
    const struct nmt_bitext_plan plan = { .text = { &text[0], &text[1] },
                                          .vocab = { vocab, vocab },
                                          .max_length = 20 };
    cr_assert(nmt_bitext_build(&data, &plan, NULL, NULL) == 0);
    cr_assert(data.n == LINES);
}

static void teardown(void)
{
    nmt_bitext_release(&data);
    nmt_vocab_free(vocab);
    nmt_pair_ids_release(&as_built);
    nmt_text_release(&text[0]);
    nmt_text_release(&text[1]);
}

static struct nmt_cutting cutting(double source, double target, size_t max_length)
{
    return (struct nmt_cutting){ .data = &data,
                                 .text = { &text[0], &text[1] },
                                 .vocab = { vocab, vocab },
                                 .dropout = { source, target },
                                 .seed = 3,
                                 .max_length = max_length };
}

static void all_pairs(struct nmt_pair pairs[LINES])
{
    for (size_t i = 0; i < LINES; i++)
        pairs[i] = nmt_pair_of(&data, i);
    cr_assert(nmt_pair_ids_read(&as_built, &data, pairs, LINES, NULL) == 0);
}

static void check_text(const nmt_id *ids, size_t n, const struct nmt_text *t, size_t line)
{
    struct nmt_buffer out = NMT_BUFFER_INIT;
    size_t len;
    const char *want = nmt_text_line(t, line, &len);
    cr_assert(ids[n - 1] == NMT_ID_EOS);
    cr_assert(nmt_vocab_decode(vocab, ids, n, &out, NULL) == 0);
    cr_assert(out.len == len && memcmp(out.data, want, len) == 0, "%.*s", (int)out.len, out.data);
    nmt_buffer_release(&out);
}

TestSuite(cutter, .init = setup, .fini = teardown);

Test(cutter, other_pieces_in_every_epoch_spell_the_same_text)
{
    struct nmt_cutting how = cutting(0.3, 0, 100);
    struct nmt_cutter c[2] = { { .ids = NULL }, { .ids = NULL } };
    struct nmt_pair first[LINES], later[LINES], one[LINES], built[LINES];
    size_t other = 0, longer = 0;
    all_pairs(one);
    memcpy(first, one, sizeof first);
    memcpy(later, one, sizeof later);
    memcpy(built, one, sizeof built);
    for (int i = 0; i < 2; i++)
        cr_assert(nmt_cutter_init(&c[i], &how, NULL) == 0);
    cr_assert(nmt_cutter_run(&c[0], 0, first, LINES, NULL) == 0);
    cr_assert(nmt_cutter_run(&c[1], 1, later, LINES, NULL) == 0);
    for (size_t i = 0; i < LINES; i++) {
        check_text(first[i].source, first[i].S, &text[0], i);
        cr_assert(first[i].target == built[i].target, "no dropout: as it was");
        longer += first[i].S > built[i].S;
        other += first[i].S != later[i].S ||
                 memcmp(first[i].source, later[i].source, first[i].S * sizeof(nmt_id)) != 0;
    }
    cr_assert(longer > LINES / 2 && other > LINES / 2, "%zu longer, %zu other", longer, other);
    /* what else is in the batch changes nothing */
    cr_assert(nmt_cutter_run(&c[1], 0, one + 7, 1, NULL) == 0);
    cr_assert(one[7].S == first[7].S &&
              memcmp(one[7].source, first[7].source, one[7].S * sizeof(nmt_id)) == 0);
    nmt_cutter_release(&c[0]);
    nmt_cutter_release(&c[1]);
}

Test(cutter, what_comes_out_too_long_stays_as_it_was)
{
    size_t limit = 0; /* the most pieces, without </s>, that there are without dropout */
    for (size_t i = 0; i < LINES; i++)
        limit = nmt_bitext_head(&data, i).S - 1 > limit ? nmt_bitext_head(&data, i).S - 1 : limit;
    struct nmt_cutting how = cutting(0.5, 0.5, limit);
    struct nmt_cutter c = { .ids = NULL };
    struct nmt_pair pairs[LINES], built[LINES];
    size_t kept = 0;
    all_pairs(pairs);
    memcpy(built, pairs, sizeof built);
    cr_assert(nmt_cutter_init(&c, &how, NULL) == 0);
    cr_assert(nmt_cutter_run(&c, 4, pairs, LINES, NULL) == 0);
    for (size_t i = 0; i < LINES; i++) {
        cr_assert(pairs[i].S <= limit + 1 && pairs[i].T <= limit + 1);
        check_text(pairs[i].target, pairs[i].T, &text[1], i);
        kept += pairs[i].source == built[i].source;
    }
    cr_assert(kept > LINES / 2);
    nmt_cutter_release(&c);
}
