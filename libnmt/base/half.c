/*
 * Numbers of half precision, on the bits of single precision: one addition rounds the fraction, and
 * its carry goes into the exponent where it belongs. Numbers that become subnormal are added to
 * 0.5, whose last bit is worth their unit 2^-24, so that the addition itself rounds them.
 */
#include <nmt/half.h>

#include <string.h>

static uint32_t bits_of(float x)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static float float_of(uint32_t u)
{
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}

uint16_t nmt_half_from_float(float x)
{
    const uint32_t u = bits_of(x), sign = u >> 16 & 0x8000, magnitude = u & 0x7fffffff;
    uint32_t half;
    if (magnitude > 0x7f800000) /* NaN */
        half = 0x7e00 | (magnitude >> 13 & 0x3ff);
    else if (magnitude >= 0x477ff000) /* 65520 */
        half = 0x7c00;
    else if (magnitude < 0x38800000) /* 2^-14 */
        half = bits_of(float_of(magnitude) + 0.5f) - 0x3f000000;
    else /* the exponent's bias goes from 127 to 15 */
        half = (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13;
    return (uint16_t)(sign | half);
}

float nmt_half_to_float(uint16_t h)
{
    const uint32_t sign = (uint32_t)(h & 0x8000) << 16, magnitude = h & 0x7fff;
    uint32_t u;
    if (magnitude > 0x7c00) /* NaN */
        u = magnitude << 13 | 0x7fc00000;
    else if (magnitude == 0x7c00)
        u = 0x7f800000;
    else if (magnitude < 0x400) /* a multiple of 2^-24 */
        u = bits_of((float)magnitude * 0x1p-24f);
    else
        u = (magnitude << 13) + 0x38000000;
    return float_of(sign | u);
}
