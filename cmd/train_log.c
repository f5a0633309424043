/* What nmt-train says while it works. */
#include "train_log.h"

#include <inttypes.h>
#include <string.h>

static void say_data(const struct train_log *log, const struct nmt_train_report *r)
{
    fprintf(stderr,
            "%s: %zu pairs (left out: %zu with an empty side, %zu too long), %zu for validation\n"
            "%s: vocabularies of %zu and %zu, unknown %.2f%% and %.2f%%; %.2f million parameters\n",
            log->progress.prog, r->pairs, r->pairs_empty, r->pairs_long, r->valid_pairs,
            log->progress.prog, r->source_vocabulary, r->target_vocabulary, 100 * r->unknown_source,
            100 * r->unknown_target, (double)r->parameters / 1e6);
    for (size_t side = 0; side < 2; side++)
        if (r->vectors_given[side])
            fprintf(stderr, "%s: word vectors for %zu of the %zu pieces of the %s\n",
                    log->progress.prog, r->vectors_found[side],
                    side ? r->target_vocabulary : r->source_vocabulary, side ? "target" : "source");
}

static void say_progress(struct train_log *log, const struct nmt_train_report *r, double t)
{
    char gone[24], rest[24];
    const double span = t - log->progress.last;
    const double source = (double)(r->source_words - log->last_source) / span;
    const double target = (double)(r->target_words - log->last_target) / span;
    progress_begin(&log->progress, t, r->share);
    fprintf(stderr, "update %" PRIu64 " epoch %" PRIu64 " (%zu/%zu) %sloss %.3f ppl %.2f ",
            r->update, r->epoch, r->batch, r->batches, r->weighted ? "weighted " : "", r->loss,
            r->perplexity);
    if (r->guided)
        fprintf(stderr, "guide %.3f ", r->guide_loss);
    if (r->valid_update)
        fprintf(stderr, "valid %.2f ", r->valid_perplexity);
    fprintf(stderr, "norm %.2f rate %.2g words/s %.0f source %.0f target, %s", r->gradient_norm,
            r->learning_rate, source, target, progress_duration(gone, r->seconds));
    if (r->epoch_left >= 0)
        fprintf(stderr, ", epoch %s left", progress_duration(rest, r->epoch_left));
    if (r->left >= 0)
        fprintf(stderr, ", all %s", progress_duration(rest, r->left));
    progress_end(&log->progress);
    log->last_source = r->source_words;
    log->last_target = r->target_words;
}

static void say_validation(const struct train_log *log, const struct nmt_train_report *r)
{
    char gone[24];
    fprintf(stderr, "%s: validation at update %" PRIu64 " (%s): perplexity %.3f, BLEU %.2f%s\n",
            log->progress.prog, r->update, progress_duration(gone, r->seconds), r->valid_perplexity,
            r->valid_bleu, r->improved ? ", the best so far" : "");
    if (r->sample_source)
        fprintf(stderr, "    source:    %s\n    reference: %s\n    output:    %s\n",
                r->sample_source, r->sample_reference, r->sample_output);
}

/* The result of a dry run, on stdout. */
static void say_memory(const struct nmt_train_report *r)
{
    const struct nmt_train_memory *m = r->memory;
    const struct {
        const char *what;
        uint64_t bytes;
    } lines[] = { { "weights", m->weights },
                  { "optimiser and average", m->optimizer },
                  { "gradients of the shards", m->gradients },
                  { "largest batch", m->batch },
                  { "data", m->data },
                  { "validation", m->validation },
                  { "all", m->all } };
    printf("pairs %zu, parameters %zu\n"
           "largest batch: %zu pairs, %" PRIu64 " source and %" PRIu64 " target tokens\n",
           r->pairs, r->parameters, m->batch_pairs, m->batch_source_tokens, m->batch_target_tokens);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        printf("%-24s %12.3f MB\n", lines[i].what, (double)lines[i].bytes / 1e6);
}

