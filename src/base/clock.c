#include "winnow/clock.h"

#include <math.h>
#include <time.h>

double wn_clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void wn_clock_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

bool wn_clock_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, double moment)
{
    double whole = floor(moment);
    const struct timespec until = {(time_t)whole, (long)((moment - whole) * 1e9)};
    return pthread_cond_timedwait(condition, mutex, &until) == 0;
}

void wn_clock_text(char text[WN_CLOCK_TEXT_SIZE])
{
    time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(text, WN_CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts);
}
