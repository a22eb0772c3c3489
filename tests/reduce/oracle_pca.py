"""PCA of whole runs against scikit-learn on the standardized table: eigenvalues, subspaces, signs, ratios; by LAPACK
and by ScaLAPACK."""

import os
import sys

import h5py
import numpy
from scipy.linalg import subspace_angles
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from winnow_runs import Checks, run_json, scratch, winnow

OF_LARGEST = 1e-12
RELATIVE, RELATIVE_ABOVE = 1e-10, 1e-6


def steep_table(n_rows, n_columns):
    """Columns that mix independent ones: eigenvalues fall over six decades, as far as digits are promised."""
    rng = numpy.random.default_rng(5)
    turn = numpy.linalg.qr(rng.normal(size=(n_columns, n_columns)))[0]
    spread = numpy.logspace(0, -3.05, n_columns)
    scale, shift = numpy.logspace(-8, 8, n_columns), numpy.linspace(-3, 3, n_columns)
    return ((rng.normal(size=(n_rows, n_columns)) * spread) @ turn + shift) * scale


def write_table(directory, name, x):
    path = os.path.join(directory, name + ".h5")
    with h5py.File(path, "w") as file:
        file["x"] = x
    return path


def fit(program, directory, table, options, n_ranks, normalize="standard"):
    """Runs a job of input, normalize and reduce; the projection and run.json."""
    out = os.path.join(directory, f"out{len(os.listdir(directory))}")
    job = os.path.join(directory, "job.yaml")
    with open(job, "w", encoding="utf-8") as file:
        file.write(f"input: {{files: [{table}]}}\nnormalize: {{method: {normalize}}}\nreduce: {options}\n")
    done = winnow(program, ["run", job, "--out", out], n_ranks)
    if done.returncode != 0:
        raise RuntimeError(f"{options} on {n_ranks} ranks: status {done.returncode}: {done.stderr[-600:]}")
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        names = ("mean", "components", "eigenvalues", "explained_variance_ratio")
        pca = {name: file["pca"][name][()] for name in names}
    return pca, run_json(out)


class Truth:
    """What scikit-learn says of a table."""

    def __init__(self, x, scales=True):
        z = StandardScaler().fit_transform(x) if scales else x
        fitted = PCA(svd_solver="full").fit(z)
        self.eigenvalues = fitted.explained_variance_
        self.ratios = fitted.explained_variance_ratio_
        self.components = fitted.components_
        self.mean = fitted.mean_

    def clusters(self, k):
        """Runs [first, last) of components whose eigenvalues are closer than 1e-4 of the largest: a span is fixed."""
        first = 0
        values = self.eigenvalues
        for i in range(1, len(values) + 1):
            if i == len(values) or values[i - 1] - values[i] > 1e-4 * values[0]:
                if i <= k:
                    yield first, i
                first = i


def compare_values(checks, pca, truth, what):
    k = len(pca["eigenvalues"])
    wanted, largest = truth.eigenvalues[:k], truth.eigenvalues[0]
    gap = numpy.abs(pca["eigenvalues"] - wanted)
    of_largest = gap.max() / largest
    checks.that(of_largest <= OF_LARGEST, f"{what}: eigenvalues off by {of_largest:.1e} of the largest")
    above = wanted > RELATIVE_ABOVE * largest
    relative = (gap[above] / wanted[above]).max()
    checks.that(relative <= RELATIVE, f"{what}: eigenvalues off by {relative:.1e} of themselves")
    checks.that((numpy.diff(pca["eigenvalues"]) <= 0).all(), f"{what}: eigenvalues descend")
    ratios = numpy.abs(pca["explained_variance_ratio"] - truth.ratios[:k]).max()
    checks.that(ratios <= 1e-12, f"{what}: ratios off by {ratios:.1e}")
    mean = numpy.abs(pca["mean"] - truth.mean).max() / max(1.0, numpy.abs(truth.mean).max())
    checks.that(mean <= 1e-12, f"{what}: mean off by {mean:.1e}")
    return of_largest, relative


def compare_vectors(checks, pca, truth, what):
    components = pca["components"]
    k = len(components)
    identity = numpy.abs(components @ components.T - numpy.eye(k)).max()
    checks.that(identity <= 1e-12, f"{what}: components not orthonormal by {identity:.1e}")
    peaks = components[numpy.arange(k), numpy.abs(components).argmax(axis=1)]
    checks.that((peaks > 0).all(), f"{what}: an entry of largest absolute value is negative")
    worst, n_spans = 0.0, 0
    for first, last in truth.clusters(k):
        angle = subspace_angles(components[first:last].T, truth.components[first:last].T).max()
        worst, n_spans = max(worst, angle), n_spans + 1
        if last - first == 1:
            other = truth.components[first]
            sorted_entries = numpy.sort(numpy.abs(other))
            if sorted_entries[-1] - sorted_entries[-2] > 1e-8:
                other = other * numpy.sign(other[numpy.abs(other).argmax()])
                checks.near(numpy.abs(components[first] - other).max(), 0, 1e-9, f"{what}: component {first}")
    checks.that(n_spans > 0, f"{what}: no span of components compared")
    checks.that(worst <= 1e-9, f"{what}: an angle of {worst:.1e} between subspaces")
    return worst


