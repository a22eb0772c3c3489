#include "testing.h"

#include "winnow/memory.h"

#include <CUnit/Basic.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

wn_ranks test_ranks;

static char directory[256];

bool test_check_ok(wn_status status, const char *call, const char *file, int line)
{
    char text[WN_MESSAGE_SIZE + 512];
    snprintf(text, sizeof text, "%s: status %d: %s", call, (int)status, wn_status_message());
    return CU_assertImplementation(status == WN_OK, (unsigned)line, text, file, "", CU_FALSE) == CU_TRUE;
}

bool test_check_close(double a, double b, double tolerance, const char *what, const char *file, int line)
{
    char text[512];
    double scale = fabs(b) > 1 ? fabs(b) : 1;
    bool is_close = (isnan(a) && isnan(b)) || a == b || fabs(a - b) <= tolerance * scale;
    snprintf(text, sizeof text, "%s: %.17g is not %.17g within %g", what, a, b, tolerance);
    return CU_assertImplementation(is_close, (unsigned)line, text, file, "", CU_FALSE) == CU_TRUE;
}

const char *test_path(const char *name)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

static void make_directory(void)
{
    if (test_ranks.rank == 0) {
        const char *base = getenv("TMPDIR");
        snprintf(directory, sizeof directory, "%s/winnow-test-XXXXXX", base != NULL ? base : "/tmp");
        if (mkdtemp(directory) == NULL) {
            perror(directory);
            directory[0] = '\0';
        }
    }
    MPI_Bcast(directory, sizeof directory, MPI_CHAR, 0, MPI_COMM_WORLD);
}

/* Failures of a rank other than 0 are printed with its number; those of rank 0 CUnit prints by itself. */
static void print_failures(void)
{
    if (test_ranks.rank == 0)
        return;
    for (CU_pFailureRecord failure = CU_get_failure_list(); failure != NULL; failure = failure->pNext)
        fprintf(stderr, "rank %d: %s:%u: %s\n", test_ranks.rank, failure->strFileName, failure->uiLineNumber,
                failure->strCondition);
}

static int run_suite(const char *suite, const wn_test *tests, size_t n_tests)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite added = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; added != NULL && i < n_tests; i++)
        if (CU_add_test(added, tests[i].name, tests[i].run) == NULL)
            return 1;
    CU_basic_set_mode(test_ranks.rank == 0 ? CU_BRM_NORMAL : CU_BRM_SILENT);
    if (test_ranks.rank != 0 && freopen("/dev/null", "w", stdout) == NULL)
        return 1;
    CU_basic_run_tests();
    print_failures();
    bool failed = added == NULL || CU_get_number_of_failures() > 0 || CU_get_number_of_asserts() == 0;
    CU_cleanup_registry();
    return failed ? 1 : 0;
}

int test_run_all(int argc, char **argv, const char *suite, const wn_test *tests, size_t n_tests)
{
    int provided = 0, failed = 0, any = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    test_ranks = wn_ranks_of(MPI_COMM_WORLD);
    make_directory();
    failed = directory[0] == '\0' ? 1 : run_suite(suite, tests, n_tests);
    MPI_Allreduce(&failed, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    if (test_ranks.rank == 0 && directory[0] != '\0')
        nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    MPI_Finalize();
    return any;
}
