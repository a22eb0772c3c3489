#include "dialect.h"

#include "winnow/memory.h"

#include <string.h>

enum { HEAD_BYTES = 256 << 10, LONG_HEAD_BYTES = 64 << 20, LINES = 100 };

/* The first lines of a file, in a copy whose quotes can be removed. */
typedef struct {
    wn_csv_window window, copy;
    wn_csv_field *fields[LINES]; /* of the lines that are whole, up to n_lines */
    size_t n_fields[LINES];
    size_t n_lines;
    bool is_open;                  /* the first of them ends with the file, within quotes */
    size_t first_begin, first_end; /* where the first row and the line behind it begin, in bytes of the window */
    wn_csv_field *memory;
} head;

static void head_clear(head *h)
{
    wn_csv_window_clear(&h->window);
    wn_csv_window_clear(&h->copy);
    wn_free(h->memory);
    *h = (head){0};
}

static wn_status check_encoding(wn_csv_file *file, const char *text, size_t n)
{
    if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        file->first = 3;
    if (n >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return wn_fail(WN_BAD_DATA, "%s: is UTF-16; make UTF-8 of it first, as by: iconv -f UTF-16 -t UTF-8",
                       file->path);
    const char *zero = memchr(text, '\0', n);
    if (zero != NULL)
        return wn_fail(WN_BAD_DATA, "%s:%lld: is not text: it holds a zero byte", file->path,
                       (long long)wn_csv_line_number(file, zero - text));
    return WN_OK;
}

/* Whether a line ends outside quotes. Which quotes open a field only the delimiter tells; here every one counts. */
static bool has_line(const wn_csv_window *window)
{
    bool is_open = false;
    for (const char *c = window->text; c < window->end; c++) {
        is_open = is_open != (*c == '"');
        if (!is_open && (*c == '\n' || *c == '\r'))
            return true;
    }
    return false;
}

static wn_status read_head(head *h, wn_csv_file *file)
{
    wn_status status = WN_OK;
    file->first = 0;
    TRY(wn_csv_window_read(&h->window, file, 0, HEAD_BYTES));
    TRY(check_encoding(file, h->window.text, (size_t)(h->window.end - h->window.text)));
    TRY(wn_csv_window_read(&h->window, file, file->first, file->first + HEAD_BYTES));
    if (!h->window.is_last && !has_line(&h->window))
        TRY(wn_csv_window_read(&h->window, file, file->first, file->first + LONG_HEAD_BYTES));
done:
    return status;
}

/* Lines of the head that are rows and whole: `line` begins and `end` ends each, up to LINES. */
static size_t find_lines(const wn_csv_window *window, char delimiter, char *lines[LINES], char *ends[LINES],
                         bool *is_open)
{
    size_t n = 0;
    *is_open = false;
    wn_csv_walk walk = wn_csv_walk_over(window->text, window->end, delimiter);
    char *line = window->text;
    while (n < LINES && line < window->end) {
        wn_csv_state state = WN_CSV_PLAIN;
        char *end = window->text + (wn_csv_line_end(&walk, line, &state) - window->text);
        if (end == window->end && !window->is_last)
            break;
        bool is_row = !wn_csv_is_blank(line, window->end, delimiter);
        lines[n] = line;
        ends[n] = end;
        *is_open = *is_open || (n == 0 && is_row && state == WN_CSV_QUOTED);
        n += is_row;
        if (end == window->end)
            break;
        line = window->text + (wn_csv_next_line(end) - window->text);
    }
    return n;
}

static size_t split(char *line, const char *end, char delimiter, wn_csv_field *fields)
{
    size_t n = 0;
    wn_csv_field unused;
    for (;; line++) {
        line = wn_csv_take_field(line, end, delimiter, fields != NULL ? &fields[n] : &unused);
        n++;
        if (line == end)
            return n;
    }
}

static wn_status copy_window(head *h)
{
    wn_status status = WN_OK;
    size_t n = (size_t)(h->window.end - h->window.text);
    if (h->copy.bytes == NULL) {
        TRY(wn_new(&h->copy.bytes, h->window.n_bytes));
        h->copy.n_bytes = h->window.n_bytes;
    }
    memcpy(h->copy.bytes, h->window.bytes, n + 2 * (size_t)WN_CSV_SLACK);
    h->copy.text = h->copy.bytes + WN_CSV_SLACK;
    h->copy.end = h->copy.text + n;
    h->copy.is_last = h->window.is_last;
done:
    return status;
}

/* Cuts the first lines into fields. Removing quotes changes the copy, so the fields are first counted in one, then cut
 * in another. */
static wn_status cut(head *h, char delimiter)
{
    wn_status status = WN_OK;
    char *lines[LINES], *ends[LINES];
    size_t n_all = 0;
    TRY(copy_window(h));
    h->n_lines = find_lines(&h->copy, delimiter, lines, ends, &h->is_open);
    h->first_begin = h->n_lines > 0 ? (size_t)(lines[0] - h->copy.text) : 0;
    if (h->n_lines > 0)
        h->first_end = ends[0] < h->copy.end ? (size_t)(wn_csv_next_line(ends[0]) - h->copy.text)
                                             : (size_t)(h->copy.end - h->copy.text);
    for (size_t i = 0; i < h->n_lines; i++)
        n_all += h->n_fields[i] = split(lines[i], ends[i], delimiter, NULL);
    TRY(copy_window(h));
    wn_free(h->memory);
    h->memory = NULL;
    TRY(wn_new(&h->memory, n_all));
    n_all = 0;
    for (size_t i = 0; i < h->n_lines; i++) {
        h->fields[i] = h->memory + n_all;
        n_all += split(lines[i], ends[i], delimiter, h->fields[i]);
    }
done:
    return status;
}

static bool is_even(const head *h)
{
    for (size_t i = 1; i < h->n_lines; i++) {
        if (h->n_fields[i] != h->n_fields[0])
            return false;
    }
    return h->n_lines > 0 && h->n_fields[0] > 1;
}

/* The delimiter that cuts evenly into the most fields; where none does, that which cuts the first line most. */
static wn_status find_delimiter(head *h, char *delimiter)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    wn_status status = WN_OK;
    size_t most = 0;
    bool most_is_even = false;
    for (size_t i = 0; i < sizeof candidates; i++) {
        TRY(cut(h, candidates[i]));
        size_t n = h->n_lines > 0 ? h->n_fields[0] : 0;
        bool even = is_even(h);
        if (even < most_is_even || (even == most_is_even && n <= most))
            continue;
        *delimiter = candidates[i];
        most = n;
        most_is_even = even;
    }
done:
    return status;
}

