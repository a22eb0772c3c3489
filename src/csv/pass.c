#include "pass.h"

#include "crew.h"
#include "winnow/memory.h"

enum { SAMPLE = 16 };

typedef struct {
    const wn_csv_pass *pass;
    const wn_csv_output *output; /* NULL: nothing is written */
    wn_csv_rows *rows;           /* (n_workers) */
    size_t n_workers;
} pass_state;

static wn_status write_slab(const pass_state *state, const wn_csv_rows *rows, int64_t first, size_t n)
{
    const wn_csv_layout *layout = state->output->layout;
    for (size_t d = 0; d < layout->n_datasets; d++) {
        wn_status status = wn_csv_output_write(state->output, d, first, n, wn_csv_rows_cells(rows, d));
        if (status != WN_OK)
            return status;
    }
    return WN_OK;
}

static wn_status read_piece(void *context, size_t piece, wn_csv_window *window, void *own)
{
    wn_status status = WN_OK;
    const pass_state *state = context;
    wn_csv_rows *rows = own;
    const wn_csv_piece *p = &state->pass->source->pieces[piece];
    int64_t n_rows = 0;
    size_t n;
    TRY(wn_csv_rows_begin(rows, piece, window));
    for (;;) {
        TRY(wn_csv_rows_next(rows, &n));
        if (n == 0)
            break;
        if (n_rows + (int64_t)n > p->n_rows)
            break;
        if (state->output != NULL && wn_csv_rows_fit(rows))
            TRY(write_slab(state, rows, p->first_row + n_rows, n));
        n_rows += (int64_t)n;
    }
    if (n != 0 || n_rows != p->n_rows)
        status = wn_fail(WN_IO, "%s: has changed while it was read", state->pass->source->files[p->file].path);
done:
    return status;
}

static void clear(pass_state *state)
{
    for (size_t i = 0; i < state->n_workers; i++)
        wn_csv_rows_clear(&state->rows[i]);
    wn_free(state->rows);
}

/* Local. One set of rows for each worker. */
static wn_status prepare(pass_state *state, const wn_csv_column *columns)
{
    wn_status status = WN_OK;
    size_t n = wn_workers_count(state->pass->workers);
    const wn_csv_layout *layout = state->output != NULL ? state->output->layout : NULL;
    TRY(wn_new(&state->rows, n));
    for (; state->n_workers < n; state->n_workers++)
        TRY(wn_csv_rows_init(&state->rows[state->n_workers], state->pass->source, layout, columns));
done:
    return status;
}

static void collect(const pass_state *state, wn_csv_column *columns)
{
    for (size_t c = 0; c < state->pass->source->n_columns; c++) {
        columns[c] = wn_csv_column_empty();
        for (size_t i = 0; i < state->n_workers; i++)
            wn_csv_column_merge(&columns[c], &state->rows[i].cursors[c].seen);
    }
}

/* Collective. Over this rank's share of the list, or of all pieces. */
static wn_status run(const wn_csv_pass *pass, const wn_csv_output *output, const size_t *list, size_t n_pieces,
                     wn_csv_column *columns)
{
    pass_state state = {.pass = pass, .output = output};
    wn_range mine = wn_range_part((int64_t)n_pieces, pass->ranks->size, pass->ranks->rank);
    wn_status status = prepare(&state, columns);
    wn_csv_crew crew = {.source = pass->source,
                        .workers = pass->workers,
                        .stage = output != NULL ? "convert" : NULL,
                        .work = read_piece,
                        .context = &state,
                        .owns = state.rows,
                        .own_bytes = sizeof *state.rows};
    if (status == WN_OK)
        status = wn_csv_crew_run(&crew, list, mine);
    TRY(wn_ranks_agree(pass->ranks, status));
    collect(&state, columns);
    TRY(wn_csv_columns_share(pass->ranks, columns, pass->source->n_columns));
done:
    clear(&state);
    return status;
}

wn_status wn_csv_pass_look(const wn_csv_pass *pass, bool at_all, wn_csv_column *columns)
{
    const wn_csv_source *source = pass->source;
    size_t sample[SAMPLE], n_pieces = source->n_pieces;
    int64_t n_rows = 0;
    if (at_all || n_pieces <= SAMPLE)
        return run(pass, NULL, NULL, n_pieces, columns);
    for (size_t i = 0; i < SAMPLE; i++) {
        sample[i] = i * (n_pieces - 1) / (SAMPLE - 1);
        n_rows += source->pieces[sample[i]].n_rows;
    }
    wn_status status = run(pass, NULL, sample, SAMPLE, columns);
    for (size_t c = 0; status == WN_OK && n_rows > 0 && c < source->n_columns; c++)
        columns[c].n_bytes = (int64_t)((__int128)columns[c].n_bytes * source->n_rows / n_rows);
    return status;
}

wn_status wn_csv_pass_write(const wn_csv_pass *pass, const wn_csv_output *output, wn_csv_column *columns)
{
    return run(pass, output, NULL, pass->source->n_pieces, columns);
}
