"""Tables whose cells lie in other files: refused by every verb unless input.allow_external says otherwise; a changed or
shortened file is seen.

    external.py WINNOW
"""

import os
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, winnow, write_text

JOB = """
input: {{files: [{table}], label: y{more}}}
normalize: {{method: standard}}
train: {{model: {{type: linear}}, epochs: 1}}
"""


def make(place, x, y):
    """The same table three times: whole; its cells in two files of raw bytes; links to the first."""
    whole, raw, linked = (os.path.join(place, name) for name in ("whole.h5", "raw.h5", "linked.h5"))
    with h5py.File(whole, "w") as file:
        file["x"], file["y"] = x, y
    n_bytes, parts = x.nbytes // 2 + 3, []
    for i, piece in enumerate((x.tobytes()[:n_bytes], x.tobytes()[n_bytes:])):
        parts.append((os.path.join(place, f"raw{i}.bin"), 16 * i, len(piece)))
        with open(parts[i][0], "wb") as file:
            file.write(b"\xff" * 16 * i + piece)
    with h5py.File(raw, "w") as file:
        file.create_dataset("x", x.shape, x.dtype, external=parts)
        file["y"] = y
    with h5py.File(linked, "w") as file:
        file["x"] = h5py.ExternalLink("whole.h5", "/x")
        file["y"] = h5py.ExternalLink("raw.h5", "/y")
    return whole, raw, linked


def model(out):
    return run_json(out)["fingerprints"]


def reused(out):
    return [stage["reused"] for stage in run_json(out)["stages"] if stage["name"] == "train"]


def check_refusals(checks, program, place, run_of_whole, paths):
    for path in paths:
        name = os.path.basename(path)
        job = write_text(os.path.join(place, f"{name}.yaml"), JOB.format(table=path, more=""))
        words = "only input.allow_external: true permits"
        for arguments in (["run", job, "--out", os.path.join(place, "none")], ["check", job], ["run", job, "--dry-run"],
                          ["apply", run_of_whole, path, "-o", os.path.join(place, "none.h5")]):
            result = winnow(program, arguments)
            checks.that(result.returncode == 65 and words in result.stdout + result.stderr, f"{arguments[0]} of {name}: {result}")
        result = winnow(program, ["inspect", path])
        checks.equal(result.returncode, 0, f"inspect of {name}")
        checks.that(words in result.stdout or "/x" not in result.stdout, f"inspect of {name}: {result.stdout}")


def main(program):
    checks = Checks()
    rng = numpy.random.default_rng(5)
    x = rng.normal(size=(2000, 6)).astype("f4")
    y = x @ numpy.arange(6) + rng.normal(size=2000)
    with scratch() as place:
        whole, raw, linked = make(place, x, y)
        plain = os.path.join(place, "plain")
        job = write_text(os.path.join(place, "plain.yaml"), JOB.format(table=whole, more=""))
        checks.equal(winnow(program, ["run", job, "--out", plain], 2).returncode, 0, "the table in one file")
        check_refusals(checks, program, place, plain, (raw, linked))
        outs = {}
        for path in (raw, linked):
            name = os.path.basename(path)
            outs[path] = os.path.join(place, name + "-run")
            job = write_text(os.path.join(place, f"{name}.yaml"), JOB.format(table=path, more=", allow_external: true"))
            checks.that("right" in winnow(program, ["check", job]).stdout, f"check of {name}")
            result = winnow(program, ["run", job, "--out", outs[path]], 3)
            checks.equal(result.returncode, 0, f"run of {name} ({result.stderr[-400:]})")
            checks.equal(model(outs[path])["model"], model(plain)["model"], f"{name}: the model of the table in one file")
            result = winnow(program, ["apply", outs[path], raw, "-o", os.path.join(place, "applied.h5")], 2)
            checks.equal(result.returncode, 0, f"apply of a run that allows it ({result.stderr[-300:]})")
        job = os.path.join(place, "raw.h5.yaml")
        checks.equal(winnow(program, ["run", job, "--out", outs[raw]]).returncode, 0, "a second start")
        checks.equal(reused(outs[raw]), [True], "nothing changed")
        with open(os.path.join(place, "raw1.bin"), "r+b") as file:
            file.seek(16)
            file.write(numpy.float32(2).tobytes())
        winnow(program, ["run", job, "--out", outs[raw]])
        checks.equal(reused(outs[raw]), [False], "a file of raw bytes changed")
        os.truncate(os.path.join(place, "raw1.bin"), 100)
        for verb in (["run", job, "--out", outs[raw]], ["check", job]):
            result = winnow(program, verb)
            checks.that(result.returncode == 65 and "raw1.bin: has 100 bytes" in result.stdout + result.stderr, f"{verb[0]} of a short file: {result}")
    checks.close()


main(sys.argv[1])
