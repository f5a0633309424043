/* Looking a bitext over: one pass over both files, memory for one hash a pair. */
#include <nmt/check.h>
#include <nmt/filter.h>
#include <nmt/lines.h>
#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Pairs seen, by 64 bits of hash. Among ten million different pairs the chance that two are taken
 * for one is about three in a million. */
struct seen {
    uint64_t *slots; /* 0: free */
    size_t n, n_slots;
};

static bool insert(uint64_t *slots, size_t n, uint64_t hash)
{
    size_t i = (size_t)(hash ^ hash >> 32) & (n - 1);
    for (; slots[i]; i = (i + 1) & (n - 1))
        if (slots[i] == hash)
            return false;
    slots[i] = hash;
    return true;
}

/* Sets *again when the pair was seen before. */
static int note_pair(struct seen *s, uint64_t hash, bool *again, struct nmt_err *err)
{
    if (s->n * 2 >= s->n_slots) {
        size_t n = s->n_slots ? s->n_slots * 2 : 1024;
        uint64_t *slots = calloc(n, sizeof *slots);
        if (!slots)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        for (size_t i = 0; i < s->n_slots; i++)
            if (s->slots[i])
                insert(slots, n, s->slots[i]);
        free(s->slots);
        s->slots = slots;
        s->n_slots = n;
    }
    *again = !insert(s->slots, s->n_slots, hash ? hash : 1);
    s->n += !*again;
    return 0;
}

int nmt_bitext_line(const char *line, size_t len, struct nmt_err *err)
{
    NMT_TRY(nmt_text_check(line, len, err));
    const char *cr = memchr(line, '\r', len);
    if (cr)
        return nmt_fail(err, NMT_ETEXT, 0, "CR at byte %zu; only LF ends a line",
                        (size_t)(cr - line) + 1);
    return 0;
}

struct line {
    const char *text;
    size_t len;  /* without CR at the end */
    size_t cr;   /* the place of the first CR, from 1 */
    bool over;   /* longer than NMT_BITEXT_LINE: text is empty */
    bool packed; /* in a script without spaces between words */
    uint64_t words, characters;
};

struct checker {
    struct nmt_check *c;
    struct nmt_lines *in[2];
    struct seen seen;
    bool dropped; /* the pair at hand */
};

struct nmt_check_options nmt_check_defaults(void)
{
    return (struct nmt_check_options){ .max_words = 200, .max_characters = 4096, .max_ratio = 3 };
}

static bool drops(const struct nmt_check_options *o, enum nmt_finding what)
{
    static const bool always[] = {
#define DROPS(name, key, text, drop) drop,
        NMT_FINDING_MAP(DROPS)
#undef DROPS
    };
    return always[what] || (what == NMT_FINDING_IDENTICAL && o->drop_identical) ||
           (what == NMT_FINDING_DUPLICATE && o->drop_duplicates);
}

static void find(struct checker *k, enum nmt_finding what, int side, size_t byte)
{
    struct nmt_found *f = &k->c->found[what];
    if (f->pairs == 0) {
        f->line = k->c->pairs;
        f->side = side;
        f->byte = byte;
    }
    f->pairs++;
    k->dropped |= drops(&k->c->opt, what);
}

/* The place of the first control character other than TAB, from 1; 0 when there is none. C1
 * controls among them: they come from texts whose encoding was taken for another. */
static size_t control_at(const struct line *l)
{
    for (size_t i = 0; i < l->len; i++) {
        unsigned char c = (unsigned char)l->text[i];
        bool c1 = c == 0xC2 && i + 1 < l->len && (unsigned char)l->text[i + 1] < 0xA0;
        if ((c < 0x20 && c != '\t' && c != '\0') || c == 0x7F || c1)
            return i + 1;
    }
    return 0;
}

