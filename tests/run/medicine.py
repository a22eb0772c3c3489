"""jobs/medicine.yaml: the full model's F1 on test rows is what scikit-learn's pipeline of imputation, scaling and logistic regression reaches
on the same rows, within 0.02; the small one's within 0.01 of the full one's."""

import importlib.util
import os
import subprocess
import sys

import h5py
import numpy
from sklearn.datasets import load_breast_cancer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from winnow_runs import Checks, run_json, scratch, winnow


def read_table(path):
    with h5py.File(path) as file:
        return file["x"][:], file["label"][:]


def check_table(checks, source, cells, labels):
    """The documented script: gaps and slips are in, labels stay, and it writes the same again."""
    cancer = load_breast_cancer()
    gaps, changed = numpy.isnan(cells), ~numpy.isnan(cells) & (cells != cancer.data)
    checks.that(0.03 < gaps.mean() < 0.05, f"share of gaps {gaps.mean()}")
    checks.that(0.005 < changed.mean() < 0.015, f"share of slips {changed.mean()}")
    checks.that((labels == cancer.target).all(), "labels stay")
    spec = importlib.util.spec_from_file_location("medicine", os.path.join(source, "data", "medicine.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    checks.that(numpy.array_equal(module.spoil(cancer.data), cells, equal_nan=True), "the same table again")


def bounds(cells, limit):
    """Median -+ limit x 1.4826 x the median absolute deviation."""
    median = numpy.nanmedian(cells, axis=0)
    width = limit * 1.4826 * numpy.nanmedian(numpy.abs(cells - median), axis=0)
    return median - width, median + width


def peer(cells, labels, status):
    """F1 on test rows of the same cleaning and a logistic regression."""
    is_train, is_test = status == 0, status == 2
    lower, upper = bounds(cells[is_train], 8)
    cleaned = numpy.where((cells < lower) | (cells > upper), numpy.nan, cells)
    model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=2000))
    model.fit(cleaned[is_train], labels[is_train])
    return f1_score(labels[is_test], model.predict(cleaned[is_test]), average="macro")


def check_recipe(checks, out, cells, status):
    with h5py.File(os.path.join(out, "recipe.h5")) as recipe:
        lower, upper = bounds(cells[status == 0], 8)
        checks.that(numpy.allclose(recipe["columns/lower"][:], lower, rtol=1e-9), "lower bounds")
        checks.that(numpy.allclose(recipe["columns/upper"][:], upper, rtol=1e-9), "upper bounds")
        checks.equal(len(recipe["selected"]), 20, "features that stay")
        checks.equal(set(recipe["ranking"]) - {"reason"}, {"anova", "mutual_information", "lasso", "random_forest", "consensus"}, "rankings")


def check_apply(checks, program, out, table, labels, status, run):
    """Predictions from the files alone are what the metrics are of."""
    for model in ("dense", "compressed"):
        output = f"{out}-{model}.h5"
        done = winnow(program, ["apply", out, table, "-o", output, "--model", model])
        checks.equal(done.returncode, 0, f"apply of the {model} model ({done.stderr[-300:]})")
        with h5py.File(output) as file:
            f1 = f1_score(labels[status == 2], file["prediction"][:][status == 2], average="macro")
        checks.near(f1, run["metrics"][model]["f1"], 1e-12, f"F1 of the {model} model applied")


def main():
    program, source = sys.argv[1:]
    checks = Checks()
    with scratch() as directory:
        table, out = os.path.join(directory, "medicine.h5"), os.path.join(directory, "out")
        subprocess.run(["/usr/bin/python3", os.path.join(source, "data", "medicine.py"), table], check=True)
        cells, labels = read_table(table)
        check_table(checks, source, cells, labels)
        done = winnow(program, ["run", os.path.join(source, "jobs", "medicine.yaml"), "--set", f"input.files=[{table}]", "--out", out], 2)
        checks.equal(done.returncode, 0, f"status ({done.stderr[:800]})")
        with open(os.path.join(out, "rows.u8"), "rb") as file:
            status = numpy.frombuffer(file.read(), "u1")
        run = run_json(out)
        full, small, wanted = run["metrics"]["dense"]["f1"], run["metrics"]["compressed"]["f1"], peer(cells, labels, status)
        print(f"F1 on {(status == 2).sum()} test rows: full {full:.4f}, small {small:.4f}, scikit-learn {wanted:.4f}; "
              f"{run['compression']['compressed_bytes']} bytes, {run['compression']['ratio']:.2f} x")
        checks.that(full >= wanted - 0.02, f"F1 of the full model {full}, of scikit-learn {wanted}")
        checks.that(small >= full - 0.01, f"F1 of the small model {small}, of the full one {full}")
        checks.that(run["compression"]["accepted"], "the small model was accepted")
        checks.that(run["compression"]["ratio"] > 1, f"the small model is smaller: ratio {run['compression']['ratio']}")
        check_recipe(checks, out, cells, status)
        check_apply(checks, program, out, table, labels, status, run)
    checks.close()


main()
