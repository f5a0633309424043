/* Learning merges against a plain implementation that counts everything again in each step. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/random.h>
#include <nmt/vocab.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS   400
#define LONGEST 12
#define BAR     "\xE2\x96\x81"

/* The text: words of small alphabets, so that there are many ties and overlaps. A symbol is a
 * string; U+2581 in front of each word. */
struct row {
    char symbols[LONGEST + 1][40];
    size_t n;
};

static struct row rows[WORDS];

static void make_words(uint64_t seed, char words[WORDS][LONGEST + 1])
{
    struct nmt_random r = { seed, 0, 0 };
    for (size_t i = 0; i < WORDS; i++) {
        size_t len = 1 + nmt_random_below(&r, LONGEST - 1), letters = 1 + seed % 4;
        for (size_t k = 0; k < len; k++)
            words[i][k] = (char)('a' + nmt_random_below(&r, letters));
        words[i][len] = '\0';
        rows[i].n = 0;
        strcpy(rows[i].symbols[rows[i].n++], BAR);
        for (size_t k = 0; k < len; k++)
            snprintf(rows[i].symbols[rows[i].n++], 40, "%c", words[i][k]);
    }
}

static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

struct best {
    char left[40], right[40], joined[80];
    size_t count;
};

static size_t count_pair(const char *left, const char *right)
{
    size_t n = 0;
    for (size_t i = 0; i < WORDS; i++)
        for (size_t k = 0; k + 1 < rows[i].n; k++)
            n +=
                strcmp(rows[i].symbols[k], left) == 0 && strcmp(rows[i].symbols[k + 1], right) == 0;
    return n;
}

static int before(const struct best *a, const struct best *b)
{
    if (a->count != b->count)
        return a->count > b->count;
    if (characters(a->joined) != characters(b->joined))
        return characters(a->joined) < characters(b->joined);
    int c = strcmp(a->joined, b->joined);
    return c ? c < 0 : strlen(a->left) < strlen(b->left);
}

static struct best find_best(void)
{
    struct best best = { .count = 0 };
    for (size_t i = 0; i < WORDS; i++)
        for (size_t k = 0; k + 1 < rows[i].n; k++) {
            struct best b;
            strcpy(b.left, rows[i].symbols[k]);
            strcpy(b.right, rows[i].symbols[k + 1]);
            snprintf(b.joined, sizeof b.joined, "%s%s", b.left, b.right);
            b.count = count_pair(b.left, b.right);
            if (before(&b, &best))
                best = b;
        }
    return best;
}

static void join_at(struct row *row, size_t k)
{
    size_t n = strlen(row->symbols[k]);
    memmove(row->symbols[k] + n, row->symbols[k + 1], sizeof row->symbols[k] - n);
    for (size_t m = k + 1; m + 1 < row->n; m++)
        strcpy(row->symbols[m], row->symbols[m + 1]);
    row->n--;
}

static void join_pair(const char *left, const char *right)
{
    for (size_t i = 0; i < WORDS; i++)
        for (size_t k = 0; k + 1 < rows[i].n; k++)
            if (strcmp(rows[i].symbols[k], left) == 0 && strcmp(rows[i].symbols[k + 1], right) == 0)
                join_at(&rows[i], k);
}

/* Neighbours that spell a piece join at once; earlier pieces first. */
static void join_pieces(const struct nmt_vocab *v, nmt_id end)
{
    for (nmt_id id = 3; id < end; id++) {
        int again = 0;
        for (size_t i = 0; i < WORDS; i++)
            for (size_t k = 0; k + 1 < rows[i].n; k++) {
                char both[80];
                strcpy(both, rows[i].symbols[k]);
                strcat(both, rows[i].symbols[k + 1]);
                if (strcmp(both, nmt_vocab_piece(v, id, NULL)) != 0)
                    continue;
                join_at(&rows[i], k);
                again = 1;
            }
        if (again)
            id = 2;
    }
}

static struct nmt_vocab *learn(char words[WORDS][LONGEST + 1], size_t size, struct nmt_err *err)
{
    struct nmt_vocab_learn_options opt = nmt_vocab_learn_defaults(NMT_VOCAB_BPE);
    struct nmt_vocab_learner *l = NULL;
    struct nmt_vocab *v = NULL;
    opt.size = size;
    cr_assert(eq(int, nmt_vocab_learner_new(&l, &opt, err), 0));
    for (size_t i = 0; i < WORDS; i++)
        cr_assert(eq(int, nmt_vocab_learner_add(l, words[i], strlen(words[i]), err), 0));
    if (nmt_vocab_learner_finish(l, &v, err) < 0)
        v = NULL;
    nmt_vocab_learner_free(l);
    return v;
}

