"""Labels of strings: classes in the order of scikit-learn's LabelEncoder, the same at any rank count, by name in recipe, model, predictions,
artefact, prepared table, run.json and report; and input.split.by over strings keeps all rows of one name on one side."""

import json
import os
import sys

import h5py
import numpy
from sklearn.preprocessing import LabelEncoder

from winnow_runs import Checks, run_json, scratch, winnow

NAMES = numpy.array(["zeta", "Alpha", "größer", "beta gamma", "b"], object)


def write(path, n, variable, seed=1, names=NAMES):
    rng = numpy.random.default_rng(seed)
    kind = rng.integers(0, len(names), n)
    x = numpy.random.default_rng(9).normal(size=(len(names), 6))[kind] * 3 + rng.normal(size=(n, 6))
    label = names[kind].copy()
    label[rng.random(n) < 0.03] = ""
    machine = numpy.array([f"machine {m}" for m in rng.integers(0, 40, n)], object)
    machine[rng.random(n) < 0.02] = ""
    with h5py.File(path, "w") as file:
        file["x"] = x
        for name, values in (("kind", label), ("machine", machine)):
            if variable:
                file.create_dataset(name, data=values, dtype=h5py.string_dtype())
            else:
                file[name] = numpy.array([value.encode() for value in values])
    return label, machine


def job(path, table, **more):
    sections = {"input": {"files": [table], "label": "kind", "table": "/", "columns": {"exclude": ["machine"]},
                          "split": {"validation": 0.2, "test": 0.2, "by": "machine"}},
                "clean": {"duplicates": "drop"}, "normalize": {"method": "standard"}, "rank": {"methods": ["anova", "mutual_information"]},
                "train": {"model": {"type": "logistic"}, "epochs": 6, "batch": 64}, "compress": {"plan": [{"quantize": {"type": "int8"}}], "epochs": 1},
                "output": {"data": True}}
    sections.update(more)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(sections, file)
    return path


def texts(values):
    return [value.decode() if isinstance(value, bytes) else value for value in values]


def classes(checks, program, directory):
    prints, sides = [], []
    for variable, ranks in ((True, 1), (True, 3), (False, 2)):
        table = os.path.join(directory, f"table{int(variable)}.h5")
        label, machine = write(table, 2000, variable)
        out = os.path.join(directory, f"run{int(variable)}{ranks}")
        done = winnow(program, ["run", job(out + ".yaml", table), "--out", out], ranks)
        checks.equal(done.returncode, 0, f"run, {ranks} ranks ({done.stderr[-800:]})")
        run = run_json(out)
        wanted = list(LabelEncoder().fit(label[label != ""]).classes_)
        prints.append((variable, run["fingerprints"]))
        checks.equal(run["metrics"]["classes"], wanted, "run.json has the order of LabelEncoder")
        checks.equal(run["rows"]["dropped"]["no_label"], int((label == "").sum()), "empty strings are missing labels")
        checks.that(run["metrics"]["dense"]["accuracy"] > 0.9, f"accuracy {run['metrics']['dense']['accuracy']}")
        with h5py.File(os.path.join(out, "recipe.h5")) as file:
            checks.equal(texts(file["labels/classes"][()]), wanted, "recipe.h5")
        with h5py.File(os.path.join(out, "model.h5")) as file:
            checks.equal(texts(file["classes"][()]), wanted, "model.h5")
        with open(os.path.join(out, "report.html"), encoding="utf-8") as file:
            checks.that("größer" in file.read(), "the report names the classes")
        with h5py.File(os.path.join(out, "data", "table.h5")) as file:
            rows, split, data = file["row"][()], file["split"][()], texts(file["label"][()])
        checks.equal(data, list(label[rows]), "labels of the prepared table")
        side = {}
        for row, part in zip(rows, split):
            if machine[row]:
                side.setdefault(machine[row], set()).add(int(part))
        checks.equal([name for name, parts in side.items() if len(parts) > 1], [], "machines on two sides")
        checks.that(len({tuple(parts) for parts in side.values()}) == 3, "machines on all sides")
        sides.append(sorted((name, *parts) for name, parts in side.items()))
    checks.equal(prints[0][1], prints[1][1], "fingerprints at 1 and 3 ranks")
    checks.equal(sides[0], sides[2], "sides of fixed and variable length strings")
    return os.path.join(directory, "run11"), os.path.join(directory, "table1.h5"), label


