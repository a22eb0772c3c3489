"""A forest of 100 trees of depth 10 on 200,000 rows of 28 features, two classes, beside XGBoost's random forest mode (hist), ranger and
scikit-learn, each on two threads; cells in memory to the finished forest. The accuracy on 50,000 other rows is told, the mean of as many
seeds as runs: two forests of one method that differ in their seed alone are up to 0.006 apart.

    forest.py DRIVE_FOREST DIRECTORY [ROWS]
"""

import json
import os
import statistics
import subprocess
import sys

import numpy

FEATURES, CLASSES, TEST_ROWS, RUNS = 28, 2, 50_000, 3

READ = """
import sys, time, numpy
d, n, m, p = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
seed = int(sys.argv[5])
x, z = numpy.fromfile(d + "/train.f64").reshape(n, p).astype("f4"), numpy.fromfile(d + "/test.f64").reshape(m, p).astype("f4")
y, t = numpy.fromfile(d + "/label.f64").astype(int), numpy.fromfile(d + "/test_label.f64").astype(int)
"""
FIT = """
begin = time.monotonic()
model.fit(x, y)
print(time.monotonic() - begin, (model.predict(z) == t).mean())
"""
XGBOOST = READ + """
from xgboost import XGBRFClassifier
model = XGBRFClassifier(n_estimators=100, max_depth=10, tree_method="hist", colsample_bynode=p ** -0.5, n_jobs=2, random_state=seed)
""" + FIT
SKLEARN = READ + """
from sklearn.ensemble import RandomForestClassifier
model = RandomForestClassifier(100, max_depth=10, n_jobs=2, random_state=seed)
""" + FIT
RANGER = """
suppressMessages(library(ranger))
a <- commandArgs(TRUE); n <- as.integer(a[2]); m <- as.integer(a[3]); p <- as.integer(a[4])
read <- function(name, n) readBin(file.path(a[1], name), "double", n)
x <- matrix(read("train.f64", n * p), n, p, byrow = TRUE); colnames(x) <- paste0("x", 1:p)
z <- matrix(read("test.f64", m * p), m, p, byrow = TRUE); colnames(z) <- colnames(x)
y <- factor(read("label.f64", n)); t <- factor(read("test_label.f64", m))
begin <- proc.time()["elapsed"]
model <- ranger(x = x, y = y, num.trees = 100, max.depth = 10, num.threads = 2, oob.error = FALSE,
                seed = 1 + as.integer(a[5]), verbose = FALSE)
seconds <- proc.time()["elapsed"] - begin
cat(seconds, mean(predict(model, z)$predictions == t), "\\n")
"""


def make_table(directory, rows):
    """Linear, product, kinked and periodic parts, and noise."""
    path = os.path.join(directory, f"forest-{rows}")
    if os.path.exists(os.path.join(path, "test_label.f64")):
        return path
    os.makedirs(path, exist_ok=True)
    random = numpy.random.default_rng(1)
    x = random.normal(size=(rows + TEST_ROWS, FEATURES))
    signal = 1.2 * x[:, 0] + x[:, 1] * x[:, 2] + abs(x[:, 3]) + 0.5 * x[:, 4] + 0.7 * numpy.sin(2 * x[:, 5])
    signal += 0.8 * random.normal(size=len(x))
    y = (signal > numpy.median(signal)).astype(float)
    for name, values in (("train", x[:rows]), ("label", y[:rows]), ("test", x[rows:]), ("test_label", y[rows:])):
        values.tofile(os.path.join(path, name + ".f64"))
    return path


def ours(program, path, rows, seed):
    told = subprocess.run([program, path, str(rows), str(TEST_ROWS), str(FEATURES), str(CLASSES), "threads=2", f"seed={seed}"],
                          check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(told.stdout)
    said = numpy.fromfile(os.path.join(path, "said.f64")).reshape(TEST_ROWS, CLASSES)
    label = numpy.fromfile(os.path.join(path, "test_label.f64"))
    return found["code_seconds"] + found["grow_seconds"], (said.argmax(axis=1) == label).mean()


def peer(command, path, rows, seed):
    told = subprocess.run([*command, path, str(rows), str(TEST_ROWS), str(FEATURES), str(seed)], check=True,
                          stdout=subprocess.PIPE, text=True)
    seconds, accuracy = map(float, told.stdout.split())
    return seconds, accuracy


def main():
    program, directory = sys.argv[1:3]
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else 200_000
    path = make_table(directory, rows)
    peers = (("XGBoost's random forest mode (hist)", ["/usr/bin/python3", "-c", XGBOOST], RUNS, 1),
             ("ranger", ["Rscript", "-e", RANGER], 1, 3), ("scikit-learn", ["/usr/bin/python3", "-c", SKLEARN], 1, 4))
    for name, command, runs, goal in peers:
        pairs = [(ours(program, path, rows, seed), peer(command, path, rows, seed)) for seed in range(runs)]
        mine, theirs = (statistics.median(seconds for seconds, _ in side) for side in zip(*pairs))
        own, other = (statistics.mean(accuracy for _, accuracy in side) for side in zip(*pairs))
        print(f"BENCH forest of 100 trees over {name}: {theirs / mine:.2f} x (goal {goal}; {mine:.2f} s and {theirs:.2f} s; "
              f"accuracy {own:.4f} and {other:.4f})", flush=True)


main()
