/* Vocabularies: the file, text to ids and back, words, and every way a file may be wrong. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/utf8.h>
#include <nmt/vocab.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR "\xE2\x96\x81"

static struct nmt_vocab *learn(struct nmt_vocab_learn_options opt, const char *const *lines)
{
    struct nmt_vocab_learner *l = NULL;
    struct nmt_vocab *v = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_vocab_learner_new(&l, &opt, &err), 0), "%s", err.msg);
    for (size_t i = 0; lines[i]; i++)
        cr_assert(eq(int, nmt_vocab_learner_add(l, lines[i], strlen(lines[i]), &err), 0));
    cr_assert(eq(int, nmt_vocab_learner_finish(l, &v, &err), 0), "%s", err.msg);
    nmt_vocab_learner_free(l);
    return v;
}

static struct nmt_vocab_learn_options options(enum nmt_vocab_type type, size_t size)
{
    struct nmt_vocab_learn_options opt = nmt_vocab_learn_defaults(type);
    opt.size = size;
    opt.coverage = 1;
    return opt;
}

/* Pieces of a line, separated by spaces; borrowed until the next call. */
static const char *cut(const struct nmt_vocab *v, const char *line)
{
    static char text[4096];
    struct nmt_segmenter *s = NULL;
    const struct nmt_segmented *out;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_segmenter_new(&s, v, &err), 0));
    cr_assert(eq(int, nmt_segmenter_encode(s, line, strlen(line), &out, &err), 0), "%s", err.msg);
    text[0] = '\0';
    for (size_t i = 0; i < out->n; i++) {
        strcat(text, i ? " " : "");
        strcat(text, nmt_vocab_piece(v, out->ids[i], NULL));
    }
    nmt_segmenter_free(s);
    return text;
}

/* Text to ids to text. */
static void assert_comes_back(const struct nmt_vocab *v, const char *line, size_t len,
                              const char *want, size_t want_len)
{
    struct nmt_segmenter *s = NULL;
    const struct nmt_segmented *out;
    struct nmt_buffer back = NMT_BUFFER_INIT;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_segmenter_new(&s, v, &err), 0));
    for (int round = 0; round < 2; round++) { /* the second time out of the cache */
        back.len = 0;
        cr_assert(eq(int, nmt_segmenter_encode(s, line, len, &out, &err), 0), "%s", err.msg);
        cr_assert(eq(int, nmt_vocab_decode(v, out->ids, out->n, &back, &err), 0));
        cr_assert(eq(sz, back.len, want_len));
        cr_assert(eq(int, want_len ? memcmp(back.data, want, want_len) : 0, 0));
    }
    nmt_buffer_release(&back);
    nmt_segmenter_free(s);
}

Test(vocab, a_shortlist_has_the_most_frequent_words_and_ties_in_byte_order)
{
    static const char *const lines[] = { "b a  c a", "c a d d", "e", NULL };
    struct nmt_vocab *v = learn(options(NMT_VOCAB_WORD, 7), lines);
    cr_assert(eq(sz, nmt_vocab_size(v), 7));
    cr_assert(eq(str, (char *)nmt_vocab_piece(v, 3, NULL), BAR));
    cr_assert(eq(str, (char *)nmt_vocab_piece(v, 4, NULL), BAR "a"));
    cr_assert(eq(str, (char *)nmt_vocab_piece(v, 5, NULL), BAR "c"));
    cr_assert(eq(str, (char *)nmt_vocab_piece(v, 6, NULL), BAR "d"));
    cr_assert(eq(str, (char *)cut(v, "a z  d "), BAR "a <unk> " BAR " " BAR "d " BAR));
    nmt_vocab_free(v);
}

Test(vocab, bpe_joins_the_most_frequent_pair_first)
{
    static const char *const lines[] = { "low low low low low lower lower",
                                         "newest newest newest newest newest newest",
                                         "widest widest widest", NULL };
    struct nmt_vocab *v = learn(options(NMT_VOCAB_BPE, 18), lines);
    /* es, st and est: 9 each; of "es" and "st" the smaller; then est, lo, low. */
    cr_assert(eq(str, (char *)nmt_vocab_piece(v, 3, NULL), "es"));
    cr_assert(eq(str, (char *)nmt_vocab_piece(v, 4, NULL), "est"));
    cr_assert(eq(str, (char *)nmt_vocab_piece(v, 5, NULL), "lo"));
    cr_assert(eq(str, (char *)nmt_vocab_piece(v, 6, NULL), "low"));
    cr_assert(eq(flt, nmt_vocab_score(v, 6), -3.0F));
    nmt_vocab_free(v);
}

