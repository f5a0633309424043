/* Option tables, messages, exit status: what the programs share on the outside. */
#include "cli.h"

#include <nmt/number.h>
#include <nmt/version.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void vwarn(const struct cli *cli, const char *fmt, va_list args)
{
    char line[1024];
    vsnprintf(line, sizeof line, fmt, args);
    for (char *p = line; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    fprintf(stderr, "%s: %s\n", cli->prog, line);
}

void cli_warn(const struct cli *cli, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vwarn(cli, fmt, args);
    va_end(args);
}

void cli_warn_failed(struct cli *cli, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vwarn(cli, fmt, args);
    va_end(args);
    cli->status = 1;
}

void cli_misuse(const struct cli *cli, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vwarn(cli, fmt, args);
    va_end(args);
    fprintf(stderr, "%s: try '%s --help'\n", cli->prog, cli->prog);
    exit(2);
}

static void close_stdout_or_fail(const struct cli *cli)
{
    if (fflush(stdout) != 0 || ferror(stdout) || fclose(stdout) != 0) {
        cli_warn(cli, "(stdout): cannot write: %s", strerror(errno));
        exit(1);
    }
}

static void print_synopsis(const struct cli *cli)
{
    const char *line = cli->synopsis;
    for (const char *lead = "usage: "; line; lead = "       ") {
        const char *end = strchr(line, '\n');
        int n = end ? (int)(end - line) : (int)strlen(line);
        printf("%s%s %.*s\n", lead, cli->prog, n, line);
        line = end ? end + 1 : NULL;
    }
}

static void print_option(const struct cli_opt *o)
{
    char left[64];
    int n = o->key < 256 ? snprintf(left, sizeof left, "  -%c, ", o->key)
                         : snprintf(left, sizeof left, "      ");
    snprintf(left + n, sizeof left - (size_t)n, "--%s%s%s", o->name, o->arg ? " " : "",
             o->arg ? o->arg : "");
    if (strlen(left) > 29)
        printf("%s\n%30s%s\n", left, "", o->help);
    else
        printf("%-30s%s\n", left, o->help);
}

static void print_help(const struct cli *cli)
{
    print_synopsis(cli);
    printf("\n%s\n\n", cli->what);
    for (const struct cli_opt *o = cli->opts; o->key; o++)
        if (o->help)
            print_option(o);
    printf("\nExit status: 0 done, 1 the work failed wholly or for some record, 2 wrong usage.\n"
           "Manual: %s(1), nmt(7)\n",
           cli->prog);
}

/* The table as the completions and the documentation check read it: letter, name, value, help. */
static void print_table(const struct cli *cli)
{
    for (const struct cli_opt *o = cli->opts; o->key; o++) {
        char letter[2] = { (char)(o->key < 256 ? o->key : '-'), '\0' };
        printf("%s\t%s\t%s\t%s\n", letter, o->name, o->arg ? o->arg : "-", o->help ? o->help : "");
    }
}

static void print_version(const struct cli *cli)
{
    printf("%s %s\ncompiler: %s\n", cli->prog, nmt_version(), nmt_compiler());
    if (cli->engine)
        cli->engine(stdout);
}

static void add_hit(struct cli *cli, int key, const char *value)
{
    if (key == CLI_HELP || key == CLI_VERSION || key == CLI_PRINT_OPTIONS) {
        if (key == CLI_HELP)
            print_help(cli);
        else if (key == CLI_PRINT_OPTIONS)
            print_table(cli);
        else
            print_version(cli);
        close_stdout_or_fail(cli);
        exit(0);
    }
    cli->hits[cli->n_hits++] = (struct cli_hit){ key, value };
}

/* The long option that name[0..n) means: exactly, or as the only one it abbreviates. */
static const struct cli_opt *find_long(const struct cli *cli, const char *name, size_t n)
{
    const struct cli_opt *found = NULL;
    size_t candidates = 0;
    for (const struct cli_opt *o = cli->opts; o->key; o++) {
        if (strncmp(o->name, name, n) != 0)
            continue;
        if (o->name[n] == '\0')
            return o;
        candidates += !found || found->key != o->key; /* two names of one option are no two */
        found = found ? found : o;
    }
    if (candidates > 1)
        cli_misuse(cli, "option '--%.*s' is ambiguous", (int)n, name);
    return found;
}

static const struct cli_opt *find_letter(const struct cli *cli, char letter)
{
    for (const struct cli_opt *o = cli->opts; o->key; o++)
        if (o->key < 256 && o->key == (unsigned char)letter)
            return o;
    cli_misuse(cli, "unknown option '-%c'", letter);
}

/* Is the word one that an option takes beside its first value? "FILE...": anything that is no
 * option; "bleu|chrf|ter...": one of these words. */
static bool is_further_value(const char *arg, const char *word)
{
    if (!strchr(arg, '|'))
        return word[0] != '-' || word[1] == '\0';
    size_t n = strlen(word);
    for (const char *p = arg;; p++) {
        size_t len = strcspn(p, "|.");
        if (len == n && strncmp(p, word, n) == 0)
            return true;
        p += len;
        if (*p != '|')
            return false;
    }
}

/* The words behind an option's value that are values too. Returns how many there are. */
static int take_further_values(struct cli *cli, const struct cli_opt *o, char **words)
{
    size_t n = strlen(o->arg);
    int taken = 0;
    if (n > 3 && strcmp(o->arg + n - 3, "...") == 0)
        for (; words[taken] && is_further_value(o->arg, words[taken]); taken++)
            add_hit(cli, o->key, words[taken]);
    return taken;
}

/* Is the word one of those in an optional value, "[a|b]"? */
static bool is_optional_value(const char *arg, const char *word)
{
    const size_t n = word ? strlen(word) : 0;
    for (const char *p = arg; *p == '[' || *p == '|'; p += 1 + strcspn(p + 1, "|]"))
        if (n > 0 && strcspn(p + 1, "|]") == n && strncmp(p + 1, word, n) == 0)
            return true;
    return false;
}

/* "--name", "--name=a", or "--name a". */
static int parse_optional(struct cli *cli, const struct cli_opt *o, const char *given,
                          const char *next)
{
    if (given && !is_optional_value(o->arg, given))
        cli_misuse(cli, "--%s: '%s' is none of %s", o->name, given, o->arg);
    const bool takes_next = !given && is_optional_value(o->arg, next);
    add_hit(cli, o->key, takes_next ? next : given);
    return takes_next ? 2 : 1;
}

static int parse_long(struct cli *cli, char **argv)
{
    const char *name = argv[0] + 2, *equals = strchr(name, '=');
    size_t n = equals ? (size_t)(equals - name) : strlen(name);
    if (n == strlen("print-options") && strncmp(name, "print-options", n) == 0)
        add_hit(cli, CLI_PRINT_OPTIONS, NULL);
    const struct cli_opt *o = find_long(cli, name, n);
    if (!o)
        cli_misuse(cli, "unknown option '--%.*s'", (int)n, name);
    if (!o->arg) {
        if (equals)
            cli_misuse(cli, "option '--%s' takes no value", o->name);
        add_hit(cli, o->key, NULL);
        return 1;
    }
    if (o->arg[0] == '[')
        return parse_optional(cli, o, equals ? equals + 1 : NULL, argv[1]);
    if (!equals && !argv[1])
        cli_misuse(cli, "option '--%s' needs a value (%s)", o->name, o->arg);
    add_hit(cli, o->key, equals ? equals + 1 : argv[1]);
    return equals ? 1 : 2 + take_further_values(cli, o, argv + 2);
}

static int parse_letters(struct cli *cli, char **argv)
{
    for (const char *p = argv[0] + 1; *p; p++) {
        const struct cli_opt *o = find_letter(cli, *p);
        if (!o->arg) {
            add_hit(cli, o->key, NULL);
            continue;
        }
        if (!p[1] && !argv[1])
            cli_misuse(cli, "option '-%c' needs a value (%s)", *p, o->arg);
        const char *attached = p + 1 + (cli->equals && p[1] == '=');
        add_hit(cli, o->key, p[1] ? attached : argv[1]);
        return p[1] ? 1 : 2 + take_further_values(cli, o, argv + 2);
    }
    return 1;
}

/* "-lc" and the like: a whole name behind one dash, as sacreBLEU spells some of its options. */
static const struct cli_opt *find_whole(const struct cli *cli, const char *word)
{
    const size_t n = strcspn(word + 1, "=");
    for (const struct cli_opt *o = cli->opts; o->key; o++)
        if (!o->help && strlen(o->name) == n && strncmp(o->name, word + 1, n) == 0)
            return o;
    return NULL;
}

/* "-lc", "-tok intl", "-tok=intl". */
static int parse_whole(struct cli *cli, const struct cli_opt *o, char **argv)
{
    const char *equals = strchr(argv[0], '=');
    if (equals && !o->arg)
        cli_misuse(cli, "option '-%s' takes no value", o->name);
    if (o->arg && !equals && !argv[1])
        cli_misuse(cli, "option '-%s' needs a value (%s)", o->name, o->arg);
    add_hit(cli, o->key, equals ? equals + 1 : o->arg ? argv[1] : NULL);
    return !o->arg || equals ? 1 : 2 + take_further_values(cli, o, argv + 2);
}

/* A closed stdin, stdout or stderr must not become the next file that is opened: its place is
 * taken by something that fails when it is used. */
static void keep_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

void cli_parse(struct cli *cli, int argc, char **argv)
{
    keep_standard_streams();
    size_t most = 1;
    for (int i = 1; i < argc; i++)
        most += strlen(argv[i]) + 1;
    cli->hits = calloc(most, sizeof *cli->hits);
    cli->operands = calloc((size_t)argc + 1, sizeof *cli->operands);
    if (!cli->hits || !cli->operands) {
        cli_warn(cli, "out of memory");
        exit(1);
    }
    bool options_over = false;
    for (int i = 1; i < argc;) {
        char *word = argv[i];
        const struct cli_opt *whole;
        if (options_over || word[0] != '-' || word[1] == '\0') {
            cli->operands[cli->n_operands++] = word;
            i++;
        } else if (strcmp(word, "--") == 0) {
            options_over = true;
            i++;
        } else if (word[1] == '-') {
            i += parse_long(cli, argv + i);
        } else if ((whole = find_whole(cli, word))) {
            i += parse_whole(cli, whole, argv + i);
        } else {
            i += parse_letters(cli, argv + i);
        }
    }
}

bool cli_flag(const struct cli *cli, int key)
{
    return cli_count(cli, key) > 0;
}

size_t cli_count(const struct cli *cli, int key)
{
    size_t n = 0;
    for (size_t i = 0; i < cli->n_hits; i++)
        n += cli->hits[i].key == key;
    return n;
}

const char *cli_nth(const struct cli *cli, int key, size_t nth)
{
    for (size_t i = 0; i < cli->n_hits; i++)
        if (cli->hits[i].key == key && nth-- == 0)
            return cli->hits[i].value;
    return NULL;
}

const char *cli_value(const struct cli *cli, int key, const char *fallback)
{
    size_t n = cli_count(cli, key);
    return n ? cli_nth(cli, key, n - 1) : fallback;
}

/* The option as the user would type it. */
static const char *spelled(const struct cli *cli, int key, char *out, size_t size)
{
    for (const struct cli_opt *o = cli->opts; o->key; o++)
        if (o->key == key) {
            snprintf(out, size, "--%s", o->name);
            return out;
        }
    return "option";
}

const char *cli_need(const struct cli *cli, int key)
{
    char name[64];
    const char *value = cli_value(cli, key, NULL);
    if (!value)
        cli_misuse(cli, "%s is required", spelled(cli, key, name, sizeof name));
    return value;
}

int64_t cli_int(const struct cli *cli, int key, int64_t fallback, int64_t min, int64_t max)
{
    char name[64];
    const char *text = cli_value(cli, key, NULL);
    struct nmt_err err = NMT_ERR_INIT;
    int64_t value = fallback;
    if (text &&
        nmt_number_int(&value, text, min, max, spelled(cli, key, name, sizeof name), &err) < 0)
        cli_misuse(cli, "%s", err.msg);
    return value;
}

double cli_real(const struct cli *cli, int key, double fallback, double min, double max)
{
    char name[64];
    const char *text = cli_value(cli, key, NULL);
    struct nmt_err err = NMT_ERR_INIT;
    double value = fallback;
    if (text &&
        nmt_number_real(&value, text, min, max, spelled(cli, key, name, sizeof name), &err) < 0)
        cli_misuse(cli, "%s", err.msg);
    return value;
}

uint64_t cli_size(const struct cli *cli, int key, uint64_t fallback, uint64_t min, uint64_t max)
{
    static const char units[] = "KMG";
    char name[64], digits[32] = "";
    const char *text = cli_value(cli, key, NULL);
    struct nmt_err err = NMT_ERR_INIT;
    int64_t value = 0;
    if (!text)
        return fallback;
    const size_t n = strlen(text);
    const char *unit = n ? strchr(units, text[n - 1]) : NULL;
    const int shift = unit ? 10 * (int)(unit - units + 1) : 0;
    if (n < sizeof digits)
        memcpy(digits, text, n - (unit ? 1 : 0));
    spelled(cli, key, name, sizeof name);
    if (nmt_number_int(&value, digits, 0, INT64_MAX >> shift, name, &err) < 0)
        cli_misuse(cli, "%s: '%s' is no size", name, text);
    const uint64_t size = (uint64_t)value << shift;
    if (size < min || size > max)
        cli_misuse(cli, "%s: %s is not %" PRIu64 "M to %" PRIu64 "M", name, text, min >> 20,
                   max >> 20);
    return size;
}

size_t cli_choice(const struct cli *cli, int key, const char *const *words, size_t fallback)
{
    const char *text = cli_value(cli, key, NULL);
    if (!text)
        return fallback;
    char list[256] = "", name[64];
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0)
            return i;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", words[i]);
    }
    cli_misuse(cli, "%s: '%s' is none of %s", spelled(cli, key, name, sizeof name), text, list);
}

const char *cli_next_operand(struct cli *cli)
{
    if (cli->n_operands == 0)
        return cli->taken++ == 0 ? "-" : NULL;
    return cli->taken < cli->n_operands ? cli->operands[cli->taken++] : NULL;
}

static void die_of_sigpipe(void)
{
    struct sigaction dfl = { .sa_handler = SIG_DFL };
    sigset_t pipe_only;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigaction(SIGPIPE, &dfl, NULL);
    sigprocmask(SIG_UNBLOCK, &pipe_only, NULL);
    raise(SIGPIPE);
    _exit(141);
}

int cli_finish(struct cli *cli, const struct nmt_err *err)
{
    int status = cli->status;
    free(cli->hits);
    free(cli->operands);
    cli->hits = NULL;
    cli->operands = NULL;
    if (err->code == NMT_EPIPE)
        die_of_sigpipe();
    if (err->code) {
        cli_warn(cli, "%s", err->msg);
        status = err->code == NMT_ESTOPPED ? 3 : err->code == NMT_EUSAGE ? 2 : 1;
    }
    return status;
}
