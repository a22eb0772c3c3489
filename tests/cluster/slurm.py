"""The scripts of slurm/ on a Slurm of four hosts: time limits, lost hosts, killed ranks, one directory for one job.

    cluster.sh 4 /usr/bin/python3 slurm.py PROGRAM SOURCE_DIRECTORY [CASE...]
"""

import os
import signal
import sys
import time

from slurm_jobs import Job, cut_link, kill_host, named, ranks_of, send, slurm, until, was_signalled
from winnow_runs import Checks, run_json, troubled_table, winnow, write_text

JOB = """
seed: 3
memory: 256MiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2, test: 0.1}}}}
clean: {{missing: mean, outliers: {{rule: iqr, limit: 3, action: missing}}, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [variance, anova, mutual_information], bins: 16, keep: 0.7}}
reduce: {{method: pca, components: 4}}
train:
  model: {{type: mlp, hidden: [16], dropout: 0.1}}
  optimizer: {{type: adam, learning_rate: 0.01}}
  batch: 64
  lanes: 8
  epochs: {epochs}
  checkpoint: 50ms
compress: {{while_training: true, metric: accuracy, tolerance: 0.2, plan: auto, epochs: 3, trials: 4}}
"""

TWO_HOSTS = ("-N2", "--ntasks-per-node=1")
ONE_RANK = ("-N1", "--ntasks-per-node=1")  # where the status counts: srun -K1 may kill a rank that ends a little later


class Bench:
    def __init__(self, program, source, directory, checks):
        self.program, self.source, self.directory, self.checks = program, source, directory, checks
        self.wanted = {}

    def job(self, name, epochs):
        """A job file, and what it gives on one rank without Slurm."""
        table = os.path.join(self.directory, "table.h5")
        if not os.path.exists(table):
            troubled_table(table, 3000, chunk=64)
        path = write_text(os.path.join(self.directory, f"{name}.yaml"), JOB.format(table=table, epochs=epochs))
        out = os.path.join(self.directory, f"{name}-alone")
        done = winnow(self.program, ["run", path, "--out", out, "-q"])
        self.checks.equal(done.returncode, 0, f"{name} on one rank ({done.stderr[-500:]})")
        self.wanted[path] = run_json(out)["fingerprints"]
        return path

    def submit(self, name, script, job, *options, run=None, arguments=()):
        out = run or os.path.join(self.directory, name)
        return Job(self.directory, name, os.path.join(self.source, "slurm", script), [job, "--out", out, *arguments], options)

    def completed(self, submitted, job, attempts):
        """The job ended well, after so many attempts, with the fingerprints of one undisturbed rank."""
        name, checks = submitted.name, self.checks
        checks.equal(submitted.ended(), ("COMPLETED", 0), f"{name}: end; {submitted.text()[-1500:]}")
        has_summary = os.path.exists(os.path.join(submitted.run, "run.json"))
        checks.that(has_summary, f"{name}: there is no run.json")
        if not has_summary:
            return
        run = run_json(submitted.run)
        checks.equal(run["status"], "done", f"{name}: status in run.json")
        checks.equal(run["attempts"], attempts, f"{name}: attempts")
        checks.equal(run["fingerprints"], self.wanted[job], f"{name}: fingerprints")

    def resumed(self, submitted, seen):
        """Training went on where the newest checkpoint was, or at one written after `seen`."""
        name, checks = submitted.name, self.checks
        marks = [event for event in named(submitted.run, "checkpoint", "resumed") if event["stage"] == "train"]
        places = [i for i, event in enumerate(marks) if event["event"] == "resumed"]
        checks.that(places, f"{name}: training does not go on from a checkpoint")
        for i in places[:1]:
            before = [event["step"] for event in marks[:i]]
            checks.that(before and marks[i]["step"] >= before[-1] >= seen,
                        f"{name}: resumed at step {marks[i]['step']}, checkpoints at {before[-3:]}, {seen} was seen")


