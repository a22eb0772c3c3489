/* generate_settings.h - from the texts of generate's options to what is made. */
#ifndef WINNOW_CLI_GENERATE_SETTINGS_H
#define WINNOW_CLI_GENERATE_SETTINGS_H

#include "winnow/generate.h"

/* argp's keys of the options whose texts are kept until all are known: defaults depend on rows and columns. */
enum {
    WN_GENERATE_ROWS = 256,
    WN_GENERATE_COLUMNS,
    WN_GENERATE_SEED,
    WN_GENERATE_ORDER,
    WN_GENERATE_CLASSES,
    WN_GENERATE_PRIORS,
    WN_GENERATE_SEPARATION,
    WN_GENERATE_REGRESSION,
    WN_GENERATE_NOISE,
    WN_GENERATE_INFORMATIVE,
    WN_GENERATE_FACTORS,
    WN_GENERATE_REDUNDANT,
    WN_GENERATE_CORRELATION,
    WN_GENERATE_CATEGORIES,
    WN_GENERATE_CATEGORY_TYPE,
    WN_GENERATE_MISSING,
    WN_GENERATE_OUTLIERS,
    WN_GENERATE_DUPLICATES,
    WN_GENERATE_FILES,
    WN_GENERATE_TYPE,
    WN_GENERATE_LAYOUT,
    WN_GENERATE_CHUNK,
    WN_GENERATE_FILTER,
    WN_GENERATE_LEVEL,
    WN_GENERATE_END
};

typedef struct {
    const char *output;
    const char *given[WN_GENERATE_END - WN_GENERATE_ROWS]; /* NULL: not given. Borrowed */
} wn_generate_texts;

/* Local. *priors is new where they were given; the options borrow it, the caller frees it. Fails: WN_USAGE with what is
 * wrong, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_generate_settle(const wn_generate_texts *texts, wn_generate_options *options, double **priors);

#endif
