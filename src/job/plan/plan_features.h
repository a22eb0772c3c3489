/* plan_features.h - how many features the columns of a table can give, and what it takes on one rank to make them.
 * Before anything is read: the counts are the most that the job and the catalog allow. Private to src/job. */
#ifndef WINNOW_JOB_PLAN_FEATURES_H
#define WINNOW_JOB_PLAN_FEATURES_H

#include "winnow/job.h"

/* Local. All features, and those of images among them. */
size_t wn_plan_features(const wn_job *job, const wn_catalog *catalog);
size_t wn_plan_image_features(const wn_job *job);

/* Features that are no terms of texts, and bytes of the entries of a row's terms. */
typedef struct {
    size_t n_dense, row_bytes; /* row_bytes 0: there are no terms */
} wn_sparse_plan;

/* Local. By the words that a sample of the texts has. */
wn_sparse_plan wn_plan_sparse(const wn_job *job, const wn_catalog *catalog);

/* Local. Bytes of a raw row's texts. */
size_t wn_plan_text_bytes(const wn_catalog *catalog);

/* Local. Bytes of the features of a block of so many rows, beside its cells, where there are n_features in all. */
size_t wn_plan_extracted_bytes(const wn_job *job, const wn_catalog *catalog, size_t n_features, size_t block);

/* Local. Bytes of levels and terms while they are counted; of the labels summed for target encoding; of its codes. */
size_t wn_plan_level_bytes(const wn_job *job, const wn_catalog *catalog);
size_t wn_plan_target_bytes(const wn_job *job, const wn_catalog *catalog);
size_t wn_plan_code_bytes(const wn_job *job, const wn_catalog *catalog);

#endif
