"""Levels of src/extract beside scikit-learn's OneHotEncoder and OrdinalEncoder: strings and numbers, bounds, rare and unseen cells.

    oracle_levels.py DRIVE_EXTRACT [SEED]
"""

import collections
import random
import struct
import sys

import numpy
from sklearn.preprocessing import OneHotEncoder

from driven import Driver
from winnow_runs import Checks

checks = Checks()
driver = Driver(sys.argv[1])
rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)


def encode(cells, limit):
    """The codes by scikit-learn, whose rare levels are the last column; only for counts that are not equal at the bound."""
    column = numpy.array(cells, dtype=object if isinstance(cells[0], str) else float).reshape(-1, 1)
    n = len(set(cells))
    encoder = OneHotEncoder(max_categories=limit + 1 if n > limit else None, handle_unknown="infrequent_if_exist", sparse_output=False)
    rows = encoder.fit_transform(column)
    return numpy.argmax(rows, axis=1), rows.shape[1]


def distinct_counts(values):
    """A column in which every value has a count of its own."""
    cells = [value for i, value in enumerate(values) for _ in range(i + 1)]
    rng.shuffle(cells)
    return cells


def compare(kind, values, what):
    cells = distinct_counts(values)
    given = [cell.encode() for cell in cells] if kind == "texts" else cells
    for limit in (1, 2, len(values) - 1, len(values), len(values) + 5):
        names, codes = driver.levels(kind, given, limit)
        kept = sorted(value for value, _ in collections.Counter(cells).most_common(limit))
        wanted, width = encode(cells, limit)
        checks.equal(codes.tolist(), wanted.tolist(), f"{what}, {limit} levels: codes")
        checks.equal(width, len(names) + (limit < len(values)), f"{what}, {limit} levels: width")
        if kind == "texts":
            checks.equal(names, kept, f"{what}, {limit} levels")
        else:
            checks.equal([float(name) for name in names], kept, f"{what}, {limit} levels")


def shown(value):
    """What a number is called: Python's shortest digits, whole numbers without point."""
    if value == int(value) and abs(value) < 1e15 if abs(value) < float("inf") else False:
        return str(int(value))
    return repr(value)


def names_of_numbers():
    values = [0.1, 1 / 3, 94110.0, 1e15, 1e22, 1e23, 5e-324, 1.7976931348623157e308, -2.5, 123456.789, 1e-7, 2.0**53, 999999999999999.0, float("inf"), -float("inf")]
    values += [struct.unpack("<d", struct.pack("<q", rng.getrandbits(62)))[0] for _ in range(200)]
    names, _ = driver.levels("numbers", values, 10**6)
    for value, name in zip(sorted(set(values)), names):
        checks.equal(float(name), value, "a name reads back")
        digits = len(name.lower().split("e")[0].replace(".", "").replace("-", "").strip("0"))
        shortest = len(repr(value).lower().split("e")[0].replace(".", "").replace("-", "").strip("0"))
        checks.equal(digits, shortest, f"digits of {name}")
        if value == int(value) if abs(value) < 1e15 else False:
            checks.equal(name, shown(value), "a whole number")


def unequal_cells():
    """-0 is 0, equal bytes are one level, others none: case, spaces, combining marks, NULs and damaged UTF-8 count."""
    names, codes = driver.levels("numbers", [0.0, -0.0, 1.0, -1.0], 10)
    checks.equal((names, codes.tolist()), (["-1", "0", "1"], [1, 1, 2, 0]), "zeros")
    cells = [b"a", b"A", b"a ", b"a\x00", b"", "\u00e9".encode(), "e\u0301".encode(), b"a", b"\xff".decode("latin-1").encode("utf-8")]
    names, codes = driver.levels("texts", cells, 100)
    order = sorted(set(cells))
    checks.equal([name.encode() for name in names], order, "bytes")
    checks.equal(codes.tolist(), [order.index(cell) for cell in cells], "codes of bytes")


def ties():
    """Equally frequent levels: as many as are asked for, the same whatever the order of the rows."""
    cells = [f"level {i}".encode() for i in range(1000)] * 2
    first, _ = driver.levels("texts", cells, 10)
    rng.shuffle(cells)
    second, codes = driver.levels("texts", cells, 10)
    checks.equal((len(first), first), (10, second), "ties")
    checks.equal(sum(1 for code in codes if code == 10), 2 * 990, "cells of rare levels")


compare("texts", ["b", "a", "ab", "", "\u00fcber", "z z", "\u4e2d"], "strings")
compare("texts", [str(rng.random()) for _ in range(60)], "many strings")
compare("numbers", [3.0, -1.0, 0.0, 2.5, 1e300, -1e-300], "numbers")
names_of_numbers()
unequal_cells()
ties()
checks.close()
