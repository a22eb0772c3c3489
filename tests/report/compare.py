"""`winnow compare`: equal runs on other ranks, another seed, other epochs, another tolerance, absent models; each first difference is
found again in the files by h5py."""

import os
import re
import shutil
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, troubled_table, winnow, write_text

PROGRAM = sys.argv[1]
JOB = """
seed: 4
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2}}}}
clean: {{missing: median, outliers: {{rule: iqr, limit: 3, action: clip}}}}
normalize: {{method: standard}}
rank: {{methods: [variance, anova], keep: 0.8}}
train: {{model: {{type: mlp, hidden: [16]}}, epochs: 3, batch: 64}}
compress: {{metric: accuracy, tolerance: 0.05, plan: [{{prune: {{method: magnitude, sparsity: 0.5}}}}]}}
"""
NAMES = ("statistics", "recipe", "model", "compressed")

checks = Checks()


def run(directory, job, name, ranks, *settings):
    out = os.path.join(directory, name)
    arguments = [argument for setting in settings for argument in ("--set", setting)]
    done = winnow(PROGRAM, ["run", job, "-q", "--out", out, *arguments], ranks)
    checks.equal(done.returncode, 0, f"run {name} ({done.stderr[-500:]})")
    return out


def compare(first, second, status):
    done = winnow(PROGRAM, ["compare", first, second])
    checks.equal(done.returncode, status, f"status of comparing {first} and {second} ({done.stderr})")
    checks.equal(done.stderr.count("\n"), 0 if status == 0 else 1, "one line of cause")
    lines = done.stdout.splitlines()
    words = {line.split()[0]: line.split()[1] for line in lines[:4]}
    return words, lines[4:]


def check_words(words, first, second):
    one, two = run_json(first)["fingerprints"], run_json(second)["fingerprints"]
    checks.equal(list(words), list(NAMES), "the four fingerprints")
    for name in NAMES:
        wanted = "absent" if name not in one or name not in two else "equal" if one[name] == two[name] else "differ"
        checks.equal(words[name], wanted, name)


def check_metrics(lines, first, second):
    """Every scalar that differs is told, and no other."""
    wanted = set()
    one, two = run_json(first)["metrics"], run_json(second)["metrics"]
    for model in one:
        if isinstance(one[model], dict):
            for key, value in one[model].items():
                if not isinstance(value, list) and value != two[model][key]:
                    wanted.add((f"run.json metrics.{model}.{key}", value, two[model][key]))
    got = set()
    for line in lines:
        match = re.fullmatch(r"(run\.json metrics\.\S+): (\S+) against (\S+)", line)
        if match:
            got.add((match[1], float(match[2]), float(match[3])))
    checks.equal(got, wanted, "metrics that differ")


def check_number(line, first, second, file):
    """The number that is named differs so in both files."""
    match = re.fullmatch(re.escape(file) + r" (/[^\[:]*)(?:\[([\d,]+)\])?: (\S+) against (\S+)", line)
    checks.that(bool(match), f"{line!r} names a number of {file}")
    if not match:
        return
    for out, told in ((first, match[3]), (second, match[4])):
        with h5py.File(os.path.join(out, file)) as source:
            if match[2] is None:
                parent, name = match[1].rsplit("/", 1)
                value = source[parent or "/"].attrs[name]
            else:
                value = source[match[1]][tuple(int(i) for i in match[2].split(","))]
        checks.equal(float(told), float(value), f"{match[1]} of {out}")


def first_of(file, name, one, two):
    """Whether nothing before index of the dataset differs: the index of h5py's first difference."""
    with h5py.File(os.path.join(one, file)) as a, h5py.File(os.path.join(two, file)) as b:
        return numpy.argwhere(a[name][:] != b[name][:])[0]


def runs(directory):
    table = os.path.join(directory, "t.h5")
    troubled_table(table, 800)
    job = write_text(os.path.join(directory, "job.yaml"), JOB.format(table=table))
    base = run(directory, job, "base", 1)

    same = run(directory, job, "same", 3)
    words, lines = compare(base, same, 0)
    check_words(words, base, same)
    checks.equal(lines, [], "nothing but equal fingerprints")
    checks.equal(compare(base, base, 0)[1], [], "a run with itself")

    seed = run(directory, job, "seed", 0, "seed=5")
    words, lines = compare(base, seed, 65)
    check_words(words, base, seed)
    check_number(lines[0], base, seed, "recipe.h5")
    checks.that(lines[0].startswith("recipe.h5 /statistics/"), f"the statistics differ first: {lines[0]}")
    check_metrics(lines, base, seed)

    kept = run(directory, job, "recipe", 0, "normalize.method=none")
    words, lines = compare(base, kept, 65)
    check_words(words, base, kept)
    checks.that(lines[0].startswith("recipe.h5 "), f"the recipe differs first: {lines[0]}")

    epochs = run(directory, job, "epochs", 0, "train.epochs=4")
    words, lines = compare(base, epochs, 65)
    check_words(words, base, epochs)
    checks.equal([words[name] for name in NAMES], ["equal", "equal", "differ", "differ"], "more epochs")
    check_number(lines[0], base, epochs, "model.h5")
    named, index = re.match(r"model\.h5 (\S+)\[([\d,]+)\]", lines[0]).groups()
    checks.equal([int(i) for i in index.split(",")], list(first_of("model.h5", named, base, epochs)), "the first number of its dataset")
    check_metrics(lines, base, epochs)

    plan = run(directory, job, "plan", 0, "compress.plan=[{prune: {method: magnitude, sparsity: 0.8}}]")
    words, lines = compare(base, plan, 65)
    checks.equal([words[name] for name in NAMES], ["equal", "equal", "equal", "differ"], "another plan")
    checks.that(lines[0].startswith("compressed.wnm "), f"the artefact differs first: {lines[0]}")
    check_metrics(lines, base, plan)
    return base, epochs


