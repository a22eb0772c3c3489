"""LDA of whole runs against scikit-learn's LinearDiscriminantAnalysis(solver="eigen"), plain and shrunk; the same fingerprints at any rank
count; what is refused; a model on discriminants."""

import os
import sys

import h5py
import numpy
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.preprocessing import StandardScaler

from winnow_runs import Checks, run_json, scratch, winnow, write_text


def write_table(directory, name, x, y):
    path = os.path.join(directory, name + ".h5")
    with h5py.File(path, "w") as file:
        file["x"], file["y"] = x, y
    return path


def run(program, directory, table, options, n_ranks, more=""):
    out = os.path.join(directory, f"out{len(os.listdir(directory))}")
    job = write_text(os.path.join(directory, "job.yaml"),
                     f"input: {{files: [{table}], label: y, split: {{test: 0.2}}}}\nnormalize: {{method: standard}}\nreduce: {options}\n{more}")
    return winnow(program, ["run", job, "--out", out], n_ranks), out


def lda_of(out):
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        return {name: file["lda"][name][()] for name in file["lda"]}


def training_rows(out, n):
    """What became of each row, from rows.u8: 0 is training."""
    with open(os.path.join(out, "rows.u8"), "rb") as file:
        return numpy.frombuffer(file.read(), dtype=numpy.uint8)[-n:] == 0


def check(checks, program, directory, name, x, y, shrinkage, k):
    table = write_table(directory, name, x, y)
    prints = set()
    for n_ranks in (1, 2, 3, 7):
        done, out = run(program, directory, table, f"{{method: lda, components: {k}, shrinkage: {shrinkage}}}", n_ranks)
        what = f"{name}, shrinkage {shrinkage}, {n_ranks} ranks"
        checks.equal(done.returncode, 0, f"{what}: {done.stderr[-300:]}")
        if done.returncode != 0:
            return
        prints.add(str(run_json(out)["fingerprints"]))
    checks.equal(len(prints), 1, f"{name}: fingerprints at 1, 2, 3 and 7 ranks")
    is_training = training_rows(out, len(x))
    z = StandardScaler().fit_transform(x[is_training])
    theirs = LinearDiscriminantAnalysis(solver="eigen", shrinkage=shrinkage or None).fit(z, y[is_training])
    ours = lda_of(out)
    ratio = numpy.abs(ours["explained_variance_ratio"] - theirs.explained_variance_ratio_[:k]).max()
    checks.that(ratio <= 1e-10, f"{name}: ratios off by {ratio:.1e}")
    mine = (z - ours["mean"]) @ ours["components"].T
    wanted = theirs.transform(z)[:, :k]
    wanted -= wanted.mean(axis=0)
    signs = numpy.sign((mine * wanted).sum(axis=0))
    worst = numpy.abs(mine - wanted * signs).max() / numpy.abs(wanted).max()
    checks.that(worst <= 1e-8, f"{name}: discriminants off by {worst:.1e}")
    largest = ours["components"][numpy.arange(k), numpy.abs(ours["components"]).argmax(axis=1)]
    checks.that((largest > 0).all(), f"{name}: signs")
    print(f"{what}: ratios {ratio:.1e}, discriminants {worst:.1e}")


def condition_of(x, y):
    """Of the within-class scatter of the standardized cells."""
    z = StandardScaler().fit_transform(x)
    for k in numpy.unique(y):
        z[y == k] -= z[y == k].mean(axis=0)
    return numpy.linalg.cond(z) ** 2


def check_conditions(checks, program, directory):
    """A column that follows another ever more closely: nothing is said below 1e6, a warning above, a refusal above 1e12 unless shrunk."""
    rng = numpy.random.default_rng(8)
    y = rng.integers(0, 3, size=600)
    x = rng.normal(size=(600, 5)) + y[:, None] * numpy.array([1.0, 0.5, 0.0, 0.2, 0.0])
    for noise, least, most in ((3e-2, 1e2, 1e6), (1e-4, 1e6, 1e12), (1e-7, 1e12, numpy.inf)):
        followed = numpy.hstack([x, x[:, :1] + noise * rng.normal(size=(600, 1))])
        condition, table = condition_of(followed, y), write_table(directory, f"noise{noise}", followed, y)
        checks.that(least < condition < most, f"a table of condition {condition:.1e}")
        for shrinkage in (0.0, 0.1):
            done, out = run(program, directory, table, f"{{method: lda, shrinkage: {shrinkage}}}", 0)
            what = f"condition {condition:.1e}, shrinkage {shrinkage}"
            is_refused, is_warned = shrinkage == 0 and least >= 1e12, shrinkage == 0 and least == 1e6
            checks.equal(done.returncode, 65 if is_refused else 0, f"{what}: {done.stderr[-300:]}")
            checks.equal("discriminants lose digits" in done.stderr, is_warned, f"{what}: warning")
            checks.equal("reduce.shrinkage" in done.stderr, is_warned or is_refused, f"{what}: what helps is named")
            if done.returncode == 0 and shrinkage == 0:
                told = run_json(out)["reduce"]["condition"]
                checks.that(0.5 < told / condition < 2, f"{what}: run.json says {told:.1e}")


def check_whole(checks, program, directory, x, y):
    """A job that trains on discriminants and compresses; run.json's objective against a rebuilding by NumPy."""
    table = write_table(directory, "whole", x, y)
    done, out = run(program, directory, table, "{method: lda, components: 9}", 2, "train: {model: {type: logistic}, epochs: 20}\n")
    checks.equal(done.returncode, 0, f"training on discriminants: {done.stderr[-300:]}")
    said = run_json(out)
    checks.that(said["metrics"]["dense"]["accuracy"] > 0.9, f"accuracy on discriminants {said['metrics']['dense']['accuracy']}")
    ours = lda_of(out)
    with open(os.path.join(out, "rows.u8"), "rb") as file:
        status = numpy.frombuffer(file.read(), dtype=numpy.uint8)[-len(x):]
    z = StandardScaler().fit(x[status == 0]).transform(x[status == 2]) - ours["mean"]
    rebuilt = (z @ ours["components"].T) @ numpy.linalg.pinv(ours["components"]).T
    wanted = ((z - rebuilt) ** 2).sum(axis=1).mean()
    checks.near(said["objectives"]["simplify"], wanted, 1e-5 * wanted, "objectives.simplify")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        cancer, digits = load_breast_cancer(), load_digits()
        varied = digits.data[:, digits.data.std(axis=0) > 0.1]
        check(checks, program, directory, "cancer", cancer.data, cancer.target, 0.0, 1)
        check(checks, program, directory, "digits", varied, digits.target, 0.0, 9)
        check(checks, program, directory, "shrunk", varied, digits.target, 0.2, 5)
        check_whole(checks, program, directory, varied, digits.target)
        table = write_table(directory, "constant", digits.data, digits.target)
        done, _ = run(program, directory, table, "{method: lda}", 0)
        checks.equal(done.returncode, 65, "constant columns without shrinkage")
        checks.that("shrinkage" in done.stderr, f"the message says what helps: {done.stderr[-300:]}")
        check_conditions(checks, program, directory)
        real = write_table(directory, "real", varied, varied[:, 0] + 0.5)
        done, _ = run(program, directory, real, "{method: lda}", 0)
        checks.equal(done.returncode, 65, f"a real label: {done.stderr[-300:]}")
    checks.close()


if __name__ == "__main__":
    main()
