"""The same job on 1, 2, 3, 5 and 8 ranks gives the same four fingerprints; with more ranks than rows, and ranks without blocks."""

import os
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, troubled_table, winnow, write_text

JOB = """
seed: 3
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2, test: 0.1}}}}
clean: {{missing: mean, outliers: {{rule: iqr, limit: 3, action: missing}}, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [variance, anova, mutual_information, random_forest], bins: 16, keep: 0.7, forest: {{trees: 20}}}}
reduce: {{method: pca, components: {components}}}
train:
  model: {{type: mlp, hidden: [16], activation: relu, dropout: 0.1}}
  optimizer: {{type: adam, learning_rate: 0.01}}
  batch: 64
  lanes: 8
  epochs: {epochs}
compress: {{while_training: true, metric: accuracy, tolerance: 0.2, plan: auto, epochs: {epochs}}}
"""


WORDS = """
seed: 3
input: {{files: [{table}], label: kind, types: {{note: text}}, split: {{validation: 0.2, test: 0.1}}}}
extract: {{text: {{method: tfidf, terms: 400, minimum_documents: 1}}, categorical: {{method: one_hot}}}}
rank: {{methods: [variance, anova, random_forest], keep: 300, forest: {{trees: 4, depth: 4}}}}
train: {{model: {{type: mlp, hidden: [16]}}, optimizer: {{type: adam, learning_rate: 0.01}}, batch: 64, lanes: 8, epochs: {epochs}}}
compress: {{while_training: true, metric: accuracy, tolerance: 0.2, plan: auto, epochs: {epochs}}}
"""


def words_table(path, n_rows, n_words=500):
    """Notes of few words, some of none, and a category beside them."""
    rng = numpy.random.default_rng(4)
    spoken = numpy.array([f"w{chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(n_words)])
    share = 1 / numpy.arange(1, n_words + 1) ** 0.7
    words = rng.choice(n_words, (n_rows, 8), p=share / share.sum())
    kept = rng.random(words.shape) < 0.8
    kept[::17] = False
    with h5py.File(path, "w") as file:
        notes = [" ".join(spoken[row[here]]).encode() for row, here in zip(words, kept)]
        file.create_dataset("note", data=numpy.array(notes, "S64"), chunks=(64,))
        file.create_dataset("place", data=numpy.array([f"p{k % 5}".encode() for k in words[:, 0]]), chunks=(64,))
        file.create_dataset("kind", data=(words.min(axis=1) < 4).astype("i4") + (words.max(axis=1) > 300), chunks=(64,))


def fingerprints(program, directory, job, n_ranks, checks):
    out = os.path.join(directory, f"{os.path.basename(job)}-{n_ranks}")
    done = winnow(program, ["run", job, "--out", out, "--resume", "never", "-q"], n_ranks)
    checks.equal(done.returncode, 0, f"status on {n_ranks} ranks ({done.stderr[-500:]})")
    if done.returncode != 0:
        return None
    run = run_json(out)
    rows = run["rows"]
    checks.equal(rows["read"], rows["kept"] + sum(rows["dropped"].values()), "rows read")
    checks.equal(rows["kept"], rows["train"] + rows["validation"] + rows["test"], "rows kept")
    return run["fingerprints"]


def same_everywhere(program, directory, name, n_rows, components, epochs, ranks, checks):
    table = os.path.join(directory, f"{name}.h5")
    troubled_table(table, n_rows, chunk=64)
    job = write_text(os.path.join(directory, f"{name}.yaml"),
                     JOB.format(table=table, components=components, epochs=epochs))
    check_ranks(program, directory, name, job, ranks, checks)


def same_of_sparse_rows(program, directory, name, n_rows, epochs, ranks, checks):
    table = os.path.join(directory, f"{name}.h5")
    words_table(table, n_rows)
    job = write_text(os.path.join(directory, f"{name}.yaml"), WORDS.format(table=table, epochs=epochs))
    check_ranks(program, directory, name, job, ranks, checks)


SMALL_FILES = """
seed: 3
input: {{files: ["{directory}/small-*.h5"], label: y}}
clean: {{missing: mean, indicators: true}}
rank: {{methods: [variance, anova], folds: 3, keep: 0.9}}
reduce: {{method: pca, components: 3}}
"""


def same_of_small_files(program, directory, n_files, n_rows, ranks, checks):
    """So many files that neighbouring blocks are multiplied together: no rank may cut between them."""
    rng = numpy.random.default_rng(5)
    for k in range(n_files):
        with h5py.File(os.path.join(directory, f"small-{k:03}.h5"), "w") as file:
            x = rng.standard_normal((n_rows, 6)) * 1.1 ** numpy.arange(6) + 0.3
            x[rng.random(x.shape) < 0.05] = numpy.nan
            file["x"], file["y"] = x, rng.integers(0, 3, n_rows)
    job = write_text(os.path.join(directory, "small.yaml"), SMALL_FILES.format(directory=directory))
    found = [fingerprints(program, directory, job, n, checks) for n in ranks]
    checks.that(found[0] is not None and "statistics" in found[0], f"small files: a fingerprint, got {found[0]}")
    for n, other in zip(ranks[1:], found[1:]):
        checks.equal(other, found[0], f"small files: fingerprints on {n} ranks")


def check_ranks(program, directory, name, job, ranks, checks):
    found = {n: fingerprints(program, directory, job, n, checks) for n in ranks}
    first = found[ranks[0]]
    checks.that(first is not None and set(first) == {"statistics", "recipe", "model", "compressed"},
                f"{name}: four fingerprints, got {first}")
    for n in ranks[1:]:
        checks.equal(found[n], first, f"{name}: fingerprints on {n} ranks")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        same_everywhere(program, directory, "several-blocks", 3000, 4, 3, [1, 2, 3, 5, 8], checks)
        same_everywhere(program, directory, "few-rows", 40, 2, 2, [1, 3, 48], checks)
        same_of_sparse_rows(program, directory, "words", 1500, 2, [1, 2, 3, 7], checks)
        same_of_small_files(program, directory, 131, 12, [1, 2, 3, 5], checks)
    checks.close()


main()