static void say(struct train_log *log, const struct nmt_train_report *r)
{
    const double t = progress_now(), pause = log->progress.terminal ? 0.5 : 10;
    if (r->event == NMT_TRAIN_UPDATE) {
        if (log->progress.last <= 0) { /* rates are over the time between two lines */
            log->progress.last = t;
            log->last_source = r->source_words;
            log->last_target = r->target_words;
        } else if (t - log->progress.last >= pause) {
            say_progress(log, r, t);
        }
        return;
    }
    progress_clear(&log->progress);
    switch (r->event) {
    case NMT_TRAIN_DATA:
        say_data(log, r);
        break;
    case NMT_TRAIN_RESUMED:
        fprintf(stderr, "%s: going on from %s at update %" PRIu64 "\n", log->progress.prog, r->text,
                r->update);
        break;
    case NMT_TRAIN_VALID:
        say_validation(log, r);
        break;
    case NMT_TRAIN_SKIPPED:
        fprintf(stderr, "%s: update after %" PRIu64 " skipped: %s\n", log->progress.prog, r->update,
                r->text);
        break;
    case NMT_TRAIN_CACHE:
    case NMT_TRAIN_CACHE_BAD:
        fprintf(stderr, "%s: %s\n", log->progress.prog, r->text);
        break;
    case NMT_TRAIN_SAVE_FAILED:
        fprintf(stderr, "%s: not saved, the old file stays: %s\n", log->progress.prog, r->text);
        break;
    case NMT_TRAIN_END:
        fprintf(stderr, "%s: %s: %" PRIu64 " updates", log->progress.prog, r->text, r->update);
        if (r->best_update)
            fprintf(stderr, ", best validation %.3f at update %" PRIu64, r->best, r->best_update);
        fputc('\n', stderr);
        break;
    case NMT_TRAIN_MEMORY:
        if (log->memory)
            say_memory(r);
        break;
    case NMT_TRAIN_UPDATE:
    case NMT_TRAIN_SAVED:
    case NMT_TRAIN_MODEL:
        break;
    }
    log->progress.last = 0;
}

static const char *event_name(enum nmt_train_event event)
{
    static const char *const names[] = { "memory",      "data",       "resumed", "update",
                                         "skipped",     "validation", "saved",   "model",
                                         "save-failed", "end",        "cache",   "cache-damaged" };
    return names[event];
}

/* The numbers of JSON have no NaN. */
static int add_real(struct nmt_buffer *b, const char *key, double v)
{
    if (v - v != 0)
        return nmt_buffer_addf(b, NULL, ",\"%s\":null", key);
    return nmt_buffer_addf(b, NULL, ",\"%s\":%.9g", key, v);
}

static int add_text(struct nmt_buffer *b, const char *key, const char *text)
{
    if (!text)
        return 0;
    NMT_TRY(nmt_buffer_addf(b, NULL, ",\"%s\":", key));
    return nmt_buffer_add_json(b, text, strlen(text), NULL);
}