Test(vocab, learning_does_not_depend_on_the_order_of_lines)
{
    static const char *const one[] = { "the cat sat", "on the mat", "that the bat ate", NULL };
    static const char *const two[] = { "that the bat ate", "on the mat", "the cat sat", NULL };
    for (int type = NMT_VOCAB_WORD; type <= NMT_VOCAB_BPE; type++) {
        struct nmt_vocab *v = learn(options((enum nmt_vocab_type)type, 18), one);
        struct nmt_vocab *w = learn(options((enum nmt_vocab_type)type, 18), two);
        cr_assert(eq(sz, nmt_vocab_size(v), nmt_vocab_size(w)));
        for (nmt_id id = 0; id < nmt_vocab_size(v); id++)
            cr_assert(eq(str, (char *)nmt_vocab_piece(v, id, NULL),
                         (char *)nmt_vocab_piece(w, id, NULL)));
        nmt_vocab_free(v);
        nmt_vocab_free(w);
    }
}

/* Every character of every plane, with spaces here and there. */
static size_t all_of_unicode(char *text)
{
    size_t n = 0;
    for (uint32_t cp = 1; cp < 0x110000; cp += cp < 0x3000 ? 1 : 251) {
        if (cp == '\n')
            continue;
        n += nmt_utf8_encode(cp, text + n);
        if (cp % 37 == 0)
            text[n++] = ' ';
    }
    return n;
}

Test(vocab, text_comes_back_byte_for_byte)
{
    char *text = malloc(200000);
    struct nmt_vocab_learn_options opt = options(NMT_VOCAB_BPE, 18000);
    size_t n = all_of_unicode(text);
    text[n] = '\0';
    const char *const lines[] = { text,
                                  "  two  spaces ",
                                  " ",
                                  BAR "\xE2\x96\x82_ \xE2\x96\x82",
                                  "a\xC2\xA0"
                                  "b\tc\r",
                                  NULL };
    opt.spec.normalize = NMT_NORMALIZE_NONE;
    for (int type = NMT_VOCAB_WORD; type <= NMT_VOCAB_BPE; type++) {
        opt.spec.type = (enum nmt_vocab_type)type;
        opt.size = type == NMT_VOCAB_BPE ? 17000 : 0;
        struct nmt_vocab *v = learn(opt, lines);
        for (size_t i = 0; lines[i]; i++)
            assert_comes_back(v, lines[i], strlen(lines[i]), lines[i], strlen(lines[i]));
        assert_comes_back(v, "", 0, "", 0);
        nmt_vocab_free(v);
    }
    free(text);
}

Test(vocab, unknown_characters_come_back_as_bytes)
{
    static const char *const lines[] = { "abc abc", NULL };
    struct nmt_vocab_learn_options opt = options(NMT_VOCAB_BPE, 264);
    opt.spec.byte_fallback = true;
    struct nmt_vocab *v = learn(opt, lines);
    static const char text[] = "abx \xE2\x82\xAC " BAR " <0x41> <unk>";
    assert_comes_back(v, text, strlen(text), text, strlen(text));
    cr_assert(eq(str, (char *)cut(v, "a\xC3\xA9"), BAR " a <0xC3> <0xA9>"));
    nmt_id bytes[] = { nmt_vocab_find(v, "<0xC3>", 6), nmt_vocab_find(v, "<0x0A>", 6),
                       nmt_vocab_find(v, "<0x41>", 6) };
    struct nmt_buffer out = NMT_BUFFER_INIT;
    cr_assert(eq(int, nmt_vocab_decode(v, bytes, 3, &out, NULL), 0));
    cr_assert(eq(str, (char *)nmt_buffer_str(&out, NULL),
                 "\xEF\xBF\xBD\xEF\xBF\xBD"
                 "A"));
    nmt_buffer_release(&out);
    nmt_vocab_free(v);
}

