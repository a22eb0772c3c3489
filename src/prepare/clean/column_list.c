#include "column_list.h"

#include <stdio.h>
#include <string.h>

enum { LISTED_NAMES = 5 };

void wn_column_list_add(wn_column_list *list, const char *name, int64_t count)
{
    list->n_names++;
    if (list->n_names > LISTED_NAMES)
        return;
    size_t used = strlen(list->text), room = sizeof list->text - used;
    const char *comma = list->n_names > 1 ? ", " : "";
    if (count < 0)
        snprintf(list->text + used, room, "%s%.80s", comma, name);
    else
        snprintf(list->text + used, room, "%s%.80s (%lld)", comma, name, (long long)count);
}

const char *wn_column_list_text(wn_column_list *list)
{
    size_t used = strlen(list->text);
    if (list->n_names > LISTED_NAMES)
        snprintf(list->text + used, sizeof list->text - used, " and %zu more", list->n_names - LISTED_NAMES);
    return list->text;
}
