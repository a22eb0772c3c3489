/* sections.h - the parts of the page, each made from what the run left. A part that the run did not come to, or was not
 * asked for, says so in a line. */
#ifndef WINNOW_REPORT_SECTIONS_H
#define WINNOW_REPORT_SECTIONS_H

#include "html.h"
#include "run_files.h"

/* Local. Status, cause, warnings, and the figures that a reader wants first. */
void wn_section_summary(wn_html *html, const wn_run_files *files);

/* Local. What became of the rows; what was fitted for the columns; which features stay, and what they are reduced to.
 */
void wn_section_rows(wn_html *html, const wn_run_files *files);
void wn_section_columns(wn_html *html, const wn_run_files *files);
void wn_section_ranking(wn_html *html, const wn_run_files *files);
void wn_section_reduce(wn_html *html, const wn_run_files *files);

/* Local. Epochs; metrics of baseline, full and compressed model. */
void wn_section_training(wn_html *html, const wn_run_files *files);
void wn_section_metrics(wn_html *html, const wn_run_files *files);

/* Local. Sizes, what was accepted, the trials and the background stage. */
void wn_section_compression(wn_html *html, const wn_run_files *files);

/* Local. Stages by rank; objectives, fingerprints, environment; the job as run. */
void wn_section_stages(wn_html *html, const wn_run_files *files);
void wn_section_numbers(wn_html *html, const wn_run_files *files);
void wn_section_job(wn_html *html, const wn_run_files *files);

/* Local. A key of run.json, NULL where there is none. */
const json_t *wn_summary_get(const wn_run_files *files, const char *key);

/* Local. Why a part is not there: the run was not asked, or did not come to it. */
void wn_section_absent(wn_html *html, const wn_run_files *files);

#endif
