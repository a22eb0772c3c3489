"""The doctor's verdict: ready on two ranks, started by itself or by mpirun; problems, with their status, where files cannot be
written or mpirun cannot be had."""

import os
import sys

from winnow_runs import Checks, scratch, winnow


def main():
    program = os.path.abspath(sys.argv[1])
    checks = Checks()
    with scratch() as directory:
        for n_ranks in (0, 1, 2, 3):
            done = winnow(program, ["doctor"], n_ranks, cwd=directory)
            what = f"started on {n_ranks or 'no'} ranks"
            checks.equal(done.returncode, 0, f"{what}: status ({done.stdout[-500:]} {done.stderr[-300:]})")
            checks.that(done.stdout.rstrip().endswith("verdict    ready"), f"{what}: the verdict ({done.stdout[-200:]})")
            checks.that(f", {n_ranks or 2} ranks, " in done.stdout, f"{what}: ranks ({done.stdout})")
            for word in ("winnow", "mpi", "hdf5", "filters", "texts", "blas", "launcher", "cores", "memory", "files", "write", "sum"):
                checks.equal(sum(line.split(" ")[0] == word for line in done.stdout.splitlines()), 1, f"{what}: {word}")
        checks.equal(os.listdir(directory), [], "nothing is left in the working directory")

        nowhere = winnow(program, ["doctor"], 2, cwd="/proc")
        checks.equal(nowhere.returncode, 74, f"status where nothing can be written ({nowhere.stdout[-400:]})")
        checks.that("verdict    2 problems" in nowhere.stdout, f"problems are counted: {nowhere.stdout[-400:]}")

        path = os.environ["PATH"]
        os.environ["PATH"] = directory
        alone = winnow(program, ["doctor"], cwd=directory)
        os.environ["PATH"] = path
        checks.equal(alone.returncode, 69, f"status without mpirun ({alone.stdout[-400:]} {alone.stderr[-200:]})")
        checks.that("problem: mpirun cannot be started" in alone.stdout, f"the problem is told: {alone.stdout[:300]}")
    wrong = winnow(program, ["doctor", "me"])
    checks.equal(wrong.returncode, 2, "status of an argument")
    checks.close()


main()
