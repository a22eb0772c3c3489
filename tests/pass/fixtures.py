"""Writes the tables of tests/pass into the directory named by the argument: long-{a,b,c}.h5, few.h5. Cell c of row r
(over all files) is (31 r + 17 c) mod 101 - 50, missing where r mod 13 = c; the label is r mod 3."""
import sys

import h5py
import numpy as np

COLUMNS = 3


def write(path, first, n_rows, chunk):
    row = np.arange(first, first + n_rows)[:, None]
    column = np.arange(COLUMNS)
    cells = np.where(row % 13 == column, np.nan, (31 * row + 17 * column) % 101 - 50).astype(np.float32)
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=cells, chunks=(chunk, COLUMNS), compression="gzip", compression_opts=1, shuffle=True)
        file.create_dataset("y", data=(row % 3).ravel().astype(np.int32))


write(f"{sys.argv[1]}/long-a.h5", 0, 300000, 4096)
write(f"{sys.argv[1]}/long-b.h5", 300000, 7, 2)
write(f"{sys.argv[1]}/long-c.h5", 300007, 70001, 1000)
write(f"{sys.argv[1]}/few.h5", 0, 4, 3)
