"""Scores of whole runs against scikit-learn, the consensus against SciPy's ranks, and what is selected."""

import os
import sys

import h5py
import numpy
from scipy.stats import rankdata
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.feature_selection import f_classif, f_regression
from sklearn.linear_model import lasso_path
from sklearn.metrics import mutual_info_score

from winnow_runs import Checks, run_json, scratch, winnow

ALL = "[variance, anova, mutual_information, lasso, random_forest]"


def write_table(directory, name, x, y):
    path = os.path.join(directory, name + ".h5")
    with h5py.File(path, "w") as file:
        file["x"], file["y"] = x, y
    return path


def run(program, directory, table, rank, n_ranks=0, sections="normalize: {method: standard}\n"):
    """The finished process and the directory of a job of input, normalize and rank."""
    out = os.path.join(directory, f"out{len(os.listdir(directory))}")
    job = os.path.join(directory, "job.yaml")
    with open(job, "w", encoding="utf-8") as file:
        file.write(f"input: {{files: [{table}], label: y}}\n{sections}rank: {rank}\n")
    return winnow(program, ["run", job, "--out", out], n_ranks), out


def fit(program, directory, table, rank, n_ranks=0, **options):
    """Everything that recipe.h5 says of the ranking."""
    done, out = run(program, directory, table, rank, n_ranks, **options)
    if done.returncode != 0:
        raise RuntimeError(f"rank: {rank} on {n_ranks} ranks: status {done.returncode}: {done.stderr[-600:]}")
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        found = {name: file["ranking"][name][()] for name in file["ranking"]}
        found["selected"] = file["selected"][()].astype(int)
        found["fingerprints"] = str(run_json(out)["fingerprints"])
        if "edges" in file["statistics"]:
            found["edges"] = file["statistics/edges"][()]
            found["contingency"] = file["statistics/contingency"][()]
    return found


def f_of_classes(x, y):
    """One-way F by two passes in extended precision."""
    x = x.astype(numpy.longdouble)
    groups = [x[y == k] for k in numpy.unique(y)]
    mean = x.mean(axis=0)
    between = sum(len(g) * (g.mean(axis=0) - mean) ** 2 for g in groups)
    within = sum(((g - g.mean(axis=0)) ** 2).sum(axis=0) for g in groups)
    with numpy.errstate(invalid="ignore", divide="ignore"):
        return ((between / (len(groups) - 1)) / (within / (len(x) - len(groups)))).astype(float)


def relative(got, wanted, varies):
    return numpy.abs(got[varies] / wanted[varies] - 1).max()


def check_f(checks, found, x, y, is_real, what):
    varies = x.max(axis=0) > x.min(axis=0)
    with numpy.errstate(all="ignore"):
        wanted = (f_regression(x, y) if is_real else f_classif(x, y))[0]
    worst = relative(found["anova"], wanted, varies)
    checks.that(worst <= 1e-9, f"{what}: F off by {worst:.1e} from scikit-learn's")
    checks.that((found["anova"][~varies] == 0).all(), f"{what}: constant columns score 0")
    if not is_real:
        exact = relative(found["anova"], f_of_classes(x, y), varies)
        checks.that(exact <= 1e-9, f"{what}: F off by {exact:.1e} from extended precision's")
    return worst


def check_information(checks, found, x, y, is_real, n_bins, what):
    """The bins are the program's (their edges are quantiles: equal shares of rows where cells are distinct)."""
    edges, n = found["edges"], n_bins - 1
    checks.equal(edges.shape, (x.shape[1], n), f"{what}: edges")
    quantiles = numpy.quantile(x, numpy.arange(1, n_bins) / n_bins, axis=0).T
    spread = numpy.ptp(x, axis=0, keepdims=True).T
    off = (numpy.abs(edges - quantiles) / numpy.where(spread > 0, spread, 1)).max()
    checks.that(off <= 1e-12, f"{what}: edges off by {off:.1e} from NumPy's quantiles")
    classes = y
    if is_real:
        classes = numpy.searchsorted(numpy.quantile(y, numpy.arange(1, n_bins) / n_bins), y, side="right")
    worst = 0.0
    for c in range(x.shape[1]):
        bins = numpy.searchsorted(edges[c], x[:, c], side="right")
        worst = max(worst, abs(found["mutual_information"][c] - mutual_info_score(classes, bins)))
    checks.that(worst <= 1e-12, f"{what}: mutual information off by {worst:.1e}")
    checks.that((found["mutual_information"] >= 0).all(), f"{what}: no negative information")
    checks.that((found["contingency"].sum(axis=(1, 2)) == len(x)).all(), f"{what}: every row is counted once")
    return worst


