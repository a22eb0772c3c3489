/* verbs.h - the verbs of the command line: one function and one file each. */
#ifndef WINNOW_CLI_VERBS_H
#define WINNOW_CLI_VERBS_H

#include "winnow/status.h"

#include <stdio.h>

/* A verb gets its own part of the command line (argv[0] is "winnow VERB") and returns the exit status. What went wrong
 * was printed before. */
typedef wn_status wn_verb_function(int argc, char **argv);

wn_verb_function wn_verb_run, wn_verb_apply, wn_verb_check, wn_verb_inspect, wn_verb_convert, wn_verb_generate,
    wn_verb_report, wn_verb_compare, wn_verb_merge, wn_verb_doctor;

/* Local. Finds the verb and runs it; --help and --version. The exit status. */
wn_status wn_verbs_main(int argc, char **argv);

#endif
