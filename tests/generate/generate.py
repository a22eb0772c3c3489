"""winnow generate: what scikit-learn finds in a made table is what its truth.json says, the files are the same bytes on
any number of ranks, and winnow run works on them."""

import glob
import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import h5py
import numpy
from sklearn.feature_selection import f_classif, f_regression, mutual_info_classif
from sklearn.linear_model import LinearRegression, LogisticRegression

from winnow_runs import Checks, run_json, scratch, winnow, write_text

PROGRAM = sys.argv[1]
checks = Checks()


def generate(directory, *options, n_ranks=0):
    result = winnow(PROGRAM, ["generate", "-q", "-o", directory, *options], n_ranks=n_ranks)
    checks.equal((result.returncode, result.stdout, result.stderr), (0, "", ""), f"generate {options} on {n_ranks} ranks")
    with open(os.path.join(directory, "truth.json"), encoding="utf-8") as file:
        truth = json.load(file)
    checks.equal(sorted(os.listdir(directory)), sorted([*truth["files"], "truth.json"]), f"files of {options}")
    return truth


def read(directory, name):
    parts = []
    for path in sorted(glob.glob(os.path.join(directory, "*.h5"))):
        with h5py.File(path, "r") as file:
            parts.append(file[name][...])
    return numpy.concatenate(parts)


def digests(directory):
    found = {}
    for name in sorted(os.listdir(directory)):
        with open(os.path.join(directory, name), "rb") as file:
            found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def standardized(x, truth):
    return (x - [c["center"] for c in truth["columns"]]) / [c["scale"] for c in truth["columns"]]


def places(truth, kind):
    return [j for j, column in enumerate(truth["columns"]) if column["kind"] == kind]


def near(got, wanted, deviation, what):
    """Within five standard errors."""
    worst = numpy.max(numpy.abs(numpy.asarray(got) - wanted) / deviation)
    checks.that(worst < 5, f"{what}: {worst} standard errors off")


def check_columns(z, label_means, truth, what):
    """Unit variance within classes; covariance of loadings, redundancy; nothing else is correlated."""
    n, within = len(z), z - label_means
    informative = places(truth, "informative")
    loading = numpy.array([truth["columns"][j]["loading"] for j in informative]).reshape(len(informative), -1)
    wanted = numpy.eye(z.shape[1])
    wanted[numpy.ix_(informative, informative)] = loading @ loading.T + numpy.diag(
        [truth["columns"][j]["unique"] ** 2 for j in informative])
    for j in places(truth, "redundant"):
        column = truth["columns"][j]
        source = int(column["of"][1:])
        wanted[j] = wanted[:, j] = column["correlation"] * wanted[source]
        wanted[j, j] = 1
    for j in places(truth, "redundant"):
        for i in places(truth, "redundant"):
            a, b = truth["columns"][i], truth["columns"][j]
            if i != j:
                wanted[i, j] = a["correlation"] * b["correlation"] * wanted[int(a["of"][1:]), int(b["of"][1:])]
    near(within.T @ within / n, wanted, numpy.sqrt(2 / n), f"{what}: covariance within classes")
    checks.near(numpy.diag(wanted).max(), 1, 1e-6, f"{what}: variances of truth.json")