def compare(checks, pca, truth, what):
    values = compare_values(checks, pca, truth, what)
    angle = compare_vectors(checks, pca, truth, what)
    print(f"{what}: eigenvalues {values[0]:.1e} of the largest, {values[1]:.1e} relative; angle {angle:.1e}")


def check_tables(checks, program, directory, tables):
    for name, x in tables.items():
        truth, table, prints = Truth(x), write_table(directory, name, x), set()
        for n_ranks in (1, 2, 3, 7) if name == "cancer" else (1, 3):
            pca, run = fit(program, directory, table, f"{{method: pca, components: {x.shape[1]}}}", n_ranks)
            checks.equal(len(pca["eigenvalues"]), x.shape[1], f"{name}: components")
            compare(checks, pca, truth, f"{name} on {n_ranks}")
            checks.equal((run["reduce"]["solver"], run["reduce"]["grid"]), ("lapack", [1, 1]), f"{name}: auto")
            prints.add(str(run["fingerprints"]))
        checks.equal(len(prints), 1, f"{name}: fingerprints at all rank counts")


def check_scalapack(checks, program, directory, table, truth):
    for n_ranks in (1, 2, 3, 4, 5, 7):
        pca, run = fit(program, directory, table, "{method: pca, components: 25, solver: scalapack}", n_ranks)
        compare(checks, pca, truth, f"scalapack on {n_ranks}")
        grid = run["reduce"]["grid"]
        checks.equal(run["reduce"]["solver"], "scalapack", "solver")
        checks.equal(grid[0] * grid[1], n_ranks, f"grid {grid} on {n_ranks} ranks")
        if n_ranks == 4:
            checks.equal(grid, [2, 2], "grid on 4 ranks")
        ratios = run["reduce"]["explained_variance_ratio"]
        checks.that(numpy.array_equal(ratios, pca["explained_variance_ratio"]), "ratios of run.json and recipe.h5")


def check_share(checks, program, directory, table, truth):
    """A share of variance: the least number of components whose ratios sum to at least it."""
    for share in (0.5, 0.95, 0.999):
        pca, _ = fit(program, directory, table, f"{{method: pca, components: {share}}}", 0)
        wanted = int(numpy.searchsorted(numpy.cumsum(truth.ratios), share)) + 1
        checks.equal(len(pca["eigenvalues"]), wanted, f"components for a share of {share}")
        compare_values(checks, pca, truth, f"share {share}")


def check_unscaled(checks, program, directory, x):
    """PCA scales only if `normalize` did."""
    table = write_table(directory, "unscaled", x)
    pca, _ = fit(program, directory, table, "{method: pca, components: 5}", 2, normalize="none")
    compare(checks, pca, Truth(x, scales=False), "not normalized")


def check_ties(checks, program, directory):
    """Eigenvalues of which some are equal: what is fixed is the span of their components."""
    rng = numpy.random.default_rng(6)
    rows = rng.normal(size=(400, 9))
    rows = numpy.linalg.qr(rows - rows.mean(axis=0))[0] * numpy.repeat([4.0, 2.0, 1.0], 3)
    turn = numpy.linalg.qr(rng.normal(size=(9, 9)))[0]
    table, truth = write_table(directory, "ties", rows @ turn + 1), Truth(rows @ turn + 1, scales=False)
    checks.equal([last - first for first, last in truth.clusters(9)], [3, 3, 3], "three of each")
    for solver in ("lapack", "scalapack"):
        pca, _ = fit(program, directory, table, f"{{method: pca, components: 9, solver: {solver}}}", 3, normalize="none")
        compare(checks, pca, truth, f"ties by {solver}")


def main():
    program = sys.argv[1]
    checks = Checks()
    cancer, digits = load_breast_cancer().data, load_digits().data
    with scratch() as directory:
        check_tables(checks, program, directory, {"cancer": cancer, "digits": digits, "steep": steep_table(5000, 40)})
        table, truth = write_table(directory, "wide", digits), Truth(digits)
        check_share(checks, program, directory, table, truth)
        check_scalapack(checks, program, directory, write_table(directory, "cancer2", cancer), Truth(cancer))
        steep = steep_table(3000, 40)
        pca, _ = fit(program, directory, write_table(directory, "steep2", steep),
                     "{method: pca, components: 40, solver: scalapack}", 4)
        compare(checks, pca, Truth(steep), "steep by scalapack on 4")
        check_unscaled(checks, program, directory, cancer)
        check_ties(checks, program, directory)
    checks.close()


if __name__ == "__main__":
    main()