def predictions(checks, program, directory, out, table, label):
    for model in ("dense", "compressed"):
        output = os.path.join(directory, f"{model}.h5")
        done = winnow(program, ["apply", out, table, "-o", output, "--model", model], 2)
        checks.equal(done.returncode, 0, f"apply {model} ({done.stderr[-800:]})")
        checks.that("accuracy" in done.stdout, f"metrics of named labels: {done.stdout}")
        with h5py.File(output) as file:
            found, probability = texts(file["prediction"][()]), file["probability"][()]
        names = sorted(NAMES)
        checks.equal(found, [names[k] for k in probability.argmax(axis=1)], f"{model}: names of the most probable classes")
        share = numpy.mean([a == b for a, b in zip(found, label) if b])
        checks.that(share > 0.9, f"{model}: {share} are right")


def again(checks, program, out):
    """A later start reuses what is there; another ranking finds the words anew."""
    before = run_json(out)["fingerprints"]
    done = winnow(program, ["run", out + ".yaml", "--out", out], 2)
    checks.equal((done.returncode, run_json(out)["fingerprints"]), (0, before), f"reused ({done.stderr[-400:]})")
    for more, same in ((["--set", "rank.bins=8"], "model"), (["--set", "train.epochs=5"], "recipe")):
        done = winnow(program, ["run", out + ".yaml", "--out", out, *more], 1)
        checks.equal(done.returncode, 0, f"{more} ({done.stderr[-400:]})")
        if same == "recipe":
            checks.that("recipe: reused" in done.stderr or "reused" in done.stderr, done.stderr[-400:])


def strange_classes(checks, program, directory, out, other):
    """Rows of a class that training did not have are predicted, but not judged; the first is told by its place."""
    with h5py.File(other) as file:
        is_strange = file["kind"][:] == b"none of them"
        kind = file["kind"].asstr()[:]
    for ranks in (1, 3):
        result = os.path.join(directory, f"strange-{ranks}.h5")
        done = winnow(program, ["apply", out, other, "-o", result], ranks)
        checks.equal(done.returncode, 0, f"classes that training did not have ({done.stderr[-400:]})")
        told = f"{is_strange.sum()} rows have a label that is none of the run's classes, and are not judged; the first: {other}: label kind, row {is_strange.argmax()}"
        checks.that(told in done.stderr, f"{told!r} in {done.stderr[-400:]!r}")
        with h5py.File(result) as file:
            right = (file["prediction"].asstr()[:] == kind)[~is_strange & (kind != "")]
        accuracy = [float(line.split("=")[1].split()[0]) for line in done.stdout.splitlines() if line.startswith("RESULT accuracy=")]
        checks.that(len(accuracy) == 1 and abs(accuracy[0] - right.mean()) < 1e-8, f"accuracy of the others: {accuracy}, {right.mean()}")


