/* What a program writes must not take the place of what it reads. */
#include "files.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEFORE_ALL SIZE_MAX

/* A path of the command line: an existing file, or where a new one will be. */
struct place {
    const char *what; /* the option's name, NULL: an operand */
    const char *path;
    bool written, regular, there;
    struct stat st;
};

static struct place look(const char *what, const char *path, bool written)
{
    struct place p = { what, path, written, false, false, { 0 } };
    const bool standard = strcmp(path, "-") == 0;
    const int rc =
        standard ? fstat(written ? STDOUT_FILENO : STDIN_FILENO, &p.st) : stat(path, &p.st);
    p.there = rc == 0;
    p.regular = rc == 0 && S_ISREG(p.st.st_mode);
    return p;
}

/* Two files that are not there yet: the same name in the same folder? */
static bool same_new(const char *a, const char *b)
{
    char folder_a[PATH_MAX], folder_b[PATH_MAX];
    const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');
    const char *name_a = slash_a ? slash_a + 1 : a, *name_b = slash_b ? slash_b + 1 : b;
    if (strcmp(name_a, name_b) != 0 || name_a - a >= PATH_MAX || name_b - b >= PATH_MAX)
        return false;
    memcpy(folder_a, a, (size_t)(name_a - a));
    memcpy(folder_b, b, (size_t)(name_b - b));
    strcpy(folder_a + (name_a - a), name_a > a ? "" : ".");
    strcpy(folder_b + (name_b - b), name_b > b ? "" : ".");
    struct stat x, y;
    return stat(folder_a, &x) == 0 && stat(folder_b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

static bool same(const struct place *a, const struct place *b)
{
    struct stat st;
    /* Two outputs are not mixed in a pipe either; anything goes into /dev/null. */
    if (a->there && b->there && a->st.st_mode == b->st.st_mode &&
        (a->regular || (a->written && b->written && !S_ISCHR(a->st.st_mode))))
        return a->st.st_dev == b->st.st_dev && a->st.st_ino == b->st.st_ino;
    if (strcmp(a->path, "-") == 0 || strcmp(b->path, "-") == 0)
        return a->written && b->written && strcmp(a->path, b->path) == 0;
    return stat(a->path, &st) < 0 && stat(b->path, &st) < 0 && same_new(a->path, b->path);
}

bool files_are_one(const char *a, const char *b)
{
    const struct place x = look(NULL, a, true), y = look(NULL, b, true);
    return same(&x, &y);
}

static void compare(const struct cli *cli, const struct place *out, const struct place *other)
{
    if (!same(out, other))
        return;
    cli_misuse(cli, "--%s and %s%s are the same file: %s", out->what, other->what ? "--" : "",
               other->what ? other->what : "an input", out->path);
}

/* Names of files have values called so in the table. */
static bool is_file(const char *arg)
{
    static const char *const names[] = { "TARGET", "VOCAB", "CODES", "COUNTS" };
    bool is = strstr(arg, "FILE") != NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        is = is || strcmp(arg, names[i]) == 0;
    return is;
}

static const struct cli_opt *file_option(const struct cli *cli, const struct cli_hit *hit)
{
    for (const struct cli_opt *o = cli->opts; hit->value && o->key; o++)
        if (o->key == hit->key && o->arg)
            return is_file(o->arg) ? o : NULL;
    return NULL;
}

static bool is_written(const int *written, int key)
{
    while (*written && *written != key)
        written++;
    return *written != 0;
}

static void compare_all(const struct cli *cli, const struct place *out, size_t from,
                        const int *written)
{
    for (size_t i = 0; i < cli->n_hits; i++) {
        const struct cli_opt *o = file_option(cli, &cli->hits[i]);
        const bool also_written = o && is_written(written, o->key);
        if (!o || (also_written && from != BEFORE_ALL && i <= from))
            continue;
        struct place other = look(o->name, cli->hits[i].value, also_written);
        compare(cli, out, &other);
    }
    struct place in = look(NULL, "-", false);
    if (cli->n_operands == 0)
        compare(cli, out, &in);
    for (size_t i = 0; i < cli->n_operands; i++) {
        in = look(NULL, cli->operands[i], false);
        compare(cli, out, &in);
    }
}

void files_check(const struct cli *cli, const int *written)
{
    bool to_stdout = true;
    for (size_t i = 0; i < cli->n_hits; i++) {
        const struct cli_opt *o = file_option(cli, &cli->hits[i]);
        if (!o || !is_written(written, o->key))
            continue;
        to_stdout &= o->key != 'o';
        struct place out = look(o->name, cli->hits[i].value, true);
        compare_all(cli, &out, i, written);
    }
    if (to_stdout) {
        struct place out = look("output", "-", true);
        compare_all(cli, &out, BEFORE_ALL, written);
    }
}
