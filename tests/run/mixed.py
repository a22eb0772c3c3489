"""One table of all four kinds, numbers, categories (as one_hot, ordinal and target), a text and an image, through selection, training and
compression: the features against scikit-learn and scipy, the same fingerprints at 1, 2, 3 and 7 ranks, and `winnow apply` with either model
gives the predictions that run.json's metrics are of; compressed.wnm alone, in another directory, those of the compressed model."""

import glob
import os
import shutil
import sys

import h5py
import numpy
import pandas
from scipy import ndimage
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from naive_target import bound, encode, folds_of
from winnow_runs import Checks, run_json, scratch, winnow, write_text

GAP = -9999  # of b
ROWS, PARTS, SEED, SMOOTHING, SIDES = 2400, 5, 3, 4.0, (4, 5)
TRAIN, TEST = 0, 2

JOB = """
memory: 1GiB
seed: {seed}
input: {{files: ['{table}'], table: /all, label: y, missing_values: [-9999],
        types: {{code: categorical, note: text, px: {{image: [4, 5]}}}}, split: {{validation: 0.2, test: 0.2}}}}
clean: {{missing: median, indicators: true, infinite: missing}}
normalize: {{method: standard}}
extract:
  categorical: {{method: {method}, levels: {levels}, smoothing: {smoothing}}}
  text: {{method: tfidf, terms: {terms}}}
  image: {{method: edges}}
rank: {{methods: [anova, mutual_information], keep: 30}}
train: {{model: {{type: mlp, hidden: [12]}}, optimizer: {{type: adam, learning_rate: 0.02}}, epochs: 6, batch: 64}}
compress: {{metric: f1, tolerance: 0.2, plan: [{{prune: {{method: magnitude, sparsity: 0.6}}}}, {{quantize: {{type: int8}}}}], epochs: 3}}
"""


def make_frame():
    rng = numpy.random.default_rng(8)
    place = numpy.minimum(rng.geometric(0.15, ROWS) - 1, 30)
    line = numpy.array([f"B{k}" for k in range(30)] + ["größe"], dtype=object)[place]
    code = rng.choice([-1.5, 0.1, 3.0, 1e6], ROWS, p=[0.1, 0.5, 0.3, 0.1])
    images = rng.normal(size=(ROWS, *SIDES)).cumsum(axis=1) * 0.2
    y = (rng.normal(0, 1, 31)[place] + (code == 0.1) + 2 * images[:, 1, 1] + rng.normal(0, 0.5, ROWS) > 0.5).astype("int32")
    words = ["leak", "pump", "straße", "motor_7", "valve", "ok"] + [f"part{k}" for k in range(60)]
    share = 1 / numpy.arange(1, len(words) + 1)
    notes = ["; ".join(rng.choice(words, rng.integers(1, 9), p=share / share.sum())) + (" Leak!" if bad and rng.random() < 0.5 else "") for bad in y]
    frame = pandas.DataFrame({"a": rng.normal(5, 2, ROWS), "b": rng.exponential(3, ROWS), "code": code, "line": line, "note": notes, "y": y})
    frame.loc[rng.random(ROWS) < 0.05, "line"] = ""
    frame.loc[rng.random(ROWS) < 0.04, "code"] = numpy.nan
    frame.loc[rng.random(ROWS) < 0.1, "b"] = numpy.nan
    return frame, images


