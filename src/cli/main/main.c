#include "../session.h"
#include "../verbs.h"

#include <cblas.h>
#include <stdlib.h>

/* One BLAS thread a rank; HDF5 files are opened without locks. */
int main(int argc, char **argv)
{
    openblas_set_num_threads(1);
    setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);
    wn_status status = wn_verbs_main(argc, argv);
    wn_session_leave(status);
    return (int)status;
}
