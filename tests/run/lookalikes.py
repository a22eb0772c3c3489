"""Values that look alike once they are read: integers beyond 2^53, several of which are one double, and texts with zero bytes are refused
where cells are told from each other, never taken for equal; missing values are found in columns of any width of floats."""

import os
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, winnow, write_text

ROWS = 400
LONG = 2**60 + numpy.arange(ROWS)
TRAIN = "train: {model: {type: logistic}, epochs: 1, batch: 64}\n"


def write(path, **columns):
    rng = numpy.random.default_rng(3)
    with h5py.File(path, "w") as file:
        for name, values in {"a": rng.normal(size=ROWS), "y": numpy.arange(ROWS) % 2, **columns}.items():
            if values is not None:
                file[name] = values
    return path


class Bench:
    def __init__(self, checks, program, directory):
        self.checks, self.program, self.directory, self.n = checks, program, directory, 0

    def path(self, name):
        return os.path.join(self.directory, name)

    def run(self, files, keys, sections="", ranks=0):
        self.n += 1
        job = write_text(self.path(f"job{self.n}.yaml"), f"input: {{files: ['{files}']{keys}}}\n{sections}")
        out = self.path(f"out{self.n}")
        return winnow(self.program, ["run", job, "--out", out, "-q"], ranks), out

    def refused(self, what, status, words, *job, **more):
        done, out = self.run(*job, **more)
        self.checks.equal(done.returncode, status, f"{what}: status ({done.stderr[-400:]})")
        self.checks.that(all(word in done.stderr for word in words), f"{what}: {words} are not in: {done.stderr[-400:]}")
        self.checks.equal(sum(line.startswith("winnow: ") for line in done.stderr.splitlines()), 1, f"{what}: one line tells the cause")

    def good(self, what, *job, **more):
        done, out = self.run(*job, **more)
        self.checks.equal(done.returncode, 0, f"{what}: status ({done.stderr[-400:]})")
        return out


def long_integers(bench):
    ids = write(bench.path("ids.h5"), half=LONG // 256, id=LONG)
    drop = "clean: {duplicates: drop}\n"
    bench.refused("repeats", 69, ["ids.h5", "column id, row 0", "2^53", "repeats"], ids, ", label: y", drop, ranks=3)
    bench.refused("repeats by a name", 69, ["column id, row 0"], ids, ", label: y", "clean: {duplicates: {columns: [id]}}\n")
    out = bench.good("repeats by other names", ids, ", label: y", "clean: {duplicates: {columns: [y]}}\n")
    bench.checks.equal(run_json(out)["rows"]["kept"], 2, "repeats by other names")
    bench.refused("levels", 69, ["column id", "2^53", "levels"], ids, ", label: y, types: {id: categorical}", "extract: {categorical: {method: one_hot}}\n")
    bench.refused("groups", 69, ["ids.h5", "column id, row 0", "input.split.by"], ids,
                  ", label: y, columns: {include: [a]}, split: {validation: 0.5, by: id}", TRAIN)
    classes = write(bench.path("classes.h5"), y=numpy.array([2**53, 2**53 + 1, 5])[numpy.arange(ROWS) % 3])
    bench.refused("classes", 69, ["column y", "2^53", "classes"], classes, ", label: y", TRAIN)
    out = bench.good("a quantity", ids, ", label: y, types: {id: numeric}", "normalize: {method: minmax}\n" + TRAIN)
    done = winnow(bench.program, ["apply", out, ids, "-o", bench.path("new.h5"), "--id", "id"])
    bench.checks.that(done.returncode == 69 and "column id, row 0" in done.stderr and "--id" in done.stderr, f"--id: {done.returncode} {done.stderr[-300:]}")
    narrow = write(bench.path("narrow.h5"), id=numpy.arange(ROWS) + 2**53 - ROWS)
    out = bench.good("integers up to 2^53", narrow, ", label: y, types: {id: categorical}", "clean: {duplicates: drop}\nextract: {categorical: {method: one_hot}}\n")
    bench.checks.equal(run_json(out)["rows"]["kept"], ROWS, "integers up to 2^53: rows")
    with h5py.File(bench.path("record.h5"), "w") as file:
        rows = numpy.zeros(ROWS, [("id", "i8"), ("a", "f8"), ("y", "i4")])
        rows["id"], rows["y"] = LONG, numpy.arange(ROWS) % 2
        file["t"] = rows
    bench.refused("repeats of records", 69, ["column id, row 0"], bench.path("record.h5"), ", label: y", drop)


def zero_bytes(bench):
    texts = numpy.array([b"ab", b"a\0b", b"a\0c"])[numpy.arange(ROWS) % 3]
    one_hot = "extract: {categorical: {method: one_hot}}\n"
    bench.refused("a category", 65, ["texts.h5", "/c, row 1", "zero byte"], write(bench.path("texts.h5"), c=texts), ", label: y", one_hot)
    bench.refused("a label", 65, ["labels.h5", "/y, row 1", "zero byte"], write(bench.path("labels.h5"), y=texts), ", label: y", TRAIN)
    with h5py.File(write(bench.path("codes.h5")), "a") as file:
        file["c/codes"], file["c/categories"] = (numpy.arange(ROWS) % 3).astype("i1"), texts[:3]
        file["c"].attrs["encoding-type"] = "categorical"
    bench.refused("coded categories", 65, ["codes.h5", "/c", "category 1", "zero byte"], bench.path("codes.h5"), ", label: y", one_hot)


def missing_values(bench):
    given = -9.99
    cells = numpy.arange(ROWS, dtype=float) % 100
    cells[:7] = given
    for i, width in enumerate(("f2", "f4", "f8")):
        write(bench.path(f"width{i}.h5"), a=cells.astype(width), y=None)
    records = numpy.zeros(ROWS, [("a", "f8"), ("b", "f4"), ("c", "f2"), ("d", "i8")])
    for name in "abc":
        records[name] = cells
    with h5py.File(bench.path("fields.h5"), "w") as file:
        file["t"] = records
    for files, wanted in (("width[12].h5", [14]), ("width[02].h5", [14]), ("width[012].h5", [21]), ("width0.h5", [7]), ("fields.h5", [7, 7, 7, 0])):
        out = bench.good(files, bench.path(files), f", missing_values: [{given}]", "clean: {missing: mean}\n")
        with h5py.File(os.path.join(out, "recipe.h5")) as recipe:
            bench.checks.equal(recipe["columns/missing"][:].tolist(), wanted, f"missing values in {files}")


def main(program):
    checks = Checks()
    with scratch() as directory:
        bench = Bench(checks, program, directory)
        long_integers(bench)
        zero_bytes(bench)
        missing_values(bench)
    checks.close()


main(sys.argv[1])