def several_hosts(bench, short):
    """Two and four hosts, an array of settings, and two jobs that must not come back: a bad one, and one that never gets
    anywhere in its time."""
    two = bench.submit("two-hosts", "run.sbatch", short, *TWO_HOSTS)
    four = bench.submit("four-hosts", "run.sbatch", short, "-N4", "--ntasks-per-node=2")
    still = bench.submit("standstill", "restart.sbatch", short, *ONE_RANK, arguments=("--max-hours", "1e-9"))
    wrong = write_text(os.path.join(bench.directory, "bad.yaml"), "trian: {}\n")
    bad = bench.submit("bad-job", "restart.sbatch", wrong, *ONE_RANK)
    settings = write_text(os.path.join(bench.directory, "settings"),
                          "# two tasks\n\n--set train.epochs=2\ntrain.epochs=3 \"train.model.hidden=[8, 4]\"\n")
    script, out = os.path.join(bench.source, "slurm", "sweep.sbatch"), os.path.join(bench.directory, "sweep")
    Job(bench.directory, "sweep", script, [short, settings, out], ["--array=1-2", "-N1", "--ntasks-per-node=2"])
    bench.completed(two, short, 1)
    bench.completed(four, short, 1)
    bench.checks.equal(run_json(four.run)["ranks"], 8, "ranks on four hosts")
    bench.checks.equal(bad.ended(), ("FAILED", 78), f"a bad job: {bad.text()[-500:]}")
    bench.checks.equal(bad.restarts(), 0, "restarts of a bad job")
    bench.checks.equal(still.ended(), ("FAILED", 75), f"a job that comes no further: {still.text()[-500:]}")
    bench.checks.equal(still.restarts(), 0, "restarts of a job that comes no further")
    bench.checks.that("came no further than the last; not started again" in still.text(), f"it is told: {still.text()[-500:]}")
    for task, epochs in (("1", 2), ("2", 3)):
        until(f"task {task} of the sweep", lambda: os.path.exists(os.path.join(out, task, "run.json")))
        bench.checks.equal(len(run_json(os.path.join(out, task))["train"]["epochs"]), epochs, f"epochs of task {task}")


def time_limit(bench, long):
    """Slurm's signal before the limit: a checkpoint, back to the queue, the rest. Others are refused the directory."""
    job = bench.submit("limited", "restart.sbatch", long, *TWO_HOSTS, "--time=60", "--signal=USR1@900",
                       "--export=ALL,WINNOW_RESTARTS=0")  # a stop is no failure
    held, seen = job.hold_in_training()
    job.change("TimeLimit=10")  # now, for else the signal, which Slurm sends at its own times, may come before training
    second = bench.submit("second", "run.sbatch", long, *ONE_RANK, run=job.run)
    bench.checks.equal(second.ended(), ("FAILED", 73), f"a second job on one directory: {second.text()[-500:]}")
    for words in ("in use", f"on {job.nodes()[0]}", f"job {job.number}"):
        bench.checks.that(words in second.text(), f"a second job: '{words}' is not in {second.text()[-500:]}")
    until("Slurm's signal", lambda: was_signalled(held, signal.SIGUSR1))
    send(held, signal.SIGCONT)
    job.requeued()
    job.change("TimeLimit=60")
    for words in ("time limit: stops at a checkpoint after", "start again to go on", "back to the queue"):
        bench.checks.that(words in job.text(), f"a job at its limit: '{words}' is not in {job.text()[-900:]}")
    bench.completed(job, long, 2)
    bench.resumed(job, seen)


def cancelled(bench, long):
    """A job that its user cancels stays so; its directory can be gone on with."""
    job = bench.submit("cancelled", "restart.sbatch", long, "-N1", "--ntasks-per-node=2")
    _, seen = job.hold_in_training()
    slurm("scancel", job.number)
    bench.checks.equal(job.ended()[0], "CANCELLED", "a cancelled job")
    until("its processes to end", lambda: not ranks_of(job))
    bench.checks.equal((job.state(), job.restarts()), ("CANCELLED", 0), "a cancelled job, later")
    again = bench.submit("again", "restart.sbatch", long, *TWO_HOSTS, run=job.run)
    again.run = job.run
    bench.completed(again, long, 2)
    bench.resumed(again, seen)


def killed_rank(bench, long):
    job = bench.submit("killed", "restart.sbatch", long, *TWO_HOSTS)
    held, seen = job.hold_in_training()
    send(held, signal.SIGKILL)
    job.requeued()
    bench.completed(job, long, 2)
    bench.resumed(job, seen)


