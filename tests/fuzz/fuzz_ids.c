/*
 * Fuzz target for lines of ids and of pieces, as nmt-vocab -d reads them. What is taken is written
 * as it was read, and decodes to text without LF and NUL.
 */
#include <nmt/id_text.h>
#include <nmt/utf8.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BAR "\xE2\x96\x81"

static struct nmt_vocab *make(enum nmt_vocab_type type, bool bytes)
{
    static const char *const words[] = { "<unk>", "<s>",    "</s>",           BAR,
                                         "a",     BAR "ab", "\xE2\x96\x82_x", "\xC3\xA9" };
    enum { WORDS = sizeof words / sizeof *words };
    char text[WORDS + 256][16];
    const char *pieces[WORDS + 256];
    size_t lengths[WORDS + 256], n = WORDS + (bytes ? 256 : 0);
    struct nmt_vocab_spec spec = { .type = type, .byte_fallback = bytes };
    struct nmt_vocab *v = NULL;
    for (size_t i = 0; i < n; i++) {
        if (i < WORDS)
            snprintf(text[i], sizeof text[i], "%s", words[i]);
        else
            snprintf(text[i], sizeof text[i], "<0x%02X>", (unsigned)(i - WORDS));
        pieces[i] = text[i];
        lengths[i] = strlen(text[i]);
    }
    if (nmt_vocab_from_pieces(&v, &spec, pieces, lengths, NULL, n, NULL) < 0)
        abort();
    return v;
}

static void must_be_text(const struct nmt_vocab *v, const struct nmt_ids *ids)
{
    struct nmt_buffer text = NMT_BUFFER_INIT;
    if (nmt_vocab_decode(v, ids->data, ids->n, &text, NULL) < 0 ||
        nmt_utf8_valid(text.data, text.len) < text.len ||
        (text.len > 0 && (memchr(text.data, '\n', text.len) || memchr(text.data, '\0', text.len))))
        abort();
    nmt_buffer_release(&text);
}

static void must_come_back(const struct nmt_vocab *v, const struct nmt_ids *ids, bool pieces)
{
    struct nmt_buffer line = NMT_BUFFER_INIT;
    struct nmt_ids again = { NULL, 0, 0 };
    int rc = pieces ? nmt_ids_format_pieces(&line, ids->data, ids->n, v, NULL)
                    : nmt_ids_format(&line, ids->data, ids->n, NULL);
    const char *text = line.data ? line.data : "";
    if (rc == 0)
        rc = pieces ? nmt_ids_parse_pieces(&again, text, line.len, v, NULL)
                    : nmt_ids_parse(&again, text, line.len, nmt_vocab_size(v), NULL);
    if (rc < 0 || again.n != ids->n ||
        (ids->n > 0 && memcmp(again.data, ids->data, ids->n * sizeof *ids->data) != 0))
        abort();
    nmt_buffer_release(&line);
    nmt_ids_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nmt_ids ids = { NULL, 0, 0 };
    const char *line = (const char *)data;
    for (int i = 0; i < 6; i++) {
        struct nmt_vocab *v = make((enum nmt_vocab_type)(i / 2), i % 2);
        if (nmt_ids_parse(&ids, line, size, nmt_vocab_size(v), NULL) == 0) {
            must_be_text(v, &ids);
            must_come_back(v, &ids, false);
        }
        if (nmt_ids_parse_pieces(&ids, line, size, v, NULL) == 0) {
            must_be_text(v, &ids);
            must_come_back(v, &ids, true);
        }
        nmt_vocab_free(v);
    }
    nmt_ids_release(&ids);
    return 0;
}
