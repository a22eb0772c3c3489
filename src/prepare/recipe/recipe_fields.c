#include "recipe_fields.h"

#define COLUMN(name, field)                                                                                            \
    {                                                                                                                  \
        name, offsetof(wn_recipe_column, field)                                                                        \
    }
#define COUNT(field)                                                                                                   \
    {                                                                                                                  \
#field, offsetof(wn_ledger, field)                                                                             \
    }
#define WORDS(name, field, words)                                                                                      \
    {                                                                                                                  \
        name, offsetof(wn_recipe_column, rule.field), words, sizeof(words) / sizeof *(words)                           \
    }

const wn_recipe_field wn_recipe_reals[WN_RECIPE_REALS] = {
    COLUMN("mean", mean),
    COLUMN("std", deviation),
    COLUMN("min", min),
    COLUMN("max", max),
    COLUMN("median", median),
    COLUMN("quartile_low", quartile_low),
    COLUMN("quartile_high", quartile_high),
    COLUMN("lower", lower),
    COLUMN("upper", upper),
    COLUMN("fill", fill),
    COLUMN("clean_mean", clean_mean),
    COLUMN("clean_std", clean_deviation),
    COLUMN("clean_min", clean_min),
    COLUMN("clean_max", clean_max),
    COLUMN("clean_quartile_low", clean_quartile_low),
    COLUMN("clean_median", clean_median),
    COLUMN("clean_quartile_high", clean_quartile_high),
    COLUMN("center", center),
    COLUMN("scale", scale),
    COLUMN("rule_constant", rule.constant),
    COLUMN("rule_limit", rule.limit),
};

const wn_recipe_field wn_recipe_integers[WN_RECIPE_INTEGERS] = {
    COLUMN("count", count),
    COLUMN("missing", missing),
    COLUMN("outliers", outliers),
};

static const char *const missing_words[] = {"error", "mean", "median", "constant", "drop_row", "most_frequent"};
static const char *const outlier_words[] = {"none", "zscore", "iqr", "mad", "quantile"};
static const char *const action_words[] = {"clip", "missing", "drop_row", "report"};
static const char *const normalize_words[] = {"none", "standard", "minmax", "robust", "maxabs"};
static const char *const transform_words[] = {"none", "log"};

const wn_recipe_word_field wn_recipe_words[WN_RECIPE_WORDS] = {
    WORDS("rule_missing", missing, missing_words),       WORDS("rule_outliers", outliers, outlier_words),
    WORDS("rule_action", action, action_words),          WORDS("rule_normalize", normalize, normalize_words),
    WORDS("rule_transform", transform, transform_words),
};

const wn_recipe_field wn_ledger_counts[WN_LEDGER_COUNTS] = {
    COUNT(read),      COUNT(kept),    COUNT(train),   COUNT(validation), COUNT(test),
    COUNT(duplicate), COUNT(missing), COUNT(outlier), COUNT(no_label),   COUNT(leaked),
};
