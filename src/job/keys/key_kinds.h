/* key_kinds.h - the kinds of values that the table of keys uses. */
#ifndef WINNOW_JOB_KEY_KINDS_H
#define WINNOW_JOB_KEY_KINDS_H

#include "keys.h"

/* One value: key_scalars.c, key_texts.c. */
extern const wn_key_kind wn_kind_boolean;  /* bool */
extern const wn_key_kind wn_kind_integer;  /* int64_t within min, max */
extern const wn_key_kind wn_kind_number;   /* double within min, max */
extern const wn_key_kind wn_kind_size;     /* int64_t bytes; auto is 0 */
extern const wn_key_kind wn_kind_duration; /* double, seconds */
extern const wn_key_kind wn_kind_amount;   /* wn_amount */
extern const wn_key_kind wn_kind_word;     /* an enum, by words */
extern const wn_key_kind wn_kind_choice;   /* a bool, by words of value 0 and 1 */
extern const wn_key_kind wn_kind_text;     /* char *, NULL where not given */
extern const wn_key_kind wn_kind_path;     /* char * with $NAME and ~ expanded */

/* Lists: key_lists.c. */
extern const wn_key_kind wn_kind_texts;   /* wn_text_list */
extern const wn_key_kind wn_kind_paths;   /* wn_text_list with $NAME and ~ expanded */
extern const wn_key_kind wn_kind_numbers; /* wn_number_list, each within min, max */
extern const wn_key_kind wn_kind_counts;  /* wn_number_list of integers, each within min, max */
extern const wn_key_kind wn_kind_words;   /* bool[], one for each word's value */

/* Of one key each: key_cleaning.c, key_columns.c, key_data.c, key_duplicates.c, key_normalize.c, key_plan.c,
 * key_ranking.c. */
extern const wn_key_kind wn_kind_missing;
extern const wn_key_kind wn_kind_clean_overrides;
extern const wn_key_kind wn_kind_normalize;
extern const wn_key_kind wn_kind_normalize_overrides;
extern const wn_key_kind wn_kind_column_types;
extern const wn_key_kind wn_kind_duplicates;
extern const wn_key_kind wn_kind_metric;
extern const wn_key_kind wn_kind_plan;
extern const wn_key_kind wn_kind_correlated; /* double */
extern const wn_key_kind wn_kind_data;

/* A key that is not built: only its neutral value is accepted, and nothing is stored. */
extern const wn_key_kind wn_kind_unbuilt;

/* Words that more than one place reads. */
extern const wn_key_word wn_words_missing[], wn_words_outlier_rule[], wn_words_outlier_action[], wn_words_metric[];

/* Local. The default limit of an outlier rule, and what a limit must be below. */
double wn_outlier_limit(wn_outlier_rule rule);
double wn_outlier_limit_end(wn_outlier_rule rule);

#endif
