"""An open, a read, a write or an allocation that fails on one rank, at a random place of a run, ends every rank within 20
seconds with one status and one line of cause, and leaks nothing; afterwards the run goes on to the undisturbed model.

    faults.py WINNOW PRELOAD CASES [SEED]
"""

import glob
import math
import os
import random
import subprocess
import sys
import time

from stage_jobs import WEIGHTS, stage_jobs
from winnow_runs import Checks, run_json, scratch, winnow

# What a call may end a run with: bad data where a library only says that it failed.
STATUSES = {"open": (65, 66, 73, 74), "read": (65, 74), "write": (74,), "allocate": (71,)}
OF_RUN = "of-run"  # files of the run directory
WRAPPER = '"$@"; status=$?; echo $status >"$WN_STATUS.$OMPI_COMM_WORLD_RANK"; exit $status'


def numbers(pattern):
    """What each rank wrote, in the order of ranks."""
    found = {}
    for path in glob.glob(pattern):
        with open(path, encoding="ascii") as file:
            found[int(path.rsplit(".", 1)[1])] = [int(word) for word in file.read().split()]
    return [found[rank] for rank in sorted(found)]


def start(program, preload, directory, job, out, n_ranks, settings):
    for path in glob.glob(os.path.join(directory, "said.*")) + glob.glob(os.path.join(directory, "left.*")):
        os.remove(path)
    settings = {"WN_FAIL_REPORT": os.path.join(directory, "left"), "WN_STATUS": os.path.join(directory, "said"), **settings}
    exports = [word for name, value in settings.items() for word in ("-x", f"{name}={value}")]
    begin = time.monotonic()
    # The wrapper is not preloaded: its own calls would count.
    done = subprocess.run(["mpirun", "--oversubscribe", "--mca", "mpi_yield_when_idle", "1", "--mca",
                           "orte_abort_on_non_zero_status", "0", "-n", str(n_ranks), *exports, "sh", "-c", WRAPPER, "sh",
                           "env", f"LD_PRELOAD={preload}", program, "run", job, "--out", out],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    return done, time.monotonic() - begin


def count_calls(checks, program, preload, directory, name, job, call, part):
    """How many calls of a kind each of 3 ranks makes in a whole run; nothing of it is left at the end."""
    out = os.path.join(directory, f"count-{name}-{call}-of-run")
    done, _ = start(program, preload, directory, job, out, 3,
                    {"WN_FAIL_CALL": call, "WN_FAIL_AT": "0", "WN_FAIL_RANK": "0", "WN_FAIL_PATH": part})
    if done.returncode != 0:
        sys.exit(f"the counting run failed: {done.stderr[-500:]}")
    lines = numbers(os.path.join(directory, "left.*"))
    print(f"{name}: calls and blocks left by rank of {call}, {part}: {lines}")
    checks.equal([line[1] for line in lines], [0, 0, 0], f"{name}, {call}: blocks left by an undisturbed run")
    return [line[0] for line in lines]


def undisturbed(checks, program, directory, name, job):
    out = os.path.join(directory, f"whole-{name}")
    done = winnow(program, ["run", job, "--out", out], 2)
    checks.equal(done.returncode, 0, f"{name}: status of the undisturbed run ({done.stderr[-500:]})")
    return run_json(out)


def draw_counts(checks, draw, program, preload, directory, jobs, wanted):
    """{(job, call, part): calls by rank}: of every kind of call in one job that is drawn, or, in long campaigns, in all; each takes a run."""
    counts = {}
    for call, is_of_table in (("open", True), ("open", False), ("read", True), ("read", False), ("write", False), ("allocate", False)):
        for name in jobs if wanted >= 100 else draw.choices(list(jobs), [WEIGHTS[name] for name in jobs]):
            job, table = jobs[name]
            part = os.path.basename(table) if is_of_table else "-" if call == "allocate" else OF_RUN
            counts[name, call, part] = count_calls(checks, program, preload, directory, name, job, call, part)
    return counts


def check_case(checks, draw, program, preload, directory, jobs, number, counts, wholes):
    every = sorted(counts)
    name, call, kind = draw.choices(every, [WEIGHTS[key[0]] for key in every])[0]
    job, whole = jobs[name][0], wholes[name]
    part = f"out-{number}" if kind == OF_RUN else kind
    calls = counts[name, call, kind]
    rank = draw.choice([r for r in range(3) if calls[r] > 0])
    at = int(math.exp(draw.uniform(0, math.log(calls[rank] + 1))))
    out = os.path.join(directory, f"out-{number}")
    settings = {"WN_FAIL_CALL": call, "WN_FAIL_AT": str(at), "WN_FAIL_RANK": str(rank), "WN_FAIL_PATH": part}
    if draw.random() < 0.5:
        settings["WN_FAIL_ONCE"] = "1"
    done, seconds = start(program, preload, directory, job, out, 3, settings)
    what = f"{name}: {call} number {at}{' alone' if 'WN_FAIL_ONCE' in settings else ''} of {part} failing on rank {rank}"
    said = [line[0] for line in numbers(os.path.join(directory, "said.*"))]
    checks.that(seconds < 20, f"{what}: {seconds:.1f} s")
    checks.that(len(said) == 3 and len(set(said)) == 1, f"{what}: statuses {said} ({done.stderr[-400:]})")
    left = [line[1] for line in numbers(os.path.join(directory, "left.*"))]
    checks.equal(left, [0, 0, 0], f"{what}: blocks that were not freed")
    if said and said[0] != 0:
        checks.that(said[0] in STATUSES[call], f"{what}: status {said[0]} ({done.stderr[-400:]})")
        causes = [line for line in done.stderr.splitlines() if line.startswith("winnow: ")]
        checks.equal(len(causes), 1, f"{what}: lines of cause ({done.stderr[-400:]})")
    again = winnow(program, ["run", job, "--out", out], draw.choice([1, 2, 3]))
    checks.equal(again.returncode, 0, f"{what}: status of the start after it ({again.stderr[-400:]})")
    if again.returncode == 0:
        checks.equal(run_json(out)["fingerprints"], whole["fingerprints"], f"{what}: fingerprints in the end")
    return bool(said and said[0] != 0)


def main():
    program, preload, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    draw, checks, n_failed = random.Random(seed), Checks(), 0
    with scratch() as directory:
        jobs = stage_jobs(directory, 2000)
        counts = draw_counts(checks, draw, program, preload, directory, jobs, wanted)
        wholes = {name: undisturbed(checks, program, directory, name, jobs[name][0]) for name in {key[0] for key in counts}}
        for number in range(wanted):
            n_failed += check_case(checks, draw, program, preload, directory, jobs, number, counts, wholes)
    checks.that(n_failed >= wanted // 2, f"{n_failed} of {wanted} faults ended a run")
    print(f"{n_failed} of {wanted} faults ended a run")
    checks.close()


main()
