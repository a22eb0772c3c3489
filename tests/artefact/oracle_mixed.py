"""Compressed models of tables with categories and gaps: the same fingerprints at 1 and 3 ranks, and `winnow apply` with the full and the
compressed model on the training file gives the predictions that run.json's metrics are of."""

import os
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, winnow, write_text

ROWS = 2400

JOB = """
memory: 1GiB
input: {{files: ['{table}'], label: y, types: {{code: categorical}}, split: {{validation: 0.2, test: 0.2}}}}
clean: {{missing: median, indicators: true, outliers: {{rule: iqr, limit: 3, action: clip}}}}
normalize: {{method: standard}}
extract: {{categorical: {{method: one_hot, levels: 12}}}}
{more}
train: {{model: {model}, optimizer: {{type: adam, learning_rate: 0.02}}, epochs: 6, batch: 64}}
compress: {{metric: f1, tolerance: {tolerance}, plan: {plan}, epochs: 4}}
"""

MLP = "{type: mlp, hidden: [12]}"
PRUNE = "[{prune: {method: magnitude, sparsity: SHARE}}, {quantize: {type: int8}}]"
JOBS = {
    "mlp": (MLP, "", 0.3, PRUNE.replace("SHARE", "0.7")),
    "logistic": ("{type: logistic}", "rank: {methods: [anova], keep: 0.5}", 0.3, PRUNE.replace("SHARE", "0.8")),
    "pca": (MLP, "reduce: {method: pca, components: 6}", 0.3, PRUNE.replace("SHARE", "0.3")),
    "full": (MLP, "", 0, PRUNE.replace("SHARE", "0.99")),
}


def write_table(path):
    rng = numpy.random.default_rng(5)
    line = numpy.array([f"B{k}" for k in range(30)] + ["größe"], dtype=object)[numpy.minimum(rng.geometric(0.15, ROWS) - 1, 30)]
    code = rng.choice([-1.5, 0.1, 3.0, 1e6], ROWS)
    a, b = rng.normal(5, 2, ROWS), rng.exponential(3, ROWS)
    y = (a + 3 * (code == 0.1) - 2 * (line == "B1") + rng.normal(0, 0.5, ROWS) > 5).astype("int32")
    line[rng.random(ROWS) < 0.05] = ""
    code[rng.random(ROWS) < 0.03] = numpy.nan
    b[rng.random(ROWS) < 0.1] = numpy.nan
    with h5py.File(path, "w") as file:
        for name, values in (("a", a), ("b", b), ("code", code), ("y", y)):
            file.create_dataset(name, data=values, chunks=(300,), compression="gzip")
        file.create_dataset("line", data=list(line), dtype=h5py.string_dtype(), chunks=(300,))
        file["plant"] = rng.choice(["north", "south", ""], ROWS, p=[0.6, 0.35, 0.05]).astype("S8")
    return y


def apply(checks, program, run, table, model, ranks):
    output = f"{run}-{model}-{ranks}.h5"
    done = winnow(program, ["apply", run, table, "-o", output, "--model", model], ranks)
    checks.equal(done.returncode, 0, f"apply of the {model} model on {ranks} ranks ({done.stderr[-300:]})")
    with h5py.File(output) as file:
        return file["prediction"][:]


def run_job(checks, program, directory, table, name):
    model, more, tolerance, plan = JOBS[name]
    job = write_text(os.path.join(directory, f"{name}.yaml"),
                     JOB.format(table=table, model=model, more=more, plan=plan, tolerance=tolerance))
    found = {}
    for ranks in (1, 3):
        out = os.path.join(directory, f"{name}-{ranks}")
        done = winnow(program, ["run", job, "--out", out, "-q"], ranks)
        checks.equal(done.returncode, 0, f"{name} on {ranks} ranks ({done.stderr[:600]})")
        if done.returncode != 0:
            checks.close()
        found[ranks] = run_json(out)
    checks.equal(found[3]["fingerprints"], found[1]["fingerprints"], f"{name}: fingerprints on 3 ranks")
    checks.that("compressed" in found[1]["fingerprints"], f"{name}: there is a compressed model")
    return os.path.join(directory, f"{name}-1"), found[1]


def check_metrics(checks, program, table, run, summary, y):
    """Predictions for all rows, judged on the test rows, are what the run says of both models."""
    with open(os.path.join(run, "rows.u8"), "rb") as file:
        is_test = numpy.frombuffer(file.read(), "u1") == 2
    for model in ("dense", "compressed"):
        got = apply(checks, program, run, table, model, 3 if model == "compressed" else 1)
        accuracy = (got == y)[is_test].mean()
        checks.near(accuracy, summary["metrics"][model]["accuracy"], 1e-12, f"{run}: accuracy of {model}")
        checks.that(accuracy > max(y.mean(), 1 - y.mean()) + 0.05, f"{run}: {model} has learnt something ({accuracy:.3f})")
    return is_test


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        table = os.path.join(directory, "mixed.h5")
        y = write_table(table)
        for name in JOBS:
            run, summary = run_job(checks, program, directory, table, name)
            check_metrics(checks, program, table, run, summary, y)
            compression = summary["compression"]
            print(name, compression["accepted"], compression["compressed_bytes"], compression["ratio"],
                  summary["metrics"]["dense"]["accuracy"], summary["metrics"]["compressed"]["accuracy"])
    checks.close()


main()
