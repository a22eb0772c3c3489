"""Ranks are killed (SIGKILL) at random moments over a whole job, or the job is asked to end (TERM, USR1 to mpirun), and then
started again on a random number of ranks, until it ends: the same model as that of a run nobody disturbed, and nothing done
twice that a checkpoint had.

A moment is a place in the job's course, a while after one of its events, not a time: so it falls within the job however fast
the machine is. Only what ended a job counts as a kill.

    kills.py WINNOW KILLS [SEED]
"""

import glob
import os
import random
import signal
import subprocess
import sys
import time

from stage_jobs import WEIGHTS, stage_jobs
from winnow_runs import (Checks, events, has_ended, launched, ranks_of, run_json, scratch, wait_until_gone, winnow)

# What an end by each may look like. TERM leaves a moment, after which mpirun kills; signals that come before mpirun or MPI are up
# are their own affair.
# An mpirun that hangs is killed itself.
STATUSES = {"kill of a rank": (137, -signal.SIGKILL, 1), "kill of mpirun": (-signal.SIGKILL,),
            "TERM": (75, 137, 143, 1, -signal.SIGTERM, -signal.SIGKILL), "USR1": (75, 138, 1, -signal.SIGUSR1, -signal.SIGKILL)}
START = ("start", None, None)


def landmarks(seen):
    """What every course of the job goes by, in the order in which it does: where stages begin and end, and epochs."""
    return [(e["event"], e["stage"], e.get("epoch")) for e in seen if e["event"] in ("stage_begin", "stage_end", "epoch")]


def launch(program, job, out, n_ranks, patience):
    """Starts the job. `patience`: the seconds that mpirun gives the ranks left by one that was killed, after TERM."""
    command = launched(program, ["run", job, "--out", out], n_ranks)
    command[1:1] = ["--mca", "odls_base_sigkill_timeout", str(patience)]
    # restore_signals: Python ignores SIGPIPE, and so does then mpirun, which otherwise dies of it when it talks to a rank that is gone.
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, restore_signals=False)


def course_of(program, job, out, n_ranks):
    """An undisturbed run's output and its course: [(landmark, seconds to the next, the last one's to the end)]."""
    begin, passed = time.monotonic(), [(START, 0.0)]
    process = launch(program, job, out, n_ranks, 1)
    while process.poll() is None:
        time.sleep(0.001)
        now = time.monotonic() - begin
        passed += [(landmark, now) for landmark in landmarks(events(out))[len(passed) - 1:]]
    ends = [now for _, now in passed[1:]] + [time.monotonic() - begin]
    return process, [(landmark, end - now) for (landmark, now), end in zip(passed, ends)]


def ahead(course, seen):
    """The part of the course that a start after these events has before it, as far as can be known: its start, and all
    after the last landmark."""
    passed = set(landmarks(seen))
    last = max((i for i, (landmark, _) in enumerate(course) if landmark in passed), default=0)
    return [course[0], *course[last + 1:]]


def wait_for(process, out, n_before, place):
    """Waits until the job has passed a landmark and a while more, or has ended."""
    landmark, while_after = place
    while process.poll() is None and landmark != START and landmark not in landmarks(events(out)[n_before:]):
        time.sleep(0.002)
    try:
        process.wait(timeout=while_after)
    except subprocess.TimeoutExpired:
        pass


def disturb_process(draw, process, ranks):
    """What was done to a job, None where it had ended before."""
    how = draw.choices(list(STATUSES), [70, 10, 10, 10])[0]
    if how == "kill of a rank" and not ranks:
        how = "kill of mpirun"
    if process.poll() is not None:
        return None
    try:
        if how == "kill of a rank":
            os.kill(draw.choice(ranks), signal.SIGKILL)
        else:
            process.send_signal({"kill of mpirun": signal.SIGKILL, "TERM": signal.SIGTERM, "USR1": signal.SIGUSR1}[how])
    except ProcessLookupError:
        return None
    return how


def end_of(process, patience=30):
    """What a job printed, once it has ended. At times it is mpirun alone that does not, when all ranks have: PMIx 4.2 waits for
    a lock of its own in PMIx_server_finalize. That is told, and ended."""
    try:
        return process.communicate(timeout=patience)[0]
    except subprocess.TimeoutExpired:
        if not all(has_ended(rank) for rank in ranks_of(process.pid)):
            return process.communicate(timeout=3 * patience)[0]
        print(f"mpirun {process.pid} did not end {patience} s after its ranks: killed")
        process.kill()
        return process.communicate()[0]


