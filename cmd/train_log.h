/* What nmt-train says while it works: a bar or lines on stderr, JSON objects in a log file. */
#ifndef NMT_TRAIN_LOG_H
#define NMT_TRAIN_LOG_H

#include <nmt/buffer.h>
#include <nmt/train.h>

#include <stdbool.h>
#include <stdio.h>

struct train_log {
    const char *prog;
    bool memory;          /* say what memory is needed, on stdout: a dry run */
    bool quiet, terminal; /* terminal: a bar instead of lines now and then */
    FILE *json;           /* NULL: none */
    bool json_failed;
    double last_time; /* of the last line */
    uint64_t last_source, last_target;
    bool bar; /* a bar stands on the terminal's last line */
};

/** Takes a report: struct nmt_train_options.report with a struct train_log as arg. */
void train_log_report(struct train_log *log, const struct nmt_train_report *r);

#endif
