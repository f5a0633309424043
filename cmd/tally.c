/* What nmt-encode and nmt-decode say while they work. */
#include "tally.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Failed lines that are named on stderr. */
#define NAMED 10

/* Bytes of all inputs, 0 when one is no regular file. */
static uint64_t size_of_inputs(const struct cli *cli)
{
    uint64_t size = 0;
    for (size_t i = 0; i < (cli->n_operands ? cli->n_operands : 1); i++) {
        const char *path = cli->n_operands ? cli->operands[i] : "-";
        struct stat st;
        int rc = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(path, &st);
        if (rc < 0 || !S_ISREG(st.st_mode))
            return 0;
        size += (uint64_t)st.st_size;
    }
    return size;
}

static bool is_pipe(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

int tally_open(struct tally *t, struct cli *cli, int log, bool piped_is_quiet, struct nmt_err *err)
{
    const char *out = cli_value(cli, 'o', "-");
    const bool to_stdout = strcmp(out, "-") == 0;
    *t = (struct tally){ .cli = cli, .path = cli_value(cli, log, NULL), .start = progress_now() };
    t->progress =
        (struct progress){ .prog = cli->prog, .terminal = isatty(STDERR_FILENO), .last = t->start };
    /* A bar among lines that are read on the same terminal would be in their way. */
    t->progress.quiet = cli_flag(cli, 'q') || (to_stdout && isatty(STDOUT_FILENO)) ||
                        (to_stdout && piped_is_quiet && is_pipe(STDOUT_FILENO));
    t->size = size_of_inputs(cli);
    if (t->path && strcmp(t->path, "-") == 0)
        return nmt_fail(err, NMT_EUSAGE, 0, "--log: the log must be a file");
    if (t->path && !(t->log = fopen(t->path, "a")))
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot open", t->path);
    return 0;
}

/* --- the log ---------------------------------------------------------------------------------- */

static int add_event(struct tally *t, const char *event)
{
    t->line.len = 0;
    return nmt_buffer_addf(&t->line, NULL, "{\"event\":\"%s\"", event);
}

static int add_text(struct tally *t, const char *key, const char *text)
{
    NMT_TRY(nmt_buffer_addf(&t->line, NULL, ",\"%s\":", key));
    return nmt_buffer_add_json(&t->line, text, strlen(text), NULL);
}

static int add_count(struct tally *t, const char *key, uint64_t n)
{
    return nmt_buffer_addf(&t->line, NULL, ",\"%s\":%" PRIu64, key, n);
}

/* Writes the line if rc says that it could be built. */
static void put(struct tally *t, int rc)
{
    if (rc == 0)
        rc = nmt_buffer_adds(&t->line, "}\n", NULL);
    if (rc < 0 || fwrite(t->line.data, 1, t->line.len, t->log) != t->line.len ||
        fflush(t->log) != 0)
        t->log_failed = true;
}

static int add_failed(struct tally *t, const char *place, uint64_t line, const char *reason)
{
    NMT_TRY(add_event(t, "failed"));
    NMT_TRY(add_count(t, "record", t->records));
    if (place)
        NMT_TRY(add_text(t, "place", place));
    if (line)
        NMT_TRY(add_count(t, "source_line", line));
    return add_text(t, "reason", reason);
}

static int add_cut(struct tally *t)
{
    NMT_TRY(add_event(t, "cut"));
    return add_count(t, "record", t->records);
}

static int add_end(struct tally *t, double seconds, bool interrupted, const struct nmt_err *why)
{
    const double span = seconds > 0 ? seconds : 1e-9;
    NMT_TRY(add_event(t, interrupted ? "interrupted" : why->code ? "error" : "end"));
    NMT_TRY(add_count(t, "lines", t->records - t->skipped));
    NMT_TRY(add_count(t, "failed", t->failed));
    if (t->cut)
        NMT_TRY(add_count(t, "cut", t->cut));
    NMT_TRY(add_count(t, "source_words", t->source_words));
    if (t->target_words)
        NMT_TRY(add_count(t, "target_words", t->target_words));
    const double words = (double)(t->target_words ? t->target_words : t->source_words);
    NMT_TRY(nmt_buffer_addf(&t->line, NULL, ",\"seconds\":%.6g,\"words_per_second\":%.6g", seconds,
                            words / span));
    return why->code ? add_text(t, "reason", why->msg) : 0;
}

/* --- stderr ----------------------------------------------------------------------------------- */

void tally_failed(struct tally *t, const char *place, const char *reason)
{
    t->failed++;
    progress_clear(&t->progress);
    if (t->named++ < NAMED)
        cli_warn_failed(t->cli, "%s: %s", place, reason);
    t->cli->status = 1;
    if (t->log)
        put(t, add_failed(t, place, 0, reason));
}

void tally_failed_before(struct tally *t, uint64_t line, const char *reason)
{
    t->failed++;
    if (t->before++ == 0)
        (void)!nmt_buffer_addf(&t->first, NULL, "record %" PRIu64 ", line %" PRIu64 ": %s",
                               t->records, line, reason);
    t->cli->status = 1;
    if (t->log)
        put(t, add_failed(t, NULL, line, reason));
}

void tally_cut(struct tally *t)
{
    t->cut++;
    if (t->log)
        put(t, add_cut(t));
}

static double share(const struct tally *t, uint64_t bytes)
{
    const double s = (double)(t->done + bytes) / (double)(t->size ? t->size : 1);
    return t->size == 0 ? -1 : s < 1 ? s : 1;
}

static void say_counts(struct tally *t, double now, double part)
{
    char gone[24], rest[24];
    const uint64_t words = t->target_words ? t->target_words : t->source_words;
    const double seconds = now - t->start;
    progress_begin(&t->progress, now, part);
    fprintf(stderr, "%" PRIu64 " lines", t->records - t->skipped);
    if (t->failed)
        fprintf(stderr, " (%" PRIu64 " failed)", t->failed);
    fprintf(stderr, ", %" PRIu64 " words, %.0f words/s, %s", words,
            (double)words / (seconds > 0 ? seconds : 1e-9), progress_duration(gone, seconds));
    if (part > 0 && part < 1)
        fprintf(stderr, ", %s left", progress_duration(rest, seconds * (1 - part) / part));
    progress_end(&t->progress);
}

void tally_show(struct tally *t, uint64_t bytes)
{
    if (t->progress.quiet)
        return;
    const double now = progress_now();
    if (progress_due(&t->progress, now))
        say_counts(t, now, share(t, bytes));
}

void tally_input_end(struct tally *t, uint64_t bytes)
{
    t->done += bytes;
}

int tally_close(struct tally *t, bool interrupted, const struct nmt_err *why, struct nmt_err *err)
{
    const double now = progress_now();
    if (!t->cli)
        return 0;
    if (t->progress.last > t->start) { /* something was shown: say how it ended */
        progress_clear(&t->progress);
        t->progress.terminal = false;
        say_counts(t, now, -1);
    }
    if (t->named > NAMED)
        cli_warn(t->cli, "%" PRIu64 " more lines failed", t->named - NAMED);
    if (t->before == 1)
        cli_warn(t->cli, "one line had failed before: %.*s", (int)t->first.len, t->first.data);
    else if (t->before > 1)
        cli_warn(t->cli, "%" PRIu64 " lines had failed before, the first: %.*s", t->before,
                 (int)t->first.len, t->first.data);
    if (t->log)
        put(t, add_end(t, now - t->start, interrupted, why));
    nmt_buffer_release(&t->line);
    nmt_buffer_release(&t->first);
    if (t->log && (fclose(t->log) != 0 || t->log_failed))
        return nmt_fail(err, NMT_EIO, 0, "%s: cannot write all of the log", t->path);
    return 0;
}