static bool is_number(const wn_csv_field *field)
{
    const unsigned numbers = WN_CSV_BOOL | WN_CSV_INTEGER | WN_CSV_BIG | WN_CSV_HUGE | WN_CSV_REAL;
    return (wn_csv_judge(field).meaning & numbers) != 0;
}

/* Whether some number and no text lie below the first line. */
static bool is_numeric_below(const head *h, size_t column)
{
    size_t n_numbers = 0;
    for (size_t i = 1; i < h->n_lines; i++) {
        if (column >= h->n_fields[i])
            return false;
        wn_csv_meaning meaning = wn_csv_judge(&h->fields[i][column]).meaning;
        if (meaning == WN_CSV_TEXT)
            return false;
        n_numbers += meaning != WN_CSV_GAP;
    }
    return n_numbers > 0;
}

static bool has_header(const head *h, const wn_csv_options *options)
{
    if (options->header != WN_CSV_HEADER_FOUND)
        return options->header == WN_CSV_HEADER_YES;
    bool has_number = false;
    for (size_t c = 0; c < h->n_fields[0]; c++)
        has_number = has_number || is_number(&h->fields[0][c]);
    if (!has_number)
        return true;
    for (size_t c = 0; c < h->n_fields[0]; c++) {
        if (wn_csv_judge(&h->fields[0][c]).meaning == WN_CSV_TEXT && is_numeric_below(h, c))
            return true;
    }
    return false;
}

