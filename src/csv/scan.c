#include "scan.h"

#include "crew.h"
#include "winnow/memory.h"

#include <string.h>

/* For each state that can hold before a piece: the one that then holds behind it, and the rows that begin in it. */
typedef struct {
    int64_t n_rows[WN_CSV_STATES];
    int64_t after[WN_CSV_STATES];
} outcome;

typedef struct {
    const wn_csv_source *source;
    outcome *outcomes; /* of this rank's pieces */
    int64_t first;
} scan;

static int64_t count_rows(const wn_csv_window *window, wn_csv_walk walk, wn_csv_state *state)
{
    int64_t n = 0;
    const char *limit = walk.end, *line = wn_csv_first_line(&walk, window->text, *state);
    if (line == NULL) {
        walk = wn_csv_walk_over(window->text, limit, walk.delimiter);
        wn_csv_line_end(&walk, window->text, state);
        return 0;
    }
    for (*state = WN_CSV_PLAIN; line < limit;) {
        n += !wn_csv_is_blank(line, window->end, walk.delimiter);
        const char *end = wn_csv_line_end(&walk, line, state);
        if (end == limit)
            return n;
        line = wn_csv_next_line(end);
    }
    return n;
}

static wn_status scan_piece(void *context, size_t piece, wn_csv_window *window, void *own)
{
    (void)own;
    wn_status status = WN_OK;
    const scan *s = context;
    const wn_csv_piece *p = &s->source->pieces[piece];
    outcome *out = &s->outcomes[(int64_t)piece - s->first];
    TRY(wn_csv_window_read(window, &s->source->files[p->file], p->first, p->last + WN_CSV_TAIL));
    const char *limit = window->text + (p->last - p->first);
    wn_csv_walk walk = wn_csv_walk_over(window->text, limit, s->source->delimiter);
    for (int i = 0; i < WN_CSV_STATES; i++) {
        wn_csv_state state = (wn_csv_state)i;
        out->after[i] = i;
        out->n_rows[i] = 0;
        bool is_possible = i != WN_CSV_QUOTE || window->text[-1] == '"';
        bool is_needed = i != WN_CSV_QUOTED || walk.quote < limit;
        if (!is_possible || !is_needed)
            continue;
        out->n_rows[i] = count_rows(window, walk, &state);
        out->after[i] = state;
    }
done:
    return status;
}

/* Where the last row that begins in a piece begins in the file; -1 where that cannot be told. */
static int64_t last_row(const wn_csv_source *source, size_t piece)
{
    const wn_csv_piece *p = &source->pieces[piece];
    wn_csv_window window = {0};
    int64_t found = -1;
    if (wn_csv_window_read(&window, &source->files[p->file], p->first, p->last) == WN_OK) {
        wn_csv_walk walk = wn_csv_walk_over(window.text, window.end, source->delimiter);
        const char *line = wn_csv_first_line(&walk, window.text, p->state);
        while (line != NULL && line < window.end) {
            wn_csv_state state = WN_CSV_PLAIN;
            found = wn_csv_is_blank(line, window.end, source->delimiter) ? found : p->first + (line - window.text);
            line = wn_csv_line_end(&walk, line, &state);
            line = line < window.end ? wn_csv_next_line(line) : line;
        }
    }
    wn_csv_window_clear(&window);
    return found;
}

static wn_status fail_open_quote(const wn_csv_source *source, size_t piece)
{
    const wn_csv_file *file = &source->files[source->pieces[piece].file];
    while (piece > 0 && source->pieces[piece].n_rows == 0)
        piece--;
    int64_t row = last_row(source, piece);
    return wn_fail(WN_BAD_DATA, "%s:%lld: a quote that opens in this row is not closed", file->path,
                   (long long)wn_csv_line_number(file, row > 0 ? row : 0));
}

static wn_status chain(wn_csv_source *source, const outcome *outcomes)
{
    wn_csv_state state = WN_CSV_PLAIN;
    for (size_t i = 0; i < source->n_pieces; i++) {
        wn_csv_piece *piece = &source->pieces[i];
        bool is_first = i == 0 || source->pieces[i - 1].file != piece->file;
        bool is_last = i + 1 == source->n_pieces || source->pieces[i + 1].file != piece->file;
        piece->state = is_first ? WN_CSV_PLAIN : state;
        piece->n_rows = outcomes[i].n_rows[piece->state];
        piece->first_row = source->n_rows;
        source->n_rows += piece->n_rows;
        state = (wn_csv_state)outcomes[i].after[piece->state];
        if (is_last && state == WN_CSV_QUOTED)
            return fail_open_quote(source, i);
    }
    return WN_OK;
}

wn_status wn_csv_scan(const wn_ranks *ranks, wn_csv_source *source, wn_workers *workers)
{
    wn_range mine = wn_range_part((int64_t)source->n_pieces, ranks->size, ranks->rank);
    scan s = {.source = source, .first = mine.first};
    wn_csv_crew crew = {.source = source, .workers = workers, .work = scan_piece, .context = &s};
    void *all = NULL;
    size_t n_all = 0;
    wn_status status = wn_new(&s.outcomes, (size_t)(mine.last - mine.first));
    if (status == WN_OK)
        status = wn_csv_crew_run(&crew, NULL, mine);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_gather_all(ranks, s.outcomes, (size_t)(mine.last - mine.first), sizeof *s.outcomes, &all, &n_all));
    status = wn_ranks_agree(ranks, chain(source, all)); /* who reads a file to blame a row is waited for */
done:
    wn_free(all);
    wn_free(s.outcomes);
    return status;
}
