"""A pass over the table that was finished is not made again: not after a kill within ranking or the eigen solve, or within the
profile's second pass, and not by a job that ranks, reduces or normalizes otherwise. On any number of ranks, to the fingerprints of
a run that nobody disturbed."""

import json
import os
import re
import signal
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, stop_when, troubled_table, winnow, write_text

JOB = """
memory: {memory}
input: {{files: [{table}], label: kind, split: {{validation: 0.2}}}}
clean: {{missing: {missing}, outliers: {{rule: zscore, limit: {limit}, action: {action}}}}}
normalize: {{method: {normalize}}}
rank: {{methods: {methods}, bins: {bins}, keep: {keep}, forest: {{trees: {trees}, depth: 4}}}}
reduce: {{method: {method}, components: {components}}}
"""


def stages(out):
    try:
        with open(os.path.join(out, "manifest.json"), encoding="utf-8") as file:
            return {name for name, stage in json.load(file)["stages"].items() if stage["key"]}
    except OSError:
        return set()


def work_of(run):
    """(passes, bytes read) of every stage that was not reused."""
    work = {}
    for stage in run["stages"]:
        if not stage["reused"]:
            passes, bytes_read = work.get(stage["name"], (0, 0))
            work[stage["name"]] = (passes + stage["passes"], bytes_read + stage["bytes_read"])
    return work


def kill_after(checks, program, job, out, n_ranks, stage, before):
    """A kill of mpirun and its ranks once a stage is in the manifest; `before`: the stage that must not be there yet."""
    stop_when(program, job, out, n_ranks, lambda _: stage in stages(out), send=signal.SIGKILL)
    checks.that(stage in stages(out) and before not in stages(out), f"killed between {stage} and {before}: {stages(out)}")


def start(checks, program, job, out, n_ranks, what):
    done = winnow(program, ["run", job, "--out", out], n_ranks)
    checks.equal(done.returncode, 0, f"{what}: status ({done.stderr[-500:]})")
    return run_json(out), done.stderr


def check_kills(checks, program, job, out, whole):
    kill_after(checks, program, job, out, 2, "measured", "profile")
    kill_after(checks, program, job, out, 3, "statistics", "recipe")
    kill_after(checks, program, job, out, 2, "forest", "recipe")
    run, said = start(checks, program, job, out, 1, "killed thrice")
    checks.equal(run["fingerprints"], whole["fingerprints"], "killed thrice: fingerprints")
    checks.equal((run["rows"], run["reduce"]), (whole["rows"], whole["reduce"]), "killed thrice: rows and reduction")
    checks.equal(sum(n for _, n in work_of(run).values()), 0, f"bytes read after the kill in the eigen solve: {work_of(run)}")
    checks.equal([s["passes"] for s in run["stages"] if s["name"] == "profile"], [1, 1], "passes of the profile, one a start")
    for stage in ("statistics", "forest"):
        checks.that(f"{stage}: reused" in said, f"the line of {stage}: {said[-800:]}")


def check_second_pass(checks, program, job, out, whole):
    """After a kill in the second pass only that pass is made, with the pilot of its windows."""
    kill_after(checks, program, job, out, 3, "measured", "profile")
    run, said = start(checks, program, job, out, 2, "killed in the second pass")
    checks.equal(run["fingerprints"], whole["fingerprints"], "killed in the second pass: fingerprints")
    checks.equal({name: work[0] for name, work in work_of(run).items()},
                 {"rows": 0, "pilot": 0, "profile": 1, "statistics": 1, "forest": 1, "rank": 0, "reduce": 0}, "passes after a kill in the second")
    checks.that("profile, raw cells: reused" in said, f"the line of the first pass: {said[-800:]}")


def check_others(checks, program, job, out, directory):
    """Jobs that follow from the same sums read no table; those of other sums, or other rows, do."""
    same = ({"keep": 0.5}, {"components": 2}, {"normalize": "none"}, {"methods": "[variance, anova, mutual_information]", "keep": 4})
    for number, values in enumerate(same + ({"bins": 9}, {"limit": 7})):
        run, _ = start(checks, program, job(f"other-{number}", **values), out, 1 + number % 3, str(values))
        fresh, _ = start(checks, program, job(f"other-{number}", **values), os.path.join(directory, f"fresh-{number}"), 2, f"fresh {values}")
        for key in ("fingerprints", "rows"):
            checks.equal(run[key], fresh[key], f"{values}: {key} of a fresh run")
        work = work_of(run)
        read = sum(n for _, n in work.values())
        checks.equal(read == 0, number < len(same), f"{values}: whether the table was read: {work}")
        checks.equal("profile" in work, "limit" in values, f"{values}: whether the profile was made: {work}")


