"""The Lasso path against scikit-learn's lasso_path: weights at every alpha, duality gaps, and where features enter."""

import os
import subprocess
import sys

import numpy
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.linear_model import Lasso, lasso_path

from winnow_runs import Checks, scratch

GAP = 1e-7


def path_of(program, directory, x, y, n_alphas=100, least=1e-3, gap=GAP):
    """Our path on centred x, y: seconds, alphas, gaps, entries, weights (n_alphas, n)."""
    n_rows, n = x.shape
    problem = os.path.join(directory, "problem")
    numpy.concatenate([[n], (x.T @ x / n_rows).ravel(), x.T @ y / n_rows, [y @ y / n_rows]]).tofile(problem)
    done = subprocess.run([program, problem, str(n_alphas), str(least), str(gap)], capture_output=True, check=True)
    numbers = numpy.frombuffer(done.stdout)
    parts = numpy.split(numbers, numpy.cumsum([1, n_alphas, n_alphas, n]))
    return parts[0][0], parts[1], parts[2], parts[3], parts[4].reshape(n_alphas, n)


def objective(x, y, weights, alpha):
    return ((y - x @ weights) ** 2).sum() / (2 * len(y)) + alpha * numpy.abs(weights).sum()


def gap_of(x, y, weights, alpha):
    """The duality gap by the rows, as a share of y'y / 2N."""
    residual = y - x @ weights
    scale = min(1, alpha * len(y) / max(numpy.abs(x.T @ residual).max(), 1e-300))
    dual = (y @ y - ((y - scale * residual) ** 2).sum()) / (2 * len(y))
    return (objective(x, y, weights, alpha) - dual) / (y @ y / (2 * len(y)))


def check(checks, program, directory, x, y, what):
    x, y = x - x.mean(axis=0), y - y.mean()
    deviation = x.std(axis=0)
    x = x / numpy.where(deviation > 0, deviation, 1)
    _, alphas, gaps, entries, weights = path_of(program, directory, x, y)
    theirs = lasso_path(x, y, alphas=alphas, tol=1e-10, max_iter=100000)[1].T
    by_rows = numpy.array([gap_of(x, y, w, a) for w, a in zip(weights, alphas)])
    checks.that(by_rows.max() <= GAP * 1.001 + 1e-12, f"{what}: duality gap by the rows {by_rows.max():.1e}")
    checks.that(numpy.abs(by_rows - gaps).max() <= 1e-11, f"{what}: gaps told off by {numpy.abs(by_rows - gaps).max():.1e}")
    fit = numpy.abs(x @ (weights - theirs).T).max() / y.std()
    checks.that(fit <= 3e-3, f"{what}: fitted values off by {fit:.1e} deviations of the label")
    middle = len(alphas) // 2
    alone = Lasso(alpha=alphas[middle], fit_intercept=False, tol=1e-10, max_iter=100000).fit(x, y).coef_
    fit = numpy.abs(x @ (weights[middle] - alone)).max() / y.std()
    checks.that(fit <= 3e-3, f"{what}: fitted values off by {fit:.1e} deviations from Lasso's at one alpha")
    checks.that(not weights[0].any(), f"{what}: no weight at the first alpha")
    correlation = numpy.abs(x.T @ y).max() / len(y)
    checks.near(alphas[0], correlation, 1e-12 * correlation, f"{what}: first alpha")
    checks.near(alphas[-1] / alphas[0], 1e-3, 1e-12, f"{what}: last alpha")
    check_entries(checks, alphas, entries, weights, deviation, what)


def check_entries(checks, alphas, entries, weights, deviation, what):
    for j in range(weights.shape[1]):
        steps = numpy.flatnonzero(weights[:, j])
        if deviation[j] == 0:
            checks.equal(entries[j], 0.0, f"{what}: entry of the constant column {j}")
        elif len(steps) == 0:
            checks.that(entries[j] <= alphas[-1] * (1 + 1e-6), f"{what}: entry of column {j}, which never enters")
        else:
            checks.that(alphas[steps[0]] <= entries[j] <= alphas[steps[0] - 1], f"{what}: entry of column {j}")


def main():
    program = sys.argv[1]
    checks = Checks()
    rng = numpy.random.default_rng(3)
    with scratch() as directory:
        cancer, digits, diabetes = load_breast_cancer(), load_digits(), load_diabetes()
        check(checks, program, directory, diabetes.data, diabetes.target, "diabetes")
        check(checks, program, directory, cancer.data, cancer.target.astype(float), "cancer")
        check(checks, program, directory, digits.data, (digits.target == 3).astype(float), "digits, 3 or not")
        wide = rng.normal(size=(60, 150)) + rng.normal(size=(60, 1))
        check(checks, program, directory, wide, wide[:, :5].sum(axis=1) + rng.normal(size=60), "more columns than rows")
        twins = rng.normal(size=(500, 6))
        twins = numpy.hstack([twins, twins[:, :3], twins[:, :3] + 1e-6 * rng.normal(size=(500, 3))])
        check(checks, program, directory, twins, twins[:, 0] - 2 * twins[:, 1] + 0.1 * rng.normal(size=500), "twins")
        check(checks, program, directory, rng.normal(size=(40, 1)), rng.normal(size=40), "one column")
        _, alphas, gaps, entries, weights = path_of(program, directory, numpy.zeros((40, 3)), rng.normal(size=40))
        checks.that(not any(part.any() for part in (alphas, gaps, entries, weights)), "columns that do not vary")
    checks.close()


if __name__ == "__main__":
    main()
