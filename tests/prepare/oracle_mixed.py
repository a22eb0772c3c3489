"""Tables of numbers, categories and texts side by side against pandas and scikit-learn: levels, terms, indicators, fills, scores and
components, at several rank counts with the same fingerprints; features of `winnow apply` on the training file."""

import glob
import os
import sys

import h5py
import numpy
import pandas
from scipy import ndimage
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import f_classif
from sklearn.impute import SimpleImputer
from sklearn.metrics import mutual_info_score
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from winnow_runs import Checks, run_json, scratch, winnow, write_text

RANKS = (1, 2, 3, 7)
ROWS, PARTS = 3000, 5


def make_frame(seed):
    rng = numpy.random.default_rng(seed)
    line = numpy.array([f"B{k}" for k in range(30)] + ["größe"], dtype=object)[
        numpy.minimum(rng.geometric(0.15, ROWS) - 1, 30)]
    line[rng.random(ROWS) < 0.05] = ""
    code = rng.choice([-1.5, 0.0, 3.0, 1e6, 7.25], ROWS, p=[0.1, 0.4, 0.3, 0.15, 0.05])
    code[rng.random(ROWS) < 0.03] = numpy.nan
    frame = pandas.DataFrame({
        "a": rng.normal(5, 2, ROWS), "b": rng.exponential(3, ROWS), "code": code, "line": line,
        "plant": rng.choice(["north", "south"], ROWS)})
    frame.loc[rng.random(ROWS) < 0.1, "b"] = numpy.nan
    frame["y"] = ((frame.a > 5) ^ (frame.line == "B1") ^ (rng.random(ROWS) < 0.1)).astype(int)
    return frame