/* Han, kana, Thai and their neighbours, but not Hangul, whose words stand between spaces. */
static bool is_packed(const char *p, size_t n)
{
    uint32_t cp;
    if ((unsigned char)p[0] < 0xE0 || nmt_utf8_decode(p, n, &cp) == 0)
        return false;
    return (cp >= 0x0E00 && cp < 0x0F00) || (cp >= 0x1000 && cp < 0x10A0) ||
           (cp >= 0x1780 && cp < 0x1800) || (cp >= 0x2E80 && cp < 0xA000) ||
           (cp >= 0xF900 && cp < 0xFB00) || (cp >= 0x20000 && cp < 0x40000);
}

/* The bytes of the white space at the start of p: TAB, the space, and those that NFKC makes one. */
static size_t white_space(const char *p, size_t n)
{
    const unsigned char lead = (unsigned char)p[0];
    uint32_t cp;
    if (lead == ' ' || lead == '\t')
        return 1;
    if (lead != 0xC2 && lead != 0xE2 && lead != 0xE3) /* U+0080, U+2000, U+3000 and behind them */
        return 0;
    size_t len = nmt_utf8_decode(p, n, &cp);
    bool is = cp == 0xA0 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F || cp == 0x205F ||
              cp == 0x3000;
    return len > 0 && is ? len : 0;
}

static void measure(struct line *l)
{
    bool inside = false;
    l->words = l->characters = 0;
    l->packed = false;
    for (size_t i = 0, step; i < l->len; i += step) {
        size_t space = white_space(l->text + i, l->len - i);
        step = space ? space : 1;
        l->words += !space && !inside;
        inside = !space;
        l->characters += ((unsigned char)l->text[i] & 0xC0) != 0x80;
        l->packed = l->packed || (!space && is_packed(l->text + i, l->len - i));
    }
}

static bool is_lopsided(const struct line l[2], double most)
{
    bool bytes = l[0].packed || l[1].packed;
    double a = (double)(bytes ? l[0].len : l[0].words), b = (double)(bytes ? l[1].len : l[1].words);
    return l[0].words > 0 && l[1].words > 0 && (a > most * b || b > most * a);
}

/* Findings of one side, each counted once for the pair. */
static void check_side(struct checker *k, struct line *l, int side, unsigned *met)
{
    size_t bad = nmt_utf8_valid(l->text, l->len), control = control_at(l);
    const char *nul = memchr(l->text, '\0', l->len);
    const struct nmt_check_options *o = &k->c->opt;
    struct {
        enum nmt_finding what;
        bool is;
        size_t byte;
    } tests[] = {
        { NMT_FINDING_INVALID, bad < l->len, bad + 1 },
        { NMT_FINDING_NUL, nul != NULL, nul ? (size_t)(nul - l->text) + 1 : 0 },
        { NMT_FINDING_CR, l->cr > 0, l->cr },
        { NMT_FINDING_CONTROL, control > 0, control },
        { NMT_FINDING_EMPTY, l->words == 0 && !l->over, 0 },
        { NMT_FINDING_LONG, l->over || l->words > o->max_words || l->characters > o->max_characters,
          0 },
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (!tests[i].is || *met >> tests[i].what & 1)
            continue;
        *met |= 1u << tests[i].what;
        find(k, tests[i].what, side, tests[i].byte);
    }
}

static void strip_cr(struct line *l)
{
    const char *cr = memchr(l->text, '\r', l->len);
    l->cr = cr ? (size_t)(cr - l->text) + 1 : 0;
    while (l->len > 0 && l->text[l->len - 1] == '\r')
        l->len--;
}

static int check_pair(struct checker *k, struct line l[2], struct nmt_err *err)
{
    unsigned met = 0;
    uint64_t hash = 0;
    bool refused = false;
    k->dropped = false;
    for (int side = 0; side < 2; side++) {
        struct nmt_check_side *s = &k->c->side[side];
        refused = refused || l[side].over || nmt_bitext_line(l[side].text, l[side].len, NULL) < 0;
        strip_cr(&l[side]);
        measure(&l[side]);
        s->words += l[side].words;
        check_side(k, &l[side], side, &met);
        hash = XXH3_64bits_withSeed(l[side].text, l[side].len, hash);
    }
    if (refused && k->c->refused++ == 0)
        k->c->first = k->c->pairs;
    if (is_lopsided(l, k->c->opt.max_ratio))
        find(k, NMT_FINDING_RATIO, -1, 0);
    if (l[0].words > 0 && l[0].len == l[1].len && memcmp(l[0].text, l[1].text, l[0].len) == 0)
        find(k, NMT_FINDING_IDENTICAL, -1, 0);
    bool again = false;
    if (l[0].words > 0 && l[1].words > 0)
        NMT_TRY(note_pair(&k->seen, hash, &again, err));
    if (again)
        find(k, NMT_FINDING_DUPLICATE, -1, 0);
    k->c->clean += !k->dropped;
    return 0;
}

