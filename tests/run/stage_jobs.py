"""Jobs of small tables that together go through every stage: which faults and kills are drawn over."""

import os

import h5py
import numpy

from winnow_runs import troubled_table, write_text

# Gaps, outliers, duplicates; products of all pairs, PCA by LAPACK.
PAIRS = """
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2, test: 0.1}}}}
clean: {{missing: mean, outliers: {{rule: zscore, limit: 5, action: drop_row}}, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [variance, anova, mutual_information], keep: 0.9}}
reduce: {{method: pca, components: 4}}
train: {{model: {{type: mlp, hidden: [{hidden}], dropout: 0.1}}, epochs: {epochs}, batch: 64, checkpoint: {checkpoint}}}
compress: {{metric: accuracy, tolerance: 0.3, epochs: {fine}, trials: 4}}
output: {{data: {{compression: gzip}}}}
"""

# Levels coded by the label; no row held back, so that the profile is kept in sums; folds, all methods, a forest, LDA.
CODES = """
memory: 1GiB
input: {{files: [{table}], label: kind}}
clean: {{missing: mean}}
normalize: {{method: standard}}
extract: {{categorical: {{method: target}}}}
rank: {{methods: [anova, mutual_information, random_forest, lasso], keep: 0.9, folds: 3, forest: {{trees: 5, depth: 4}}}}
reduce: {{method: lda, components: 2, shrinkage: 0.1}}
train: {{model: {{type: mlp, hidden: [{hidden}]}}, epochs: {epochs}, batch: 64, checkpoint: {checkpoint}}}
compress: {{metric: accuracy, tolerance: 0.3, epochs: {fine}, plan: [{{prune: {{sparsity: 0.5}}}}, {{quantize: {{type: int8}}}}]}}
"""

# More terms than products of all pairs have room for: a screened Lasso, sweeps of the randomized solver.
TERMS = """
memory: 1GiB
input: {{files: [{table}], label: kind, types: {{note: text}}, split: {{validation: 0.2}}}}
extract: {{text: {{method: tfidf, terms: 9000, minimum_documents: 1}}}}
rank: {{methods: [random_forest, lasso], keep: 200, forest: {{trees: 3, depth: 3}}}}
reduce: {{method: pca, components: 4, solver: randomized}}
train: {{model: {{type: mlp, hidden: [{hidden}]}}, epochs: {epochs}, batch: 64, checkpoint: {checkpoint}}}
compress: {{metric: accuracy, tolerance: 0.5, epochs: {fine}, trials: 2}}
"""

# How often each is drawn: the last takes longest.
WEIGHTS = {"pairs": 4, "codes": 3, "terms": 1}


def codes_table(path, n_rows):
    """Numbers with gaps beside levels of a category, in chunks of few rows."""
    x, label = troubled_table(path, n_rows, chunk=100)
    rng = numpy.random.default_rng(5)
    with h5py.File(path, "a") as file:
        levels = [f"p{(k * 7 + drawn) % 12}".encode() for k, drawn in zip(label, rng.integers(0, 6, len(x)))]
        file.create_dataset("place", data=numpy.array(levels), chunks=(100,))


def terms_table(path, n_rows):
    """Notes that together have some 8,500 terms, those of a class among them."""
    rng = numpy.random.default_rng(6)
    label = rng.integers(0, 2, n_rows)
    own = rng.permutation(8600).reshape(n_rows, -1)
    notes = [" ".join([f"w{k}" for k in words] + [f"c{kind}{k}" for k in rng.integers(0, 4, 3)]).encode() for words, kind in zip(own, label)]
    with h5py.File(path, "w") as file:
        file.create_dataset("note", data=numpy.array(notes), chunks=(50,))
        file["kind"] = label.astype("i4")


def stage_jobs(directory, n_rows, n_columns=9, **values):
    """{name: (job file, table)}; values of the jobs: hidden, epochs, fine, checkpoint."""
    words = {"hidden": 20, "epochs": 2, "fine": 3, "checkpoint": "10ms", **values}
    jobs = {}
    for name, text, fill in (("pairs", PAIRS, lambda path: troubled_table(path, n_rows, n_columns=n_columns, chunk=n_rows // 20)),
                             ("codes", CODES, lambda path: codes_table(path, n_rows // 2)), ("terms", TERMS, lambda path: terms_table(path, 430))):
        table = os.path.join(directory, f"{name}.h5")
        fill(table)
        jobs[name] = (write_text(os.path.join(directory, f"{name}.yaml"), text.format(table=table, **words)), table)
    return jobs
