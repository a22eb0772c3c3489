"""Reading and profiling a table of float32, from the page cache, beside bare reading of the same bytes:

    reading.py BENCH_READING DIRECTORY [ROWS]
"""

import os
import statistics
import subprocess
import sys

import h5py
import numpy

COLUMNS, RUNS = 28, 5


def make_tables(directory, rows):
    """The same cells, of which 2 % are missing, contiguous and in compressed chunks."""
    paths = [os.path.join(directory, f"{name}-{rows}.h5") for name in ("contiguous", "chunks")]
    if all(os.path.exists(path) for path in paths):
        return paths
    random = numpy.random.default_rng(1)
    with h5py.File(paths[0], "w") as contiguous, h5py.File(paths[1], "w") as chunks:
        a = contiguous.create_dataset("X", (rows, COLUMNS), "f4")
        b = chunks.create_dataset("X", (rows, COLUMNS), "f4", chunks=(8192, COLUMNS), compression="gzip", shuffle=True)
        for first in range(0, rows, 1 << 18):
            n = min(1 << 18, rows - first)
            # As many digits as a measurement has, so that compression finds something.
            x = (random.normal(size=(n, COLUMNS)) * 1000).round().astype("float32") / 1000
            x[random.random(x.shape) < 0.02] = numpy.nan
            a[first:first + n], b[first:first + n] = x, x
    return paths


ONE_CORE = ["taskset", "-c", "0"]


def seconds(program, ranks, *arguments, prefix=()):
    told = subprocess.run([*prefix, "mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(ranks), program, *map(str, arguments)],
                          check=True, stdout=subprocess.PIPE, text=True)
    return float(told.stdout)


# Each in a process of its own; the modules are there before the clock starts.
DUPLICATED = """
import h5py, pandas, sys, time
frame = pandas.DataFrame(h5py.File(sys.argv[1])["X"][:])
begin = time.monotonic()
frame.duplicated()
print(time.monotonic() - begin)
"""
SKLEARN = """
import h5py, sys, time
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler
begin = time.monotonic()
x = h5py.File(sys.argv[1])["X"][:]
x = StandardScaler().fit_transform(SimpleImputer(strategy="mean").fit_transform(x))
print(time.monotonic() - begin)
"""
DASK = """
import dask, dask.array, h5py, sys, time
dask.config.set(scheduler="threads", num_workers=2)
begin = time.monotonic()
x = dask.array.from_array(h5py.File(sys.argv[1])["X"], chunks=(1 << 18, -1))
mean = dask.array.nanmean(x, axis=0).compute()
x = dask.array.where(dask.array.isnan(x), mean, x)
center, scale = dask.compute(x.mean(axis=0), x.std(axis=0))
x = ((x - center) / scale).astype("float32").compute()
print(time.monotonic() - begin)
"""


def peer(code, path, prefix=()):
    return lambda: float(subprocess.run([*prefix, "/usr/bin/python3", "-c", code, path], check=True, stdout=subprocess.PIPE,
                                        text=True).stdout)


def ratio(what, goal, n_bytes, mine, theirs, bound=None, bound_is=None):
    """Alternating runs; how many times as fast as the other, and how many times the least work that there is would be."""
    times = [[run() for run in (mine, theirs, bound) if run] for _ in range(RUNS)]
    mine, theirs, *least = (statistics.median(side) for side in zip(*times))
    print(f"BENCH {what}: {theirs / mine:.2f} x (goal {goal}; {n_bytes / mine / 1e9:.2f} GB/s and {n_bytes / theirs / 1e9:.2f} GB/s)",
          flush=True)
    if least:
        print(f"BENCH   its bound, {bound_is}: {theirs / least[0]:.2f} x ({n_bytes / least[0] / 1e9:.2f} GB/s)", flush=True)


def duplicates(program, path, rows):
    """Both sides on one core, ours with the reading."""
    times = [(seconds(program, 1, "duplicates", path, 0, prefix=ONE_CORE), peer(DUPLICATED, path, ONE_CORE)()) for _ in range(RUNS)]
    mine, theirs = (statistics.median(side) for side in zip(*times))
    print(f"BENCH duplicates, file to repeated rows, {rows} rows x {COLUMNS}, one core: {rows / mine / 1e6:.2f} million rows/s "
          f"(goal 5), {theirs / mine:.1f} x pandas.DataFrame.duplicated without reading (goal 3)", flush=True)


def main():
    program, directory = sys.argv[1:3]
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else 4_000_000
    contiguous, chunks = make_tables(directory, rows)
    n_bytes = rows * COLUMNS * 4

    def run(mode, path, ranks, *threads):
        return lambda: seconds(program, ranks, mode, path, *threads)

    for ranks in (1, 2):
        ratio(f"contiguous float32 into blocks, {ranks} ranks, over raw pread", 0.90, n_bytes,
              run("blocks", contiguous, ranks), run("pread", contiguous, ranks), run("slices", contiguous, 2),
              "pread of slices by 2 ranks, and one addition a cell in place of looking for infinities")
    ratio("gzip and shuffle, 1 rank with 2 decoding threads, over H5Dread", 4, n_bytes, run("blocks", chunks, 1, 2),
          run("h5dread", chunks, 1), run("inflate", chunks, 1, 2), "2 threads that only inflate by libdeflate")
    ratio("gzip and shuffle, 2 ranks, over H5Dread by 2 ranks", 2.3, n_bytes, run("blocks", chunks, 2, 0),
          run("h5dread", chunks, 2), run("inflate", chunks, 2, 0), "2 ranks that only inflate by libdeflate")
    for ranks in (1, 2):
        ratio(f"pass with the profile's statistics, {ranks} ranks, over the bare pass", 0.35, n_bytes,
              run("profile", contiguous, ranks), run("blocks", contiguous, ranks), run("adding", contiguous, ranks),
              "the pass with one addition a cell")
    duplicates(program, contiguous, rows)
    for code, goal, whose in ((SKLEARN, 8, "scikit-learn's SimpleImputer and StandardScaler"), (DASK, 10, "dask by 2 threads")):
        ratio(f"file to profile and standardized rows, 2 ranks, over {whose}", goal, n_bytes, run("prepare", contiguous, 2),
              peer(code, contiguous), run("twice", contiguous, 2),
              "2 ranks that read the rows for one addition a cell, and again for one product a cell into fresh memory")


main()
