#include "line.h"

#include <string.h>

static const char *find(const char *at, const char *end, char c)
{
    const char *found = at < end ? memchr(at, c, (size_t)(end - at)) : NULL;
    return found != NULL ? found : end;
}

wn_csv_walk wn_csv_walk_over(const char *text, const char *end, char delimiter)
{
    return (wn_csv_walk){.end = end,
                         .newline = find(text, end, '\n'),
                         .carriage = find(text, end, '\r'),
                         .quote = find(text, end, '"'),
                         .delimiter = delimiter};
}

static void skip_to(wn_csv_walk *walk, const char *at)
{
    if (walk->newline < at)
        walk->newline = find(at, walk->end, '\n');
    if (walk->carriage < at)
        walk->carriage = find(at, walk->end, '\r');
    if (walk->quote < at)
        walk->quote = find(at, walk->end, '"');
}

/* Behind the quotes that are open; *state is PLAIN where they were closed. */
static const char *leave_quotes(wn_csv_walk *walk, const char *at, wn_csv_state *state)
{
    while (at < walk->end) {
        if (*state == WN_CSV_QUOTE && *at != '"') {
            *state = WN_CSV_PLAIN;
            return at;
        }
        if (*state == WN_CSV_QUOTE) {
            *state = WN_CSV_QUOTED;
            at++;
            continue;
        }
        const char *quote = walk->quote >= at ? walk->quote : find(at, walk->end, '"');
        walk->quote = quote;
        if (quote == walk->end)
            return quote;
        *state = WN_CSV_QUOTE;
        at = quote + 1;
    }
    return at;
}

static bool begins_field(const wn_csv_walk *walk, const char *at)
{
    return at[-1] == walk->delimiter || at[-1] == '\n' || at[-1] == '\r';
}

const char *wn_csv_line_end(wn_csv_walk *walk, const char *at, wn_csv_state *state)
{
    while (at < walk->end) {
        if (*state != WN_CSV_PLAIN) {
            at = leave_quotes(walk, at, state);
            continue;
        }
        skip_to(walk, at);
        const char *line = walk->newline < walk->carriage ? walk->newline : walk->carriage;
        if (line <= walk->quote)
            return line;
        at = walk->quote + 1;
        if (begins_field(walk, walk->quote))
            *state = WN_CSV_QUOTED;
    }
    return walk->end;
}

const char *wn_csv_next_line(const char *at)
{
    return at + (at[0] == '\r' && at[1] == '\n' ? 2 : 1);
}

bool wn_csv_is_blank(const char *at, const char *end, char delimiter)
{
    const char *limit = end - at > WN_CSV_BLANKS ? at + WN_CSV_BLANKS : end;
    while (at < limit && (*at == ' ' || *at == '\t') && *at != delimiter)
        at++;
    return at == end || (at < limit && (*at == '\n' || *at == '\r'));
}

const char *wn_csv_first_line(wn_csv_walk *walk, const char *at, wn_csv_state state)
{
    if (state == WN_CSV_PLAIN && at[-1] == '\n')
        return at;
    if (state == WN_CSV_PLAIN && at[-1] == '\r')
        return at + (*at == '\n');
    at = wn_csv_line_end(walk, at, &state);
    return at < walk->end ? wn_csv_next_line(at) : NULL;
}
