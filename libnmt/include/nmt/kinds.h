/* The kinds that a model, its training and its vocabularies come in, and the words for them. */
#ifndef NMT_KINDS_H
#define NMT_KINDS_H

/* The words stand in the order of the enum. */
enum nmt_cell { NMT_GRU, NMT_LSTM };
enum nmt_attention_kind { NMT_ADDITIVE, NMT_DOT, NMT_GENERAL, NMT_NO_ATTENTION };
enum nmt_order { NMT_ORDER_CODE, NMT_ORDER_TEXT, NMT_ORDER_APPENDIX, NMT_ORDER_CGRU };
enum nmt_readout_kind { NMT_MAXOUT, NMT_TANH };
enum nmt_optimizer_kind { NMT_ADAM, NMT_ADADELTA, NMT_SGD };
enum nmt_loss_scale { NMT_LOSS_TOKENS, NMT_LOSS_SENTENCES, NMT_LOSS_SUM };
enum nmt_schedule { NMT_SCHEDULE_EXPONENTIAL, NMT_SCHEDULE_PLATEAU, NMT_SCHEDULE_CONSTANT };
enum nmt_valid_metric { NMT_VALID_BLEU, NMT_VALID_PERPLEXITY };

#define NMT_WORDS_VOCAB     "word char bpe"
#define NMT_WORDS_NORMALIZE "none nfc nfkc"
#define NMT_WORDS_CELL      "gru lstm"
#define NMT_WORDS_ATTENTION "additive dot general none"
#define NMT_WORDS_ORDER     "code text appendix cgru"
#define NMT_WORDS_READOUT   "maxout tanh"
#define NMT_WORDS_TIED      "none target all"
#define NMT_WORDS_INIT      "uniform paper"
#define NMT_WORDS_OPTIMIZER "adam adadelta sgd"
#define NMT_WORDS_LOSS      "tokens sentences sum"
#define NMT_WORDS_SCHEDULE  "exponential plateau constant"
#define NMT_WORDS_METRIC    "bleu perplexity"

#endif
