"""Every rule for numeric columns against NumPy, pandas and scikit-learn, all kinds of trouble in one table: fills, bounds, counts,
normalization, duplicates by columns, a split by machine; the same fingerprints at 1, 2, 3 and 7 ranks."""

import os
import shutil
import sys

import h5py
import numpy
import pandas
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from winnow_runs import Checks, run_json, scratch, winnow, write_text

SCALERS = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler, "maxabs": MaxAbsScaler, "none": None}

# name: (missing, (rule, limit, action), log, normalize)
RULES = {
    "bell": ("most_frequent", ("mad", 3.5, "clip"), False, "robust"),
    "empty": (5.0, None, False, "minmax"),
    "constant": ("median", ("mad", 3.5, "clip"), False, "robust"),
    "infinite": ("most_frequent", None, False, "minmax"),
    "ties": ("most_frequent", ("quantile", 0.3, "clip"), False, "maxabs"),
    "zeros": ("most_frequent", None, False, "robust"),
    "wide": ("median", None, True, "standard"),
    "tail": ("mean", ("quantile", 0.02, "missing"), True, "robust"),
    "told": ("mean", ("mad", 2.0, "report"), False, "standard"),
    "signed": ("mean", ("mad", 4.0, "missing"), True, "none"),
    "far": ("median", ("iqr", 1.5, "clip"), False, "minmax"),
}
NAMES = list(RULES)
TRAIN = 0  # of the statuses in rows.u8