def write_tables(directory, frame, images):
    for part in range(PARTS):
        chosen = slice(part * ROWS // PARTS, (part + 1) * ROWS // PARTS)
        rows = frame.iloc[chosen].assign(b=frame.b.iloc[chosen].fillna(GAP).where(numpy.arange(chosen.stop - chosen.start) % 40 > 0, numpy.inf))
        with h5py.File(os.path.join(directory, f"part{part}.h5"), "w") as whole:
            whole.create_dataset("other/x", data=numpy.zeros(7))
            file = whole.create_group("all")
            for name in ("a", "b", "code", "y"):
                file.create_dataset(name, data=rows[name].to_numpy(), chunks=(120,), compression="gzip")
            for name in ("line", "note"):
                file.create_dataset(name, data=rows[name].to_list(), dtype=h5py.string_dtype(), chunks=(120,))
            file.create_dataset("px", data=images[chosen].reshape(-1, SIDES[0] * SIDES[1]), chunks=(120, SIDES[0] * SIDES[1]))
        frame.loc[rows.index[numpy.isinf(rows.b)], "b"] = numpy.nan
    return os.path.join(directory, "part*.h5")


def categories(frame, trained, method, levels):
    """Features by name of the two categories."""
    made = {}
    for column, gap in (("code", numpy.nan), ("line", "")):
        fill = SimpleImputer(strategy="most_frequent", missing_values=gap).fit(frame[trained][[column]])
        filled = fill.transform(frame[[column]])
        if method == "one_hot":
            encoder = OneHotEncoder(sparse_output=False, max_categories=levels + 1, handle_unknown="infrequent_if_exist")
            values = encoder.fit(filled[trained]).transform(filled)
            words = [w[len(column) + 1:] for w in encoder.get_feature_names_out([column])]
            words = ["(other)" if w == "infrequent_sklearn" else f"{float(w):.15g}" if column == "code" else w for w in words]
            made.update({f"{column}={w}": v for w, v in zip(words, values.T)})
        elif method == "ordinal":
            cells = frame[column][trained]
            kept = sorted(cells[cells.notna() & (cells != "")].value_counts().index[:levels])
            encoder = OrdinalEncoder(categories=[kept], handle_unknown="use_encoded_value", unknown_value=len(kept))
            encoder.fit(numpy.array(kept, dtype=filled.dtype)[:, None])
            made[column] = encoder.transform(filled)[:, 0]
        else:
            folds = folds_of(numpy.arange(ROWS), SEED)
            made[f"{column}:target"] = encode(frame[column], trained, folds, frame.y.to_numpy(float), levels, SMOOTHING)[1]
    return made


def features(frame, images, trained, method, levels, vectorizer):
    """All features of all rows, as new rows get them, by name."""
    made = {}
    for column in ("a", "b"):
        filled = SimpleImputer(strategy="median").fit(frame[trained][[column]]).transform(frame[[column]])
        made[column] = StandardScaler().fit(filled[trained]).transform(filled)[:, 0]
    made.update(categories(frame, trained, method, levels))
    made.update({f"note={w}": v for w, v in zip(vectorizer.get_feature_names_out(), vectorizer.transform(frame.note).toarray().T)})
    down, along = (numpy.stack([ndimage.sobel(image, axis=axis) for image in images]) for axis in (0, 1))
    edges = numpy.hypot(down, along)
    made.update({f"px:edge[{r},{c}]": edges[:, r, c] for r, c in numpy.ndindex(SIDES)})
    for column in ("b", "code", "line"):
        gap = (frame[column] == "") if column == "line" else frame[column].isna()
        made[f"{column}?missing"] = gap.to_numpy(dtype=float)
    return made


def vectorize(notes, terms):
    """The vectorizer at a bound near `terms` where the counts differ."""
    counts = numpy.sort(TfidfVectorizer(norm=None, use_idf=False, min_df=2).fit_transform(notes).sum(axis=0).A1)[::-1]
    terms = next(k for k in range(terms, len(counts)) if counts[k - 1] != counts[k])
    return TfidfVectorizer(max_features=terms, min_df=2).fit(notes), terms


def apply(checks, program, run, table, model, ranks):
    output = f"{run}-{model}.h5"
    done = winnow(program, ["apply", run, *sorted(glob.glob(table)), "-o", output, "--model", model], ranks)
    checks.equal(done.returncode, 0, f"apply of the {model} model on {ranks} ranks ({done.stderr[-300:]})")
    with h5py.File(output) as file:
        return file["features"][:], file["prediction"][:]


def check_alone(checks, program, directory, run, table, predicted, method):
    """The artefact, nowhere near its run."""
    place = os.path.join(directory, f"{method}-alone")
    os.mkdir(place)
    artefact, output = os.path.join(place, "model.wnm"), os.path.join(place, "o.h5")
    shutil.copy(os.path.join(run, "compressed.wnm"), artefact)
    files = sorted(glob.glob(table))
    done = winnow(program, ["apply", artefact, *files, "-o", output], 2)
    checks.equal(done.returncode, 0, f"{method}: apply of the artefact alone ({done.stderr[-300:]})")
    checks.that("accuracy=" in done.stdout, f"{method}: the artefact alone knows the label")
    with h5py.File(output) as file, h5py.File(f"{run}-compressed.h5") as wanted:
        checks.that(numpy.array_equal(file["prediction"][:], predicted), f"{method}: predictions of the artefact alone")
        checks.that(numpy.array_equal(file["probability"][:], wanted["probability"][:]), f"{method}: probabilities of the artefact alone")
        names, selected = file["features"].attrs["columns"], wanted["features"].attrs["columns"]
        places = [list(selected).index(name) for name in names]
        checks.near(numpy.abs(file["features"][:] - wanted["features"][:][:, places]).max(), 0, 1e-3, f"{method}: named features")
    done = winnow(program, ["apply", artefact, *files, "-o", output, "--model", "dense"])
    checks.equal((done.returncode, "--model dense needs the run's directory" in done.stderr), (2, True), f"{method}: no full model")


def split_of(program, directory, table):
    """Statuses of the rows, which depend on seed and input alone: by a run that ends with its rows."""
    job = write_text(os.path.join(directory, "split.yaml"),
                     f"seed: {SEED}\ninput: {{files: ['{table}'], table: /all, label: y, columns: {{include: [a]}}, split: {{validation: 0.2, test: 0.2}}}}\n")
    winnow(program, ["run", job, "--out", os.path.join(directory, "split"), "-q"])
    with open(os.path.join(directory, "split", "rows.u8"), "rb") as file:
        return numpy.frombuffer(file.read(), "u1")


def check_method(checks, program, directory, table, frame, images, status, method):
    trained = status == TRAIN
    vectorizer, terms = vectorize(frame.note[trained], 40)
    levels = bound(frame.line[trained & (frame.line != "").to_numpy()].value_counts(), 12)
    job = write_text(os.path.join(directory, f"{method}.yaml"),
                     JOB.format(table=table, seed=SEED, method=method, levels=levels, smoothing=SMOOTHING, terms=terms))
    first, run = None, os.path.join(directory, f"{method}-1")
    for ranks in (1, 2, 3, 7):
        out = os.path.join(directory, f"{method}-{ranks}")
        done = winnow(program, ["run", job, "--out", out, "-q"], ranks)
        checks.equal(done.returncode, 0, f"{method} on {ranks} ranks ({done.stderr[:500]})")
        if done.returncode != 0:
            checks.close()
        first = first or run_json(out)
        checks.equal(run_json(out)["fingerprints"], first["fingerprints"], f"{method}: fingerprints on {ranks} ranks")
    with open(os.path.join(run, "rows.u8"), "rb") as file:
        checks.that(numpy.array_equal(numpy.frombuffer(file.read(), "u1"), status), f"{method}: the split")
    with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
        names, selected = list(recipe["features/name"].asstr()[:]), recipe["selected"][:]
    wanted = features(frame, images, trained, method, levels, vectorizer)
    checks.equal(sorted(names), sorted(wanted), f"{method}: names")
    chosen = [names[f] for f in selected]
    kinds = {"number": "ab", "text": "note=", "image": "px:", "category": ("code", "line")}
    for kind, starts in kinds.items():
        checks.that(kind == "number" or any(name.startswith(starts) for name in chosen), f"{method}: features of each kind are chosen ({kind})")
    for model, ranks in (("dense", 1), ("compressed", 3)):
        got, predicted = apply(checks, program, run, table, model, ranks)
        error = numpy.abs(got - numpy.column_stack([wanted[name] for name in chosen])) / numpy.maximum(1, numpy.abs(got))
        checks.that(error.max() < 2e-6, f"{method}: features of apply ({error.max():.1e})")
        accuracy = (predicted == frame.y)[status == TEST].mean()
        checks.near(accuracy, first["metrics"][model]["accuracy"], 1e-12, f"{method}: accuracy of {model}")
        checks.that(accuracy > 0.6, f"{method}: {model} has learnt something ({accuracy:.3f})")
    check_alone(checks, program, directory, run, table, predicted, method)


def main(program):
    checks = Checks()
    with scratch() as directory:
        frame, images = make_frame()
        table = write_tables(directory, frame, images)
        status = split_of(program, directory, table)
        for method in ("one_hot", "ordinal", "target"):
            check_method(checks, program, directory, table, frame, images, status, method)
    checks.close()


if __name__ == "__main__":
    main(sys.argv[1])