Test(vocab, text_is_normalised_word_by_word_and_words_stay_those_of_the_line)
{
    static const char *const lines[] = { "\xEF\xAC\x81sh 120\xC2\xA0"
                                         "cm e\xCC\x81",
                                         NULL };
    struct nmt_vocab *v = learn(options(NMT_VOCAB_CHAR, 0), lines);
    struct nmt_segmenter *s = NULL;
    const struct nmt_segmented *out;
    static const char line[] = "\xEF\xAC\x81  120\xC2\xA0"
                               "cm";
    cr_assert(eq(int, nmt_segmenter_new(&s, v, NULL), 0));
    cr_assert(eq(int, nmt_segmenter_encode(s, line, strlen(line), &out, NULL), 0));
    cr_assert(eq(sz, out->n_words, 2));
    cr_assert(eq(u32, out->words[1].start, 5));
    cr_assert(eq(u32, out->words[1].len, 7));
    /* _ f i _ _ 1 2 0 _ c m */
    const uint32_t want[] = { NMT_NO_WORD, 0, 0, NMT_NO_WORD, NMT_NO_WORD, 1, 1, 1,
                              NMT_NO_WORD, 1, 1 };
    cr_assert(eq(sz, out->n, sizeof want / sizeof *want));
    for (size_t i = 0; i < out->n; i++)
        cr_assert(eq(u32, out->word[i], want[i]));
    nmt_segmenter_free(s);
    assert_comes_back(v, line, strlen(line), "fi  120 cm", 10);
    assert_comes_back(v, "\xC3\xA9", 2, "\xC3\xA9", 2);
    nmt_vocab_free(v);
}

Test(vocab, words_are_told_of_a_line_whose_ids_were_taken_before)
{
    static const char *const lines[] = { "the cat the dog", NULL };
    static const char line[] = "the  cat dog the";
    struct nmt_vocab *v = learn(options(NMT_VOCAB_BPE, 14), lines);
    struct nmt_segmenter *s = NULL, *fresh = NULL;
    const struct nmt_segmented *out, *want;
    cr_assert(eq(int, nmt_segmenter_new(&s, v, NULL), 0));
    cr_assert(eq(int, nmt_segmenter_new(&fresh, v, NULL), 0));
    cr_assert(eq(int, nmt_segmenter_encode(fresh, line, strlen(line), &want, NULL), 0));
    cr_assert(eq(sz, want->n_words, 4));
    for (int ids = 1; ids >= 0; ids--) {
        cr_assert(eq(int,
                     ids ? nmt_segmenter_ids(s, line, strlen(line), &out, NULL)
                         : nmt_segmenter_encode(s, line, strlen(line), &out, NULL),
                     0));
        cr_assert(eq(sz, out->n, want->n));
        cr_assert(memcmp(out->ids, want->ids, want->n * sizeof *want->ids) == 0);
        cr_assert(eq(sz, out->n_words, ids ? 0 : 4));
    }
    cr_assert(memcmp(out->word, want->word, want->n * sizeof *want->word) == 0);
    nmt_segmenter_free(s);
    nmt_segmenter_free(fresh);
    nmt_vocab_free(v);
}

Test(vocab, lower_case_comes_after_normalising_and_is_normalised)
{
    static const char *const lines[] = { "h i \xC3\xA9 s", NULL };
    struct nmt_vocab_learn_options opt = options(NMT_VOCAB_CHAR, 0);
    opt.spec.lowercase = true;
    struct nmt_vocab *v = learn(opt, lines);
    /* U+210B SCRIPT CAPITAL H is "H" first; E and U+0301 are one letter. */
    static const char line[] = "\xE2\x84\x8BI E\xCC\x81 S";
    assert_comes_back(v, line, strlen(line), "hi \xC3\xA9 s", 7);
    nmt_vocab_free(v);
}

