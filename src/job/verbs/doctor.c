#include "winnow/doctor.h"

#include "winnow/codec.h"
#include "winnow/hdf5_filters.h"
#include "winnow/job.h"
#include "winnow/memory.h"
#include "winnow/node.h"
#include "winnow/tokens.h"

#include <cblas.h>
#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What rank 0 tells, and what of it is a problem. */
typedef struct {
    const wn_ranks *ranks;
    FILE *out; /* rank 0's; NULL on the others */
    int problems;
    wn_status worst;
} doctor;

static void tell(doctor *d, const char *what, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void tell(doctor *d, const char *what, const char *format, ...)
{
    va_list arguments;
    if (d->out == NULL)
        return;
    fprintf(d->out, "%-10s ", what);
    va_start(arguments, format);
    vfprintf(d->out, format, arguments);
    va_end(arguments);
    fputc('\n', d->out);
}

/* A problem, told by the caller in words. */
static void count(doctor *d, wn_status status)
{
    if (status == WN_OK)
        return;
    d->problems++;
    d->worst = status > d->worst ? status : d->worst;
}

static void look_at_program(doctor *d)
{
    tell(d, "winnow", "%s, compiled by %s %s", WN_VERSION,
#ifdef __clang__
         "clang",
#else
         "gcc",
#endif
         __VERSION__);
}

static void look_at_mpi(doctor *d)
{
    char library[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    static const char *const levels[] = {"single", "funneled", "serialized", "multiple"};
    int n = 0, version = 0, subversion = 0, level = 0;
    MPI_Get_library_version(library, &n);
    MPI_Get_version(&version, &subversion);
    MPI_Query_thread(&level);
    library[strcspn(library, ",\n")] = '\0';
    tell(d, "mpi", "%s, standard %d.%d, threads %s", library, version, subversion,
         level >= 0 && level < 4 ? levels[level] : "unknown");
    if (level < MPI_THREAD_FUNNELED) {
        tell(d, "", "problem: this MPI has no support for threads (funneled)");
        count(d, WN_UNAVAILABLE);
    }
}

static bool is_undone(const wn_codec *codec)
{
    return codec->place == WN_CODEC_HERE || (codec->place == WN_CODEC_THROUGH_HDF5 && H5Zfilter_avail(codec->id) > 0);
}

/* The filters that can be undone, or those that could be with another build of Winnow or HDF5. */
static void list_filters(char *list, size_t size, bool are_there)
{
    const wn_codec *codec;
    *list = '\0';
    for (size_t i = 0; (codec = wn_codec_at(i)) != NULL; i++)
        if (codec->place != WN_CODEC_FOREIGN && is_undone(codec) == are_there) {
            size_t n = strlen(list);
            bool has_package = !are_there && codec->package != NULL;
            snprintf(list + n, size - n, "%s%s%s%s%s", n > 0 ? ", " : "", codec->name, has_package ? " (" : "",
                     has_package ? codec->package : "", has_package ? ")" : "");
        }
}

/* Tables are also written with them, by the library itself. */
static void look_at_filters(doctor *d)
{
    wn_hdf5_filters_register(); /* and no plugins are looked for */
    static const int needed[] = {H5Z_FILTER_DEFLATE, H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32};
    char list[512];
    list_filters(list, sizeof list, true);
    tell(d, "filters", "%s", list);
    list_filters(list, sizeof list, false);
    if (*list != '\0')
        tell(d, "", "left out of this build: %s; a table that needs one is status 69", list);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (H5Zfilter_avail(needed[i]) <= 0) {
            tell(d, "", "problem: HDF5 was built without %s", wn_codec_find(needed[i])->name);
            count(d, WN_UNAVAILABLE);
        }
}

static void look_at_texts(doctor *d)
{
    const char *lacks = wn_tokenizer_lacks();
    tell(d, "texts", "%s", lacks == NULL ? "words and stems" : "in part");
    if (lacks != NULL)
        tell(d, "", "left out of this build: %s; a job that needs one is status 69", lacks);
}

static void look_at_hdf5(doctor *d)
{
    unsigned major = 0, minor = 0, release = 0;
    hbool_t is_safe = 0;
    H5get_libversion(&major, &minor, &release);
    H5is_library_threadsafe(&is_safe);
#ifdef H5_HAVE_PARALLEL
    const char *build = "parallel";
#else
    const char *build = "serial";
#endif
    tell(d, "hdf5", "%u.%u.%u, %s build, %sthread-safe (either will do)", major, minor, release, build,
         is_safe ? "" : "not ");
}

static void look_at_blas(doctor *d)
{
    tell(d, "blas", "%s, kernels %s, %d thread a rank", openblas_get_config(), openblas_get_corename(),
         openblas_get_num_threads());
}

static const char *or_none(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? value : "none";
}

static void look_at_launcher(doctor *d)
{
    const char *by = getenv("SLURM_STEP_ID") != NULL          ? "srun"
                     : getenv("OMPI_COMM_WORLD_SIZE") != NULL ? "mpirun"
                     : getenv("PMIX_RANK") != NULL            ? "a launcher with PMIx"
                                                              : "none";
    int here, cores = wn_node_processors();
    if (wn_node_ranks(d->ranks, &here) != WN_OK)
        tell(d, "", "%s", wn_status_message());
    tell(d, "launcher", "%s, %d ranks, %d on this node; PMIx %s; Slurm job %s", by, d->ranks->size, here,
         or_none("PMIX_VERSION"), or_none("SLURM_JOB_ID"));
    tell(d, "cores", "%d may be used by this rank", cores);
    if (here > (int)sysconf(_SC_NPROCESSORS_ONLN))
        tell(d, "", "more ranks than the %ld cores of this node: they wait for each other",
             sysconf(_SC_NPROCESSORS_ONLN));
    tell(d, "memory", "%.0f MiB a rank, unless the job says otherwise (80 %% of the Slurm or control group limit)",
         (double)wn_job_memory_default(here) / 0x1p20);
}

/* Whether a lock and a hard link can be had in the working directory, as the lock of a run directory uses them. */
static void look_at_files(doctor *d)
{
    char path[64], other[80];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (d->ranks->rank != 0)
        return;
    snprintf(path, sizeof path, ".winnow-doctor-%ld", (long)getpid());
    snprintf(other, sizeof other, "%s-link", path);
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        tell(d, "files", "problem: nothing can be created in the working directory: %s", strerror(errno));
        count(d, WN_IO);
        return;
    }
    bool locks = fcntl(descriptor, F_SETLK, &lock) == 0, links = link(path, other) == 0;
    tell(d, "files",
         "working directory: locks %s, hard links %s; HDF5_USE_FILE_LOCKING %s (Winnow opens without locks)",
         locks ? "yes" : "no", links ? "yes" : "no", or_none("HDF5_USE_FILE_LOCKING"));
    close(descriptor);
    unlink(other);
    unlink(path);
}

enum { N_NUMBERS = 1000 };

static bool write_numbers(hid_t file, const int *numbers)
{
    hsize_t n = N_NUMBERS;
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t data = H5Dcreate2(file, "n", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    bool is_written = data >= 0 && H5Dwrite(data, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0;
    is_written = (data < 0 || H5Dclose(data) >= 0) && is_written;
    H5Sclose(space);
    return is_written;
}

static bool read_numbers(const char *path, int *numbers)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t data = file >= 0 ? H5Dopen2(file, "n", H5P_DEFAULT) : -1;
    bool is_read = data >= 0 && H5Dread(data, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0;
    if (data >= 0)
        H5Dclose(data);
    if (file >= 0)
        H5Fclose(file);
    return is_read;
}

/* A file of this rank's own, written and read back. */
static wn_status try_file(const wn_ranks *ranks)
{
    char path[80];
    int written[N_NUMBERS], found[N_NUMBERS] = {0};
    snprintf(path, sizeof path, ".winnow-doctor-%ld-%d.h5", (long)getpid(), ranks->rank);
    for (int i = 0; i < N_NUMBERS; i++)
        written[i] = i * (ranks->rank + 3);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    bool is_written = file >= 0 && write_numbers(file, written);
    is_written = (file < 0 || H5Fclose(file) >= 0) && is_written;
    bool is_same = is_written && read_numbers(path, found) && memcmp(written, found, sizeof found) == 0;
    unlink(path);
    return is_same ? WN_OK : wn_fail(WN_IO, "an HDF5 file in the working directory does not read back as written");
}

/* Every rank brings a number of its own. */
static wn_status try_sum(const wn_ranks *ranks)
{
    int64_t size = ranks->size, numbers[2] = {ranks->rank + 1, (int64_t)1 << 40};
    wn_status status = wn_ranks_sum(ranks, numbers, 2);
    if (status == WN_OK && (numbers[0] != size * (size + 1) / 2 || numbers[1] != size << 40))
        status = wn_fail(WN_INTERNAL, "integers over %d ranks sum to %lld", ranks->size, (long long)numbers[0]);
    return wn_ranks_agree(ranks, status);
}

static void try_ranks(doctor *d)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    wn_status file = wn_ranks_agree(d->ranks, try_file(d->ranks));
    tell(d, "write", "%s%s", file == WN_OK ? "every rank wrote an HDF5 file and read it back" : "problem: ",
         file == WN_OK ? "" : wn_status_message());
    count(d, file);
    wn_status sum = try_sum(d->ranks);
    tell(d, "sum", "%s%s",
         sum == WN_OK ? "integers over ranks are right" : "problem: ", sum == WN_OK ? "" : wn_status_message());
    count(d, sum);
}

wn_status wn_doctor_run(const wn_ranks *ranks, int problems, FILE *out)
{
    doctor d = {.ranks = ranks, .out = ranks->rank == 0 ? out : NULL, .problems = problems};
    d.worst = problems > 0 ? WN_UNAVAILABLE : WN_OK;
    look_at_program(&d);
    look_at_mpi(&d);
    look_at_hdf5(&d);
    look_at_filters(&d);
    look_at_texts(&d);
    look_at_blas(&d);
    look_at_launcher(&d);
    look_at_files(&d);
    try_ranks(&d);
    int64_t worst = (int64_t)d.worst;
    wn_status status = wn_ranks_max(ranks, &worst, 1);
    if (d.problems == 0)
        tell(&d, "verdict", "ready");
    else
        tell(&d, "verdict", "%d problem%s", d.problems, d.problems == 1 ? "" : "s");
    return status == WN_OK ? (wn_status)worst : status;
}