def check_variance(checks, found, x, what):
    spread = numpy.ptp(x, axis=0)
    wanted = numpy.divide(x.var(axis=0), spread**2, out=numpy.zeros(x.shape[1]), where=spread > 0)
    worst = numpy.abs(found["variance"] - wanted).max()
    checks.that(worst <= 1e-13, f"{what}: variance off by {worst:.1e}")


def entry_steps(x, y):
    """The first of 100 alphas at which each column has weight (100: none), by scikit-learn, and the alphas."""
    alphas = numpy.abs(x.T @ y).max() / len(y) * 1e-3 ** (numpy.arange(100) / 99)
    weights = lasso_path(x, y, alphas=alphas, tol=1e-8, max_iter=100000)[1]
    return numpy.where((weights != 0).any(axis=1), (weights != 0).argmax(axis=1), 100), alphas


def check_lasso(checks, found, x, y, is_real, what):
    """Entries lie at the step where scikit-learn's weights begin, but for steps that rounding or its tolerance move."""
    x = x - x.mean(axis=0)
    x = x / numpy.where(x.std(axis=0) > 0, x.std(axis=0), 1)
    targets = [y] if is_real else [(y == k).astype(float) for k in numpy.unique(y)]
    least, most = numpy.zeros(x.shape[1]), numpy.zeros(x.shape[1])
    for target in targets:
        target = (target - target.mean()) / target.std()
        step, alphas = entry_steps(x, target)
        bounds = numpy.concatenate([[alphas[0]], alphas, [0]])
        least, most = numpy.maximum(least, bounds[step + 1]), numpy.maximum(most, bounds[step])
    score, slack = found["lasso"], 1.0001
    inside = (score >= least / slack) & (score <= most * slack)
    checks.that(inside.mean() >= 0.95, f"{what}: Lasso entries of {inside.mean():.3f} of the columns as by scikit-learn")
    near = (score >= least * 0.93 ** 3) & (score <= most / 0.93 ** 3)
    checks.that(near.all(), f"{what}: Lasso entries at most three steps off: {numpy.flatnonzero(~near)}")


def consensus_of(scores, rule="borda"):
    """Positions by the median (mean_rank: the mean) of SciPy's ranks, and the features best first; equals by the mean, then by number."""
    ranks = numpy.array([rankdata(-score, method="average") for score in scores])
    mean = ranks.mean(axis=0)
    order = numpy.lexsort((mean, numpy.median(ranks, axis=0) if rule == "borda" else mean))
    position = numpy.empty(len(mean))
    position[order] = numpy.arange(1, len(mean) + 1)
    return position, order


def copies_of(x, order, least=0.95):
    """Which features follow a better one, by NumPy's correlations, and whom they follow most closely."""
    with numpy.errstate(invalid="ignore"):
        r = numpy.abs(numpy.nan_to_num(numpy.corrcoef(x.T)))
    originals, copies = [], {}
    for i in order:
        if originals and r[i, originals].max() >= least:
            copies[i] = originals[int(r[i, originals].argmax())]
        else:
            originals.append(i)
    return originals, copies


def check_consensus(checks, found, methods, x, what, rule="borda"):
    position, order = consensus_of([found[method] for method in methods], rule)
    originals, copies = copies_of(x, order)
    line = originals + [i for i in order if i in copies]
    checks.that(numpy.array_equal(found["consensus"], position), f"{what}: consensus")
    checks.that(numpy.array_equal(found["selected"], line[:len(found["selected"])]), f"{what}: best first, copies last")
    told = {i: reason for i, reason in enumerate(found["reason"].astype(str)) if reason.startswith("copy of")}
    checks.equal({i: int(reason.split()[2].strip(",")[1:]) for i, reason in told.items()}, copies, f"{what}: copies")


def check_forest(checks, found, x, y, is_real, what):
    """The same at all rank counts, and what scikit-learn's forests say: two of them are correlated by 0.84 to 0.95 on breast_cancer."""
    kind, tried = (RandomForestRegressor, 1 / 3) if is_real else (RandomForestClassifier, "sqrt")
    theirs = numpy.mean([kind(100, max_depth=10, max_features=tried, random_state=seed).fit(x, y).feature_importances_
                         for seed in range(3)], axis=0)
    checks.that(all(numpy.array_equal(found[0], other) for other in found), f"{what}: the forest is the same on all ranks")
    checks.near(found[0].sum(), 1.0, 1e-12, f"{what}: shares")
    like = numpy.corrcoef(found[0], theirs)[0, 1]
    print(f"{what}: correlation of importances with scikit-learn's {like:.3f}")
    checks.that(like >= 0.9, f"{what}: importances are correlated {like:.3f} with scikit-learn's")


