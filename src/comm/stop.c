#include "winnow/stop.h"

#include "winnow/clock.h"

#include <math.h>
#include <signal.h>
#include <stdatomic.h>

static atomic_int is_requested, by_signal;
static _Atomic double moment = INFINITY;

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a signal handler sets these");

void wn_stop_request(int signal)
{
    by_signal = signal;
    is_requested = 1;
}

void wn_stop_at(double seconds)
{
    moment = seconds;
}

static bool is_late(void)
{
    double until = moment;
    return isfinite(until) && wn_clock_seconds() >= until;
}

bool wn_stop_requested(void)
{
    return is_requested != 0 || is_late();
}

static const char *cause(void)
{
    switch (atomic_load(&by_signal)) {
    case SIGUSR1:
        return "by SIGUSR1";
    case SIGTERM:
        return "by SIGTERM";
    default:
        return is_late() ? "by its time limit" : "on request";
    }
}

wn_status wn_stop_fail(const char *where)
{
    return wn_fail(WN_STOPPED, "stopped %s in %s: start again to go on", cause(), where);
}

void wn_stop_clear(void)
{
    is_requested = 0;
    by_signal = 0;
    moment = INFINITY;
}