def hung_rank(bench, long):
    """A rank that stops for good on one host: one line names it, and the job ends, with the status of the rank that told
    (76) or of the killed one, whichever srun takes (the greatest that it got); its directory can be gone on with."""
    job = bench.submit("hung", "run.sbatch", long, *TWO_HOSTS, arguments=("--hang-minutes", "0.05"))
    held, seen = job.hold_in_training()
    host = job.nodes()[1]
    state, status = job.ended()
    lines = [line for line in job.text().splitlines() if "winnow: " in line]
    bench.checks.that(state == "FAILED" and status in (76, 137), f"a rank that hung: {state} {status}")
    bench.checks.that("Exited with exit code 76" in job.text(), f"a rank that hung: {job.text()[-900:]}")
    bench.checks.equal(len(lines), 1, f"lines about a rank that hung: {job.text()[-900:]}")
    for words in ("rank 1 ", f"host {host} ", f"process {held}", "no sign of life for 3 seconds", "stage train"):
        bench.checks.that(lines and words in lines[0], f"a rank that hung: {lines} names {words}")
    until("its processes to end", lambda: not ranks_of(job))
    again = bench.submit("after-hung", "run.sbatch", long, *TWO_HOSTS, run=job.run)
    again.run = job.run
    bench.completed(again, long, 2)
    bench.resumed(again, seen)


def lost_hosts(bench, long):
    """Two jobs of two hosts: one loses the link of its second host, the other all of its first, where rank 0 was."""
    options = (*TWO_HOSTS, "--exclusive")
    cut = bench.submit("cut-off", "restart.sbatch", long, *options)
    dead = bench.submit("dead-host", "restart.sbatch", long, *options)
    seen = {job: job.hold_in_training()[1] for job in (cut, dead)}
    lost = {cut: cut.nodes()[1], dead: dead.nodes()[0]}
    cut_link(lost[cut])
    kill_host(lost[dead])
    for job in (cut, dead):
        job.requeued()
        bench.completed(job, long, 2)
        bench.resumed(job, seen[job])
        again = set(lost.values()) & set(job.nodes())
        bench.checks.that(not again, f"{job.name} ran again on lost hosts: {again}")


def hard_limits(bench, long):
    """For minutes. A job that gets no signal before the limit goes back to the queue all the same, with the checkpoint
    that it writes when Slurm ends it; and one that is left alone stops before its limit, as Slurm tells it the time."""
    options = (*TWO_HOSTS, "--time=1", "--signal=URG@1")
    far = "--export=ALL,SLURM_JOB_END_TIME=4000000000"  # or it would know better
    late = bench.submit("late", "restart.sbatch", long, *options, far)
    begun = time.monotonic()
    early = bench.submit("early", "restart.sbatch", long, *options)
    held = {job: job.hold_in_training() for job in (late, early)}
    while late.state() == "RUNNING":  # each signal of Slurm's lets a process go on
        send(held[late][0], signal.SIGSTOP)
        if early.state() == "RUNNING":
            send(held[early][0], signal.SIGSTOP if time.monotonic() < begun + 56 else signal.SIGCONT)
        time.sleep(0.1)
    send(held[late][0], signal.SIGCONT)  # where it was stopped once more just after Slurm's TERM
    for job in (late, early):
        job.requeued()
        bench.completed(job, long, 2)
        bench.resumed(job, held[job][1])
    bench.checks.that("TIME LIMIT" in late.text(), f"a job that Slurm ends: {late.text()[-500:]}")
    bench.checks.that("TIME LIMIT" not in early.text() and "by its time limit" in early.text(),
                      f"a job that knows its limit: {early.text()[-900:]}")


CASES = {"several_hosts": (several_hosts, 5), "time_limit": (time_limit, 1000), "cancelled": (cancelled, 1000),
         "killed_rank": (killed_rank, 1000), "lost_hosts": (lost_hosts, 1000)}
LONG_CASES = {"hard_limits": (hard_limits, 1000), "hung_rank": (hung_rank, 1000)}


def main():
    program, source, *names = sys.argv[1:]
    checks = Checks()
    directory = os.path.join(os.environ["CLUSTER_DIRECTORY"], "shared")
    os.mkdir(directory)
    os.environ.update(WINNOW=program, OMPI_MCA_mpi_yield_when_idle="1")
    bench = Bench(program, source, directory, checks)
    jobs = {}
    for name in names or CASES:
        case, epochs = (CASES | LONG_CASES)[name]
        if epochs not in jobs:
            jobs[epochs] = bench.job(f"epochs-{epochs}", epochs)
        begin = time.monotonic()
        case(bench, jobs[epochs])
        print(f"{name}: {time.monotonic() - begin:.0f} s", flush=True)
    checks.close()


main()
