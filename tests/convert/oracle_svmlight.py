"""winnow convert of svmlight files beside scikit-learn's load_svmlight_file: the same rows, labels and queries; damaged lines are told."""

import gzip
import os
import sys

import h5py
import numpy
import scipy.sparse
from sklearn.datasets import dump_svmlight_file, load_svmlight_file

from winnow_runs import Checks, scratch, winnow


def main():
    program = sys.argv[1]
    checks = Checks()
    rng = numpy.random.default_rng(3)
    with scratch() as directory:
        def at(name):
            return os.path.join(directory, name)

        def convert(sources, status=0):
            done = winnow(program, ["convert", *sources, "-o", at("o.h5")])
            checks.equal(done.returncode, status, f"convert {sources} ({done.stderr[-300:]})")
            return done.stderr

        dense = rng.normal(size=(300, 7))
        sparse = scipy.sparse.random(5000, 200, 0.02, "csr", random_state=1)
        exact = scipy.sparse.csr_matrix(numpy.round(sparse.toarray() * 16) / 16)
        signs, real = rng.choice([-1, 1], 5000), rng.normal(size=5000)
        for name, x, y, zero, query in (("dense", dense, real[:300], False, None), ("sparse", sparse, signs, True, None),
                                        ("one", exact, signs, False, rng.integers(0, 9, 5000)), ("gz", exact, real, True, None)):
            path = at(name + ".svm")
            dump_svmlight_file(x, y, path, zero_based=zero, query_id=query, comment="made here")
            wanted = load_svmlight_file(path, query_id=query is not None)
            if name == "gz":
                with open(path, "rb") as source, gzip.open(path + ".gz", "wb") as target:
                    target.write(source.read())
                path += ".gz"
            convert([path])
            with h5py.File(at("o.h5")) as file:
                checks.that(numpy.array_equal(file["x"][()], wanted[0].toarray()), f"{name}: cells")
                checks.that(numpy.array_equal(file["label"][()], wanted[1]), f"{name}: labels")
                checks.equal(file["x"].dtype.str, "<f4" if x is exact else "<f8", f"{name}: type of cells")
                checks.equal(file["label"].dtype.str, "<i8" if y is signs else "<f8", f"{name}: type of labels")
                checks.equal("qid" in file, query is not None, f"{name}: queries")
                if query is not None:
                    checks.that(numpy.array_equal(file["qid"][()], wanted[2]), f"{name}: queries")
                checks.equal(file["x"].compression, None if name == "dense" else "gzip", f"{name}: compression")
        convert([at("gz.svm"), at("sparse.svm")])
        with h5py.File(at("o.h5")) as file:
            checks.equal(len(file["x"]), 10000, "two files")

        with open(at("spaces.libsvm"), "w", encoding="ascii") as file:
            file.write("# a comment\n\n+1  3:1.5\t5:-2e3 # and one\r\n-1 \n0 1:0.25")
        wanted = load_svmlight_file(at("spaces.libsvm"))
        convert([at("spaces.libsvm")])
        with h5py.File(at("o.h5")) as file:
            checks.that(numpy.array_equal(file["x"][()], wanted[0].toarray()), "comments and spaces")
            checks.equal(list(file["label"][()]), [1, -1, 0], "their labels")
        for text, words in (("1 2:3 2:4\n", "line 1: indices do not ascend"), ("1 1:2\n1 3:4 2:1\n", "line 2: indices do not ascend"),
                            ("1 1:2\nx 1:2\n", "line 2: no number as label: 'x'"), ("1 a:2\n", "no index: 'a'"), ("1 1:b\n", "no value: 'b'"),
                            ("1 1 2\n", "no pair INDEX:VALUE"), ("1 :2\n", "no index"), ("1 -1:2\n", "no index"), ("", "has no row"),
                            ("1\n2\n", "no row has a value"), ("1 99999999:1\n", "beyond 16,777,216"), ("1 1:\n", "no value"),
                            ("1 qid:1 1:2\n1 1:2\n", "1 of 2 rows have no qid"), ("1 " + "1" * 70 + ":1\n", "more than 64 characters")):
            with open(at("bad.svm"), "w", encoding="ascii") as file:
                file.write(text)
            said = convert([at("bad.svm")], 65)
            checks.that(words in said and "bad.svm" in said, f"{text!r}: {said!r}")
        with open(at("bad.svm"), "w", encoding="ascii") as file:
            file.write("1,2 1:2\n")
        checks.that("several labels" in convert([at("bad.svm")], 69), "several labels")
    checks.close()


main()
