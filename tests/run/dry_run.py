"""What --dry-run says is what the run then does: passes of every stage, rows by rank, memory, status 69; and it leaves nothing."""

import os
import re
import sys

import h5py
import numpy
from winnow_runs import Checks, reached, run_json, scratch, stop_when, troubled_table, winnow, write_text

JOB = """
memory: {memory}
input: {{files: [{table}], label: kind, split: {{validation: 0.2}}}}
clean: {{missing: {missing}, outliers: {{rule: {rule}, limit: {limit}, action: {action}}}, duplicates: {duplicates}}}
normalize: {{method: {normalize}}}
{rest}
"""

RANK = "rank: {methods: [anova], keep: 1.0}\nreduce: {method: pca, components: 3}\n"
TRAIN = "train: {model: {type: mlp, hidden: [8]}, epochs: 1, batch: 64}\n"
JOBS = {
    "recipe": {"rest": ""},
    "all": {"rest": RANK + TRAIN + "compress: {epochs: 1, tolerance: 0.5}\n", "duplicates": "drop"},
    "apart": {"rest": TRAIN + "compress: {while_training: false, epochs: 1, tolerance: 0.5}\n", "missing": "drop_row"},
    "twice": {"rest": RANK.replace("anova", "anova, random_forest") + TRAIN, "missing": "mean", "rule": "iqr", "action": "drop_row"},
    "distances": {"rest": "", "missing": "most_frequent", "rule": "mad", "duplicates": "{columns: [kind, x0]}", "normalize": "[log, robust]"},
    "told": {"rest": "", "missing": "most_frequent", "rule": "quantile", "limit": 0.01, "action": "report", "normalize": "minmax"},
}

# Every stage that there is.
ALL_STAGES = {"rest": "extract: {categorical: {method: target}}\noutput: {data: true}\n" + RANK.replace("anova", "anova, random_forest") + TRAIN +
                      "compress: {epochs: 1, tolerance: 0.5}\n", "duplicates": "drop"}

# Training takes more than the statistics here.
MODEL = ("train: {{model: {{type: mlp, hidden: [400, 200]}}, epochs: 2, batch: 512, lanes: 8, checkpoint: 20ms, optimizer: {{type: {}}}}}\n"
         "compress: {{while_training: {}, epochs: 1, trials: 2, tolerance: 0.5}}\n")
HEAVY = {"beside": RANK.replace("keep: 1.0", "keep: 1, always: ['x*']").replace("components: 3", "components: 30, append: true") + MODEL.format("adam", "true"), "after": MODEL.format("sgd", "false")}
FOLDED = "rank: {methods: [variance, anova, mutual_information, lasso], folds: 5}\n"


def stages(text):
    """Passes of each stage: (number, whether more are possible)."""
    table = text.split("stage       passes  why\n")[1].split("\n\n")[0]
    return {name: (int(n), plus == "+") for name, n, plus in re.findall(r"^(\w+) +(\d+)(\+?) +\S", table, re.M)}


def done_passes(run):
    counts = {}
    for stage in run["stages"]:
        counts[stage["name"]] = counts.get(stage["name"], 0) + stage["passes"]
    return counts


def check_job(checks, program, directory, table, name, values):
    words = {"memory": "1GiB", "missing": "median", "rule": "none", "action": "clip", "duplicates": "keep", "limit": 3, "normalize": "standard", **values}
    job = write_text(os.path.join(directory, f"{name}.yaml"), JOB.format(table=table, **words))
    out = os.path.join(directory, f"out-{name}")
    plan = winnow(program, ["run", job, "--out", out, "--dry-run"], 3)
    checks.equal(plan.returncode, 0, f"{name}: status of the dry run ({plan.stderr[-300:]})")
    checks.that(not os.path.exists(out), f"{name}: a dry run leaves nothing")
    done = winnow(program, ["run", job, "--out", out], 3)
    checks.equal(done.returncode, 0, f"{name}: status of the run ({done.stderr[-300:]})")
    run = run_json(out)
    planned, counted = stages(plan.stdout), done_passes(run)
    for stage, passes in counted.items():
        least, more = planned.get(stage, (-1, False))
        checks.that(passes == least or (more and passes > least), f"{name}: {stage} took {passes} passes, planned {least}"
                                                                 f"{'+' if more else ''}")
    checks.equal(set(planned) - {"all"}, set(counted), f"{name}: stages")
    rows = re.search(r"^input +(\d+) rows, (\d+) columns, (\d+) blocks", plan.stdout, re.M)
    checks.equal(int(rows.group(1)), run["rows"]["read"], f"{name}: rows")
    again = winnow(program, ["run", job, "--out", out, "--dry-run", "--ranks", "3"])
    checks.equal(again.stdout, plan.stdout, f"{name}: --ranks 3 plans what 3 ranks plan")
    return planned


