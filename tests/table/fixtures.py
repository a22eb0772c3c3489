"""Writes the HDF5 and IDX files that the tests of src/table read: fixtures.py DIRECTORY.

Beside each good table NAME.h5 lies NAME.expected, what h5py itself reads of it: int64 rows, int64 columns, the column names one a line
up to a zero byte, then the cells (rows, columns) and the labels (rows) as float64.
"""
import gzip
import os
import struct
import sys

import h5py
import numpy as np

OUT = sys.argv[1]
random = np.random.default_rng(7)


def path(name):
    return os.path.join(OUT, name)


def expect(name, names, columns, label):
    cells = np.column_stack([np.asarray(c, np.float64) for c in columns]) if columns else np.empty((0, 0))
    n = len(cells)
    labels = np.full(n, np.nan) if label is None else np.asarray(label, np.float64).reshape(n)
    with open(path(name + ".expected"), "wb") as f:
        f.write(struct.pack("=qq", n, cells.shape[1]))
        f.write("".join(x + "\n" for x in names).encode() + b"\0")
        f.write(cells.tobytes())
        f.write(labels.tobytes())


def flat(dataset):
    whole = dataset[...]
    return whole.reshape(len(whole), -1).astype(np.float64)


def table(name, datasets, label=None, order=None):
    """Writes datasets {path: (array, options)} and what h5py reads back, in the order of names."""
    with h5py.File(path(name + ".h5"), "w") as f:
        for key, (array, options) in datasets.items():
            f.create_dataset(key, data=array, **options)
    expect_file(name, label)


def expect_file(name, label=None, group="/", skip=()):
    names, columns, labels = [], [], None
    with h5py.File(path(name + ".h5")) as f:
        for key in f[group]:
            d = f[group][key]
            if not isinstance(d, h5py.Dataset) or key in skip:
                continue
            if key == label:
                labels = d[...].astype(np.float64).reshape(-1)
                continue
            cells = flat(d)
            given = [x.decode() if isinstance(x, bytes) else x for x in d.attrs.get("columns", [])]
            names += given or ([key] if d.ndim == 1 else ["%s%d" % (key, i) for i in range(cells.shape[1])])
            columns += list(cells.T)
    expect(name, names, columns, labels)


def matrices():
    """One dataset of two dimensions and its labels, in every layout and filter."""
    x = random.normal(size=(3000, 7)).astype(np.float32)
    x[5, 2] = np.nan
    x[6, 3] = -0.0
    y = random.integers(0, 3, 3000)
    kinds = {
        "contiguous": {},
        "gzip": dict(chunks=(128, 7), compression="gzip", shuffle=True),
        "narrow": dict(chunks=(100, 2), compression="gzip", shuffle=True, fletcher32=True),
        "partial": dict(chunks=(1024, 4)),
        "big_chunk": dict(chunks=(3000, 7), compression="gzip"),
        "fletcher": dict(chunks=(700, 7), fletcher32=True),
        "szip": dict(chunks=(256, 7), compression="szip"),
        "lzf": dict(chunks=(256, 7), compression="lzf", shuffle=True),
        "scaleoffset": dict(chunks=(256, 7), scaleoffset=4),
    }
    for kind, options in kinds.items():
        table("matrix_" + kind, {"X": (x, options), "y": (y, {})}, "y")
    table("matrix_vector_label", {"X": (x, {}), "y": (y.reshape(-1, 1), dict(chunks=(77, 1)))}, "y")
    with h5py.File(path("matrix_compact.h5"), "w") as f:
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_layout(h5py.h5d.COMPACT)
        small = h5py.h5d.create(f.id, b"X", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((300, 7)), creation)
        small.write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(x[:300]))
        f["y"] = y[:300]
    expect_file("matrix_compact", "y")
    with h5py.File(path("matrix_named.h5"), "w") as f:
        f["X"] = x
        f["X"].attrs["columns"] = ["acc_%d" % i for i in range(6)] + ["temperature"]
        f["y"] = y
    expect_file("matrix_named", "y")
    with h5py.File(path("matrix_fixed_names.h5"), "w") as f:
        f["X"] = x
        f["X"].attrs["columns"] = np.array([b"a", b"bb", b"ccc", b"d", b"e", b"f", b"g"])
        f["y"] = y
    expect_file("matrix_fixed_names", "y")


