#include "cell_rules.h"

#include "cell_kernels.h"
#include "outliers.h"

#include "winnow/memory.h"

/* Cells of a strip of rows: it stays in a processor's first cache while its columns are gone through. */
enum { STRIP_CELLS = 2048, LEAST_STRIP_ROWS = 8, N_ARRAYS = 7 };

wn_status wn_cell_rules_init(wn_cell_rules *rules, size_t n)
{
    wn_status status = WN_OK;
    *rules = (wn_cell_rules){.n = n};
    TRY(wn_new(&rules->position, n));
    TRY(wn_new(&rules->transform, n));
    TRY(wn_new(&rules->lower, N_ARRAYS * n));
    rules->upper = rules->lower + n;
    rules->below = rules->upper + n;
    rules->above = rules->below + n;
    rules->fill = rules->above + n;
    rules->center = rules->fill + n;
    rules->scale = rules->center + n;
done:
    return status;
}

void wn_cell_rules_clear(wn_cell_rules *rules)
{
    wn_free(rules->lower);
    wn_free(rules->transform);
    wn_free(rules->position);
    *rules = (wn_cell_rules){0};
}

void wn_cell_rules_set(wn_cell_rules *rules, size_t i, const wn_recipe_column *column, bool fills)
{
    bool empties = column->rule.action == WN_OUTLIER_MISSING;
    rules->position[i] = column->position;
    rules->transform[i] = fills ? column->rule.transform : WN_TRANSFORM_NONE;
    rules->lower[i] = wn_outliers_least(column);
    rules->upper[i] = wn_outliers_most(column);
    rules->below[i] = empties ? (double)NAN : column->lower;
    rules->above[i] = empties ? (double)NAN : column->upper;
    rules->fill[i] = fills ? column->fill : (double)NAN;
    rules->center[i] = column->center;
    rules->scale[i] = column->scale;
}

bool wn_cell_rules_change(const wn_cell_rules *rules)
{
    bool change = false;
    for (size_t i = 0; i < rules->n; i++)
        change |= rules->lower[i] > -(double)INFINITY || rules->upper[i] < (double)INFINITY || !isnan(rules->fill[i]) ||
                  rules->transform[i] != WN_TRANSFORM_NONE;
    return change;
}

static bool transforms_any(const wn_cell_rules *rules, size_t first, size_t end)
{
    bool any = false;
    for (size_t i = first; i < end; i++)
        any |= rules->transform[i] != WN_TRANSFORM_NONE;
    return any;
}

static bool is_run(const size_t *position, size_t n)
{
    for (size_t k = 1; k < n; k++)
        if (position[k] != position[0] + k)
            return false;
    return true;
}

/* Some rules of a strip: by vectors if there are eight that do not transform. */
static void clean_panel(wn_cell_panel *panel, size_t end)
{
    const wn_cell_rules *rules = panel->rules;
    size_t place[WN_PANEL_COLS], n = end - panel->first;
    for (size_t k = 0; k < n; k++)
        place[k] = panel->is_feature ? rules->position[panel->first + k] : panel->first + k;
    panel->position = place;
    panel->is_run = is_run(place, n);
    if (n == WN_PANEL_COLS && !transforms_any(rules, panel->first, end))
        wn_cell_panel_run(panel);
    else
        wn_cell_panel_plain(panel, end);
}

/* Eight by eight. Those left at the end are done along with some before them, a second time, where the cells of these
 * still are what they were. */
static void clean_strip(wn_cell_panel *panel)
{
    size_t n = panel->rules->n;
    bool is_in_place = panel->to == panel->from.data;
    for (size_t first = 0; first < n; first += WN_PANEL_COLS) {
        size_t end = first + WN_PANEL_COLS < n ? first + WN_PANEL_COLS : n;
        panel->first = end - first < WN_PANEL_COLS && n >= WN_PANEL_COLS && !is_in_place ? n - WN_PANEL_COLS : first;
        clean_panel(panel, end);
    }
}

static void clean_rows(wn_cell_panel *panel, size_t n_rows)
{
    size_t n = panel->rules->n, row_bytes = n * (panel->is_feature ? sizeof(float) : sizeof(double));
    size_t strip = n > 0 ? STRIP_CELLS / n : n_rows;
    strip = strip < LEAST_STRIP_ROWS ? LEAST_STRIP_ROWS : strip;
    wn_cells from = panel->from;
    char *to = panel->to;
    for (size_t row = 0; row < n_rows; row += strip) {
        panel->from = wn_cells_at(from, row * panel->row_cells);
        panel->to = to + row * row_bytes;
        panel->n_rows = n_rows - row < strip ? n_rows - row : strip;
        clean_strip(panel);
    }
}

void wn_cell_rules_clean(const wn_cell_rules *rules, wn_cells from, size_t n_rows, double *to)
{
    wn_cell_panel panel = {.rules = rules, .from = from, .row_cells = rules->n, .to = to, .is_feature = false};
    clean_rows(&panel, n_rows);
}

/* The cells of a row are the rules', in their order: most often nothing is left out. */
static bool are_whole_rows(const wn_cell_rules *rules, wn_cells from, size_t row_cells)
{
    return from.is_float32 && row_cells == rules->n && rules->n > 0 && rules->position[0] == 0 &&
           is_run(rules->position, rules->n) && !transforms_any(rules, 0, rules->n);
}

void wn_cell_rules_features(const wn_cell_rules *rules, wn_cells from, size_t row_cells, size_t n_rows, float *to)
{
    size_t done = are_whole_rows(rules, from, row_cells) ? wn_cell_rows_run(rules, from.data, n_rows, to) : 0;
    wn_cell_panel panel = {.rules = rules, .row_cells = row_cells, .is_feature = true};
    panel.from = wn_cells_at(from, done * row_cells);
    panel.to = to + done * rules->n;
    clean_rows(&panel, n_rows - done);
}
