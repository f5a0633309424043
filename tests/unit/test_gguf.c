/* GGUF: the published layout to the byte, and no damage that is not noticed. */
#include "io_helper.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/gguf.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

static const float weights[] = { 1, -2, 0.5f, 4, 5, 6 };
static const float bias[20] = { 7 };
static const uint64_t matrix[] = { 2, 3 }, vector[] = { 20 };

/* A small model with a key of every type. */
static struct nmt_gguf_writer *sample(void)
{
    static const char *const pieces[] = { "<unk>", "", "gr\xC3\xBC\xC3\x9F" };
    static const uint32_t u32s[] = { 1, UINT32_MAX };
    static const uint64_t u64s[] = { 1, UINT64_MAX };
    static const float f32s[] = { 0.1f, -INFINITY };
    static const double f64s[] = { 0.1 };
    struct nmt_gguf_writer *w = NULL;
    cr_assert(eq(int, nmt_gguf_writer_new(&w, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_str(w, "general.architecture", "rnnsearch", NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_u32(w, "a.u32", 70000, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_u64(w, "a.u64", (uint64_t)1 << 40, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_i64(w, "a.i64", -3, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_f32(w, "a.f32", 0.1f, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_f64(w, "a.f64", 0.1, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_bool(w, "a.yes", true, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_bool(w, "a.no", false, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_strs(w, "a.pieces", pieces, NULL, 3, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_u32s(w, "a.u32s", u32s, 2, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_u64s(w, "a.u64s", u64s, 2, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_f32s(w, "a.f32s", f32s, 2, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_f64s(w, "a.f64s", f64s, 1, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_f64s(w, "a.none", NULL, 0, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_tensor(w, "out.weight", weights, 2, matrix, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_tensor(w, "out.bias", bias, 1, vector, NULL), 0));
    return w;
}

/* Writes and frees w; returns the bytes of the file. */
static struct nmt_buffer written(struct nmt_gguf_writer *w, uint8_t *digest)
{
    const char *path = helper_path();
    struct nmt_output *out = NULL;
    cr_assert(eq(int, nmt_output_open(&out, path, NULL), 0));
    cr_assert(eq(int, nmt_gguf_write(w, out, digest, NULL), 0));
    nmt_gguf_writer_free(w);
    cr_assert(eq(int, nmt_output_close(&out, NULL), 0));
    struct nmt_buffer b = helper_file(path);
    helper_forget(path);
    return b;
}

/* Opens a copy of exactly n bytes, so that a sanitizer sees every byte read behind it. */
static int open_copy(struct nmt_gguf **g, void **copy, const char *bytes, size_t n,
                     struct nmt_err *err)
{
    *g = NULL;
    *copy = malloc(n > 0 ? n : 1);
    memcpy(*copy, bytes, n);
    return nmt_gguf_open_memory(g, *copy, n, "test", err);
}

Test(gguf, everything_comes_back_as_it_was_written)
{
    uint8_t digest[NMT_GGUF_DIGEST];
    struct nmt_buffer b = written(sample(), digest);
    struct nmt_err err = NMT_ERR_INIT;
    struct nmt_gguf *g;
    void *copy;
    cr_assert(eq(int, open_copy(&g, &copy, b.data, b.len, &err), 0), "%s", err.msg);
    uint32_t u32 = 0, *u32s = NULL;
    uint64_t u64 = 0, *u64s = NULL;
    int64_t i64 = 0;
    float f32 = 0, *f32s = NULL;
    double f64 = 0, *f64s = NULL;
    bool yes = false, no = true;
    const char *s = NULL, **strs = NULL;
    size_t n = 9, *lengths = NULL;
    cr_assert(eq(int, nmt_gguf_get_str(g, "general.architecture", &s, NULL), 0));
    cr_assert(eq(str, (char *)s, "rnnsearch"));
    cr_assert(eq(int, nmt_gguf_get_u32(g, "general.alignment", &u32, NULL), 0));
    cr_assert(eq(u32, u32, 64));
    cr_assert(eq(int, nmt_gguf_get_u32(g, "a.u32", &u32, NULL), 0));
    cr_assert(eq(u32, u32, 70000));
    cr_assert(eq(int, nmt_gguf_get_u64(g, "a.u64", &u64, NULL), 0));
    cr_assert(eq(ulong, u64, 1ul << 40));
    cr_assert(eq(int, nmt_gguf_get_u64(g, "a.u32", &u64, NULL), 0));
    cr_assert(eq(ulong, u64, 70000));
    cr_assert(eq(int, nmt_gguf_get_i64(g, "a.i64", &i64, NULL), 0));
    cr_assert(eq(long, i64, -3));
    cr_assert(eq(int, nmt_gguf_get_f32(g, "a.f32", &f32, NULL), 0));
    cr_assert(f32 == 0.1f);
    cr_assert(eq(int, nmt_gguf_get_f64(g, "a.f64", &f64, NULL), 0));
    cr_assert(f64 == 0.1);
    cr_assert(eq(int, nmt_gguf_get_f64(g, "a.f32", &f64, NULL), 0));
    cr_assert(f64 == (double)0.1f);
    cr_assert(eq(int, nmt_gguf_get_bool(g, "a.yes", &yes, NULL), 0));
    cr_assert(eq(int, nmt_gguf_get_bool(g, "a.no", &no, NULL), 0));
    cr_assert(yes && !no);
    cr_assert(eq(int, nmt_gguf_get_strs(g, "a.pieces", &strs, &lengths, &n, NULL), 0));
    cr_assert(n == 3 && lengths[0] == 5 && lengths[1] == 0 && lengths[2] == 6);
    cr_assert(memcmp(strs[2], "gr\xC3\xBC\xC3\x9F", 6) == 0);
    cr_assert(eq(int, nmt_gguf_get_u32s(g, "a.u32s", &u32s, &n, NULL), 0));
    cr_assert(n == 2 && u32s[1] == UINT32_MAX);
    cr_assert(eq(int, nmt_gguf_get_u64s(g, "a.u64s", &u64s, &n, NULL), 0));
    cr_assert(n == 2 && u64s[1] == UINT64_MAX);
    cr_assert(eq(int, nmt_gguf_get_f32s(g, "a.f32s", &f32s, &n, NULL), 0));
    cr_assert(n == 2 && f32s[0] == 0.1f && isinf(f32s[1]));
    cr_assert(eq(int, nmt_gguf_get_f64s(g, "a.f64s", &f64s, &n, NULL), 0));
    cr_assert(n == 1 && f64s[0] == 0.1);
    free(f64s);
    cr_assert(eq(int, nmt_gguf_get_f64s(g, "a.none", &f64s, &n, NULL), 0));
    cr_assert(eq(sz, n, 0));
    const float *data = NULL;
    cr_assert(eq(int, nmt_gguf_get_tensor(g, "out.weight", 2, matrix, &data, NULL), 0));
    cr_assert(memcmp(data, weights, sizeof weights) == 0);
    cr_assert(eq(int, nmt_gguf_get_tensor(g, "out.bias", 1, vector, &data, NULL), 0));
    cr_assert(memcmp(data, bias, sizeof bias) == 0);
    cr_assert(eq(sz, nmt_gguf_tensors(g), 2));
    cr_assert(eq(str, (char *)nmt_gguf_tensor(g, 0)->name, "out.weight"));
    cr_assert(eq(sz, nmt_gguf_tensor(g, 0)->count, 6));
    cr_assert(nmt_gguf_find(g, "out") == NULL);
    cr_assert(memcmp(nmt_gguf_digest(g), digest, sizeof digest) == 0);
    cr_assert(eq(int, nmt_gguf_verify(g, &err), 0), "%s", err.msg);
    free(strs);
    free(lengths);
    free(u32s);
    free(u64s);
    free(f32s);
    free(f64s);
    nmt_gguf_close(g);
    free(copy);
    nmt_buffer_release(&b);
}

Test(gguf, the_bytes_are_those_of_the_specification)
{
    struct nmt_gguf_writer *w = NULL;
    cr_assert(eq(int, nmt_gguf_writer_new(&w, NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_str(w, "k", "va", NULL), 0));
    cr_assert(eq(int, nmt_gguf_add_tensor(w, "t", weights, 2, matrix, NULL), 0));
    struct nmt_buffer b = written(w, NULL);
    static const char start[] = "GGUF\3\0\0\0\1\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0"
                                "\x11\0\0\0\0\0\0\0general.alignment\4\0\0\0\x40\0\0\0"
                                "\1\0\0\0\0\0\0\0k\x8\0\0\0\2\0\0\0\0\0\0\0va"
                                "\xf\0\0\0\0\0\0\0nmt.digest.data\x8\0\0\0\x20\0\0\0\0\0\0\0";
    static const char second[] = "\xa\0\0\0\0\0\0\0nmt.digest\x8\0\0\0\x20\0\0\0\0\0\0\0";
    static const char info[] = "\1\0\0\0\0\0\0\0t\2\0\0\0\3\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"
                               "\0\0\0\0\0\0\0\0\0\0\0\0";
    size_t at = sizeof start - 1;
    cr_assert(memcmp(b.data, start, at) == 0);
    cr_assert(memcmp(b.data + at + 32, second, sizeof second - 1) == 0);
    at += 32 + sizeof second - 1 + 32;
    cr_assert(memcmp(b.data + at, info, sizeof info - 1) == 0);
    at = (at + sizeof info - 1 + 63) / 64 * 64;
    cr_assert(eq(sz, b.len, at + 64));
    cr_assert(memcmp(b.data + at, weights, sizeof weights) == 0);
    nmt_buffer_release(&b);
}

/* Where the value of a string key begins. */
static char *value_of(struct nmt_buffer *b, const char *key)
{
    size_t n = strlen(key);
    for (char *p = b->data; p + n + 12 < b->data + b->len; p++)
        if (memcmp(p, key, n) == 0 && memcmp(p + n, "\x8\0\0\0", 4) == 0)
            return p + n + 12;
    cr_assert(false, "no key %s", key);
    return NULL;
}

/* The hexadecimal digits of a digest, as xxh128sum prints them. */
static void hex_of(char out[33], const void *bytes, size_t n)
{
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits(bytes, n));
    for (int i = 0; i < 16; i++)
        sprintf(out + 2 * i, "%02x", c.digest[i]);
}

Test(gguf, the_digests_are_those_that_the_header_describes)
{
    struct nmt_buffer b = written(sample(), NULL);
    char hex[33];
    char *data = value_of(&b, "nmt.digest.data"), *whole = value_of(&b, "nmt.digest");
    size_t data_start = b.len - 64 - 128;
    hex_of(hex, b.data + data_start, b.len - data_start);
    cr_assert(memcmp(data, hex, 32) == 0);
    char found[32];
    memcpy(found, whole, 32);
    memset(whole, '0', 32);
    hex_of(hex, b.data, data_start);
    cr_assert(memcmp(found, hex, 32) == 0);
    nmt_buffer_release(&b);
}

Test(gguf, the_same_content_gives_the_same_bytes_and_another_another_digest)
{
    uint8_t one[16], two[16], three[16];
    struct nmt_buffer a = written(sample(), one), b = written(sample(), two);
    struct nmt_gguf_writer *w = sample();
    cr_assert(eq(int, nmt_gguf_add_bool(w, "a.more", true, NULL), 0));
    struct nmt_buffer c = written(w, three);
    cr_assert(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
    cr_assert(memcmp(one, two, 16) == 0 && memcmp(one, three, 16) != 0);
    nmt_buffer_release(&a);
    nmt_buffer_release(&b);
    nmt_buffer_release(&c);
}

Test(gguf, a_file_cut_at_any_byte_is_refused_when_it_is_opened)
{
    struct nmt_buffer b = written(sample(), NULL);
    for (size_t n = 0; n < b.len; n++) {
        struct nmt_err err = NMT_ERR_INIT;
        struct nmt_gguf *g;
        void *copy;
        int rc = open_copy(&g, &copy, b.data, n, &err);
        if (n >= b.len - 48) { /* nothing but padding is missing; the digest tells */
            cr_assert(eq(int, rc, 0));
            cr_assert(eq(int, nmt_gguf_verify(g, NULL), NMT_ECRC));
        } else {
            cr_assert(eq(int, rc, n < 4 ? NMT_EFORMAT : NMT_ETRUNC), "cut at %zu: %s", n, err.msg);
            cr_assert(eq(int, err.code, rc));
        }
        nmt_gguf_close(g);
        free(copy);
    }
    nmt_buffer_release(&b);
}

Test(gguf, every_flipped_bit_is_noticed_before_the_tensors_at_once_and_in_them_by_verify)
{
    struct nmt_buffer b = written(sample(), NULL);
    size_t data_start = b.len - 64 - 128;
    for (size_t bit = 0; bit < 8 * b.len; bit++) {
        struct nmt_err err = NMT_ERR_INIT;
        struct nmt_gguf *g;
        void *copy;
        b.data[bit / 8] ^= (char)(1 << bit % 8);
        int rc = open_copy(&g, &copy, b.data, b.len, &err);
        b.data[bit / 8] ^= (char)(1 << bit % 8);
        if (bit / 8 < data_start) {
            cr_assert(lt(int, rc, 0), "bit %zu", bit);
            cr_assert(strncmp(err.msg, "test: ", 6) == 0);
        } else {
            cr_assert(eq(int, rc, 0), "bit %zu: %s", bit, err.msg);
            cr_assert(eq(int, nmt_gguf_verify(g, &err), NMT_ECRC), "bit %zu", bit);
        }
        nmt_gguf_close(g);
        free(copy);
    }
    nmt_buffer_release(&b);
}

/* --- files of others: no digest -------------------------------------------------------------- */

struct raw {
    struct nmt_buffer b;
};

static void put(struct raw *r, const void *p, size_t n)
{
    cr_assert(eq(int, nmt_buffer_add(&r->b, p, n, NULL), 0));
}
static void put32(struct raw *r, uint32_t v)
{
    put(r, &v, 4);
}
static void put64(struct raw *r, uint64_t v)
{
    put(r, &v, 8);
}
static void puts64(struct raw *r, const char *s)
{
    put64(r, strlen(s));
    put(r, s, strlen(s));
}

static void begin(struct raw *r, uint64_t tensors, uint64_t keys)
{
    *r = (struct raw){ NMT_BUFFER_INIT };
    put(r, "GGUF\3\0\0\0", 8);
    put64(r, tensors);
    put64(r, keys);
}

static void tensor(struct raw *r, const char *name, uint64_t n, uint32_t type, uint64_t offset)
{
    puts64(r, name);
    put32(r, 1);
    put64(r, n);
    put32(r, type);
    put64(r, offset);
}

static void pad(struct raw *r, size_t alignment)
{
    while (r->b.len % alignment)
        put(r, "", 1);
}

/* Opening fails with this code and a message that ends so. */
static void refuse(struct raw *r, int code, const char *ending)
{
    struct nmt_err err = NMT_ERR_INIT;
    struct nmt_gguf *g;
    void *copy;
    cr_assert(eq(int, open_copy(&g, &copy, r->b.data, r->b.len, &err), code), "%s", err.msg);
    cr_assert(strlen(err.msg) >= strlen(ending) &&
                  strcmp(err.msg + strlen(err.msg) - strlen(ending), ending) == 0,
              "%s", err.msg);
    nmt_gguf_close(g);
    free(copy);
    nmt_buffer_release(&r->b);
}

Test(gguf, files_of_other_tools_are_read)
{
    struct raw r;
    begin(&r, 2, 5);
    puts64(&r, "u8");
    put32(&r, 0);
    put(&r, "\xff", 1);
    puts64(&r, "i8");
    put32(&r, 1);
    put(&r, "\xff", 1);
    puts64(&r, "u16s");
    put32(&r, 9);
    put32(&r, 2);
    put64(&r, 3);
    put(&r, "\1\0\2\0\xff\xff", 6);
    puts64(&r, "i32");
    put32(&r, 5);
    put32(&r, (uint32_t)-7);
    puts64(&r, "text");
    put32(&r, 8);
    puts64(&r, "a\"b");
    tensor(&r, "one", 3, 0, 0);
    tensor(&r, "two", 1, 0, 32); /* aligned to 32 as no key says another */
    pad(&r, 32);
    put(&r, weights, 12);
    pad(&r, 32);
    put(&r, weights, 4); /* without the last padding */
    struct nmt_gguf *g;
    void *copy;
    struct nmt_err err = NMT_ERR_INIT;
    uint32_t u = 0;
    uint64_t u64;
    int64_t i = 0;
    cr_assert(eq(int, open_copy(&g, &copy, r.b.data, r.b.len, &err), 0), "%s", err.msg);
    cr_assert(eq(int, nmt_gguf_get_u32(g, "u8", &u, NULL), 0));
    cr_assert(eq(u32, u, 255));
    cr_assert(eq(int, nmt_gguf_get_i64(g, "i8", &i, NULL), 0));
    cr_assert(eq(long, i, -1));
    cr_assert(eq(int, nmt_gguf_get_u32(g, "i8", &u, &err), NMT_EFORMAT));
    cr_assert(eq(str, err.msg, "test: key 'i8' is out of the range of uint32"));
    cr_assert(eq(int, nmt_gguf_get_u64(g, "i32", &u64, NULL), NMT_EFORMAT));
    cr_assert(eq(flt, nmt_gguf_find(g, "two")->data[0], 1));
    cr_assert(nmt_gguf_digest(g) == NULL);
    cr_assert(eq(int, nmt_gguf_verify(g, NULL), NMT_EFORMAT));
    struct nmt_buffer text = NMT_BUFFER_INIT;
    for (size_t k = 0; k < nmt_gguf_count(g); k++) {
        cr_assert(eq(int, nmt_gguf_print(g, k, 2, &text, NULL), 0));
        cr_assert(eq(int, nmt_buffer_addc(&text, '\n', NULL), 0));
    }
    cr_assert(
        eq(str, (char *)nmt_buffer_str(&text, NULL), "255\n-1\n[1, 2, ... 3]\n-7\n\"a\\\"b\"\n"));
    nmt_buffer_release(&text);
    nmt_gguf_close(g);
    free(copy);
    /* without a digest damage may pass for other content, but nothing may break */
    for (size_t bit = 0; bit < 8 * r.b.len; bit++) {
        r.b.data[bit / 8] ^= (char)(1 << bit % 8);
        if (open_copy(&g, &copy, r.b.data, r.b.len, NULL) == 0)
            for (size_t k = 0; k < nmt_gguf_count(g); k++) {
                cr_assert(eq(int, nmt_gguf_print(g, k, 5, &text, NULL), 0));
                nmt_buffer_release(&text);
            }
        nmt_gguf_close(g);
        free(copy);
        r.b.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    nmt_buffer_release(&r.b);
}

Test(gguf, impossible_files_are_refused_by_name)
{
    struct raw r;
    begin(&r, 0, UINT64_MAX);
    refuse(&r, NMT_ELIMIT, "0 tensors and 18446744073709551615 keys, at most 65536 are read");
    begin(&r, 65536, 65536);
    refuse(&r, NMT_ETRUNC, "the file ends before its tensors begin");
    begin(&r, 0, 1);
    put64(&r, UINT64_MAX);
    refuse(&r, NMT_ETRUNC, "the file ends before its tensors begin");
    begin(&r, 0, 1);
    puts64(&r, "key");
    put32(&r, 9);
    put32(&r, 12);
    put64(&r, (uint64_t)1 << 61); /* times 8 is 0 */
    refuse(&r, NMT_ETRUNC, "the file ends before its tensors begin");
    begin(&r, 0, 1);
    puts64(&r, "key");
    put32(&r, 9);
    put32(&r, 9);
    put64(&r, 1);
    refuse(&r, NMT_EFORMAT, "a value of type 9, which is not known");
    begin(&r, 0, 1);
    puts64(&r, "key");
    put32(&r, 13);
    refuse(&r, NMT_EFORMAT, "a value of type 13, which is not known");
    begin(&r, 0, 1);
    puts64(&r, "key");
    put32(&r, 7);
    put(&r, "\2", 1);
    refuse(&r, NMT_EFORMAT, "a truth value of 2");
    begin(&r, 0, 2);
    for (int i = 0; i < 2; i++) {
        puts64(&r, "key");
        put32(&r, 4);
        put32(&r, 1);
    }
    refuse(&r, NMT_EFORMAT, "key 'key' is there twice");
    begin(&r, 0, 1);
    puts64(&r, "a b");
    refuse(&r, NMT_EFORMAT, "a key with an impossible name");
    begin(&r, 1, 0);
    tensor(&r, "a-name-of-sixty-five-bytes-which-is-one-more-than-a-tensor-may-ha", 1, 0, 0);
    refuse(&r, NMT_EFORMAT, "a tensor with an impossible name");
    begin(&r, 1, 0);
    tensor(&r, "t", 1, 1, 0);
    refuse(&r, NMT_EFORMAT, "a tensor of type 1, only F32 (0) is read");
    begin(&r, 1, 0);
    tensor(&r, "t", (uint64_t)1 << 62, 0, 0);
    refuse(&r, NMT_ETRUNC, "a tensor is larger than the file");
    begin(&r, 1, 0);
    tensor(&r, "t", 0, 0, 0);
    refuse(&r, NMT_EFORMAT, "a tensor with a dimension of 0");
    begin(&r, 1, 0);
    puts64(&r, "t");
    put32(&r, 5);
    refuse(&r, NMT_EFORMAT, "a tensor of 5 dimensions");
    begin(&r, 1, 0);
    tensor(&r, "t", 1, 0, 32);
    pad(&r, 32);
    put(&r, weights, 4);
    refuse(&r, NMT_EFORMAT, "tensor 't' is not where it belongs");
    begin(&r, 2, 0);
    tensor(&r, "t", 1, 0, 0);
    tensor(&r, "t", 1, 0, 0);
    pad(&r, 32);
    put(&r, weights, 4);
    refuse(&r, NMT_EFORMAT, "tensor 't' is there twice");
    begin(&r, 1, 0);
    tensor(&r, "t", 1, 0, 0);
    pad(&r, 32);
    put(&r, weights, 4);
    pad(&r, 32);
    put(&r, weights, 4);
    refuse(&r, NMT_EFORMAT, "4 bytes behind the last tensor");
    begin(&r, 0, 1);
    puts64(&r, "general.alignment");
    put32(&r, 4);
    put32(&r, 48);
    refuse(&r, NMT_EFORMAT, "tensors aligned to 48 bytes");
}

Test(gguf, other_versions_and_other_files_are_refused_by_name)
{
    struct raw r;
    begin(&r, 0, 0);
    r.b.data[4] = 2;
    refuse(&r, NMT_EFORMAT, "test: GGUF of version 2, only version 3 is read");
    begin(&r, 0, 0);
    memcpy(r.b.data + 4, "\0\0\0\3", 4);
    refuse(&r, NMT_EFORMAT, "test: GGUF of big-endian version 3, only version 3 is read");
    begin(&r, 0, 0);
    r.b.data[0] = 'g';
    refuse(&r, NMT_EFORMAT, "test: no GGUF file");
}

Test(gguf, wrong_questions_name_the_file_and_the_key)
{
    struct nmt_buffer b = written(sample(), NULL);
    struct nmt_gguf *g;
    void *copy;
    uint32_t u;
    const char *s, **strs;
    size_t *lengths, n;
    const float *data;
    cr_assert(eq(int, open_copy(&g, &copy, b.data, b.len, NULL), 0));
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_gguf_get_u32(g, "b", &u, &err), NMT_EFORMAT));
    cr_assert(eq(str, err.msg, "test: key 'b' is missing"));
    err = (struct nmt_err)NMT_ERR_INIT;
    cr_assert(eq(int, nmt_gguf_get_str(g, "a.u32", &s, &err), NMT_EFORMAT));
    cr_assert(eq(str, err.msg, "test: key 'a.u32' is uint32, expected string"));
    err = (struct nmt_err)NMT_ERR_INIT;
    cr_assert(eq(int, nmt_gguf_get_strs(g, "a.u32s", &strs, &lengths, &n, &err), NMT_EFORMAT));
    cr_assert(
        eq(str, err.msg, "test: key 'a.u32s' is an array of uint32, expected an array of string"));
    err = (struct nmt_err)NMT_ERR_INIT;
    cr_assert(eq(int, nmt_gguf_get_tensor(g, "out.bias", 2, matrix, &data, &err), NMT_ESHAPE));
    cr_assert(eq(str, err.msg, "test: tensor 'out.bias' is [20], expected [2][3]"));
    err = (struct nmt_err)NMT_ERR_INIT;
    cr_assert(eq(int, nmt_gguf_get_tensor(g, "in", 2, matrix, &data, &err), NMT_EFORMAT));
    cr_assert(eq(str, err.msg, "test: tensor 'in' is missing"));
    nmt_gguf_close(g);
    free(copy);
    nmt_buffer_release(&b);
}

Test(gguf, the_writer_refuses_bad_and_double_names)
{
    static const char *const bad[] = { "",
                                       ".a",
                                       "a.",
                                       "a..b",
                                       "A",
                                       "a b",
                                       "a-b",
                                       "gr\xC3\xBC\xC3\x9F",
                                       "nmt.digest",
                                       "nmt.digest.data",
                                       "general.alignment",
                                       "a.u32" };
    struct nmt_gguf_writer *w = sample();
    char long_name[65];
    memset(long_name, 'x', 64);
    long_name[64] = '\0';
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert(eq(int, nmt_gguf_add_u32(w, bad[i], 1, NULL), NMT_EFORMAT), "%s", bad[i]);
    cr_assert(eq(int, nmt_gguf_add_str(w, "s", "\xFF", NULL), NMT_ETEXT));
    cr_assert(eq(int, nmt_gguf_add_tensor(w, "out.bias", bias, 1, vector, NULL), NMT_EFORMAT));
    cr_assert(eq(int, nmt_gguf_add_tensor(w, "", bias, 1, vector, NULL), NMT_EFORMAT));
    cr_assert(eq(int, nmt_gguf_add_tensor(w, long_name, bias, 1, vector, NULL), NMT_EFORMAT));
    cr_assert(eq(int, nmt_gguf_add_tensor(w, long_name + 1, bias, 1, vector, NULL), 0));
    struct nmt_buffer b = written(w, NULL);
    struct nmt_gguf *g;
    void *copy;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, open_copy(&g, &copy, b.data, b.len, &err), 0), "%s", err.msg);
    cr_assert(nmt_gguf_find(g, long_name + 1) != NULL);
    nmt_gguf_close(g);
    free(copy);
    nmt_buffer_release(&b);
}

Test(gguf, a_file_without_tensors_is_whole)
{
    struct nmt_gguf_writer *w = NULL;
    struct nmt_gguf *g;
    void *copy;
    cr_assert(eq(int, nmt_gguf_writer_new(&w, NULL), 0));
    struct nmt_buffer b = written(w, NULL);
    cr_assert(eq(int, open_copy(&g, &copy, b.data, b.len, NULL), 0));
    cr_assert(eq(int, nmt_gguf_verify(g, NULL), 0));
    nmt_gguf_close(g);
    free(copy);
    nmt_buffer_release(&b);
}

Test(gguf, files_are_mapped_and_what_cannot_be_is_refused)
{
    const char *path = helper_path();
    struct nmt_output *out = NULL;
    struct nmt_gguf *g = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_gguf_open(&g, path, NULL), NMT_EIO));
    cr_assert(eq(int, nmt_gguf_open(&g, "/dev/null", NULL), NMT_EIO));
    cr_assert(eq(int, nmt_gguf_open(&g, "/", NULL), NMT_EIO));
    cr_assert(eq(int, nmt_output_open(&out, path, NULL), 0));
    cr_assert(eq(int, nmt_output_close(&out, NULL), 0));
    cr_assert(eq(int, nmt_gguf_open(&g, path, &err), NMT_EFORMAT));
    cr_assert(strstr(err.msg, ": empty, no GGUF file") != NULL);
    struct nmt_gguf_writer *w = sample();
    cr_assert(eq(int, nmt_output_open(&out, path, NULL), 0));
    cr_assert(eq(int, nmt_gguf_write(w, out, NULL, NULL), 0));
    cr_assert(eq(int, nmt_output_close(&out, NULL), 0));
    nmt_gguf_writer_free(w);
    cr_assert(eq(int, nmt_gguf_open(&g, path, NULL), 0));
    helper_forget(path); /* the map outlives the name */
    const struct nmt_gguf_tensor *t = nmt_gguf_find(g, "out.weight");
    cr_assert(eq(int, (int)((uintptr_t)t->data % 64), 0));
    cr_assert(eq(flt, t->data[5], 6));
    nmt_gguf_close(g);
}
