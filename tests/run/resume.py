"""A second start reuses every stage; a changed section does its stage and those after it again, to what a fresh run gives."""

import os
import sys

from winnow_runs import Checks, run_json, scratch, troubled_table, winnow, write_text

JOB = """
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2}}}}
clean: {{missing: median, outliers: {{rule: zscore, limit: 4, action: drop_row}}}}
normalize: {{method: {normalize}}}
rank: {{methods: [variance, anova], keep: {keep}}}
train: {{model: {{type: mlp, hidden: [12]}}, epochs: {epochs}, batch: 64}}
compress: {{while_training: {beside}, metric: accuracy, tolerance: 0.1, plan: [{{prune: {{sparsity: {sparsity}}}}}, {{quantize: {{type: int8}}}}], epochs: 2}}
"""


def start(program, job, out, checks, n_ranks=2, more=()):
    done = winnow(program, ["run", job, "--out", out, *more], n_ranks)
    checks.equal(done.returncode, 0, f"status of {os.path.basename(job)} ({done.stderr[-500:]})")
    return run_json(out)


def reused(run):
    return {name: [stage["reused"] for stage in run["stages"] if stage["name"] == name] for name in
            ("profile", "statistics", "train", "compress", "evaluate")}


def check_kernels(checks, program, job, out):
    """Other BLAS kernels may give other bits: what was made with others is made again, and the line says why."""
    before = run_json(out)["environment"]["blas_kernels"]
    os.environ["OPENBLAS_CORETYPE"] = "Nehalem"
    try:
        done = winnow(program, ["run", job, "--out", out], 2)
    finally:
        del os.environ["OPENBLAS_CORETYPE"]
    checks.equal(done.returncode, 0, f"status with other kernels ({done.stderr[-500:]})")
    now = run_json(out)["environment"]["blas_kernels"]
    if now == before:
        print(f"the kernels cannot be chosen here: {now}")
        return
    checks.that(not any(any(flags) for flags in reused(run_json(out)).values()), "nothing made with other kernels is reused")
    for stage in ("rows", "profile", "statistics", "recipe", "train", "compress"):
        lines = [line for line in done.stderr.splitlines() if f" {stage}: " in line]
        checks.that(any(f"it was made with the BLAS kernels for {before}, here are those for {now}" in line for line in lines),
                    f"{stage}: why is told: {lines}")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        table = os.path.join(directory, "table.h5")
        troubled_table(table, 1500, chunk=100)

        def job(name, **values):
            words = {"table": table, "epochs": 3, "sparsity": 0.5, "beside": "false", "keep": 0.8,
                     "normalize": "standard", **values}
            return write_text(os.path.join(directory, f"{name}.yaml"), JOB.format(**words))

        for beside in ("false", "true"):
            out = os.path.join(directory, f"run-{beside}")
            first = start(program, job("first", beside=beside), out, checks)
            second = start(program, job("first", beside=beside), out, checks, n_ranks=3)
            checks.that(all(all(flags) and flags for flags in reused(second).values()),
                        f"everything is reused on a second start: {reused(second)}")
            checks.equal(second["fingerprints"], first["fingerprints"], "fingerprints of a second start")
            checks.equal(second["metrics"], first["metrics"], "metrics of a second start")

            third = start(program, job("third", beside=beside, sparsity=0.7), out, checks, n_ranks=1)
            checks.that(all(reused(third)["statistics"]), "the recipe is reused when compression changed")
            checks.equal(reused(third)["compress"], [False], "compression is done again when it changed")
            fresh = start(program, job("third", beside=beside, sparsity=0.7), os.path.join(directory, f"fresh-{beside}"), checks)
            checks.equal(third["fingerprints"], fresh["fingerprints"], "a resumed run gives what a fresh one gives")

        check_kernels(checks, program, job("first"), os.path.join(directory, "run-false"))
        out = os.path.join(directory, "other-features")
        start(program, job("first"), out, checks)
        for name, values in (("keep", {"keep": 0.5}), ("normalize", {"normalize": "none"})):
            other = start(program, job(name, **values), out, checks, n_ranks=3)
            fresh = start(program, job(name, **values), os.path.join(directory, f"fresh-{name}"), checks, n_ranks=1)
            checks.that(all(reused(other)["profile"]), f"the profile is reused when {name} changed")
            checks.equal(reused(other)["statistics"], [True], f"statistics are reused when {name} changed")
            checks.equal(other["fingerprints"], fresh["fingerprints"], f"{name} changed: what a fresh run gives")
            checks.equal(other["rows"], fresh["rows"], f"{name} changed: the ledger of a fresh run")

        with open(job("plain"), encoding="utf-8") as file:
            text = "".join(line for line in file if not line.startswith("compress:"))
        plain = start(program, write_text(os.path.join(directory, "plain.yaml"), text), out, checks)
        checks.that("compression" not in plain and "compressed" not in plain["fingerprints"],
                    "a job without compression says nothing of one")
        checks.that(not os.path.exists(os.path.join(out, "compressed.wnm")),
                    "the artefact of another job does not stay in the directory")

        never = winnow(program, ["run", job("first"), "--out", os.path.join(directory, "run-false"), "--resume", "never"], 1)
        checks.equal(never.returncode, 0, f"--resume never into a finished run of ours ({never.stderr[-300:]})")
    checks.close()


main()