def check_scores(checks, program, directory):
    cancer, digits, diabetes = load_breast_cancer(), load_digits(), load_diabetes()
    sets = {"cancer": (cancer.data, cancer.target, False), "digits": (digits.data, digits.target, False),
            "diabetes": (diabetes.data, diabetes.target.astype(float), True)}
    for name, (x, y, is_real) in sets.items():
        forests, prints = [], set()
        table = write_table(directory, name, x, y)
        for n_ranks in (1, 2, 3, 7) if name == "cancer" else (1, 3):
            what = f"{name} on {n_ranks}"
            found = fit(program, directory, table, f"{{methods: {ALL}, bins: 16, keep: 1.0}}", n_ranks)
            f_error = check_f(checks, found, x, y, is_real, what)
            information = check_information(checks, found, x, y, is_real, 16, what)
            check_variance(checks, found, x, what)
            if n_ranks == 1:
                check_lasso(checks, found, x, y, is_real, what)
            check_consensus(checks, found, ("variance", "anova", "mutual_information", "lasso", "random_forest"), x, what)
            forests.append(found["random_forest"])
            prints.add(found["fingerprints"])
            checks.equal(len(found["selected"]), x.shape[1], f"{what}: a share of 1.0 keeps all")
            print(f"{what}: F {f_error:.1e}, information {information:.1e}")
        checks.equal(len(prints), 1, f"{name}: fingerprints at all rank counts")
        check_forest(checks, forests, x, y, is_real, name)