def check_scores(checks, program, job, directory, name, values, changes):
    """Scores that a method reads rows for serve another choice, and a start on other ranks; changes: what makes them anew, if anything."""
    out = os.path.join(directory, name)
    first, _ = start(checks, program, job(name, **values), out, 3, name)
    plan = winnow(program, ["run", job(name, **values), "--dry-run"]).stdout
    planned = {stage: (int(least), plus) for stage, least, plus in re.findall(r"^(\w+) +(\d+)(\+?) ", plan, re.M)}
    for stage, (passes, _) in work_of(first).items():
        least, plus = planned.get(stage, (0, "?"))
        checks.that(passes == least or (plus and passes > least), f"{name}: {stage} took {passes} passes, planned {least}{plus}")
        checks.that(stage in planned or stage == "pilot", f"{name}: {stage} is not in the plan: {planned}")
    for number, more in enumerate(({"keep": 3}, *changes)):
        other = job(f"{name}-{number}", **{**values, **more})
        run, said = start(checks, program, other, out, 2 - number, f"{name}, {more}")
        fresh, _ = start(checks, program, other, os.path.join(directory, f"{name}-{number}"), 1, f"{name}, fresh {more}")
        for key in ("fingerprints", "rank"):
            checks.equal(run[key], fresh[key], f"{name}, {more}: {key} of a fresh run")
        method = values["methods"].strip("[]")
        stage = method.replace("random_", "")
        checks.that(method in run["rank"], f"{name}, {more}: what is told of {method}: {run['rank']}")
        checks.equal({stage for stage, (_, read) in work_of(run).items() if read > 0}, {stage} if number else set(), f"{name}, {more}: stages that read")
        checks.equal(f"{stage}: reused" in said, number == 0, f"{name}, {more}: the line of {stage}: {said[-600:]}")


def check_products(checks, program, job, out):
    """A kill in the eigen solve of features that were chosen among too many: the pass of their products is not made again."""
    whole, _ = start(checks, program, job, out + "-whole", 1, "chosen products")
    kill_after(checks, program, job, out, 2, "products", "recipe")
    run, said = start(checks, program, job, out, 3, "killed after the chosen products")
    checks.equal(run["fingerprints"], whole["fingerprints"], "killed after the chosen products: fingerprints")
    checks.equal(sum(n for _, n in work_of(run).values()), 0, f"bytes read after them: {work_of(run)}")
    checks.that("reduce: goes on after its pass" in said, f"the line of the reduction: {said[-800:]}")
    checks.that("products" not in stages(out) and not os.path.exists(os.path.join(out, "products.h5")), "nothing is left of them")


def check_together(checks, program, job, table, directory):
    """Covariance, PCA, LDA, ANOVA, mutual information and Lasso: two passes over the files together, beside the pilot, which takes at most
    the whole of so small a table."""
    n_bytes, runs = os.path.getsize(table), []
    for n_ranks in (1, 3):
        out = os.path.join(directory, f"together-{n_ranks}")
        for method, components in (("pca", 3), ("lda", 2)):
            values = {"action": "clip", "missing": "median", "normalize": "robust", "methods": "[variance, anova, mutual_information, lasso]"}
            one = job(f"together-{n_ranks}-{method}", table=table, method=method, components=components, **values)
            run, said = start(checks, program, one, out, n_ranks, f"{method} on {n_ranks}")
            work = work_of(run)
            if method == "lda":
                checks.equal(sum(passes for passes, _ in work.values()), 0, f"passes of {method} after pca: {work}")
                checks.that("statistics: reused" in said, f"the line of the statistics: {said[-600:]}")
                checks.equal(run["fingerprints"]["statistics"], runs[-1]["fingerprints"]["statistics"], "statistics read back")
                continue
            checks.equal({name: passes for name, (passes, _) in work.items() if passes}, {"profile": 1, "statistics": 1}, "passes")
            checks.that(work["profile"][1] <= 2 * n_bytes and work["statistics"][1] <= n_bytes, f"bytes read of a table of {n_bytes}: {work}")
            runs.append(run)
    checks.equal(runs[0]["fingerprints"], runs[1]["fingerprints"], "fingerprints of two passes on 1 and 3 ranks")