def classification(folder):
    directory = os.path.join(folder, "classes")
    n, k = 60000, 3
    truth = generate(directory, "--rows", str(n), "--columns", "20", "--classes", "3", "--priors", "5,3,2", "--noise", "0", "--separation", "1.5",
                     "--informative", "5", "--redundant", "3", "--seed", "7", "--files", "4", "--categories", "4x6")
    x, label = read(directory, "x").astype("f8"), read(directory, "label")
    z = standardized(x, truth)
    informative = places(truth, "informative")
    checks.equal((x.shape, len(informative), len(places(truth, "redundant")), len(places(truth, "noise"))), ((n, 20), 5, 3, 12), "roles")
    checks.equal(truth["informative"], [f"x{j}" for j in informative], "names of the informative columns")
    checks.equal([int((label == c).sum()) for c in range(k)], [30000, 18000, 12000], "rows of the classes")

    shift = numpy.zeros((k, 20))
    for j, column in enumerate(truth["columns"]):
        source = truth["columns"][int(column["of"][1:])] if column["kind"] == "redundant" else column
        shift[:, j] = numpy.array(source.get("shift", [0, 0, 0])) * column.get("correlation", 1)
    for c in range(k):
        near(z[label == c].mean(axis=0), shift[c], 1 / numpy.sqrt((label == c).sum()), f"means of class {c}")
    check_columns(z, shift[label], truth, "classes")

    # The best classifier: logistic regression finds the weights of truth.json, and nothing in the other columns.
    model = LogisticRegression(penalty=None, max_iter=500, tol=1e-8).fit(z, label)
    weight = numpy.zeros((k, 20))
    weight[:, informative] = numpy.array([truth["columns"][j]["weight"] for j in informative]).T
    got, wanted = model.coef_ - model.coef_.mean(axis=0), weight - weight.mean(axis=0)
    checks.that(numpy.abs(got - wanted).max() < 0.1, f"weights: {numpy.abs(got - wanted).max()}")
    intercept = numpy.array(truth["target"]["intercept"])
    got, wanted = model.intercept_ - model.intercept_.mean(), intercept - intercept.mean()
    checks.that(numpy.abs(got - wanted).max() < 0.1, f"intercepts {got}, wanted {wanted}")
    weighted = sum(p * shift[c][informative] @ weight[c][informative] for c, p in enumerate(truth["target"]["priors"]))
    checks.near(weighted, 1.5 ** 2, 1e-5, "separation")

    f, p = f_classif(z, label)
    telling = informative + places(truth, "redundant")
    checks.that(f[telling].min() > 100, "informative and redundant columns tell of the label")
    checks.that(p[places(truth, "noise")].min() > 1e-5, "noise columns do not")
    information = mutual_info_classif(z[:4000], label[:4000], random_state=1)
    checks.that(information[places(truth, "noise")].max() < 0.03 < information[informative].max(), "mutual information")
    check_categories(directory, truth, label)


def check_categories(directory, truth, label):
    n = len(label)
    for number, category in enumerate(truth["categories"]):
        code = read(directory, category["name"])
        count = numpy.array([(code == c).sum() for c in category["codes"]])
        checks.equal((category["levels"], int(count.sum()), category["missing"]), (6, n, 0), f"levels of {category['name']}")
        checks.equal((sorted(category["codes"]), category["kind"]), (list(range(6)), ["informative", "noise"][number % 2]), "codes")
        table = numpy.array([[((code == c) & (label == k)).sum() for k in range(3)] for c in range(6)])
        wanted = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / n
        chi2 = ((table - wanted) ** 2 / wanted).sum()  # 10 degrees of freedom
        checks.that(chi2 > 1000 if number % 2 == 0 else chi2 < 45, f"{category['name']}: chi squared {chi2}")
        if number % 2 == 1:
            share = 1 / numpy.arange(1, 7)
            near(count / n, share / share.sum(), 0.5 / numpy.sqrt(n), "shares of the levels")


def regression(folder):
    directory = os.path.join(folder, "regression")
    n = 40000
    truth = generate(directory, "--rows", str(n), "--columns", "16", "--regression", "--noise", "0.3", "--type", "float64", "--factors", "2")
    z, label = standardized(read(directory, "x"), truth), read(directory, "label")
    checks.equal((z.dtype, label.dtype), (numpy.dtype("f8"), numpy.dtype("f8")), "types")
    checks.near(label.mean(), 0, 1e-4, "mean of the label")
    checks.near(label.std(), 1, 1e-3, "deviation of the label")
    shift = numpy.zeros(16)
    for j, column in enumerate(truth["columns"]):
        source = truth["columns"][int(column["of"][1:])] if column["kind"] == "redundant" else column
        shift[j] = source.get("shift", [0])[0] * column.get("correlation", 1)
    check_columns(z, label[:, None] * shift, truth, "regression")
    model = LinearRegression().fit(z, label)
    weight = numpy.array([column.get("weight", [0])[0] for column in truth["columns"]])
    checks.that(numpy.abs(model.coef_ - weight).max() < 0.02, f"weights {model.coef_}, wanted {weight}")
    checks.near(model.score(z, label), 0.7, 0.01, "r2")
    _, p = f_regression(z, label)
    checks.that(p[places(truth, "noise")].min() > 1e-4, "noise columns tell nothing")


