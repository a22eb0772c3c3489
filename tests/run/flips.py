"""One bit that differs, anywhere in what a run left, is found and its file named: by a start, which makes the file again, and
by apply, which refuses it (or, for a byte that HDF5 does not use, predicts the same). A start goes by the job it is given and
writes job.yaml anew.

    flips.py WINNOW CASES [SEED]
"""

import os
import random
import shutil
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, troubled_table, winnow, write_text

JOB = """
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2}}}}
clean: {{missing: mean, outliers: {{rule: iqr, limit: 3, action: drop_row}}, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [anova, random_forest], keep: 0.9, forest: {{trees: 3, depth: 3}}}}
train: {{model: {{type: mlp, hidden: [12]}}, epochs: 2, batch: 64}}
compress: {{metric: accuracy, tolerance: 0.3, epochs: 2, trials: 2}}
output: {{data: true}}
"""


STARTED = ("recipe.h5", "model.h5", "compressed.wnm", "manifest.json", "rows.u8", "measured.h5", "drops.u8", "profile.h5",
           "statistics.h5", "forest.bin", "data/table.h5", "data/shard-00000.h5")
# What is read only to make these of, which hence have to be missing.
READ_FOR = {"rows.u8": ("recipe.h5",), "drops.u8": ("recipe.h5",), "profile.h5": ("recipe.h5",), "statistics.h5": ("recipe.h5",),
            "forest.bin": ("recipe.h5",),
            "measured.h5": ("recipe.h5", "profile.h5")}
APPLIED = (("recipe.h5", "dense"), ("model.h5", "dense"), ("compressed.wnm", "compressed"), ("job.yaml", "dense"))


def flip(draw, path):
    """Flips one bit of a file; says where."""
    place, bit = draw.randrange(os.path.getsize(path)), draw.randrange(8)
    with open(path, "r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ (1 << bit)]))
    return f"bit {bit} of byte {place} of {os.path.basename(path)}"


def copy_of(whole, out):
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(whole, out)
    return out


def check_start(checks, draw, program, job, whole, out, name, run):
    copy_of(whole, out)
    what = flip(draw, os.path.join(out, name))
    for made in READ_FOR.get(name, ()):
        os.remove(os.path.join(out, made))
    done = winnow(program, ["run", job, "--out", out, "-q"])
    if name == "manifest.json":
        checks.equal(done.returncode, 73, f"{what}: status ({done.stderr[-300:]})")
        checks.that("manifest.json: is" in done.stderr, f"{what}: the file is named ({done.stderr[-300:]})")
        return
    checks.equal(done.returncode, 0, f"{what}: status ({done.stderr[-300:]})")
    checks.that(f"{name} is damaged" in done.stderr, f"{what}: the file is named ({done.stderr[-500:]})")
    checks.equal(run_json(out)["fingerprints"], run["fingerprints"], f"{what}: fingerprints in the end")


def predictions(path):
    with h5py.File(path) as file:
        return file["prediction"][:], file["features"][:]


def check_apply(checks, draw, program, table, whole, out, name, model, wanted):
    copy_of(whole, out)
    what = flip(draw, os.path.join(out, name)) + f" applied with the {model} model"
    result = os.path.join(out, "predictions.h5")
    done = winnow(program, ["apply", out, table, "-o", result, "--model", model])
    if done.returncode == 0:
        same = all(numpy.array_equal(a, b) for a, b in zip(predictions(result), wanted))
        checks.that(same and name.endswith(".h5"), f"{what}: passes, and predicts {'the same' if same else 'otherwise'}")
        return
    checks.that(done.returncode in (65, 74), f"{what}: status {done.returncode} ({done.stderr[-300:]})")
    checks.that(name in done.stderr, f"{what}: the file is named ({done.stderr[-300:]})")


def main():
    program, n_cases = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    draw, checks = random.Random(seed), Checks()
    with scratch() as directory:
        table, whole, out = (os.path.join(directory, name) for name in ("table.h5", "whole", "flipped"))
        troubled_table(table, 800, chunk=200)
        job = write_text(os.path.join(directory, "job.yaml"), JOB.format(table=table))
        done = winnow(program, ["run", job, "--out", whole])
        checks.equal(done.returncode, 0, f"status of the undisturbed run ({done.stderr[-500:]})")
        run, wanted = run_json(whole), {}
        for model in ("compressed", "dense"):
            result = os.path.join(directory, f"{model}.h5")
            done = winnow(program, ["apply", whole, table, "-o", result, "--model", model])
            checks.equal(done.returncode, 0, f"status of apply with the {model} model ({done.stderr[-300:]})")
            wanted[model] = predictions(result)
        judged = dict.fromkeys(STARTED + APPLIED, 0)
        for case in range(n_cases):
            name = STARTED[case % len(STARTED)]
            check_start(checks, draw, program, job, whole, out, name, run)
            judged[name] += 1
            name, model = APPLIED[case % len(APPLIED)]
            check_apply(checks, draw, program, table, whole, out, name, model, wanted[model])
            judged[name, model] += 1
    print(f"{2 * n_cases} flipped bits: {judged}")
    checks.close()


main()
