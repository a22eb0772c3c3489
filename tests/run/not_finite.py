"""A row that makes the loss infinite is named, with epoch, batch and layer: the same line at any number of ranks, status 65; no
checkpoint holds what came of it, so that going on says the same again."""

import glob
import os
import sys

import h5py
import numpy

from winnow_runs import Checks, scratch, winnow, write_text

JOB = """
memory: 1GiB
input: {{files: [{table}], label: y, task: regression}}
train: {{model: {{type: mlp, hidden: [8], dropout: {dropout}}}, epochs: {epochs}, batch: 64, lanes: 4, checkpoint: 0s,
  optimizer: {{type: sgd, learning_rate: {rate}}}}}
"""

BAD = [1234, 777]


def make_table(path, bad):
    rng = numpy.random.default_rng(3)
    x = rng.normal(size=(2000, 4))
    y = x @ [1, 2, 3, 4]
    for row in bad:
        x[row] = 3e38  # finite as float32, but not what a layer makes of it
    with h5py.File(path, "w") as file:
        file["x"], file["y"] = x.astype("float32"), y.astype("float32")


def cause(done):
    return [line.split("rank 0: ")[-1].removeprefix("winnow: ") for line in done.stderr.splitlines()
            if line.startswith("winnow: ")]


def check_bad_rows(checks, program, directory, bad, dropout):
    name = f"bad{len(bad)}-{dropout}"
    table = os.path.join(directory, f"{name}.h5")
    make_table(table, bad)
    job = write_text(os.path.join(directory, f"{name}.yaml"),
                     JOB.format(table=table, epochs=3, rate=1e-4, dropout=dropout))
    told, kept = [], 0
    for n_ranks in (1, 2, 3, 5):
        out = os.path.join(directory, f"{name}-{n_ranks}")
        for _ in range(2):  # the second goes on from what the first left
            done = winnow(program, ["run", job, "--out", out], n_ranks)
            checks.equal(done.returncode, 65, f"status on {n_ranks} ranks ({done.stderr[-300:]})")
            told.append(cause(done))
        for path in glob.glob(os.path.join(out, "checkpoints", "*")):
            kept += 1
            with open(path, "rb") as file:
                checks.that(b"training/parameters" in file.read(), f"{path} is a checkpoint")
    checks.equal(told, [told[0]] * len(told), "the same line always")
    checks.that(kept > 0, f"{kept} checkpoints were written before")
    line = told[0][0] if told[0] else ""
    checks.that("is not finite in epoch 1, batch " in line and "layer layer" in line, f"what is told: {line}")
    checks.that(any(line.endswith(f", row {row} of the table") for row in bad), f"the row is told: {line}")


def check_divergence(checks, program, directory):
    """No row is to blame alone; the least of the batch is told all the same, by every number of ranks."""
    table = os.path.join(directory, "good.h5")
    make_table(table, [])
    job = write_text(os.path.join(directory, "good.yaml"), JOB.format(table=table, epochs=50, rate=1e6, dropout=0.0))
    lines = [cause(winnow(program, ["run", job, "--out", os.path.join(directory, f"diverged-{n}")], n)) for n in (1, 3)]
    checks.equal(lines[1], lines[0], "a divergence at 1 and 3 ranks")
    checks.that(lines[0] and "is not finite in epoch" in lines[0][0] and " of the table" in lines[0][0],
                f"what is told: {lines[0]}")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        check_bad_rows(checks, program, directory, BAD[:1], 0.0)
        check_bad_rows(checks, program, directory, BAD[1:], 0.5)
        check_bad_rows(checks, program, directory, BAD, 0.0)
        check_divergence(checks, program, directory)
    checks.close()


main()
