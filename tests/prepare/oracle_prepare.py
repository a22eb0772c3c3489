"""The fitted preparation against NumPy, pandas and scikit-learn on tables with troubles, at several rank counts:
means, deviations, medians and quartiles, bounds, fills, drops, duplicates, standardized rows, and the covariance beside a sentinel."""

import os
import sys

import h5py
import numpy
import pandas
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from winnow_runs import Checks, run_json, scratch, winnow, write_text

RANKS = (1, 2, 3, 7)


def make_table(path, n, seed):
    """Gaps, outliers, repeats, a constant, nanosecond time stamps of one day, a column far from zero, ties, -0 and 0."""
    rng = numpy.random.default_rng(seed)
    day = 1_700_000_000_000_000_000 + rng.integers(0, 86_400_000_000_000, n)
    x = numpy.column_stack([
        rng.normal(size=n), rng.exponential(size=n) * 1e-9, numpy.full(n, 2.5), day.astype("f8"),
        1e9 + rng.normal(size=n), rng.integers(0, 4, n) * 1.0, numpy.where(rng.random(n) < 0.5, -0.0, 0.0),
    ])
    x[rng.random(x.shape) < 0.05] = numpy.nan
    x[:, 2] = 2.5
    x[rng.random(n) < 0.01, 0] = 1e4
    label = rng.integers(0, 2, n)
    source, target = rng.integers(0, n, n // 10), rng.integers(0, n, n // 10)
    x[target], label[target] = x[source], label[source]
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, chunks=(min(n, 500), x.shape[1]), compression="gzip")
        file["y"] = label
    return x, label


def fit(program, directory, table, checks, name, clean, more="normalize: {method: standard}", label="label: y"):
    """Runs a job without training on every rank count; the recipe's datasets and run.json, the same everywhere."""
    job = write_text(os.path.join(directory, f"{name}.yaml"),
                     f"memory: 1GiB\ninput: {{files: ['{table}'], {label}}}\nclean: {clean}\n{more}\n")
    first = None
    for ranks in RANKS:
        out = os.path.join(directory, f"{name}-{ranks}")
        done = winnow(program, ["run", job, "--out", out, "-q"], ranks)
        checks.equal(done.returncode, 0, f"{name} on {ranks} ranks ({done.stderr[-400:]})")
        found = run_json(out)
        first = first or (out, found)
        checks.equal(found["fingerprints"], first[1]["fingerprints"], f"{name}: fingerprints on {ranks} ranks")
    recipe = {}
    with h5py.File(os.path.join(first[0], "recipe.h5")) as file:
        file.visititems(lambda key, item: recipe.__setitem__(key, item[()]) if isinstance(item, h5py.Dataset) else None)
    return first[0], first[1], recipe


def close(checks, got, wanted, relative, what):
    got, wanted = numpy.asarray(got, dtype="f8"), numpy.asarray(wanted, dtype="f8")
    error = numpy.abs(got - wanted) / numpy.maximum(numpy.abs(wanted), numpy.finfo(float).tiny)
    checks.that(bool(numpy.all((error <= relative) | (got == wanted))), f"{what}: relative error {error.max():.2e}")


def check_moments(checks, recipe, x):
    wide = x.astype(numpy.longdouble)
    mean = numpy.nanmean(wide, axis=0)
    close(checks, recipe["columns/mean"], mean, 1e-12, "mean")
    close(checks, recipe["columns/std"], numpy.sqrt(numpy.nanmean((wide - mean) ** 2, axis=0)), 1e-12, "deviation")
    for key, probability in (("median", 0.5), ("quartile_low", 0.25), ("quartile_high", 0.75)):
        checks.that(numpy.array_equal(recipe[f"columns/{key}"], numpy.nanquantile(x, probability, axis=0)), key)
    checks.that(numpy.array_equal(recipe["columns/min"], numpy.nanmin(x, axis=0)), "least")
    checks.that(numpy.array_equal(recipe["columns/max"], numpy.nanmax(x, axis=0)), "greatest")
    checks.that(numpy.array_equal(recipe["columns/missing"], numpy.isnan(x).sum(axis=0)), "missing cells")


def check_rows(checks, program, out, table, wanted, what):
    """winnow apply gives the standardized rows, in float32."""
    output = os.path.join(out, "..", os.path.basename(out) + "-rows.h5")
    done = winnow(program, ["apply", out, table, "-o", output], 2)
    checks.equal(done.returncode, 0, f"{what}: apply ({done.stderr[-300:]})")
    with h5py.File(output) as file:
        got = file["features"][:]
    error = numpy.abs(got - wanted).max()
    checks.that(error <= 2e-6 * max(1.0, numpy.abs(wanted).max()), f"{what}: rows differ by {error:.2e}")


def by_formula(x, rule, limit):
    if rule == "zscore":
        mean, deviation = numpy.nanmean(x, axis=0), numpy.nanstd(x, axis=0)
        return mean - limit * deviation, mean + limit * deviation
    low, high = numpy.nanquantile(x, 0.25, axis=0), numpy.nanquantile(x, 0.75, axis=0)
    return low - limit * (high - low), high + limit * (high - low)


