/* What nmt-train says while it works: a bar or lines on stderr, JSON objects in a log file. */
#ifndef NMT_TRAIN_LOG_H
#define NMT_TRAIN_LOG_H

#include "progress.h"

#include <nmt/buffer.h>
#include <nmt/train.h>

#include <stdbool.h>
#include <stdio.h>

struct train_log {
    bool memory; /* say what memory is needed, on stdout: a dry run */
    struct progress progress;
    FILE *json; /* NULL: none */
    bool json_failed;
    uint64_t last_source, last_target;
};

/** Takes a report: struct nmt_train_options.report with a struct train_log as arg. */
void train_log_report(struct train_log *log, const struct nmt_train_report *r);

#endif
