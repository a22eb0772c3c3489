"""What follows from two passes over a table, beside what others take for it; two ranks against two threads, reading counted.

- products of all columns beside DGEMM of as many rows in memory (bench_products);
- file to principal components beside scikit-learn's PCA(full) and IncrementalPCA, and to discriminants beside components;
- ANOVA and mutual information of all columns beside f_classif and mutual_info_score over the same bins, and beside the start of two
  ranks that read the file once and add its cells;
- a Lasso path of 100 values beside glmnet's, whose threshold is tightened until its duality gaps are as small as ours.

    selection.py WINNOW BENCH_PRODUCTS BENCH_LASSO BENCH_UNAVOIDABLE DIRECTORY [products components scores lasso]
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

MPIRUN = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "2"]
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
BLOCK = 1 << 16  # rows made at a time


def make_table(directory, name, rows, columns, classes=0, dtype="f4"):
    """Standard normal cells; with classes a label, by which the first half of the columns move."""
    path = os.path.join(directory, f"{name}-{rows}x{columns}.h5")
    if os.path.exists(path):
        return path
    random = numpy.random.default_rng(1)
    with h5py.File(path + ".part", "w") as file:
        x, y = file.create_dataset("x", (rows, columns), dtype), file.create_dataset("y", (rows if classes else 0,), "i4")
        for first in range(0, rows, BLOCK):
            n = min(BLOCK, rows - first)
            cells = random.standard_normal((n, columns), dtype=dtype)
            if classes:
                label = random.integers(0, classes, n)
                cells[:, :columns // 2] += (label / classes)[:, None].astype(dtype)
                y[first:first + n] = label
            x[first:first + n] = cells
        if not classes:
            del file["y"]
    os.rename(path + ".part", path)
    return path


def run_job(program, directory, table, sections):
    """Seconds of the whole program, and its run directory."""
    job, out = os.path.join(directory, "job.yaml"), tempfile.mkdtemp(dir=directory)
    with open(job, "w", encoding="utf-8") as file:
        file.write(f"input: {{files: [{table}], label: y}}\n{sections}\n")
    begin = time.monotonic()
    subprocess.run([*MPIRUN, program, "run", job, "--out", out, "-q"], check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return time.monotonic() - begin, out


def unavoidable(program, table, columns):
    """Seconds of two ranks that start, read the file and add its cells."""
    begin = time.monotonic()
    subprocess.run([*MPIRUN, program, table, str(columns)], check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return time.monotonic() - begin


def peer(code, *arguments):
    """Seconds that a Python program prints; its modules are there before its clock starts."""
    told = subprocess.run(["/usr/bin/python3", "-c", code, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True)
    return float(told.stdout)


def products_of(program, table, runs):
    """Seconds of DGEMM, DSYRK, the statistics pass and bare pread, medians of as many runs."""
    told = subprocess.run([*MPIRUN, program, table, str(runs)], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT)
    return [statistics.median(map(float, column)) for column in zip(*(line.split() for line in told.stdout.splitlines()))]


def compare_products(program, directory):
    for columns, runs in ((512, 5), (1024, 3), (2048, 3)):
        table = make_table(directory, "products", (1 << 27) // columns, columns)
        gemm, syrk, whole, reading = products_of(program, table, runs)
        flops = 2.0 * (1 << 27) * columns
        print(f"BENCH statistics pass with products of {columns} columns over DGEMM's speed: {gemm / 2 / whole:.2f} x (goal 0.75; half of the matrix "
              f"counted, since it is symmetric: {flops / 2 / whole / 1e9:.0f} and {flops / gemm / 1e9:.0f} GF/s; the whole counted {gemm / whole:.2f}); "
              f"bound, pread of the file, then DSYRK of the rows in memory, and nothing else: {gemm / 2 / (reading + syrk):.2f} x (DSYRK alone "
              f"{gemm / 2 / syrk:.2f})", flush=True)


PCA = """
import h5py, sys, time
from sklearn.decomposition import PCA, IncrementalPCA
begin = time.monotonic()
with h5py.File(sys.argv[1]) as file:
    x = file["x"][:]