def check_selection(checks, program, directory):
    x, y = load_breast_cancer(return_X_y=True)
    table, n = write_table(directory, "selection", x, y), x.shape[1]

    def selected(rank):
        found = fit(program, directory, table, rank)
        return found, list(found["selected"])

    found, _ = selected("{methods: [anova], keep: 1.0}")
    check_consensus(checks, found, ("anova",), x, "anova alone")
    methods = ("variance", "anova", "mutual_information")
    for rule in ("mean_rank", "borda"):
        found, _ = selected(f"{{methods: [{', '.join(methods)}], keep: 1.0, consensus: {rule}}}")
        check_consensus(checks, found, methods, x, rule, rule)
    found, all_of_them = selected("{methods: [anova], keep: 1.0, correlated: none}")
    checks.equal(all_of_them, list(consensus_of([found["anova"]])[1]), "correlated: none")
    checks.equal(sorted(k for k in found if k in ("variance", "mutual_information")), [], "methods not asked for")
    for keep, wanted in (("1", 1), ("7", 7), ("0.5", n // 2), ("0.35", 11), ("0.0001", 1), ("1.0", n)):
        _, chosen = selected(f"{{methods: [anova], correlated: none, keep: {keep}}}")
        checks.equal(chosen, all_of_them[:wanted], f"keep: {keep}")

    worst = [f"x{i}" for i in all_of_them[-2:]]
    best = f"x{all_of_them[0]}"
    _, chosen = selected(f"{{methods: [anova], correlated: none, keep: 5, always: [{', '.join(worst)}]}}")
    checks.equal(chosen, all_of_them[:3] + all_of_them[-2:], "always counts towards keep")
    _, chosen = selected(f"{{methods: [anova], correlated: none, keep: 1, always: [{', '.join(worst)}]}}")
    checks.equal(chosen, all_of_them[-2:], "all of always stay")
    _, chosen = selected(f"{{methods: [anova], correlated: none, keep: 4, never: [{best}]}}")
    checks.equal(chosen, all_of_them[1:5], "never")
    _, chosen = selected(f"{{methods: [anova], correlated: none, keep: 0.5, never: ['x1?', 'x2*']}}")
    checks.equal(chosen, [i for i in all_of_them if i in (0, 1, 3, 4, 5, 6, 7, 8, 9)], "globs of never")

    done, _ = run(program, directory, table, "{methods: [anova], never: ['*']}")
    checks.equal(done.returncode, 65, "nothing left")
    checks.that("never" in done.stderr, f"the message names the key: {done.stderr[-300:]}")


def check_copies(checks, program, directory):
    """Ten copies of the best column take one place; without products they are looked for only when asked for."""
    rng = numpy.random.default_rng(11)
    y = rng.integers(0, 2, size=3000)
    x = rng.normal(size=(3000, 12)) + y[:, None] * numpy.linspace(0.05, 1.2, 12)
    x = numpy.hstack([x, -3 * x[:, 11:] + 1e-3 * rng.normal(size=(3000, 10))])
    table, copies = write_table(directory, "copies", x, y), set(range(11, 22))

    for rank, n_copies in (("methods: [anova]", 1), ("methods: [anova], correlated: none", 5),
                           ("methods: [mutual_information]", 5), ("methods: [mutual_information], correlated: 0.9", 1),
                           ("methods: [anova, mutual_information], consensus: mean_rank", 1),
                           ("methods: [anova, mutual_information], consensus: intersection", 1)):
        found = fit(program, directory, table, f"{{{rank}, keep: 5}}")
        chosen = set(found["selected"])
        checks.equal((len(chosen), len(chosen & copies)), (5, n_copies), f"{rank}: copies among the best five")
        if n_copies == 1:
            checks.equal(chosen - copies, {10, 9, 8, 7}, f"{rank}: the others")
    found = fit(program, directory, table, "{methods: [anova], keep: 14, never: ['x1?'], correlated: 0.9}")
    checks.equal(len(set(found["selected"]) & copies), 2, "copies of a column that goes are told among themselves")


def check_stability(checks, program, directory):
    """Shares of five choices, the strongest of 5 and the weakest of 0; the same on 1 and 3 ranks, and with the choice
    that is made without folds."""
    rng = numpy.random.default_rng(12)
    y = rng.integers(0, 3, size=1500)
    x = rng.normal(size=(1500, 30))
    x[:, :6] += y[:, None] * numpy.array([1.0, 0.8, 0.6, 0.15, 0.12, 0.1])
    table, rank = write_table(directory, "stability", x, y), f"methods: {ALL}, keep: 5"
    plain = fit(program, directory, table, f"{{{rank}}}")
    checks.that("stability" not in plain, "no folds, no stability")
    found = fit(program, directory, table, f"{{{rank}, folds: 5}}")
    again = fit(program, directory, table, f"{{{rank}, folds: 5}}", 3)
    checks.that(numpy.array_equal(found["selected"], plain["selected"]), "folds do not change the choice")
    checks.that(numpy.array_equal(found["stability"], again["stability"]), "stability on 3 ranks")
    checks.near(found["stability"].sum(), 5, 1e-12, "five are chosen each time")
    checks.that(set(numpy.round(found["stability"] * 5, 9)) <= set(range(6)), "fifths")
    checks.that((found["stability"][:2] == 1).all() and found["stability"].min() == 0, "the strongest, the weakest")
    few = write_table(directory, "few", x[:3], numpy.array([0, 1, 0]))
    done, _ = run(program, directory, few, "{methods: [anova], folds: 10}", 2)
    checks.equal(done.returncode, 65, "rows too few for folds")
    checks.that("rank.folds: without part" in done.stderr, f"told as such: {done.stderr[-300:]}")
    found = fit(program, directory, few, "{methods: [variance], folds: 10}", 2)
    checks.equal(list(found["stability"]), [1.0] * 30, "all are kept, also without a row")
    found = fit(program, directory, table, "{methods: [anova], keep: 2, always: [x29], never: [x0], folds: 4}")
    checks.equal((found["stability"][29], found["stability"][0]), (1.0, 0.0), "always and never")


def check_small_labels(checks, program, directory):
    """Units of a label have no say, also where float32 would take all of its values for 0."""
    x, y = load_diabetes(return_X_y=True)
    rank, found = "{methods: [anova, mutual_information, lasso, random_forest]}", []
    for name, unit in (("whole", 1.0), ("tiny", 2.0 ** -400)):
        found.append(fit(program, directory, write_table(directory, name, x, y * unit), rank))
    for method in ("anova", "mutual_information", "lasso", "random_forest"):
        checks.that(numpy.array_equal(found[0][method], found[1][method]), f"{method}: a label in units of 2^-400")
    checks.that(found[1]["random_forest"].sum() > 0.99, "importances of a label in units of 2^-400")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        check_scores(checks, program, directory)
        check_selection(checks, program, directory)
        check_copies(checks, program, directory)
        check_stability(checks, program, directory)
        check_small_labels(checks, program, directory)
    checks.close()


if __name__ == "__main__":
    main()