def faults(folder):
    directory = os.path.join(folder, "faults")
    n, m = 50000, 12
    truth = generate(directory, "--rows", str(n), "--columns", str(m), "--missing", "0.03", "--outliers", "0.005", "--duplicates", "0.1", "--classes",
                     "4", "--categories", "2x300", "--filter", "gzip+shuffle", "--chunk", "1000", "--files", "2", "--noise", "0.2")
    x, label, category = read(directory, "x"), read(directory, "label"), read(directory, "category1")
    z = standardized(x, truth)
    checks.equal([int(count) for count in numpy.isnan(x).sum(axis=0)], [c["missing"] for c in truth["columns"]], "gaps by column")
    checks.equal([int(count) for count in (numpy.abs(z) > 15).sum(axis=0)], [c["outliers"] for c in truth["columns"]], "outliers by column")
    checks.equal((category.dtype, int((category == -1).sum())), (numpy.dtype("i2"), truth["categories"][1]["missing"]), "gaps of a category")
    near(numpy.isnan(x).mean(), 0.03, numpy.sqrt(0.03 * 2 / x.size), "share of gaps")
    near((numpy.abs(z) > 15).mean(), 0.005, numpy.sqrt(0.005 * 2 / x.size), "share of outliers")
    rows = numpy.column_stack([x.view("u4"), label.astype("u4"), category.astype("i4").view("u4")])
    checks.equal((len(numpy.unique(rows, axis=0)), truth["duplicates"]), (n - 5000, 5000), "unique rows")
    with h5py.File(os.path.join(directory, "table-00001.h5"), "r") as file:
        checks.equal((file["x"].chunks, file["x"].compression, file["x"].shuffle, file["label"].chunks), ((1000, m), "gzip", True, (1000,)), "storage")
        checks.equal(int(file["category0"].fillvalue), -1, "what a missing code holds")


def texts(folder):
    """The same categories as codes and as texts."""
    options = ["--rows", "3000", "--columns", "3", "--categories", "3x101", "--missing", "0.1", "--files", "2", "--chunk", "500", "--filter", "gzip+shuffle"]
    generate(os.path.join(folder, "codes"), *options)
    generate(os.path.join(folder, "texts"), *options, "--category-type", "text")
    for number in range(3):
        codes, words = (read(os.path.join(folder, kind), f"category{number}") for kind in ("codes", "texts"))
        checks.equal([word.decode() for word in words], [f"c{code}" if code >= 0 else "" for code in codes], f"texts of category{number}")
    with h5py.File(os.path.join(folder, "texts", "table-00000.h5"), "r") as file:
        kind = h5py.check_string_dtype(file["category0"].dtype)
        checks.equal((kind.encoding, kind.length), ("utf-8", 4), "type of texts")


def integers(folder):
    for kind, gap in (("int8", -128), ("uint8", 255), ("int16", -32768), ("int32", -2**31), ("int64", -2**31)):
        directory = os.path.join(folder, kind)
        truth = generate(directory, "--rows", "5000", "--columns", "8", "--type", kind, "--missing", "0.05", "--outliers", "0.01", "--informative", "2")
        x = read(directory, "x")
        checks.equal((x.dtype, [int(n) for n in (x == gap).sum(axis=0)]), (numpy.dtype(kind), [c["missing"] for c in truth["columns"]]), f"gaps of {kind}")
        with h5py.File(os.path.join(directory, "table-00000.h5"), "r") as file:
            checks.equal(int(file["x"].fillvalue), gap, f"declared gap of {kind}")
        z = standardized(numpy.where(x == gap, numpy.nan, x), truth)
        checks.equal([int(count) for count in (numpy.abs(z) > 12).sum(axis=0)], [c["outliers"] for c in truth["columns"]], f"outliers of {kind}")


