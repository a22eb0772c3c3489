"""winnow check: every error of a job and of its inputs at once, with its place and a status; nothing is written."""

import os
import sys
import tempfile

import h5py
import numpy

from winnow_runs import Checks, winnow, write_text

PROGRAM = sys.argv[1]
RIGHT = """input: {files: [t.h5], label: label, types: {px: {image: [2, 3]}}, split: {validation: 0.1}}
clean: {overrides: {px3: {missing: mean}, px: {missing: median}}}
rank: {methods: [anova], keep: 4, never: [px1], always: ["px[45]"]}
reduce: {method: pca, components: 3}
train: {epochs: 3, batch: 32}
"""

checks = Checks()


def check(text, status, lines, settings=(), folder=None):
    """The lines that check prints of a job, places without the file's name, and its status."""
    path = write_text(os.path.join(folder, "job.yaml"), text)
    arguments = ["check", path]
    for setting in settings:
        arguments += ["--set", setting]
    result = winnow(PROGRAM, arguments, cwd=folder)
    told = [line.replace(path + ":", "", 1) for line in result.stdout.splitlines()]
    checks.equal(result.returncode, status, f"status of {text!r} {settings}")
    checks.equal(len(told), len(lines), f"number of lines of {text!r} {settings}: {told}")
    for line, wanted in zip(told, lines):
        checks.that(line.startswith(wanted[0]) and all(word in line for word in wanted[1:]), f"{line!r} is not {wanted}")
    checks.equal(result.stderr.count("winnow: "), 0 if status == 0 else 1, f"lines of cause of {text!r} {settings}")


def make_tables(folder):
    rng = numpy.random.default_rng(1)
    with h5py.File(os.path.join(folder, "t.h5"), "w") as file:
        file["px"] = rng.normal(size=(300, 2, 3)).astype("f4")
        file["label"] = rng.integers(0, 2, 300)
    with h5py.File(os.path.join(folder, "other.h5"), "w") as file:
        file["other"] = numpy.zeros((5, 2))
    write_text(os.path.join(folder, "text.h5"), "this is no HDF5 file\n")


with tempfile.TemporaryDirectory() as folder:
    make_tables(folder)
    check(RIGHT, 0, [[" right; its inputs have 300 rows of 6 columns"]], folder=folder)

    # Errors of the job and of its inputs together.
    check("input: {files: [t.h5], label: labl, columns: {include: [px, qx]}}\n", 65,
          [["1:31: input.label: ", "labl", "did you mean", "label"], ["1:46: input.columns: ", "qx"]], folder=folder)
    check(RIGHT.replace("label: label", "label: labl").replace("epochs: 3", "epochs: 0").replace("[px1]", "[px1, 3]"),
          78, [["1:31: input.label: ", "labl"], ["5:17: train.epochs: is 0"]], folder=folder)
    check(RIGHT.replace("px3:", "py3:").replace("[px1]", '["zz*", px1]').replace("components: 3", "components: 7")
          .replace("keep: 4", "keep: 1.0"), 65,
          [["2:21: clean.overrides: no column matches py3; did you mean px3?"],
           ["3:45: rank.never: no column matches zz*"],
           ["4:35: reduce.components: is 7, more than the 6 columns"]], folder=folder)
    check(RIGHT.replace("px: {image", "nx: {image"), 65, [["1:46: input.types: nx matches no column"]], [
        "clean.overrides={}"], folder=folder)

    # Inputs that are not there, or are something else.
    check(RIGHT, 66, [["--set input.files: input.files: ", "none*.h5"]], ["input.files=[none*.h5]"], folder)
    check(RIGHT, 65, [["--set input.files: input.files: ", "text.h5"]], ["input.files=[text.h5]"], folder)
    check(RIGHT, 65, [["--set input.table: input.table: ", "tx"]], ["input.table=tx"], folder)
    check(RIGHT, 65, [["--set input.test: input.test: ", "other.h5"]], ["input.test=[other.h5]"], folder)
    check(RIGHT, 66, [["--set input.test: input.test: ", "none.h5"]], ["input.test=[none.h5]"], folder)

    # With a wrong input section the inputs are not looked at.
    check("input: {files: [none.h5], label: 3, tsk: x}\nseed: a\n", 78,
          [["1:37: input.tsk: is not a key; did you mean task?"], ["2:7: seed: is a, must be an integer"]],
          folder=folder)
    result = winnow(PROGRAM, ["check", os.path.join(folder, "none.yaml")])
    checks.equal((result.returncode, result.stdout), (66, ""), "a job file that is not there")
    checks.equal(sorted(os.listdir(folder)), ["job.yaml", "other.h5", "t.h5", "text.h5"], "files after all checks")

checks.close()
