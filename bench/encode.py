"""One-hot features of categories, fit and transform, beside scikit-learn's OneHotEncoder, which uses one core: columns in memory to features in
memory, by one rank and by two. Both sides make sparse rows of float32, which is their fastest way, of columns that need no bound of levels.
Names and rows are the same.

    encode.py BENCH_ENCODE DIRECTORY
"""

import os
import statistics
import subprocess
import sys
import time

import numpy
import scipy.sparse
from sklearn.preprocessing import OneHotEncoder

ROWS, LEVELS, RUNS = 2_000_000, 64, 3
NUMBERS, STRINGS = (3, 12, 24, 40), (2, 5, 12, 30)  # levels of each column


def make_columns():
    """Levels as rare as words are. Every string is an object of its own, as it is when it comes from a file."""
    rng = numpy.random.default_rng(1)
    codes = []
    for n in (*NUMBERS, *STRINGS):
        share = 1 / numpy.arange(1, n + 1)
        codes.append(rng.choice(n, ROWS, p=share / share.sum()))
    numbers = numpy.column_stack(codes[:len(NUMBERS)]) * 1.5 - 3
    strings = [[f"{word}-{k}" for k in code] for word, code in zip(("side", "plant", "line", "supplier"), codes[len(NUMBERS):])]
    return numbers, numpy.array(strings, dtype=object).T.copy()


def write_input(path, numbers, strings):
    with open(path, "wb") as file:
        file.write(numpy.array([ROWS, len(NUMBERS), len(STRINGS)], "i8").tobytes() + numbers.tobytes())
        encoded = [text.encode() for text in strings.ravel()]
        file.write(b"".join(len(text).to_bytes(8, "little") + text for text in encoded))


def ours(program, source, target, ranks):
    """Seconds of fit and transform together, RUNS times in one process, as the peer's are."""
    told = subprocess.run(["mpirun", "--oversubscribe", "-n", str(ranks), program, str(LEVELS), str(RUNS), source, target],
                          check=True, stdout=subprocess.PIPE, text=True)
    return [sum(map(float, line.split())) for line in told.stdout.splitlines()]


def theirs(numbers, strings):
    """Seconds of fit and of transform, numbers and strings each as one array; the encoders and their rows."""
    begin = time.monotonic()
    encoders = [OneHotEncoder(dtype=numpy.float32).fit(x) for x in (numbers, strings)]
    fitted = time.monotonic()
    rows = [encoder.transform(x) for encoder, x in zip(encoders, (numbers, strings))]
    return (fitted - begin, time.monotonic() - fitted), encoders, rows


def check(target, ranks, encoders, rows):
    names = list(encoders[0].get_feature_names_out([f"x{c}" for c in range(len(NUMBERS))]))
    names += list(encoders[1].get_feature_names_out([f"x{len(NUMBERS) + c}" for c in range(len(STRINGS))]))
    names = [name.replace("_", "=", 1) for name in names]
    with open(target + ".names", encoding="utf-8") as file:
        got = file.read().splitlines()
    numeric, width = sum(NUMBERS), len(NUMBERS) + len(STRINGS)
    assert [n.split("=")[0] for n in got] == [n.split("=")[0] for n in names], "as many features of each column"
    assert [float(n.split("=")[1]) for n in got[:numeric]] == [float(n.split("=")[1]) for n in names[:numeric]], "the same numbers"
    assert got[numeric:] == names[numeric:], "the same strings"
    parts = []
    for rank in range(ranks):
        n = (ROWS // ranks + (rank < ROWS % ranks)) * width
        column, value = numpy.fromfile(f"{target}.{rank}", "u4", n), numpy.fromfile(f"{target}.{rank}", "f4", offset=4 * n)
        parts.append(scipy.sparse.csr_matrix((value, column, numpy.arange(n // width + 1) * width), (n // width, len(names))))
        os.remove(f"{target}.{rank}")
    wanted = scipy.sparse.hstack(rows, format="csr")
    got = scipy.sparse.vstack(parts, format="csr")
    assert got.shape == wanted.shape and got.nnz == wanted.nnz and (got != wanted).nnz == 0, "the same features"


def main():
    program, directory = sys.argv[1:]
    numbers, strings = make_columns()
    source, target = os.path.join(directory, "encode.bin"), os.path.join(directory, "encode-rows")
    write_input(source, numbers, strings)
    peer = []
    for ranks in (1, 2):
        mine = ours(program, source, target, ranks)
        for _ in range(RUNS):
            seconds, encoders, rows = theirs(numbers, strings)
            peer.append(sum(seconds))
        check(target, ranks, encoders, rows)
        a, b = statistics.median(mine), statistics.median(peer)
        print(f"BENCH one-hot of {ROWS} rows x {len(NUMBERS)} columns of numbers and {len(STRINGS)} of strings, fit and transform, {ranks} "
              f"{'ranks' if ranks > 1 else 'rank'} over scikit-learn's OneHotEncoder on one core: {b / a:.1f} x (goal 5; {a:.2f} s and {b:.2f} s; "
              f"{sum(NUMBERS) + sum(STRINGS)} features, the same sparse rows)", flush=True)
    os.remove(source)


main()
