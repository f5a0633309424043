/* What a tokeniser takes a character for: see tokenize.c. */
#ifndef NMT_CHARCLASS_INTERNAL_H
#define NMT_CHARCLASS_INTERNAL_H

#include <nmt/tokenize.h>

#include <stdbool.h>
#include <stdint.h>

/** Up to DIGIT: nothing to decide. */
enum char_class {
    CLASS_OTHER,
    CLASS_DIGIT, /* what marks stick to */
    CLASS_SPACE, /* white space: a boundary, and dropped */
    CLASS_ALONE, /* a token of its own */
    CLASS_MARK,  /* full stop and comma; intl: all punctuation */
    CLASS_DASH,  /* a token of its own behind a digit */
    CLASS_QUOTE, /* TER's apostrophe */
    CLASS_WIDE,  /* a byte of a longer character */
    CLASS_EDGE   /* no character: before the first or behind the last */
};

struct char_classes {
    uint8_t of_byte[256];
    uint8_t is_stop[256];                    /* 1: something is to be decided, beyond DIGIT */
    enum char_class (*of_wide)(uint32_t cp); /* from U+0080 on */
    bool padded;                             /* the line's ends count as spaces */
};

/** Fills in a struct that is zero. */
void nmt_charclass_set(struct char_classes *c, const struct nmt_tokenizer_options *opt);

/** Asian and full-width punctuation of TER. */
bool nmt_charclass_is_asian_punctuation(uint32_t cp);

#endif
