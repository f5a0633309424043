/* Weights of sentence pairs, from a file of numbers. */
#include "train/sentence_weights.h"

#include <nmt/lines.h>
#include <nmt/number.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define LONGEST_LINE ((size_t)1 << 16)

static int parse(float *weight, const char *line, size_t len, const char *name, uint64_t number,
                 struct nmt_err *err)
{
    double v;
    if (len == 0 || len != strlen(line) ||
        nmt_number_real(&v, line, NMT_WEIGHT_MIN, NMT_WEIGHT_MAX, "weight", NULL) < 0)
        return nmt_fail(err, NMT_EFORMAT, number,
                        "%s:%" PRIu64 ": '%.40s' is not a weight from %g to %g", name, number, line,
                        NMT_WEIGHT_MIN, NMT_WEIGHT_MAX);
    *weight = (float)v;
    return 0;
}

static int read_lines(struct nmt_bitext *data, struct nmt_lines *in, size_t lines,
                      struct nmt_err *err)
{
    const char *name = nmt_lines_name(in);
    char *line;
    size_t len, pair = 0;
    int rc;
    while ((rc = nmt_lines_next(in, &line, &len, err)) > 0) {
        const uint64_t number = nmt_lines_number(in);
        float weight = 1;
        if (number > lines)
            continue; /* counted for the message */
        NMT_TRY(parse(&weight, line, len, name, number, err));
        if (pair < data->n && nmt_bitext_head(data, pair).line + 1 == number)
            data->weight[pair++] = weight;
    }
    NMT_TRY(rc);
    if (nmt_lines_number(in) != lines)
        return nmt_fail(err, NMT_ESHAPE, 0, "%s has %" PRIu64 " lines, but the bitext has %zu",
                        name, nmt_lines_number(in), lines);
    return 0;
}

static int digest_of(const struct nmt_bitext *data, uint8_t digest[16], struct nmt_err *err)
{
    XXH3_state_t *state = XXH3_createState();
    if (!state)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    XXH3_128bits_reset(state);
    for (size_t i = 0; i < data->n; i++) {
        uint32_t bits;
        memcpy(&bits, &data->weight[i], sizeof bits);
        const uint8_t bytes[4] = { (uint8_t)bits, (uint8_t)(bits >> 8), (uint8_t)(bits >> 16),
                                   (uint8_t)(bits >> 24) };
        XXH3_128bits_update(state, bytes, sizeof bytes);
    }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
    memcpy(digest, canonical.digest, 16);
    XXH3_freeState(state);
    return 0;
}

int nmt_sentence_weights_read(struct nmt_bitext *data, const char *path, size_t lines,
                              uint8_t digest[16], struct nmt_err *err)
{
    struct nmt_lines *in = NULL;
    data->weight = malloc((data->n + 1) * sizeof *data->weight);
    if (!data->weight)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu weights", data->n);
    NMT_TRY(nmt_lines_open(&in, path, LONGEST_LINE, err));
    int rc = read_lines(data, in, lines, err);
    nmt_lines_close(in);
    return rc < 0 ? rc : digest_of(data, digest, err);
}
