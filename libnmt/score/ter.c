/*
 * TER: a greedy search for shifts, then the edit distance. In every round all phrases of up to ten
 * words that hypothesis and reference share are tried at the places their counterparts point to;
 * the shift that lowers the distance most is made and costs one edit. Which shifts are tried, in
 * which order, and which of two equally good ones is made follow Tercom, for they decide the
 * number.
 */
#include "edit_internal.h"
#include "segments_internal.h"

#include <nmt/ter.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SHIFT_WORDS    10
#define MAX_SHIFT_DISTANCE 50
#define MAX_CANDIDATES     1000

struct nmt_ter {
    struct nmt_segments segments;
    struct nmt_words words;
    struct nmt_edit edit;
    uint32_t *current, *shifted; /* [n_hyp] */
    size_t *hyp_errors;          /* [n_hyp + 1] errors before a word of the hypothesis */
    size_t *ref_errors;          /* [n_ref + 1] */
    size_t *align;               /* [n_ref] 1 + word of the hypothesis; 0: before the first */
    size_t hyp_cap, ref_cap;
};

/* A shift of words [start, start + length) to before word `target`. */
struct shift {
    size_t start, length, target;
    int64_t gain;
};

int nmt_ter_new(struct nmt_ter **out, const struct nmt_ter_options *opt, struct nmt_err *err)
{
    struct nmt_ter *t = calloc(1, sizeof *t);
    if (!t)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for TER");
    t->segments.opt = (struct nmt_tokenizer_options){
        .kind = NMT_TOK_TERCOM,
        .lowercase = !opt->case_sensitive,
        .normalized = opt->normalized,
        .no_punct = opt->no_punct,
        .asian = opt->asian,
    };
    *out = t;
    return 0;
}

void nmt_ter_free(struct nmt_ter *t)
{
    if (!t)
        return;
    nmt_segments_release(&t->segments);
    nmt_words_release(&t->words);
    nmt_edit_release(&t->edit);
    free(t->current);
    free(t->shifted);
    free(t->hyp_errors);
    free(t->ref_errors);
    free(t->align);
    free(t);
}

static void *regrown(void *old, size_t n, size_t size, bool *failed)
{
    void *bigger = realloc(old, n * size);
    *failed |= !bigger;
    return bigger ? bigger : old;
}

static int reserve(struct nmt_ter *t, size_t n_hyp, size_t n_ref, struct nmt_err *err)
{
    bool failed = false;
    if (n_hyp + 1 > t->hyp_cap) {
        size_t cap = 2 * (n_hyp + 1);
        t->current = regrown(t->current, cap, sizeof *t->current, &failed);
        t->shifted = regrown(t->shifted, cap, sizeof *t->shifted, &failed);
        t->hyp_errors = regrown(t->hyp_errors, cap, sizeof *t->hyp_errors, &failed);
        t->hyp_cap = failed ? t->hyp_cap : cap;
    }
    if (n_ref + 1 > t->ref_cap) {
        size_t cap = 2 * (n_ref + 1);
        t->ref_errors = regrown(t->ref_errors, cap, sizeof *t->ref_errors, &failed);
        t->align = regrown(t->align, cap, sizeof *t->align, &failed);
        t->ref_cap = failed ? t->ref_cap : cap;
    }
    return failed ? nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu words against %zu", n_hyp,
                             n_ref)
                  : 0;
}

