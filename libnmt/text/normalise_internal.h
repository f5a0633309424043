/*
 * Unicode normalisation of one word. A line is cut at ASCII spaces first and each word is
 * normalised by itself. That equals normalising the line: the space is a starter, so no mark is
 * reordered across it, and no canonical composition begins with it or contains it, so it
 * composes with nothing. What it gives: words of the raw line stay known, and a word that was
 * normalised once need not be again.
 */
#ifndef NMT_NORMALISE_INTERNAL_H
#define NMT_NORMALISE_INTERNAL_H

#include <nmt/buffer.h>
#include <nmt/vocab.h>

/** Characters below this have no combining class and are in no composition but their own. */
#define NMT_PLAIN 0x300

struct nmt_normaliser {
    enum nmt_normalize form;
    bool lowercase;
    bool stays[NMT_PLAIN]; /* does the character become itself? */
    int32_t *cps, *marks;  /* scratch: code points; a run of combining marks */
    size_t cap_cps, cap_marks;
    struct nmt_buffer out;
};

void nmt_normaliser_init(struct nmt_normaliser *n, const struct nmt_vocab_spec *spec);
void nmt_normaliser_release(struct nmt_normaliser *n);

/**
 * Normalises text[0..len), which must be valid UTF-8. *out is text itself when nothing changes,
 * else borrowed from n until the next call. The result may contain spaces.
 *
 * Lower-casing maps code point by code point (Unicode's simple mapping) after normalising, and
 * what comes out is normalised again.
 */
int nmt_normalise_word(struct nmt_normaliser *n, const char *text, size_t len, const char **out,
                       size_t *out_len, struct nmt_err *err) NMT_MUST_USE;

#endif
