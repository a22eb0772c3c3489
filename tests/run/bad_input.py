"""Bad input: each with its message and its status, and nothing that looks like a result."""

import os
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, winnow, write_text


def table(path, n=200, **changes):
    rng = numpy.random.default_rng(5)
    columns = {"a": rng.normal(size=n), "b": rng.normal(size=n), "kind": rng.integers(0, 2, n)}
    columns.update(changes)
    with h5py.File(path, "w") as file:
        for name, values in columns.items():
            file[name] = values
    return path


def job_text(path, **parts):
    words = {"files": f"[{path}]", "label": "kind", "clean": "{missing: mean}", "more": ""}
    words.update(parts)
    return ("memory: 1GiB\ninput: {files: %(files)s, label: %(label)s}\nclean: %(clean)s\n"
            "normalize: {method: standard}\ntrain: {model: {type: logistic}, epochs: 2, batch: 64}\n%(more)s" % words)


class Bench:
    def __init__(self, program, directory, checks):
        self.program, self.directory, self.checks, self.number = program, directory, checks, 0

    def fails(self, what, text, status, *words, out=None):
        self.number += 1
        job = write_text(os.path.join(self.directory, f"job{self.number}.yaml"), text)
        out = out or os.path.join(self.directory, f"out{self.number}")
        done = winnow(self.program, ["run", job, "--out", out], 2)
        self.checks.equal(done.returncode, status, f"{what}: status ({done.stderr[-500:]})")
        for word in words:
            self.checks.that(word in done.stderr, f"{what}: '{word}' is not in: {done.stderr[-500:]}")
        self.checks.that("RESULT" not in done.stdout, f"{what}: a result was printed")
        return done

    def path(self, name):
        return os.path.join(self.directory, name)


