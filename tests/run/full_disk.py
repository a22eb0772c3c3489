"""A disk that gets full at any write of a run (a small tmpfs with so many pages left): status 74 and one line of cause;
with space again the run goes on to the model of a run that had it all along.

    full_disk.py WINNOW CASES [SEED]
"""

import os
import random
import subprocess
import sys

from winnow_runs import Checks, run_json, scratch, troubled_table, winnow, write_text

JOB = """
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2}}}}
clean: {{missing: median, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [anova, mutual_information], keep: 0.9}}
reduce: {{method: pca, components: 5}}
train: {{model: {{type: mlp, hidden: [40, 30]}}, epochs: 3, batch: 64, checkpoint: 0s}}
compress: {{metric: accuracy, tolerance: 0.2, epochs: 3, trials: 3}}
"""

PAGE = 4096
SKIP = 77


PLENTY = 1 << 26


def mount(place, n_bytes, n_files=1000, remount=False):
    options = f"{'remount,' if remount else ''}size={n_bytes},nr_inodes={n_files}"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], stderr=subprocess.PIPE, text=True,
                          check=False)
    return done.returncode == 0, done.stderr.strip()


def most_bytes(program, job, out, place):
    """What a run takes at most on its file system, from runs on ever smaller ones that still suffice."""
    low, high = 0, 1 << 24
    while high - low > 16 * PAGE:
        middle = (low + high) // 2
        mount(place, middle, remount=True)
        fits = winnow(program, ["run", job, "--out", out]).returncode == 0
        subprocess.run(["rm", "-rf", out], check=True)
        low, high = (low, middle) if fits else (middle, high)
    return high


def check_told(checks, out, what):
    """The summary of an attempt that failed says so, or is not there; it never tells of a run that is done."""
    if os.path.exists(os.path.join(out, "run.json")):
        checks.equal(run_json(out)["status"], "failed", f"{what}: status in run.json")
    checks.that(not os.path.exists(os.path.join(out, "compressed.wnm"))
                or os.path.getsize(os.path.join(out, "compressed.wnm")) > 0, f"{what}: an empty artefact")


def check_case(checks, program, job, place, n_bytes, n_files, n_ranks, whole):
    """Room for so many bytes, and so many files and directories; true where that was too little."""
    out = os.path.join(place, "run")
    what = f"{n_bytes} bytes, {n_files} files, on {n_ranks} ranks"
    mount(place, n_bytes, n_files, remount=True)
    full = winnow(program, ["run", job, "--out", out], n_ranks)
    if full.returncode != 0:
        checks.equal(full.returncode, 74, f"{what}: status ({full.stderr[-400:]})")
        causes = [line for line in full.stderr.splitlines() if line.startswith("winnow: ")]
        checks.equal(len(causes), 1, f"{what}: lines of cause ({full.stderr[-400:]})")
        left = [name for _, _, names in os.walk(out) for name in names if name.endswith(".part")]
        checks.equal(left, [], f"{what}: half files")
        check_told(checks, out, what)
    mount(place, PLENTY, remount=True)
    done = winnow(program, ["run", job, "--out", out], n_ranks % 3 + 1)
    checks.equal(done.returncode, 0, f"{what}: status with space again ({done.stderr[-500:]})")
    if done.returncode == 0:
        run = run_json(out)
        for key in ("fingerprints", "metrics", "rows"):
            checks.equal(run[key], whole[key], f"{what}: {key}")
    subprocess.run(["rm", "-rf", out], check=True)
    return full.returncode != 0


def main():
    program, wanted = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    draw, checks, n_full = random.Random(seed), Checks(), 0
    with scratch() as directory:
        place = os.path.join(directory, "small")
        os.mkdir(place)
        is_mounted, why = mount(place, PLENTY)
        if not is_mounted:
            print(f"skipped: a file system of its own cannot be mounted: {why}")
            sys.exit(SKIP)
        try:
            table = os.path.join(directory, "table.h5")
            troubled_table(table, 2000, chunk=200)
            job = write_text(os.path.join(directory, "job.yaml"), JOB.format(table=table))
            done = winnow(program, ["run", job, "--out", os.path.join(directory, "whole")], 2)
            checks.equal(done.returncode, 0, f"status of the undisturbed run ({done.stderr[-500:]})")
            whole = run_json(os.path.join(directory, "whole"))
            most = most_bytes(program, job, os.path.join(place, "run"), place)
            for case in range(wanted):
                # One in each of as many equal parts of the space that the run takes.
                n_pages = int((case + draw.random()) / wanted * most / PAGE)
                n_full += check_case(checks, program, job, place, max(n_pages, 1) * PAGE, 1000, case % 3 + 1, whole)
            for n_files in range(1, 12, 2):  # the root is one
                check_case(checks, program, job, place, PLENTY, n_files, 1, whole)
        finally:
            subprocess.run(["umount", place], check=True)
    checks.that(n_full >= wanted * 3 // 4, f"the disk was full in {n_full} of {wanted} cases")
    print(f"{n_full} full disks in {wanted} cases, of {most} bytes")
    checks.close()


main()
