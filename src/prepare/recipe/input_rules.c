#include "winnow/input_rules.h"

#include "winnow/memory.h"

#include <string.h>

static wn_status copy_numbers(double **numbers, const double *from, size_t n)
{
    wn_status status = wn_new(numbers, n);
    if (status == WN_OK && n > 0)
        memcpy(*numbers, from, n * sizeof *from);
    return status;
}

wn_status wn_input_rules_copy(wn_input_rules *rules, const wn_input_rules *from)
{
    wn_status status = WN_OK;
    *rules = (wn_input_rules){.infinite_is_missing = from->infinite_is_missing};
    if (from->table != NULL)
        TRY(wn_string_copy(&rules->table, from->table));
    TRY(copy_numbers(&rules->missing_values, from->missing_values, from->n_missing_values));
    TRY(copy_numbers(&rules->label_missing, from->label_missing, from->n_label_missing));
    rules->n_missing_values = from->n_missing_values;
    rules->n_label_missing = from->n_label_missing;
done:
    if (status != WN_OK)
        wn_input_rules_clear(rules);
    return status;
}

void wn_input_rules_clear(wn_input_rules *rules)
{
    wn_free(rules->table);
    wn_free(rules->missing_values);
    wn_free(rules->label_missing);
    *rules = (wn_input_rules){0};
}

static void hash_numbers(wn_hasher *hasher, const char *name, const double *numbers, size_t n)
{
    if (n == 0)
        return;
    wn_hasher_add_text(hasher, name);
    wn_hasher_add(hasher, numbers, n * sizeof *numbers);
}

void wn_input_rules_hash(const wn_input_rules *rules, wn_hasher *hasher)
{
    if (rules->table != NULL) {
        wn_hasher_add_text(hasher, "table");
        wn_hasher_add_text(hasher, rules->table);
    }
    if (rules->infinite_is_missing)
        wn_hasher_add_text(hasher, "infinite");
    hash_numbers(hasher, "missing", rules->missing_values, rules->n_missing_values);
    hash_numbers(hasher, "label", rules->label_missing, rules->n_label_missing);
}
