#include "key_kinds.h"

#include "winnow/forest.h"
#include "winnow/image_orientations.h"
#include "winnow/tokens.h"

#include <math.h>

#define AT(field) .offset = offsetof(wn_job, field)
#define UNBUILT(key, accepted, meaning)                                                                                \
    {                                                                                                                  \
        .path = key, .kind = &wn_kind_unbuilt, .neutral = accepted, .help = meaning                                    \
    }

const wn_key_word wn_words_missing[] = {{"error", WN_MISSING_ERROR, false},
                                        {"mean", WN_MISSING_MEAN, false},
                                        {"median", WN_MISSING_MEDIAN, false},
                                        {"drop_row", WN_MISSING_DROP_ROW, false},
                                        {"most_frequent", WN_MISSING_MOST_FREQUENT, false},
                                        {NULL, 0, false}};
const wn_key_word wn_words_outlier_rule[] = {
    {"none", WN_OUTLIERS_NONE, false}, {"zscore", WN_OUTLIERS_ZSCORE, false},     {"iqr", WN_OUTLIERS_IQR, false},
    {"mad", WN_OUTLIERS_MAD, false},   {"quantile", WN_OUTLIERS_QUANTILE, false}, {NULL, 0, false}};
const wn_key_word wn_words_outlier_action[] = {{"clip", WN_OUTLIER_CLIP, false},
                                               {"missing", WN_OUTLIER_MISSING, false},
                                               {"drop_row", WN_OUTLIER_DROP_ROW, false},
                                               {"report", WN_OUTLIER_REPORT, false},
                                               {NULL, 0, false}};
const wn_key_word wn_words_metric[] = {{"accuracy", WN_METRIC_ACCURACY, false},
                                       {"recall", WN_METRIC_RECALL, false},
                                       {"f1", WN_METRIC_F1, false},
                                       {"r2", WN_METRIC_R2, false},
                                       {NULL, 0, false}};

static const wn_key_word tasks[] = {{"auto", WN_TASK_AUTO, false},
                                    {"classification", WN_TASK_CLASSIFICATION, false},
                                    {"regression", WN_TASK_REGRESSION, false},
                                    {NULL, 0, false}};
static const wn_key_word duplicates[] = {{"keep", false, false}, {"drop", true, false}, {NULL, 0, false}};
static const wn_key_word infinite[] = {{"error", false, false}, {"missing", true, false}, {NULL, 0, false}};
static const wn_key_word categories[] = {{"none", WN_CATEGORY_NONE, false},
                                         {"one_hot", WN_CATEGORY_ONE_HOT, false},
                                         {"ordinal", WN_CATEGORY_ORDINAL, false},
                                         {"target", WN_CATEGORY_TARGET, false},
                                         {NULL, 0, false}};
static const wn_key_word image_methods[] = {{"none", WN_IMAGE_NONE, false},
                                            {"edges", WN_IMAGE_EDGES, false},
                                            {"orientations", WN_IMAGE_ORIENTATIONS, false},
                                            {NULL, 0, false}};
static const wn_key_word text_methods[] = {
    {"none", WN_TEXT_NONE, false}, {"tf", WN_TEXT_TF, false}, {"tfidf", WN_TEXT_TFIDF, false}, {NULL, 0, false}};
static const wn_key_word rankings[] = {{"variance", WN_RANK_VARIANCE, false},
                                       {"anova", WN_RANK_ANOVA, false},
                                       {"mutual_information", WN_RANK_MUTUAL_INFORMATION, false},
                                       {"random_forest", WN_RANK_RANDOM_FOREST, false},
                                       {"lasso", WN_RANK_LASSO, false},
                                       {NULL, 0, false}};
static const wn_key_word consensuses[] = {{"mean_rank", WN_CONSENSUS_MEAN_RANK, false},
                                          {"borda", WN_CONSENSUS_BORDA, false},
                                          {"intersection", WN_CONSENSUS_INTERSECTION, false},
                                          {NULL, 0, false}};