Test(vocab, a_million_marks_are_put_in_order_quickly)
{
    static const char *const lines[] = { "a", NULL };
    struct nmt_vocab *v = learn(options(NMT_VOCAB_CHAR, 0), lines);
    struct nmt_segmenter *s = NULL;
    const struct nmt_segmented *out;
    char *text = malloc(2000002);
    text[0] = 'a';
    for (size_t i = 0; i < 1000000; i++)
        memcpy(text + 1 + 2 * i, i % 2 ? "\xCC\xA7" : "\xCC\x81", 2);
    cr_assert(eq(int, nmt_segmenter_new(&s, v, NULL), 0));
    cr_assert(eq(int, nmt_segmenter_encode(s, text, 2000001, &out, NULL), 0));
    cr_assert(eq(sz, out->n, 2)); /* the accented a and all marks are one <unk> */
    nmt_segmenter_free(s);
    nmt_vocab_free(v);
    free(text);
}

Test(vocab, words_of_a_target_are_those_of_its_text)
{
    static const char *const lines[] = { "ab cd", NULL };
    struct nmt_vocab *v = learn(options(NMT_VOCAB_CHAR, 0), lines);
    nmt_id space = nmt_vocab_find(v, BAR, 3), a = nmt_vocab_find(v, "a", 1);
    const nmt_id ids[] = { 1, space, a, a, space, 0, a, space, 2 };
    const uint32_t want[] = { NMT_NO_WORD, NMT_NO_WORD, 0,           0,          NMT_NO_WORD,
                              1,           1,           NMT_NO_WORD, NMT_NO_WORD };
    uint32_t word[9];
    cr_assert(eq(sz, nmt_vocab_words(v, ids, 9, word), 2));
    for (size_t i = 0; i < 9; i++)
        cr_assert(eq(u32, word[i], want[i]));
    nmt_vocab_free(v);
    v = learn(options(NMT_VOCAB_WORD, 0), lines);
    const nmt_id words[] = { 0, 0, nmt_vocab_find(v, BAR "ab", 5) };
    cr_assert(eq(sz, nmt_vocab_words(v, words, 3, word), 3));
    struct nmt_buffer out = NMT_BUFFER_INIT;
    cr_assert(eq(int, nmt_vocab_decode(v, words, 3, &out, NULL), 0));
    cr_assert(eq(str, (char *)nmt_buffer_str(&out, NULL), "<unk> <unk> ab"));
    nmt_buffer_release(&out);
    nmt_vocab_free(v);
}

Test(vocab, an_id_beyond_the_vocabulary_is_refused)
{
    static const char *const lines[] = { "a", NULL };
    struct nmt_vocab *v = learn(options(NMT_VOCAB_CHAR, 0), lines);
    nmt_id id = (nmt_id)nmt_vocab_size(v);
    struct nmt_buffer out = NMT_BUFFER_INIT;
    cr_assert(eq(int, nmt_vocab_decode(v, &id, 1, &out, NULL), NMT_ETEXT));
    nmt_vocab_free(v);
}

Test(vocab, text_that_looks_like_a_special_piece_does_not_become_one)
{
    static const char *const lines[] = { "<unk><unk><unk>", "</s></s></s> x<s>x<s>x<s>", NULL };
    struct nmt_vocab *v = learn(options(NMT_VOCAB_BPE, 24), lines);
    assert_comes_back(v, lines[0], strlen(lines[0]), lines[0], strlen(lines[0]));
    assert_comes_back(v, lines[1], strlen(lines[1]), lines[1], strlen(lines[1]));
    struct nmt_segmenter *s = NULL;
    const struct nmt_segmented *out;
    cr_assert(eq(int, nmt_segmenter_new(&s, v, NULL), 0));
    cr_assert(eq(int, nmt_segmenter_encode(s, "a<unk></s>", 10, &out, NULL), 0));
    for (size_t i = 0; i < out->n; i++)
        cr_assert(not(eq(u32, out->ids[i], NMT_ID_EOS)));
    nmt_segmenter_free(s);
    nmt_vocab_free(v);
}

/* --- the file --------------------------------------------------------------------------- */

static char path[] = "/tmp/nmt-test-vocab-XXXXXX";

static void write_file(const char *text, size_t len)
{
    strcpy(path + strlen(path) - 6, "XXXXXX");
    int fd = mkstemp(path);
    cr_assert(eq(long, write(fd, text, len), (long)len));
    close(fd);
}

