/*
 * Runs a fuzz target over files, for compilers without libFuzzer and for `make check`. Each file is
 * tried whole, cut in several places, and with some of its bits flipped.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly that size, so that a sanitizer sees every byte read behind it. */
static void try_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (!copy)
        exit(1);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void try_damaged(uint8_t *data, size_t size)
{
    for (size_t i = 0; i < 64 && size > 0; i++) {
        size_t bit = (size_t)(i * 2654435761u) % (8 * size);
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        try_copy(data, size);
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        try_copy(data, size * i / 64);
    }
}

static int replay(const char *path)
{
    static uint8_t data[1 << 20];
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return 1;
    }
    size_t size = fread(data, 1, sizeof data, f);
    int bad = ferror(f);
    fclose(f);
    if (bad) {
        fprintf(stderr, "%s: cannot read\n", path);
        return 1;
    }
    try_copy(data, size);
    try_damaged(data, size);
    return 0;
}

int main(int argc, char **argv)
{
    int bad = 0;
    for (int i = 1; i < argc; i++)
        bad |= replay(argv[i]);
    return bad;
}
