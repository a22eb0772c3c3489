"""The prepared table (output.data): its rows are what `winnow apply` makes of them, its bytes the same on any number of
ranks; a second start reuses it, damage and other settings are seen, a full disk leaves nothing half; training goes on from it.

    prepared.py WINNOW
"""

import ctypes
import ctypes.util
import hashlib
import json
import os
import subprocess
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, troubled_table, winnow, write_text

JOB = """
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2, test: 0.1}}}}
clean: {{missing: median, duplicates: drop, outliers: {{rule: zscore, limit: 6, action: drop_row}}}}
normalize: {{method: standard}}
rank: {{methods: [anova], keep: 0.8}}
{more}
output: {{data: {data}}}
"""
PCA = "reduce: {method: pca, components: 4}"
TRAIN = "train: {model: {type: logistic}, optimizer: {learning_rate: 0.02}, epochs: 3, batch: 64}"
N_ROWS = 3000


def digests(out):
    folder = os.path.join(out, "data")
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def read(path):
    with h5py.File(path, "r") as file:
        return {name: file[name][...] for name in file}


ZSTD = ctypes.util.find_library("zstd")


def unpacked(dataset):
    """The cells of a dataset whose chunks are shuffled and packed by zstd, past HDF5, whose plugin Debian does not have."""
    library, chunk, cells = ctypes.CDLL(ZSTD), dataset.chunks, numpy.zeros(dataset.shape, dataset.dtype)
    for first in range(0, dataset.shape[0], chunk[0]):
        mask, packed = dataset.id.read_direct_chunk((first,) + (0,) * (len(chunk) - 1))
        plain = ctypes.create_string_buffer(int(numpy.prod(chunk)) * dataset.dtype.itemsize)
        n = len(plain)
        size = dataset.dtype.itemsize
        if mask & (2 if size > 1 else 1):  # it did not shrink; one byte is not shuffled
            plain.raw = packed
        else:
            n = library.ZSTD_decompress(plain, ctypes.c_size_t(len(plain)), packed, ctypes.c_size_t(len(packed)))
        assert n == len(plain)
        rows = numpy.frombuffer(plain.raw, "u1").reshape(size, -1).T.copy().view(dataset.dtype).reshape(chunk)
        cells[first:first + chunk[0]] = rows[:len(cells) - first]
    return cells


def read_table(out):
    """The virtual table; of zstd's the shards, which are what it is made of."""
    table = os.path.join(out, "data", "table.h5")
    with h5py.File(os.path.join(out, "data", "shard-00000.h5"), "r") as file:
        creation = file["row"].id.get_create_plist()
        if 32015 not in [creation.get_filter(i)[0] for i in range(creation.get_nfilters())]:
            return read(table)
        with h5py.File(table, "r") as whole:
            assert len(whole["features"].virtual_sources()) == 1
        return {name: unpacked(file[name]) for name in file}


def run(checks, program, job, out, n_ranks=0, status=0, more=()):
    result = winnow(program, ["run", job, "--out", out, *more], n_ranks)
    checks.equal(result.returncode, status, f"status of {job} on {n_ranks} ranks ({result.stderr[-600:]})")
    return result


def check_rows(checks, program, place, table, label, out, what):
    """Every kept row once, in order, with the features of apply, its own label and the split that run.json counts."""
    applied = os.path.join(place, "applied.h5")
    result = winnow(program, ["apply", out, table, "-o", applied])
    checks.equal(result.returncode, 0, f"{what}: apply ({result.stderr[-300:]})")
    wanted, rows = read(applied)["features"], run_json(out)["rows"]
    prepared = read_table(out)
    checks.equal(sorted(prepared), ["features", "label", "row", "split"], f"{what}: datasets")
    checks.equal((prepared["features"].dtype, prepared["row"].dtype, prepared["label"].dtype, prepared["split"].dtype),
                 (numpy.dtype("f4"), numpy.dtype("i8"), numpy.dtype("i8"), numpy.dtype("u1")), f"{what}: types")
    row = prepared["row"]
    checks.that(len(row) == rows["kept"] and numpy.all(numpy.diff(row) > 0), f"{what}: {len(row)} rows, {rows['kept']} kept")
    checks.equal([int(numpy.sum(prepared["split"] == k)) for k in range(3)], [rows["train"], rows["validation"], rows["test"]], f"{what}: split")
    checks.that(numpy.array_equal(prepared["features"].view("i4"), wanted[row].view("i4")), f"{what}: features are those of apply")
    checks.that(numpy.array_equal(prepared["label"], label[row]), f"{what}: labels")


def check_case(checks, program, place, table, label, case):
    name, data, more, filters = case
    job = write_text(os.path.join(place, f"{name}.yaml"), JOB.format(table=table, data=data, more=more))
    bytes_of = None
    for n_ranks in (1, 2, 3, 5) if name in ("plain", "zstd") else (2,):
        out = os.path.join(place, f"{name}-{n_ranks}")
        run(checks, program, job, out, n_ranks)
        bytes_of = bytes_of or digests(out)
        checks.equal(digests(out), bytes_of, f"{name}: bytes on {n_ranks} ranks")
    check_rows(checks, program, place, table, label, out, name)
    with h5py.File(os.path.join(out, "data", "shard-00000.h5"), "r") as file:
        creation = file["features"].id.get_create_plist()
        checks.equal([creation.get_filter(i)[0] for i in range(creation.get_nfilters())], filters, f"{name}: filters")
        if PCA not in more:
            checks.equal(len(file["features"].attrs["columns"]), file["features"].shape[1], f"{name}: names of features")
    return job, out


def stages(out):
    return {stage["name"]: stage["reused"] for stage in run_json(out)["stages"]}


