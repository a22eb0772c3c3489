"""CSV into an HDF5 table beside pandas.read_csv and to_hdf, from the page cache to the disk:

    convert.py WINNOW DIRECTORY [ROWS]

Ours is the time of the whole program, which ends when the table is on the disk; of pandas' that of the two calls alone, in
a process of its own, and with them the same sync.
"""

import os
import statistics
import subprocess
import sys
import time

import numpy
import pandas

COLUMNS, RUNS = 28, 5
PANDAS = """
import os, pandas, sys, time
begin = time.monotonic()
pandas.read_csv(sys.argv[1]).to_hdf(sys.argv[2], 'table', mode='w')
if sys.argv[3] == 'sync':
    os.fsync(os.open(sys.argv[2], os.O_RDONLY))
print(time.monotonic() - begin)
"""


def make_table(directory, rows):
    """Measurements of three decimals, of which 2 % are missing, and a label."""
    path = os.path.join(directory, f"table-{rows}.csv")
    if os.path.exists(path):
        return path
    random = numpy.random.default_rng(1)
    for first in range(0, rows, 100_000):
        n = min(100_000, rows - first)
        cells = (random.normal(size=(n, COLUMNS - 1)) * 1000).round() / 1000
        cells[random.random(cells.shape) < 0.02] = numpy.nan
        frame = pandas.DataFrame(cells, columns=[f"x{i}" for i in range(COLUMNS - 1)])
        frame["label"] = random.integers(0, 10, n)
        frame.to_csv(path + ".part", index=False, mode="a" if first else "w", header=first == 0)
    os.rename(path + ".part", path)
    return path


def forget(table):
    """An older table is not to be removed within a measurement."""
    if os.path.exists(table):
        os.remove(table)


def our_seconds(program, source, table):
    forget(table)
    begin = time.monotonic()
    subprocess.run([program, "convert", "-q", source, "-o", table], check=True)
    return time.monotonic() - begin


def pandas_seconds(source, table, sync):
    forget(table)
    told = subprocess.run(["/usr/bin/python3", "-c", PANDAS, source, table, sync], check=True, stdout=subprocess.PIPE, text=True)
    return float(told.stdout)


def main():
    program, directory = sys.argv[1:3]
    source = make_table(directory, int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000)
    ours, theirs = os.path.join(directory, "converted.h5"), os.path.join(directory, "pandas.h5")
    times = [(our_seconds(program, source, ours), pandas_seconds(source, theirs, "no"), pandas_seconds(source, theirs, "sync"))
             for _ in range(RUNS)]
    mine, unsynced, synced = (statistics.median(side) for side in zip(*times))
    n_bytes = os.path.getsize(source)
    print(f"BENCH CSV into a table that is on the disk, over pandas.read_csv + to_hdf: {synced / mine:.2f} x; not synced: {unsynced / mine:.2f} x "
          f"({n_bytes / mine / 1e6:.0f}, {n_bytes / synced / 1e6:.0f} and {n_bytes / unsynced / 1e6:.0f} MB/s)", flush=True)
    forget(ours)
    forget(theirs)


main()