def check_all_stages(checks, program, directory):
    table = os.path.join(directory, "places.h5")
    _, label = troubled_table(table, 2000, chunk=100)
    with h5py.File(table, "a") as file:
        file["place"] = [f"place {(i * 7 + kind) % 5}" for i, kind in enumerate(label)]
    planned = check_job(checks, program, directory, table, "all stages", ALL_STAGES)
    checks.equal(len(set(planned) - {"all"}), 11, f"all stages: {planned}")


def planned_and_allocated(out):
    """Bytes, without the libraries'."""
    memory = run_json(out)["memory"]
    return memory["planned_bytes"] - memory["libraries_bytes"], memory["peak_bytes"]


def check_memory(checks, program, directory, name, rest, n_ranks):
    """With no more memory than the plan says a run succeeds, none of it for blocks that are kept; and the plan is near."""
    table = os.path.join(directory, "wide.h5")
    if not os.path.exists(table):
        troubled_table(table, 4000, n_columns=60, classes=5, chunk=100)
    job = write_text(os.path.join(directory, f"{name}.yaml"), JOB.format(
        table=table, memory="1GiB", missing="median", rule="iqr", action="clip", duplicates="keep", limit=3, normalize="standard", rest=rest))
    plan = winnow(program, ["run", job, "--dry-run", "--ranks", str(n_ranks)])
    need = re.search(r"at the worst moment +([\d.]+)", plan.stdout)
    checks.that(need is not None, f"{name}: {plan.stdout} {plan.stderr}")
    out = os.path.join(directory, f"memory-{name}-{n_ranks}")
    memory = ["--set", f"memory={int((float(need.group(1)) + 0.1) * 2**20)}"]
    done = winnow(program, ["run", job, "--out", out] + memory, n_ranks)
    checks.equal(done.returncode, 0, f"{name} on {n_ranks} ranks with what was planned ({done.stderr[-300:]})")
    check_going_on(checks, program, job, memory, out, n_ranks)
    planned, peak = planned_and_allocated(out)
    print(f"{name} on {n_ranks} ranks: planned {planned / 2**20:.1f} MiB, allocated {peak / 2**20:.1f} MiB")
    checks.that(peak <= planned + 2**18, f"{name} on {n_ranks} ranks: allocated {peak}, planned {planned}")  # what is left may keep a small block
    # 100 classes are planned for, and the worker's largest moment beside a checkpoint, which is not in every run.
    checks.that(planned <= 1.8 * peak, f"{name} on {n_ranks} ranks: planned {planned}, allocated only {peak}")


def check_going_on(checks, program, job, memory, whole, n_ranks):
    """What was stopped in training and in fine-tuning goes on with the memory that was planned."""
    out, what = whole + "-stopped", f"{os.path.basename(whole)}"
    for moment, stage in ((reached("train", 1), "train"), (reached("fine-tune", 1), "fine-tune")):
        stopped = stop_when(program, job, out, n_ranks, moment, memory)
        checks.equal(stopped.returncode, 75, f"{what}: stopped in {stage} ({stopped.stderr[-300:]})")
    done = winnow(program, ["run", job, "--out", out] + memory, n_ranks)
    checks.equal(done.returncode, 0, f"{what}: goes on ({done.stderr[-300:]})")
    checks.equal(run_json(out)["fingerprints"], run_json(whole)["fingerprints"], f"{what}: fingerprints")
    planned, peak = planned_and_allocated(out)
    checks.that(peak <= planned + 2**18, f"{what}: gone on with, allocated {peak}, planned {planned}")


def check_spill(checks, program, directory):
    """Hashes of rows that memory does not hold are spilled: the plan says less, is kept, and nothing else changes."""
    table = os.path.join(directory, "long.h5")
    random = numpy.random.default_rng(3)
    with h5py.File(table, "w") as file:
        file["X"] = random.integers(0, 500, size=(600000, 2)).astype("f4")
    text = "seed: 1\nmemory: {}\ninput: {{files: [%s], split: {{validation: 0.2}}}}\nclean: {{duplicates: drop}}\n" % table
    job, runs = write_text(os.path.join(directory, "spill.yaml"), text.format("1GiB")), []
    for name, n_ranks, less in (("whole", 1, None), ("spilled", 1, 8), ("shared", 2, 4)):
        plan = winnow(program, ["run", job, "--dry-run"], n_ranks).stdout
        whole, need = (float(re.search(words + r" +([\d.]+)", plan).group(1)) for words in ("duplicates", "at the worst moment"))
        memory = int((need - less) * 2**20) if less else 2**30
        out, words = os.path.join(directory, name), ["--set", f"memory={memory}"]
        plan = winnow(program, ["run", job, "--dry-run"] + words, n_ranks).stdout
        planned = float(re.search(r"duplicates +([\d.]+)", plan).group(1))
        checks.that(not less or planned < whole - less / 2, f"{name}: {planned} MiB of hashes are planned, {whole} in memory")
        done = winnow(program, ["run", job, "--out", out] + words, n_ranks)
        checks.equal(done.returncode, 0, f"{name}: status ({done.stderr[-300:]})")
        runs.append(run_json(out))
        most, peak = planned_and_allocated(out)
        print(f"{name}: planned {most / 2**20:.1f} MiB, hashes {planned}, allocated {peak / 2**20:.1f} MiB")
        checks.that(not less or peak <= most + 2**18, f"{name}: allocated {peak}, planned {most}")
    for other in runs[1:]:
        checks.equal((other["rows"], other["fingerprints"]), (runs[0]["rows"], runs[0]["fingerprints"]), "rows and fingerprints")
    checks.that(runs[0]["rows"]["dropped"]["duplicate"] > 100000, f"repeats are dropped: {runs[0]['rows']}")


