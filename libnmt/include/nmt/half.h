/*
 * Numbers of half precision: IEEE 754 binary16, one bit of sign, five of exponent, ten of fraction.
 */
#ifndef NMT_HALF_H
#define NMT_HALF_H

#include <stdint.h>

/** The greatest finite one. */
#define NMT_HALF_MAX 65504.0f

/**
 * The nearest one, of two equally near ones that with an even fraction. From 65520 on: infinity, as
 * the standard has it; NaN stays NaN (quiet, its upper ten bits kept).
 */
uint16_t nmt_half_from_float(float x);

/** Exact. A NaN becomes quiet. */
float nmt_half_to_float(uint16_t half);

#endif
