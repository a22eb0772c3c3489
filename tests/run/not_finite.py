"""A row that makes the loss infinite is named, with epoch, batch and layer: the same line at any number of ranks, status 65; no
checkpoint holds what came of it, so that going on says the same again."""

import glob
import os
import struct
import sys

import h5py
import numpy

from winnow_runs import Checks, scratch, winnow, write_text

JOB = """
memory: 1GiB
input: {{files: [{table}], label: y, task: regression}}
train: {{model: {{type: mlp, hidden: [8], dropout: {dropout}}}, epochs: {epochs}, batch: 64, lanes: 4, checkpoint: 0s,
  optimizer: {{type: {optimizer}, learning_rate: {rate}}}}}
"""

BAD = [1234, 777]


def make_table(path, bad, steep=()):
    rng = numpy.random.default_rng(3)
    x = rng.normal(size=(2000, 4))
    y = x @ [1, 2, 3, 4]
    for row in bad:
        x[row] = 3e38  # finite as float32, but not what a layer makes of it
    for row, value in steep:
        y[row] = value
    with h5py.File(path, "w") as file:
        file["x"], file["y"] = x.astype("float32"), y.astype("float32")


def cause(done):
    return [line.split("rank 0: ")[-1].removeprefix("winnow: ") for line in done.stderr.splitlines()
            if line.startswith("winnow: ")]


def check_bad_rows(checks, program, directory, bad, dropout, starts):
    """`starts`: the numbers of ranks of a first start, and of one that goes on from what it left."""
    name = f"bad{len(bad)}-{dropout}"
    table = os.path.join(directory, f"{name}.h5")
    make_table(table, bad)
    job = write_text(os.path.join(directory, f"{name}.yaml"),
                     JOB.format(table=table, epochs=3, rate=1e-4, dropout=dropout, optimizer="sgd"))
    told, kept = [], 0
    for number, pair in enumerate(starts):
        out = os.path.join(directory, f"{name}-{number}")
        for n_ranks in pair:
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


def sections(path):
    """Name and bytes of each section of a checkpoint, as docs/formats.md has them."""
    with open(path, "rb") as file:
        data = file.read()
    place = 48
    while place < len(data):
        n, padded = struct.unpack_from("<qq", data, place + 48)
        yield data[place:place + 48].rstrip(b"\0").decode(), data[place + 64:place + 64 + n]
        place += 64 + padded


def check_steep(checks, program, directory, optimizer, steep, told_of):
    """A gradient that is finite and its square is not: told before the step is taken, and in no checkpoint."""
    name = f"steep-{optimizer}-{len(steep)}"
    table = os.path.join(directory, f"{name}.h5")
    make_table(table, [], steep)
    job = write_text(os.path.join(directory, f"{name}.yaml"),
                     JOB.format(table=table, epochs=3, rate=1e-3, dropout=0.0, optimizer=optimizer))
    told, states = [], 0
    for n_ranks, starts in ((1, 2), (3, 1)):  # the second goes on from what the first left
        out = os.path.join(directory, f"{name}-{n_ranks}")
        for _ in range(starts):
            done = winnow(program, ["run", job, "--out", out], n_ranks)
            checks.equal(done.returncode, 65, f"{name}: status on {n_ranks} ranks ({done.stderr[-300:]})")
            told.append(cause(done))
        for path in glob.glob(os.path.join(out, "checkpoints", "*")):
            for section, content in sections(path):
                if section in ("training/parameters", "optimizer/first", "optimizer/second"):
                    states += 1
                    checks.that(numpy.isfinite(numpy.frombuffer(content, "float32")).all(), f"{path}: {section} is finite")
    checks.equal(told, [told[0]] * len(told), f"{name}: the same line always")
    checks.that(len(steep) > 1 or states > 0, f"{name}: checkpoints were written before")
    line = told[0][0] if told[0] else ""
    checks.that("squared gradient is not finite in epoch 1, batch " in line and "layer layer" in line and line.endswith(told_of),
                f"{name}: what is told: {line}")


def check_divergence(checks, program, directory):
    """No row is to blame alone; the least of the batch is told all the same, by every number of ranks."""
    table = os.path.join(directory, "good.h5")
    make_table(table, [])
    job = write_text(os.path.join(directory, "good.yaml"), JOB.format(table=table, epochs=50, rate=1e6, dropout=0.0, optimizer="sgd"))
    lines = [cause(winnow(program, ["run", job, "--out", os.path.join(directory, f"diverged-{n}")], n)) for n in (1, 3)]
    checks.equal(lines[1], lines[0], "a divergence at 1 and 3 ranks")
    checks.that(lines[0] and "is not finite in epoch" in lines[0][0] and " of the table" in lines[0][0],
                f"what is told: {lines[0]}")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        check_bad_rows(checks, program, directory, BAD[:1], 0.0, ((1, 5), (2, 1), (3, 2), (5, 3)))
        check_bad_rows(checks, program, directory, BAD[1:], 0.5, ((1, 3), (5, 2)))
        check_bad_rows(checks, program, directory, BAD, 0.0, ((2, 5), (3, 1)))
        for optimizer in ("adam", "adagrad"):
            check_steep(checks, program, directory, optimizer, [(1234, 1e21)], ", row 1234 of the table")
        check_steep(checks, program, directory, "adam", [(row, 2e19) for row in range(2000)], " of the table and others")
        check_divergence(checks, program, directory)
    checks.close()


main()