(PCA(10, svd_solver="full") if sys.argv[2] == "full" else IncrementalPCA(10)).fit(x)
print(time.monotonic() - begin)
"""


def start_seconds(program):
    """Of a program that starts MPI on both ranks as Winnow does on one node, ends it, and does nothing else."""
    begin = time.monotonic()
    subprocess.run([*MPIRUN, program], check=True, env={**ENVIRONMENT, "OMPI_MCA_pml": "ob1", "OMPI_MCA_btl": "self,vader"})
    return time.monotonic() - begin


def compare_components(program, products, directory, scratch):
    for rows, columns in ((2_000_000, 28), (200_000, 256)):
        table, times = make_table(directory, "classes", rows, columns, classes=5), []
        for _ in range(5):
            times.append((run_job(program, scratch, table, "reduce: {method: pca, components: 10}")[0],
                          run_job(program, scratch, table, "reduce: {method: lda}")[0], peer(PCA, table, "full"), peer(PCA, table, "incremental"),
                          start_seconds(products)))
        pca, lda, full, incremental, start = (statistics.median(side) for side in zip(*times))
        _, syrk, _, reading = products_of(products, table, 3)
        bound = start + reading + syrk
        what = f"{rows:,} x {columns}"
        print(f"BENCH file to 10 components, {what}, over scikit-learn's PCA(full): {full / pca:.2f} x (goal 5); over IncrementalPCA: "
              f"{incremental / pca:.2f} x (goal 10; {pca:.2f}, {full:.2f} and {incremental:.2f} s); bound, MPI's start and end, pread of the file, then "
              f"DSYRK of the rows in memory, and nothing else: {full / bound:.2f} and {incremental / bound:.2f} x ({start:.2f}, {reading:.2f} and "
              f"{syrk:.2f} s; ours without the start: {full / (pca - start):.2f} and {incremental / (pca - start):.2f} x)", flush=True)
        print(f"BENCH file to discriminants, {what}, over file to components: {lda / pca:.2f} x (goal at most 1.1)", flush=True)


SCORES = """
import h5py, numpy, sys, time
from sklearn.feature_selection import f_classif
from sklearn.metrics import mutual_info_score
with h5py.File(sys.argv[2]) as file:
    edges = file["statistics/edges"][:]
with h5py.File(sys.argv[1]) as file:
    x = file["x"][:]
bins = [numpy.searchsorted(edges[c], x[:, c], side="right") for c in range(x.shape[1])]
begin = time.monotonic()
with h5py.File(sys.argv[1]) as file:
    x, y = file["x"][:], file["y"][:]
