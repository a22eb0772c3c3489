/* Which features stay, and what they are reduced to. */
#include "sections.h"
#include "table.h"
#include "winnow/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    size_t feature;
    double place; /* position in the consensus, else the feature's own number */
} placed;

static const double *score_of(const wn_recipe *recipe, const char *name)
{
    for (size_t i = 0; i < recipe->n_scores; i++)
        if (strcmp(recipe->scores[i].name, name) == 0)
            return recipe->scores[i].score;
    return NULL;
}

static int compare_places(const void *a, const void *b)
{
    const placed *first = a, *second = b;
    if (first->place != second->place)
        return first->place < second->place ? -1 : 1;
    return (first->feature > second->feature) - (first->feature < second->feature);
}

/* Features by their position, best first, and which are kept. */
static wn_status place_features(const wn_recipe *recipe, placed **places, bool **kept)
{
    wn_status status = WN_OK;
    placed *made = NULL;
    const double *consensus = score_of(recipe, "consensus");
    TRY(wn_new(&made, recipe->n_features));
    TRY(wn_new(kept, recipe->n_features));
    for (size_t i = 0; i < recipe->n_features; i++)
        made[i] = (placed){i, consensus ? consensus[i] : (double)i};
    qsort(made, recipe->n_features, sizeof *made, compare_places);
    for (size_t i = 0; i < recipe->n_selected; i++)
        (*kept)[recipe->selected[i]] = true;
    *places = made;
    made = NULL;
done:
    wn_free(made);
    return status;
}

static void add_feature(wn_html *html, const wn_recipe *recipe, size_t feature, bool is_kept)
{
    wn_table_row(html, recipe->feature_names[feature]);
    wn_table_text(html, is_kept ? "kept" : "dropped");
    wn_table_text(html, recipe->reasons ? recipe->reasons[feature] : "");
    for (size_t i = 0; i < recipe->n_scores; i++)
        wn_table_real(html, recipe->scores[i].score[feature]);
    wn_table_row_end(html);
}

static wn_status add_features(wn_html *html, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    placed *places = NULL;
    bool *kept = NULL;
    const char **headings = NULL;
    TRY(place_features(recipe, &places, &kept));
    TRY(wn_new(&headings, recipe->n_scores + 3));
    headings[0] = "Feature";
    headings[1] = "";
    headings[2] = "why";
    for (size_t i = 0; i < recipe->n_scores; i++)
        headings[i + 3] = recipe->scores[i].name;
    wn_table_begin(html, "Features by rank", headings, recipe->n_scores + 3);
    for (size_t i = 0; i < recipe->n_features && i < WN_TABLE_ROWS; i++)
        add_feature(html, recipe, places[i].feature, kept[places[i].feature]);
    wn_table_end(html);
    wn_table_left_out(html, recipe->n_features, "features", "recipe.h5, /features, /ranking and /selected");
done:
    wn_free(headings);
    wn_free(kept);
    wn_free(places);
    return status;
}

/* Features that tell the same: told, or why they are not. */
static void add_copies_note(wn_html *html, const json_t *rank)
{
    const json_t *correlated = json_object_get(rank, "correlated");
    if (json_is_number(correlated))
        wn_html_note(html,
                     "%lld are copies: their correlation with a better feature is %g or more, of either sign, and they "
                     "stand behind all that are no copies.",
                     (long long)json_integer_value(json_object_get(rank, "copies")), json_number_value(correlated));
    else if (rank)
        wn_html_note(html,
                     "Copies were not looked for, which takes the products of columns: rank.correlated: 0.95 asks "
                     "for them.");
}

/* How well the forest tells what its trees did not learn from: its importances are worth no more than that. */
static void add_forest_note(wn_html *html, const json_t *forest)
{
    const json_t *score = json_object_get(forest, "out_of_bag");
    const char *metric = json_string_value(json_object_get(forest, "metric"));
    if (json_is_number(score) && metric)
        wn_html_note(html, "random_forest: %lld trees; out of bag, %s of %lld rows is %.4f.",
                     (long long)json_integer_value(json_object_get(forest, "trees")), metric,
                     (long long)json_integer_value(json_object_get(forest, "out_of_bag_rows")),
                     json_number_value(score));
}

void wn_section_ranking(wn_html *html, const wn_run_files *files)
{
    const wn_recipe *recipe = files->recipe;
    wn_html_section_begin(html, "ranking", "Ranking");
    if (recipe && recipe->n_scores > 0) {
        wn_html_note(html,
                     "%zu of %zu features are kept. A larger score is better; consensus is the position that the "
                     "methods come to, 1 is best.",
                     recipe->n_selected, recipe->n_features);
        add_copies_note(html, wn_summary_get(files, "rank"));
        add_forest_note(html, json_object_get(wn_summary_get(files, "rank"), "random_forest"));
        if (score_of(recipe, "stability"))
            wn_html_note(html,
                         "stability is the share of times that a feature is chosen when one of rank.folds parts of "
                         "the rows is left out.");
        wn_status status = add_features(html, recipe);
        html->status = html->status != WN_OK ? html->status : status;
    } else {
        wn_section_absent(html, files);
    }
    wn_html_section_end(html);
}

static void add_components(wn_html *html, const json_t *shares)
{
    static const char *const headings[] = {"Component", "share of variance", "together"};
    size_t i = 0;
    json_t *share = NULL;
    double sum = 0;
    wn_table_begin(html, "Components", headings, 3);
    json_array_foreach(shares, i, share)
    {
        if (i == WN_TABLE_ROWS)
            break;
        sum += json_number_value(share);
        wn_table_row_number(html, (double)i + 1);
        wn_table_json(html, share);
        wn_table_real(html, sum);
        wn_table_row_end(html);
    }
    wn_table_end(html);
    wn_table_left_out(html, json_array_size(shares), "components", "run.json, reduce.explained_variance_ratio");
}

void wn_section_reduce(wn_html *html, const wn_run_files *files)
{
    static const char *const keys[] = {"method", "components", "solver", "reason",   "grid",
                                       "among",  "sweeps",     "growth", "residual", "orthogonality"};
    const json_t *reduce = wn_summary_get(files, "reduce");
    wn_html_section_begin(html, "reduce", "Reduction");
    if (reduce) {
        wn_facts_begin(html);
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (json_object_get(reduce, keys[i]))
                wn_fact_json(html, keys[i], json_object_get(reduce, keys[i]));
        wn_facts_end(html);
        wn_html_details_begin(html, "Components");
        add_components(html, json_object_get(reduce, "explained_variance_ratio"));
        wn_html_details_end(html);
    } else {
        wn_section_absent(html, files);
    }
    wn_html_section_end(html);
}