def plain(checks, program, directory, table, x, label):
    frame = pandas.DataFrame(x + 0.0).assign(y=label)
    kept = ~frame.duplicated().to_numpy()
    for method in ("mean", "median"):
        out, run, recipe = fit(program, directory, table, checks, method, f"{{missing: {method}, duplicates: drop}}")
        checks.equal(run["rows"]["dropped"]["duplicate"], int((~kept).sum()), "duplicates, against pandas")
        check_moments(checks, recipe, x[kept])
        imputer = SimpleImputer(strategy=method).fit(x[kept])
        close(checks, recipe["columns/fill"], imputer.statistics_, 1e-12, f"fill by {method}")
        scaler = StandardScaler().fit(imputer.transform(x[kept]).astype("longdouble"))
        varies = scaler.var_ > 0
        close(checks, recipe["columns/center"][varies], scaler.mean_[varies], 1e-12, f"center after {method}")
        check_rows(checks, program, out, table, scaler.transform(imputer.transform(x)), f"standardized after {method}")


def outliers(checks, program, directory, table, x, label):
    for rule, limit in (("iqr", 1.5), ("zscore", 3)):
        low, high = by_formula(x, rule, limit)
        outside = (x < low) | (x > high)
        for action in ("clip", "missing", "drop_row"):
            name = f"{rule}-{action}"
            _, run, recipe = fit(program, directory, table, checks, name,
                                 f"{{missing: mean, outliers: {{rule: {rule}, limit: {limit}, action: {action}}}}}")
            close(checks, recipe["columns/lower"], low, 1e-11, f"{name}: lower")
            close(checks, recipe["columns/upper"], high, 1e-11, f"{name}: upper")
            checks.that(numpy.array_equal(recipe["columns/outliers"], outside.sum(axis=0)), f"{name}: outliers")
            left = numpy.clip(x, low, high) if action == "clip" else numpy.where(outside, numpy.nan, x)
            if action == "drop_row":
                left = x[~outside.any(axis=1)]
                checks.equal(run["rows"]["dropped"]["outlier"], int(outside.any(axis=1).sum()), f"{name}: rows dropped")
            close(checks, recipe["columns/fill"], numpy.nanmean(left.astype("longdouble"), axis=0), 1e-11, f"{name}: fill")


def dropped_gaps(checks, program, directory, table, x, label):
    _, run, recipe = fit(program, directory, table, checks, "gaps", "{missing: drop_row}")
    left = x[~numpy.isnan(x).any(axis=1)].astype("longdouble")
    checks.equal(run["rows"]["dropped"]["missing"], len(x) - len(left), "rows with gaps dropped")
    close(checks, recipe["columns/clean_mean"], left.mean(axis=0), 1e-12, "means of the rows left")


def sentinel(checks, program, directory):
    """0.1 % of a column's cells are 9.97e36, which the rule removes: the covariance of the rest is right to 1e-9."""
    rng = numpy.random.default_rng(8)
    x = rng.normal(size=(20000, 6)) @ rng.normal(size=(6, 6)) + 3
    marked = rng.random(len(x)) < 0.001
    raw = x.copy()
    raw[marked, 2] = 9.97e36
    table = os.path.join(directory, "sentinel.h5")
    with h5py.File(table, "w") as file:
        file.create_dataset("x", data=raw, chunks=(1000, 6))
    _, _, recipe = fit(program, directory, table, checks, "sentinel",
                       "{missing: mean, outliers: {rule: iqr, limit: 8, action: missing}}",
                       "reduce: {method: pca, components: 6, solver: lapack}", label="table: x")
    clean = numpy.where(marked[:, None] & (numpy.arange(6) == 2), numpy.nan, x).astype("longdouble")
    clean = numpy.where(numpy.isnan(clean), numpy.nanmean(clean, axis=0), clean)
    wanted = numpy.cov(clean.astype("f8").T)
    values, vectors = recipe["pca/eigenvalues"], recipe["pca/components"]
    got = vectors.T @ (values[:, None] * vectors)
    error = numpy.abs(got - wanted).max() / numpy.abs(wanted).max()
    checks.that(error <= 1e-9, f"covariance beside a sentinel: error {error:.2e}")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        for name, n in (("large", 6000), ("small", 5)):
            table = os.path.join(directory, f"{name}.h5")
            x, label = make_table(table, n, seed=n)
            plain_directory = os.path.join(directory, name)
            os.mkdir(plain_directory)
            if n < 10:
                x[numpy.isnan(x)] = 1.0
                label[:] = numpy.arange(n) % 2
                with h5py.File(table, "w") as file:
                    file["x"], file["y"] = x, label
                plain(checks, program, plain_directory, table, x, label)
                continue
            for check in (plain, outliers, dropped_gaps):
                check(checks, program, plain_directory, table, x, label)
        sentinel(checks, program, directory)
    checks.close()


main()