/* The number of the line that the first row begins in. */
static long long first_line(const head *h, const wn_csv_file *file)
{
    return wn_csv_line_number(file, file->first + (int64_t)h->first_begin);
}

static wn_status check_lines(const head *h, const wn_csv_file *file)
{
    if (h->n_lines > 0 && !h->is_open)
        return WN_OK;
    if (h->window.is_last && !h->is_open)
        return wn_fail(WN_BAD_DATA, "%s: is empty: it has no row and no header", file->path);
    return wn_fail(WN_BAD_DATA, "%s:%lld: its first line does not end%s; is a quote not closed?", file->path,
                   first_line(h, file), h->window.is_last ? "" : " within 64 MiB");
}

static wn_status compare_names(char **names, char **others, size_t n, const wn_csv_source *source,
                               const wn_csv_file *file)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], others[i]) != 0)
            return wn_fail(WN_BAD_DATA, "%s: column %zu is '%s', in %s it is '%s'", file->path, i + 1, others[i],
                           source->files[0].path, names[i]);
    }
    return WN_OK;
}

static wn_status read_names(head *h, wn_csv_file *file, char ***names)
{
    wn_status status = wn_csv_names_new(names, h->fields[0], h->n_fields[0]);
    if (status == WN_BAD_DATA)
        return wn_fail_prefix(status, "%s:%lld", file->path, first_line(h, file));
    file->first += (int64_t)h->first_end;
    return status;
}

/* Later files are as the first one is. */
static wn_status follow(wn_csv_source *source, wn_csv_file *file, bool with_header, char **names)
{
    wn_status status = WN_OK;
    head h = {0};
    char **others = NULL;
    TRY(read_head(&h, file));
    TRY(cut(&h, source->delimiter));
    TRY(check_lines(&h, file));
    if (h.n_fields[0] != source->n_columns) {
        status = wn_fail(WN_BAD_DATA, "%s: its first line has %zu fields, that of %s has %zu", file->path,
                         h.n_fields[0], source->files[0].path, source->n_columns);
        goto done;
    }
    if (!with_header)
        goto done;
    TRY(read_names(&h, file, &others));
    TRY(compare_names(names, others, source->n_columns, source, file));
done:
    wn_csv_names_free(others, source->n_columns);
    head_clear(&h);
    return status;
}

static wn_status lead(wn_csv_source *source, const wn_csv_options *options, bool *with_header, char ***names)
{
    wn_status status = WN_OK;
    head h = {0};
    wn_csv_file *file = &source->files[0];
    source->delimiter = options->delimiter;
    TRY(read_head(&h, file));
    if (source->delimiter == '\0')
        TRY(find_delimiter(&h, &source->delimiter));
    TRY(cut(&h, source->delimiter != '\0' ? source->delimiter : ','));
    TRY(check_lines(&h, file));
    source->n_columns = h.n_fields[0];
    *with_header = has_header(&h, options);
    if (*with_header)
        TRY(read_names(&h, file, names));
    else
        TRY(wn_csv_names_new(names, NULL, source->n_columns));
done:
    head_clear(&h);
    return status;
}

wn_status wn_csv_dialect_find(wn_csv_source *source, const wn_csv_options *options, char ***names)
{
    wn_status status = WN_OK;
    char **found = NULL;
    bool with_header = false;
    TRY(lead(source, options, &with_header, &found));
    for (size_t f = 1; f < source->n_files; f++)
        TRY(follow(source, &source->files[f], with_header, found));
    *names = found;
    found = NULL;
done:
    wn_csv_names_free(found, source->n_columns);
    return status;
}
