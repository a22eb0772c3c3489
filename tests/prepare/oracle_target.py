"""Target encoding against a naive computation by scikit-learn's formula, (sum + smoothing x mean) / (rows + smoothing): training rows see
the other four of five parts of the rows, all others all training rows; labels of two classes, of three, and real ones, at several rank
counts with the same fingerprints; restarts between its pass and the next."""

import glob
import os
import shutil
import sys

import h5py
import numpy
import pandas
from sklearn.decomposition import PCA
from sklearn.feature_selection import f_classif

from naive_target import bound, encode, folds_of
from winnow_runs import Checks, run_json, scratch, winnow, write_text

ROWS, PARTS, SEED, SMOOTHING = 2600, 5, 11, 4.5
TRAIN = 0

JOB = """
memory: 1GiB
seed: {seed}
input: {{files: ['{table}'], label: {label}, types: {{code: categorical}}, columns: {{include: [a, code, line, id]}}, split: {{validation: 0.2, test: 0.1}}}}
clean: {{missing: {missing}}}
extract: {{categorical: {{method: target, levels: {levels}, smoothing: {smoothing}}}}}
output: {{data: true}}
{more}
"""


def make_frame():
    rng = numpy.random.default_rng(4)
    line = numpy.array([f"B{k}" for k in range(40)] + ["größe"], dtype=object)[numpy.minimum(rng.geometric(0.1, ROWS) - 1, 40)]
    frame = pandas.DataFrame({"a": rng.normal(5, 2, ROWS), "code": rng.choice([-1.5, 0.0, 3.0, 1e6], ROWS, p=[0.1, 0.5, 0.3, 0.1]), "line": line})
    frame["id"] = [f"id{k}" for k in rng.integers(0, 2000, ROWS)]
    effect = rng.normal(0, 1, 41)[[int(w[1:]) if w[0] == "B" else 40 for w in line]] + 0.5 * (frame.code == 0)
    frame["two"] = (effect + rng.normal(0, 0.5, ROWS) > 0.3).astype(int) * 5 - 1
    frame["three"] = numpy.digitize(effect + rng.normal(0, 0.5, ROWS), [-0.5, 0.5]) * 10
    frame["real"] = 1e6 + effect * 1e-3 + rng.normal(0, 1e-3, ROWS)
    frame.loc[rng.random(ROWS) < 0.05, "line"] = ""
    frame.loc[rng.random(ROWS) < 0.04, "code"] = numpy.nan
    return frame


