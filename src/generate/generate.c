#include "winnow/generate.h"

#include "shard.h"
#include "truth_file.h"
#include "winnow/clock.h"
#include "winnow/durable.h"
#include "winnow/log.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* On rank 0. */
static wn_status make_directory(const char *path, bool *is_new)
{
    struct stat about;
    wn_status status = WN_OK;
    *is_new = stat(path, &about) != 0;
    TRY(wn_durable_directory(path));
    TRY(wn_truth_file_claim(path));
done:
    if (status != WN_OK && *is_new)
        rmdir(path);
    return status;
}

static void remove_shards(const wn_truth *truth, wn_range shards)
{
    for (int64_t i = shards.first; i < shards.last; i++) {
        char *path = NULL;
        if (wn_truth_shard_path(&path, truth, (size_t)i) == WN_OK)
            unlink(path);
        wn_free(path);
    }
}

/* Local, but that it polls the agreement. *written: the shards that lie under their names. */
static wn_status write_shards(const wn_truth *truth, wn_row_maker *maker, wn_range mine, wn_agreement *agreement,
                              wn_range *written)
{
    wn_status status = WN_OK;
    char *path = NULL;
    bool is_whole = true;
    *written = (wn_range){mine.first, mine.first};
    while (written->last < mine.last && is_whole) {
        TRY(wn_truth_shard_path(&path, truth, (size_t)written->last));
        TRY(wn_shard_write(truth, maker, (size_t)written->last, path, agreement, &is_whole));
        written->last += is_whole;
        wn_free(path);
        path = NULL;
    }
done:
    wn_free(path);
    return status;
}

/* Collective. All files and then the truth, or none of them. */
static wn_status write_table(const wn_ranks *ranks, const wn_truth *truth, wn_row_maker *maker)
{
    wn_agreement agreement;
    char cause[WN_MESSAGE_SIZE];
    wn_range written, mine = wn_range_part((int64_t)truth->options.n_files, ranks->size, ranks->rank);
    wn_status status = wn_agreement_begin(&agreement, ranks);
    if (status != WN_OK)
        return status;
    status = write_shards(truth, maker, mine, &agreement, &written);
    status = wn_agreement_finish(&agreement, status);
    if (status == WN_OK)
        status = wn_ranks_sum(ranks, wn_row_maker_counts(maker), 2 * wn_row_maker_columns(maker));
    if (status == WN_OK)
        status =
            wn_ranks_agree(ranks, ranks->rank == 0 ? wn_truth_file_write(truth, wn_row_maker_counts(maker)) : WN_OK);
    if (status == WN_OK)
        return WN_OK;
    snprintf(cause, sizeof cause, "%s", wn_status_message());
    remove_shards(truth, written);
    return wn_fail(status, "%s", cause);
}

/* Collective. Within a directory that is there. */
static wn_status fill_directory(const wn_ranks *ranks, const wn_generate_options *options)
{
    wn_truth *truth = NULL;
    wn_row_maker *maker = NULL;
    wn_status status = wn_truth_new(&truth, options);
    if (status == WN_OK)
        status = wn_row_maker_new(&maker, truth);
    status = wn_ranks_agree(ranks, status);
    if (status == WN_OK)
        status = write_table(ranks, truth, maker);
    wn_row_maker_free(maker);
    wn_truth_free(truth);
    return status;
}

wn_status wn_generate(const wn_ranks *ranks, const wn_generate_options *options)
{
    bool is_new = false;
    double begin = wn_clock_seconds();
    char cause[WN_MESSAGE_SIZE];
    wn_status status = wn_generate_check(options);
    if (status != WN_OK)
        return status;
    status = wn_ranks_agree(ranks, ranks->rank == 0 ? make_directory(options->output, &is_new) : WN_OK);
    if (status != WN_OK)
        return status;
    status = fill_directory(ranks, options);
    if (status == WN_OK) {
        wn_log_info("%s: %lld rows in %.1f s", options->output, (long long)options->n_rows, wn_clock_seconds() - begin);
        return WN_OK;
    }
    snprintf(cause, sizeof cause, "%s", wn_status_message());
    MPI_Barrier(ranks->comm); /* everybody's files are gone */
    if (ranks->rank == 0)
        wn_truth_file_release(options->output);
    if (ranks->rank == 0 && is_new)
        rmdir(options->output);
    return wn_fail(status, "%s", cause);
}
