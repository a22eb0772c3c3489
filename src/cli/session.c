#include "session.h"

#include "arguments.h"
#include "winnow/stop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void catch_stops(void)
{
    struct sigaction action = {.sa_handler = wn_stop_request, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
}

/* Ranks that mpirun put on one node talk through its memory. Open MPI then need not look for networks, which takes
 * longer than all else of its start; what the caller chose stays. */
static void choose_transport(void)
{
    const char *n = getenv("OMPI_COMM_WORLD_SIZE"), *n_here = getenv("OMPI_COMM_WORLD_LOCAL_SIZE");
    if (n == NULL || n_here == NULL || strcmp(n, n_here) != 0)
        return;
    if (getenv("OMPI_MCA_pml") != NULL || getenv("OMPI_MCA_btl") != NULL)
        return;
    setenv("OMPI_MCA_pml", "ob1", 0);
    setenv("OMPI_MCA_btl", "self,vader", 0);
}

wn_status wn_session_open(wn_ranks *ranks, wn_log_level level)
{
    int provided = 0;
    choose_transport();
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
        return wn_cli_fail(wn_fail(WN_INTERNAL, "MPI cannot be started"));
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    *ranks = wn_ranks_of(MPI_COMM_WORLD);
    wn_log_setup(ranks->rank == 0, level);
    if (provided < MPI_THREAD_FUNNELED) {
        wn_status status = wn_cli_fail(wn_fail(WN_INTERNAL, "this MPI has no support for threads (FUNNELED)"));
        MPI_Finalize();
        return status;
    }
    catch_stops();
    return WN_OK;
}

void wn_session_open_alone(wn_ranks *ranks, wn_log_level level)
{
    *ranks = (wn_ranks){.comm = MPI_COMM_NULL, .size = 1};
    wn_log_setup(true, level);
    catch_stops();
}

wn_status wn_session_close(const wn_ranks *ranks, wn_status status)
{
    int mine = (int)status, largest = mine;
    if (ranks->rank == 0)
        wn_cli_fail(status);
    fflush(stdout);
    if (ranks->comm == MPI_COMM_NULL)
        return status;
    if (MPI_Allreduce(&mine, &largest, 1, MPI_INT, MPI_MAX, ranks->comm) != MPI_SUCCESS)
        largest = mine > WN_INTERNAL ? mine : WN_INTERNAL;
    MPI_Finalize();
    return (wn_status)largest;
}

bool wn_session_is_launched(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMIX_RANK") || getenv("PMI_RANK");
}

void wn_session_leave(wn_status status)
{
    int was_up = 0;
    MPI_Initialized(&was_up);
    if (status != WN_USAGE || was_up || !wn_session_is_launched())
        return;
    fflush(stderr);
    if (MPI_Init(NULL, NULL) == MPI_SUCCESS) {
        MPI_Barrier(MPI_COMM_WORLD);
        MPI_Finalize();
    }
}
