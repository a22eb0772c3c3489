"""winnow convert of .npy beside numpy.load: all types, byte orders, shapes, versions of the header, and what is refused.

    oracle_npy.py WINNOW
"""

import gzip
import os
import sys
import tempfile

import h5py
import numpy

from winnow_runs import Checks, winnow

PROGRAM = sys.argv[1]
checks = Checks()
rng = numpy.random.default_rng(1)
WIDER = {"u2": "i4", "u4": "i8"}


def convert(folder, arrays, status=0):
    """The message, and the table's path, of files of the arrays (by name) or bytes."""
    paths = []
    for name, array in arrays.items():
        paths.append(os.path.join(folder, name))
        if isinstance(array, bytes):
            with open(paths[-1], "wb") as file:
                file.write(array)
        else:
            with (gzip.open if name.endswith(".gz") else open)(paths[-1], "wb") as file:
                numpy.save(file, array)
    target = os.path.join(folder, "t.h5")
    result = winnow(PROGRAM, ["convert", *paths, "-o", target])
    checks.equal(result.returncode, status, f"status of {list(arrays)}: {result.stderr}")
    return result.stderr, target


def compare(folder, arrays):
    _, path = convert(folder, arrays)
    with h5py.File(path) as file:
        checks.equal(len(file), len(arrays), "datasets")
        for name, array in arrays.items():
            got = file[name.split(".npy")[0]]
            wanted = array.astype(array.dtype.newbyteorder("="))
            wanted = wanted.astype(WIDER.get(wanted.dtype.str[1:], wanted.dtype))
            checks.that(got.dtype == wanted.dtype and got.shape == wanted.shape and got[()].tobytes() == wanted.tobytes(), f"{name}: {array.dtype}, {array.shape}")


def good(folder):
    for code in "b1 i1 u1 i2 u2 i4 u4 i8 u8 f4 f8".split():
        for order in "<>":
            cells = rng.integers(0, 2**8, (7, 3, 8), dtype="u1").view(code if code != "b1" else "u1")
            array = (cells % 2 == 1) if code == "b1" else cells.astype(numpy.dtype(order + code))
            with numpy.errstate(all="ignore"):
                compare(folder, {"x.npy": array, "label.npy": array[:, 0, 0].copy()})
    compare(folder, {"big.npy": rng.normal(size=(40000, 33)), "one.npy.gz": numpy.arange(40000)})
    compare(folder, {"fortran.npy": numpy.asfortranarray(numpy.arange(5.0))})
    compare(folder, {"deep.npy": numpy.zeros((3, 1, 2, 1, 2, 1, 2, 2), "f4")})


def bad(folder):
    plain = {}
    for name, array in [("x", numpy.arange(12.0).reshape(4, 3)), ("header", numpy.arange(3))]:
        convert(folder, {name + ".npy": array})
        with open(os.path.join(folder, name + ".npy"), "rb") as file:
            plain[name] = file.read()
    os.remove(os.path.join(folder, "t.h5"))
    for arrays, status, words in [
            ({"h.npy": numpy.zeros((3, 2), "f2")}, 69, "'<f2'"), ({"c.npy": numpy.zeros(3, "c16")}, 69, "c16"), ({"s.npy": numpy.array(["a", "bc"])}, 69, "U2"),
            ({"r.npy": numpy.zeros(3, [("a", "f8"), ("b", "i4")])}, 69, "booleans"), ({"d.npy": numpy.zeros(3, "M8[s]")}, 69, "M8"), ({"o.npy": numpy.array([{}, None])}, 69, "O"),
            ({"f.npy": numpy.asfortranarray(numpy.ones((3, 2)))}, 69, "Fortran"), ({"z.npy": numpy.array(3.0)}, 65, "no array"), ({"w.npy": numpy.zeros((3, 0))}, 65, "cells"),
            ({"a.npy": numpy.ones(3), "b.npy": numpy.ones(4)}, 65, "4 rows"), ({"x.npy": numpy.ones(3), "x.npy.gz": numpy.ones(3)}, 65, "both"),
            ({"empty.npy": b""}, 65, "is not"), ({"text.npy": b"hello, world"}, 65, "is not"), ({"cut.npy": plain["x"][:-1]}, 65, "truncated"),
            ({"cut.npy": plain["x"][:40]}, 65, "truncated"), ({"more.npy": plain["x"] + b"\0"}, 65, "follow"),
            ({"k.npy": plain["x"].replace(b"'shape'", b"'shade'")}, 65, "shape"), ({"k.npy": plain["x"].replace(b"(4, 3)", b"(4, x)")}, 65, "shape"),
            ({"k.npy": plain["x"].replace(b"(4, 3)", b"(4,-3)")}, 65, "shape"), ({"k.npy": plain["x"].replace(b"(4, 3)", b"(4, 3 ")}, 65, "shape"),
            ({"k.npy": plain["x"].replace(b"'descr'", b"'descs'")}, 65, "type"), ({"k.npy": plain["x"].replace(b"False", b"Maybe")}, 65, "order")]:
        message, path = convert(folder, arrays, status)
        checks.that(words in message and message.count("winnow: ") == 1, f"{list(arrays)}: {message}")
        checks.that(not os.path.exists(path), "failures leave nothing")


for part in (good, bad):
    with tempfile.TemporaryDirectory() as directory:
        part(directory)
checks.close()
