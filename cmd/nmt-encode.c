/* nmt-encode: lines of text in, annotation records out. */
#include "cli.h"

#include <nmt/encode.h>
#include <nmt/engine.h>
#include <nmt/lines.h>
#include <nmt/model.h>
#include <nmt/output.h>
#include <nmt/stream.h>
#include <nmt/threads.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OPT_IDS = 256, OPT_BATCH, OPT_MAX_WAIT, OPT_INVALID, OPT_OVERLONG, OPT_MAX_LENGTH };

static const struct cli_opt opts[] = {
    { 'm', "model", "FILE", "model written by nmt-train (required; several: an ensemble)" },
    { OPT_IDS, "ids", NULL, "lines are token ids as nmt-vocab -e writes them" },
    { 'f', "format", "FORMAT", "stream (default), or for people: jsonl, npy" },
    { OPT_INVALID, "invalid", "POLICY", "lines that are no text: skip (default), replace or fail" },
    { OPT_OVERLONG, "overlong", "POLICY", "split (default), crop, skip or fail" },
    { OPT_MAX_LENGTH, "max-length", "N", "tokens from which on a line is too long (400)" },
    { OPT_BATCH, "batch", "N", "sentences that are encoded together (64)" },
    { OPT_MAX_WAIT, "max-wait", "MS", "longest that a line waits for company (20)" },
    { 'j', "threads", "N", "threads (default: the processors there are)" },
    { 'o', "output", "FILE", "write there instead of stdout" },
    { 'q', "quiet", NULL, "only errors on stderr" },
    CLI_COMMON,
    CLI_END
};

static const char *const formats[] = { "stream", "jsonl", "npy", NULL };
static const char *const invalid[] = { "fail", "replace", "skip", NULL };
static const char *const overlong[] = { "split", "crop", "skip", "fail", NULL };
