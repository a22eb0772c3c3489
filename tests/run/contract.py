"""What a run leaves: the files and keys of the contract, features that apply gives again, and the artefact's figures derived anew."""

import json
import os
import sys

import h5py
import numpy
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_score, recall_score

from winnow_runs import Checks, run_json, scratch, troubled_table, winnow, write_text

JOB = """
seed: 2
memory: 1GiB
input: {{files: [{table}], test: [{test}], label: kind, split: {{validation: 0.2}}}}
clean: {{missing: median, outliers: {{rule: iqr, limit: 3, action: clip}}, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [variance, anova, mutual_information], keep: 0.8}}
reduce: {{method: pca, components: 5}}
train: {{model: {{type: mlp, hidden: [16]}}, epochs: 5, batch: 64}}
compress: {{while_training: true, metric: accuracy, tolerance: 0.05, plan: auto}}
"""

RUN_KEYS = {
    "": "winnow job status ranks seconds attempts peak_rss_bytes environment rows stages reduce train metrics compression "
        "objectives fingerprints",
    "rows": "read kept dropped train validation test leaked",
    "reduce": "method solver grid components explained_variance_ratio",
    "train": "epochs parameters trials",
    "metrics": "rows baseline dense compressed",
    "compression": "dense_bytes parameters_bytes compressed_bytes ratio nonzero_fraction plan accepted stopped_by trials "
                   "background",
    "objectives": "simplify prune train",
    "fingerprints": "statistics recipe model compressed",
}
STAGE_KEYS = "name seconds rows bytes_read passes reused rank_seconds wait_seconds rank_bytes_read".split()
METRIC_KEYS = "accuracy precision recall f1 loss per_class confusion".split()
BACKGROUND_KEYS = "snapshots decisions applied_at_step seconds hidden_seconds".split()


def has_keys(checks, value, keys, what):
    missing = [key for key in keys if key not in value]
    checks.equal(missing, [], f"keys missing in {what}")


def check_summary(checks, run, out):
    for part, keys in RUN_KEYS.items():
        has_keys(checks, run[part] if part else run, keys.split(), f"run.json {part}")
    for stage in run["stages"]:
        has_keys(checks, stage, STAGE_KEYS, f"stage {stage['name']}")
        checks.equal(len(stage["rank_bytes_read"]), run["ranks"], "ranks of a stage")
    for model in ("baseline", "dense", "compressed"):
        has_keys(checks, run["metrics"][model], METRIC_KEYS, f"metrics {model}")
    has_keys(checks, run["compression"]["background"], BACKGROUND_KEYS, "background")
    has_keys(checks, run["compression"]["trials"][0], "plan bytes metric objective seconds".split(), "a trial")
    checks.equal(os.path.getsize(os.path.join(out, "compressed.wnm")), run["compression"]["compressed_bytes"],
                 "compressed_bytes")
    with open(os.path.join(out, "events.jsonl"), encoding="utf-8") as file:
        events = [json.loads(line)["event"] for line in file]
    for event in ("stage_begin", "stage_end", "epoch"):
        checks.that(event in events, f"no event {event} in events.jsonl")


def check_recipe(checks, out, names):
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        for name in "name kind missing mean std min max median lower upper fill center scale".split():
            checks.equal(len(file["columns"][name]), len(names), f"/columns/{name}")
        checks.equal([name.decode() for name in file["columns/name"][:]], names, "names of the columns")
        for name in "variance anova mutual_information consensus".split():
            checks.equal(len(file["ranking"][name]), len(names), f"/ranking/{name}")
        n_selected = len(file["selected"])
        checks.equal(file["pca/components"].shape, (5, n_selected), "/pca/components")
    with h5py.File(os.path.join(out, "model.h5")) as file:
        checks.equal(file["layers/0/weight"].shape, (16, 5), "/layers/0/weight")
        checks.equal(list(file["classes"][:]), [0, 1, 2], "/classes")


