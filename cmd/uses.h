/* Programs that work in several ways: which options say something to which of them. */
#ifndef NMT_USES_H
#define NMT_USES_H

#include "cli.h"

/** One option. A list of them ends with key 0; options that are not in it go with everything. */
struct cli_use {
    int key;
    unsigned modes; /* bits of the ways to work that it belongs to */
    int needs;      /* the option it says nothing without, where `asked` is not 0; or 0 */
};

/**
 * Misuse when an option was given that would change nothing. mode: the bit of the way to work,
 * asked: the option that asked for it (0: none does, then `what` names it).
 */
void cli_check_uses(const struct cli *cli, const struct cli_use *uses, unsigned mode, int asked,
                    const char *what);

#endif