def check_resume(checks, program, place, job, out):
    """Reused as it is; made again where a byte of a shard or the compression is another; taken away with its key."""
    whole, model = digests(out), run_json(out)["fingerprints"]
    run(checks, program, job, out, 3)
    checks.that(stages(out)["data"], "a second start reuses the prepared table")
    for name, how in (("shard-00000.h5", "flip"), ("table.h5", "flip"), ("shard-00000.h5", "cut"), ("table.h5", "gone")):
        path = os.path.join(out, "data", name)
        with open(path, "r+b") as file:
            if how == "flip":
                file.seek(os.path.getsize(path) // 2)
                byte = file.read(1)
                file.seek(-1, os.SEEK_CUR)
                file.write(bytes([byte[0] ^ 1]))
            else:
                file.truncate(os.path.getsize(path) - 1)
        if how == "gone":
            os.remove(path)
        run(checks, program, job, out, 2)
        checks.equal((stages(out)["data"], digests(out)), (False, whole), f"{name}, {how}: made again")
    with open(os.path.join(out, "data", "shard-00007.h5.part-99"), "wb"), open(os.path.join(out, "data", "notes.txt"), "wb"):
        pass  # neither is in the manifest
    run(checks, program, job, out, 2, more=["--set", "output.data={compression: gzip}"])
    again = [name for name, is_reused in stages(out).items() if not is_reused and name != "rows"]
    checks.equal(again, ["data"], "stages that another compression needs")
    checks.equal(run_json(out)["fingerprints"], model, "fingerprints")
    run(checks, program, job, out, 2, more=["--set", "output.data=false"])
    checks.equal(sorted(os.listdir(os.path.join(out, "data"))), ["notes.txt", "shard-00007.h5.part-99"], "what is no longer wanted is gone, what is not ours stays")
    os.remove(os.path.join(out, "data", "notes.txt"))
    os.remove(os.path.join(out, "data", "shard-00007.h5.part-99"))
    run(checks, program, job, out, 2)
    checks.equal(digests(out), whole, "made once more")
    with open(os.path.join(out, "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    checks.equal([f["name"] for f in manifest["stages"]["data"]["files"]], ["data/table.h5"] + [f"data/{n}" for n in whole if n != "table.h5"], "files in the manifest")


def check_training(checks, program, place, table, out):
    """From the virtual table, its shard, and the table moved without its shard."""
    job = write_text(os.path.join(place, "again.yaml"), f"""
input: {{files: [{out}/data/table.h5], label: label, columns: {{exclude: [row, split]}}, split: {{validation: 0.2}}}}
{TRAIN}
""")
    for source in ("table.h5", "shard-00000.h5"):
        again = os.path.join(place, "again")
        run(checks, program, job, again, 2, more=["--set", f"input.files=[{out}/data/{source}]", "--resume", "never"])
        checks.equal(run_json(again)["rows"]["read"], run_json(out)["rows"]["kept"], f"{source}: rows")
        accuracy = run_json(again)["metrics"]["dense"]["accuracy"]
        checks.that(accuracy > 0.6, f"{source}: accuracy of training from it: {accuracy}")
    moved = os.path.join(place, "moved.h5")
    subprocess.run(["cp", os.path.join(out, "data", "table.h5"), moved], check=True)
    result = winnow(program, ["check", job, "--set", f"input.files=[{moved}]"])
    checks.that(result.returncode == 65 and "shard-00000.h5 is not there" in result.stdout + result.stderr, f"a table without its shard: {result}")


def check_full_disk(checks, program, place, job):
    """A tmpfs with too little room: 74, and with room again the run goes on."""
    disk = os.path.join(place, "disk")
    os.mkdir(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return
    try:
        out = os.path.join(disk, "run")
        for size in (64, 96, 120, 140):
            subprocess.run(["mount", "-o", f"remount,size={size}k", disk], check=True)
            result = run(checks, program, job, out, 2, status=74)
            checks.equal(result.stderr.count("winnow: "), 1, f"one line of cause: {result.stderr[-300:]}")
            left = [name for _, _, names in os.walk(out) for name in names if ".part" in name or name.startswith("shard-")]
            checks.equal(left, [], f"{size} KiB: half files")
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        run(checks, program, job, out, 2)
        checks.that("data" in stages(out), "with room again the table is written")
    finally:
        subprocess.run(["umount", disk], check=False)


def check_errors(checks, program, job):
    for value, words in [("{compression: lzma}", "lzma"), ("{level: 3}", "a level without a compression"), ("{compression: gzip, level: 10}", "from 1 to 9"),
                         ("{compression: zstd, level: 0}", "from 1 to 22"), ("maybe", "must be true, false"), ("{compress: gzip}", "compress")]:
        result = winnow(program, ["check", job, "--set", f"output.data={value}"])
        checks.that(result.returncode == 78 and words in result.stdout + result.stderr, f"{value}: {result}")


def main(program):
    checks = Checks()
    with scratch() as place:
        table = os.path.join(place, "t.h5")
        _, label = troubled_table(table, N_ROWS, chunk=64)
        jobs = {}
        for case in [("plain", "true", TRAIN, []), ("gzip", "{compression: gzip, level: 6}", PCA, [2, 1]),
                     ("zstd", "{compression: zstd}", PCA + "\n" + TRAIN, [2, 32015])]:
            jobs[case[0]] = check_case(checks, program, place, table, label, case)
        check_resume(checks, program, place, *jobs["plain"])
        check_training(checks, program, place, table, jobs["plain"][1])
        check_full_disk(checks, program, place, jobs["plain"][0])
        check_errors(checks, program, jobs["plain"][0])
    checks.close()


main(sys.argv[1])
