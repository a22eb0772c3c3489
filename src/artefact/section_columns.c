#include "sections.h"

#include "winnow/encoder_facts.h"
#include "winnow/memory.h"

#include <math.h>
#include <stddef.h>

/* The fields of a column that its cells go through, all doubles, and what they are where a job says nothing. Limit,
 * centre and scale come first: the others are told from them. */
typedef struct {
    size_t offset;
    double usual;
} field;

enum { LIMIT, CENTER, SCALE, FILL, LOWER, UPPER, CONSTANT, N_FIELDS };

static const field fields[N_FIELDS] = {
    [LIMIT] = {offsetof(wn_recipe_column, rule.limit), 0},
    [CENTER] = {offsetof(wn_recipe_column, center), 0},
    [SCALE] = {offsetof(wn_recipe_column, scale), 1},
    [FILL] = {offsetof(wn_recipe_column, fill), (double)NAN},
    [LOWER] = {offsetof(wn_recipe_column, lower), (double)-INFINITY},
    [UPPER] = {offsetof(wn_recipe_column, upper), (double)INFINITY},
    [CONSTANT] = {offsetof(wn_recipe_column, rule.constant), 0},
};

static double *field_of(wn_recipe_column *column, int i)
{
    return (double *)(void *)((char *)column + fields[i].offset);
}

/* The rule's choices of a column in two bytes: how it is cleaned, how it is normalized. */
enum { N_MISSING = 6, N_OUTLIERS = 5, N_ACTIONS = 4, N_METHODS = 5, N_TRANSFORMS = 2 };

static unsigned char cleaning_of(const wn_column_rule *rule)
{
    return (unsigned char)(((unsigned)rule->missing * N_OUTLIERS + rule->outliers) * N_ACTIONS + rule->action);
}

static unsigned char normalizing_of(const wn_column_rule *rule)
{
    return (unsigned char)((unsigned)rule->normalize * N_TRANSFORMS + rule->transform);
}

static bool set_choices(wn_column_rule *rule, unsigned cleaning, unsigned normalizing)
{
    if (cleaning >= N_MISSING * N_OUTLIERS * N_ACTIONS || normalizing >= N_METHODS * N_TRANSFORMS)
        return false;
    rule->action = (wn_outlier_action)(cleaning % N_ACTIONS);
    rule->outliers = (wn_outlier_rule)(cleaning / N_ACTIONS % N_OUTLIERS);
    rule->missing = (wn_missing_method)(cleaning / N_ACTIONS / N_OUTLIERS);
    rule->transform = (wn_transform)(normalizing % N_TRANSFORMS);
    rule->normalize = (wn_normalize_method)(normalizing / N_TRANSFORMS);
    return true;
}

/* The prediction of field i, NULL where it has none. Needs the fields before it. */
static const double *predict(const wn_recipe *recipe, int i, double *prediction)
{
    if (i != FILL && i != LOWER && i != UPPER)
        return NULL;
    for (size_t c = 0; c < recipe->n_columns; c++) {
        const wn_recipe_column *column = &recipe->columns[c];
        double width = i == FILL ? 0 : column->rule.limit * column->scale;
        prediction[c] = i == LOWER ? column->center - width : column->center + width;
    }
    return prediction;
}

wn_status wn_section_pack_columns(wn_bytes *out, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    size_t n = recipe->n_columns;
    unsigned char *choices = NULL;
    double *values = NULL, *prediction = NULL;
    TRY(wn_new(&choices, n));
    TRY(wn_new(&values, n));
    TRY(wn_new(&prediction, n));
    for (size_t c = 0; c < n; c++)
        choices[c] = cleaning_of(&recipe->columns[c].rule);
    TRY(wn_pack_bytes(out, choices, n));
    for (size_t c = 0; c < n; c++)
        choices[c] = normalizing_of(&recipe->columns[c].rule);
    TRY(wn_pack_bytes(out, choices, n));
    for (int i = 0; i < N_FIELDS; i++) {
        for (size_t c = 0; c < n; c++)
            values[c] = *field_of(&recipe->columns[c], i);
        TRY(wn_pack_doubles(out, values, n, fields[i].usual, predict(recipe, i, prediction)));
    }
done:
    wn_free(prediction);
    wn_free(values);
    wn_free(choices);
    return status;
}

wn_status wn_section_unpack_columns(wn_cursor *cursor, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    size_t n = recipe->n_columns;
    unsigned char *choices = NULL;
    double *values = NULL, *prediction = NULL;
    TRY(wn_new(&choices, 2 * n));
    TRY(wn_new(&values, n));
    TRY(wn_new(&prediction, n));
    TRY(wn_unpack_bytes(cursor, choices, n));
    TRY(wn_unpack_bytes(cursor, choices + n, n));
    for (size_t c = 0; c < n; c++)
        if (!set_choices(&recipe->columns[c].rule, choices[c], choices[n + c]))
            TRY(wn_unpack_damaged());
    for (int i = 0; i < N_FIELDS; i++) {
        TRY(wn_unpack_doubles(cursor, values, n, fields[i].usual, predict(recipe, i, prediction)));
        for (size_t c = 0; c < n; c++)
            *field_of(&recipe->columns[c], i) = values[c];
    }
done:
    wn_free(prediction);
    wn_free(values);
    wn_free(choices);
    return status;
}

/* Nearest multiple of step; what is not finite stays. */
static double round_to(double value, double step)
{
    double rounded = nearbyint(value / step) * step;
    return isfinite(rounded) ? rounded : value;
}

static double snap(double value, double to, double reach)
{
    return fabs(value - to) <= reach ? to : value;
}

/* Steps are powers of two, so that rounded numbers have few bits. */
static void round_column(wn_recipe_column *column)
{
    if (!(column->scale > 0) || !isfinite(column->scale))
        return;
    double step = ldexp(1.0, ilogb(column->scale) - 12);
    double scale = round_to(column->scale, step), center = round_to(column->center, step);
    double width = column->rule.limit * scale, reach = (fabs(column->rule.limit) + 2) * step;
    column->scale = scale;
    column->center = center;
    column->lower = snap(round_to(column->lower, step), center - width, reach);
    column->upper = snap(round_to(column->upper, step), center + width, reach);
    column->fill = snap(round_to(column->fill, step), center, step);
    column->rule.constant = round_to(column->rule.constant, step);
}

wn_status wn_recipe_round(wn_recipe *recipe)
{
    wn_status status = WN_OK;
    bool *is_encoded = NULL;
    TRY(wn_new(&is_encoded, recipe->n_columns));
    wn_recipe_mark_encoded(recipe, is_encoded);
    for (size_t c = 0; c < recipe->n_columns; c++)
        if (!is_encoded[c])
            round_column(&recipe->columns[c]);
done:
    wn_free(is_encoded);
    return status;
}
