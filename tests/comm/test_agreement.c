/* Ranks at their own pace: none waits for another that works, all leave together, with the worst status. */
#include "winnow/agreement.h"

#include "testing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void work_a_while(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

/* Local. `n_steps` steps of work with a look at the rounds after each; fails at step `failing`. How many were done. */
static int work(wn_agreement *rounds, int n_steps, int failing, wn_status *status)
{
    int done = 0;
    *status = WN_OK;
    while (done < n_steps) {
        work_a_while();
        if (++done == failing) {
            *status = wn_fail(WN_IO, "step %d of rank %d", failing, test_ranks.rank);
            break;
        }
        if (wn_agreement_poll(rounds))
            break;
    }
    return done;
}

/* Collective. */
static wn_status run(int n_steps, int failing, int *done)
{
    wn_agreement rounds;
    wn_status status = WN_OK;
    TRY(wn_agreement_begin(&rounds, &test_ranks));
    *done = work(&rounds, n_steps, failing, &status);
    status = wn_agreement_finish(&rounds, status);
done:
    return status;
}

/* From no steps at all to many, on one end and on the other. */
static void test_own_pace(void)
{
    static const int steps[] = {0, 1, 30, 300};
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++)
        for (int turn = 0; turn < 2; turn++) {
            int mine = steps[s] * (turn == 0 ? test_ranks.rank : test_ranks.size - 1 - test_ranks.rank), done = -1;
            CHECK_OK(run(mine, 0, &done));
            CU_ASSERT_EQUAL(done, mine);
        }
}

/* The others have work without end, but for a bound that keeps a broken protocol from hanging. */
static void check_failure(int failing_rank, int step)
{
    enum { WITHOUT_END = 100000 };
    char wanted[64];
    int done = 0;
    bool fails = test_ranks.rank == failing_rank;
    wn_status status = run(WITHOUT_END, fails ? step : 0, &done);
    CU_ASSERT_EQUAL(status, WN_IO);
    CU_ASSERT(fails ? done == step : done < WITHOUT_END);
    snprintf(wanted, sizeof wanted, "step %d of rank %d", step, failing_rank);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), wanted));
}

static void test_failure(void)
{
    for (int rank = 0; rank < test_ranks.size; rank++) {
        check_failure(rank, 1);
        check_failure(rank, 50);
    }
}

/* A rank that has finished long ago hears of a late failure; of two failures the larger status wins on all. */
static void test_late_and_double(void)
{
    int done = 0;
    bool is_last = test_ranks.rank == test_ranks.size - 1;
    CU_ASSERT_EQUAL(run(is_last ? 200 : 0, is_last ? 150 : 0, &done), WN_IO);
    wn_agreement rounds;
    if (!CHECK_OK(wn_agreement_begin(&rounds, &test_ranks)))
        return;
    wn_status mine = is_last ? wn_fail(WN_STOPPED, "the last") : wn_fail(WN_BAD_DATA, "another");
    CU_ASSERT_EQUAL(wn_agreement_finish(&rounds, mine), WN_STOPPED);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "the last"));
}

static const wn_test tests[] = {{"each rank at its own pace", test_own_pace},
                                {"a failure ends the others' work", test_failure},
                                {"late and double failures", test_late_and_double}};
TEST_MAIN("pass/rounds", tests)
