"""What the tests of whole runs share: starting the program under mpirun, tables with troubles, and a tally of checks."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import numpy


class Checks:
    """Counts what was checked; `close` ends the test with its status."""

    def __init__(self):
        self.n_good = 0
        self.failures = []

    def that(self, condition, message):
        if condition:
            self.n_good += 1
        else:
            self.failures.append(message)
            print("FAIL:", message)

    def equal(self, got, wanted, what):
        self.that(got == wanted, f"{what}: got {got!r}, wanted {wanted!r}")

    def near(self, got, wanted, tolerance, what):
        self.that(abs(got - wanted) <= tolerance, f"{what}: got {got!r}, wanted {wanted!r} within {tolerance}")

    def close(self):
        print(f"{self.n_good} checks passed, {len(self.failures)} failed")
        sys.exit(1 if self.failures or self.n_good == 0 else 0)


def launched(program, arguments, n_ranks=0):
    """The command line of `winnow ARGUMENTS`, under mpirun where n_ranks > 0."""
    command = [program, *arguments]
    if n_ranks > 0:
        command = ["mpirun", "--oversubscribe", "--mca", "mpi_yield_when_idle", "1", "-n", str(n_ranks), *command]
    return command


# A process alone needs no daemon of Open MPI's, and no directory that it would share with others. The doctor starts ranks itself.
ALONE = {"OMPI_MCA_ess_singleton_isolated": "1", "OMPI_MCA_orte_create_session_dirs": "0"}


def winnow(program, arguments, n_ranks=0, timeout=300, cwd=None):
    """Runs `winnow ARGUMENTS`, under mpirun where n_ranks > 0; the finished process with its text."""
    more = ALONE if n_ranks == 0 and "doctor" not in arguments else {}
    return subprocess.run(launched(program, arguments, n_ranks), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout, cwd=cwd,
                          env={**os.environ, **more}, check=False)


def run_json(directory):
    with open(os.path.join(directory, "run.json"), encoding="utf-8") as file:
        return json.load(file)


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def troubled_table(path, n_rows, n_columns=9, seed=1, classes=3, chunk=None):
    """A table of separable classes with gaps, outliers, repeated rows and a constant column; label `kind`."""
    rng = numpy.random.default_rng(seed)
    label = rng.integers(0, classes, n_rows)
    centres = numpy.random.default_rng(99).normal(size=(classes, n_columns)) * 2
    x = centres[label] + rng.normal(size=(n_rows, n_columns))
    x[rng.random(x.shape) < 0.03] = numpy.nan
    x[rng.random(x.shape) < 0.005] *= 1e4
    if n_columns > 2:
        x[:, 2] = 7.0
    n_repeats = n_rows // 20
    if n_repeats:
        source, target = rng.integers(0, n_rows, n_repeats), rng.integers(0, n_rows, n_repeats)
        x[target], label[target] = x[source], label[source]
    with h5py.File(path, "w") as file:
        options = {"chunks": (min(chunk, n_rows), n_columns), "compression": "gzip", "shuffle": True} if chunk else {}
        file.create_dataset("x", data=x, **options)
        file["kind"] = label.astype("int32")
    return x, label


def scratch():
    return tempfile.TemporaryDirectory(prefix="winnow-test-")


def events(out):
    path = os.path.join(out, "events.jsonl")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.startswith("{") and line.endswith("\n")]  # not what a kill tore


def ranks_of(mpirun):
    """Process numbers of the ranks that an mpirun has started."""
    try:
        with open(f"/proc/{mpirun}/task/{mpirun}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def has_ended(process):
    """Whether a process is gone, or waits only to be reaped."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_until_gone(ranks, seconds=30):
    """Waits for the ends of ranks, which mpirun's own end does not await; those that are left."""
    deadline = time.monotonic() + seconds
    left = [rank for rank in ranks if not has_ended(rank)]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [rank for rank in left if not has_ended(rank)]
    return left


def stop_when(program, job, out, n_ranks, is_time, more=(), send=signal.SIGUSR1):
    """Starts a run (`more`: its further arguments) and sends a signal once is_time(new events) holds; the finished process."""
    before = len(events(out))
    process = subprocess.Popen(launched(program, ["run", job, "--out", out, *more], n_ranks), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not is_time(events(out)[before:]):
        time.sleep(0.002)
    ranks = ranks_of(process.pid) if n_ranks else []
    process.send_signal(send)
    output, errors = process.communicate(timeout=120)
    if wait_until_gone(ranks):
        raise TimeoutError("ranks outlive their mpirun")
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def reached(stage, epoch):
    return lambda seen: any(e["event"] == "epoch" and e["stage"] == stage and e["epoch"] >= epoch for e in seen)