static int build_json(struct nmt_buffer *b, const struct nmt_train_report *r)
{
    NMT_TRY(nmt_buffer_addf(b, NULL,
                            "{\"event\":\"%s\",\"update\":%" PRIu64 ",\"epoch\":%" PRIu64
                            ",\"batch\":%zu,\"batches\":%zu,\"skipped\":%" PRIu64,
                            event_name(r->event), r->update, r->epoch, r->batch, r->batches,
                            r->skipped));
    NMT_TRY(add_real(b, "seconds", r->seconds));
    NMT_TRY(add_real(b, "share", r->share));
    NMT_TRY(add_text(b, "text", r->text));
    switch (r->event) {
    case NMT_TRAIN_DATA:
        NMT_TRY(nmt_buffer_addf(b, NULL,
                                ",\"pairs\":%zu,\"empty\":%zu,\"long\":%zu,\"valid_pairs\":%zu,"
                                "\"parameters\":%zu,\"source_vocabulary\":%zu,"
                                "\"target_vocabulary\":%zu",
                                r->pairs, r->pairs_empty, r->pairs_long, r->valid_pairs,
                                r->parameters, r->source_vocabulary, r->target_vocabulary));
        for (size_t side = 0; side < 2; side++)
            if (r->vectors_given[side])
                NMT_TRY(nmt_buffer_addf(b, NULL, ",\"%s_vectors\":%zu", side ? "target" : "source",
                                        r->vectors_found[side]));
        break;
    case NMT_TRAIN_UPDATE:
        NMT_TRY(nmt_buffer_addf(b, NULL, ",\"source_words\":%" PRIu64 ",\"target_words\":%" PRIu64,
                                r->source_words, r->target_words));
        NMT_TRY(nmt_buffer_addf(b, NULL,
                                ",\"source_tokens\":%" PRIu64 ",\"target_tokens\":%" PRIu64,
                                r->source_tokens, r->target_tokens));
        if (r->epoch_left >= 0)
            NMT_TRY(add_real(b, "epoch_left", r->epoch_left));
        if (r->left >= 0)
            NMT_TRY(add_real(b, "left", r->left));
        NMT_TRY(add_real(b, "loss", r->loss));
        NMT_TRY(add_real(b, "perplexity", r->perplexity));
        if (r->weighted)
            NMT_TRY(nmt_buffer_adds(b, ",\"weighted\":true", NULL));
        if (r->guided)
            NMT_TRY(add_real(b, "guide_loss", r->guide_loss));
        NMT_TRY(add_real(b, "gradient_norm", r->gradient_norm));
        NMT_TRY(add_real(b, "learning_rate", r->learning_rate));
        break;
    case NMT_TRAIN_VALID:
        NMT_TRY(add_real(b, "valid_perplexity", r->valid_perplexity));
        NMT_TRY(add_real(b, "valid_bleu", r->valid_bleu));
        NMT_TRY(nmt_buffer_addf(b, NULL, ",\"improved\":%s", r->improved ? "true" : "false"));
        NMT_TRY(add_text(b, "sample_source", r->sample_source));
        NMT_TRY(add_text(b, "sample_reference", r->sample_reference));
        NMT_TRY(add_text(b, "sample_output", r->sample_output));
        break;
    case NMT_TRAIN_MEMORY:
        NMT_TRY(nmt_buffer_addf(
            b, NULL, ",\"bytes\":%" PRIu64 ",\"batch_bytes\":%" PRIu64 ",\"batch_pairs\":%zu",
            r->memory->all, r->memory->batch, r->memory->batch_pairs));
        break;
    case NMT_TRAIN_END:
        if (r->best_update) {
            NMT_TRY(add_real(b, "best", r->best));
            NMT_TRY(nmt_buffer_addf(b, NULL, ",\"best_update\":%" PRIu64, r->best_update));
        }
        break;
    default:
        break;
    }
    return nmt_buffer_adds(b, "}\n", NULL);
}

static void write_json(struct train_log *log, const struct nmt_train_report *r)
{
    struct nmt_buffer line = NMT_BUFFER_INIT;
    if (build_json(&line, r) < 0 || fwrite(line.data, 1, line.len, log->json) != line.len ||
        (r->event != NMT_TRAIN_UPDATE && fflush(log->json) != 0))
        log->json_failed = true;
    nmt_buffer_release(&line);
}

void train_log_report(struct train_log *log, const struct nmt_train_report *r)
{
    if (log->json)
        write_json(log, r);
    bool trouble = r->event == NMT_TRAIN_SKIPPED || r->event == NMT_TRAIN_SAVE_FAILED ||
                   r->event == NMT_TRAIN_CACHE_BAD;
    if (!log->progress.quiet || trouble || r->event == NMT_TRAIN_MEMORY)
        say(log, r);
}
