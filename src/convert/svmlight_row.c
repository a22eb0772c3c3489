#include "svmlight_row.h"

#include "winnow/memory.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_WORD = 64 };

/* Where in a line a reader stands. */
typedef struct {
    const char *path;
    const wn_line *line;
    const char *at, *end;
    char word[LONGEST_WORD + 1]; /* the last one read */
} place;

static wn_status fail(const place *p, const char *what)
{
    return wn_fail(WN_BAD_DATA, "%s, line %lld: %s: '%.32s'", p->path, (long long)p->line->number, what, p->word);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word up to a space or `mark`; empty at the line's end or where a comment begins. */
static wn_status next_word(place *p, char mark)
{
    size_t n = 0;
    while (p->at < p->end && is_space(*p->at))
        p->at++;
    while (p->at < p->end && !is_space(*p->at) && *p->at != '#' && (mark == 0 || *p->at != mark)) {
        if (n == LONGEST_WORD || *p->at == 0)
            return wn_fail(WN_BAD_DATA, "%s, line %lld: %s", p->path, (long long)p->line->number,
                           n == LONGEST_WORD ? "a number of more than 64 characters" : "a zero byte");
        p->word[n++] = *p->at++;
    }
    p->word[n] = '\0';
    return WN_OK;
}

static bool read_number(const char *word, double *value)
{
    char *end;
    *value = strtod(word, &end);
    return end != word && *end == '\0' && strpbrk(word, "xX") == NULL;
}

static bool read_integer(const char *word, int64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoll(word, &end, 10);
    return end != word && *end == '\0' && errno == 0;
}

static wn_status read_label(place *p, wn_svmlight_row *row)
{
    wn_status status = WN_OK;
    TRY(next_word(p, 0));
    if (strchr(p->word, ',') != NULL)
        return wn_fail(WN_UNAVAILABLE, "%s, line %lld: several labels ('%.32s') are not built yet", p->path,
                       (long long)p->line->number, p->word);
    if (!read_number(p->word, &row->label))
        return fail(p, "no number as label");
done:
    return status;
}

static wn_status append(wn_svmlight_row *row, int64_t index, double value)
{
    wn_status status = WN_OK;
    if (row->n == row->capacity) {
        TRY(wn_resize(&row->pairs, 2 * row->capacity + 64));
        row->capacity = 2 * row->capacity + 64;
    }
    row->pairs[row->n++] = (wn_svmlight_pair){index, value};
done:
    return status;
}

/* The value behind an index, or behind "qid". */
static wn_status read_value(place *p, wn_svmlight_row *row)
{
    wn_status status = WN_OK;
    bool is_query = strcmp(p->word, "qid") == 0;
    int64_t index = -1;
    double value = 0;
    if (!is_query && (!read_integer(p->word, &index) || index < 0))
        return fail(p, "no index");
    if (index > WN_SVMLIGHT_MOST)
        return fail(p, "an index beyond 16,777,216");
    if (row->n > 0 && index <= row->pairs[row->n - 1].index)
        return fail(p, "indices do not ascend");
    p->at++; /* the colon */
    TRY(next_word(p, 0));
    if (is_query) {
        row->has_query = read_integer(p->word, &row->query);
        return row->has_query ? WN_OK : fail(p, "no query");
    }
    if (!read_number(p->word, &value))
        return fail(p, "no value");
    TRY(append(row, index, value));
done:
    return status;
}

wn_status wn_svmlight_row_read(wn_svmlight_row *row, const char *path, const wn_line *line, bool *is_row)
{
    wn_status status = WN_OK;
    place p = {.path = path, .line = line, .at = line->text, .end = line->text + line->n};
    row->n = 0;
    row->has_query = false;
    while (p.at < p.end && is_space(*p.at))
        p.at++;
    *is_row = p.at < p.end && *p.at != '#';
    if (!*is_row)
        return WN_OK;
    TRY(read_label(&p, row));
    TRY(next_word(&p, ':'));
    while (p.word[0] != '\0' || (p.at < p.end && *p.at == ':')) {
        if (p.at == p.end || *p.at != ':')
            return fail(&p, "no pair INDEX:VALUE");
        TRY(read_value(&p, row));
        TRY(next_word(&p, ':'));
    }
done:
    return status;
}

void wn_svmlight_row_clear(wn_svmlight_row *row)
{
    wn_free(row->pairs);
    *row = (wn_svmlight_row){0};
}
