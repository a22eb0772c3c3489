/* example.h - a recipe made by hand that has something in every field. */
#ifndef WINNOW_TESTS_PREPARE_EXAMPLE_H
#define WINNOW_TESTS_PREPARE_EXAMPLE_H

#include "winnow/recipe.h"

enum { N_COLUMNS = 7, N_SELECTED = 4, N_COMPONENTS = 3, N_CLASSES = 3, N_ROWS = 150 };

/* A standard normal number. */
double example_draw(uint64_t identity, uint64_t counter);

/* A catalog of nothing but names, over the caller's columns. */
wn_catalog example_catalog(wn_column columns[N_COLUMNS]);

wn_status example_recipe(wn_recipe **recipe);

#endif
