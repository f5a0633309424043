/* Who we are and what built us. */
#ifndef NMT_VERSION_H
#define NMT_VERSION_H

/** "0.1.0" */
const char *nmt_version(void);

/** Name and version of the compiler the library was built with. */
const char *nmt_compiler(void);

#endif