def check_resident(checks, program, directory):
    """A table that memory does not hold: what is resident, libraries included, is near what memory allows, and not above it by more than a tenth."""
    table, out = os.path.join(directory, "long"), os.path.join(directory, "resident")
    checks.equal(winnow(program, ["generate", "-o", table, "--rows", "1200000", "--columns", "60", "--missing", "0.02"], 2).returncode, 0, "generate")
    job = write_text(os.path.join(directory, "resident.yaml"), f"memory: 512MiB\ninput: {{files: ['{table}/*.h5']}}\nclean: {{missing: median}}\n")
    done = winnow(program, ["run", job, "--out", out])
    checks.equal(done.returncode, 0, f"resident: {done.stderr[-300:]}")
    run = run_json(out)
    limit, planned, rss = run["memory"]["limit_bytes"], run["memory"]["planned_bytes"], run["peak_rss_bytes"]
    print(f"resident: {rss / 2**20:.1f} MiB of {limit / 2**20:.1f}, planned without kept blocks {planned / 2**20:.1f}")
    checks.that(rss <= 1.1 * limit, f"resident {rss}, allowed {limit}")
    checks.that(rss >= 0.6 * limit, f"resident only {rss}: kept blocks fill what is left of {limit}")
    again = winnow(program, ["run", job, "--out", out + "-least", "--set", f"memory={planned + 2**18}"])
    checks.equal(again.returncode, 0, f"resident, least: {again.stderr[-300:]}")
    least = run_json(out + "-least")
    print(f"resident: {least['peak_rss_bytes'] / 2**20:.1f} MiB of {least['memory']['planned_bytes'] / 2**20:.1f} planned")
    checks.that(least["peak_rss_bytes"] <= 1.1 * least["memory"]["planned_bytes"], f"resident {least['peak_rss_bytes']}, planned {least['memory']}")
    checks.equal(least["fingerprints"], run["fingerprints"], "fingerprints with less memory")


def check_windows(checks, program, directory):
    """Where the quantiles' windows hold more than memory, one pass more is told, and of so long a table no block is kept;
    nothing of the table is read for that."""
    table = os.path.join(directory, "endless.h5")
    with h5py.File(table, "w") as file:
        file.create_dataset("x", (2**27, 28), "f4", chunks=(2**16, 28))
    job = write_text(os.path.join(directory, "endless.yaml"), f"input: {{files: [{table}]}}\nclean: {{missing: median}}\n")
    for memory, is_told in (("512MiB", True), ("100GiB", False)):
        plan = winnow(program, ["run", job, "--set", f"memory={memory}", "--dry-run", "--ranks", "2"])
        checks.equal(plan.returncode, 0, f"{memory}: {plan.stderr[-300:]}")
        told = re.search(r"one pass more where windows of quantiles hold about ([\d.]+) MiB", plan.stdout)
        checks.equal(told is not None, is_told, f"{memory}: {plan.stdout}")
        checks.equal("would keep few of the blocks: none" in plan.stdout, is_told, f"{memory}: {plan.stdout}")


