"""The forest beside scikit-learn's: accuracy, r2, out-of-bag score and importances, on real data and where the truth is known;
and the same bits at any number of ranks.

    oracle_forest.py DRIVE_FOREST
"""

import json
import os
import shlex
import subprocess
import sys

import numpy
from scipy.stats import spearmanr
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.model_selection import train_test_split

from winnow_runs import Checks, scratch

SEEDS, TREES, DEPTH = range(3), 100, 10


def grow(program, directory, x, y, z, n_classes, n_ranks=0, **options):
    """What the driver tells of a forest of (x, y), and what the forest says of z."""
    for name, values in (("train", x), ("label", y), ("test", z)):
        values.astype("f8").tofile(os.path.join(directory, name + ".f64"))
    launcher = shlex.split(os.environ["WN_MPIRUN"]) + ["-n", str(n_ranks)] if n_ranks else []
    told = subprocess.run(launcher + [program, directory, str(len(x)), str(len(z)), str(x.shape[1]), str(n_classes)]
                          + [f"{key}={value}" for key, value in options.items()], check=True, stdout=subprocess.PIPE, text=True)
    said = numpy.fromfile(os.path.join(directory, "said.f64")).reshape(len(z), -1)
    return json.loads(told.stdout), said


def right(said, y):
    """Accuracy of class shares, or r2 of values."""
    return (said.argmax(axis=1) == y).mean() if said.shape[1] > 1 else 1 - ((said[:, 0] - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()


def check_accuracy(checks, program, directory):
    sets = {"digits": (load_digits(return_X_y=True), 10, 0.01), "breast_cancer": (load_breast_cancer(return_X_y=True), 2, 0.01),
            "diabetes": (load_diabetes(return_X_y=True), 0, 0.02)}
    for name, ((x, y), n_classes, tolerance) in sets.items():
        ours, theirs, out, their_out = [], [], [], []
        for seed in SEEDS:
            a, b, c, d = train_test_split(x, y, test_size=0.4, random_state=seed)
            told, said = grow(program, directory, a, c, b, n_classes, seed=seed, score=1)
            kind = RandomForestClassifier if n_classes else RandomForestRegressor
            peer = kind(TREES, max_depth=DEPTH, random_state=seed, oob_score=True, max_features="sqrt" if n_classes else 1 / 3).fit(a, c)
            ours.append(right(said, d))
            theirs.append(peer.score(b, d))
            out.append(told["score"])
            their_out.append(peer.oob_score_)
        gap, out_gap = numpy.mean(ours) - numpy.mean(theirs), numpy.mean(out) - numpy.mean(their_out)
        print(f"{name}: {numpy.mean(ours):.4f}, scikit-learn {numpy.mean(theirs):.4f}; out of bag {numpy.mean(out):.4f}, {numpy.mean(their_out):.4f}")
        checks.that(gap > -tolerance, f"{name}: {gap:.4f} from scikit-learn's")
        checks.that(abs(out_gap) < 1.5 * tolerance, f"{name}: out of bag {out_gap:.4f} from scikit-learn's")


def graded(n, n_classes, seed):
    """Twelve features that tell less and less of the label."""
    random = numpy.random.default_rng(seed)
    weights = 0.75 ** numpy.arange(12)
    x = random.normal(size=(n, 12))
    signal = x @ weights + 0.3 * random.normal(size=n)
    order = random.permutation(12)
    y = (signal.argsort().argsort() * n_classes // n).astype(float) if n_classes else signal
    return x[:, order], y, weights[order]


def check_importance(checks, program, directory):
    for n_classes in (2, 3, 0):
        x, y, truth = graded(4000, n_classes, 5 + n_classes)
        told, _ = grow(program, directory, x, y, x[:1], n_classes, score=1)
        kind = RandomForestClassifier if n_classes else RandomForestRegressor
        peer = kind(TREES, max_depth=DEPTH, random_state=1, max_features="sqrt" if n_classes else 1 / 3).fit(x, y)
        permuted = permutation_importance(peer, x, y, n_repeats=2, random_state=1).importances_mean
        for what, ours, other in (("impurity, truth", told["importance"], truth), ("permutation, truth", told["permutation"], truth),
                                  ("impurity, scikit-learn", told["importance"], peer.feature_importances_),
                                  ("permutation, scikit-learn", told["permutation"], permuted)):
            rank = spearmanr(ours, other).statistic if hasattr(spearmanr(ours, other), "statistic") else spearmanr(ours, other)[0]
            print(f"{n_classes} classes, {what}: rank correlation {rank:.3f}")
            checks.that(rank >= 0.9, f"{n_classes} classes, {what}: rank correlation {rank:.3f}")
        gap = numpy.abs(numpy.array(told["importance"]) - peer.feature_importances_).max()
        checks.that(gap < 0.02, f"{n_classes} classes: importances {gap:.4f} from scikit-learn's")


def check_ranks(checks, program, directory):
    x, y, _ = graded(3000, 3, 9)
    alone, said = grow(program, directory, x, y, x[:200], 3, trees=10, score=1)
    for n_ranks, options in ((2, {}), (3, {}), (7, {"gather": 200, "threads": 2})):
        told, other = grow(program, directory, x, y, x[:200], 3, n_ranks, trees=10, score=1, **options)
        for key in ("hash", "importance", "permutation", "score"):
            checks.equal(told[key], alone[key], f"{key} on {n_ranks} ranks")
        checks.that((said == other).all(), f"predictions on {n_ranks} ranks")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        check_accuracy(checks, program, directory)
        check_importance(checks, program, directory)
        check_ranks(checks, program, directory)
    checks.close()


if __name__ == "__main__":
    main()
