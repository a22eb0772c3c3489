#include "winnow/stop.h"

#include "winnow/clock.h"

#include <math.h>
#include <signal.h>

static volatile sig_atomic_t is_requested;
static double moment = INFINITY;

void wn_stop_request(void)
{
    is_requested = 1;
}

void wn_stop_at(double seconds)
{
    moment = seconds;
}

bool wn_stop_requested(void)
{
    return is_requested != 0 || (isfinite(moment) && wn_clock_seconds() >= moment);
}

void wn_stop_clear(void)
{
    is_requested = 0;
    moment = INFINITY;
}
