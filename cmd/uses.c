/* An option that would change nothing is a mistake, and said to be one. */
#include "uses.h"

static const char *name_of(const struct cli *cli, int key)
{
    const struct cli_opt *o = cli->opts;
    while (o->key && o->key != key)
        o++;
    return o->key ? o->name : "";
}

void cli_check_uses(const struct cli *cli, const struct cli_use *uses, unsigned mode, int asked,
                    const char *what)
{
    for (const struct cli_use *u = uses; u->key; u++) {
        if (!cli_flag(cli, u->key))
            continue;
        if (!(u->modes & mode))
            cli_misuse(cli, "--%s does not go with %s%s", name_of(cli, u->key), asked ? "--" : "",
                       asked ? name_of(cli, asked) : what);
        if (u->needs && asked && !cli_flag(cli, u->needs))
            cli_misuse(cli, "--%s needs --%s", name_of(cli, u->key), name_of(cli, u->needs));
    }
}