/* The message that loading a file of this content gives, without the path in front. */
static const char *refusal(const char *text, size_t len)
{
    static struct nmt_err err;
    struct nmt_vocab *v = NULL;
    err = (struct nmt_err)NMT_ERR_INIT;
    write_file(text, len);
    int rc = nmt_vocab_load(&v, path, &err);
    unlink(path);
    cr_assert(lt(int, rc, 0), "'%s' was loaded", text);
    cr_assert(eq(ptr, v, NULL));
    cr_assert(eq(int, strncmp(err.msg, path, strlen(path)), 0), "%s", err.msg);
    return err.msg + strlen(path);
}

#define HEAD(type, size)                                                                           \
    "#nmt-vocabulary 1 type=" type " normalize=nfkc lowercase=no byte-fallback=no size=" size "\n"
#define SPECIALS "<unk>\t0\n<s>\t0\n</s>\t0\n"

Test(vocab, a_damaged_file_is_refused_with_its_line)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        { "", ":1: file is empty" },
        { "hello\n",
          ":1: not a vocabulary of nmt (nmt-vocab reads one of sentencepiece with -t TYPE, "
          "and converts it with --import)" },
        { "#nmt-vocabulary 2 type=bpe\n", ":1: version of the vocabulary is not 1" },
        { "#nmt-vocabulary 1 type=bpe\n", ":1: header lacks a key" },
        { "#nmt-vocabulary 1 type=unigram\n", ":1: header: 'unigram' is not understood" },
        { "#nmt-vocabulary 1 type=bpe type=bpe\n", ":1: header: 'type=bpe' is not understood" },
        { "#nmt-vocabulary 1 colour=red\n", ":1: header: 'colour=red' is not understood" },
        { HEAD("bpe", "2"), ":1: header: size: '2' is not a whole number from 3 to 4194304" },
        { HEAD("bpe", "10000000"),
          ":1: header: size: '10000000' is not a whole number from 3 to 4194304" },
        { HEAD("bpe", "00000000000000000000000000000000003"),
          ":1: header: '00000000000000000000000000000000003' is not understood" },
        { HEAD("bpe", "3") "<unk>\t0\n<s>\t0\n</s>\t0", ":4: file is cut: no LF ends the line" },
        { HEAD("bpe", "4") SPECIALS, ":4: file ends after 3 of 4 pieces" },
        { HEAD("bpe", "3") SPECIALS "a\t0\n", ":5: more pieces than the 3 of the header" },
        { HEAD("bpe", "3") "<s>\t0\n", ":2: piece 0 must be <unk>" },
        { HEAD("bpe", "5") SPECIALS "a\t0\na\t-1\n", ":6: piece 'a' is there twice" },
        { HEAD("bpe", "4") SPECIALS "\t0\n", ":5: piece is empty" },
        { HEAD("bpe", "4") SPECIALS "a b\t0\n", ":5: piece contains a space" },
        { HEAD("bpe", "4") SPECIALS "ab\n", ":5: no tab before a score" },
        { HEAD("bpe", "4") SPECIALS "ab\tx\n", ":5: 'x' is not a score" },
        { HEAD("bpe", "4") SPECIALS "ab\tnan\n", ":5: 'nan' is not a score" },
        { HEAD("bpe", "4") SPECIALS "ab\t1e99\n", ":5: '1e99' is not a score" },
        { HEAD("bpe", "4") SPECIALS "\xFF\t0\n", ":5: piece is not valid UTF-8" },
        { HEAD("bpe", "4") SPECIALS "\xE2\x96\x82x\t0\n",
          ":5: U+2582 stands alone (see nmt-vocabulary(5))" },
        { "#nmt-vocabulary 1 type=bpe normalize=nfkc lowercase=no byte-fallback=yes "
          "size=3\n" SPECIALS,
          ":4: byte fallback needs 256 byte pieces, there are 0" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_assert(
            eq(str, (char *)refusal(cases[i].text, strlen(cases[i].text)), (char *)cases[i].why));
    static const char nul[] = HEAD("bpe", "4") SPECIALS "a\0b\t0\n";
    cr_assert(eq(str, (char *)refusal(nul, sizeof nul - 1), ":5: piece contains LF or NUL"));
}