/* Walks the best path backwards: which words are wrong, which word answers which. */
static void trace(struct nmt_ter *t, size_t n_hyp, size_t n_ref)
{
    memset(t->hyp_errors, 0, (n_hyp + 1) * sizeof *t->hyp_errors);
    memset(t->ref_errors, 0, (n_ref + 1) * sizeof *t->ref_errors);
    for (size_t i = n_hyp, j = n_ref; i > 0 || j > 0;) {
        enum nmt_edit_op op = nmt_edit_op_at(&t->edit, t->current, i, j);
        if (j > 0 && (i == 0 || op == NMT_EDIT_INSERT)) {
            t->align[j - 1] = i;
            t->ref_errors[j--] = 1;
        } else if (i > 0 && (j == 0 || op == NMT_EDIT_DELETE)) {
            t->hyp_errors[i--] = 1;
        } else {
            t->align[j - 1] = i;
            t->hyp_errors[i--] = op != NMT_EDIT_KEEP;
            t->ref_errors[j--] = op != NMT_EDIT_KEEP;
        }
    }
    for (size_t i = 1; i <= n_hyp; i++)
        t->hyp_errors[i] += t->hyp_errors[i - 1];
    for (size_t j = 1; j <= n_ref; j++)
        t->ref_errors[j] += t->ref_errors[j - 1];
}

/* Writes the words after the shift and returns from where on they are the old ones. The target
 * counts words before the shift; one within the phrase or just behind it moves the phrase by as
 * many words as it lies behind the phrase's start. */
static size_t perform(const uint32_t *words, size_t n, const struct shift *s, uint32_t *out)
{
    const uint32_t *phrase = words + s->start;
    size_t behind = s->start + s->length;
    if (s->target < s->start) {
        memcpy(out, words, s->target * sizeof *out);
        memcpy(out + s->target, phrase, s->length * sizeof *out);
        memcpy(out + s->target + s->length, words + s->target,
               (s->start - s->target) * sizeof *out);
        memcpy(out + behind, words + behind, (n - behind) * sizeof *out);
        return behind;
    }
    size_t rest = s->target > behind ? s->target : s->target + s->length;
    rest = rest < n ? rest : n;
    memcpy(out, words, s->start * sizeof *out);
    memcpy(out + s->start, words + behind, (rest - behind) * sizeof *out);
    memcpy(out + rest - s->length, phrase, s->length * sizeof *out);
    memcpy(out + rest, words + rest, (n - rest) * sizeof *out);
    return rest;
}

static bool is_better(const struct shift *a, const struct shift *b)
{
    if (b->length == 0 || a->gain != b->gain)
        return b->length == 0 || a->gain > b->gain;
    if (a->length != b->length)
        return a->length > b->length;
    if (a->start != b->start)
        return a->start < b->start;
    return a->target < b->target;
}

/* A round of the search. */
struct round {
    const struct nmt_segment *ref;
    size_t n_hyp;
    uint32_t distance;
    size_t *candidates; /* tried so far, in all rounds */
    struct shift best;  /* length 0: none */
};

/* Tries the phrase at all places its counterpart ref[at ...] points to. */
static int try_phrase(struct nmt_ter *t, struct round *r, size_t start, size_t at, size_t length,
                      struct nmt_err *err)
{
    size_t previous = SIZE_MAX;
    if (t->hyp_errors[start + length] == t->hyp_errors[start] ||
        t->ref_errors[at + length] == t->ref_errors[at] ||
        (t->align[at] > start && t->align[at] <= start + length))
        return 0;
    /* k words of the reference would stand before the phrase. */
    for (size_t k = at; k <= at + length; k++) {
        uint32_t distance;
        size_t target = k == 0 ? 0 : t->align[k - 1];
        if (target == previous)
            continue;
        previous = target;
        struct shift s = { start, length, target, 0 };
        size_t rest = perform(t->current, r->n_hyp, &s, t->shifted);
        size_t same = target < start ? target : start;
        NMT_TRY(nmt_edit_variant(&t->edit, t->shifted, same, rest, &distance, err));
        s.gain = (int64_t)r->distance - distance;
        ++*r->candidates;
        if (is_better(&s, &r->best))
            r->best = s;
    }
    return 0;
}

/* Tries all phrases that begin at start in the hypothesis and at `at` in the reference. 1 when the
 * search must end. */
