"""A rank that is stopped for good, in a pass or in training, a read that never ends, and a run directory that does not answer
end the run with status 76 and one line that names rank, host, stage and file; a rank that only pauses does not; afterwards the
run goes on to the undisturbed model.

    hang.py WINNOW PRELOAD
"""

import os
import signal
import socket
import subprocess
import sys
import time

from winnow_runs import Checks, events, launched, ranks_of, run_json, scratch, troubled_table, wait_until_gone, winnow, write_text

JOB = """
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2}}}}
clean: {{missing: mean, duplicates: {duplicates}}}
normalize: {{method: standard}}
train: {{model: {{type: mlp, hidden: [40]}}, epochs: {epochs}, batch: 64, checkpoint: 100ms}}
"""

LIMIT = 3  # seconds
READS_BEFORE_PROFILE = 12  # of a rank, of labels: rows that may repeat are read for nothing else


def start(program, job, out, n_ranks, environment=()):
    command = launched(program, ["run", job, "--out", out, "--hang-minutes", str(LIMIT / 60)], n_ranks)
    at = command.index(program)
    command[at:at] = [word for pair in environment for word in ("-x", pair)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def rank_process(mpirun, rank):
    """The process of a rank, by its environment."""
    for child in ranks_of(mpirun):
        with open(f"/proc/{child}/environ", "rb") as file:
            if f"OMPI_COMM_WORLD_RANK={rank}".encode() in file.read().split(b"\0"):
                return child
    raise LookupError(f"rank {rank} of {mpirun}")


def wait_for_epoch(process, out, epoch):
    while process.poll() is None and not any(e["event"] == "epoch" and e["epoch"] >= epoch for e in events(out)):
        time.sleep(0.01)


def check_hung(checks, process, begin, what, words):
    time.sleep(1)
    ranks = ranks_of(process.pid)
    output, errors = process.communicate(timeout=60)
    seconds = time.monotonic() - begin
    wait_until_gone(ranks)
    checks.equal(process.returncode, 76, f"{what}: status ({errors[-400:]})")
    checks.that(LIMIT <= seconds < LIMIT + 10, f"{what}: told after {seconds:.1f} s")
    lines = [line for line in errors.splitlines() if line.startswith("winnow: ")]
    checks.equal(len(lines), 1, f"{what}: lines ({errors[-400:]})")
    for word in words:
        checks.that(lines and word in lines[0], f"{what}: {lines} names {word}")


def check_goes_on(checks, program, job, out, n_ranks, whole, what):
    """Unwatched: the beats of the run that hung go all the same."""
    checks.that(os.path.exists(os.path.join(out, "ranks", "0")), f"{what}: its beats are still there")
    done = winnow(program, ["run", job, "--out", out, "--hang-minutes", "0"], n_ranks)
    checks.equal(done.returncode, 0, f"{what}: status of the start after it ({done.stderr[-400:]})")
    checks.equal(run_json(out)["fingerprints"], whole["fingerprints"], f"{what}: fingerprints after it")
    checks.that(not os.path.exists(os.path.join(out, "ranks")), f"{what}: beats are left after the start after it")


def check_stopped_rank(checks, program, job, out, whole, host):
    process = start(program, job, out, 3)
    wait_for_epoch(process, out, 2)
    time.sleep(LIMIT / 4)  # two beats: the last one tells the stage
    victim = rank_process(process.pid, 1)
    os.kill(victim, signal.SIGSTOP)
    check_hung(checks, process, time.monotonic(), "a rank stopped in training",
               ["rank 1 ", f"host {host}", f"process {victim}", "no sign of life for 3 seconds", "stage train"])
    check_goes_on(checks, program, job, out, 2, whole, "a rank stopped in training")


def beat_says(out, rank, words):
    try:
        with open(os.path.join(out, "ranks", str(rank)), encoding="utf-8", errors="replace") as file:
            return words in file.read()
    except FileNotFoundError:
        return False


def check_stopped_in_pass(checks, program, preload, job, out, host):
    """Stopped while it reads, which the preload makes to last until then."""
    process = start(program, job, out, 3, [f"LD_PRELOAD={preload}", "WN_HANG_RANK=1", "WN_HANG_PATH=table.h5",
                                           f"WN_HANG_AFTER={READS_BEFORE_PROFILE}"])
    while process.poll() is None and not beat_says(out, 1, "table.h5 in stage "):
        time.sleep(0.05)
    victim = rank_process(process.pid, 1)
    os.kill(victim, signal.SIGSTOP)
    check_hung(checks, process, time.monotonic(), "a rank stopped in a pass",
               ["rank 1 ", f"host {host}", f"process {victim}", "no sign of life for 3 seconds", "last seen reading ",
                "table.h5 in stage profile"])


def check_hanging_directory(checks, program, preload, job, out, rank, teller, host):
    """The file system of the run directory does not answer: to one rank, or to any."""
    process = start(program, job, out, 3, [f"LD_PRELOAD={preload}", f"WN_HANG_RANK={rank}", "WN_HANG_PATH=/ranks/",
                                           "WN_HANG_AFTER=4"])
    check_hung(checks, process, time.monotonic(), f"a run directory that hangs for {rank}",
               [f"rank {teller} ", f"host {host}", f"an access to {out}/ranks in stage ", "has not ended for 3 seconds"])


def check_hanging_read(checks, program, preload, job, out, whole, host):
    process = start(program, job, out, 3, [f"LD_PRELOAD={preload}", "WN_HANG_RANK=1", "WN_HANG_PATH=table.h5",
                                           "WN_HANG_AFTER=12"])
    check_hung(checks, process, time.monotonic(), "a read that does not end",
               ["rank 1 ", f"host {host}", "a read of ", "table.h5", "has not ended for 3 seconds"])
    check_goes_on(checks, program, job, out, 1, whole, "a read that does not end")


def check_pause(checks, program, job, out):
    """One rank for half the limit; then all ranks, as a suspended job, for twice the limit."""
    process = start(program, job, out, 3)
    wait_for_epoch(process, out, 2)
    ranks = [rank_process(process.pid, rank) for rank in range(3)]
    os.kill(ranks[1], signal.SIGSTOP)
    time.sleep(LIMIT / 2)
    os.kill(ranks[1], signal.SIGCONT)
    for rank in ranks:
        os.kill(rank, signal.SIGSTOP)
    time.sleep(2 * LIMIT)
    for rank in ranks:
        os.kill(rank, signal.SIGCONT)
    time.sleep(1)
    checks.equal(process.poll(), None, "ranks that paused are not ended")
    process.send_signal(signal.SIGUSR1)
    output, errors = process.communicate(timeout=60)
    checks.equal(process.returncode, 75, f"status of a stop after pauses ({errors[-400:]})")
    checks.that(not os.path.exists(os.path.join(out, "ranks")), "no beats are left")


def main():
    program, preload = sys.argv[1:]
    checks, host = Checks(), socket.gethostname()
    with scratch() as directory:
        table = os.path.join(directory, "table.h5")
        troubled_table(table, 60000, chunk=1000)
        job = write_text(os.path.join(directory, "job.yaml"), JOB.format(table=table, epochs=60, duplicates="drop"))
        endless = write_text(os.path.join(directory, "endless.yaml"), JOB.format(table=table, epochs=100000, duplicates="drop"))
        repeating = write_text(os.path.join(directory, "repeating.yaml"), JOB.format(table=table, epochs=60, duplicates="keep"))
        done = winnow(program, ["run", job, "--out", os.path.join(directory, "whole")], 2)
        checks.equal(done.returncode, 0, f"status of the undisturbed run ({done.stderr[-500:]})")
        whole = run_json(os.path.join(directory, "whole"))
        check_stopped_rank(checks, program, job, os.path.join(directory, "stopped"), whole, host)
        check_hanging_read(checks, program, preload, job, os.path.join(directory, "hanging"), whole, host)
        check_stopped_in_pass(checks, program, preload, repeating, os.path.join(directory, "in-pass"), host)
        for rank, teller in (("1", 1), ("all", 0)):
            check_hanging_directory(checks, program, preload, endless, os.path.join(directory, f"dead-{rank}"), rank, teller,
                                    host)
        check_pause(checks, program, endless, os.path.join(directory, "paused"))
    checks.close()


main()
