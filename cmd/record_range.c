/* "N", "N-M" and "N-" on the command line. */
#include "record_range.h"

#include <nmt/number.h>

#include <string.h>

struct record_range record_range_read(const struct cli *cli, int option, const char *name)
{
    const char *text = cli_value(cli, option, "1-"), *dash = strchr(text, '-');
    const size_t n = dash ? (size_t)(dash - text) : strlen(text);
    struct nmt_err why = NMT_ERR_INIT;
    int64_t first = 1, last = INT64_MAX;
    char one[24] = "";
    if (n < sizeof one)
        memcpy(one, text, n);
    if (nmt_number_int(&first, one, 1, INT64_MAX - 1, name, &why) < 0)
        cli_misuse(cli, "%s", why.msg);
    if (!dash)
        last = first;
    else if (dash[1] && nmt_number_int(&last, dash + 1, first, INT64_MAX, name, &why) < 0)
        cli_misuse(cli, "%s", why.msg);
    return (struct record_range){ (uint64_t)first, (uint64_t)last };
}
