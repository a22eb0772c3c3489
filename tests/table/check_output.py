"""What h5py and NumPy read of files that the tests wrote: check_output.py writer FILE | sized FILE | idx FILE NAME.npy | fashion FILE IMAGES LABELS."""
import gzip
import sys

import h5py
import numpy as np


def check(is_right, what):
    if not is_right:
        sys.exit("check_output.py: " + what)


def writer(path):
    """Row i of each dataset counts up from i, as test_table_writer.c writes it."""
    kinds = {"u1": "u1", "i1": "i1", "i2": "i2", "i4": "i4", "i8": "i8", "f4": "f4", "f8": "f8"}
    with h5py.File(path) as f:
        check(set(f) == set(kinds) | {"wide", "deep"}, "datasets %s" % list(f))
        for name, kind in kinds.items():
            check(f[name].dtype == np.dtype(kind), "type of " + name)
            check(np.array_equal(f[name][...], (np.arange(5000) % 120).astype(kind)), "cells of " + name)
        whole = np.arange(5000 * 6, dtype="f4")
        check(np.array_equal(f["wide"][...], whole.reshape(5000, 6)), "cells of wide")
        check(np.array_equal(f["deep"][...], whole.reshape(5000, 3, 2)), "cells of deep")
        check(list(f["wide"].attrs["columns"]) == ["a", "b", "c", "d", "e", "é"], "names of wide")
        check(f["wide"].compression == "gzip" and f["wide"].shuffle and f["deep"].compression is None, "filters")


def sized(path):
    with h5py.File(path) as f:
        squares, plain, chunked, text = np.arange(1000) ** 2, f["plain"], f["chunked"], f["text"]
        check(np.array_equal(plain[...], squares) and np.array_equal(chunked[...], squares), "cells")
        check(plain.chunks is None and plain.fillvalue == -7 and plain.maxshape == (1000,), "storage of plain")
        check(chunked.chunks == (100,) and chunked.compression == "gzip" and chunked.shuffle, "storage of chunked")
        check([word.decode() for word in text[...]] == ["xyz"[:i % 4] for i in range(1000)], "texts")
        check(h5py.check_string_dtype(text.dtype).encoding == "utf-8", "encoding of texts")


def idx(path, array):
    with h5py.File(path) as f:
        wanted = np.load(array)
        check(f["px"].dtype == wanted.dtype, "type %s, not %s" % (f["px"].dtype, wanted.dtype))
        check(np.array_equal(f["px"][...], wanted) and np.array_equal(f["px2"][...], wanted), "images")
        check(np.array_equal(f["label"][...], np.arange(37)) and f["label"].dtype == "u1", "labels")
        check(sorted(f) == ["label", "px", "px2"], "datasets %s" % list(f))


def fashion(path, images, labels):
    x = np.frombuffer(gzip.open(images).read(), "u1", offset=16).reshape(-1, 28, 28)
    y = np.frombuffer(gzip.open(labels).read(), "u1", offset=8)
    with h5py.File(path) as f:
        check(f["px"].dtype == x.dtype and np.array_equal(f["px"][...], x), "images")
        check(f["label"].dtype == y.dtype and np.array_equal(f["label"][...], y), "labels")


{"writer": writer, "sized": sized, "idx": idx, "fashion": fashion}[sys.argv[1]](*sys.argv[2:])
