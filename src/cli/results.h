/* results.h - the lines "RESULT key=value unit" that a run ends with. */
#ifndef WINNOW_CLI_RESULTS_H
#define WINNOW_CLI_RESULTS_H

#include "winnow/status.h"

#include <jansson.h>
#include <stdio.h>

/* Local. Prints what a summary (run.json) has of: rows_read, rows_kept, accuracy (or r2), accuracy_compressed (or
 * r2_compressed), compressed_bytes, ratio, seconds, peak_rss; and report, the path that is given. */
void wn_results_print(const json_t *summary, const char *report, FILE *out);

#endif