/* A line without a partner. */
static void count_alone(struct checker *k, struct line *l, int side)
{
    strip_cr(l);
    measure(l);
    k->c->side[side].words += l->words;
}

static int write_pair(struct nmt_output *const clean[2], const struct line l[2],
                      struct nmt_err *err)
{
    for (int side = 0; side < 2; side++) {
        NMT_TRY(nmt_output_write(clean[side], l[side].text, l[side].len, err));
        NMT_TRY(nmt_output_write(clean[side], "\n", 1, err));
    }
    return 0;
}

/* As nmt_lines_next; a line that is too long is one all the same. */
static int next_line(struct nmt_lines *in, struct line *l, struct nmt_err *err)
{
    char *text = NULL;
    *l = (struct line){ .text = "" };
    int rc = nmt_lines_next(in, &text, &l->len, err);
    if (rc > 0)
        l->text = text;
    l->over = rc == NMT_ELIMIT;
    if (l->over && err)
        *err = (struct nmt_err)NMT_ERR_INIT;
    return l->over ? 1 : rc;
}

static int check_all(struct checker *k, struct nmt_output *const clean[2], struct nmt_err *err)
{
    for (;;) {
        struct line l[2];
        int rc[2];
        for (int side = 0; side < 2; side++) {
            NMT_TRY(rc[side] = next_line(k->in[side], &l[side], err));
            k->c->side[side].lines += rc[side] > 0;
        }
        if (!rc[0] && !rc[1])
            break;
        if (!rc[0] || !rc[1]) {
            count_alone(k, &l[!rc[0]], !rc[0]);
            continue;
        }
        k->c->pairs++;
        NMT_TRY(check_pair(k, l, err));
        if (clean && !k->dropped)
            NMT_TRY(write_pair(clean, l, err));
    }
    for (int side = 0; side < 2; side++)
        k->c->side[side].bytes = nmt_lines_bytes(k->in[side]);
    return 0;
}

static int open_and_check(struct checker *k, const char *const clean[2], struct nmt_output *out[2],
                          struct nmt_err *err)
{
    struct nmt_check *c = k->c;
    for (int side = 0; side < 2; side++)
        NMT_TRY(nmt_lines_open(&k->in[side], c->side[side].path, NMT_BITEXT_LINE, err));
    for (int side = 0; side < 2 && clean; side++)
        NMT_TRY(nmt_output_open(&out[side], clean[side], err));
    NMT_TRY(check_all(k, clean ? out : NULL, err));
    return c->side[0].lines == c->side[1].lines ? nmt_output_close_all(out, 2, err) : 0;
}

int nmt_check_bitext(struct nmt_check *c, const char *source, const char *target,
                     const char *const clean[2], const struct nmt_check_options *opt,
                     struct nmt_err *err)
{
    struct checker k = { .c = c };
    struct nmt_output *out[2] = { NULL, NULL };
    *c = (struct nmt_check){ .side = { { .path = source }, { .path = target } },
                             .opt = opt ? *opt : nmt_check_defaults() };
    int rc = open_and_check(&k, clean, out, err);
    for (int side = 0; side < 2; side++) {
        if (strcmp(c->side[side].path, "-") == 0)
            c->side[side].path = "(stdin)";
        nmt_lines_close(k.in[side]);
        nmt_output_abandon(out[side]);
    }
    free(k.seen.slots);
    return rc;
}

bool nmt_check_usable(const struct nmt_check *c)
{
    return c->side[0].lines == c->side[1].lines && c->clean > 0 && c->refused == 0;
}
