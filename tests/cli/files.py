"""winnow convert and inspect: an IDX pair becomes a table that h5py reads, inspect shows it and its input: section is
taken by winnow check; what cannot be done has its status."""

import gzip
import os
import struct
import sys
import tempfile

import h5py
import numpy

from winnow_runs import Checks, winnow, write_text

PROGRAM = sys.argv[1]
N_ROWS = 500

checks = Checks()


def write_idx(path, array):
    header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "wb") as file:
        file.write(header + array.astype("u1").tobytes())


def fails(arguments, status, word):
    result = winnow(PROGRAM, arguments)
    checks.equal((result.returncode, result.stdout), (status, ""), f"status and stdout of {arguments}")
    checks.that(word in result.stderr and result.stderr.count("winnow: ") == 1, f"{arguments}: {result.stderr!r}")


with tempfile.TemporaryDirectory() as folder:
    def at(name):
        return os.path.join(folder, name)

    rng = numpy.random.default_rng(3)
    images, labels = rng.integers(0, 256, (N_ROWS, 5, 4)), rng.integers(0, 10, N_ROWS)
    write_idx(at("images-idx3-ubyte.gz"), images)
    write_idx(at("labels-idx1-ubyte"), labels)
    result = winnow(PROGRAM, ["convert", at("images-idx3-ubyte.gz"), at("labels-idx1-ubyte"), "-o", at("t.h5")])
    checks.equal((result.returncode, result.stdout), (0, ""), "convert")
    with h5py.File(at("t.h5"), "r") as file:
        checks.that(numpy.array_equal(file["px"][...], images), "the images are the table's px")
        checks.that(numpy.array_equal(file["label"][...], labels), "the labels are the table's label")

    result = winnow(PROGRAM, ["inspect", at("t.h5")])
    checks.equal((result.returncode, result.stderr), (0, ""), "inspect")
    checks.that("/px" in result.stdout and "500 x 5 x 4" in result.stdout, "inspect shows the table")
    section = result.stdout[result.stdout.index("\ninput:") + 1:]
    result = winnow(PROGRAM, ["check", write_text(at("job.yaml"), section)], cwd=folder)
    checks.equal(result.returncode, 0, f"check of the pasted section {section!r}: {result.stdout}")

    write_text(at("c.csv"), "a,b,kind\n1,2.5,0\n2,NA,1\n3,1.5,1\n")
    result = winnow(PROGRAM, ["convert", "-q", at("c.csv"), "-o", at("c.h5")])
    checks.equal((result.returncode, result.stdout, result.stderr), (0, "", ""), "convert of CSV")
    result = winnow(PROGRAM, ["inspect", at("c.h5")])
    section = result.stdout[result.stdout.index("\ninput:") + 1:]
    result = winnow(PROGRAM, ["check", write_text(at("job.yaml"), section)], cwd=folder)
    checks.equal(result.returncode, 0, f"check of the pasted section {section!r}: {result.stdout}")

    fails(["convert", at("none.gz"), "-o", at("x.h5")], 66, "none.gz")
    fails(["convert", write_text(at("a.npz"), "1 1:2\n"), "-o", at("x.h5")], 69, "a.npz")
    fails(["convert", write_text(at("a.jsonl"), "{}\n"), "-o", at("x.h5")], 65, "a.jsonl")
    fails(["convert", at("labels-idx1-ubyte"), "-o", at("no/such/place.h5")], 73, "place.h5")
    fails(["inspect", at("none.h5")], 66, "none.h5")
    fails(["inspect", at("a.jsonl")], 65, "a.jsonl")
    checks.that(not os.path.exists(at("x.h5")), "a failed conversion leaves no file")

checks.close()
