/* What a program writes must not take the place of what it reads. */
#ifndef NMT_FILES_H
#define NMT_FILES_H

#include "cli.h"

/**
 * Misuse when the file of one of the options in `written` (their keys, ended by 0), or stdout, is
 * that of another option or an operand, or stdin. Files are compared, not names, so links count.
 */
void files_check(const struct cli *cli, const int *written);

/** Would two outputs ("-": stdout) go to one place? */
bool files_are_one(const char *a, const char *b);

#endif
