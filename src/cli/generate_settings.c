#include "generate_settings.h"

#include "winnow/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const option_names[] = {
    "rows",     "columns",     "seed",    "order",     "classes",     "priors",     "separation",    "regression",
    "noise",    "informative", "factors", "redundant", "correlation", "categories", "category-type", "missing",
    "outliers", "duplicates",  "files",   "type",      "layout",      "chunk",      "filter",        "level"};
_Static_assert(sizeof option_names / sizeof *option_names == WN_GENERATE_END - WN_GENERATE_ROWS, "a name an option");

static const char *given(const wn_generate_texts *texts, int key)
{
    return texts->given[key - WN_GENERATE_ROWS];
}

static const char *name_of(int key)
{
    return option_names[key - WN_GENERATE_ROWS];
}

/* Digits and nothing else, up to `end`. */
static bool read_count(const char *text, char **end, unsigned long long *count)
{
    errno = 0;
    *count = strtoull(text, end, 10);
    return *text >= '0' && *text <= '9' && errno == 0;
}

/* A whole number from `least` on, where the option was given; what is too large in itself is told elsewhere. */
static wn_status take_count(const wn_generate_texts *texts, int key, uint64_t least, uint64_t most, uint64_t *count)
{
    const char *text = given(texts, key);
    unsigned long long taken;
    char *end;
    if (text == NULL)
        return WN_OK;
    if (!read_count(text, &end, &taken) || *end != '\0' || taken < least || taken > most)
        return wn_fail(WN_USAGE, "--%s wants a whole number from %llu to %llu, not '%s'", name_of(key),
                       (unsigned long long)least, (unsigned long long)most, text);
    *count = taken;
    return WN_OK;
}

static wn_status take_size(const wn_generate_texts *texts, int key, size_t least, size_t *size)
{
    uint64_t count = *size;
    wn_status status = take_count(texts, key, least, INT32_MAX, &count);
    *size = count;
    return status;
}

static wn_status read_number(int key, const char *text, const char *ends, char **end, double *number)
{
    double taken = strtod(text, end);
    if (*end == text || strchr(ends, **end) == NULL)
        return wn_fail(WN_USAGE, "--%s wants numbers, not '%s'", name_of(key), text);
    *number = taken;
    return WN_OK;
}

/* A number, where the option was given; wn_generate_check knows the ranges. */
static wn_status take_number(const wn_generate_texts *texts, int key, double *number)
{
    char *end;
    return given(texts, key) ? read_number(key, given(texts, key), "", &end, number) : WN_OK;
}

/* The place of an option's word in `words`, which ends with NULL. */
static wn_status take_word(const wn_generate_texts *texts, int key, const char *const *words, size_t *place)
{
    char list[128] = "";
    const char *text = given(texts, key);
    for (size_t i = 0; text != NULL && words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            *place = i;
            return WN_OK;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
    }
    return text == NULL ? WN_OK : wn_fail(WN_USAGE, "--%s is %s, not '%s'", name_of(key), list, text);
}

static wn_status take_priors(const wn_generate_texts *texts, wn_generate_options *options, double **priors)
{
    wn_status status = WN_OK;
    double *made = NULL;
    const char *text = given(texts, WN_GENERATE_PRIORS);
    size_t n = 0;
    char *end = NULL;
    if (text == NULL)
        return WN_OK;
    do {
        TRY(wn_resize(&made, n + 1));
        TRY(read_number(WN_GENERATE_PRIORS, n == 0 ? text : end + 1, ",", &end, &made[n]));
        n++;
    } while (*end == ',');
    if (given(texts, WN_GENERATE_CLASSES) && n != options->n_classes)
        TRY(wn_fail(WN_USAGE, "--priors has %zu shares for %zu classes", n, options->n_classes));
    options->n_classes = n;
    options->priors = *priors = made;
    made = NULL;
done:
    wn_free(made);
    return status;
}

static wn_status take_target(const wn_generate_texts *texts, wn_generate_options *options, double **priors)
{
    wn_status status = WN_OK;
    static const int of_classes[] = {WN_GENERATE_CLASSES, WN_GENERATE_PRIORS, WN_GENERATE_SEPARATION};
    bool is_regression = given(texts, WN_GENERATE_REGRESSION) != NULL;
    for (size_t i = 0; is_regression && i < sizeof of_classes / sizeof *of_classes; i++)
        if (given(texts, of_classes[i]))
            return wn_fail(WN_USAGE, "--regression has no classes, but --%s is given", name_of(of_classes[i]));
    TRY(take_size(texts, WN_GENERATE_CLASSES, 2, &options->n_classes));
    TRY(take_priors(texts, options, priors));
    TRY(take_number(texts, WN_GENERATE_SEPARATION, &options->separation));
    TRY(take_number(texts, WN_GENERATE_NOISE, &options->noise));
    if (is_regression)
        options->n_classes = 0;
done:
    return status;
}