def unwritten():
    with h5py.File(path("unwritten.h5"), "w") as f:
        d = f.create_dataset("X", (1000, 3), "f4", chunks=(100, 3))
        d[250:420] = 1.5
        f.create_dataset("never", (1000,), "f8")
        f["y"] = np.arange(1000) % 2
    expect_file("unwritten", "y")
    with h5py.File(path("filled.h5"), "w") as f:
        d = f.create_dataset("a", (1000,), "i4", chunks=(100,), fillvalue=-9999)
        d[250:420] = np.arange(170)
        f.create_dataset("b", data=np.arange(1000.0))
        f["b"].attrs["_FillValue"] = np.float64(7)
        f["y"] = np.arange(1000) % 2
    a = np.full(1000, np.nan)
    a[250:420] = np.arange(170)
    b = np.arange(1000.0)
    b[7] = np.nan
    expect("filled", ["a", "b"], [a, b], np.arange(1000) % 2)


def types():
    """Every integer and float type, both byte orders; booleans and enumerations."""
    n = 500
    datasets, small = {}, {}
    for order in "<>":
        for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
            info = np.iinfo(kind)
            values = random.integers(info.min, info.max, n, dtype=kind, endpoint=True)
            values[:2] = info.min, info.max
            name = ("be_" if order == ">" else "le_") + kind
            datasets[name] = (values.astype(order + kind), {})
        for kind in ["f2", "f4", "f8"]:
            values = random.normal(size=n).astype(kind)
            values[:4] = 0.0, -0.0, np.nan, np.finfo(kind).smallest_subnormal
            datasets[("be_" if order == ">" else "le_") + kind] = (values.astype(order + kind), {})
    datasets["flag"] = (random.integers(0, 2, n).astype(bool), dict(chunks=(64,), compression="gzip"))
    color = h5py.enum_dtype({"red": 3, "green": -2, "blue": 100}, basetype=">i2")
    datasets["color"] = (random.choice([3, -2, 100], n).astype(color), {})
    table("types", datasets)
    for name in ["le_i1", "be_i2", "le_u1", "be_u2", "le_f2", "be_f4", "flag"]:
        small[name] = datasets[name]
    table("types_float32", small)
    del small["le_f2"]
    small["wide"] = (random.integers(0, 100, n).astype("i4"), {})
    table("types_float64", small)