def check_limits(checks, program, directory, table):
    job = write_text(os.path.join(directory, "small.yaml"), JOB.format(
        table=table, memory="1MiB", missing="median", rule="none", action="clip", duplicates="drop", limit=3, normalize="standard", rest=TRAIN))
    planned = winnow(program, ["run", job, "--out", os.path.join(directory, "small"), "--dry-run"], 2)
    done = winnow(program, ["run", job, "--out", os.path.join(directory, "small")], 2)
    checks.equal((planned.returncode, done.returncode), (69, 69), f"too little memory ({done.stderr[-300:]})")
    causes = [[line for line in text.splitlines() if "exceeds memory" in line] for text in (planned.stderr, done.stderr)]
    checks.equal(causes[0], causes[1], "the cause is the same")
    checks.that(len(causes[0]) == 1, f"one line of cause: {causes[0]}")
    needed = re.search(r"(\d+) MiB a rank are needed", causes[0][0]).group(1)
    enough = winnow(program, ["run", job, "--set", f"memory={needed}MiB", "--dry-run"], 2)
    checks.equal(enough.returncode, 0, f"what is said to be needed is enough ({enough.stderr[-300:]})")
    many = winnow(program, ["run", job, "--set", "memory=1GiB", "--dry-run", "--ranks", "1000"])
    checks.that(re.search(r"\d+ read nothing", many.stdout) is not None, f"idle ranks are told: {many.stdout}")
    checks.that("8 of 1000 ranks train" in many.stdout or "1 of 1000 ranks train" in many.stdout,
                f"ranks beyond the lanes are told: {many.stdout}")


def check_chunks(checks, program, directory):
    """Chunks larger than blocks, and wide ones of which a column is wanted, are planned for: what is said to be needed is enough."""
    rng = numpy.random.default_rng(3)
    for name, shape, chunk, columns in (("long", (300000, 10), (150000, 10), "'*'"), ("few", (4000, 2000), (1000, 2000), "x7")):
        table = os.path.join(directory, f"{name}.h5")
        with h5py.File(table, "w") as file:
            file.create_dataset("x", data=rng.random(shape), chunks=chunk, compression="gzip", compression_opts=1)
        job = write_text(os.path.join(directory, f"{name}.yaml"),
                         f"memory: 1MiB\ninput: {{files: [{table}], columns: {{include: [{columns}]}}}}\nclean: {{missing: median}}\n")
        told = re.search(r"(\d+) MiB a rank are needed", winnow(program, ["run", job, "--dry-run"]).stderr)
        out = os.path.join(directory, f"out-{name}")
        done = winnow(program, ["run", job, "--out", out, "--set", f"memory={told.group(1)}MiB"])
        checks.equal(done.returncode, 0, f"{name} chunks in the memory that is needed ({done.stderr[-300:]})")
        memory = run_json(out)["memory"]
        print(f"{name} chunks: planned {memory['planned_bytes'] / 2**20:.1f} MiB, allocated {memory['peak_bytes'] / 2**20:.1f} MiB")
        checks.that(memory["peak_bytes"] <= memory["planned_bytes"], f"{name} chunks: {memory}")


def check_folds(checks, program, directory):
    """Folds take what was planned; where that alone is too much, the advice is about folds."""
    table = os.path.join(directory, "folded.h5")
    troubled_table(table, 3000, n_columns=150, classes=3)
    job = write_text(os.path.join(directory, "folded.yaml"), JOB.format(
        table=table, memory="1GiB", missing="median", rule="none", action="clip", duplicates="keep", limit=3, normalize="standard", rest=FOLDED))
    need = {folds: float(re.search(r"at the worst moment +([\d.]+)", winnow(
        program, ["run", job, "--dry-run", "--set", f"rank.folds={folds}"]).stdout).group(1)) for folds in (0, 5)}
    out = os.path.join(directory, "folded")
    refused = winnow(program, ["run", job, "--out", out, "--set", f"memory={int((need[0] + 1) * 2**20)}"])
    checks.equal(refused.returncode, 69, "memory for none of the folds")
    checks.that("use fewer folds" in refused.stderr, f"advice: {refused.stderr[-300:]}")
    done = winnow(program, ["run", job, "--out", out, "--set", f"memory={int((need[5] + 0.1) * 2**20)}"], 2)
    checks.equal(done.returncode, 0, f"memory for all of the folds ({done.stderr[-300:]})")
    memory = run_json(out)["memory"]
    print(f"folds: planned {memory['planned_bytes'] / 2**20:.1f} MiB, allocated {memory['peak_bytes'] / 2**20:.1f} MiB")
    checks.that(memory["peak_bytes"] <= memory["planned_bytes"] + 2**18, f"folds: {memory}")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        table = os.path.join(directory, "table.h5")
        troubled_table(table, 2000, chunk=100)
        for name, values in JOBS.items():
            check_job(checks, program, directory, table, name, values)
        check_all_stages(checks, program, directory)
        for name, rest in HEAVY.items():
            for n_ranks in (1, 3):
                check_memory(checks, program, directory, name, rest, n_ranks)
        check_spill(checks, program, directory)
        check_limits(checks, program, directory, table)
        check_chunks(checks, program, directory)
        check_folds(checks, program, directory)
        check_windows(checks, program, directory)
        check_resident(checks, program, directory)
    checks.close()


main()
