#include "problem.h"

#include "lane_dataset.h"
#include "winnow/memory.h"
#include "winnow/random.h"

float problem_features[ROWS * INPUTS], problem_classes[ROWS], problem_values[ROWS];
static double class_values[CLASSES] = {0.0, 1.0, 2.0};
const wn_labels problem_classification = {WN_TASK_CLASSIFICATION, CLASSES, class_values, NULL};
const wn_labels problem_regression = {WN_TASK_REGRESSION, 0, NULL, NULL};

/* Three clouds; the value is linear in the problem_features. */
void problem_fill(void)
{
    wn_random stream = {2, WN_RANDOM_TEST, 0};
    for (size_t r = 0; r < ROWS; r++) {
        problem_classes[r] = (float)(wn_random_bits(stream, 1000000 + r) % CLASSES);
        problem_values[r] = 1.5f;
        for (size_t j = 0; j < INPUTS; j++) {
            float noise = (float)wn_random_normal(stream, r * INPUTS + j);
            problem_features[r * INPUTS + j] = noise + (j < CLASSES && (float)j == problem_classes[r] ? 4.0f : 0.0f);
            problem_values[r] += problem_features[r * INPUTS + j] * (float)(j + 1);
        }
    }
}

void problem_fill_thin(void)
{
    problem_fill();
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        if (problem_features[i] < 1.0f || i / INPUTS % 9 == 4)
            problem_features[i] = 0.0f;
}

const problem problem_plain = {.task = WN_TASK_CLASSIFICATION,
                               .n_rows = ROWS,
                               .batch = 64,
                               .n_lanes = 4,
                               .n_epochs = 3,
                               .rank0_share = 0.5,
                               .has_hidden = true,
                               .has_validation = true,
                               .optimizer = WN_OPTIMIZER_ADAM,
                               .learning_rate = 0.01};

wn_status problem_network(wn_network **network, const problem *p)
{
    size_t n_outputs = p->task == WN_TASK_REGRESSION ? 1 : CLASSES;
    const size_t deep[] = {INPUTS, HIDDEN, n_outputs}, flat[] = {INPUTS, n_outputs};
    wn_status status = wn_network_new(network, p->task, p->has_hidden ? deep : flat, p->has_hidden ? 2 : 1);
    if (status == WN_OK) {
        wn_network_initialize(*network, 12);
        (*network)->dropout = p->dropout;
    }
    return status;
}

/* Keeps what the trainer tells of its epochs, problem_plain numbers only, and passes on to the problem's own hooks. */
typedef struct {
    wn_trainer_hooks inner;
    wn_epoch *epochs;
} collector;

static wn_status pass_step(void *context, int64_t step, wn_network *network)
{
    const collector *c = context;
    return c->inner.before_step != NULL ? c->inner.before_step(c->inner.context, step, network) : WN_OK;
}

static wn_status collect_epoch(void *context, const wn_epoch *epoch)
{
    const collector *c = context;
    wn_metrics *kept = &c->epochs[epoch->epoch - 1].validation;
    c->epochs[epoch->epoch - 1] = *epoch;
    kept->class_precision = kept->class_recall = kept->class_f1 = NULL;
    kept->confusion = NULL;
    return c->inner.after_epoch != NULL ? c->inner.after_epoch(c->inner.context, epoch) : WN_OK;
}

wn_status problem_train(const wn_ranks *ranks, const problem *p, wn_network **network, wn_epoch **epochs)
{
    wn_status status = WN_OK;
    const float *targets = p->task == WN_TASK_REGRESSION ? problem_values : problem_classes;
    const lane_table table = {p->n_rows, INPUTS, problem_features, targets, 23},
                     sample = {160, INPUTS, problem_features, targets, 40};
    wn_dataset *dataset = NULL, *validation = NULL;
    wn_lanes lanes;
    collector kept = {.inner = p->hooks};
    wn_trainer_options options = {.optimizer = {.type = p->optimizer,
                                                .learning_rate = p->learning_rate,
                                                .momentum = 0.9,
                                                .schedule = WN_SCHEDULE_COSINE},
                                  .n_epochs = p->n_epochs,
                                  .seed = 6,
                                  .stage = "train",
                                  .mask = p->mask,
                                  .hooks = {.before_step = pass_step, .after_epoch = collect_epoch, .context = &kept},
                                  .checkpoints = p->checkpoints,
                                  .resume = p->resume};
    TRY(wn_new(&kept.epochs, (size_t)p->n_epochs));
    TRY(wn_lanes_deal(ranks, p->n_rows, p->batch, p->n_lanes, p->rank0_share, &lanes));
    TRY(lane_dataset_new(&dataset, &table, lanes.n_lanes, lanes.mine));
    TRY(lane_dataset_new(&validation, &sample, 4, wn_range_part(4, ranks->size, ranks->rank)));
    if (p->is_sparse) {
        TRY(lane_dataset_sparsen(dataset));
        TRY(lane_dataset_sparsen(validation));
    }
    TRY(problem_network(network, p));
    TRY(wn_trainer_run(ranks, &lanes, dataset, p->has_validation ? validation : NULL,
                       p->task == WN_TASK_REGRESSION ? &problem_regression : &problem_classification, &options,
                       *network));
    if (epochs != NULL) {
        *epochs = kept.epochs;
        kept.epochs = NULL;
    }
done:
    wn_free(kept.epochs);
    lane_dataset_free(validation);
    lane_dataset_free(dataset);
    return status;
}