def exchanged(directory, base, other):
    """A file of another run, whole in itself, is found wherever it is read: by compare, apply and the report."""
    seed, table = os.path.join(directory, "seed"), os.path.join(directory, "t.h5")
    for name, source, model in (("recipe.h5", seed, "dense"), ("model.h5", other, "dense"), ("compressed.wnm", other, "compressed")):
        mixed = os.path.join(directory, "mixed-" + name)
        shutil.copytree(base, mixed)
        for arguments in (["compare", mixed, base], ["compare", base, mixed],
                          ["apply", mixed, table, "-o", os.path.join(mixed, "out.h5"), "--model", model]):
            shutil.copy(os.path.join(base, name), mixed)
            good = winnow(PROGRAM, arguments)
            checks.equal(good.returncode, 0, f"{arguments[0]} with the run's own {name} ({good.stderr})")
            shutil.copy(os.path.join(source, name), mixed)
            done = winnow(PROGRAM, arguments)
            checks.equal(done.returncode, 65, f"{arguments[0]} with {name} of another run ({done.stdout} {done.stderr})")
            checks.that(f"mixed-{name}/{name}: is not of this run" in done.stderr, f"it is named by {arguments[0]}: {done.stderr}")
        done = winnow(PROGRAM, ["report", mixed])
        checks.equal(done.returncode, 0, f"a report with {name} of another run ({done.stderr})")
        with open(os.path.join(mixed, "report.html"), encoding="utf-8") as page:
            checks.equal("recipe.h5: is not of this run" in page.read(), name == "recipe.h5", "the page says so of the recipe")


def absent_and_damaged(directory, base, other):
    short = write_text(os.path.join(directory, "short.yaml"), f"input: {{files: [{directory}/t.h5], label: kind}}\nclean: {{missing: median}}\n")
    recipe_only = run(directory, short, "short", 1)
    words, _ = compare(base, recipe_only, 65)
    check_words(words, base, recipe_only)
    checks.equal((words["model"], words["compressed"]), ("absent", "absent"), "a run without model")
    copy = os.path.join(directory, "copy")
    shutil.copytree(other, copy)
    with open(os.path.join(copy, "model.h5"), "r+b") as file:
        file.truncate(700)
    done = winnow(PROGRAM, ["compare", base, copy])
    checks.equal(done.returncode, 65, "a damaged model")
    checks.that("model.h5" in done.stderr, f"it is named: {done.stderr}")
    for name in ("recipe.h5", "model.h5", "compressed.wnm", "run.json"):  # equal fingerprints say nothing of such a file
        damaged = os.path.join(directory, "damaged-" + name)
        shutil.copytree(base, damaged)
        with open(os.path.join(damaged, name), "r+b") as file:
            file.seek(0)
            file.write(b"\0")
        done = winnow(PROGRAM, ["compare", base, damaged])
        checks.equal(done.returncode, 65, f"a damaged {name} ({done.stdout} {done.stderr})")
        checks.that(name in done.stderr, f"it is named: {done.stderr}")
    exchanged(directory, base, other)
    failed = []
    for name in ("failed", "failed-too"):
        failed.append(os.path.join(directory, name))
        done = winnow(PROGRAM, ["run", short, "-q", "--out", failed[-1], "--set", "memory=1MiB"])
        checks.equal(done.returncode, 69, f"a run that comes to nothing ({done.stderr[-300:]})")
    done = winnow(PROGRAM, ["compare", *failed])
    checks.equal(done.returncode, 66, f"two runs without results ({done.stdout} {done.stderr})")
    os.remove(os.path.join(copy, "run.json"))
    for path, status in ((copy, 66), (os.path.join(directory, "nowhere"), 66), (directory, 73)):
        done = winnow(PROGRAM, ["compare", base, path])
        checks.equal((done.returncode, done.stderr.count("\n")), (status, 1), f"compare with {path}: {done.stderr}")


with scratch() as place:
    finished, longer = runs(place)
    absent_and_damaged(place, finished, longer)
checks.close()
