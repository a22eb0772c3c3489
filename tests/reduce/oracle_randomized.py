"""Randomized PCA of whole runs against scikit-learn's full solver: eigenvalues, subspaces, what it explains beside scikit-learn's own
randomized solver; fingerprints at 1, 2, 3 and 7 ranks, in single too; numbers beside terms and levels, which are swept as sparse rows;
tables too wide for products; going on after a stop."""

import os
import sys

import h5py
import numpy
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import f_classif
from sklearn.linear_model import lasso_path
from sklearn.preprocessing import StandardScaler

from winnow_runs import Checks, run_json, scratch, stop_when, winnow, write_text

WIDE = 8300


def table(directory, name, x, y=None):
    path = os.path.join(directory, name + ".h5")
    with h5py.File(path, "w") as file:
        file["x"] = x
        if y is not None:
            file["y"] = y
    return path


def parts(directory, name, x, n):
    """The table in n files, a block each, of which one in eight is swept over first."""
    for i, part in enumerate(numpy.array_split(x, n)):
        table(directory, f"{name}-{i}", part)
    return os.path.join(directory, f"{name}-*.h5")


def job_of(directory, path, sections, label=False, types="{}"):
    text = f"input: {{files: [{path}], types: {types}{', label: y' if label else ''}}}\n" + sections + "\n"
    return write_text(os.path.join(directory, f"job{len(os.listdir(directory))}.yaml"), text)


def run(program, directory, job, n_ranks, checks):
    out = os.path.join(directory, f"out{len(os.listdir(directory))}")
    done = winnow(program, ["run", job, "--out", out], n_ranks)
    checks.equal(done.returncode, 0, f"status on {n_ranks} ranks: {done.stderr[-400:]}")
    return out, run_json(out)


def projection(out, method="pca"):
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        return {name: file[method][name][()] for name in ("mean", "components", "eigenvalues", "explained_variance_ratio")}


def falling(rng, n_rows, n_columns, spectrum):
    """Columns whose covariance has nearly this spectrum."""
    turn = numpy.linalg.qr(rng.normal(size=(n_columns, n_columns)))[0]
    return (rng.normal(size=(n_rows, n_columns)) * numpy.sqrt(spectrum)) @ turn + numpy.linspace(-3, 30, n_columns)


