/* testing.h - what every CUnit test of Winnow shares: one main, MPI set up, a failure on any rank fails all.
 * A test file names its tests in one table and ends with TEST_MAIN. Never CU_ASSERT_*_FATAL before a collective call.
 */
#ifndef WINNOW_TESTING_H
#define WINNOW_TESTING_H

#include "winnow/ranks.h"

#include <CUnit/CUnit.h>

typedef struct {
    const char *name;
    CU_TestFunc run;
} wn_test;

/* The ranks of MPI_COMM_WORLD, set before the first test. */
extern wn_ranks test_ranks;

/* Collective. Runs the tests and returns main's status: 0 only if no assertion failed on any rank. */
int test_run_all(int argc, char **argv, const char *suite, const wn_test *tests, size_t n_tests);

#define TEST_MAIN(suite, tests)                                                                                        \
    int main(int argc, char **argv)                                                                                    \
    {                                                                                                                  \
        return test_run_all(argc, argv, suite, tests, sizeof(tests) / sizeof *(tests));                                \
    }

/* A status that must be WN_OK; its message is printed when it is not. Evaluates to true when it was. */
#define CHECK_OK(call) test_check_ok((call), #call, __FILE__, __LINE__)
bool test_check_ok(wn_status status, const char *call, const char *file, int line);

/* |a - b| <= tolerance x max(1, |b|). */
#define CHECK_CLOSE(a, b, tolerance) test_check_close((a), (b), (tolerance), #a, __FILE__, __LINE__)
bool test_check_close(double a, double b, double tolerance, const char *what, const char *file, int line);

/* Local. A path "NAME" below this test's own new temporary directory (the same on all ranks), removed at the end.
 * Static memory, overwritten four calls later. */
const char *test_path(const char *name);

#endif
