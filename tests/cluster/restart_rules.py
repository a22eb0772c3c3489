"""What restart.sbatch and sweep.sbatch do after each end of an attempt, with stand-ins for srun and scontrol: who goes back to the
queue, who does not, and what the bounds count.

    restart_rules.py SOURCE_DIRECTORY
"""

import os
import subprocess
import sys

from winnow_runs import Checks, scratch, write_text

SRUN = """#!/bin/bash
# Ends as END says: its status, and the word that winnow would leave.
while [ $# -gt 0 ]; do [ "$1" = --outcome ] && file=$2; shift; done
read -r status word <<<"$END"
[ -z "$word" ] || echo "$word" >>"$file"
exit "$status"
"""
SCONTROL = """#!/bin/bash
if [ "$1" = requeue ]; then echo "$2" >>"$REQUEUED"; else echo "JobId=7 JobState=$STATE Restarts=$SLURM_RESTART_COUNT Reason=None "; fi
"""


class Queue:
    """One job: attempts after each other, as Slurm would start them."""

    def __init__(self, source, directory, name, script="restart.sbatch", **environment):
        self.directory = os.path.join(directory, name)
        os.makedirs(os.path.join(self.directory, "bin"))
        for program, text in (("srun", SRUN), ("scontrol", SCONTROL)):
            os.chmod(write_text(os.path.join(self.directory, "bin", program), text), 0o755)
        settings = write_text(os.path.join(self.directory, "settings"), "train.epochs=2\n")
        arguments = [settings, self.directory] if script == "sweep.sbatch" else []
        self.command = ["bash", os.path.join(source, "slurm", script), "job.yaml", *arguments]
        self.requeued_file = os.path.join(self.directory, "requeued")
        self.environment = {**os.environ, "SLURM_JOB_ID": "7", "SLURM_SUBMIT_DIR": self.directory, "REQUEUED": self.requeued_file,
                            "STATE": "RUNNING", "PATH": os.path.join(self.directory, "bin") + ":" + os.environ["PATH"], **environment}
        self.restarts = 0

    def attempt(self, end):
        """(status, whether it went back to the queue, text) of one attempt that ends so."""
        before = self.n_requeued()
        done = subprocess.run(self.command, env={**self.environment, "END": end, "SLURM_RESTART_COUNT": str(self.restarts)},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        self.restarts += 1
        return done.returncode, self.n_requeued() > before, done.stdout

    def n_requeued(self):
        if not os.path.exists(self.requeued_file):
            return 0
        with open(self.requeued_file, encoding="ascii") as file:
            return len(file.readlines())

    def has_outcome(self):
        return any(name.endswith(".outcome") for name in os.listdir(self.directory))


def check(checks, queue, end, status, goes_on, words=""):
    got, went_on, text = queue.attempt(end)
    what = f"{queue.command[1].rsplit('/')[-1]}, attempt {queue.restarts}, '{end}'"
    checks.equal((got, went_on), (status, goes_on), f"{what}: status, back to the queue ({text})")
    checks.that(words in text, f"{what}: '{words}' is not in {text}")
    if not goes_on:
        checks.that(not queue.has_outcome(), f"{what}: the outcome's file stays")


def main():
    source = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        def queue(name, **more):
            return Queue(source, directory, name, **more)

        limited = queue("limited", WINNOW_RESTARTS="2")
        for _ in range(6):  # more stops than restarts are allowed after crashes
            check(checks, limited, "75 stopped", 75, True, "stopped at a checkpoint; back to the queue")
        for end in ("137", "76"):
            check(checks, limited, end, int(end), True, f"ended with status {end}")
        check(checks, limited, "75 stopped", 75, True)
        check(checks, limited, "137", 137, False, "not started again")

        still = queue("still")
        check(checks, still, "75 stopped", 75, True)
        check(checks, still, "75 standstill", 75, False, "came no further than the last; not started again")

        late = queue("late", WINNOW_RESTARTS="0")  # a rank that srun killed while the others stopped
        check(checks, late, "137 stopped", 137, True, "stopped at a checkpoint")
        check(checks, late, "1", 1, False, "not started again")

        lost = queue("lost", WINNOW_RESTARTS="1")
        lost.restarts = 2  # by Slurm, after two lost nodes
        check(checks, lost, "0 done", 1, False, "2 attempts crashed or lost a node")

        for end, status in (("0 done", 0), ("65 failed", 65), ("78", 78), ("137 failed", 137)):
            check(checks, queue(f"end-{end.replace(' ', '-')}"), end, status, False)
        check(checks, queue("cancelled", STATE="CANCELLED"), "75 stopped", 75, False)

        sweep = {"script": "sweep.sbatch", "SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_JOB_ID": "7"}
        task = queue("sweep", **sweep)
        check(checks, task, "75 stopped", 75, True, "stopped at a checkpoint")
        check(checks, task, "75 standstill", 75, False, "not started again")
        check(checks, queue("sweep-killed", **sweep), "137", 137, False)
        check(checks, queue("sweep-done", **sweep), "0 done", 0, False)
    checks.close()


main()