def write_tables(pattern, frame):
    """Several files, so that every rank has blocks; in the order of rows."""
    for part in range(PARTS):
        write_table(pattern.replace("*", str(part)), frame.iloc[part * ROWS // PARTS:(part + 1) * ROWS // PARTS])


def write_table(path, frame):
    with h5py.File(path, "w") as file:
        for name in ("a", "b", "code", "y"):
            file.create_dataset(name, data=frame[name].to_numpy(), chunks=(min(300, len(frame)),), compression="gzip")
        file.create_dataset("line", data=frame.line.to_list(), dtype=h5py.string_dtype(), chunks=(min(300, len(frame)),))
        file["plant"] = frame.plant.to_numpy().astype("S8")


def run_all(checks, program, directory, table, name, text):
    """The run directory of one rank; fingerprints are the same on all."""
    job = write_text(os.path.join(directory, f"{name}.yaml"), text.format(table=table))
    first = None
    for ranks in RANKS:
        out = os.path.join(directory, f"{name}-{ranks}")
        done = winnow(program, ["run", job, "--out", out, "-q"], ranks)
        checks.equal(done.returncode, 0, f"{name} on {ranks} ranks ({done.stderr[-400:]})")
        if done.returncode != 0:
            checks.close()
        first = first or (out, run_json(out))
        checks.equal(run_json(out)["fingerprints"], first[1]["fingerprints"], f"{name}: fingerprints on {ranks} ranks")
    return first[0]


def apply_rows(checks, program, run, table, ranks):
    output = f"{run}-rows-{ranks}.h5"
    done = winnow(program, ["apply", run, *sorted(glob.glob(table)), "-o", output], ranks)
    checks.equal(done.returncode, 0, f"apply ({done.stderr[-300:]})")
    with h5py.File(output) as file:
        return file["features"][:]


def feature_names(run):
    with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
        return list(recipe["features/name"].asstr()[:]), {key: recipe[f"ranking/{key}"][:] for key in recipe["ranking"]} \
            if "ranking" in recipe else {}


def expected(frame, levels):
    """Names and features: numbers imputed and scaled, categories as the most frequent levels and one for others, then gaps."""
    x = frame.copy()
    parts, names = [], []
    for column in ("a", "b"):
        filled = SimpleImputer(strategy="median").fit_transform(x[[column]])
        parts.append(StandardScaler().fit_transform(filled))
        names.append(column)
    for column, missing in (("code", numpy.nan), ("line", ""), ("plant", "")):
        filled = SimpleImputer(strategy="most_frequent", missing_values=missing).fit_transform(x[[column]])
        encoder = OneHotEncoder(sparse=False, max_categories=levels + 1, handle_unknown="infrequent_if_exist")
        parts.append(encoder.fit_transform(filled))
        for level in encoder.get_feature_names_out([column]):
            word = level[len(column) + 1:]
            if word == "infrequent_sklearn":
                word = "(other)"
            names.append(f"{column}={float(word):.15g}" if column == "code" and word != "(other)" else f"{column}={word}")
    for column in ("b", "code", "line"):
        gap = (x[column] == "") if column == "line" else x[column].isna()
        parts.append(gap.to_numpy(dtype=float)[:, None])
        names.append(f"{column}?missing")
    return names, numpy.hstack(parts)


def check_features(checks, program, directory, frame, table):
    # Ties at the bound are broken by hash: a bound where the counts differ.
    counts = frame.line[frame.line != ""].value_counts()
    levels = next(k for k in range(17, 28) if counts.iloc[k - 1] != counts.iloc[k])
    run = run_all(checks, program, directory, table, "features", """
memory: 1GiB
input: {{files: ['{table}'], label: y, types: {{code: categorical}}}}
clean: {{missing: median, indicators: true}}
normalize: {{method: standard}}
extract: {{categorical: {{method: one_hot, levels: LEVELS}}}}
rank: {{methods: [variance, anova, mutual_information]}}
""".replace("LEVELS", str(levels)))
    names, wanted = expected(frame, levels)
    got_names, scores = feature_names(run)
    checks.equal(got_names, names, "names of features")
    for ranks in (1, 3):
        got = apply_rows(checks, program, run, table, ranks)
        with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
            order = recipe["selected"][:]
        if got.shape == wanted.shape:
            error = numpy.abs(got - wanted[:, order]).max()
            checks.that(error < 1e-6, f"features on {ranks} ranks: {error:.2e}")
        else:
            checks.equal(got.shape, wanted.shape, "shape of features")
    f_values = f_classif(wanted, frame.y)[0]
    checks.that(numpy.allclose(scores["anova"], f_values, rtol=1e-8), "anova of features")
    raw = wanted.copy()
    spread = raw.max(axis=0) - raw.min(axis=0)
    checks.that(numpy.allclose(scores["variance"], raw.var(axis=0) / spread**2, rtol=1e-9), "variance of features")
    information = [mutual_info_score(column, frame.y) for column in wanted[:, 2:].T]
    checks.that(numpy.allclose(scores["mutual_information"][2:], information, atol=1e-12), "mutual information of levels")
    return levels


def check_unseen(checks, program, directory, frame, levels):
    """New rows: an unseen level is one of the others, a gap is filled by the most frequent level."""
    table = os.path.join(directory, "new.h5")
    new = frame.head(4).copy()
    new["line"] = ["never", "", "B1", "größe"]
    new["plant"] = ["west", "", "north", "south"]
    write_table(table, new)
    run = os.path.join(directory, "features-1")
    names, _ = feature_names(run)
    with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
        names = [names[i] for i in recipe["selected"][:]]
    got = apply_rows(checks, program, run, table, 1)
    top = frame.line[frame.line != ""].value_counts().index[0]
    ones = [{names[j] for j in numpy.flatnonzero(row == 1) if "=" in names[j] and not names[j].startswith("code")} for row in got]
    common = frame.plant.value_counts().index[0]
    kept = set(frame.line[frame.line != ""].value_counts().index[:levels])
    checks.equal(ones[0], {"line=(other)"}, "an unseen level")
    checks.equal(ones[1], {f"line={top}", f"plant={common}"}, "gaps of strings")
    checks.equal(ones[2], {"line=B1", "plant=north"}, "known levels")
    checks.equal(ones[3], {"line=größe" if "größe" in kept else "line=(other)", "plant=south"}, "a level in UTF-8")


def check_components(checks, program, directory, frame, table):
    """Rows with gaps in strings or numbers go; components of what is left, a model on them."""
    run = run_all(checks, program, directory, table, "components", """
memory: 1GiB
input: {{files: ['{table}'], label: y, types: {{code: categorical}}, split: {{validation: 0.2}}}}
clean: {{missing: drop_row, duplicates: drop}}
normalize: {{method: standard}}
extract: {{categorical: {{method: one_hot, levels: 5}}}}
reduce: {{method: pca, components: 6}}
train: {{model: {{type: logistic}}, epochs: 3, batch: 64}}
""")
    with open(os.path.join(run, "rows.u8"), "rb") as file:
        status = numpy.frombuffer(file.read(), "u1")
    whole = frame.b.notna() & frame.code.notna() & (frame.line != "")
    kept = frame[(status == 0) & whole]
    checks.equal(run_json(run)["rows"]["train"], len(kept), "training rows that are whole")
    with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
        ratio = recipe["pca/explained_variance_ratio"][:]
        names = list(recipe["features/name"].asstr()[:])
    one_hot = OneHotEncoder(sparse=False, max_categories=6)
    steps = ColumnTransformer([("number", StandardScaler(), ["a", "b"]), ("level", one_hot, ["code", "line", "plant"])])
    wanted = steps.fit_transform(kept)
    checks.equal(len(names), wanted.shape[1], "number of features of whole rows")
    pca = PCA(6).fit(wanted)
    checks.that(numpy.allclose(ratio, pca.explained_variance_ratio_, rtol=1e-9), "explained variance of mixed features")


def check_ordinal(checks, program, directory, frame, table, levels):
    """Levels by their place in order, rare and unseen ones by the number behind; gaps filled, or dropped from training."""
    for name, missing in (("ordinal", "median"), ("ordinal-drop", "drop_row")):
        run = run_all(checks, program, directory, table, name, """
memory: 1GiB
input: {{files: ['{table}'], label: y, types: {{code: categorical}}}}
clean: {{missing: MISSING}}
extract: {{categorical: {{method: ordinal, levels: LEVELS}}}}
rank: {{methods: [variance, anova, mutual_information]}}
train: {{model: {{type: logistic}}, epochs: 1, batch: 64}}
""".replace("LEVELS", str(levels)).replace("MISSING", missing))
        whole = frame.b.notna() & frame.code.notna() & (frame.line != "") | (missing == "median")
        parts = [frame[["a"]], SimpleImputer(strategy="median").fit(frame[whole][["b"]]).transform(frame[["b"]])]
        for column, gap in (("code", numpy.nan), ("line", ""), ("plant", "")):
            fill = SimpleImputer(strategy="most_frequent", missing_values=gap).fit(frame[whole][[column]])
            counts = frame[whole & frame[column].notna() & (frame[column] != "")][column].value_counts()
            kept = sorted(counts.index[:levels])
            encoder = OrdinalEncoder(categories=[kept], handle_unknown="use_encoded_value", unknown_value=len(kept))
            filled = pandas.DataFrame(fill.transform(frame[[column]]), columns=[column], index=frame.index)
            encoder.fit(filled[filled[column].isin(kept)])
            parts.append(encoder.transform(filled))
        wanted = numpy.hstack(parts)
        names, scores = feature_names(run)
        checks.equal(names, ["a", "b", "code", "line", "plant"], f"{name}: names")
        with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
            order = recipe["selected"][:]
        got = apply_rows(checks, program, run, table, 3)
        rows = whole.to_numpy()
        checks.that(numpy.allclose(got[rows], wanted[rows][:, order], atol=1e-5), f"{name}: codes")
        f_values = f_classif(wanted[rows], frame.y[whole])[0]
        checks.that(numpy.allclose(scores["anova"], f_values, rtol=1e-8), f"{name}: anova of codes")
        information = [mutual_info_score(column, frame.y[whole]) for column in wanted[rows][:, 2:].T]
        checks.that(numpy.allclose(scores["mutual_information"][2:], information, atol=1e-12), f"{name}: information of codes")


def make_notes(seed):
    """Texts of few words and many, letters of every kind, gaps; words that are there once, more than memory is to hold."""
    rng = numpy.random.default_rng(seed)
    words = ["Leak", "leaks", "pump", "ÜBERDRUCK", "straße", "motor_7", "x", "a1", "élan", "valve", "Σίσυφος", "off"]
    words += [f"part{k}" for k in range(200)]
    share = 1 / numpy.arange(1, len(words) + 1)
    notes = []
    for row in range(ROWS):
        common = rng.choice(words, rng.integers(0, 12), p=share / share.sum())
        once = [f"{word:016x}" for word in rng.integers(0, 1 << 62, 30)] if row % 10 else []
        notes.append("" if row % 17 == 0 else "; ".join([*common, *once]) + ".")
    return notes


def write_notes(pattern, frame, notes):
    for part in range(PARTS):
        rows = slice(part * ROWS // PARTS, (part + 1) * ROWS // PARTS)
        with h5py.File(pattern.replace("*", str(part)), "w") as file:
            file["a"] = frame.a.to_numpy()[rows]
            file["y"] = frame.y.to_numpy()[rows]
            file.create_dataset("note", data=notes[rows], dtype=h5py.string_dtype(), chunks=(200,))


def vectorize(notes, terms, method):
    """The vectorizer at a bound near `terms` where the counts differ, and that bound."""
    how = {"min_df": 2, "ngram_range": (1, 2), "use_idf": method == "tfidf"}
    counts = numpy.sort(TfidfVectorizer(norm=None, **{**how, "use_idf": False}).fit_transform(notes).sum(axis=0).A1)[::-1]
    bound = next(k for k in range(terms, len(counts)) if counts[k - 1] != counts[k])
    return TfidfVectorizer(max_features=bound, **how).fit(notes), bound


def check_terms(checks, program, directory, frame):
    notes = make_notes(3)
    table = os.path.join(directory, "notes-*.h5")
    write_notes(table, frame, notes)
    for method, missing in (("tfidf", "median"), ("tf", "drop_row")):
        kept = [i for i in range(ROWS) if notes[i] != "" or missing == "median"]
        vectorizer, bound = vectorize([notes[i] for i in kept], 60, method)
        name = f"terms-{method}"
        run = run_all(checks, program, directory, table, name, """
memory: 1GiB
input: {{files: ['{table}'], label: y, types: {{note: text}}}}
clean: {{missing: MISSING}}
extract: {{text: {{method: METHOD, terms: TERMS, ngrams: 2}}}}
rank: {{methods: [variance, anova, mutual_information], folds: 3}}
train: {{model: {{type: logistic}}, epochs: 1, batch: 64}}
""".replace("METHOD", method).replace("TERMS", str(bound)).replace("MISSING", missing))
        names, scores = feature_names(run)
        checks.equal(names, ["a", *(f"note={term}" for term in vectorizer.get_feature_names_out())], f"{name}: names")
        with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
            order = recipe["selected"][:]
        wanted = numpy.hstack([frame[["a"]], vectorizer.transform(notes).toarray()])
        for ranks in (1, 3):
            got = apply_rows(checks, program, run, table, ranks)
            checks.equal(got.shape, wanted.shape, f"{name}: shape of features")
            if got.shape == wanted.shape:
                error = numpy.abs(got - wanted[:, order]).max()
                checks.that(error < 1e-6, f"{name} on {ranks} ranks: {error:.2e}")
        f_values = f_classif(wanted[kept], frame.y.to_numpy()[kept])[0]
        checks.that(numpy.allclose(scores["anova"], f_values, rtol=1e-6), f"{name}: anova of terms")
        spread = wanted[kept].max(axis=0) - wanted[kept].min(axis=0)
        checks.that(numpy.allclose(scores["variance"], wanted[kept].var(axis=0) / spread**2, rtol=1e-9), f"{name}: variance of terms")
        bins = numpy.searchsorted(numpy.arange(1, 32) / 32, wanted[kept][:, 1:], side="right")
        information = [mutual_info_score(column, frame.y.to_numpy()[kept]) for column in bins.T]
        checks.that(numpy.allclose(scores["mutual_information"][1:], information, atol=1e-3), f"{name}: information of terms")
        checks.that(((scores["stability"] >= 0) & (scores["stability"] <= 1)).all(), f"{name}: stability of the choice of terms")


def check_gaps_of_texts(checks, program, directory, frame):
    """Where a gap of a text is an error: in training rows, and in rows of apply."""
    notes = make_notes(3)
    gaps, full = (os.path.join(directory, f"{name}-*.h5") for name in ("gaps", "full"))
    write_notes(gaps, frame, notes)
    write_notes(full, frame, [note or "empty" for note in notes])
    text = ("input: {{files: ['{table}'], label: y, types: {{note: text}}}}\nextract: {{text: {{method: tf}}}}\n"
            "clean: {{missing: median, overrides: {{note: {{missing: error}}}}}}\ntrain: {{model: {{type: logistic}}, epochs: 1, batch: 64}}\n")
    job = write_text(os.path.join(directory, "gaps.yaml"), text.format(table=gaps))
    done = winnow(program, ["run", job, "--out", os.path.join(directory, "gaps"), "-q"])
    checks.that(done.returncode == 65 and f"note ({notes.count('')})" in done.stderr, f"gaps of texts in training rows: {done.stderr}")
    job = write_text(os.path.join(directory, "full.yaml"), text.format(table=full))
    run = os.path.join(directory, "full")
    checks.equal(winnow(program, ["run", job, "--out", run, "-q"]).returncode, 0, "no gap of a text")
    done = winnow(program, ["apply", run, gaps.replace("*", "0"), "-o", os.path.join(directory, "gaps.h5")])
    row = notes.index("")
    checks.that(done.returncode == 65 and f"column note, row {row}:" in done.stderr, f"a gap of a text in apply, row {row}: {done.stderr}")


def check_images(checks, program, directory, frame):
    """Edges and orientations in place of pixels, with gaps and colours, against scipy.ndimage; normalization is for numbers alone."""
    rng = numpy.random.default_rng(9)
    images = rng.normal(size=(ROWS, 6, 5, 2)).cumsum(axis=1).cumsum(axis=2) * 50
    images[rng.random(images.shape) < 0.01] = numpy.nan
    table = os.path.join(directory, "images-*.h5")
    for part in range(PARTS):
        rows = slice(part * ROWS // PARTS, (part + 1) * ROWS // PARTS)
        with h5py.File(table.replace("*", str(part)), "w") as file:
            file.create_dataset("px", data=images[rows].reshape(-1, 60), chunks=(200, 60))
            file["a"] = frame.a.to_numpy()[rows]
            file["y"] = frame.y.to_numpy()[rows]
    filled = SimpleImputer(strategy="median").fit_transform(images.reshape(ROWS, 60)).reshape(images.shape).mean(axis=3)
    down, along = (numpy.stack([ndimage.sobel(picture, axis=axis) for picture in filled]) for axis in (0, 1))
    size = numpy.hypot(down, along)
    angle = numpy.degrees(numpy.arctan2(down, along)) % 180
    edges = [f"px:edge[{r},{c}]" for r in range(6) for c in range(5)]
    cells = numpy.zeros((ROWS, 3, 2, 4))
    for r, c in numpy.ndindex(6, 4):
        for b in range(4):
            cells[:, r // 2, c // 2, b] += size[:, r, c] * (numpy.minimum(angle[:, r, c] // 45, 3) == b)
    cells /= numpy.maximum(numpy.linalg.norm(cells, axis=3, keepdims=True), 1e-300)
    orientations = [f"px:orientation[{r},{c},{b}]" for r in range(3) for c in range(2) for b in range(4)]
    for method, wanted_names, values in (("edges", edges, size), ("orientations", orientations, cells)):
        run = run_all(checks, program, directory, table, method, """
memory: 1GiB
input: {{files: ['{table}'], label: y, types: {{px: {{image: [6, 5, 2]}}}}}}
clean: {{missing: median}}
normalize: {{method: log}}
extract: {{image: {{method: METHOD, cell: 2, bins: 4}}}}
rank: {{methods: [variance, anova, mutual_information]}}
train: {{model: {{type: logistic}}, epochs: 1, batch: 64}}
""".replace("METHOD", method))
        names, scores = feature_names(run)
        wanted = {"a": numpy.sign(frame.a) * numpy.log1p(frame.a.abs()), **dict(zip(wanted_names, values.reshape(ROWS, -1).T))}
        checks.equal(sorted(names), sorted(wanted), f"{method}: names")
        wanted = numpy.column_stack([wanted[name] for name in names])
        with h5py.File(os.path.join(run, "recipe.h5")) as recipe:
            order = recipe["selected"][:]
        got = apply_rows(checks, program, run, table, 3)
        checks.that(numpy.allclose(got, wanted[:, order], rtol=1e-5, atol=1e-5), f"{method}: features")
        checks.that(numpy.allclose(scores["anova"], f_classif(wanted, frame.y)[0], rtol=1e-6), f"{method}: anova")


def check_no_terms(checks, program, directory, frame):
    """Refused: a stemmer that is none; a run of texts without a term in enough rows."""
    table = os.path.join(directory, "empty-*.h5")
    write_notes(table, frame, [f"word{i}" for i in range(ROWS)])
    for more, status, words in (("stem: klingon", 78, "extract.text.stem"), ("stem: english", 65, "column note: no term is in 2")):
        job = write_text(os.path.join(directory, "empty.yaml"),
                         f"input: {{files: ['{table}'], label: y, types: {{note: text}}}}\n"
                         f"extract: {{text: {{method: tf, {more}}}}}\n")
        done = winnow(program, ["run", job, "--out", os.path.join(directory, "empty"), "-q"], 2)
        checks.equal(done.returncode, status, f"{more}: status")
        checks.that(words in done.stderr, f"{more}: {done.stderr}")


def check_refused(checks, program, directory, table):
    """Rules that make no sense for a column's kind, types that its cells are not."""
    cases = [("types: {line: numeric}", "", 65, "input.types: line is numeric or an image, but column line has strings"),
             ("types: {a: text}", "", 65, "input.types: a is text, but column a has numbers"),
             ("types: {a: time}", "", 78, "time"),
             ("table: /", "clean: {missing: median, overrides: {line: {missing: mean}}}", 65, "clean.overrides: line has a fill for numbers"),
             ("table: /", "normalize: {overrides: {plant: standard}}", 65, "normalize.overrides: plant has a method")]
    twice = "clean: {overrides: {line: {missing: mean}, plant: {outliers: {rule: iqr}}}}\nnormalize: {overrides: {plant: log}}"
    cases += [("table: /", twice, 65, f"clean.overrides: {name} has") for name in ("line", "plant")]
    cases += [("table: /", twice, 65, "normalize.overrides: plant has a method")]
    for section, more, status, words in cases:
        job = write_text(os.path.join(directory, "refused.yaml"),
                         f"input: {{files: ['{table}'], label: y, {section}}}\n{more}\n")
        done = winnow(program, ["check", job])
        checks.equal(done.returncode, status, f"{section} {more}: status")
        checks.that(words in done.stderr + done.stdout, f"{section} {more}: {done.stderr}{done.stdout}")


def main(program):
    checks = Checks()
    with scratch() as directory:
        table = os.path.join(directory, "mixed-*.h5")
        frame = make_frame(5)
        write_tables(table, frame)
        levels = check_features(checks, program, directory, frame, table)
        check_unseen(checks, program, directory, frame, levels)
        check_components(checks, program, directory, frame, table)
        check_ordinal(checks, program, directory, frame, table, levels)
        check_terms(checks, program, directory, frame)
        check_gaps_of_texts(checks, program, directory, frame)
        check_images(checks, program, directory, frame)
        check_no_terms(checks, program, directory, frame)
        check_refused(checks, program, directory, table)
    checks.close()


if __name__ == "__main__":
    main(sys.argv[1])
