/* Numbers out of text, checked. */
#include <nmt/number.h>

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

int nmt_number_int(int64_t *out, const char *text, int64_t min, int64_t max, const char *what,
                   struct nmt_err *err)
{
    char *end = NULL;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    bool starts_well = text[0] == '-' || (text[0] >= '0' && text[0] <= '9');
    if (!starts_well || end == text || *end || errno || v < min || v > max)
        return nmt_fail(err, NMT_EUSAGE, 0, "%s: '%s' is not a whole number from %lld to %lld",
                        what, text, (long long)min, (long long)max);
    *out = v;
    return 0;
}

int nmt_number_real(double *out, const char *text, double min, double max, const char *what,
                    struct nmt_err *err)
{
    /* A program that never calls setlocale is in the C locale; one that links the library may
     * not be, and "0,5" must not become a number there. */
    locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (!c)
        return nmt_fail_os(err, NMT_ENOMEM, 0, "%s: no C locale", what);
    locale_t before = uselocale(c);
    char *end = NULL;
    errno = 0;
    double v = strtod(text, &end);
    uselocale(before);
    freelocale(c);
    bool starts_well = text[0] == '-' || text[0] == '.' || (text[0] >= '0' && text[0] <= '9');
    bool hex = false;
    for (const char *p = text; *p; p++)
        hex |= *p == 'x' || *p == 'X';
    if (!starts_well || hex || end == text || *end || !isfinite(v) || v < min || v > max)
        return nmt_fail(err, NMT_EUSAGE, 0, "%s: '%s' is not a number from %g to %g", what, text,
                        min, max);
    *out = v;
    return 0;
}

int nmt_number_print(char out[NMT_NUMBER_DIGITS], double v, struct nmt_err *err)
{
    locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (!c)
        return nmt_fail_os(err, NMT_ENOMEM, 0, "cannot print a number: no C locale");
    locale_t before = uselocale(c);
    int digits = 1;
    do
        snprintf(out, NMT_NUMBER_DIGITS, "%.*g", digits, v);
    while (digits++ < 17 && strtod(out, NULL) != v);
    uselocale(before);
    freelocale(c);
    return 0;
}
