"""reduce.append: what a model sees is NumPy's concatenation of components and features; model, artefact and apply agree on it."""

import os
import sys

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, winnow, write_text

JOB = """
input: {{files: ["{table}"], label: y, split: {{validation: 0.25}}}}
normalize: {{method: standard}}
rank: {{methods: [anova], keep: 7, correlated: none}}
reduce: {{method: {method}, components: 2, append: {append}}}
train: {{model: {{type: mlp, hidden: [16]}}, epochs: 6, batch: 64, optimizer: {{learning_rate: 0.01}}}}
compress: {{epochs: 2, tolerance: 0.05, trials: 4}}
"""


def softmax(logits):
    e = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def by_numpy(out, inputs):
    """Probabilities of model.h5 by NumPy."""
    with h5py.File(os.path.join(out, "model.h5")) as file:
        for i in range(len(file["layers"])):
            layer = file["layers"][str(i)]
            inputs = inputs @ layer["weight"][()].astype(float).T + layer["bias"][()]
            if i + 1 < len(file["layers"]):
                inputs = numpy.maximum(inputs, 0)
    return softmax(inputs)


def applied(checks, program, out, table, directory, model):
    path = os.path.join(directory, f"applied-{model}.h5")
    done = winnow(program, ["apply", out, table, "-o", path, "--model", model])
    checks.equal(done.returncode, 0, f"apply of the {model} model ({done.stderr[-300:]})")
    with h5py.File(path) as file:
        return file["features"][()].astype(float), file["probability"][()].astype(float)


def run(checks, program, directory, table, method, append, n_ranks=0):
    out = os.path.join(directory, f"{method}-{append}-{n_ranks}")
    job = write_text(out + ".yaml", JOB.format(table=table, method=method, append=append))
    done = winnow(program, ["run", job, "--out", out], n_ranks)
    checks.equal(done.returncode, 0, f"{method}, append: {append}, {n_ranks} ranks ({done.stderr[-300:]})")
    return out


def check_method(checks, program, directory, table, x, y, method):
    out = run(checks, program, directory, table, method, "true")
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        selected = file["selected"][()].astype(int)
        z = (x - file["columns/center"][()]) / file["columns/scale"][()]
        z = z[:, selected]
        components = (z - file[method]["mean"][()]) @ file[method]["components"][()].T
        checks.equal(int(file[method].attrs["append"]), 1, f"{method}: the recipe says that it appends")
    wanted = numpy.hstack([components, z])
    seen, probability = applied(checks, program, out, table, directory, "dense")
    checks.equal(seen.shape, wanted.shape, f"{method}: two components and seven features")
    checks.that(numpy.abs(seen - wanted).max() <= 1e-5, f"{method}: inputs off by {numpy.abs(seen - wanted).max():.1e}")
    checks.that(numpy.array_equal(seen[:, 2:], z.astype(numpy.float32).astype(float)), f"{method}: features as they are")
    off = numpy.abs(probability - by_numpy(out, wanted)).max()
    checks.that(off <= 1e-4, f"{method}: probabilities off by {off:.1e} from NumPy's")
    _, small = applied(checks, program, out, table, directory, "compressed")
    agree = (small.argmax(axis=1) == probability.argmax(axis=1)).mean()
    checks.that(agree >= 0.9, f"{method}: the compressed model decides as the full one on {agree:.3f} of the rows")
    result = run_json(out)
    checks.that(result["compression"]["nonzero_fraction"] <= 1, f"{method}: share of weights that are kept")
    return out, result


def run_components(out, method):
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        return file[method]["components"][()]


def main():
    program = sys.argv[1]
    checks = Checks()
    rng = numpy.random.default_rng(5)
    y = rng.integers(0, 3, size=2400)
    x = rng.normal(size=(2400, 12)) @ rng.normal(size=(12, 12)) * 0.4 + rng.normal(size=(3, 12))[y]
    x = x * rng.uniform(0.1, 50, size=12) + 3
    with scratch() as directory:
        table = os.path.join(directory, "t.h5")
        with h5py.File(table, "w") as file:
            file["x"], file["y"] = x, y
        for method in ("pca", "lda"):
            out, result = check_method(checks, program, directory, table, x, y, method)
            without = run(checks, program, directory, table, method, "false")
            plain = run_json(without)
            checks.that(numpy.array_equal(run_components(out, method), run_components(without, method)),
                        f"{method}: components as without append")
            checks.equal(result["objectives"]["simplify"], plain["objectives"]["simplify"], f"{method}: simplify as without append")
            if method == "pca":
                checks.that(result["metrics"]["dense"]["accuracy"] > plain["metrics"]["dense"]["accuracy"] + 0.05,
                            "seven features tell more than two components")
            other = run(checks, program, directory, table, method, "true", 3)
            checks.equal(run_json(other)["fingerprints"], result["fingerprints"], f"{method}: fingerprints on 3 ranks")
    checks.close()


if __name__ == "__main__":
    main()