def refusals(checks, program, directory, out, table):
    def refused(what, status, words, arguments):
        done = winnow(program, arguments)
        checks.equal(done.returncode, status, f"{what} ({done.stderr[-400:]})")
        checks.that(words in done.stderr, f"{what}: {words!r} in {done.stderr[-300:]!r}")

    plain = job(os.path.join(directory, "plain.yaml"), table, rank={"keep": 3})
    new = ["run", plain, "--out", os.path.join(directory, "refused")]
    refused("regression", 65, "input.task: regression wants numbers", [*new, "--set", "input.task=regression", "--set", "rank.methods=[variance]",
                                                                     "--set", "train.model={type: mlp}", "--set", "compress.metric=auto"])
    refused("numbers that are missing", 65, "input.label_missing", [*new, "--set", "input.label_missing=[-1]"])
    other = os.path.join(directory, "other.h5")
    write(other, 200, True, names=numpy.array(["zeta", "Alpha", "none of them"], object))
    strange_classes(checks, program, directory, out, other)
    many = os.path.join(directory, "many.h5")
    write(many, 2000, True, names=numpy.array([f"c{i}" for i in range(101)], object))
    refused("101 strings", 65, "more than 100 distinct strings", [*new, "--set", f"input.files=[{many}]"])
    refused("a name that no feature has", 65, "rank.always: no feature matches x7; did you mean x0?", [*new, "--set", "rank.always=[x7]"])
    refused("a name that is none's", 65, "rank.never: no feature matches zzzzzz", [*new, "--set", "rank.never=[zzzzzz]"])
    encoded = job(os.path.join(directory, "encoded.yaml"), table, rank={"keep": 3, "always": ["machine=none of them"], "never": ["machine"]},
                  extract={"categorical": {"method": "one_hot"}}, input={"files": [table], "label": "kind", "table": "/"},
                  clean={"missing": "most_frequent"})
    done = winnow(program, ["run", encoded, "--out", os.path.join(directory, "encoded")])
    checks.equal(done.returncode, 0, f"levels that are not there ({done.stderr[-400:]})")
    for name in ("rank.always: no feature matches machine=none of them", "rank.never: no feature matches machine:"):
        checks.that(name in done.stderr, f"a warning: {done.stderr}")
    twins = os.path.join(directory, "twins.h5")
    with h5py.File(twins, "w") as file:
        file["s"], file["s=b"], file["y"] = ["a", "b"] * 20, numpy.arange(40.0), numpy.arange(40) % 2
    refused("two features of one name", 65, "two features would be called 's=b'",
            ["run", job(os.path.join(directory, "twins.yaml"), twins, input={"files": [twins], "label": "y"}, rank={"keep": 2},
                        extract={"categorical": {"method": "one_hot"}}), "--out", os.path.join(directory, "twins")])
    with h5py.File(other, "a") as file:
        del file["x"]
    refused("a column that is not there", 65, "other.h5: there is no column 'x0'", ["apply", out, other, "-o", os.path.join(directory, "o.h5")])
    refused("a file that is not there", 66, f"winnow: {other}0: no such file", ["apply", out, other + "0", "-o", os.path.join(directory, "o.h5")])
    with h5py.File(other, "a") as file:
        file["x"] = numpy.zeros((200, 6))
        del file["kind"]
        file["kind"] = numpy.arange(200) % 2
    refused("numbers for strings", 65, "holds numbers", ["apply", out, other, "-o", os.path.join(directory, "o.h5")])


def target_codes(checks, program, directory, table):
    """Codes of a category by the label are named by its words."""
    out = os.path.join(directory, "codes")
    more = {"input": {"files": [table], "label": "kind"}, "clean": {"missing": "most_frequent"}, "extract": {"categorical": {"method": "target"}}, "rank": {"methods": ["anova"]}, "output": {}}
    done = winnow(program, ["run", job(out + ".yaml", table, **more), "--out", out], 1)
    checks.equal(done.returncode, 0, f"target codes ({done.stderr[-500:]})")
    with h5py.File(os.path.join(out, "recipe.h5")) as recipe:
        names = [name for name in texts(recipe["features/name"][:]) if name.startswith("machine:")]
    checks.equal(sorted(names), sorted(f"machine:target[{word}]" for word in NAMES), "names of codes")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        out, table, label = classes(checks, program, directory)
        predictions(checks, program, directory, out, table, write(table, 2000, True)[0])
        refusals(checks, program, directory, out, table)
        again(checks, program, out)
        target_codes(checks, program, directory, table)
    checks.close()


main()
