"""jobs/linear.yaml: the prediction for (13,14,15) is 5.5 within 0.01, as a plain least-squares solver says; then two of three weights are pruned."""

import os
import subprocess
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, winnow

LONG_NAME = "measured_" + 40 * "by_many_"


def main():
    program, source = sys.argv[1:]
    checks = Checks()
    with scratch() as directory:
        table = os.path.join(directory, "linear.h5")
        subprocess.run(["/usr/bin/python3", os.path.join(source, "data", "linear.py"), table], check=True)
        out = os.path.join(directory, "out")
        done = winnow(program, ["run", os.path.join(source, "jobs", "linear.yaml"), "--set", f"input.files=[{table}]",
                                "--out", out], 2)
        checks.equal(done.returncode, 0, f"status ({done.stderr[-800:]})")

        new = os.path.join(directory, "new.h5")
        with h5py.File(new, "w") as file:
            file["x"] = numpy.array([[13.0, 14.0, 15.0]])
            file[LONG_NAME] = numpy.array([7.0])
        x, y = numpy.arange(1.0, 13.0).reshape(4, 3), numpy.array([1.5, 2.5, 3.5, 4.5])
        solved = numpy.linalg.lstsq(numpy.c_[x, numpy.ones(4)], y, rcond=None)[0]
        wanted = float(numpy.r_[13.0, 14.0, 15.0, 1.0] @ solved)
        checks.near(wanted, 5.5, 1e-9, "least squares")
        for model in ("dense", "compressed"):
            output = os.path.join(directory, f"{model}.h5")
            done = winnow(program, ["apply", out, new, "-o", output, "--model", model, "--id", LONG_NAME], 1)
            checks.equal(done.returncode, 0, f"apply {model} ({done.stderr[-800:]})")
            with h5py.File(output) as file:
                prediction = float(file["prediction"][0])
                checks.equal(list(file["id"]), [LONG_NAME], "the name of an id")
            if model == "dense":
                checks.near(prediction, wanted, 0.01, "prediction for (13,14,15)")
            print(f"{model}: {prediction}, error {abs(prediction - wanted):.2e}")

        run = run_json(out)
        checks.that(run["metrics"]["dense"]["r2"] > 0.9999, f"r2 of the full model {run['metrics']['dense']['r2']}")
        checks.that("mse" in run["metrics"]["compressed"], "the error of the pruned model is told")
        checks.equal(run["metrics"]["rows"], "train", "rows of the metrics")
        checks.equal(run["compression"]["background"]["decisions"] > 0, True, "a decision pruned")
        checks.near(run["compression"]["nonzero_fraction"], 0.5, 0.01, "one weight and the bias of four parameters stay")
    checks.close()


main()
