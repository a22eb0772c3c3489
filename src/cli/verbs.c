#include "verbs.h"

#include "arguments.h"
#include "winnow/nearest_name.h"

#include <string.h>

typedef struct {
    const char *name, *usage, *summary;
    wn_verb_function *function; /* NULL: not built yet */
} verb;

static const verb verbs[] = {
    {"run", "[mpirun -n P | srun] winnow run JOB.yaml [OPTION...]", "run a job into its directory", wn_verb_run},
    {"check", "winnow check JOB.yaml", "tell every error in a job and its inputs", wn_verb_check},
    {"inspect", "winnow inspect FILE...", "show what is in HDF5 files, and an input: section for a job",
     wn_verb_inspect},
    {"convert", "[mpirun] winnow convert SOURCE... -o TABLE.h5", "make an HDF5 table of CSV, JSON lines, .npy or IDX",
     wn_verb_convert},
    {"generate", "[mpirun] winnow generate -o DIR --rows N --columns P", "make a table whose truth is known",
     wn_verb_generate},
    {"apply", "[mpirun] winnow apply RUN|COMPRESSED.wnm FILE... -o OUTPUT.h5",
     "put new rows through a run's recipe and model", wn_verb_apply},
    {"report", "winnow report RUN", "make report.html again from a run's files", wn_verb_report},
    {"compare", "winnow compare RUN RUN", "fingerprints, and the first number that differs", wn_verb_compare},
    {"merge", "winnow merge RECIPE RECIPE... -o RECIPE.h5", "the profiles of disjoint files into one", wn_verb_merge},
    {"doctor", "[mpirun -n P | srun] winnow doctor", "what is installed and how it works here: a verdict",
     wn_verb_doctor},
    {.name = "export"},
    {.name = "verify"},
    {.name = "watch"},
    {.name = "scale"},
};
enum { N_VERBS = sizeof verbs / sizeof *verbs };

static void print_help(void)
{
    printf("Usage: winnow VERB [ARGUMENT...]\n"
           "Large HDF5 tables into small, trustworthy models.\n\n");
    for (size_t i = 0; i < N_VERBS; i++)
        if (verbs[i].function)
            printf("  %-52s %s\n", verbs[i].usage, verbs[i].summary);
    printf("\n  winnow VERB --help        options of a verb\n"
           "  winnow run --help-keys    every key of a job file\n"
           "  winnow --version\n\n"
           "Exit status: 0 done; 2 usage; 65 bad data; 66 no input; 69 not available; 70 internal error; 71 out of\n"
           "memory; 73 cannot create output; 74 input/output error; 75 stopped, start again to go on; 76 a rank hung;\n"
           "78 bad job file.\n");
}

static wn_status unknown(const char *name)
{
    const char *names[N_VERBS];
    size_t n = 0;
    for (size_t i = 0; i < N_VERBS; i++)
        if (verbs[i].function)
            names[n++] = verbs[i].name;
    const char *near = wn_nearest_name(name, names, n);
    if (near)
        return wn_cli_usage("'%s' is not a verb; did you mean %s?", name, near);
    return wn_cli_usage("'%s' is not a verb", name);
}

static wn_status run_verb(const verb *found, int argc, char **argv)
{
    char name[64];
    if (!found->function)
        return wn_cli_usage("%s is not built yet", found->name);
    snprintf(name, sizeof name, "winnow %s", found->name);
    argv[1] = name;
    return found->function(argc - 1, argv + 1);
}

wn_status wn_verbs_main(int argc, char **argv)
{
    if (argc < 2)
        return wn_cli_usage("a verb is missing");
    bool is_help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "-?") == 0;
    bool is_version = strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0;
    if ((is_help || is_version) && wn_cli_is_speaker()) {
        if (is_help)
            print_help();
        else
            printf("winnow %s\n", WN_VERSION);
    }
    if (is_help || is_version)
        return wn_cli_flush();
    for (size_t i = 0; i < N_VERBS; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return run_verb(&verbs[i], argc, argv);
    return unknown(argv[1]);
}