def order(folder):
    """A sorted table is sorted, and has the rows of the shuffled one."""
    for target in ("--classes=5", "--regression"):
        both = []
        for kind in ("sorted", "shuffled"):
            directory = os.path.join(folder, kind + target)
            generate(directory, "--rows", "7001", "--columns", "5", target, "--order", kind, "--duplicates", "0.3", "--missing", "0.1", "--files", "3")
            both.append((read(directory, "x"), read(directory, "label")))
        (x, label), (mixed, mixed_label) = both
        checks.that((numpy.diff(label) >= 0).all(), f"{target}: sorted")
        rows = [numpy.column_stack([a.view("u4"), b.view("u4")]) for a, b in both]
        checks.that(not numpy.array_equal(x, mixed, equal_nan=True), "another order")
        checks.that(numpy.array_equal(*[r[numpy.lexsort(r.T)] for r in rows]), f"{target}: the same rows in another order")
        correlation = numpy.corrcoef(numpy.arange(7001), mixed_label)[0, 1]
        checks.that(abs(correlation) < 5 / numpy.sqrt(7001), f"{target}: no trend in the shuffled rows")
        neighbours = numpy.corrcoef(mixed_label[:-1], mixed_label[1:])[0, 1]
        checks.that(abs(neighbours) < 5 / numpy.sqrt(7001), f"{target}: neighbours are not alike")


def ranks(folder):
    """Equal bytes of every file; more ranks than files, and than rows."""
    for name, counts, options in (("many", (1, 2, 3, 5), ["--rows", "4000", "--columns", "30", "--files", "7", "--missing", "0.1", "--categories", "3x40"]),
                          ("one", (0, 3), ["--rows", "3000", "--columns", "9", "--filter", "gzip", "--duplicates", "0.5"]),
                          ("few", (0, 5), ["--rows", "2", "--columns", "1", "--files", "2", "--regression"])):
        wanted = None
        for n_ranks in counts:
            directory = os.path.join(folder, f"{name}-{n_ranks}")
            generate(directory, *options, n_ranks=n_ranks)
            found = digests(directory)
            checks.equal(found, wanted or found, f"bytes of {name} on {n_ranks} ranks")
            wanted = wanted or found
    other = os.path.join(folder, "other")
    generate(other, "--rows", "3000", "--columns", "9", "--filter", "gzip", "--duplicates", "0.5", "--seed", "1")
    checks.that(digests(other)["table-00000.h5"] != digests(os.path.join(folder, "one-0"))["table-00000.h5"], "another seed, another table")


def run(folder):
    directory = os.path.join(folder, "to-run")
    truth = generate(directory, "--rows", "20000", "--columns", "24", "--informative", "4", "--redundant", "0", "--missing", "0.01", "--outliers", "0.001",
                     "--duplicates", "0.05", "--files", "3", "--noise", "0.02")
    job = write_text(os.path.join(folder, "job.yaml"), f"""
name: made
input: {{files: ["{directory}/*.h5"], label: label, split: {{validation: 0.1, test: 0.1}}}}
clean: {{missing: median, outliers: {{rule: iqr, limit: 6, action: clip}}, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [anova, mutual_information], keep: 4}}
train: {{model: {{type: logistic}}, optimizer: {{type: adam, learning_rate: 0.01}}, epochs: 5}}
""")
    result = winnow(PROGRAM, ["run", job, "-q", "--out", os.path.join(folder, "run")], n_ranks=2)
    checks.equal(result.returncode, 0, f"winnow run: {result.stderr}")
    summary = run_json(os.path.join(folder, "run"))
    checks.equal(summary["rows"]["dropped"]["duplicate"], truth["duplicates"], "duplicates that the run found")
    checks.that(summary["metrics"]["dense"]["accuracy"] > 0.93, f"accuracy {summary['metrics']['dense']['accuracy']}")
    with h5py.File(os.path.join(folder, "run", "recipe.h5"), "r") as recipe:
        names = recipe["features/name"].asstr()[:]
        checks.equal(sorted(names[recipe["selected"][:]]), sorted(truth["informative"]), "the features that the run kept")


