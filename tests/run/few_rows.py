"""More ranks than rows: 32 ranks give what one rank gives, be it a model or one line of cause, on tables of 5, 2, 1 and no rows."""

import os
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, winnow, write_text

JOB = """
memory: 256MiB
input: {{files: [{table}], label: y, {task}}}
clean: {{missing: mean, outliers: {{rule: iqr, limit: 1.5, action: clip}}, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [variance, anova, mutual_information], keep: 1.0}}
reduce: {{method: pca, components: 1}}
train: {{model: {{type: mlp, hidden: [4]}}, epochs: 2, batch: 4}}
compress: {{plan: [{{prune: {{sparsity: 0.5}}}}, {{quantize: {{type: int8}}}}], tolerance: 1.0}}
"""


def make_table(path, n_rows):
    rng = numpy.random.default_rng(n_rows)
    with h5py.File(path, "w") as file:
        x = rng.normal(size=(n_rows, 3))
        if n_rows > 3:
            x[1, 0] = numpy.nan
        file["x"] = x
        file["y"] = (numpy.arange(n_rows) % 2).astype("int32")


def cause(done):
    """Its one line, without what depends on the number of ranks."""
    lines = [line for line in done.stderr.splitlines() if line.startswith("winnow: ")]
    return [line.replace("rank 0: ", "") for line in lines]


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        for n_rows in (5, 2, 1, 0):
            table = os.path.join(directory, f"rows{n_rows}.h5")
            make_table(table, n_rows)
            job = write_text(os.path.join(directory, f"job{n_rows}.yaml"),
                             JOB.format(table=table, task="task: classification"))
            outs = [os.path.join(directory, f"out{n_rows}-{ranks}") for ranks in (1, 32)]
            one, many = (winnow(program, ["run", job, "--out", out], ranks) for out, ranks in zip(outs, (1, 32)))
            what = f"{n_rows} rows"
            checks.equal(many.returncode, one.returncode, f"{what}: status on 32 ranks ({many.stderr[-400:]})")
            checks.that(one.returncode in (0, 65), f"{what}: status {one.returncode} ({one.stderr[-400:]})")
            checks.equal(len(cause(one)), int(one.returncode != 0), f"{what}: lines of cause ({one.stderr[-300:]})")
            checks.equal(cause(many), cause(one), f"{what}: the cause on 32 ranks")
            if one.returncode == 0 and many.returncode == 0:
                checks.equal(run_json(outs[1])["fingerprints"], run_json(outs[0])["fingerprints"], f"{what}: fingerprints")
            if n_rows == 5:
                checks.equal(one.returncode, 0, f"{what} are enough ({one.stderr[-300:]})")
            print(f"{what}: status {one.returncode} {cause(one)}")
    print("8 runs, of 1 and of 32 ranks, on 4 tables")
    checks.close()


main()