f_classif(x, y)
[mutual_info_score(y, b) for b in bins]
print(time.monotonic() - begin)
"""


def compare_scores(program, bound, directory, scratch):
    table, times = make_table(directory, "classes", 2_000_000, 28, classes=5), []
    for _ in range(5):
        seconds, out = run_job(program, scratch, table, "rank: {methods: [anova, mutual_information], bins: 32, keep: 1.0}")
        times.append((seconds, peer(SCORES, table, os.path.join(out, "recipe.h5")), unavoidable(bound, table, 28)))
    ours, theirs, least = (statistics.median(side) for side in zip(*times))
    print(f"BENCH file to ANOVA and mutual information of 2,000,000 x 28, over f_classif and mutual_info_score: {theirs / ours:.1f} x (goal 20; "
          f"{ours:.2f} and {theirs:.2f} s; their bins are given, ours are found); bound, two ranks started, the file read once and its cells added, "
          f"and nothing else: {theirs / least:.1f} x ({least:.2f} s)", flush=True)


ROWS, COLUMNS, ALPHAS, LEAST, GAP = 50_000, 300, 100, 1e-3, 1e-7

GLMNET = """
suppressMessages(library(glmnet)); glmnet.control(fdev = 0, devmax = 1)
a <- commandArgs(TRUE); n <- as.integer(a[2]); p <- as.integer(a[3]); thresh <- as.numeric(a[4]); goal <- as.numeric(a[5])
read <- function(name, n) readBin(file.path(a[1], name), "double", n)
x <- matrix(read("x.f64", n * p), n, p, byrow = TRUE); y <- read("y.f64", n); lambda <- read("alpha.f64", 100)
gram <- crossprod(x) / n; product <- as.vector(crossprod(x, y)) / n
repeat {
  begin <- proc.time()["elapsed"]
  fit <- glmnet(x, y, lambda = lambda, standardize = FALSE, intercept = FALSE, type.gaussian = "covariance", thresh = thresh, maxit = 1e7)
  seconds <- proc.time()["elapsed"] - begin
  w <- as.matrix(fit$beta); slope <- product - gram %*% w
  residual <- 1 - colSums(product * w) - colSums(slope * w); scale <- pmin(1, lambda / apply(abs(slope), 2, max))
  gap <- max(residual + 2 * lambda * colSums(abs(w)) - 2 * scale * (1 - colSums(product * w)) + scale^2 * residual)
  if (gap <= goal || thresh < 1e-17) break
  thresh <- thresh / 10
}
cat(seconds, gap, thresh, "\\n")
"""


def make_regression(directory, scratch):
    """Neighbouring columns are correlated by 0.5, every tenth one has weight; standardized. A table for the pass, plain files for glmnet."""
    path, random = os.path.join(directory, f"lasso-{ROWS}x{COLUMNS}.h5"), numpy.random.default_rng(2)
    x = random.standard_normal((ROWS, COLUMNS))
    for c in range(1, COLUMNS):
        x[:, c] = 0.5 * x[:, c - 1] + 0.75 ** 0.5 * x[:, c]
    y = x[:, ::10] @ random.standard_normal(COLUMNS // 10) + 3 * random.standard_normal(ROWS)
    x, y = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    with h5py.File(path, "w") as file:
        file["x"] = x
    x.tofile(os.path.join(scratch, "x.f64"))
    y.tofile(os.path.join(scratch, "y.f64"))
    return path, x, y


def gaps_of(gram, product, weights, alphas):
    """Duality gaps as shares of y'y / 2N, of weights (n_alphas, n), where y'y / N is 1."""
    gaps = []
    for w, alpha in zip(weights, alphas):
        slope = product - gram @ w
        residual, scale = 1 - product @ w - slope @ w, min(1, alpha / numpy.abs(slope).max())
        gaps.append(residual + 2 * alpha * numpy.abs(w).sum() - 2 * scale * (1 - product @ w) + scale**2 * residual)
    return numpy.array(gaps)


def our_path(program, scratch, gram, product):
    problem = os.path.join(scratch, "problem")
    numpy.concatenate([[COLUMNS], gram.ravel(), product, [1.0]]).tofile(problem)
    numbers = numpy.frombuffer(subprocess.run([program, problem, str(ALPHAS), str(LEAST), str(GAP)], check=True, stdout=subprocess.PIPE,
                                              env=ENVIRONMENT).stdout)
    parts = numpy.split(numbers, numpy.cumsum([1, ALPHAS, ALPHAS, COLUMNS]))
    return parts[0][0], parts[1], parts[4].reshape(ALPHAS, COLUMNS)


def their_path(scratch, threshold):
    """Seconds, largest gap and threshold of glmnet, tightened from the given one on until its gaps are small enough."""
    told = subprocess.run(["Rscript", "-e", GLMNET, scratch, str(ROWS), str(COLUMNS), str(threshold), str(GAP)], check=True, stdout=subprocess.PIPE,
                          text=True)
    return tuple(map(float, told.stdout.split()))


def compare_lasso(products, program, directory, scratch):
    table, x, y = make_regression(directory, scratch)
    gram, product, times, threshold = x.T @ x / ROWS, x.T @ y / ROWS, [], 1e-11
    for _ in range(3):
        passed = subprocess.run([*MPIRUN, products, table, "1"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT)
        seconds, alphas, weights = our_path(program, scratch, gram, product)
        alphas.tofile(os.path.join(scratch, "alpha.f64"))
        theirs, their_gap, threshold = their_path(scratch, threshold)
        times.append((float(passed.stdout.split()[2]), seconds, theirs))
    passing, path, theirs = (statistics.median(side) for side in zip(*times))
    gap = gaps_of(gram, product, weights, alphas).max()
    print(f"BENCH Lasso path of {ALPHAS} values, {ROWS:,} x {COLUMNS}, over glmnet's time: {(passing + path) / theirs:.3f} x (goal at most 0.5; "
          f"statistics pass {passing:.3f} s and path {path:.3f} s, glmnet of cells in memory {theirs:.3f} s at thresh {threshold:.0e}; largest duality "
          f"gaps {gap:.1e} and {their_gap:.1e})", flush=True)


def main():
    program, products, lasso, bound, directory = sys.argv[1:6]
    chosen = sys.argv[6:] or ["products", "components", "scores", "lasso"]
    with tempfile.TemporaryDirectory(dir=directory) as scratch:
        if "products" in chosen:
            compare_products(products, directory)
        if "components" in chosen:
            compare_components(program, products, directory, scratch)
        if "scores" in chosen:
            compare_scores(program, bound, directory, scratch)
        if "lasso" in chosen:
            compare_lasso(products, lasso, directory, scratch)


main()
