/* The request to stop, set by signals and looked at in every loop. */
#include "winnow/pass.h"

#include <signal.h>

static volatile sig_atomic_t is_requested;

void wn_stop_request(void)
{
    is_requested = 1;
}

bool wn_stop_requested(void)
{
    return is_requested != 0;
}

void wn_stop_clear(void)
{
    is_requested = 0;
}
