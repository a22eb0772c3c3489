"""One-hot features of categories, fit and transform, beside scikit-learn's OneHotEncoder, which uses one core: columns in memory to features in
memory, by one rank and by two. Theirs are sparse rows, which is their fastest way, of columns that need no bound of levels; ours are dense
float32, as training takes them. Names and features are the same.

    encode.py BENCH_ENCODE DIRECTORY
"""

import os
import statistics
import subprocess
import sys
import time

import numpy
from sklearn.preprocessing import OneHotEncoder

ROWS, LEVELS, RUNS = 1_000_000, 64, 3
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
    """Seconds of fit and of transform."""
    told = subprocess.run(["mpirun", "--oversubscribe", "-n", str(ranks), program, str(LEVELS), source, target],
                          check=True, stdout=subprocess.PIPE, text=True)
    return tuple(map(float, told.stdout.split()))


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
    numeric = sum(NUMBERS)
    assert [n.split("=")[0] for n in got] == [n.split("=")[0] for n in names], "as many features of each column"
    assert [float(n.split("=")[1]) for n in got[:numeric]] == [float(n.split("=")[1]) for n in names[:numeric]], "the same numbers"
    assert got[numeric:] == names[numeric:], "the same strings"
    begin = 0
    for rank in range(ranks):
        part = numpy.fromfile(f"{target}.{rank}", "f4").reshape(-1, len(names))
        for first in range(0, len(part), 100_000):
            piece = part[first:first + 100_000]
            at = slice(begin + first, begin + first + len(piece))
            assert (piece[:, :numeric] == rows[0][at].toarray()).all() and (piece[:, numeric:] == rows[1][at].toarray()).all(), "the same features"
        begin += len(part)
        os.remove(f"{target}.{rank}")
    assert begin == ROWS


def main():
    program, directory = sys.argv[1:]
    numbers, strings = make_columns()
    source, target = os.path.join(directory, "encode.bin"), os.path.join(directory, "encode-rows")
    write_input(source, numbers, strings)
    peer = []
    for ranks in (1, 2):
        mine = []
        for _ in range(RUNS):
            seconds, encoders, rows = theirs(numbers, strings)
            peer.append(sum(seconds))
            mine.append(sum(ours(program, source, target, ranks)))
        check(target, ranks, encoders, rows)
        a, b = statistics.median(mine), statistics.median(peer)
        print(f"BENCH one-hot of {ROWS} rows x {len(NUMBERS)} columns of numbers and {len(STRINGS)} of strings, fit and transform, {ranks} "
              f"{'ranks' if ranks > 1 else 'rank'} over scikit-learn's OneHotEncoder on one core: {b / a:.1f} x (goal 5; {a:.2f} s and {b:.2f} s; "
              f"{sum(NUMBERS) + sum(STRINGS)} features, ours dense float32, theirs sparse, the same)", flush=True)
    os.remove(source)


main()
