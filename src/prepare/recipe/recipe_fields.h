/* recipe_fields.h - the fields of a recipe's columns and ledger by name, for writing, reading and hashing them alike.
 */
#ifndef WINNOW_PREPARE_RECIPE_FIELDS_H
#define WINNOW_PREPARE_RECIPE_FIELDS_H

#include "winnow/recipe.h"

/* A field of a struct. */
typedef struct {
    const char *name; /* in the file */
    size_t offset;
} wn_recipe_field;

/* A field of wn_recipe_column that is one of a few words. */
typedef struct {
    const char *name;
    size_t offset;
    const char *const *words; /* by value of the enum */
    size_t n_words;
} wn_recipe_word_field;

enum { WN_RECIPE_REALS = 21, WN_RECIPE_INTEGERS = 3, WN_RECIPE_WORDS = 5, WN_LEDGER_COUNTS = 10 };

extern const wn_recipe_field wn_recipe_reals[WN_RECIPE_REALS];       /* double of a column */
extern const wn_recipe_field wn_recipe_integers[WN_RECIPE_INTEGERS]; /* int64_t of a column */
extern const wn_recipe_word_field wn_recipe_words[WN_RECIPE_WORDS];  /* enum of a column's rule */
extern const wn_recipe_field wn_ledger_counts[WN_LEDGER_COUNTS];     /* int64_t of a ledger */

/* Local. Where a field lies. */
static inline void *wn_recipe_field_of(const void *object, size_t offset)
{
    return (char *)(uintptr_t)object + offset;
}

#endif
