/* json_text.h - any text as a JSON string. */
#ifndef WINNOW_JSON_TEXT_H
#define WINNOW_JSON_TEXT_H

#include <jansson.h>

/* Local. A new JSON string; bytes that are not UTF-8 (names out of files, a message that was cut) become '?', since
 * JSON cannot hold them and the rest must not be lost. NULL gives null. */
json_t *wn_json_text(const char *text);

#endif
