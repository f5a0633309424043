/*
 * Runs Criterion's tests without Criterion's runner, whose sandbox (boxfort) and thread sanitizer
 * both want the same stretch of memory: libcriterion crashes in such a build before the first test.
 * Each test runs in a process of its own. Understands --filter SUITE/NAME (a shell pattern) and
 * prints the summary that tests/run reads.
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

static int run_apart(const char *self, const struct criterion_test *t)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", self, "--one", t->data->identifier_, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return 127 << 8;
    return status;
}

int main(int argc, char **argv)
{
    const char *filter = "*";
    int passed = 0, failed = 0, crashed = 0;
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--one") == 0)
            return run_here(argv[i + 1]);
        if (strcmp(argv[i], "--filter") == 0)
            filter = argv[i + 1];
    }
    for (struct criterion_test **t = __start_cr_tst; t < __stop_cr_tst; t++) {
        if (!*t || (*t)->data->disabled || fnmatch(filter, (*t)->data->identifier_, 0) != 0)
            continue;
        int status = run_apart(argv[0], *t);
        if (went_well(*t, status)) {
            passed++;
            continue;
        }
        printf("[FAIL] %s (status %d)\n", (*t)->data->identifier_, status);
        if (WIFSIGNALED(status))
            crashed++;
        else
            failed++;
    }
    printf("[====] Synthesis: Tested: %d | Passing: %d | Failing: %d | Crashing: %d\n",
           passed + failed + crashed, passed, failed, crashed);
    return failed + crashed > 0;
}