static wn_status take_categories(const wn_generate_texts *texts, wn_generate_options *options)
{
    static const char *const types[] = {"code", "text", NULL};
    const char *text = given(texts, WN_GENERATE_CATEGORIES);
    size_t type = 0;
    unsigned long long n_columns, n_levels;
    char *end;
    if (text == NULL && given(texts, WN_GENERATE_CATEGORY_TYPE))
        return wn_fail(WN_USAGE, "--category-type is of --categories, which are not given");
    if (text == NULL)
        return WN_OK;
    if (!read_count(text, &end, &n_columns) || *end != 'x' || !read_count(end + 1, &end, &n_levels) || *end != '\0')
        return wn_fail(WN_USAGE, "--categories wants COUNTxLEVELS as in 3x12, not '%s'", text);
    options->n_categories = n_columns;
    options->n_levels = n_columns > 0 ? n_levels : 0;
    wn_status status = take_word(texts, WN_GENERATE_CATEGORY_TYPE, types, &type);
    options->has_texts = type == 1;
    return status;
}

/* What follows from the number of informative columns, where it was not given. */
static void settle_columns(const wn_generate_texts *texts, wn_generate_options *options)
{
    size_t m = options->n_informative, rest = options->n_columns > m ? options->n_columns - m : 0;
    if (!given(texts, WN_GENERATE_FACTORS))
        options->n_factors = m < 4 ? m : 4;
    if (!given(texts, WN_GENERATE_REDUNDANT))
        options->n_redundant = m == 0 ? 0 : options->n_redundant < rest ? options->n_redundant : rest;
}

static wn_status take_columns(const wn_generate_texts *texts, wn_generate_options *options)
{
    wn_status status = WN_OK;
    TRY(take_size(texts, WN_GENERATE_INFORMATIVE, 0, &options->n_informative));
    TRY(take_size(texts, WN_GENERATE_FACTORS, 0, &options->n_factors));
    TRY(take_size(texts, WN_GENERATE_REDUNDANT, 0, &options->n_redundant));
    TRY(take_number(texts, WN_GENERATE_CORRELATION, &options->correlation));
    TRY(take_categories(texts, options));
    TRY(take_number(texts, WN_GENERATE_MISSING, &options->missing));
    TRY(take_number(texts, WN_GENERATE_OUTLIERS, &options->outliers));
    TRY(take_number(texts, WN_GENERATE_DUPLICATES, &options->duplicates));
    settle_columns(texts, options);
done:
    return status;
}

static wn_status take_storage(const wn_generate_texts *texts, wn_generate_options *options)
{
    static const char *const orders[] = {"shuffled", "sorted", NULL};
    static const char *const layouts[] = {"contiguous", "chunked", NULL};
    static const char *const filters[] = {"none", "gzip", "gzip+shuffle", NULL};
    static const char *const types[] = {"float32", "float64", "int8", "int16", "int32", "int64", "uint8", NULL};
    static const wn_store_type store_types[] = {WN_STORE_FLOAT32, WN_STORE_FLOAT64, WN_STORE_INT8, WN_STORE_INT16,
                                                WN_STORE_INT32,   WN_STORE_INT64,   WN_STORE_UINT8};
    wn_status status = WN_OK;
    size_t order = 0, type = 0, filter = 0, level = 4;
    TRY(take_word(texts, WN_GENERATE_ORDER, orders, &order));
    TRY(take_word(texts, WN_GENERATE_TYPE, types, &type));
    TRY(take_word(texts, WN_GENERATE_FILTER, filters, &filter));
    TRY(take_size(texts, WN_GENERATE_CHUNK, 1, &options->chunk_rows));
    size_t layout = options->chunk_rows > 0 || filter > 0;
    TRY(take_word(texts, WN_GENERATE_LAYOUT, layouts, &layout));
    TRY(take_size(texts, WN_GENERATE_LEVEL, 1, &level));
    TRY(take_size(texts, WN_GENERATE_FILES, 1, &options->n_files));
    if (given(texts, WN_GENERATE_LEVEL) && (filter == 0 || level > 9))
        TRY(wn_fail(WN_USAGE, "--level is 1 to 9, of --filter gzip"));
    options->is_sorted = order == 1;
    options->type = store_types[type];
    options->is_chunked = layout == 1;
    options->compression = filter > 0 ? (int)level : 0;
    options->shuffle = filter == 2;
done:
    return status;
}

wn_status wn_generate_settle(const wn_generate_texts *texts, wn_generate_options *options, double **priors)
{
    wn_status status = WN_OK;
    uint64_t n_rows = 0, n_columns = 0;
    TRY(take_count(texts, WN_GENERATE_ROWS, 1, UINT64_C(1) << 48, &n_rows));
    TRY(take_count(texts, WN_GENERATE_COLUMNS, 1, INT32_MAX, &n_columns));
    if (n_rows == 0 || n_columns == 0 || texts->output == NULL)
        TRY(wn_fail(WN_USAGE, "-o DIR, --rows N and --columns P are needed"));
    *options = wn_generate_defaults((int64_t)n_rows, n_columns);
    options->output = texts->output;
    TRY(take_count(texts, WN_GENERATE_SEED, 0, INT64_MAX, &options->seed));
    TRY(take_target(texts, options, priors));
    TRY(take_columns(texts, options));
    TRY(take_storage(texts, options));
    TRY(wn_generate_check(options));
done:
    return status;
}