def groups():
    n = 4000
    with h5py.File(path("columns.h5"), "w", track_order=True) as f:
        for name in ["zeta", "alpha", "mid"]:
            f.create_dataset(name, data=random.normal(size=n))
        f["label"] = random.integers(0, 5, n).astype("u1")
    expect_file("columns", "label")
    table("images", {"px": (random.integers(0, 256, (n, 5, 4)).astype("u1"), dict(chunks=(512, 5, 4), compression="gzip")),
                     "label": (random.integers(0, 10, n).astype("u1"), {})}, "label")
    table("images_cut", {"px": (random.integers(0, 256, (n, 5, 4)).astype("u1"), dict(chunks=(300, 2, 3), compression="gzip", shuffle=True)),
                         "label": (random.integers(0, 10, n).astype("u1"), dict(chunks=(700,)))}, "label")
    wide = random.normal(size=(400, 900)).astype("f4")
    table("wide", {"w": (wide, dict(chunks=(64, 200), compression="gzip"))})
    table("long", {"v": (np.arange(200000, dtype="f4"), dict(chunks=(100000,), compression="gzip")),
                   "w": (np.arange(200000, dtype="f4") * 2, dict(chunks=(333,)))})
    with h5py.File(path("deep.h5"), "w") as f:
        f["data/train/X"] = random.normal(size=(50, 3))
        f["data/train/names"] = ["a", "b", "c"]
        f["label"] = np.arange(50)
    with h5py.File(path("inside.h5"), "w") as f:
        f["X"] = np.arange(40.0).reshape(10, 4)
        f["X"].attrs["columns"] = ["a", "target", "b", "c"]
    x = random.normal(size=(3000, 4)).astype("f4")
    with h5py.File(path("inside_chunks.h5"), "w") as f:
        f.create_dataset("X", data=x, chunks=(500, 3), compression="gzip", shuffle=True)
        f["X"].attrs["columns"] = ["a", "target", "b", "c"]
    expect("inside_chunks", ["a", "b", "c"], [x[:, 0], x[:, 2], x[:, 3]], x[:, 1])
    with h5py.File(path("user_block.h5"), "w", userblock_size=1024) as f:
        f["a"] = x
        f.create_dataset("b", data=x[:, :2], chunks=(400, 1), compression="gzip", fletcher32=True)
        f.create_dataset("c", data=np.arange(3000), chunks=(256,))
    with open(path("user_block.h5"), "r+b") as f:
        f.write(b"not of the table")
    expect_file("user_block")
    with h5py.File(path("allocated.h5"), "w") as f:
        for name, when in [("early", h5py.h5d.ALLOC_TIME_EARLY), ("late", h5py.h5d.ALLOC_TIME_LATE), ("incremental", h5py.h5d.ALLOC_TIME_INCR)]:
            creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            creation.set_chunk((128, 2))
            creation.set_alloc_time(when)
            creation.set_fill_value(np.array(2.5, "f4"))
            space = h5py.h5s.create_simple((3000, 4))
            h5py.h5d.create(f.id, name.encode(), h5py.h5t.IEEE_F32LE, space, creation)
            f[name][700:1500, 1:3] = x[700:1500, 1:3]
        contiguous = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        contiguous.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        h5py.h5d.create(f.id, b"zeros", h5py.h5t.STD_I16BE, h5py.h5s.create_simple((3000,)), contiguous)
        h5py.h5d.create(f.id, b"never", h5py.h5t.STD_I16BE, h5py.h5s.create_simple((3000,)), h5py.h5p.create(h5py.h5p.DATASET_CREATE))
    names, columns = [], []
    with h5py.File(path("allocated.h5")) as f:
        for key in f:
            cells = flat(f[key])
            cells[cells == 2.5] = np.nan
            names += [key] if f[key].ndim == 1 else [key + str(i) for i in range(4)]
            columns += list(cells.T)
    expect("allocated", names, columns, None)
    with h5py.File(path("no_rows.h5"), "w") as f:
        f.create_dataset("X", (0, 7), "f4", maxshape=(None, 7), chunks=(16, 7))
        f.create_dataset("y", (0,), "i8", maxshape=(None,))
    with h5py.File(path("virtual.h5"), "w") as f:
        for i in range(3):
            f["parts/p%d" % i] = np.arange(10.0 * i, 10.0 * i + 10)
        layout = h5py.VirtualLayout((30,), "f8")
        for i in range(3):
            layout[10 * i:10 * i + 10] = h5py.VirtualSource(".", "/parts/p%d" % i, (10,))
        f.create_virtual_dataset("table/all", layout)


def huge():
    """More than 2^31 elements, nearly all of them holes in the files; only the last rows are read."""
    n, width = 2**31 + 1000, 600
    with h5py.File(path("huge_column.h5"), "w") as f:
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        creation.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        h5py.h5d.create(f.id, b"a", h5py.h5t.STD_I8LE, h5py.h5s.create_simple((n,)), creation)
        f["a"][-1000:] = np.arange(1000) % 100
    rows = 2**22
    with h5py.File(path("huge_matrix.h5"), "w") as f:
        d = f.create_dataset("X", (rows, width), "u1", chunks=(16384, 50), compression="gzip", shuffle=True)
        d[-1000:, -50:] = (np.arange(1000)[:, None] + np.arange(50)) % 251


