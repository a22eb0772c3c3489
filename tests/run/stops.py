"""A run that is asked to stop (USR1) in training and in fine-tuning ends with status 75 at a checkpoint, and going on, on
other numbers of ranks, gives the model of a run that was never stopped; so does going on from the older of two
checkpoints when the newer is damaged."""

import json
import os
import sys

from winnow_runs import Checks, events, reached, run_json, scratch, stop_when, troubled_table, winnow, write_text

JOB = """
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2, test: 0.1}}}}
clean: {{missing: median, duplicates: drop}}
normalize: {{method: standard}}
reduce: {{method: pca, components: 5}}
train: {{model: {{type: mlp, hidden: [40, 30], dropout: 0.1}}, epochs: 8, batch: 64, checkpoint: {interval}}}
compress: {{while_training: {beside}, metric: accuracy, tolerance: 0.1, plan: {plan}, epochs: 12, trials: 5}}
"""
LIST = "[{prune: {sparsity: 0.8}}, {quantize: {type: int8}}]"


def check_same(checks, run, whole, what):
    checks.equal(run["fingerprints"], whole["fingerprints"], f"{what}: fingerprints")
    checks.equal(run["metrics"], whole["metrics"], f"{what}: metrics")
    checks.equal(run["objectives"], whole["objectives"], f"{what}: objectives")
    numbers = [(e["epoch"], e["loss"], e["validation"]["accuracy"]) for e in run["train"]["epochs"]]
    checks.equal(numbers, [(e["epoch"], e["loss"], e["validation"]["accuracy"]) for e in whole["train"]["epochs"]],
                 f"{what}: epochs")
    for key in ("plan", "accepted", "compressed_bytes", "nonzero_fraction"):
        checks.equal(run["compression"][key], whole["compression"][key], f"{what}: compression.{key}")
    trials = [[{k: t[k] for k in ("plan", "bytes", "metric")} for t in r["compression"]["trials"]] for r in (run, whole)]
    checks.equal(trials[0], trials[1], f"{what}: trials")
    steps = [r["compression"]["background"]["applied_at_step"] for r in (run, whole)]
    checks.equal(steps[0], steps[1], f"{what}: steps of the decisions")


def check_stops(checks, program, job, out, whole, interval):
    """Stopped twice, gone on with twice; a loss of at most the interval."""
    for n_ranks, moment, stage in ((3, reached("train", 3), "train"), (2, reached("fine-tune", 1), "fine-tune")):
        stopped = stop_when(program, job, out, n_ranks, moment)
        checks.equal(stopped.returncode, 75, f"status of a run asked to stop in {stage} ({stopped.stderr[-300:]})")
        checks.that("stopped" in stopped.stderr and "again" in stopped.stderr,
                    f"the message says how to go on: {stopped.stderr[-300:]}")
        checks.equal(run_json(out)["status"], "stopped", "run.json's status")
        last = [e for e in events(out) if e["event"] == "checkpoint"][-1]
        checks.equal(last["stage"], stage, "the stage of the last checkpoint")
        checks.that(interval != "1h" or last["epoch"] > 1 or stage != "train", "the stop itself wrote the checkpoint")
    went_on = winnow(program, ["run", job, "--out", out], 1)
    checks.equal(went_on.returncode, 0, f"status of the last start ({went_on.stderr[-500:]})")
    seen = events(out)
    resumed = [(e["stage"], e["step"]) for e in seen if e["event"] == "resumed"]
    written = [(e["stage"], e["step"]) for e in seen if e["event"] == "checkpoint"]
    checks.equal([stage for stage, _ in resumed][:1], ["train"], "the second start goes on in training")
    checks.that(("fine-tune" in [stage for stage, _ in resumed]), f"the third goes on in fine-tuning: {resumed}")
    checks.that(all(r in written for r in resumed), f"what was gone on from was written: {resumed} of {written}")
    check_same(checks, run_json(out), whole, f"stopped twice, interval {interval}")
    checks.that(not os.path.exists(os.path.join(out, "checkpoints")), "a finished run keeps no checkpoints")


