/* Progress of long work: a bar on a terminal, else lines whose intervals double up to a minute. */
#include "winnow/clock.h"
#include "winnow/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR_WIDTH = 24 };

static struct {
    char stage[64];
    double begin, next, interval;
    bool has_bar;
} work;

static void begin(const char *stage, double now)
{
    snprintf(work.stage, sizeof work.stage, "%s", stage);
    work.begin = now;
    work.interval = isatty(STDERR_FILENO) ? 0.2 : 1.0;
    work.next = now + work.interval;
}

/* What is printed next begins on an empty line. */
static void end(void)
{
    if (work.has_bar)
        fputs("\r\033[K", stderr);
    work.has_bar = false;
    work.stage[0] = '\0';
}

static void draw_bar(const char *stage, const char *what, double share, double rate, double left)
{
    char bar[BAR_WIDTH + 1];
    size_t n = (size_t)(share * BAR_WIDTH);
    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', n < BAR_WIDTH ? n : BAR_WIDTH);
    bar[BAR_WIDTH] = '\0';
    work.has_bar = true;
    fprintf(stderr, "\r\033[K%s [%s] %3.0f %%  %.3g %s/s  %.0f s left", stage, bar, 100 * share, rate, what, left);
}

void wn_log_progress(const char *stage, const char *what, double done, double total)
{
    double now = wn_clock_seconds();
    if (strcmp(work.stage, stage) != 0)
        begin(stage, now);
    if (done >= total) {
        end();
        return;
    }
    if (now < work.next)
        return;
    double spent = now - work.begin, rate = spent > 0 ? done / spent : 0;
    double left = rate > 0 ? (total - done) / rate : 0;
    if (isatty(STDERR_FILENO) && wn_log_speaks())
        draw_bar(stage, what, total > 0 ? done / total : 0, rate, left);
    else
        wn_log_info("%s: %.0f %%, %.3g %s/s, %.0f s left", stage, total > 0 ? 100 * done / total : 0, rate, what, left);
    if (!isatty(STDERR_FILENO))
        work.interval = work.interval < 30 ? 2 * work.interval : 60;
    work.next = now + work.interval;
}
