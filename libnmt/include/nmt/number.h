/* Numbers out of text: the whole string, in range, in the C locale, or a failure. */
#ifndef NMT_NUMBER_H
#define NMT_NUMBER_H

#include <nmt/error.h>

#include <stdint.h>

/** `what` names the value in the message: "--beam: '0' is not a whole number from 1 to 1000". */
int nmt_number_int(int64_t *out, const char *text, int64_t min, int64_t max, const char *what,
                   struct nmt_err *err) NMT_MUST_USE;

/** Decimal or exponent form, finite. */
int nmt_number_real(double *out, const char *text, double min, double max, const char *what,
                    struct nmt_err *err) NMT_MUST_USE;

/** Room for any number that nmt_number_print writes. */
#define NMT_NUMBER_DIGITS 32

/** Writes the fewest digits that nmt_number_real reads back as v. v must be finite. */
int nmt_number_print(char out[NMT_NUMBER_DIGITS], double v, struct nmt_err *err) NMT_MUST_USE;

#endif
