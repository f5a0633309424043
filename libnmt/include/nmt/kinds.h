/* The kinds of layers and of training that a configuration chooses from. */
#ifndef NMT_KINDS_H
#define NMT_KINDS_H

/* Each in the order of its words in nmt/config.h. */
enum nmt_cell { NMT_GRU, NMT_LSTM };
enum nmt_attention_kind { NMT_ADDITIVE, NMT_DOT, NMT_GENERAL, NMT_NO_ATTENTION };
enum nmt_order { NMT_ORDER_CODE, NMT_ORDER_TEXT, NMT_ORDER_APPENDIX, NMT_ORDER_CGRU };
enum nmt_start_kind { NMT_START_FIRST, NMT_START_MEAN };
enum nmt_stack_kind { NMT_STACK_BIDIRECTIONAL, NMT_STACK_ALTERNATING };
enum nmt_readout_kind { NMT_MAXOUT, NMT_TANH };
enum nmt_optimizer_kind { NMT_ADAM, NMT_ADADELTA, NMT_SGD };
enum nmt_loss_scale { NMT_LOSS_TOKENS, NMT_LOSS_SENTENCES, NMT_LOSS_SUM };
enum nmt_schedule {
    NMT_SCHEDULE_EXPONENTIAL,
    NMT_SCHEDULE_PLATEAU,
    NMT_SCHEDULE_CONSTANT,
    NMT_SCHEDULE_LINEAR,
    NMT_SCHEDULE_INVERSE_SQRT
};
enum nmt_precision { NMT_FLOAT32, NMT_BFLOAT16 };
enum nmt_valid_metric { NMT_VALID_BLEU, NMT_VALID_PERPLEXITY };

#endif
