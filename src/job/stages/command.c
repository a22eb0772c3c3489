#include "command.h"

#include "text.h"
#include "winnow/memory.h"
#include "winnow/shell_word.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static void add_word(wn_text_buffer *text, const char *before, const char *word)
{
    char *quoted = NULL;
    if (text->status == WN_OK)
        text->status = wn_shell_word(&quoted, word);
    if (quoted != NULL)
        wn_text_add(text, "%s%s", before, quoted);
    wn_free(quoted);
}

static void add_launcher(wn_text_buffer *text, int n_ranks)
{
    if (getenv("SLURM_JOB_ID") != NULL)
        wn_text_add(text, "srun -K1 --mpi=pmix -n %d ", n_ranks);
    else if (n_ranks > 1)
        wn_text_add(text, "mpirun -n %d ", n_ranks);
}

wn_status wn_run_command(const wn_run_options *options, int n_ranks, char **command)
{
    wn_text_buffer text = {0};
    char here[PATH_MAX];
    if (getcwd(here, sizeof here) != NULL) {
        add_word(&text, "cd ", here);
        wn_text_add(&text, " && ");
    }
    add_launcher(&text, n_ranks);
    add_word(&text, "winnow run ", options->job);
    for (size_t i = 0; i < options->n_settings; i++)
        add_word(&text, " --set ", options->settings[i]);
    if (options->out != NULL)
        add_word(&text, " --out ", options->out);
    return wn_text_finish(&text, command);
}