def parts():
    """One table in several files with different chunks, types and numbers of rows."""
    names, cells, labels = ["X%d" % i for i in range(4)] + ["t"], [], []
    os.makedirs(path("parts"))
    os.makedirs(path("texts"))
    for i, (n, kind, chunks) in enumerate([(700, "f4", None), (1, "i2", None), (0, "f4", (32, 4)), (1300, "u1", (500, 3)), (900, "f4", (64, 4))]):
        x = random.integers(0, 200, (n, 4)).astype(kind)
        t = random.normal(size=n).astype("f4")
        y = random.integers(0, 2, n)
        with h5py.File(path("parts/part%d.h5" % i), "w") as f:
            f.create_dataset("g/X", data=x, chunks=chunks, maxshape=(None, 4) if chunks else None)
            f.create_dataset("g/t", data=t, chunks=(50,) if n > 50 else None)
            f.create_dataset("g/y", data=y)
        cells.append(np.column_stack([x, t]).astype(np.float64))
        labels.append(y)
    expect("parts", names, list(np.concatenate(cells).T), np.concatenate(labels))


def bad():
    with open(path("text.h5"), "w") as f:
        f.write("a,b\n1,2\n")
    open(path("empty.h5"), "w").close()
    whole = open(path("matrix_contiguous.h5"), "rb").read()
    open(path("truncated.h5"), "wb").write(whole[:len(whole) // 2])
    with h5py.File(path("damaged.h5"), "w") as f:
        f.create_dataset("X", data=np.zeros((4000, 3)) + np.arange(4000)[:, None], chunks=(500, 3), compression="gzip", fletcher32=True)
        offset = f["X"].id.get_chunk_info(3).byte_offset
    data = bytearray(open(path("damaged.h5"), "rb").read())
    data[offset + 8:offset + 60] = b"\xff" * 52
    open(path("damaged.h5"), "wb").write(data)
    with h5py.File(path("damaged_long.h5"), "w") as f:  # a chunk that reaches into the second block
        f.create_dataset("v", data=np.arange(200000, dtype="f4") + 1, chunks=(100000,), fletcher32=True)
        offset = f["v"].id.get_chunk_info(0).byte_offset
    data = bytearray(open(path("damaged_long.h5"), "rb").read())
    data[offset + 8:offset + 60] = b"\xff" * 52
    open(path("damaged_long.h5"), "wb").write(data)
    with h5py.File(path("lengths.h5"), "w") as f:
        f["a"] = np.arange(10.0)
        f["b"] = np.arange(9.0)
    with h5py.File(path("label_length.h5"), "w") as f:
        f["X"] = np.zeros((10, 2))
        f["label"] = np.zeros(9)
    with h5py.File(path("two.h5"), "w") as f:
        f["train/a"] = np.arange(10.0)
        f["test/a"] = np.arange(5.0)
    with h5py.File(path("strings.h5"), "w") as f:
        f["a"] = np.arange(10.0)
        f["note"] = ["x"] * 10
        f["y"] = np.arange(10)
    for part in (0, 1):  # the text cells of row i follow from i, see test_reader.c
        rows = range(700 * part, 700 * (part + 1))
        with h5py.File(path(f"texts/{part}.h5"), "w") as f:
            f["a"] = np.array(rows, "f4")
            f.create_dataset("note", data=["" if i % 7 == 0 else "n\u00e4" * (i % 40) + str(i) for i in rows],
                             dtype=h5py.string_dtype(), chunks=(100,), compression="gzip" if part == 0 else "lzf")
            f["b"] = np.array(rows, "f8") + 0.5
            f["fixed"] = np.array([f"f{i % 1000}".encode() for i in rows], "S5")
            f["pair"] = np.array([[f"p{i}", f"q{i % 3}"] for i in rows], dtype="S8")
            padded = h5py.h5t.C_S1.copy()
            padded.set_size(6)
            padded.set_strpad(h5py.h5t.STR_SPACEPAD)
            space = h5py.h5s.create_simple((700,))
            h5py.h5d.create(f.id, b"padded", padded, space).write(
                h5py.h5s.ALL, h5py.h5s.ALL, np.array([f"s{i}".ljust(6).encode() for i in rows], "S6"), mtype=padded)
            f["y"] = np.array(rows) % 2
    with h5py.File(path("only_texts.h5"), "w") as f:
        f["note"] = ["x"] * 10
        f["y"] = np.arange(10)
    with h5py.File(path("other_strings.h5"), "w") as f:
        f["a"] = np.arange(10.0)
        f["note"] = np.arange(10.0)
        f["y"] = np.arange(10)
    with h5py.File(path("long_string.h5"), "w") as f:  # a type of 1 GiB whose rows were never written
        wide = h5py.h5t.C_S1.copy()
        wide.set_size(1 << 30)
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_chunk((1,))
        h5py.h5d.create(f.id, b"note", wide, h5py.h5s.create_simple((3000,)), creation)
        f["y"] = np.arange(3000)
    with h5py.File(path("strange.h5"), "w") as f:
        f["a b/yes"] = np.arange(10.0)
        f["a b/12"] = np.arange(10.0)
        f['a b/text: "x", #1'] = ["x"] * 10
    with h5py.File(path("compound.h5"), "w") as f:
        f["t"] = np.zeros(10, dtype=[("a", "f4"), ("b", "i4")])
    with h5py.File(path("nested.h5"), "w") as f:
        f["t"] = np.zeros(10, dtype=[("a", "f4"), ("b", [("c", "i4")])])
        f["m"] = np.zeros((10, 2), dtype=[("a", "f4")])
    for name, options in (("records", {}), ("records_chunked", {"chunks": (300,), "compression": "gzip", "shuffle": True})):
        records = np.zeros(2000, [("a", "f8"), ("word", "S4"), ("b", ">i2"), ("v", "f4", (2,)), ("flag", bool)])
        records["a"] = np.arange(2000) / 7
        records["word"] = [f"w{i % 100}" for i in range(2000)]
        records["b"] = np.arange(2000) - 1000
        records["v"] = np.arange(4000).reshape(2000, 2)
        records["flag"] = np.arange(2000) % 3 == 0
        with h5py.File(path(name + ".h5"), "w") as f:
            f.create_dataset("group/t", data=records, **options)
            f["y"] = np.arange(2000) % 2
        expect(name, ["a", "b", "v0", "v1", "flag"], [records["a"], records["b"], *records["v"].T, records["flag"]], np.arange(2000) % 2)
        expect(name + "_label", ["a", "v0", "v1", "flag"], [records["a"], *records["v"].T, records["flag"]], records["b"])
    with h5py.File(path("nothing.h5"), "w") as f:
        f.create_group("empty")
    with h5py.File(path("twice.h5"), "w") as f:
        f["a"] = np.zeros((10, 2))
        f["a1"] = np.zeros(10)
    with h5py.File(path("column_names.h5"), "w") as f:
        f["X"] = np.zeros((10, 3))
        f["X"].attrs["columns"] = ["a", "b"]
    with h5py.File(path("infinite.h5"), "w") as f:
        x = np.zeros((900, 3), "f4")
        x[700, 1] = -np.inf
        f["X"] = x
        f["y"] = np.where(np.arange(900) == 3, np.inf, 0)
    with h5py.File(path("external_storage.h5"), "w") as f:
        f.create_dataset("X", (10, 2), "f8", external=[(path("raw.bin"), 0, 160)])
        f["a"] = np.arange(10.0)
    np.zeros(20).tofile(path("raw.bin"))
    with h5py.File(path("external_link.h5"), "w") as f:
        f["a"] = np.arange(10.0)
        f["b"] = h5py.ExternalLink(path("columns.h5"), "/zeta")
        f["soft"] = h5py.SoftLink("/b")
    with h5py.File(path("virtual_out.h5"), "w") as f:
        layout = h5py.VirtualLayout((4000,), "f8")
        layout[:] = h5py.VirtualSource(path("columns.h5"), "zeta", (4000,))
        f.create_virtual_dataset("a", layout)
    with h5py.File(path("scaled.h5"), "w") as f:
        f["a"] = np.arange(10, dtype="i2")
        f["a"].attrs["scale_factor"] = 0.1
    for name, number in (("zfp", 32013), ("unknown", 31999)):
        with h5py.File(path(name + ".h5"), "w") as f:
            creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            creation.set_chunk((100,))
            creation.set_filter(number, h5py.h5z.FLAG_OPTIONAL, ())
            h5py.h5d.create(f.id, b"X", h5py.h5t.IEEE_F64LE, h5py.h5s.create_simple((1000,)), creation)
    with h5py.File(path("frame.h5"), "w") as f:
        f["df/axis1"] = np.arange(10)
        f["df/block0_values"] = np.zeros((10, 2))
        f["df"].attrs["pandas_type"] = b"frame"
    for name, rows, columns in [("other_columns", 5, 6), ("other_rows", 5, 7)]:
        with h5py.File(path(name + ".h5"), "w") as f:
            f["X"] = np.ones((rows, columns), "f4")
            f["y"] = np.zeros(rows, "i8")
    with h5py.File(path("other_names.h5"), "w") as f:
        f["X"] = np.ones((5, 7), "f4")
        f["X"].attrs["columns"] = list("abcdefg")
        f["y"] = np.zeros(5, "i8")
    with h5py.File(path("more_columns.h5"), "w") as f:
        f["X"] = np.ones((5, 7), "f4")
        f["extra"] = np.ones(5, "f4")
        f["y"] = np.zeros(5, "i8")


def elsewhere():
    """Cells in other files: raw storage in segments, linked datasets, sources of virtual datasets."""
    x = random.normal(size=(3000, 7)).astype("f4")
    y = random.integers(0, 3, 3000)
    raw = x.tobytes()
    for i, (first, last, before) in enumerate([(0, 5001, 0), (5001, 40000, 13), (40000, len(raw), 4096)]):
        with open(path("raw%d.bin" % i), "wb") as f:
            f.write(b"?" * before + raw[first:last] + b"?" * i)
    segments = [(path("raw0.bin"), 0, 5001), (path("raw1.bin"), 13, 34999), (path("raw2.bin"), 4096, h5py.h5f.UNLIMITED)]
    with h5py.File(path("raw_segments.h5"), "w") as f:
        f.create_dataset("X", x.shape, "f4", external=segments)
        f["y"] = y
    expect_file("raw_segments", "y")
    for name, file, offset, size in [("raw_relative", "raw2.bin", 4096, 160), ("raw_short", path("raw0.bin"), 4960, 160), ("raw_gone", path("gone.bin"), 0, 160),
                                     ("raw_directory", OUT, 0, 160)]:
        with h5py.File(path(name + ".h5"), "w") as f:
            creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            creation.set_external(file.encode(), offset, size)
            h5py.h5d.create(f.id, b"X", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((20, 2)), creation)
            f["a"] = np.arange(20.0)
    with h5py.File(path("linked.h5"), "w") as f:
        f["a"] = h5py.ExternalLink("raw_segments.h5", "/X")
        f["b"] = h5py.ExternalLink("matrix_gzip.h5", "/X")
        f["c"] = h5py.ExternalLink(path("matrix_contiguous.h5"), "/X")
        f["y"] = h5py.ExternalLink("raw_segments.h5", "/y")
        f["z"] = np.arange(3000)
    expect_file("linked", "y")
    with h5py.File(path("link_gone.h5"), "w") as f:
        f["a"] = np.arange(10.0)
        f["b"] = h5py.ExternalLink("no_such.h5", "/b")
        f["c"] = h5py.ExternalLink("columns.h5", "/no_such")
    for name, source, n in [("virtual_beside", "matrix_gzip.h5", 3000), ("virtual_far", path("matrix_gzip.h5"), 3000), ("virtual_gone", "gone.h5", 3000),
                            ("virtual_long", "matrix_gzip.h5", 3100), ("virtual_text", "text.h5", 3000)]:
        with h5py.File(path(name + ".h5"), "w") as f:
            layout = h5py.VirtualLayout((2 * n, 7), "f4")
            layout[:n] = h5py.VirtualSource(source, "X", (n, 7))
            layout[n:] = h5py.VirtualSource("matrix_contiguous.h5", "X", (n, 7))
            f.create_virtual_dataset("X", layout)
            f["z"] = np.arange(2 * n)
    expect_file("virtual_beside")
    expect_file("virtual_far")


def sentinels():
    x = np.array([[0.1, 1, -9999], [-9999, 0.1, 2], [1e37, 5, -0.0], [3, np.inf, 4]], "f4")
    y = np.array([0, -1, 1, 2], "i2")
    with h5py.File(path("sentinels.h5"), "w") as f:
        f["X"], f["y"] = x, y
    cells = x.astype(np.float64)
    gone = np.isin(x, np.array([0.1, -9999, 1e37], "f4")) | np.isinf(x)
    cells[gone] = np.nan
    expect("sentinels", ["X0", "X1", "X2"], list(cells.T), [0, np.nan, 1, 2])


def beside():
    """One dataset of numbers, whose bytes are a block's, beside strings; several pieces of 1 MiB a block."""
    os.makedirs(path("beside"))
    for i, (kind, options) in enumerate((("f8", {}), ("f4", {}), ("f8", dict(chunks=(1000, 16), compression="gzip")))):
        with h5py.File(path("beside/%d.h5" % i), "w") as f:
            f.create_dataset("X", data=np.arange(40000 * 16).reshape(-1, 16).astype(kind), **options)
            f.create_dataset("word", data=["w%d" % row for row in range(40000)], dtype="S8")


def idx(name, array, code, compress=False):
    data = struct.pack(">BBBB", 0, 0, code, array.ndim) + struct.pack(">%dI" % array.ndim, *array.shape)
    data += array.astype(array.dtype.newbyteorder(">")).tobytes()
    (gzip.open if compress else open)(path(name), "wb").write(data)
    return data


def idx_files():
    codes = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}
    for kind, code in codes.items():
        values = random.integers(-100 if kind != "u1" else 0, 100, (37, 3, 2)).astype(kind)
        idx("images-%s-idx" % kind, values, code)
        idx("images-%s-idx.gz" % kind, values, code, True)
        np.save(path("images-%s.npy" % kind), values)
    labels = np.arange(37, dtype="u1")
    data = idx("labels-idx", labels, 8)
    idx("labels-idx.gz", labels, 8, True)
    open(path("cut-idx"), "wb").write(data[:-3])
    open(path("cut-header-idx"), "wb").write(data[:6])
    open(path("long-idx"), "wb").write(data + b"x")
    packed = open(path("images-f8-idx.gz"), "rb").read()
    open(path("cut-idx.gz"), "wb").write(packed[:-20])
    idx("short-idx", labels[:30], 8)
    open(path("table.csv"), "w").write("a,b\n")


for make in [matrices, unwritten, types, groups, huge, parts, bad, elsewhere, sentinels, beside, idx_files]:
    make()
