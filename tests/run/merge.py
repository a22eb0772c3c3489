"""winnow merge: profiles of disjoint files become, number by number, the recipe of one run over all of them (quantiles apart), in any
order and grouping; and what does not add is refused with one line."""

import itertools
import json
import os
import shutil
import sys

import h5py
import numpy

from winnow_runs import Checks, scratch, winnow

WORDS = ["leak", "pump", "valve", "broken", "noise", "oil", "belt", "überhitzt"]
QUANTILES = {"columns/median", "columns/quartile_low", "columns/quartile_high"}

CLEAN = {"missing": "mean", "indicators": True, "overrides": {"fixed": {"missing": {"constant": 1.5}}}}
NORMALIZE = {"method": "standard", "overrides": {"heavy": ["log", "standard"], "small": "minmax", "fixed": "maxabs"}}
EXTRACT = {"categorical": {"method": "one_hot", "levels": 12}, "image": {"method": "edges"},
           "text": {"method": "tfidf", "terms": 300, "minimum_documents": 2, "ngrams": 2}}
TYPES = {"zip": "categorical", "note": "text", "px": {"image": [4, 4]}}


def table(n, seed=5):
    """Columns of every kind, with gaps; a dict of arrays."""
    rng = numpy.random.default_rng(seed)
    columns = {"heavy": numpy.exp(3 * rng.normal(size=n)) * rng.choice([-1, 1], n), "small": rng.normal(size=n) + 1e6,
               "fixed": rng.normal(size=n), "level": numpy.full(n, 7.25), "count": rng.integers(0, 9, n).astype("int16"),
               "zip": rng.choice([94110.0, 2139.0, 10115.0, 80331.0], n), "px": rng.integers(0, 256, (n, 4, 4)).astype("uint8")}
    for name in ("heavy", "small", "fixed", "zip"):
        columns[name][rng.random(n) < 0.05] = numpy.nan
    columns["colour"] = rng.choice(["red", "green", "blue", "", "größer"], n).astype(object)
    columns["note"] = numpy.array([" ".join(rng.choice(WORDS, rng.integers(0, 6))) for _ in range(n)], object)
    columns["kind"] = rng.choice(["no", "yes", "größer"], n).astype(object)
    columns["kind"][: n // 3] = rng.choice(["no", "perhaps"], n // 3)  # a part need not have all classes
    return columns


def write(path, columns, first, last, changes=None):
    with h5py.File(path, "w", track_order=True) as file:
        for name, values in {**columns, **(changes or {})}.items():
            kind = h5py.string_dtype() if values.dtype == object else values.dtype
            file.create_dataset(name, data=values[first:last], dtype=kind)
    return path


def job(path, files, **more):
    sections = {"input": {"files": files, "label": "kind", "types": TYPES, "table": "/"}, "clean": CLEAN, "normalize": NORMALIZE,
                "extract": EXTRACT}
    for section, keys in more.items():
        sections[section] = {key: value for key, value in {**sections.get(section, {}), **keys}.items() if value is not None}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(sections, file)
    return path


def content(path):
    """Everything of a recipe that follows from its rows: datasets and attributes by name, as bytes."""
    found = {}

    def keep(name, thing):
        for key, value in thing.attrs.items():
            found[f"{name}@{key}"] = value if isinstance(value, str) else numpy.asarray(value).tolist()
        if isinstance(thing, h5py.Dataset):
            values = thing[()]
            found[name] = values.tolist() if values.dtype == object else (values.dtype.str, values.shape, values.tobytes())

    with h5py.File(path) as file:
        file.visititems(keep)
    return {name: value for name, value in found.items()
            if name.split("@")[0] not in QUANTILES and not name.startswith(("sums", "statistics"))}


def fingerprint(path):
    with h5py.File(path) as file:
        return file.attrs["fingerprint"]


class Runs:
    def __init__(self, program, checks, directory):
        self.program, self.checks, self.directory = program, checks, directory
        self.n = 0

    def path(self, name):
        return os.path.join(self.directory, name)

    def fit(self, name, files, n_ranks=0, **more):
        out = self.path(name)
        done = winnow(self.program, ["run", job(out + ".yaml", files, **more), "--out", out, "-q"], n_ranks)
        self.checks.equal(done.returncode, 0, f"run {name} ({done.stderr[-600:]})")
        return out

    def merge(self, sources, status=0, words=(), output=None):
        self.n += 1
        output = output or self.path(f"merged{self.n}.h5")
        done = winnow(self.program, ["merge", *sources, "-o", output])
        self.checks.equal(done.returncode, status, f"merge {[os.path.basename(s) for s in sources]} ({done.stderr[-600:]})")
        for word in words:
            self.checks.that(word in done.stderr, f"{word!r} in {done.stderr!r}")
        if status != 0:
            self.checks.equal(done.stderr.count("\n"), 1, f"one line: {done.stderr!r}")
        return output

    def alike(self, what, merged, run):
        got, wanted = content(merged), content(os.path.join(run, "recipe.h5"))
        self.checks.equal(sorted(got), sorted(wanted), f"{what}: names")
        others = [name for name in wanted if got.get(name) != wanted[name]]
        self.checks.equal(others, [], f"{what}: what differs")
        with h5py.File(merged) as file:
            for name in QUANTILES:
                self.checks.that(numpy.isnan(file[name][: -2]).all(), f"{what}: {name} is not known")


def every_kind(runs):
    """Two and three files of every kind of column, at several cuts, merged in every order."""
    n = 1500
    columns = table(n)
    for cuts in ((0, 650, n), (0, 40, n), (0, 450, 1100, n)):
        name = "_".join(map(str, cuts))
        files = [write(runs.path(f"t{name}_{i}.h5"), columns, a, b) for i, (a, b) in enumerate(zip(cuts, cuts[1:]))]
        whole = runs.fit(f"whole{name}", files, 2 if len(files) == 3 else 0)
        parts = [runs.fit(f"part{name}_{i}", [file]) for i, file in enumerate(files)]
        prints = set()
        for order in itertools.permutations(parts):
            merged = runs.merge(order)
            runs.alike(f"{name} {[os.path.basename(p) for p in order]}", merged, whole)
            prints.add(fingerprint(merged))
        if len(parts) == 3:
            prints.add(fingerprint(runs.merge([runs.merge(parts[:2]), parts[2]])))
            prints.add(fingerprint(runs.merge([parts[2], runs.merge([parts[1], parts[0]])])))
        runs.checks.equal(len(prints), 1, f"{name}: one fingerprint whatever the order")
    return parts


def many_blocks(runs):
    """float32 blocks, without label or encoders; ordinal categories apart."""
    rng = numpy.random.default_rng(8)
    x = (rng.normal(size=(150000, 3)) * [1, 1e-3, 1e5] + [0, 5, 1e7]).astype("float32")
    x[rng.random(x.shape) < 0.02] = numpy.nan
    files = [write(runs.path(f"long{i}.h5"), {"x": part}, 0, len(part)) for i, part in enumerate((x[:80000], x[80000:]))]
    plain = {"input": {"label": None, "types": {}}, "clean": {"overrides": {}, "indicators": False}, "normalize": {"overrides": {}}}
    plain["extract"] = {"image": {"method": "none"}}
    whole = runs.fit("long", files, 3, **plain)
    parts = [runs.fit(f"long{i}", [file], **plain) for i, file in enumerate(files)]
    got = runs.merge(parts)
    runs.checks.equal(content(got), content(os.path.join(whole, "recipe.h5")), "many blocks")
    with h5py.File(got) as file:
        runs.checks.that(numpy.allclose(file["columns/mean"], numpy.nanmean(x.astype(float), axis=0), rtol=1e-12), "means are NumPy's")
        filled = numpy.where(numpy.isnan(x), numpy.nanmean(x.astype(float), axis=0), x)
        runs.checks.that(numpy.allclose(file["columns/scale"], filled.std(axis=0), rtol=1e-12), "scales are NumPy's")


def resumed(runs):
    """A profile that is reused keeps its sums."""
    columns = table(400, 3)
    files = [write(runs.path(f"again{i}.h5"), columns, 200 * i, 200 * i + 200) for i in range(2)]
    whole = runs.fit("again", files, normalize={"method": "minmax"})
    first = runs.fit("again0", files[:1])
    parts = [first, runs.fit("again1", files[1:], normalize={"method": "minmax"})]
    runs.fit("again0", files[:1], normalize={"method": "minmax"})
    runs.alike("a reused profile", runs.merge(parts), whole)


def levels_beyond(runs):
    """All levels were kept in both files, but are too many together: the most frequent of all stay, as in one run."""
    n = 900
    columns = table(n, 11)
    columns["zip"] = numpy.arange(n) // 300 * 9 + numpy.sqrt(numpy.arange(n) % 81).astype(int) * 1.0
    files = [write(runs.path(f"many{i}.h5"), columns, 300 * i, 300 * i + 300) for i in range(3)]
    whole = runs.fit("many", files)
    parts = [runs.fit(f"many{i}", [file]) for i, file in enumerate(files)]
    two = runs.merge(parts[:2])
    runs.alike("levels beyond the bound", runs.merge([two, parts[2]]), whole)
    more = runs.fit("more", [write(runs.path("more.h5"), table(50), 0, 50)])
    runs.merge([more, whole], 65, ["many/recipe.h5", "column zip", "extract.categorical.levels"])


def refusals(runs, good):
    columns = table(300, 21)
    file = write(runs.path("other.h5"), columns, 0, 300)

    def refused(name, words, **more):
        runs.merge([good, runs.fit(name, [file], **more)], 65, [f"{name}/recipe.h5", *words])

    refused("split", ["input.split"], input={"split": {"test": 0.2}})
    refused("repeats", ["clean.duplicates"], clean={"duplicates": "drop"})
    refused("median", ["column heavy", "median"], clean={"missing": "median"})
    refused("robust", ["column heavy", "robust"], normalize={"method": "robust", "overrides": {}})
    refused("iqr", ["column heavy", "clean.outliers"], clean={"outliers": {"rule": "iqr"}})
    refused("mad", ["clean.outliers"], clean={"outliers": {"rule": "mad"}})
    refused("ranked", ["rank"], rank={"keep": 0.5})
    refused("reduced", ["reduce"], reduce={"method": "pca", "components": 2})
    refused("options", ["method: standard", "method: minmax"], normalize={"method": "minmax"})
    refused("sentinel", ["missing_values"], input={"missing_values": [-9]})
    few = {"extract": {"text": {**EXTRACT["text"], "terms": 5}}}
    half = [runs.fit(f"few{i}", [write(runs.path(f"few{i}.h5"), columns, 150 * i, 150 * i + 150)], **few) for i in range(2)]
    runs.merge(half, 65, ["few0/recipe.h5", "column note", "extract.text.terms"])
    for name, changes, words in (("renamed", {"level": None, "flat": columns["level"]}, ["other columns", "'level', and 'count'"]),
                                 ("single", {k: v.astype("float32") for k, v in columns.items() if v.dtype.kind == "f"}, ["float32"]),
                                 ("label", {"kind": numpy.arange(300.0)}, ["label 'kind'", "regression"]),
                                 ("numbers", {"kind": numpy.arange(300) % 2}, ["strings"])):
        whole = {k: v for k, v in {**columns, **changes}.items() if v is not None}
        runs.merge([good, runs.fit(name, [write(runs.path(f"{name}.h5"), whole, 0, 300)])], 65, words)
    one = runs.fit("one", [file])
    runs.merge([good, good], 65, ["would count twice"])
    copy = runs.path("copy.h5")
    shutil.copy2(file, copy)
    runs.merge([one, runs.fit("two", [copy])], 65, ["would count twice"])
    damaged = runs.path("damaged.h5")
    with open(os.path.join(good, "recipe.h5"), "rb") as source:
        data = bytearray(source.read())
    data[len(data) // 2] ^= 1
    with open(damaged, "wb") as target:
        target.write(data)
    runs.merge([one, damaged], 65, ["damaged.h5", "damaged"])
    runs.merge([good, runs.path("absent")], 66, ["absent"])
    foreign = runs.path("mine.txt")
    with open(foreign, "w", encoding="utf-8") as target:
        target.write("mine")
    runs.merge([good, one], 73, ["mine.txt"], output=foreign)
    done = winnow(runs.program, ["merge", good, "-o", runs.path("x.h5")])
    runs.checks.equal(done.returncode, 2, "one recipe is none to merge")


def main():
    checks = Checks()
    with scratch() as directory:
        runs = Runs(sys.argv[1], checks, directory)
        parts = every_kind(runs)
        many_blocks(runs)
        resumed(runs)
        levels_beyond(runs)
        refusals(runs, parts[0])
    checks.close()


main()