static int try_pair(struct nmt_ter *t, struct round *r, size_t start, size_t at,
                    struct nmt_err *err)
{
    for (size_t length = 1;
         length <= MAX_SHIFT_WORDS && start + length <= r->n_hyp && at + length <= r->ref->n &&
         t->current[start + length - 1] == r->ref->symbols[at + length - 1];
         length++) {
        NMT_TRY(try_phrase(t, r, start, at, length, err));
        if (*r->candidates >= MAX_CANDIDATES)
            return 1;
    }
    return 0;
}

/* The next place of `word` in the reference from `at` on, n_ref if there is none. */
static size_t next_place(const struct nmt_ter *t, const struct nmt_segment *ref, uint32_t word,
                         size_t at)
{
    if (t->edit.has_bits) {
        uint64_t places = at < 64 ? nmt_edit_places(&t->edit, word) >> at : 0;
        return places ? at + (size_t)__builtin_ctzll(places) : ref->n;
    }
    while (at < ref->n && ref->symbols[at] != word)
        at++;
    return at;
}

static int find_shift(struct nmt_ter *t, struct round *r, struct nmt_err *err)
{
    for (size_t start = 0; start < r->n_hyp; start++) {
        uint32_t word = t->current[start];
        size_t at = start > MAX_SHIFT_DISTANCE ? start - MAX_SHIFT_DISTANCE : 0;
        size_t end = start + MAX_SHIFT_DISTANCE + 1;
        end = end < r->ref->n ? end : r->ref->n;
        for (at = next_place(t, r->ref, word, at); at < end;
             at = next_place(t, r->ref, word, at + 1)) {
            int rc = try_pair(t, r, start, at, err);
            if (rc != 0)
                return rc;
        }
    }
    return 0;
}

/* The edits that turn hyp into ref. */
static int count_edits(struct nmt_ter *t, const struct nmt_segment *hyp,
                       const struct nmt_segment *ref, size_t *edits, struct nmt_err *err)
{
    size_t candidates = 0, shifts = 0;
    uint32_t distance;
    if (ref->n == 0) {
        *edits = hyp->n;
        return 0;
    }
    NMT_TRY(reserve(t, hyp->n, ref->n, err));
    NMT_TRY(nmt_edit_begin(&t->edit, ref->symbols, ref->n, t->words.n, err));
    memcpy(t->current, hyp->symbols, hyp->n * sizeof *t->current);
    for (;; shifts++) {
        NMT_TRY(nmt_edit_align(&t->edit, t->current, hyp->n, &distance, err));
        if (distance == 0)
            break;
        trace(t, hyp->n, ref->n);
        struct round r = { ref, hyp->n, distance, &candidates, { 0, 0, 0, 0 } };
        NMT_TRY(find_shift(t, &r, err));
        if (candidates >= MAX_CANDIDATES || r.best.length == 0 || r.best.gain <= 0)
            break;
        perform(t->current, hyp->n, &r.best, t->shifted);
        memcpy(t->current, t->shifted, hyp->n * sizeof *t->current);
    }
    *edits = shifts + distance;
    return 0;
}

int nmt_ter_line(struct nmt_ter *t, const char *hyp, size_t hyp_len, const char *const *refs,
                 const size_t *ref_lens, size_t n_refs, double *row, struct nmt_err *err)
{
    const struct nmt_segment *h, *r;
    size_t best = SIZE_MAX, edits, words = 0;
    NMT_TRY(nmt_segments_cut(&t->segments, hyp, hyp_len, refs, ref_lens, n_refs, &h, &r, err));
    NMT_TRY(nmt_segments_number(&t->segments, &t->words, err));
    for (size_t i = 0; i < n_refs; i++) {
        NMT_TRY(count_edits(t, h, &r[i], &edits, err));
        best = edits < best ? edits : best;
        words += r[i].n;
    }
    row[0] = (double)best;
    row[1] = (double)words / (double)n_refs;
    return 0;
}

double nmt_ter_score_row(const double *row, bool single)
{
    if (row[1] <= 0)
        return row[0] > 0 ? 100 : 0;
    return 100 * (single ? (double)((float)row[0] / (float)row[1]) : row[0] / row[1]);
}
