/* Who we are and what built us. */
#include <nmt/version.h>

const char *nmt_version(void)
{
    return NMT_VERSION;
}

const char *nmt_compiler(void)
{
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}