static const wn_key_word importances[] = {{"impurity", false, false}, {"permutation", true, false}, {NULL, 0, false}};
static const wn_key_word reductions[] = {
    {"none", WN_REDUCE_NONE, false}, {"pca", WN_REDUCE_PCA, false}, {"lda", WN_REDUCE_LDA, false}, {NULL, 0, false}};
static const wn_key_word solvers[] = {{"auto", WN_SOLVER_AUTO, false},
                                      {"lapack", WN_SOLVER_LAPACK, false},
                                      {"scalapack", WN_SOLVER_SCALAPACK, false},
                                      {"randomized", WN_SOLVER_RANDOMIZED, false},
                                      {NULL, 0, false}};
static const wn_key_word precisions[] = {{"double", false, false}, {"single", true, false}, {NULL, 0, false}};
static const wn_key_word models[] = {{"linear", WN_MODEL_LINEAR, false},
                                     {"logistic", WN_MODEL_LOGISTIC, false},
                                     {"mlp", WN_MODEL_MLP, false},
                                     {"fm", 0, true},
                                     {"cnn", 0, true},
                                     {NULL, 0, false}};
static const wn_key_word optimizers[] = {{"sgd", WN_OPTIMIZER_SGD, false},
                                         {"adam", WN_OPTIMIZER_ADAM, false},
                                         {"adagrad", WN_OPTIMIZER_ADAGRAD, false},
                                         {"lbfgs", 0, true},
                                         {NULL, 0, false}};
static const wn_key_word schedules[] = {
    {"constant", WN_SCHEDULE_CONSTANT, false}, {"cosine", WN_SCHEDULE_COSINE, false}, {NULL, 0, false}};
static const wn_key_word found_by_itself[] = {{"auto", 0, true}, {NULL, 0, false}};