def check_damage(checks, program, job, out, whole):
    """The newer checkpoint loses a byte: the older serves, and is named."""
    stopped = stop_when(program, job, out, 2, reached("train", 5))
    checks.equal(stopped.returncode, 75, f"status of a run asked to stop ({stopped.stderr[-300:]})")
    paths = [os.path.join(out, "checkpoints", name) for name in sorted(os.listdir(os.path.join(out, "checkpoints")))]
    checks.equal([os.path.basename(path) for path in paths], ["0.wns", "1.wns"], "two checkpoints are kept")
    newer = max(paths, key=os.path.getmtime)
    with open(newer, "r+b") as file:
        file.seek(os.path.getsize(newer) // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 4]))
    went_on = winnow(program, ["run", job, "--out", out], 3)
    checks.equal(went_on.returncode, 0, f"status with a damaged checkpoint ({went_on.stderr[-500:]})")
    checks.that(f"{newer}: is damaged" in went_on.stderr, f"the damaged file is named: {went_on.stderr[-500:]}")
    resumed = [e["step"] for e in events(out) if e["event"] == "resumed"]
    written = [e["step"] for e in events(out) if e["event"] == "checkpoint" and e["stage"] == "train"]
    checks.that(resumed[:1] and resumed[0] > 0 and resumed[0] in written, f"the older one served: {resumed}")
    check_same(checks, run_json(out), whole, "with a damaged checkpoint")


def kept(out):
    """What attempts have left to go on from: stages, and how many checkpoints were written."""
    path = os.path.join(out, "manifest.json")
    if not os.path.exists(path):
        return {}, 0
    with open(path, encoding="utf-8") as file:
        return json.load(file)["stages"], sum(e["event"] == "checkpoint" for e in events(out))


def outcomes(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as file:
        return file.read().split()


def check_time_limit(checks, program, job, out, whole):
    """A limit that comes again and again, wherever it falls; it grows, so that a slow machine ends too. An attempt that came no
    further says so."""
    history = out + ".outcome"
    for start in range(40):
        before, hours = kept(out), 0.25 * 1.1**start / 3600 if start > 0 else 1e-9
        stopped = winnow(program, ["run", job, "--out", out, "--max-hours", str(hours), "--outcome", history], 2)
        if stopped.returncode == 0:
            break
        checks.equal(stopped.returncode, 75, f"status at the time limit ({stopped.stderr[-300:]})")
        further = kept(out) != before
        checks.equal("needs more time" in stopped.stderr, not further, f"no step forward is told: {stopped.stderr[-300:]}")
        checks.equal(outcomes(history)[start:], ["stopped" if further else "standstill"], "the outcome for scripts")
        checks.equal(run_json(out).get("came_further"), further, "came_further in run.json")
        checks.that("its time limit" in stopped.stderr, f"the time limit is named: {stopped.stderr[-300:]}")
    checks.that(start > 0, "the limit came at least once")
    checks.equal(stopped.returncode, 0, "the run is done in the end")
    checks.equal(outcomes(history)[start:], ["done"], "the outcome of the last start")
    check_same(checks, run_json(out), whole, f"stopped {start} times by its limit")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        table = os.path.join(directory, "table.h5")
        troubled_table(table, 12000, chunk=500)

        def job(name, **values):
            return write_text(os.path.join(directory, f"{name}.yaml"), JOB.format(table=table, **values))

        for beside, plan in (("true", "auto"), ("false", "auto"), ("true", LIST)):
            tag = f"{beside}-{plan[:4].strip('[{')}"
            often = job(f"often-{tag}", beside=beside, plan=plan, interval="20ms")
            seldom = job(f"seldom-{tag}", beside=beside, plan=plan, interval="1h")
            out = os.path.join(directory, f"whole-{tag}")
            done = winnow(program, ["run", seldom, "--out", out], 2)
            checks.equal(done.returncode, 0, f"status of the undisturbed run ({done.stderr[-500:]})")
            whole = run_json(out)
            check_stops(checks, program, seldom, os.path.join(directory, f"seldom-{tag}"), whole, "1h")
            if beside == "true":
                check_stops(checks, program, often, os.path.join(directory, f"often-{tag}"), whole, "20ms")
                check_time_limit(checks, program, seldom, os.path.join(directory, f"limit-{tag}"), whole)
                check_damage(checks, program, often, os.path.join(directory, f"damaged-{tag}"), whole)
    checks.close()


main()