Test(vocab_learn, merges_are_those_of_counting_everything_again)
{
    static char words[WORDS][LONGEST + 1];
    for (uint64_t seed = 0; seed < 8; seed++) {
        make_words(seed, words);
        size_t letters = 1 + seed % 4, merges = letters == 1 ? 8 : 40;
        struct nmt_vocab *v = learn(words, 3 + letters + 1 + merges, NULL);
        cr_assert(ne(ptr, v, NULL));
        for (nmt_id id = 3; id < 3 + merges; id++) {
            struct best best = find_best();
            cr_assert(eq(str, (char *)nmt_vocab_piece(v, id, NULL), best.joined),
                      "seed %d piece %u", (int)seed, id);
            join_pair(best.left, best.right);
            join_pieces(v, id + 1);
        }
        nmt_vocab_free(v);
    }
}

Test(vocab_learn, the_segmenter_cuts_the_text_as_learning_left_it)
{
    static char words[WORDS][LONGEST + 1];
    make_words(3, words);
    struct nmt_vocab *v = learn(words, 3 + 5 + 60, NULL);
    for (nmt_id id = 3; id < 63; id++) {
        struct best best = find_best();
        join_pair(best.left, best.right);
        join_pieces(v, id + 1);
    }
    struct nmt_segmenter *s = NULL;
    const struct nmt_segmented *out;
    cr_assert(eq(int, nmt_segmenter_new(&s, v, NULL), 0));
    for (size_t i = 0; i < WORDS; i++) {
        cr_assert(eq(int, nmt_segmenter_encode(s, words[i], strlen(words[i]), &out, NULL), 0));
        cr_assert(eq(sz, out->n, rows[i].n));
        for (size_t k = 0; k < out->n; k++)
            cr_assert(eq(str, (char *)nmt_vocab_piece(v, out->ids[k], NULL), rows[i].symbols[k]));
    }
    nmt_segmenter_free(s);
    nmt_vocab_free(v);
}

Test(vocab_learn, a_size_that_cannot_be_reached_names_the_most_there_is)
{
    static char words[WORDS][LONGEST + 1];
    struct nmt_err err = NMT_ERR_INIT;
    make_words(1, words);
    cr_assert(eq(ptr, learn(words, 1000000, &err), NULL));
    cr_assert(eq(int, err.code, NMT_ELIMIT));
    size_t most = 0;
    cr_assert(
        eq(int,
           sscanf(err.msg, "size 1000000 cannot be reached: the text gives at most %zu", &most), 1),
        "%s", err.msg);
    struct nmt_vocab *v = learn(words, most, NULL);
    cr_assert(ne(ptr, v, NULL));
    cr_assert(eq(sz, nmt_vocab_size(v), most));
    nmt_vocab_free(v);
    cr_assert(eq(ptr, learn(words, most + 1, NULL), NULL));
    cr_assert(eq(ptr, learn(words, 5, NULL), NULL));
}

Test(vocab_learn, too_many_words_give_up_the_longest_in_any_order)
{
    struct nmt_vocab_learn_options opt = nmt_vocab_learn_defaults(NMT_VOCAB_WORD);
    struct nmt_vocab *v[2] = { NULL, NULL };
    uint64_t given_up[2];
    opt.max_types = 1000;
    for (int round = 0; round < 2; round++) {
        struct nmt_vocab_learner *l = NULL;
        cr_assert(eq(int, nmt_vocab_learner_new(&l, &opt, NULL), 0));
        for (int i = 0; i < 5000; i++) {
            char word[16];
            int n = snprintf(word, sizeof word, "%d", (round ? 4999 - i : i) * 977);
            cr_assert(eq(int, nmt_vocab_learner_add(l, word, (size_t)n, NULL), 0));
        }
        size_t longest;
        cr_assert(eq(int, nmt_vocab_learner_finish(l, &v[round], NULL), 0));
        given_up[round] = nmt_vocab_learner_given_up(l, &longest);
        cr_assert(eq(sz, longest, 5));
        nmt_vocab_learner_free(l);
    }
    size_t n = nmt_vocab_size(v[0]);
    cr_assert(eq(u64, given_up[0], 5004 - n)); /* every word is there once; 4 pieces are none */
    cr_assert(eq(u64, given_up[1], given_up[0]));
    cr_assert(gt(sz, n, 500));
    cr_assert(le(sz, n, 1004));
    cr_assert(eq(sz, nmt_vocab_size(v[1]), n));
    for (nmt_id id = 0; id < n; id++)
        cr_assert(eq(str, (char *)nmt_vocab_piece(v[0], id, NULL),
                     (char *)nmt_vocab_piece(v[1], id, NULL)));
    nmt_vocab_free(v[0]);
    nmt_vocab_free(v[1]);
}
