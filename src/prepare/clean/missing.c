#include "missing.h"

#include "column_list.h"
#include "outliers.h"

wn_fill_kind wn_missing_fill_kind(const wn_column_rule *rule)
{
    switch (rule->missing) {
    case WN_MISSING_MEAN:
        return WN_FILL_MEAN;
    case WN_MISSING_MEDIAN:
    case WN_MISSING_DROP_ROW:
        return WN_FILL_MEDIAN;
    case WN_MISSING_MOST_FREQUENT:
        return WN_FILL_MODE;
    default:
        return WN_FILL_FIXED;
    }
}

/* A rule may change cells of its column. */
static bool may_act(const wn_column_rule *rule)
{
    return rule->outliers != WN_OUTLIERS_NONE && rule->action != WN_OUTLIER_REPORT;
}

static bool may_drop(const wn_recipe *recipe)
{
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_column_rule *rule = &recipe->columns[i].rule;
        if (rule->missing == WN_MISSING_DROP_ROW || (may_act(rule) && rule->action == WN_OUTLIER_DROP_ROW))
            return true;
    }
    return false;
}

void wn_missing_choose_modes(const wn_recipe *recipe, bool raw, unsigned char *wanted)
{
    bool drops = may_drop(recipe);
    for (size_t i = 0; i < recipe->n_cells; i++) {
        const wn_column_rule *rule = &recipe->columns[i].rule;
        bool is_mode = wn_missing_fill_kind(rule) == WN_FILL_MODE && recipe->columns[i].levels == 0;
        wanted[i] = is_mode && (drops || may_act(rule)) == !raw;
    }
}

bool wn_missing_needs_clean_cells(const wn_recipe_column *column, bool rows_go)
{
    wn_fill_kind kind = wn_missing_fill_kind(&column->rule);
    if (kind == WN_FILL_FIXED || kind == WN_FILL_MODE)
        return false;
    if (rows_go)
        return true;
    if (!wn_outliers_act(column))
        return false;
    return kind == WN_FILL_MEAN || column->rule.action == WN_OUTLIER_MISSING || !wn_outliers_keep_median(column);
}

void wn_missing_fit(wn_recipe_column *column, double mean, double median, double mode)
{
    switch (wn_missing_fill_kind(&column->rule)) {
    case WN_FILL_MEAN:
        column->fill = mean;
        break;
    case WN_FILL_MEDIAN:
        column->fill = median;
        break;
    case WN_FILL_MODE:
        column->fill = mode;
        break;
    default:
        column->fill = column->rule.missing == WN_MISSING_CONSTANT ? column->rule.constant : (double)NAN;
    }
}

wn_status wn_missing_check(const wn_recipe *recipe)
{
    wn_column_list gaps = {0}, outliers = {0}, empty = {0};
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        bool is_error = column->rule.missing == WN_MISSING_ERROR;
        if (is_error && column->missing > 0)
            wn_column_list_add(&gaps, column->name, column->missing);
        if (is_error && column->rule.action == WN_OUTLIER_MISSING && wn_outliers_exist(column))
            wn_column_list_add(&outliers, column->name, -1);
        if (wn_missing_fill_kind(&column->rule) != WN_FILL_FIXED && column->count == 0)
            wn_column_list_add(&empty, column->name, -1);
    }
    if (gaps.n_names > 0)
        return wn_fail(WN_BAD_DATA, "missing cells, which are an error, in training rows of %s",
                       wn_column_list_text(&gaps));
    if (empty.n_names > 0)
        return wn_fail(WN_BAD_DATA, "no valid cell in any training row to fill gaps from, in %s",
                       wn_column_list_text(&empty));
    if (outliers.n_names > 0)
        return wn_fail(WN_BAD_DATA, "outliers would become missing cells, which are an error, in %s",
                       wn_column_list_text(&outliers));
    return WN_OK;
}
