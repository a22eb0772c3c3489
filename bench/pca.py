"""Randomized PCA of 50,000 rows of 8,192 features, 50 components, from an HDF5 file of float32: 2 ranks beside scikit-learn's
randomized PCA on two threads, each from the file to the components, once. The shares of variance that both explain stand in the lines, and a
bound: two ranks that read the file and multiply its rows by as many directions in as many sweeps, and do nothing else.

    pca.py WINNOW BENCH_UNAVOIDABLE DIRECTORY [ROWS [COLUMNS]]
"""

import json
import os
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

COMPONENTS, FACTORS = 50, 80
DIRECTIONS, SAMPLE_SWEEPS = 80, 2 / 8  # of 50 components; the sweeps over a part of the rows, as sweeps over all
GOALS = {"single": 2, "double": 1}

SKLEARN = """
import sys, time, h5py
from sklearn.decomposition import PCA
begin = time.monotonic()
with h5py.File(sys.argv[1]) as file:
    x = file["x"][:]
pca = PCA(int(sys.argv[2]), svd_solver="randomized", random_state=1, copy=False).fit(x)
print(time.monotonic() - begin, pca.explained_variance_ratio_.sum())
"""


def make_table(directory, rows, columns):
    """Factors whose variances fall by powers, and noise that has as much as the middle ones together."""
    path = os.path.join(directory, f"pca-{rows}x{columns}.h5")
    if os.path.exists(path):
        return path
    random = numpy.random.default_rng(1)
    spread = numpy.arange(1, FACTORS + 1) ** -0.8
    loads = (random.normal(size=(FACTORS, columns)) * spread[:, None]).astype("f4")
    with h5py.File(path + ".part", "w") as file:
        x = file.create_dataset("x", (rows, columns), "f4")
        for first in range(0, rows, 1000):
            n = min(1000, rows - first)
            x[first : first + n] = random.standard_normal((n, FACTORS), "f4") @ loads + random.standard_normal((n, columns), "f4") + 2
    os.rename(path + ".part", path)
    return path


def ours(program, path, precision):
    with tempfile.TemporaryDirectory() as directory:
        job, out = os.path.join(directory, "job.yaml"), os.path.join(directory, "out")
        with open(job, "w", encoding="utf-8") as file:
            file.write(f"input: {{files: [{path}]}}\n\n"
                       f"reduce: {{method: pca, components: {COMPONENTS}, solver: randomized, precision: {precision}}}\n")
        begin = time.monotonic()
        subprocess.run(["mpirun", "-n", "2", program, "run", job, "--out", out, "-q"], check=True, stdout=subprocess.DEVNULL,
                       env=dict(os.environ, OPENBLAS_NUM_THREADS="1"))
        seconds = time.monotonic() - begin
        with open(os.path.join(out, "run.json"), encoding="utf-8") as file:
            run = json.load(file)
    return seconds, sum(run["reduce"]["explained_variance_ratio"]), run


def bound(program, path, columns, sweeps, precision):
    begin = time.monotonic()
    subprocess.run(["mpirun", "-n", "2", program, path, str(columns), str(DIRECTIONS), str(sweeps + SAMPLE_SWEEPS), precision], check=True,
                   stdout=subprocess.DEVNULL, env=dict(os.environ, OPENBLAS_NUM_THREADS="1"))
    return time.monotonic() - begin


def theirs(path):
    told = subprocess.run([sys.executable, "-c", SKLEARN, path, str(COMPONENTS)], check=True, stdout=subprocess.PIPE, text=True,
                          env=dict(os.environ, OPENBLAS_NUM_THREADS="2", OMP_NUM_THREADS="2"))
    return tuple(map(float, told.stdout.split()))


def main():
    program, least, directory = sys.argv[1:4]
    rows = int(sys.argv[4]) if len(sys.argv) > 4 else 50_000
    columns = int(sys.argv[5]) if len(sys.argv) > 5 else 8_192
    path = make_table(directory, rows, columns)
    peer, told = theirs(path)
    for precision in ("single", "double"):
        seconds, share, run = ours(program, path, precision)
        reduction = next(stage["seconds"] for stage in run["stages"] if stage["name"] == "reduce")
        unavoidable = bound(least, path, columns, run["reduce"]["sweeps"], precision)
        print(f"BENCH file to {COMPONENTS} components of {rows} x {columns} float32 by randomized PCA in {precision}, over scikit-learn's in float32: "
              f"{peer / seconds:.2f} x (goal {GOALS[precision]}; {seconds:.1f} s and {peer:.1f} s; explained {share:.5f} and {told:.5f}; "
              f"{run['reduce']['sweeps']} sweeps, {reduction:.1f} s of it; {run['peak_rss_bytes'] / 2**30:.2f} GiB a rank); bound, two ranks that read "
              f"the file and multiply its rows as the sweeps do, without a profile: {peer / unavoidable:.2f} x ({unavoidable:.1f} s)", flush=True)


main()