def make_table(path, n, seed):
    """Columns by name and a machine number, each a dataset of its own; the label is random."""
    rng = numpy.random.default_rng(seed)
    x = numpy.column_stack([
        numpy.round(rng.normal(size=n), 2), numpy.full(n, numpy.nan), numpy.full(n, 2.5), numpy.round(rng.normal(size=n), 1),
        rng.integers(0, 4, n) * 1.0, numpy.where(rng.random(n) < 0.5, -0.0, 0.0), numpy.exp(rng.normal(size=n) * 20),
        rng.pareto(1.5, size=n), rng.standard_t(2, size=n), rng.normal(size=n) * 100, 1e9 + rng.normal(size=n)])
    x[rng.random(x.shape) < 0.1 * (n > 50)] = numpy.nan
    x[rng.random(n) < 0.02, 0] = 1e4
    x[rng.random(n) < 0.05 * (n > 50), 3] = numpy.inf
    x[rng.random(n) < 0.05 * (n > 50), 3] = -numpy.inf
    x[:, 2] = 2.5
    machine = rng.integers(0, 40, n) * 1.0
    machine[rng.random(n) < 0.1 * (n > 50)] = numpy.nan
    label = rng.integers(0, 2, n)
    source, target = rng.integers(0, n, n // 8), rng.integers(0, n, n // 8)
    x[target, :4] = x[source, :4]
    with h5py.File(path, "w") as file:
        for j, name in enumerate(NAMES):
            file.create_dataset(name, data=x[:, j], chunks=(min(n, 256),))
        file["machine"], file["y"] = machine, label
    return numpy.where(numpy.isinf(x), numpy.nan, x), machine, label


def overrides():
    clean, normalize = [], []
    for name, (missing, outliers, log, method) in RULES.items():
        fill = missing if isinstance(missing, str) else f"{{constant: {missing}}}"
        rule = "{rule: none}" if outliers is None else "{rule: %s, limit: %g, action: %s}" % outliers
        clean.append(f"{name}: {{missing: {fill}, outliers: {rule}}}")
        normalize.append(f"{name}: " + (f"[log, {method}]" if log else method))
    return f"overrides: {{{', '.join(clean)}}}", f"normalize: {{overrides: {{{', '.join(normalize)}}}}}"


def fit(program, directory, checks, name, rank_counts, text):
    """The run on every rank count: directory, run.json and datasets of the first, the same everywhere."""
    job = write_text(os.path.join(directory, f"{name}.yaml"), "memory: 1GiB\n" + text)
    first = None
    for ranks in rank_counts:
        out = os.path.join(directory, f"{name}-{ranks}")
        done = winnow(program, ["run", job, "--out", out, "-q"], ranks)
        checks.equal(done.returncode, 0, f"{name} on {ranks} ranks ({done.stderr[-400:]})")
        found = run_json(out)
        first = first or (out, found)
        checks.equal(found["fingerprints"], first[1]["fingerprints"], f"{name}: fingerprints on {ranks} ranks")
    recipe = {}
    with h5py.File(os.path.join(first[0], "recipe.h5")) as file:
        file.visititems(lambda key, item: recipe.__setitem__(key, item[()]) if isinstance(item, h5py.Dataset) else None)
    order = [value.decode() for value in recipe["columns/name"]]
    checks.equal(sorted(order), sorted(NAMES), f"{name}: columns")
    for key in [key for key in recipe if key.startswith("columns/")]:
        recipe[key] = numpy.array([recipe[key][order.index(column)] for column in NAMES])
    status = numpy.fromfile(os.path.join(first[0], "rows.u8"), dtype="u1")
    return first[0], first[1], recipe, status, order


def near(checks, got, wanted, relative, what):
    equal = (got == wanted) or (numpy.isnan(got) and numpy.isnan(wanted))
    checks.that(bool(equal or abs(got - wanted) <= relative * abs(wanted)), f"{what}: got {got!r}, wanted {wanted!r}")


def bounds(x, outliers):
    if outliers is None or numpy.isnan(x).all():
        return -numpy.inf, numpy.inf
    rule, limit, _ = outliers
    if rule == "quantile":
        return numpy.nanquantile(x, limit), numpy.nanquantile(x, 1 - limit)
    if rule == "iqr":
        low, high = numpy.nanquantile(x, [0.25, 0.75])
        return low - limit * (high - low), high + limit * (high - low)
    median = numpy.nanmedian(x)
    width = limit * 1.4826 * numpy.nanmedian(numpy.abs(x - median))
    return median - width, median + width


def act(x, low, high, action):
    if action == "clip":
        return numpy.clip(x, low, high)
    return numpy.where((x < low) | (x > high), numpy.nan, x) if action == "missing" else x


def fill_of(x, missing):
    if not isinstance(missing, str):
        return missing
    return SimpleImputer(strategy=missing).fit(x[:, None]).statistics_[0]


def judge(checks, recipe, x, name, drops=False):
    """Each column's numbers from its training cells; returns what makes features of raw cells."""
    limits = [bounds(x[:, j], RULES[column][1]) for j, column in enumerate(NAMES)]
    stays = numpy.ones(len(x), dtype=bool)
    if drops:
        stays = ~numpy.any([(x[:, j] < low) | (x[:, j] > high) for j, (low, high) in enumerate(limits)], axis=0)
    makers = []
    for j, column in enumerate(NAMES):
        missing, outliers, log, method = RULES[column]
        (low, high), what, raw = limits[j], f"{name}: {column}", x[:, j]
        for key, wanted in (("lower", low), ("upper", high)):
            near(checks, recipe[f"columns/{key}"][j], wanted, 1e-11, f"{what}: {key}")
        outside = int(((raw < low) | (raw > high)).sum())
        checks.equal(int(recipe["columns/outliers"][j]), outside, f"{what}: outliers")
        action = "none" if outliers is None or drops else outliers[2]
        acted = act(raw[stays], low, high, action)
        fill = fill_of(acted, missing)
        near(checks, recipe["columns/fill"][j], fill, 1e-11, f"{what}: fill")
        logarithm = (lambda c: numpy.sign(c) * numpy.log1p(numpy.abs(c))) if log else (lambda c: c)
        clean = logarithm(numpy.where(numpy.isnan(acted), fill, acted))[:, None]
        scaler = SCALERS[method]().fit(clean) if SCALERS[method] else None
        center = {"standard": "mean_", "minmax": "data_min_", "robust": "center_"}.get(method)
        size = {"standard": "scale_", "robust": "scale_", "maxabs": "scale_"}.get(method)
        near(checks, recipe["columns/center"][j], getattr(scaler, center)[0] if center else 0, 1e-11, f"{what}: center")
        scale = 1 / scaler.scale_[0] if method == "minmax" else getattr(scaler, size)[0] if size else 1
        near(checks, recipe["columns/scale"][j], scale, 1e-9, f"{what}: scale")
        makers.append(lambda cells, low=low, high=high, action=action, fill=fill, log=logarithm, scaler=scaler: make(
            cells, low, high, action, fill, log, scaler))
    return makers


def make(cells, low, high, action, fill, logarithm, scaler):
    cells = act(cells, low, high, action)
    cells = logarithm(numpy.where(numpy.isnan(cells), fill, cells))[:, None]
    return (scaler.transform(cells) if scaler else cells)[:, 0]


def check_rows(checks, program, out, table, x, makers, order, name):
    output = out + "-rows.h5"
    done = winnow(program, ["apply", out, table, "-o", output], 3)
    checks.equal(done.returncode, 0, f"{name}: apply ({done.stderr[-300:]})")
    with h5py.File(output) as file:
        got = file["features"][:]
    for j, column in enumerate(NAMES):
        wanted = makers[j](x[:, j])
        error = numpy.abs(got[:, order.index(column)] - wanted)
        checks.that(bool((error <= 2e-6 * numpy.maximum(1, numpy.abs(wanted))).all()), f"{name}: {column}: rows differ by {error.max()}")


def check_split(checks, status, kept, machine, shares):
    """Rows of a machine lie on one side; machines and rows without one spread over all sides."""
    sides = {number: set(status[kept & (machine == number)]) for number in numpy.unique(machine[kept & ~numpy.isnan(machine)])}
    checks.that(all(len(side) == 1 for side in sides.values()), "rows of a machine on one side")
    checks.that(len(set().union(*sides.values())) == 3, "machines on every side")
    alone = status[kept & numpy.isnan(machine)]
    for side, share in shares.items():
        checks.near(float((alone == side).mean()), share, 0.1, f"rows without a machine on side {side}")


def everything(checks, program, directory):
    table = os.path.join(directory, "table.h5")
    x, machine, label = make_table(table, 3000, 4)
    clean, normalize = overrides()
    out, run, recipe, status, order = fit(
        program, directory, checks, "everything", (1, 2, 3, 7),
        f"input: {{files: ['{table}'], label: y, columns: {{exclude: [machine]}}, split: {{validation: 0.2, test: 0.1, by: machine}}}}\n"
        f"clean: {{infinite: missing, duplicates: {{columns: [bell, infinite, constant, empty]}}, {clean}}}\n{normalize}\n")
    frame = pandas.DataFrame(x + 0.0, columns=NAMES)
    repeats = frame.duplicated(subset=["bell", "infinite", "constant", "empty"]).to_numpy()
    checks.that(numpy.array_equal(status == 4, repeats), "duplicates by columns, against pandas")
    checks.equal(run["rows"]["dropped"]["duplicate"], int(repeats.sum()), "duplicates told")
    check_split(checks, status, ~repeats, machine, {0: 0.7, 1: 0.2, 2: 0.1})
    makers = judge(checks, recipe, x[status == 0], "everything")
    check_rows(checks, program, out, table, x, makers, order, "everything")
    passes = sum(stage["passes"] for stage in run["stages"] if stage["name"] == "profile")
    checks.equal(passes, 3, "passes: raw cells, distances from medians, cells after the outlier action")


def drops(checks, program, directory):
    """The same rules, all of which drop rows: fills and normalization are of the rows that are left."""
    table = os.path.join(directory, "drops.h5")
    x, _, _ = make_table(table, 900, 5)
    clean, normalize = overrides()
    for action in ("clip", "missing", "report"):
        clean = clean.replace(f"action: {action}", "action: drop_row")
    _, run, recipe, _, _ = fit(program, directory, checks, "drops", (1, 3),
                               f"input: {{files: ['{table}'], label: y, columns: {{exclude: [machine]}}}}\n"
                               f"clean: {{infinite: missing, {clean}}}\n{normalize}\n")
    judge(checks, recipe, x, "drops", drops=True)
    checks.that(run["rows"]["dropped"]["outlier"] > 100, "rows with outliers dropped")


def few_rows(checks, program, directory):
    for n in (1, 5):
        table = os.path.join(directory, f"few-{n}.h5")
        x, _, _ = make_table(table, n, n)
        clean, normalize = overrides()
        _, _, recipe, _, _ = fit(program, directory, checks, f"few-{n}", (1, 7),
                                 f"input: {{files: ['{table}'], columns: {{exclude: [machine, y]}}}}\n"
                                 f"clean: {{infinite: missing, {clean}}}\n{normalize}\n")
        judge(checks, recipe, x, f"few-{n}")


def leaks(checks, program, directory):
    """Test rows that equal a training row in the named columns are told, and stay; `check` names what is not there."""
    train, test = (os.path.join(directory, f"{name}.h5") for name in ("leaks", "tests"))
    x, _, _ = make_table(train, 400, 6)
    other, _, _ = make_table(test, 200, 7)
    clean, normalize = overrides()
    text = (f"input: {{files: ['{train}'], test: ['{test}'], label: y, columns: {{exclude: [machine]}}, split: {{validation: 0.3, by: machine}}}}\n"
            f"clean: {{infinite: missing, duplicates: {{columns: [infinite, y, ties]}}, {clean}}}\n{normalize}\n")
    _, run, _, status, _ = fit(program, directory, checks, "leaks", (2, 3), text)
    frames = []
    for cells, path in ((x, train), (other, test)):
        with h5py.File(path) as file:
            frames.append(pandas.DataFrame({"infinite": cells[:, 3] + 0.0, "ties": cells[:, 4] + 0.0, "y": file["y"][:]}))
    together = pandas.concat([frames[0].drop_duplicates(), frames[1]]).duplicated(keep=False).to_numpy()[-len(other):]
    of_files = list(frames[0].fillna(-99).itertuples(index=False, name=None))
    known = {row for row, side in zip(of_files, status) if side == TRAIN}
    leaked = sum(row in known for row in frames[1].fillna(-99).itertuples(index=False, name=None))
    checks.that(bool(together.sum() > leaked > 0), "leaked rows are a part of all repeats: those of training rows")
    checks.equal(run["rows"]["leaked"], leaked, "leaked rows, in the named columns")
    checks.equal(run["rows"]["test"], len(other), "test rows stay")
    copy = shutil.copy(train, os.path.join(directory, "copy.h5"))
    kept = text.replace(test, copy).replace("duplicates: {columns: [infinite, y, ties]}, ", "")
    _, run, _, status, _ = fit(program, directory, checks, "copy", (2, 3), kept)
    rows = [tuple(row) for row in numpy.nan_to_num(x + 0.0, nan=-99)]
    known = {row for row, side in zip(rows, status) if side == TRAIN}
    checks.equal((run["rows"]["leaked"], run["rows"]["dropped"]["duplicate"]), (sum(row in known for row in rows), 0), "leaked rows, where repeats stay")
    for key, value, word in (("input.split.by", "machin", "machine"), ("clean.duplicates", "{columns: [tie]}", "ties")):
        wrong = winnow(program, ["check", write_text(os.path.join(directory, "wrong.yaml"), text), "--set", f"{key}={value}"])
        told = wrong.stdout + wrong.stderr
        checks.equal(wrong.returncode, 65, f"check of {key}={value} ({told})")
        checks.that(key in told and f"did you mean {word}?" in told.replace("'", ""), f"check of {key}={value}: {told}")


def main():
    checks = Checks()
    with scratch() as directory:
        for check in (everything, drops, few_rows, leaks):
            check(checks, sys.argv[1], directory)
    checks.close()


main()