def write_tables(directory, frame):
    for part in range(PARTS):
        rows = frame.iloc[part * ROWS // PARTS:(part + 1) * ROWS // PARTS]
        with h5py.File(os.path.join(directory, f"part{part}.h5"), "w") as file:
            for name in ("a", "code", "two", "three", "real"):
                file.create_dataset(name, data=rows[name].to_numpy(), chunks=(260,), compression="gzip")
            for name in ("line", "id"):
                file.create_dataset(name, data=rows[name].to_list(), dtype=h5py.string_dtype(), chunks=(260,))
    return os.path.join(directory, "part*.h5")


def run_all(checks, program, directory, table, name, ranks, **settings):
    job = write_text(os.path.join(directory, f"{name}.yaml"), JOB.format(table=table, seed=SEED, smoothing=SMOOTHING, **settings))
    first = None
    for n in ranks:
        out = os.path.join(directory, f"{name}-{n}")
        done = winnow(program, ["run", job, "--out", out, "-q"], n)
        checks.equal(done.returncode, 0, f"{name} on {n} ranks ({done.stderr[-400:]})")
        if done.returncode != 0:
            checks.close()
        first = first or run_json(out)["fingerprints"]
        checks.equal(run_json(out)["fingerprints"], first, f"{name}: fingerprints on {n} ranks")
    return job, os.path.join(directory, f"{name}-{ranks[0]}")


def read_run(run):
    with open(os.path.join(run, "rows.u8"), "rb") as file:
        status = numpy.frombuffer(file.read(), "u1")
    with h5py.File(os.path.join(run, "data", "table.h5")) as file:
        data, rows = file["features"][:], file["row"][:]
    with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
        return status, data, rows, list(recipe["features/name"].asstr()[:]), recipe["selected"][:], \
            {key: recipe[f"ranking/{key}"][:] for key in recipe["ranking"]} if "ranking" in recipe else {}


def check_case(checks, program, directory, frame, table, label, missing, ranks, more):
    name = f"{label}-{missing}"
    whole = (frame.line != "") & frame.code.notna() | (missing != "drop_row")
    levels = bound(frame.line[frame.line != ""].value_counts(), 12)
    job, run = run_all(checks, program, directory, table, name, ranks, label=label, missing=missing, levels=levels, more=more)
    status, data, rows, names, selected, scores = read_run(run)
    trained = ((status == TRAIN) & whole).to_numpy()
    counts = frame.line[trained & (frame.line != "").to_numpy()].value_counts()
    checks.that(counts.iloc[levels - 1] != counts.iloc[levels], f"{name}: the case has no tie at the bound")
    folds = folds_of(numpy.arange(ROWS), SEED)
    classes = sorted(frame[label].unique()) if label != "real" else [None]
    values = {None: frame[label].to_numpy(float)} if label == "real" else \
        {k: (frame[label] == k).to_numpy(float) for k in (classes[1:] if len(classes) == 2 else classes)}
    learnt, new, wanted_names = [frame.a.to_numpy()], [frame.a.to_numpy()], ["a"]
    for column in ("code", "line"):
        for k, value in values.items():
            pair = encode(frame[column], trained, folds, value, levels, SMOOTHING)
            learnt.append(pair[0])
            new.append(pair[1])
            wanted_names.append(f"{column}:target" + (f"[{k}]" if len(values) > 1 else ""))
    known = [i for i, n in enumerate(names) if not n.startswith("id:")]
    checks.equal([names[i] for i in known], wanted_names, f"{name}: names")
    learnt, new = numpy.column_stack(learnt), numpy.column_stack(new)
    place = {f: j for j, f in enumerate(selected)}
    is_train = trained[rows]
    got = data[:, [place[i] for i in known]] if data.shape[1] == len(names) else None
    if got is not None:
        scale = numpy.abs(new).max(axis=0)
        for part, wanted in ((is_train, learnt), (~is_train, new)):
            error = (numpy.abs(got[part] - wanted[rows[part]]) / scale).max()
            checks.that(error < 1e-7 and part.any(), f"{name}: features of the prepared table ({error:.1e})")
    output = os.path.join(directory, f"{name}.h5")
    done = winnow(program, ["apply", run, *sorted(glob.glob(table)), "-o", output], 3)
    checks.equal(done.returncode, 0, f"{name}: apply ({done.stderr[-300:]})")
    with h5py.File(output) as file:
        applied = file["features"][:]
    if got is not None:
        error = (numpy.abs(applied[:, [place[i] for i in known]] - new) / numpy.abs(new).max(axis=0)).max()
        checks.that(error < 1e-7, f"{name}: features of apply ({error:.1e})")
    if "anova" in scores and label != "real":
        f_values = f_classif(learnt[trained], frame[label][trained])[0]
        checks.that(numpy.allclose(scores["anova"][known], f_values, rtol=1e-7), f"{name}: anova of codes that no own label is in")
    if "id:target" in names and label == "two":
        column = data[:, place[names.index("id:target")]][is_train]
        side = (frame[label].to_numpy()[rows] == classes[1])[is_train]
        correlation = numpy.corrcoef(column, side)[0, 1]
        checks.that(abs(correlation) < 0.1, f"{name}: codes of a column without meaning tell nothing ({correlation:.3f})")
    return job, run, learnt[trained]


def check_restarts(checks, program, job, run):
    """What is there serves; what is missing is made from what is there."""
    first = run_json(run)["fingerprints"]
    for gone, passes in (((), 0), (("statistics.h5",), 0), (("statistics.h5", "targets.h5"), 1), (("statistics.h5", "targets.h5", "profile.h5"), 1)):
        for name in ("recipe.h5", *gone):
            os.remove(os.path.join(run, name))
        done = winnow(program, ["run", job, "--out", run, "-q"], 2)
        checks.equal(done.returncode, 0, f"without {gone} ({done.stderr[-300:]})")
        checks.equal(run_json(run)["fingerprints"], first, f"without {gone}: fingerprints")
        made = sum(s["passes"] for s in run_json(run)["stages"] if s["name"] == "targets" and not s["reused"])
        checks.equal(made, passes, f"without {gone}: passes for targets")


def check_spread(checks, program, directory, frame, table):
    """Components of real labels' codes, whose centre is far from 0; rows with gaps go."""
    more = "reduce: {method: pca, components: 2}"
    _, run, learnt = check_case(checks, program, directory, frame, table, "real", "drop_row", (1, 3), more)
    with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
        values = recipe["pca/eigenvalues"][:]
        names = list(recipe["features/name"].asstr()[:])
    checks.equal(len(names), 4, "features of a real label")
    checks.that(abs(values[0] / PCA(1).fit(learnt).explained_variance_[0] - 1) < 1e-6, "spread of codes far from 0")


def check_refused(checks, program, directory, table):
    job = write_text(os.path.join(directory, "refused.yaml"),
                     f"input: {{files: ['{table}']}}\nextract: {{categorical: {{method: target, smoothing: -1}}}}\n")
    done = winnow(program, ["check", job])
    checks.equal(done.returncode, 78, "target without a label: status")
    for words in ("method: is target, which needs input.label", "extract.categorical.smoothing: is -1"):
        checks.that(words in done.stderr + done.stdout, f"{words}: {done.stderr}{done.stdout}")


def main(program):
    checks = Checks()
    with scratch() as directory:
        frame = make_frame()
        table = write_tables(directory, frame)
        rank = "rank: {methods: [anova, variance, mutual_information]}"
        job, run, _ = check_case(checks, program, directory, frame, table, "two", "median", (1, 2, 3, 7), rank)
        check_restarts(checks, program, job, run)
        shutil.rmtree(run)
        check_case(checks, program, directory, frame, table, "three", "median", (1, 3), "train: {model: {type: logistic}, epochs: 1, batch: 64}")
        check_spread(checks, program, directory, frame, table)
        check_refused(checks, program, directory, table)
    checks.close()


if __name__ == "__main__":
    main(sys.argv[1])
