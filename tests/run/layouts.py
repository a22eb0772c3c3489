"""The same rows as plain datasets, as records (NumPy's structured arrays, PyTables) and as an AnnData frame with categoricals give the same
recipe, model and predictions; strings, booleans, arrays in records and codes of -1 among them."""

import json
import os
import sys

import anndata
import h5py
import numpy
import pandas
import tables

from winnow_runs import Checks, run_json, scratch, winnow


def rows(n):
    rng = numpy.random.default_rng(4)
    kind = rng.integers(0, 3, n)
    frame = {"a": (rng.normal(size=n) + kind).astype("float32"), "b": rng.integers(-5, 1000, n).astype("int32"),
             "flag": rng.random(n) < 0.4, "wide": rng.normal(size=n) * 1e6 + kind,
             "plant": rng.choice(["north", "south", "größer", ""], n).astype(object),
             "kind": numpy.array(["bad", "fine", "good"], object)[kind]}
    frame["a"][rng.random(n) < 0.05] = numpy.nan
    return frame


def plain(path, frame):
    with h5py.File(path, "w", track_order=True) as file:
        for name, values in frame.items():
            file.create_dataset(name, data=values, dtype=h5py.string_dtype() if values.dtype == object else values.dtype)
    return path, "/"


def structured(path, frame, variable, chunk=None):
    text = h5py.string_dtype() if variable else "S8"
    dtype = [(name, text if values.dtype == object else values.dtype) for name, values in frame.items()]
    records = numpy.zeros(len(frame["a"]), dtype)
    for name, values in frame.items():
        records[name] = [value.encode() for value in values] if values.dtype == object and not variable else values
    with h5py.File(path, "w") as file:
        options = {"chunks": (chunk,), "compression": "gzip"} if chunk else {}
        file.create_dataset("data/records", data=records, **options)
    return path, "data/records"


def pytables(path, frame):
    frame = {**frame, "flag": frame["flag"].astype("uint8")}  # its booleans are bit fields, which are refused
    dtype = [(name, "S8" if values.dtype == object else values.dtype) for name, values in frame.items()]
    records = numpy.zeros(len(frame["a"]), dtype)
    for name, values in frame.items():
        records[name] = [value.encode() for value in values] if values.dtype == object else values
    with tables.open_file(path, "w") as file:
        file.create_table("/deep", "rows", obj=records, createparents=True)
    return path, None


def annotated(path, frame):
    obs = pandas.DataFrame({name: values for name, values in frame.items()})
    for name in ("plant", "kind"):
        obs[name] = pandas.Categorical(obs[name].where(obs[name] != ""))
    obs.index = [f"cell{i}" for i in range(len(obs))]
    anndata.AnnData(X=numpy.zeros((len(obs), 1), "float32"), obs=obs, dtype="float32").write_h5ad(path)
    return path, "obs"


def job(path, source, table):
    sections = {"input": {"files": [source], "label": "kind"}, "clean": {"missing": "mean"}, "normalize": {"method": "standard"},
                "extract": {"categorical": {"method": "one_hot"}}, "train": {"model": {"type": "logistic"}, "epochs": 3, "batch": 32}}
    if table:
        sections["input"]["table"] = table
    with open(path, "w", encoding="utf-8") as file:
        json.dump(sections, file)
    return path


def recipe_of(out):
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        names = list(file["columns/name"].asstr()[()])
        return {name: tuple(file[f"columns/{what}"][i] for what in ("count", "missing", "mean", "std", "min", "max", "median"))
                for i, name in enumerate(names)}, sorted(file["features/name"].asstr()[()])


def alike(program, checks, directory):
    frame = rows(1500)
    sources = {"plain": plain(os.path.join(directory, "plain.h5"), frame),
               "variable": structured(os.path.join(directory, "variable.h5"), frame, True),
               "fixed": structured(os.path.join(directory, "fixed.h5"), frame, False, 100),
               "pytables": pytables(os.path.join(directory, "pytables.h5"), frame),
               "anndata": annotated(os.path.join(directory, "cells.h5ad"), frame)}
    found = {}
    for i, (name, (source, table)) in enumerate(sources.items()):
        out = os.path.join(directory, name)
        done = winnow(program, ["run", job(out + ".yaml", source, table), "--out", out], i % 3)
        checks.equal(done.returncode, 0, f"{name} ({done.stderr[-700:]})")
        if done.returncode == 0:
            found[name] = recipe_of(out), run_json(out)["metrics"]["dense"], run_json(out)["metrics"]["classes"]
    for name, result in found.items():
        for got, wanted, what in zip(result, found["plain"], ("recipe", "metrics", "classes")):
            checks.that(str(got) == str(wanted), f"{name}: another {what}: {got} against {wanted}")
    output = os.path.join(directory, "o.h5")
    done = winnow(program, ["apply", os.path.join(directory, "plain"), sources["variable"][0], "-o", output])
    checks.equal(done.returncode, 65, f"another table's name than the job's ({done.stderr[-300:]})")
    done = winnow(program, ["inspect", sources["fixed"][0]])
    checks.that("compound" in done.stdout and "columns: a, b, flag, wide" in done.stdout, done.stdout)
    checks.equal(winnow(program, ["check", os.path.join(directory, "fixed.yaml")]).returncode, 0, "check")


def arrays(program, checks, directory):
    """Arrays in records are columns; what is no number or string is told, and can be left out; damage of codes too."""
    path = os.path.join(directory, "arrays.h5")
    records = numpy.zeros(50, [("v", "f4", (2, 2)), ("y", "i4"), ("inner", [("p", "f4")])])
    records["v"] = numpy.arange(200).reshape(50, 2, 2)
    records["y"] = numpy.arange(50) % 2
    with h5py.File(path, "w") as file:
        file["t"] = records
    out = os.path.join(directory, "arrays")
    text = f"{{input: {{files: [{path}], label: y, columns: {{exclude: [%s]}}}}}}"
    for excluded, status in (("inner", 0), ("v1", 69)):
        with open(out + ".yaml", "w", encoding="utf-8") as file:
            file.write(text % excluded)
        done = winnow(program, ["run", out + ".yaml", "--out", out])
        checks.equal(done.returncode, status, f"exclude {excluded} ({done.stderr[-300:]})")
    checks.that("/t/inner: records in records are not built yet" in done.stderr, done.stderr)
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        checks.equal(list(file["columns/name"].asstr()[()]), ["v0", "v1", "v2", "v3"], "cells of an array")
        checks.equal(list(file["columns/mean"][()]), [98.0, 99.0, 100.0, 101.0], "their means")
    with h5py.File(os.path.join(directory, "cells.h5ad"), "a") as file:
        file["obs/plant/codes"][7] = 100
    done = winnow(program, ["run", os.path.join(directory, "anndata.yaml"), "--out", os.path.join(directory, "damaged")])
    checks.equal(done.returncode, 65, "a code of no category")
    checks.that("/obs/plant: the code 100 is of none of 3 categories" in done.stderr, done.stderr[-300:])


def main():
    checks = Checks()
    with scratch() as directory:
        alike(sys.argv[1], checks, directory)
        arrays(sys.argv[1], checks, directory)
    checks.close()


main()
