#include "made_table.h"

#include "testing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool made_files(void)
{
    static int done = -1;
    char command[1024];
    const char *python = getenv("WN_PYTHON");
    if (done >= 0)
        return done;
    done = 0;
    if (test_ranks.rank == 0) {
        snprintf(command, sizeof command, "%s %s %s", python != NULL ? python : "/usr/bin/python3", WN_FIXTURES,
                 test_path("."));
        done = system(command) == 0;
    }
    MPI_Bcast(&done, 1, MPI_INT, 0, MPI_COMM_WORLD);
    CU_ASSERT(done);
    return done;
}

bool made_open(made_table *table, const wn_ranks *ranks, const char *pattern)
{
    const char *files[1] = {test_path(pattern)};
    const wn_input input = {.files = files, .n_files = 1, .label = "y"};
    const wn_reader_options options = {.cache_bytes = 0};
    *table = (made_table){0};
    if (!made_files() || !CHECK_OK(wn_catalog_open(ranks, &table->catalog, &input)))
        return false;
    wn_status opened = wn_ranks_agree(ranks, wn_reader_open(&table->reader, table->catalog, &options));
    if (!CHECK_OK(opened))
        return false;
    table->pass = (wn_pass){.ranks = ranks, .reader = table->reader, .name = "test"};
    table->pass.blocks = wn_catalog_part(table->catalog, ranks->size, ranks->rank);
    table->pass.total_rows = table->catalog->n_rows;
    return true;
}

void made_close(made_table *table)
{
    wn_reader_close(table->reader);
    wn_catalog_free(table->catalog);
}

double made_cell(int64_t row, size_t column)
{
    return row % 13 == (int64_t)column ? NAN : (double)((31 * row + 17 * (int64_t)column) % 101 - 50);
}

double made_label(int64_t row)
{
    return (double)(row % 3);
}

bool is_same_everywhere(int64_t value)
{
    int64_t both[2] = {value, -value};
    CHECK_OK(wn_ranks_max(&test_ranks, both, 2));
    return both[0] == value && both[1] == -value;
}
