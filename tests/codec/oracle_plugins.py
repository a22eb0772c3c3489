"""Tables written by h5py through HDF5's filters and, where they are installed, through the real plugins of Debian: the decoder
and H5Dread give the cells back. Arguments: the program drive_decoder, and the codecs that it was built without."""
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np

# Name, codec, filters in their order of writing: (number, client data).
PIPELINES = [
    *[("gzip%d" % level, "deflate", [(1, (level,))]) for level in range(10)],
    ("shuffled", "deflate", [(2, ()), (1, (6,)), (3, ())]),
    ("checked_first", "deflate", [(3, ()), (2, ()), (1, (1,))]),
    ("lzf", "lzf", [(32000, ())]),
    ("lzf_shuffled", "lzf", [(2, ()), (32000, ()), (3, ())]),
    ("bzip2_1", "bzip2", [(307, (1,))]),
    ("bzip2_9", "bzip2", [(2, ()), (307, (9,))]),
    *[("blosc_%d_%d_%d" % (level, shuffle, code), "blosc", [(32001, (0, 0, 0, 0, level, shuffle, code))])
      for level in (0, 1, 9) for shuffle in (0, 1, 2) for code in (0, 1, 2, 3, 4, 5)],
    ("lz4", "lz4", [(32004, (0,))]),
    ("lz4_blocks", "lz4", [(2, ()), (32004, (1000,))]),
    *[("bitshuffle_%d" % block, "bitshuffle", [(32008, (block, 0))]) for block in (0, 8, 1024)],
    *[("bitshuffle_lz4_%d" % block, "lz4", [(32008, (block, 2))]) for block in (0, 8, 1024)],
]


def cells(kind):
    """Some that compress well, some that do not at all."""
    n = 6000
    steps = (np.arange(n) // 7).astype(kind)
    noise = np.frombuffer(np.random.default_rng(1).bytes(n * steps.itemsize), dtype=kind)
    return np.concatenate([steps, noise])


def write(file, name, data, pipeline):
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((1500,) if len(pipeline) % 2 else (2001,))
    for number, values in pipeline:
        creation.set_filter(number, h5py.h5z.FLAG_OPTIONAL, values)
    n = len(data) // creation.get_chunk()[0] * creation.get_chunk()[0]
    data = data[:n]
    kind = h5py.h5t.py_create(data.dtype)
    dataset = h5py.h5d.create(file.id, name.encode(), kind, h5py.h5s.create_simple((n,)), creation)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(data))
    file["plain/" + name] = data


def main():
    missing = set(sys.argv[2:])
    written, absent = [], set()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "plugins.h5")
        with h5py.File(path, "w") as file:
            for name, codec, pipeline in PIPELINES:
                without = [number for number, _ in pipeline if not h5py.h5z.filter_avail(number)]
                absent.update(without)
                if without or codec in missing:
                    continue
                for kind in ("u1", "<i2", "<f4", ">f8", "<i8"):
                    written.append(f"{name}_{kind[-2:]}")
                    write(file, written[-1], cells(kind), pipeline)
        done = subprocess.run([sys.argv[1], path], stdout=subprocess.PIPE, text=True, timeout=300, check=False)
    wrong = [line for line in done.stdout.splitlines() if not line.endswith(" ok")]
    print("\n".join(wrong))
    print(f"{len(written)} datasets, {len(wrong)} wrong; no plugin here for {sorted(absent) or 'none'}")
    is_good = done.returncode == 0 and not wrong and len(done.stdout.splitlines()) == len(written)
    sys.exit(0 if is_good else 1)


main()