/* clang-format off */
const wn_key wn_keys[] = {
    {.path = "name", .kind = &wn_kind_text, AT(name), .note = "the file's stem", .help = "name of the job"},
    {.path = "seed", .kind = &wn_kind_integer, AT(seed), .max = INFINITY, .value = "0",
     .help = "of every random draw: split, shuffles, first weights"},
    {.path = "memory", .kind = &wn_kind_size, AT(memory), .min = 0x1p20, .max = 0x1p62, .value = "auto",
     .help = "bytes that a rank may take, libraries included; auto is 80 % of the Slurm or control group limit over the node's ranks"},

    {.path = "input.files", .kind = &wn_kind_paths, AT(input.files), .min = 1, .note = "required",
     .help = "HDF5 files; globs, sorted by the bytes of the path, relative to the working directory"},
    {.path = "input.test", .kind = &wn_kind_paths, AT(input.test), .min = 1, .note = "none",
     .help = "files of test rows, instead of split.test"},
    {.path = "input.table", .kind = &wn_kind_text, AT(input.table), .note = "the one candidate",
     .help = "group or dataset that holds the table"},
    {.path = "input.label", .kind = &wn_kind_text, AT(input.label), .note = "none",
     .help = "column to predict, of numbers or strings, looked up in the table, then at the file's root; empty strings are "
             "missing"},
    {.path = "input.label_missing", .kind = &wn_kind_numbers, AT(input.label_missing), .value = "[]",
     .help = "label values that mean \"no label\", besides NaN; such rows leave training. Of numbers only"},
    {.path = "input.missing_values", .kind = &wn_kind_numbers, AT(input.missing_values), .value = "[]",
     .help = "cell values that mean \"missing\", besides NaN and declared fill values"},
    {.path = "input.task", .kind = &wn_kind_word, AT(input.task), .words = tasks, .value = "auto",
     .help = "auto: strings, booleans and integers of at most 100 values classify; a linear model is a regression, a logistic "
             "one a classification"},
    {.path = "input.columns.include", .kind = &wn_kind_texts, AT(input.include), .value = "[]",
     .help = "names or globs of the columns to use; none means all"},
    {.path = "input.columns.exclude", .kind = &wn_kind_texts, AT(input.exclude), .value = "[]",
     .help = "names or globs of columns to leave out; beats include"},
    {.path = "input.types", .kind = &wn_kind_column_types, AT(input.types), .value = "{}",
     .help = "what the columns of a name or glob are; by default strings are categorical, the rest numeric; an image px of "
             "{image: [h, w]} is the columns px0, px1, ..."},
    {.path = "input.split.validation", .kind = &wn_kind_number, AT(input.split_validation), .max = 1, .below_max = true,
     .value = "0.0", .help = "share of the rows that decisions are made on"},
    {.path = "input.split.test", .kind = &wn_kind_number, AT(input.split_test), .max = 1, .below_max = true,
     .value = "0.0", .help = "share of the rows that are used once, at the end"},
    {.path = "input.split.by", .kind = &wn_kind_text, AT(input.split_by), .note = "none",
     .help = "column of numbers or strings by whose value, instead of the row, the side is drawn: equal values, one side. "
             "Looked up as the label is, and need not be included; rows where it is missing (NaN, an empty string) are "
             "drawn each for itself"},
    UNBUILT("input.weight", "none", "column of row weights"),
    {.path = "input.allow_external", .kind = &wn_kind_boolean, AT(input.allow_external), .value = "false",
     .help = "follow external links, raw storage and virtual datasets into other files"},

    {.path = "clean.missing", .kind = &wn_kind_missing, AT(clean.missing), .value = "error",
     .help = "what fills missing cells, or drops their rows from training"},
    {.path = "clean.outliers.rule", .kind = &wn_kind_word, AT(clean.rule), .words = wn_words_outlier_rule,
     .value = "none",
     .help = "which cells are outliers: beyond mean -+ limit deviations, quartiles -+ limit x their distance, median -+ "
             "limit x 1.4826 x the median absolute deviation (one pass more), or in a tail of this share"},
    {.path = "clean.outliers.limit", .kind = &wn_kind_number, AT(clean.limit), .max = INFINITY, .above_min = true,
     .note = "zscore 3, iqr 1.5, mad 3.5, quantile 0.01", .help = "limit of the rule; below 0.5 for quantile"},
    {.path = "clean.outliers.action", .kind = &wn_kind_word, AT(clean.action), .words = wn_words_outlier_action,
     .value = "clip", .help = "what is done with outliers; report only counts them"},
    {.path = "clean.duplicates", .kind = &wn_kind_duplicates, AT(clean.drop_duplicates), .words = duplicates,
     .value = "keep", .help = "exact repeats over all rows of files, in all columns and the label or in those named (the label may be); the first "
                              "stays"},
    {.path = "clean.infinite", .kind = &wn_kind_choice, AT(clean.infinite_is_missing), .words = infinite,
     .value = "error", .help = "what an infinite cell is"},
    {.path = "clean.overrides", .kind = &wn_kind_clean_overrides, AT(clean.overrides), .value = "{}",
     .help = "missing and outliers for columns by name or glob, the later one wins; what makes no sense for one of them is an error: a category has "
             "most_frequent, drop_row, error and (of numbers) a constant, a text drop_row and error, and neither has outliers"},
    {.path = "clean.indicators", .kind = &wn_kind_boolean, AT(clean.indicators), .value = "false",
     .help = "a 0/1 feature NAME?missing for each column with gaps in training rows"},

    {.path = "normalize.method", .kind = &wn_kind_normalize, AT(normalize.how), .value = "none",
     .help = "over the cleaned training cells: standard, mean 0 and population deviation 1; minmax, from 0 to 1; robust, "
             "median 0 and distance of the quartiles 1; maxabs, greatest size 1; log is sign(x) log(1 + |x|)"},
    {.path = "normalize.overrides", .kind = &wn_kind_normalize_overrides, AT(normalize.overrides), .value = "{}",
     .help = "method for columns of numbers by name or glob; the later one wins"},

    {.path = "extract.categorical.method", .kind = &wn_kind_word, AT(extract.method), .words = categories,
     .value = "none", .help = "features of categories; ordinal: one, the number of the level in their order; target: the mean of the label over "
                              "the level's training rows, one a class where there are more than two; none: those of numbers stay numbers, those of strings make none"},
    {.path = "extract.categorical.levels", .kind = &wn_kind_integer, AT(extract.levels), .min = 1, .max = 65536,
     .value = "64", .help = "the most frequent levels of a category, which get a feature (ordinal, target: a number) each; the others share one"},
    {.path = "extract.categorical.smoothing", .kind = &wn_kind_number, AT(extract.smoothing), .max = INFINITY, .value = "10.0",
     .help = "rows of the mean of all that target adds to those of a level; a training row never sees its own label: its mean is of "
             "the four of five parts of the rows that it is not in"},
    {.path = "extract.text.method", .kind = &wn_kind_word, AT(extract.text.method), .words = text_methods, .value = "none",
     .help = "features of texts, one a term: tf, counts, tfidf, counts weighed by how rare a term is (smooth); rows of length 1"},
    {.path = "extract.text.terms", .kind = &wn_kind_integer, AT(extract.text.terms), .min = 1, .max = 1048576,
     .value = "2048", .help = "the most frequent terms of a text column, by count over all training rows"},
    {.path = "extract.text.minimum_documents", .kind = &wn_kind_integer, AT(extract.text.minimum_documents), .min = 1,
     .max = INFINITY, .value = "2", .help = "training rows that a term is in at least"},
    {.path = "extract.text.ngrams", .kind = &wn_kind_integer, AT(extract.text.ngrams), .min = 1, .max = WN_NGRAMS_MAX,
     .value = "1", .help = "following words of a term at most"},
    {.path = "extract.text.stem", .kind = &wn_kind_text, AT(extract.text.stem), .value = "none",
     .help = "language of the stemmer (libstemmer's, as english), or none"},
    {.path = "extract.image.method", .kind = &wn_kind_word, AT(extract.image.method), .words = image_methods,
     .value = "none", .help = "features of images in place of their pixels: edges, Sobel's gradient magnitude at each pixel; "
                              "orientations, histograms of gradients over cells"},
    {.path = "extract.image.cell", .kind = &wn_kind_integer, AT(extract.image.cell), .min = 1, .max = 4096, .value = "8",
     .help = "side of a cell of orientations, in pixels"},
    {.path = "extract.image.bins", .kind = &wn_kind_integer, AT(extract.image.bins), .min = 1,
     .max = WN_ORIENTATION_BINS, .value = "9", .help = "bins of orientations, from 0 to 180 degrees"},

    {.path = "rank.methods", .kind = &wn_kind_words, AT(rank.use), .words = rankings, .value = "[variance]",
     .help = "scores of the features"},
    {.path = "rank.bins", .kind = &wn_kind_integer, AT(rank.bins), .min = 2, .max = 256, .value = "32",
     .help = "quantile bins of mutual_information"},
    {.path = "rank.keep", .kind = &wn_kind_amount, AT(rank.keep), .value = "1.0", .help = "how many features stay"},
    {.path = "rank.always", .kind = &wn_kind_texts, AT(rank.always), .value = "[]",
     .help = "names or globs of features that stay whatever their score"},
    {.path = "rank.never", .kind = &wn_kind_texts, AT(rank.never), .value = "[]",
     .help = "names or globs of features that go whatever their score; beats always"},
    {.path = "rank.consensus", .kind = &wn_kind_word, AT(rank.consensus), .words = consensuses, .value = "borda",
     .help = "how the methods come to one order: mean_rank: by the mean of a feature's positions; borda: by the median of "
             "the points that methods give, one more for each feature that is worse; intersection: those first that all "
             "methods keep"},
    {.path = "rank.correlated", .kind = &wn_kind_correlated, AT(rank.correlated), .max = 1, .value = "auto",
     .help = "from this correlation on (of either sign) a feature is a copy of a better one and stands behind all that "
             "are none; auto: 0.95 where products of columns are made for anova, lasso, pca or lda, else none"},
    {.path = "rank.folds", .kind = &wn_kind_integer, AT(rank.folds), .max = WN_MOST_FOLDS, .value = "0",
     .help = "parts of the rows, 2 or more, over which the stability of the choice is told: the share of times that a "
             "feature is chosen when one part is left out; 0: not told"},
    {.path = "rank.forest.trees", .kind = &wn_kind_integer, AT(rank.forest.trees), .min = 1, .max = 10000,
     .value = "100", .help = "trees of random_forest"},
    {.path = "rank.forest.depth", .kind = &wn_kind_integer, AT(rank.forest.depth), .min = 1,
     .max = WN_FOREST_MOST_DEPTH, .value = "10", .help = "splits from root to leaf of random_forest at most"},
    {.path = "rank.forest.importance", .kind = &wn_kind_choice, AT(rank.forest.by_permutation), .words = importances,
     .value = "impurity", .help = "score of random_forest: mean decrease of impurity, or of what is told right out of "
                                  "bag when the feature is permuted"},

    {.path = "reduce.method", .kind = &wn_kind_word, AT(reduce.method), .words = reductions, .value = "none",
     .help = "projection of the features that were kept: pca, or lda by a label of classes"},
    {.path = "reduce.components", .kind = &wn_kind_amount, AT(reduce.components), .value = "1.0",
     .help = "a count, or the share of the variance (lda: between classes) that is kept"},
    {.path = "reduce.solver", .kind = &wn_kind_word, AT(reduce.solver), .words = solvers, .value = "auto",
     .help = "auto looks at the table, never at the number of ranks: lapack up to 4096 features, scalapack up to 8192, above "
             "randomized, which finds a count of leading components by a few sweeps over the rows"},
    {.path = "reduce.precision", .kind = &wn_kind_choice, AT(reduce.is_single), .words = precisions, .value = "double",
     .help = "of the products of features, of pairs and of sweeps; single is faster, and errs by a millionth of the "
             "features' deviations or so (not for lda, nor beside lasso)"},
    {.path = "reduce.shrinkage", .kind = &wn_kind_number, AT(reduce.shrinkage), .max = 1, .value = "0.0",
     .help = "of lda's scatters towards a multiple of the identity"},
    {.path = "reduce.append", .kind = &wn_kind_boolean, AT(reduce.append), .value = "false",
     .help = "the model sees the components and behind them the features that were kept"},

    {.path = "train.model.type", .kind = &wn_kind_word, AT(train.model), .words = models, .value = "mlp",
     .help = "linear and mlp for regression, logistic and mlp for classification"},
    {.path = "train.model.hidden", .kind = &wn_kind_counts, AT(train.hidden), .min = 1, .max = 65536,
     .note = "[100] for mlp", .help = "widths of the hidden layers of an mlp"},
    {.path = "train.model.dropout", .kind = &wn_kind_number, AT(train.dropout), .max = 1, .below_max = true,
     .value = "0.0", .help = "share of the hidden units that a training step silences"},
    UNBUILT("train.model.activation", "relu", "activation of the hidden layers"),
    UNBUILT("train.model.factors", "", "factors of fm"),
    UNBUILT("train.model.layers", "", "layers of cnn"),
    UNBUILT("train.model.dilation", "", "dilation of cnn"),
    {.path = "train.optimizer.type", .kind = &wn_kind_word, AT(train.optimizer.type), .words = optimizers,
     .value = "adam", .help = "rule that turns a gradient into a step"},
    {.path = "train.optimizer.learning_rate", .kind = &wn_kind_number, AT(train.optimizer.learning_rate),
     .max = INFINITY, .above_min = true, .words = found_by_itself, .value = "0.001", .help = "length of a step"},
    {.path = "train.optimizer.momentum", .kind = &wn_kind_number, AT(train.optimizer.momentum), .max = 1,
     .below_max = true, .value = "0.0", .help = "of sgd"},
    {.path = "train.optimizer.schedule", .kind = &wn_kind_word, AT(train.optimizer.schedule), .words = schedules,
     .value = "constant", .help = "of the learning rate over all steps"},
    {.path = "train.optimizer.weight_decay", .kind = &wn_kind_number, AT(train.optimizer.weight_decay), .min = 0,
     .max = INFINITY, .value = "0.0", .help = "added to the gradient; decoupled for adam"},
    {.path = "train.batch", .kind = &wn_kind_integer, AT(train.batch), .min = 1, .max = 0x1p24, .value = "512",
     .help = "rows of a step"},
    {.path = "train.epochs", .kind = &wn_kind_integer, AT(train.epochs), .min = 1, .max = 0x1p31, .value = "10",
     .help = "times that every training row is seen"},
    {.path = "train.lanes", .kind = &wn_kind_integer, AT(train.lanes), .min = 1, .max = 0x1p24,
     .note = "batch/64 held between 1 and 64, lowered to a divisor of batch",
     .help = "parts that a batch is summed in; ranks beyond it do not train"},
    UNBUILT("train.penalty.l1", "0.0", "price of a weight's size"),
    UNBUILT("train.penalty.group", "0.0", "price of a unit's weights"),
    UNBUILT("train.class_weight", "none", "weight of the classes in the loss"),
    UNBUILT("train.early_stopping", "none", "end when validation no longer improves"),
    UNBUILT("train.tune", "{}", "values of keys to try"),
    {.path = "train.checkpoint", .kind = &wn_kind_duration, AT(train.checkpoint), .is_budget = true, .value = "10min",
     .help = "time between checkpoints of training and fine-tuning"},

    {.path = "compress.while_training", .kind = &wn_kind_boolean, AT(compress.while_training), .value = "true",
     .help = "rank 0 prunes and quantizes snapshots while the ranks train"},
    {.path = "compress.metric", .kind = &wn_kind_metric, AT(compress.metric), .value = "auto",
     .help = "what the tolerance is of; auto is accuracy for a classification, r2 for a regression"},
    {.path = "compress.tolerance", .kind = &wn_kind_number, AT(compress.tolerance), .max = INFINITY, .value = "0.005",
     .help = "largest loss of the metric on validation rows, absolute"},
    {.path = "compress.lambda", .kind = &wn_kind_number, AT(compress.lambda), .max = INFINITY, .value = "0.000001",
     .help = "price of a parameter in the pruning objective"},
    {.path = "compress.plan", .kind = &wn_kind_plan, AT(compress.is_auto), .value = "auto",
     .help = "auto searches; a list of steps as in [{prune: {method: magnitude, sparsity: 0.9}}, {quantize: {type: "
             "int8}}, {entropy: {coder: best}}] does these"},
    {.path = "compress.trials", .kind = &wn_kind_integer, AT(compress.trials), .min = 1, .max = 10000, .value = "20",
     .help = "candidates that the search may judge"},
    {.path = "compress.epochs", .kind = &wn_kind_integer, AT(compress.epochs), .max = 0x1p31,
     .note = "train.epochs", .help = "epochs of fine-tuning"},
    {.path = "compress.protect", .kind = &wn_kind_texts, AT(compress.protect), .value = "[]",
     .help = "never pruned: input/NAME (or a glob), layer1, projection"},
    UNBUILT("compress.tolerance_per_class", "none", "largest loss of the metric for any class"),
    {.path = "compress.time_budget", .kind = &wn_kind_duration, AT(compress.time_budget), .is_budget = true,
     .note = "none", .help = "time after which the search begins no more trials; equal results are then not promised"},

    UNBUILT("evaluate.groups", "none", "columns by whose values the metrics are told too"),

    {.path = "output.directory", .kind = &wn_kind_path, AT(output.directory), .note = "runs/NAME",
     .help = "directory of the run"},
    {.path = "output.data", .kind = &wn_kind_data, AT(output.data), .value = "false",
     .help = "also write the rows that were kept, as the model sees them, into DIRECTORY/data"},
    UNBUILT("output.tensorboard", "false", "also write events for TensorBoard"),
};
/* clang-format on */
const size_t wn_n_keys = sizeof wn_keys / sizeof *wn_keys;

const wn_job_section wn_job_sections[] = {
    {"clean", offsetof(wn_job, has_clean)},       {"normalize", offsetof(wn_job, has_normalize)},
    {"extract", offsetof(wn_job, has_extract)},   {"rank", offsetof(wn_job, has_rank)},
    {"reduce", offsetof(wn_job, has_reduce)},     {"train", offsetof(wn_job, has_train)},
    {"compress", offsetof(wn_job, has_compress)},
};
const size_t wn_n_job_sections = sizeof wn_job_sections / sizeof *wn_job_sections;