def compare(checks, pca, x, k, what):
    """Leading half of the eigenvalues within 1e-3, all within 2 %; a subspace that is told apart by a gap within 0.02."""
    full = PCA(svd_solver="full").fit(x)
    truth = full.explained_variance_
    off = 1 - pca["eigenvalues"] / truth[:k]
    checks.that(numpy.abs(off[: (k + 1) // 2]).max() <= 1e-3, f"{what}: leading eigenvalues off by {numpy.abs(off[: k // 2]).max():.1e}")
    checks.that(numpy.abs(off).max() <= 2e-2, f"{what}: eigenvalues off by {numpy.abs(off).max():.1e}")
    gaps = truth[:k] / truth[1 : k + 1]
    cut = max(i + 1 for i in range((k + 1) // 2) if gaps[i] >= numpy.median(gaps))
    angle = subspace_angles(pca["components"][:cut].T, full.components_[:cut].T).max()
    checks.that(angle <= 0.02, f"{what}: an angle of {angle:.1e} between subspaces")
    total = numpy.var(x, axis=0, ddof=1).sum()
    ratios = pca["explained_variance_ratio"] * total / pca["eigenvalues"] - 1
    checks.that(numpy.abs(ratios).max() <= 1e-9, f"{what}: ratios off by {numpy.abs(ratios).max():.1e}")
    theirs = PCA(k, svd_solver="randomized", random_state=0).fit(x).explained_variance_ratio_.sum()
    ours = pca["explained_variance_ratio"].sum()
    checks.that(ours >= theirs * (1 - 2e-5), f"{what}: explains {ours:.6f}, scikit-learn's randomized solver {theirs:.6f}")
    print(f"{what}: eigenvalues off by {numpy.abs(off).max():.1e}, angle {angle:.1e}, explained {ours:.6f} and {theirs:.6f}")


def check_spectra(checks, program, directory):
    rng = numpy.random.default_rng(3)
    place = numpy.arange(1, 301)
    spectra = {"1/i": 1 / place, "1/i^2": place**-2.0, "exponential": numpy.exp(-place / 10), "1/sqrt(i)": place**-0.5,
               "factors": numpy.where(place <= 15, 30 / place, 0.3)}
    for name, spectrum in spectra.items():
        x = falling(rng, 900, 300, spectrum)
        path = parts(directory, f"spectrum{len(os.listdir(directory))}", x, 9)
        job = job_of(directory, path, "reduce: {method: pca, components: 12, solver: randomized}")
        out, _ = run(program, directory, job, 0, checks)
        compare(checks, projection(out), x, 12, name)


def check_ranks(checks, program, directory):
    """Many rows; fewer than features; fewer than ranks."""
    rng = numpy.random.default_rng(4)
    tables = {"rows": (falling(rng, 2000, 60, numpy.arange(1, 61) ** -1.0), 4), "few": (rng.normal(size=(40, 200)), 6),
              "fewer": (rng.normal(size=(5, 60)), 3)}
    for name, (x, k) in tables.items():
        path = parts(directory, name, x, 9) if name == "rows" else table(directory, name, x)
        for precision in ("double", "single")[: 1 + (name == "rows")]:
            sections = f"normalize: {{method: standard}}\nreduce: {{method: pca, components: {k}, solver: randomized, precision: {precision}}}"
            job, seen = job_of(directory, path, sections), set()
            for n_ranks in (1, 2, 3, 7) if precision == "double" else (1, 3):
                out, told = run(program, directory, job, n_ranks, checks)
                seen.add((told["fingerprints"]["statistics"], told["fingerprints"]["recipe"]))
            checks.equal(len(seen), 1, f"{name}, {precision}: fingerprints over ranks")
            z = StandardScaler().fit_transform(x)
            off = numpy.abs(1 - projection(out)["eigenvalues"] / PCA(k, svd_solver="full").fit(z).explained_variance_).max()
            checks.that(off <= 2e-2, f"{name}, {precision}: eigenvalues off by {off:.1e}")


def mixed_rows(rng, n):
    """Numbers, texts on one of five topics, levels that go with these."""
    words = numpy.array(["w" + chr(97 + i // 26) + chr(97 + i % 26) for i in range(300)])
    topic = rng.integers(0, 5, n)
    notes = [" ".join(words[(50 * t + rng.geometric(0.06, 20)) % 300]) for t in topic]
    lines = [f"line{(3 * t + rng.integers(0, 12)) % 30:02d}" for t in topic]
    return rng.normal(size=(n, 3)) * [0.5, 0.2, 0.01] + topic[:, None] * [0.1, 0, 0.01], notes, lines


def mixed_table(directory, numbers, notes, lines, n_parts):
    for part in range(n_parts):
        rows = slice(part * len(notes) // n_parts, (part + 1) * len(notes) // n_parts)
        with h5py.File(os.path.join(directory, f"mixed-{part}.h5"), "w") as file:
            for c in range(3):
                file[f"x{c}"] = numbers[rows, c]
            for name, texts in (("note", notes), ("line", lines)):
                file.create_dataset(name, data=texts[rows], dtype=h5py.string_dtype())
    return os.path.join(directory, "mixed-*.h5")


def check_sparse(checks, program, directory):
    """Terms, levels and numbers in one sweep, in the order of the recipe, also where a ranking chose some in its own."""
    numbers, notes, lines = mixed_rows(numpy.random.default_rng(10), 1800)
    path = mixed_table(directory, numbers, notes, lines, 9)
    vectorizer = TfidfVectorizer(min_df=2).fit(notes)
    columns = {f"x{c}": numbers[:, c] for c in range(3)}
    columns |= {f"note={t}": v for t, v in zip(vectorizer.get_feature_names_out(), vectorizer.transform(notes).toarray().T)}
    columns |= {f"line={level}": (numpy.array(lines) == level).astype(float) for level in set(lines)}
    for precision, rank in (("double", ""), ("single", ""), ("double", "rank: {methods: [variance], keep: 150}\n")):
        sections = (f"extract: {{text: {{method: tfidf}}, categorical: {{method: one_hot}}}}\n{rank}"
                    f"reduce: {{method: pca, components: 6, solver: randomized, precision: {precision}}}")
        job = job_of(directory, path, sections, types="{note: text}")
        seen, what = set(), f"mixed, {precision}{', ranked' if rank else ''}"
        for n_ranks in (1, 2, 3, 5) if not rank else (1, 3):
            out, told = run(program, directory, job, n_ranks, checks)
            seen.add((told["fingerprints"]["statistics"], told["fingerprints"]["recipe"]))
        checks.equal(len(seen), 1, f"{what}: fingerprints over ranks")
        with h5py.File(os.path.join(out, "recipe.h5")) as file:
            names = file["features/name"].asstr()[:][file["selected"][:]]
        checks.equal(len(names), 150 if rank else len(columns), f"{what}: features")
        compare(checks, projection(out), numpy.stack([columns[name] for name in names], axis=1), 6, what)


def check_simplify(checks, program, directory):
    """The objective is measured on the rows, by whatever solver."""
    rng = numpy.random.default_rng(5)
    x = falling(rng, 800, 50, numpy.exp(-numpy.arange(50) / 4))
    path = table(directory, "simplify", x, x[:, 0] + rng.normal(size=800))
    told = {}
    for solver in ("randomized", "lapack"):
        sections = f"reduce: {{method: pca, components: 8, solver: {solver}}}\ntrain: {{model: {{type: linear}}, epochs: 1}}"
        out, summary = run(program, directory, job_of(directory, path, sections, label=True), 2, checks)
        told[solver] = summary["objectives"]["simplify"]
        p = projection(out)
        left = (x - p["mean"]) - (x - p["mean"]) @ p["components"].T @ p["components"]
        checks.near(told[solver], (left**2).sum(axis=1).mean(), 1e-5, f"simplify by {solver}")
    checks.near(told["randomized"], told["lapack"], 1e-3, "simplify by both")


def check_wide(checks, program, directory):
    """Above 8192 features: randomized by itself; products of what a ranking keeps; discriminants of components."""
    rng = numpy.random.default_rng(6)
    y = numpy.arange(90) % 3
    x = (rng.normal(size=(90, 12)) * 3 @ rng.normal(size=(12, WIDE)) + rng.normal(size=(90, WIDE)) * 0.3).astype("f4")
    x[:, :40] += y[:, None] * rng.normal(size=40) * 4
    path = table(directory, "wide", x, y)
    out, told = run(program, directory, job_of(directory, path, "reduce: {method: pca, components: 10}", label=True), 2, checks)
    checks.equal(told["reduce"]["solver"], "randomized", "solver of a wide table")
    checks.that("8300" in told["reduce"]["reason"], f"reason: {told['reduce']['reason']}")
    compare(checks, projection(out), x.astype(float), 10, "wide")
    refused = winnow(program, ["run", job_of(directory, path, "reduce: {method: pca, components: 0.9}", label=True), "--dry-run"])
    checks.equal(refused.returncode, 65, "a share of the variance of a wide table")
    sections = "rank: {methods: [anova], keep: 25}\nreduce: {method: pca, components: 4}"
    seen = set()
    for n_ranks in (1, 3):
        out, told = run(program, directory, job_of(directory, path, sections, label=True), n_ranks, checks)
        seen.add((told["fingerprints"]["statistics"], told["fingerprints"]["recipe"]))
    checks.equal(len(seen), 1, "fingerprints of chosen products")
    checks.equal(told["reduce"]["solver"], "lapack", "solver of 25 chosen features")
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        kept, score = file["selected"][:], file["ranking/anova"][:]
    f = f_classif(x.astype(float), y)[0]
    checks.that(numpy.abs(score / f - 1).max() <= 1e-9, "F values of a wide table")
    truth = PCA(4, svd_solver="full").fit(x[:, kept].astype(float))
    checks.that(numpy.abs(projection(out)["eigenvalues"] / truth.explained_variance_ - 1).max() <= 1e-10, "eigenvalues of chosen features")


def check_discriminants(checks, program, directory):
    """Of the leading components, by scikit-learn's solver on the same components."""
    rng = numpy.random.default_rng(8)
    y = numpy.arange(400) % 3
    x = (rng.normal(size=(400, 40)) @ rng.normal(size=(40, WIDE)) + 0.5 * rng.normal(size=(400, WIDE))).astype("f4")
    x[:, :600] += (rng.normal(size=(3, 600)) * 0.8).astype("f4")[y]
    path, seen = table(directory, "lda", x, y), set()
    for n_ranks in (1, 3):
        out, told = run(program, directory, job_of(directory, path, "reduce: {method: lda, components: 2}", label=True), n_ranks, checks)
        seen.add(told["fingerprints"]["recipe"])
    checks.equal(len(seen), 1, "fingerprints of discriminants")
    checks.equal((told["reduce"]["solver"], told["reduce"]["among"]), ("randomized", 128), "solver of discriminants")
    z = x.astype(float) - x.astype(float).mean(axis=0)
    components = PCA(128, svd_solver="full").fit(z).components_
    theirs = LinearDiscriminantAnalysis(solver="eigen").fit(z @ components.T, y)
    lda = projection(out, "lda")
    angle = subspace_angles(lda["components"].T, (theirs.scalings_[:, :2].T @ components).T).max()
    checks.that(angle <= 0.1, f"discriminants: an angle of {angle:.1e}")
    ours, other = z @ lda["components"].T, theirs.transform(z @ components.T)
    spread = [sum(numpy.outer(m, m) for m in (s[y == c].mean(axis=0) for c in range(3))) for s in (ours, other)]
    ratio = numpy.sqrt(numpy.linalg.det(spread[0]) / numpy.linalg.det(spread[1]))
    checks.near(ratio, 1, 0.05, "spread of the classes")
    print(f"discriminants: angle {angle:.1e}, spread {ratio:.4f} of scikit-learn's")


def entries(x, y, last):
    """Where each feature enters scikit-learn's path over the alphas of ours above `last`, as the numbers of steps."""
    z, t = StandardScaler().fit_transform(x), (y - y.mean()) / y.std()
    first = numpy.abs(z.T @ t).max() / len(t)
    alphas = first * 1e-3 ** (numpy.arange(100) / 99)
    alphas = alphas[alphas >= last * first]
    _, weights, _ = lasso_path(z, t, alphas=alphas, tol=1e-9, max_iter=20000)
    return alphas, [numpy.flatnonzero(row)[:1] for row in weights]


def check_lasso(checks, program, directory):
    """Lasso of a wide table: entries are scikit-learn's over all features, as far down as they are told to be."""
    rng = numpy.random.default_rng(9)
    x = (rng.normal(size=(500, 30)) @ rng.normal(size=(30, WIDE)) * 0.2 + rng.normal(size=(500, WIDE))).astype("f4")
    weights = numpy.array([3, -2.5, 2, 1.5, -1, 0.8, 0.6, 0.4])
    y = x[:, ::1000][:, :8] @ weights + 0.5 * rng.normal(size=500)
    path, seen = table(directory, "lasso", x, y), set()
    for n_ranks in (1, 3):
        job = job_of(directory, path, "rank: {methods: [lasso], keep: 12}", label=True)
        out, told = run(program, directory, job, n_ranks, checks)
        seen.add(told["fingerprints"]["recipe"])
    checks.equal(len(seen), 1, "fingerprints of a screened lasso")
    exact = told["rank"]["lasso"]["exact_to"]
    checks.that(exact <= 0.5, f"screened lasso: exact down to {exact:.3f}")
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        score, kept = file["ranking/lasso"][:], set(file["selected"][:])
    alphas, steps = entries(x.astype(float), y, exact)
    wrong = sum(not (alphas[step[0]] * (1 - 1e-6) <= score[f] <= alphas[max(step[0] - 1, 0)] * (1 + 1e-6))
                for f, step in enumerate(steps) if len(step))
    n_entered = sum(len(step) for step in steps)
    checks.that(wrong <= 0.02 * n_entered, f"screened lasso: {wrong} of {n_entered} entries are not scikit-learn's")
    late = max(score[f] for f, step in enumerate(steps) if not len(step))
    checks.that(late <= alphas[-1] * (1 + 1e-6), f"screened lasso: a feature that does not enter scores {late:.4f}, {alphas[-1]:.4f} is last")
    checks.that(set(range(0, 7000, 1000)) <= kept, "features that the label is made of stay")
    print(f"screened lasso: {told['rank']['lasso']}, {n_entered} entries")


def check_stop(checks, program, directory):
    """A stop between two sweeps: what was swept is not swept again, and the recipe is the same."""
    rng = numpy.random.default_rng(7)
    x = falling(rng, 20000, 300, numpy.arange(1, 301) ** -0.4).astype("f4")
    job = job_of(directory, table(directory, "stop", x), "reduce: {method: pca, components: 40, solver: randomized}")
    _, whole = run(program, directory, job, 2, checks)
    out = os.path.join(directory, "stopped")
    stopped = stop_when(program, job, out, 2, lambda seen: any(e["event"] == "sweep" and e["number"] == 2 for e in seen))
    checks.that(stopped.returncode in (0, 75), f"status of a stop: {stopped.returncode} {stopped.stderr[-300:]}")
    checks.equal(os.path.exists(os.path.join(out, "sweeps.bin")), stopped.returncode == 75, "sweeps that are kept")
    done = winnow(program, ["run", job, "--out", out], 3)
    again = run_json(out)
    checks.equal(done.returncode, 0, f"going on: {done.stderr[-300:]}")
    checks.equal(again["fingerprints"], whole["fingerprints"], "fingerprints after a stop")
    checks.that(not os.path.exists(os.path.join(out, "sweeps.bin")), "sweeps are gone with the recipe there")
    if stopped.returncode == 75:
        passes = [s["passes"] for s in again["stages"] if s["name"] == "reduce"][0]
        checks.that(passes <= whole["reduce"]["sweeps"] - 2, f"{passes} sweeps after the stop, {whole['reduce']['sweeps']} without")


def main():
    program = sys.argv[1]
    checks = Checks()
    with scratch() as directory:
        check_spectra(checks, program, directory)
        check_ranks(checks, program, directory)
        check_sparse(checks, program, directory)
        check_simplify(checks, program, directory)
        check_wide(checks, program, directory)
        check_discriminants(checks, program, directory)
        check_lasso(checks, program, directory)
        check_stop(checks, program, directory)
    checks.close()


if __name__ == "__main__":
    main()
