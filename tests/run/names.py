"""Columns of odd names, very long ones, with brackets, stars, quotes, newlines and letters of all kinds: chosen by name, trained on, told in
recipe and report, and found again by `winnow apply`."""

import os
import sys

import h5py
import numpy

from winnow_runs import Checks, scratch, winnow, write_text

NAMES = ["n" * 3000, "x[0]", "a*", "größe 日本", "line\nfeed \"quoted\" 'too' <b>&amp;", "a.b", "?", "\\", " "]


def main(program):
    checks = Checks()
    rng = numpy.random.default_rng(2)
    with scratch() as directory:
        table, run, new = (os.path.join(directory, name) for name in ("t.h5", "run", "new.h5"))
        with h5py.File(table, "w") as file:
            for name in [*NAMES, "out"]:
                file[name] = rng.normal(size=200)
            file["y"] = numpy.arange(200) % 2
        job = write_text(os.path.join(directory, "job.yaml"),
                         f"input: {{files: ['{table}'], label: y, columns: {{exclude: [out]}}}}\nnormalize: {{method: standard}}\n"
                         "rank: {methods: [anova]}\ntrain: {model: {type: logistic}, epochs: 1, batch: 64}\n"
                         "compress: {plan: [{quantize: {type: int8}}], epochs: 1, tolerance: 1.0}\n")
        done = winnow(program, ["run", job, "--out", run, "-q"])
        checks.equal(done.returncode, 0, f"run ({done.stderr[-300:]})")
        with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
            checks.equal(sorted(recipe["columns/name"].asstr()[:]), sorted(NAMES), "names in the recipe")
        with open(os.path.join(run, "report.html"), encoding="utf-8") as file:
            checks.that("&lt;b&gt;&amp;amp;" in file.read(), "the report shows a name with markup as it is")
        done = winnow(program, ["apply", run, table, "-o", new, "--id", "out"])
        checks.equal(done.returncode, 0, f"apply ({done.stderr[-300:]})")
        for key, chosen in (("include", ["x[0]", "?"]), ("exclude", [name for name in NAMES if name not in ("x[0]", "?")] + ["out"])):
            words = ", ".join('"' + name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"' for name in chosen)
            out = os.path.join(directory, key)
            done = winnow(program, ["run", job, "--out", out, "-q", "--set", f"input.columns={{{key}: [{words}]}}", "--set", "rank.keep=1"])
            checks.equal(done.returncode, 0, f"{key} ({done.stderr[-300:]})")
            with h5py.File(os.path.join(out, "recipe.h5")) as recipe:
                left = set(recipe["columns/name"].asstr()[:])
                checks.that("x[0]" in left if key == "include" else left == {"x[0]", "?"}, f"{key}: {left}")
    checks.close()


main(sys.argv[1])