def bad_files(bench):
    good = table(bench.path("good.h5"))
    bench.fails("missing file", job_text(bench.path("nowhere.h5")), 66, "nowhere.h5")
    text = write_text(bench.path("text.h5"), "a,b,kind\n1,2,0\n")
    bench.fails("not HDF5", job_text(text), 65, "text.h5")
    cut = bench.path("cut.h5")
    with open(good, "rb") as whole, open(cut, "wb") as part:
        data = whole.read()
        part.write(data[: len(data) // 2])
    bench.fails("truncated", job_text(cut), 65, "cut.h5")
    bench.fails("columns of different lengths", job_text(table(bench.path("uneven.h5"), b=numpy.zeros(7))), 65, "b")
    odd = bench.path(os.fsdecode(b"caf\xe9"))
    bench.fails("no such label", job_text(good, label="kin"), 65, "kin", "kind", out=odd)
    bench.checks.that({"cause", "go_on"} <= set(run_json(odd)), "cause and command of a run in a directory that is not UTF-8")


def bad_cells(bench):
    one = table(bench.path("one.h5"), kind=numpy.ones(200, int))
    bench.fails("one class only", job_text(one), 65, "class")
    gaps = table(bench.path("gaps.h5"), b=numpy.full(200, numpy.nan))
    bench.fails("a column all NaN", job_text(gaps), 65, "b")
    some = numpy.zeros(200)
    some[17] = numpy.nan
    bench.fails("gaps under error", job_text(table(bench.path("some.h5"), b=some), clean="{missing: error}"), 65, "b")
    some[17] = numpy.inf
    wide = numpy.random.default_rng(6).normal(size=200)
    wide[33] = 1e300
    huge = table(bench.path("huge.h5"), b=wide)
    bench.fails("squares beyond a double", job_text(huge), 65, "column b", "1e+300", "iqr")
    bench.fails("squares beyond a double, under zscore",
                job_text(huge, clean="{missing: mean, outliers: {rule: zscore, limit: 3, action: clip}}"), 65, "column b", "iqr")
    bench.fails("infinity", job_text(table(bench.path("infinite.h5"), b=some)), 65, "b", "17", "infinite.h5")


def constant_column(bench):
    path = table(bench.path("constant.h5"), b=numpy.full(200, 3.5))
    job = write_text(bench.path("constant.yaml"), job_text(path))
    out = bench.path("constant")
    done = winnow(bench.program, ["run", job, "--out", out], 2)
    bench.checks.equal(done.returncode, 0, f"a constant column: status ({done.stderr[-500:]})")
    bench.checks.that("do not vary" in done.stderr and ": b" in done.stderr, f"a constant column is told: {done.stderr[-500:]}")
    bench.checks.that(run_json(out)["metrics"]["dense"]["loss"] is not None, "a constant column: the loss is finite")


def untaught_classes(bench):
    """Classes that only rows of input.test have."""
    rows = numpy.arange(200)
    one, two, three = (table(bench.path(f"taught-{n}.h5"), kind=rows % n) for n in (1, 2, 3))
    tests = table(bench.path("untaught.h5"), kind=rows % 3)
    for path, words in ((one, "all training rows are of class 0, and no other can be learnt"),
                        (two, "1 of 3 classes have no training rows and cannot be learnt, the first is 2"), (three, None)):
        job = write_text(bench.path("untaught.yaml"), job_text(path, label=f"kind, test: [{tests}]"))
        done = winnow(bench.program, ["run", job, "--out", bench.path(f"run-{os.path.basename(path)}")], 2)
        bench.checks.equal(done.returncode, 0, f"classes without training rows: status ({done.stderr[-500:]})")
        bench.checks.that(words in done.stderr if words else "learnt" not in done.stderr, f"{words!r} is told: {done.stderr[-500:]}")


def gap_in_image(bench):
    """A gap of a new row is told with the columns of its image, any of which may have it."""
    pixels = numpy.random.default_rng(8).normal(size=(200, 16))
    path = table(bench.path("image.h5"), px=pixels)
    pixels[17, 9] = numpy.nan
    new = table(bench.path("gap.h5"), px=pixels)
    text = job_text(path, clean="{missing: error}", label="kind, table: /, types: {px: {image: [4, 4]}}", more="extract: {image: {method: edges}}\n")
    out = bench.path("image")
    done = winnow(bench.program, ["run", write_text(bench.path("image.yaml"), text), "--out", out])
    bench.checks.equal(done.returncode, 0, f"an image: status ({done.stderr[-500:]})")
    done = winnow(bench.program, ["apply", out, new, "-o", bench.path("image-out.h5")])
    bench.checks.equal(done.returncode, 65, f"a gap in an image: status ({done.stderr[-500:]})")
    words = f"{new}: columns px0 to px15, row 17: a missing cell, which is an error"
    bench.checks.that(words in done.stderr, f"'{words}' is not in: {done.stderr[-500:]}")


def tiny_column(bench):
    path = table(bench.path("tiny.h5"), b=numpy.random.default_rng(7).normal(size=200) * 1e-200)
    job = write_text(bench.path("tiny.yaml"), job_text(path, more="rank: {methods: [anova]}\n"))
    done = winnow(bench.program, ["run", job, "--out", bench.path("tiny")], 2)
    bench.checks.equal(done.returncode, 0, f"squares below a double: status ({done.stderr[-500:]})")
    with h5py.File(os.path.join(bench.path("tiny"), "recipe.h5")) as recipe:
        scores = dict(zip(recipe["features/name"].asstr()[:], recipe["ranking/anova"][:]))
    bench.checks.equal(scores["b"], 0.0, "F of a column whose squares are below a double")


def bad_jobs(bench):
    good = bench.path("good.h5")
    three = f"input:\n  files: [{good}]\n  lable: kind\n  label: kind\ntrain:\n  epochs: -3\n  batch: many\n"
    done = bench.fails("three errors", three, 78, ":3:", ":6:", ":7:", "lable", "epochs", "batch")
    bench.checks.that(sum(":" in line and "job" in line for line in done.stderr.splitlines()) >= 3,
                      "three errors: a line each")
    stranger = bench.path("stranger")
    os.mkdir(stranger)
    write_text(os.path.join(stranger, "thesis.txt"), "mine")
    bench.fails("a directory that is not ours", job_text(good), 73, "stranger", out=stranger)
    bench.checks.equal(os.listdir(stranger), ["thesis.txt"], "a directory that is not ours is left alone")


def main():
    checks = Checks()
    with scratch() as directory:
        bench = Bench(sys.argv[1], directory, checks)
        bad_files(bench)
        bad_cells(bench)
        constant_column(bench)
        tiny_column(bench)
        untaught_classes(bench)
        gap_in_image(bench)
        bad_jobs(bench)
    checks.close()


main()
