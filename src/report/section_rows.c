/* What became of the rows, and what was fitted for the columns. */
#include "sections.h"
#include "table.h"

static void add_rows(wn_html *html, const char *name, const json_t *counts, const char *key, const char *meaning)
{
    wn_table_row(html, name);
    wn_table_json(html, json_object_get(counts, key));
    wn_table_text(html, meaning);
    wn_table_row_end(html);
}

void wn_section_rows(wn_html *html, const wn_run_files *files)
{
    static const char *const headings[] = {"Rows", "count", ""};
    const json_t *rows = wn_summary_get(files, "rows"), *dropped = json_object_get(rows, "dropped");
    wn_html_section_begin(html, "rows", "Rows");
    if (rows) {
        wn_table_begin(html, "What became of the rows", headings, 3);
        add_rows(html, "read", rows, "read", "kept and dropped");
        add_rows(html, "dropped: no label", dropped, "no_label", "");
        add_rows(html, "dropped: duplicate", dropped, "duplicate",
                 "the first of equal rows stays (equal in the columns that the job names, else in all)");
        add_rows(html, "dropped: missing", dropped, "missing", "training rows with a gap, under drop_row");
        add_rows(html, "dropped: outlier", dropped, "outlier", "training rows, under drop_row");
        add_rows(html, "kept", rows, "kept", "training, validation and test");
        add_rows(html, "training", rows, "train", "");
        add_rows(html, "validation", rows, "validation", "every decision uses these");
        add_rows(html, "test", rows, "test", "used once, at the end");
        add_rows(html, "leaked", rows, "leaked", "test rows that equal a training row, in the same columns");
        wn_table_end(html);
    } else {
        wn_section_absent(html, files);
    }
    wn_html_section_end(html);
}

static void add_column(wn_html *html, const wn_recipe_column *column, const char *kind)
{
    wn_table_row(html, column->name);
    wn_table_text(html, kind);
    wn_table_integer(html, column->missing);
    if (column->outliers >= 0)
        wn_table_integer(html, column->outliers);
    else
        wn_table_json(html, NULL);
    wn_table_real(html, column->mean);
    wn_table_real(html, column->deviation);
    wn_table_real(html, column->min);
    wn_table_real(html, column->median);
    wn_table_real(html, column->max);
    wn_table_real(html, column->lower);
    wn_table_real(html, column->upper);
    wn_table_real(html, column->fill);
    wn_table_row_end(html);
}

void wn_section_columns(wn_html *html, const wn_run_files *files)
{
    static const char *const headings[] = {"Column", "kind",   "missing", "outliers", "mean",  "std",
                                           "min",    "median", "max",     "lower",    "upper", "fill"};
    const wn_recipe *recipe = files->recipe;
    wn_html_section_begin(html, "columns", "Columns");
    if (recipe) {
        wn_html_note(html,
                     "Training cells before cleaning. Cells outside [lower, upper] are outliers, whatever is then "
                     "done with them; fill stands for missing ones.");
        wn_table_begin(html, "Columns", headings, sizeof headings / sizeof *headings);
        for (size_t i = 0; i < recipe->n_columns && i < WN_TABLE_ROWS; i++)
            add_column(html, &recipe->columns[i], files->kinds ? files->kinds[i] : "unknown");
        wn_table_end(html);
        wn_table_left_out(html, recipe->n_columns, "columns", "recipe.h5, /columns");
    } else {
        wn_html_note(html, "There is no recipe to show: %s", files->recipe_fault);
    }
    wn_html_section_end(html);
}