def check_ties(checks, program, table, job, out):
    """Cells of which half are one value, more than the pilot holds: windows of quartiles that keep them all miss none."""
    brightness = numpy.random.default_rng(5).normal(size=(16000, 600)) * 100
    with h5py.File(table, "w") as file:
        file["px"] = numpy.clip(brightness, 0, 255).astype("uint8")
        file["kind"] = (brightness[:, :9].sum(axis=1) > 0).astype("int32")
    run, _ = start(checks, program, job, out, 2, "ties")
    checks.equal({s["name"]: s["passes"] for s in run["stages"]}["profile"], 1, "passes of the profile where half of the cells are 0")


FILLING = """
input: {{files: [{table}], label: kind, split: {{validation: 0.2}}}}
clean: {{missing: mean}}
normalize: {{method: {normalize}}}
{rank}
"""


def check_following(checks, program, table, directory):
    """Where only gaps are filled and nothing is ranked by products, the profile's pass is all: by a start that made the profile, and by
    one that finds it. What follows is the same."""
    out = os.path.join(directory, "following")

    def job(name, **values):
        return write_text(os.path.join(directory, f"{name}.yaml"), FILLING.format(table=table, **{"normalize": "standard", "rank": "", **values}))

    start(checks, program, job("ranked", rank="rank: {methods: [anova], keep: 1.0}"), out, 2, "ranked")
    for number, normalize in enumerate(("standard", "minmax")):
        run, _ = start(checks, program, job(f"found-{number}", normalize=normalize), out, 1 + 2 * number, f"{normalize} by the profile that was found")
        fresh, _ = start(checks, program, job(f"made-{number}", normalize=normalize), os.path.join(directory, f"made-{number}"), 2, f"{normalize}, fresh")
        checks.equal(run["fingerprints"], fresh["fingerprints"], f"{normalize}: fingerprints")
        checks.equal(sum(n for _, n in work_of(run).values()), 0, f"{normalize}: bytes read for what follows: {work_of(run)}")
        work = {name: passes for name, (passes, _) in work_of(fresh).items()}
        checks.equal((work["profile"], work["statistics"]), (1, 0), f"{normalize}: passes of a fresh run")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        wide, small = (os.path.join(directory, name) for name in ("wide.h5", "small.h5"))
        troubled_table(wide, 3000, n_columns=700, chunk=250)
        troubled_table(small, 1500, n_columns=8, chunk=100)

        def job(name, **values):
            words = {"memory": "1GiB", "missing": "mean", "method": "pca", "table": small, "limit": 4, "action": "drop_row", "normalize": "standard", "bins": 16, "keep": 0.9, "trees": 3,
                     "methods": "[anova, mutual_information]", "components": 3, **values}
            return write_text(os.path.join(directory, f"{name}.yaml"), JOB.format(**words))

        large = job("large", table=wide, components=600, action="missing", methods="[anova, mutual_information, random_forest]")
        whole, _ = start(checks, program, large, os.path.join(directory, "whole"), 2, "undisturbed")
        check_kills(checks, program, large, os.path.join(directory, "killed"), whole)
        check_second_pass(checks, program, large, os.path.join(directory, "second"), whole)
        check_scores(checks, program, job, directory, "trees", {"methods": "[random_forest]", "method": "none"}, ({"trees": 4},))
        screened = os.path.join(directory, "screened.h5")
        troubled_table(screened, 300, n_columns=8300)
        check_scores(checks, program, job, directory, "paths", {"methods": "[lasso]", "method": "none", "action": "missing", "table": screened}, ())
        chosen = {"methods": "[variance]", "keep": 700, "components": 300, "action": "missing", "table": screened}
        check_products(checks, program, job("chosen", **chosen), os.path.join(directory, "chosen"))
        out = os.path.join(directory, "others")
        start(checks, program, job("first"), out, 2, "first")
        together = os.path.join(directory, "together.h5")
        troubled_table(together, 20_000)
        check_together(checks, program, job, together, directory)
        check_others(checks, program, job, out, directory)
        check_following(checks, program, small, directory)
        ties = os.path.join(directory, "ties.h5")
        check_ties(checks, program, ties, job("ties", table=ties, action="clip", methods="[variance]"), os.path.join(directory, "ties"))
    checks.close()


main()
