/* svmlight.h - files of svmlight and libsvm into a table: a line a row, LABEL INDEX:VALUE ..., what is not there is 0.
 */
#ifndef WINNOW_CONVERT_SVMLIGHT_H
#define WINNOW_CONVERT_SVMLIGHT_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Local. Whether a file is one by its ending: .svm, .svmlight or .libsvm, also with .gz. */
bool wn_svmlight_is_source(const char *path);

/* Local. Writes /x (rows, largest index), /label and, where every line has one, /qid. Indices count from 1, or from 0
 * where one is 0, as scikit-learn's load_svmlight_file has it. Fails: WN_NO_INPUT, WN_BAD_DATA (file and line are
 * named), WN_UNAVAILABLE (several labels a line), WN_CANT_CREATE, WN_IO, WN_NO_MEMORY, WN_STOPPED. */
WN_MUST_USE wn_status wn_svmlight_convert(const char *const *sources, size_t n_sources, const char *output);

#endif
