/*
 * Runs Criterion's tests without Criterion's runner, whose sandbox (boxfort) and thread sanitizer
 * both want the same stretch of memory: libcriterion crashes in such a build before the first test.
 * Each test runs in a process of its own, as many at once as there are processors. Understands
 * --filter SUITE/NAME (a shell pattern) and prints the summary that tests/run reads.
 *
 * The functions without static below replace libcriterion's own, which need its runner.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_RUNNING 64

extern struct criterion_test *__start_cr_tst[], *__stop_cr_tst[];
extern struct criterion_suite *__start_cr_sts[], *__stop_cr_sts[];

/* So that the sections are there when a program has none; NULL entries are passed over. */
static struct criterion_test *no_test __attribute__((section("cr_tst"), used));
static struct criterion_suite *no_suite __attribute__((section("cr_sts"), used));

static struct criterion_test *current;
static int failed_checks;

/* What TestSuite(...) says of the current test's suite, NULL when nothing does. */
static const struct criterion_test_extra_data *current_suite(void)
{
    for (struct criterion_suite **s = __start_cr_sts; s < __stop_cr_sts; s++)
        if (*s && (*s)->data && strcmp((*s)->name, current->category) == 0)
            return (*s)->data;
    return NULL;
}

void criterion_internal_test_setup(void)
{
    const struct criterion_test_extra_data *suite = current_suite();
    if (suite && suite->init)
        suite->init();
    if (current->data->init)
        current->data->init();
}

void criterion_internal_test_main(void (*body)(void))
{
    body();
}

void criterion_internal_test_teardown(void)
{
    const struct criterion_test_extra_data *suite = current_suite();
    if (current->data->fini)
        current->data->fini();
    if (suite && suite->fini)
        suite->fini();
}

void criterion_abort_test(void)
{
    exit(1);
}

void criterion_skip_test(const char *format, ...)
{
    (void)format;
    exit(0);
}

void cri_asserts_passed_incr(void)
{
}

static void print_node(const struct cri_assert_node *node)
{
    if (node->repr)
        fprintf(stderr, "[----]   %s\n", node->repr);
    if (node->message)
        fprintf(stderr, "[----]   %s\n", node->message);
    for (size_t i = 0; i < node->nchild; i++)
        print_node(&node->children[i]);
}

void cri_assert_node_send(const char *file, size_t line, struct cri_assert_node *tree)
{
    failed_checks++;
    fprintf(stderr, "[----] %s:%zu: Assertion Failed\n", file, line);
    print_node(tree);
}

static int run_here(const char *name)
{
    for (struct criterion_test **t = __start_cr_tst; t < __stop_cr_tst; t++) {
        if (!*t || strcmp((*t)->data->identifier_, name) != 0)
            continue;
        current = *t;
        if (current->data->timeout > 0)
            alarm((unsigned)current->data->timeout + 1);
        current->test();
        exit(failed_checks > 0);
    }
    return 2;
}

/* As the test expects: a signal, or an exit status (0 unless it says another). */
static bool went_well(const struct criterion_test *t, int status)
{
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == t->data->signal;
    return t->data->signal == 0 && WEXITSTATUS(status) == t->data->exit_code;
}

/* A test that is running, in a process of its own. */
struct running {
    const struct criterion_test *test;
    pid_t pid;
};

struct tally {
    int passed, failed, crashed;
};

static bool start(const char *self, const struct criterion_test *t, struct running *r)
{
    fflush(stdout);
    r->test = t;
    r->pid = fork();
    if (r->pid == 0) {
        execl("/proc/self/exe", self, "--one", t->data->identifier_, (char *)NULL);
        _exit(127);
    }
    return r->pid > 0;
}

static void count(struct tally *tally, const struct criterion_test *t, int status)
{
    if (went_well(t, status)) {
        tally->passed++;
        return;
    }
    printf("[FAIL] %s (status %d)\n", t->data->identifier_, status);
    if (WIFSIGNALED(status))
        tally->crashed++;
    else
        tally->failed++;
}

/* Waits for one of n running tests, whose place is taken by the last; n - 1 are left. */
static int wait_for_one(struct running *r, int n, struct tally *tally)
{
    int status, i = 0;
    pid_t pid = wait(&status);
    if (pid < 0) {
        perror("wait");
        exit(1);
    }
    while (i < n && r[i].pid != pid)
        i++;
    if (i == n)
        return n;
    count(tally, r[i].test, status);
    r[i] = r[n - 1];
    return n - 1;
}

static int processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MAX_RUNNING ? MAX_RUNNING : (int)n;
}

int main(int argc, char **argv)
{
    const char *filter = "*";
    struct running running[MAX_RUNNING];
    struct tally tally = { 0, 0, 0 };
    int n = 0, most = processors();
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--one") == 0)
            return run_here(argv[i + 1]);
        if (strcmp(argv[i], "--filter") == 0)
            filter = argv[i + 1];
    }
    for (struct criterion_test **t = __start_cr_tst; t < __stop_cr_tst; t++) {
        if (!*t || (*t)->data->disabled || fnmatch(filter, (*t)->data->identifier_, 0) != 0)
            continue;
        while (n >= most)
            n = wait_for_one(running, n, &tally);
        if (start(argv[0], *t, &running[n]))
            n++;
        else
            count(&tally, *t, 127 << 8);
    }
    while (n > 0)
        n = wait_for_one(running, n, &tally);
    printf("[====] Synthesis: Tested: %d | Passing: %d | Failing: %d | Crashing: %d\n",
           tally.passed + tally.failed + tally.crashed, tally.passed, tally.failed, tally.crashed);
    return tally.failed + tally.crashed > 0;
}
