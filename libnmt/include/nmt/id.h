/* Token ids and the special pieces every vocabulary starts with. */
#ifndef NMT_ID_H
#define NMT_ID_H

#include <stdint.h>

typedef uint32_t nmt_id;

enum {
    NMT_ID_UNK = 0, /* <unk>: what the vocabulary does not know */
    NMT_ID_BOS = 1, /* <s>: reserved; RNNsearch starts from the zero vector instead */
    NMT_ID_EOS = 2, /* </s>: closes every source and target sequence */
    NMT_ID_SPECIALS = 3
};

#endif