Test(vocab, a_file_cut_at_any_byte_is_refused)
{
    static const char whole[] = HEAD("bpe", "6") SPECIALS "ab\t-0\na\t-1\nb\t-2\n";
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        size_t lines = 0, last = 0;
        for (size_t i = 0; i < n; i++) {
            lines += i == 0 || whole[i - 1] == '\n';
            last = lines;
        }
        char prefix[32];
        snprintf(prefix, sizeof prefix, ":%zu: ", last ? last : 1);
        const char *why = refusal(whole, n);
        cr_assert(eq(int, strncmp(why, prefix, strlen(prefix)), 0), "%zu bytes: %s", n, why);
    }
}

Test(vocab, a_file_of_sentencepiece_that_was_cut_inside_a_line_is_refused)
{
    static const char whole[] = "<unk>\t0\n<s>\t0\n</s>\t0\nab\t-0\na\t-10\nb\t-11\n";
    struct nmt_vocab_spec spec = { .type = NMT_VOCAB_BPE };
    for (size_t n = 1; n <= sizeof whole - 1; n++) {
        struct nmt_vocab *v = NULL;
        struct nmt_err err = NMT_ERR_INIT;
        write_file(whole, n);
        int rc = nmt_vocab_load_as(&v, path, &spec, &err);
        unlink(path);
        if (whole[n - 1] != '\n')
            cr_assert(eq(int, rc, NMT_ETRUNC), "%zu bytes", n);
        nmt_vocab_free(v);
    }
}

Test(vocab, what_was_saved_is_loaded)
{
    static const char *const lines[] = { "a\tb " BAR " \xE2\x96\x82 ab ab\r", NULL };
    struct nmt_vocab_learn_options opt = options(NMT_VOCAB_BPE, 280);
    opt.spec = (struct nmt_vocab_spec){ NMT_VOCAB_BPE, NMT_NORMALIZE_NFC, true, true };
    opt.size = 272;
    struct nmt_vocab *v = learn(opt, lines), *w = NULL;
    struct nmt_output *o = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    write_file("", 0);
    cr_assert(eq(int, nmt_output_open(&o, path, &err), 0));
    cr_assert(eq(int, nmt_vocab_save(v, o, &err), 0));
    cr_assert(eq(int, nmt_output_close(&o, &err), 0));
    cr_assert(eq(int, nmt_vocab_load(&w, path, &err), 0), "%s", err.msg);
    unlink(path);
    cr_assert(eq(sz, nmt_vocab_size(w), 272));
    const struct nmt_vocab_spec *a = nmt_vocab_spec(v), *b = nmt_vocab_spec(w);
    cr_assert(eq(int, (int)a->type, (int)b->type));
    cr_assert(eq(int, (int)a->normalize, (int)b->normalize));
    cr_assert(eq(int, a->lowercase, b->lowercase));
    cr_assert(eq(int, a->byte_fallback, b->byte_fallback));
    for (nmt_id id = 0; id < 272; id++) {
        cr_assert(
            eq(str, (char *)nmt_vocab_piece(v, id, NULL), (char *)nmt_vocab_piece(w, id, NULL)));
        cr_assert(eq(flt, nmt_vocab_score(v, id), nmt_vocab_score(w, id)));
    }
    nmt_vocab_free(v);
    nmt_vocab_free(w);
}

Test(vocab, pieces_of_a_model_file_are_checked)
{
    const char *pieces[] = { "<unk>", "<s>", "</s>", BAR "a", "b" };
    size_t lengths[] = { 5, 3, 4, 4, 1 };
    struct nmt_vocab_spec spec = { .type = NMT_VOCAB_WORD };
    struct nmt_vocab *v = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_vocab_from_pieces(&v, &spec, pieces, lengths, NULL, 5, &err), 0));
    cr_assert(eq(u32, nmt_vocab_find(v, "b", 1), 4));
    cr_assert(eq(u32, nmt_vocab_find(v, "c", 1), NMT_ID_UNK));
    nmt_vocab_free(v);
    v = NULL;
    pieces[4] = " ";
    cr_assert(
        eq(int, nmt_vocab_from_pieces(&v, &spec, pieces, lengths, NULL, 5, &err), NMT_EFORMAT));
    cr_assert(
        eq(int, nmt_vocab_from_pieces(&v, &spec, pieces, lengths, NULL, 2, NULL), NMT_EFORMAT));
    cr_assert(eq(ptr, v, NULL));
}