def run_integers(folder):
    """Declared gaps of integers and codes are what the run counts as missing."""
    directory = os.path.join(folder, "integers-to-run")
    truth = generate(directory, "--rows", "6000", "--columns", "6", "--type", "int16", "--missing", "0.05", "--categories", "2x9", "--regression")
    job = write_text(os.path.join(folder, "integers.yaml"), f"""
input: {{files: ["{directory}/*.h5"], label: label}}
clean: {{missing: median}}
""")
    result = winnow(PROGRAM, ["run", job, "-q", "--out", os.path.join(folder, "integers")])
    checks.equal(result.returncode, 0, f"winnow run: {result.stderr}")
    wanted = {column["name"]: column["missing"] for column in truth["columns"] + truth["categories"]}
    with h5py.File(os.path.join(folder, "integers", "recipe.h5"), "r") as recipe:
        names = recipe["columns/name"].asstr()[:]
        got = dict(zip(names, (int(n) for n in recipe["columns/missing"][:])))
    checks.equal(got, wanted, "missing cells that the run counted")


def refusals(folder):
    directory = os.path.join(folder, "taken")
    os.mkdir(directory)
    write_text(os.path.join(directory, "mine.txt"), "mine")
    few = ["--rows", "10", "--columns", "2"]
    for n_ranks in (0, 3):
        for output, status, words in ((directory, 73, "taken: is not empty"), ("/proc/no/such", 73, "cannot be created"),
                                      (os.path.join(directory, "mine.txt"), 73, "mine.txt")):
            result = winnow(PROGRAM, ["generate", "-o", output, *few], n_ranks=n_ranks)
            checks.equal((result.returncode, result.stderr.count("winnow: ")), (status, 1), f"generate into {output} on {n_ranks} ranks: {result.stderr}")
            checks.that(words in result.stderr, f"{result.stderr!r} lacks {words!r}")
    checks.equal(os.listdir(directory), ["mine.txt"], "what was there is untouched")
    os.mkdir(os.path.join(folder, "empty"))
    generate(os.path.join(folder, "empty"), *few)
    generate(os.path.join(folder, "new", "deep"), *few)


def start(directory):
    """A table under way: some of its files are there. The process, not waited for."""
    command = [PROGRAM, "generate", "-q", "-o", directory, "--rows", "200000", "--columns", "50", "--files", "250"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not glob.glob(os.path.join(directory, "*.h5")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    return process


def ends(folder):
    """What was killed has whole files only, and is not taken for a table; what was stopped leaves nothing."""
    killed, stopped = os.path.join(folder, "killed"), os.path.join(folder, "stopped")
    process = start(killed)
    process.kill()
    process.communicate()
    checks.equal(process.returncode, -9, "killed")
    files = glob.glob(os.path.join(killed, "*.h5"))
    checks.that(0 < len(files) < 250 and not os.path.exists(os.path.join(killed, "truth.json")), f"{len(files)} files of a killed generate")
    for path in files:
        with h5py.File(path, "r") as file:
            checks.that(file["x"].shape == (800, 50) and numpy.isfinite(file["x"][...]).all() and file["label"].shape == (800,), f"{path} is whole")
    result = winnow(PROGRAM, ["generate", "-o", killed, "--rows", "5", "--columns", "5"])
    checks.equal(result.returncode, 73, "generate into what was killed")
    process = start(stopped)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate()
    checks.equal((process.returncode, os.path.exists(stopped)), (75, False), f"stopped: {errors}")


with scratch() as where:
    classification(where)
    regression(where)
    faults(where)
    texts(where)
    integers(where)
    order(where)
    ranks(where)
    run(where)
    run_integers(where)
    refusals(where)
    ends(where)
checks.close()
