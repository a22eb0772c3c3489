"""Ranks are killed (SIGKILL) at random moments over a whole job, or the job is asked to end (TERM, USR1 to mpirun), and then
started again on a random number of ranks, until it ends: the same model as that of a run nobody disturbed, and nothing done
twice that a checkpoint had.

    kills.py WINNOW KILLS [SEED]
"""

import glob
import json
import os
import random
import signal
import subprocess
import sys
import time

from winnow_runs import Checks, launched, run_json, scratch, troubled_table, winnow, write_text

JOB = """
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2, test: 0.1}}}}
clean: {{missing: mean, outliers: {{rule: zscore, limit: 5, action: drop_row}}, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [variance, anova, mutual_information], keep: 0.9}}
reduce: {{method: pca, components: 5}}
train: {{model: {{type: mlp, hidden: [60, 40], dropout: 0.1}}, epochs: 8, batch: 64, checkpoint: 40ms}}
compress: {{metric: accuracy, tolerance: 0.1, epochs: 12, trials: 4}}
output: {{data: {{compression: gzip}}}}
"""


# TERM leaves 2 seconds, after which mpirun kills; signals that come before mpirun or MPI are up are their own affair.
STATUSES = {"kill of a rank": (137, -signal.SIGKILL, 1), "kill of mpirun": (-signal.SIGKILL,),
            "TERM": (75, 137, 143, 1, -signal.SIGTERM), "USR1": (75, 138, 1, -signal.SIGUSR1)}


def ranks_of(mpirun):
    """Process numbers of the ranks that an mpirun has started."""
    try:
        with open(f"/proc/{mpirun}/task/{mpirun}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def is_gone(process):
    return not os.path.exists(f"/proc/{process}")


def events(out):
    path = os.path.join(out, "events.jsonl")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.endswith("\n") and line.startswith("{")]


def start_and_kill(draw, program, job, out, n_ranks, delay):
    """Starts the job, disturbs it after a while, and waits for its end: status, output, what was done to whom, processes left."""
    process = subprocess.Popen(launched(program, ["run", job, "--out", out], n_ranks), stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    try:
        process.wait(timeout=delay)
    except subprocess.TimeoutExpired:
        pass
    ranks = ranks_of(process.pid)
    what, victim, number = draw.choices(
        [("kill of a rank", draw.choice(ranks or [process.pid]), signal.SIGKILL), ("kill of mpirun", process.pid, signal.SIGKILL),
         ("TERM", process.pid, signal.SIGTERM), ("USR1", process.pid, signal.SIGUSR1)], [70, 10, 10, 10])[0]
    try:
        os.kill(victim, number)
    except ProcessLookupError:
        pass
    output, _ = process.communicate(timeout=60)
    deadline = time.monotonic() + 20
    while not all(is_gone(rank) for rank in ranks) and time.monotonic() < deadline:
        time.sleep(0.02)
    left = [rank for rank in ranks if not is_gone(rank)]
    for rank in left:
        os.kill(rank, signal.SIGKILL)
    return process.returncode, output, what, left


def check_no_repeat(checks, before, after, what):
    """Where training had a checkpoint, the next start does not train its earlier epochs again."""
    written = [e for e in before if e["event"] == "checkpoint" and e["stage"] == "train"]
    trained = [e["epoch"] for e in after if e["event"] == "epoch" and e["stage"] == "train"]
    resumed = [e for e in after if e["event"] == "resumed" and e["stage"] == "train"]
    if written and trained:
        checks.that(min(trained) >= written[-1]["epoch"], f"{what}: epochs {trained} after a checkpoint in epoch "
                                                          f"{written[-1]['epoch']}")
    if written and resumed:
        checks.that(resumed[0]["step"] >= written[-1]["step"],
                    f"{what}: went on from step {resumed[0]['step']}, a checkpoint had {written[-1]['step']}")


def check_same(checks, run, whole, what):
    for key in ("fingerprints", "metrics", "objectives", "rows"):
        checks.equal(run[key], whole[key], f"{what}: {key}")
    for key in ("plan", "compressed_bytes", "accepted"):
        checks.equal(run["compression"][key], whole["compression"][key], f"{what}: compression.{key}")


def check_tidy(checks, out, what):
    left = [name for name in glob.glob(os.path.join(out, "**"), recursive=True)
            if ".part" in name or "checkpoints" in name or os.path.basename(name).startswith("lock")]
    checks.equal(left, [], f"{what}: files left over")


def disturb(checks, draw, program, job, out, whole, seconds, n_kills):
    """One directory: kills until there were n_kills, then to the end. Returns how many there were."""
    kills = 0
    while kills < n_kills:
        before = events(out)
        n_ranks = draw.choice([1, 2, 3, 5])
        delay = draw.uniform(0, 1.1) * seconds * (0.6 + 0.2 * n_ranks)
        status, output, how, left = start_and_kill(draw, program, job, out, n_ranks, delay)
        what = f"{how}, of {n_ranks} ranks, after {delay:.2f} s"
        checks.equal(left, [], f"{what}: ranks left after their job")
        if status == 0:
            break
        kills += 1
        # A rank that others waited for may tell of it first; a kill before MPI is up is mpirun's own affair.
        checks.that(status in STATUSES[how], f"{what}: status {status} ({output[-400:]})")
        check_no_repeat(checks, before, events(out)[len(before):], what)
    n_ranks = draw.choice([1, 2, 3, 5])
    before = events(out)
    done = winnow(program, ["run", job, "--out", out], n_ranks)
    checks.equal(done.returncode, 0, f"status after {kills} kills on {n_ranks} ranks ({done.stderr[-500:]})")
    if done.returncode == 0:
        check_no_repeat(checks, before, events(out)[len(before):], f"after {kills} kills")
        check_same(checks, run_json(out), whole, f"after {kills} kills, on {n_ranks} ranks")
        check_tidy(checks, out, f"after {kills} kills")
    return kills


def main():
    program, wanted = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    draw, checks, kills, number = random.Random(seed), Checks(), 0, 0
    with scratch() as directory:
        table = os.path.join(directory, "table.h5")
        troubled_table(table, 9000, n_columns=12, chunk=500)
        job = write_text(os.path.join(directory, "job.yaml"), JOB.format(table=table))
        begin = time.monotonic()
        done = winnow(program, ["run", job, "--out", os.path.join(directory, "whole")], 2)
        seconds = time.monotonic() - begin
        checks.equal(done.returncode, 0, f"status of the undisturbed run ({done.stderr[-500:]})")
        whole = run_json(os.path.join(directory, "whole"))
        while kills < wanted:
            number += 1
            kills += disturb(checks, draw, program, job, os.path.join(directory, f"run-{number}"), whole, seconds,
                             min(draw.randint(1, 4), wanted - kills))
        went_on = sum(e["event"] == "resumed" for n in range(1, number + 1)
                      for e in events(os.path.join(directory, f"run-{n}")))
        checks.that(went_on > 0, "some start went on from a checkpoint")
    print(f"{kills} kills in {number} runs, {went_on} starts from a checkpoint")
    checks.close()


main()