def start_and_kill(draw, program, job, out, n_ranks, place):
    """Starts the job, disturbs it at a place, and waits for its end: status, output, what was done to it, processes left."""
    n_before = len(events(out))
    process = launch(program, job, out, n_ranks, draw.choice([0, 0, 1]))
    wait_for(process, out, n_before, place)
    ranks = ranks_of(process.pid)
    how = disturb_process(draw, process, ranks)
    output = end_of(process)
    left = wait_until_gone(ranks)
    for rank in left:
        os.kill(rank, signal.SIGKILL)
    return process.returncode, output, how, left


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


def stage_of(seen):
    """The stage that a job was last known to be in."""
    return next((e["stage"] for e in reversed(seen) if e.get("stage")), "start")


def disturb(checks, draw, program, job, out, whole, course, n_kills):
    """One directory: kills until there were n_kills, or the job ended before, then to the end. Returns the stages they fell in."""
    kills = []
    while len(kills) < n_kills:
        before = events(out)
        n_ranks = draw.choice([1, 2, 3, 5])
        landmark, seconds = draw.choice(ahead(course, before))
        place = (landmark, draw.random() * seconds)
        status, output, how, left = start_and_kill(draw, program, job, out, n_ranks, place)
        what = f"{how}, of {n_ranks} ranks, {place[1]:.3f} s after {landmark}"
        checks.equal(left, [], f"{what}: ranks left after their job")
        if status == 0:
            break
        after = events(out)[len(before):]
        kills.append(stage_of(after))
        # A rank that others waited for may tell of it first; a kill before MPI is up is mpirun's own affair.
        checks.that(status in STATUSES.get(how, ()), f"{what}: status {status} ({output[-400:]})")
        check_no_repeat(checks, before, after, what)
    n_ranks = draw.choice([1, 2, 3, 5])
    before = events(out)
    done = winnow(program, ["run", job, "--out", out], n_ranks)
    checks.equal(done.returncode, 0, f"status after {len(kills)} kills on {n_ranks} ranks ({done.stderr[-500:]})")
    if done.returncode == 0:
        check_no_repeat(checks, before, events(out)[len(before):], f"after {len(kills)} kills")
        check_same(checks, run_json(out), whole, f"after {len(kills)} kills, on {n_ranks} ranks")
        check_tidy(checks, out, f"after {len(kills)} kills")
    return kills


def main():
    program, wanted = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    draw, checks, kills, number, went_on = random.Random(seed), Checks(), [], 0, 0
    with scratch() as directory:
        jobs = stage_jobs(directory, 9000, n_columns=12, hidden="60, 40", epochs=8, fine=12, checkpoint="10ms")
        courses, wholes = {}, {}
        while (len(kills) < wanted or went_on == 0) and number < wanted + 20:  # few kills may all fall outside training
            number += 1
            name = draw.choices(list(jobs), [WEIGHTS[name] for name in jobs])[0]
            job = jobs[name][0]
            if name not in courses:
                out = os.path.join(directory, f"whole-{name}")
                done, courses[name] = course_of(program, job, out, 2)
                checks.equal(done.returncode, 0, f"{name}: status of the undisturbed run ({done.stdout.read()[-500:]})")
                wholes[name] = run_json(out)
            kills += disturb(checks, draw, program, job, os.path.join(directory, f"run-{number}"), wholes[name], courses[name],
                             min(draw.randint(1, 4), max(wanted - len(kills), 1)))
            went_on += sum(e["event"] == "resumed" for e in events(os.path.join(directory, f"run-{number}")))
    checks.that(len(kills) >= wanted, f"{len(kills)} kills ended a job, in {number} directories")
    checks.that(went_on > 0, "some start went on from a checkpoint")
    by_stage = {stage: kills.count(stage) for stage in dict.fromkeys(e[0][1] or "start" for course in courses.values() for e in course) if stage in kills}
    print(f"{len(kills)} kills in {number} runs, {went_on} starts from a checkpoint; by stage: {by_stage}")
    checks.close()


main()
