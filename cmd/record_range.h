/* Which records of a stream are wanted. */
#ifndef NMT_RECORD_RANGE_H
#define NMT_RECORD_RANGE_H

#include "cli.h"

#include <stdint.h>

/** From 1; both ends belong to it. */
struct record_range {
    uint64_t first, last;
};

/** The option's value, "N", "N-M", or "N-" for all from N on; all records without it. */
struct record_range record_range_read(const struct cli *cli, int option, const char *name);

#endif
