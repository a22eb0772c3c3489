"""A rank that fails in open, read or allocation ends all ranks within 10 seconds, with one line of cause and the contract's status."""

import os
import subprocess
import sys
import time

from winnow_runs import Checks, scratch, troubled_table, write_text

JOB = """
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2}}}}
clean: {{missing: mean, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [anova], keep: 1.0}}
reduce: {{method: pca, components: 3}}
train: {{model: {{type: logistic}}, epochs: 2, batch: 64, lanes: 4}}
compress: {{while_training: true, tolerance: 0.5, plan: auto, epochs: 2}}
"""

# call, part of the path, status, words of the cause; the n-th such call fails
FAULTS = [
    ("open", "table.h5", [66, 74], 1),
    ("read", "table.h5", [65, 74], 4),
    ("allocate", "", [71], 1),
    ("allocate", "", [71], 7),
    ("allocate", "", [71], 15),
]


def main():
    program, preload = sys.argv[1:]
    checks = Checks()
    with scratch() as directory:
        table = os.path.join(directory, "table.h5")
        troubled_table(table, 60000, n_columns=40, chunk=1000)
        job = write_text(os.path.join(directory, "job.yaml"), JOB.format(table=table))
        for number, (call, part, statuses, at) in enumerate(FAULTS):
            # Rank 2 of 3: it opens the table for its own blocks only.
            settings = {"LD_PRELOAD": preload, "WN_FAIL_RANK": "2", "WN_FAIL_CALL": call, "WN_FAIL_AT": str(at),
                        "WN_FAIL_PATH": part}
            exports = [word for name, value in settings.items() for word in ("-x", f"{name}={value}")]
            begin = time.monotonic()
            done = subprocess.run(["mpirun", "--oversubscribe", "--mca", "mpi_yield_when_idle", "1", "-n", "3", *exports,
                                   program, "run", job, "--out", os.path.join(directory, f"out{number}")],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
            seconds = time.monotonic() - begin
            what = f"{call} number {at} failing on rank 2"
            checks.that(done.returncode in statuses, f"{what}: status {done.returncode}, {done.stderr[-600:]}")
            causes = [line for line in done.stderr.splitlines() if line.startswith("winnow: ")]
            checks.equal(len(causes), 1, f"{what}: lines of cause ({done.stderr[-600:]})")
            checks.that(causes and "rank 2" in causes[0], f"{what}: the rank is named in {causes}")
            checks.that(seconds < 10, f"{what}: ended after {seconds:.1f} s")
    checks.close()


main()