def check_apply(checks, program, directory, out, test, label, run):
    wanted = {"dense": run["metrics"]["dense"], "compressed": run["metrics"]["compressed"]}
    for model, metrics in wanted.items():
        files = {}
        for ranks in (1, 3):
            output = os.path.join(directory, f"{model}-{ranks}.h5")
            done = winnow(program, ["apply", out, test, "-o", output, "--model", model], ranks)
            checks.equal(done.returncode, 0, f"apply {model} on {ranks} ranks ({done.stderr[-400:]})")
            checks.that("accuracy=" in done.stdout, "apply prints metrics where the input has the label")
            with h5py.File(output) as file:
                files[ranks] = {name: file[name][:] for name in ("features", "prediction", "probability", "row")}
        for name in files[1]:
            checks.that(numpy.array_equal(files[1][name], files[3][name]), f"{model} {name} on 1 and 3 ranks")
        got = files[1]
        checks.that(numpy.array_equal(got["row"], numpy.arange(len(label))), "rows in the order of the input")
        checks.near(float(numpy.abs(got["probability"].sum(1) - 1).max()), 0, 1e-5, "probabilities sum to one")
        checks.equal(metrics["confusion"], confusion_matrix(label, got["prediction"]).tolist(), f"{model} confusion")
        for name, score in (("accuracy", accuracy_score(label, got["prediction"])),
                            ("precision", precision_score(label, got["prediction"], average="macro", zero_division=0)),
                            ("recall", recall_score(label, got["prediction"], average="macro", zero_division=0)),
                            ("f1", f1_score(label, got["prediction"], average="macro", zero_division=0))):
            checks.near(metrics[name], score, 1e-12, f"{model} {name}")


def check_ids(checks, program, directory, out, test, label):
    """Columns that pass through, the label too; the features are the run's, whichever model predicts."""
    features = {}
    for model in ("dense", "compressed"):
        output = os.path.join(directory, f"ids-{model}.h5")
        done = winnow(program, ["apply", out, test, "-o", output, "--model", model, "--id", "x3", "--id", "kind"], 2)
        checks.equal(done.returncode, 0, f"apply with --id ({done.stderr[-400:]})")
        with h5py.File(output) as file, h5py.File(test) as source:
            checks.that(numpy.array_equal(file["id/x3"][:], source["x"][:, 3], equal_nan=True), "/id/x3")
            checks.that(numpy.array_equal(file["id/kind"][:], label), "/id/kind")
            features[model] = file["features"][:]
    checks.that(numpy.array_equal(features["dense"], features["compressed"]), "features by either model")
    text = write_text(os.path.join(directory, "notes.txt"), "mine")
    done = winnow(program, ["apply", out, test, "-o", text], 1)
    checks.equal(done.returncode, 73, "apply does not write over a file that is no table")
    with open(text, encoding="utf-8") as file:
        checks.equal(file.read(), "mine", "a file that is no table")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        table, test = os.path.join(directory, "table.h5"), os.path.join(directory, "test.h5")
        troubled_table(table, 3000, chunk=128)
        _, label = troubled_table(test, 700, chunk=100)
        job = write_text(os.path.join(directory, "job.yaml"), JOB.format(table=table, test=test))
        out = os.path.join(directory, "out")
        done = winnow(program, ["run", job, "--out", out], 2)
        checks.equal(done.returncode, 0, f"status ({done.stderr[-800:]})")
        told = {line.split()[1].split("=")[0] for line in done.stdout.splitlines() if line.startswith("RESULT ")}
        checks.equal(told, set("rows_read rows_kept accuracy accuracy_compressed compressed_bytes ratio seconds peak_rss "
                               "report".split()), "RESULT lines")
        run = run_json(out)
        check_summary(checks, run, out)
        check_recipe(checks, out, [f"x{i}" for i in range(9)])
        check_apply(checks, program, directory, out, test, label, run)
        check_ids(checks, program, directory, out, test, label)
    checks.close()


main()
