"""tf-idf of 6,046 mails, fit and transform, beside scikit-learn's TfidfVectorizer.fit_transform, which uses one core: texts in memory to sparse
rows in memory, by one rank and by two. Vocabulary and rows are the same.

    text.py BENCH_TEXT MAILS DIRECTORY      MAILS: where tools/npm_data.sh put them
"""

import importlib.util
import os
import statistics
import struct
import subprocess
import sys
import time

import numpy
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

TERMS, MINIMUM, RUNS = 5000, 2, 3


def read_mails(directory):
    path = os.path.join(os.path.dirname(__file__), "..", "data", "spam.py")
    spec = importlib.util.spec_from_file_location("spam", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [text for _, text, _ in module.read_mails(directory)]


def bound_of(mails):
    """TERMS or a few more: at ties scikit-learn keeps other terms, so that a bound is taken where the counts differ."""
    counts = numpy.sort(numpy.asarray(CountVectorizer(min_df=MINIMUM).fit_transform(mails).sum(axis=0))[0])[::-1]
    return next(k for k in range(TERMS, len(counts)) if counts[k - 1] != counts[k])


def ours(program, directory, source, bound, ranks):
    """Seconds, terms and rows."""
    target = os.path.join(directory, "text-rows")
    told = subprocess.run(["mpirun", "--oversubscribe", "-n", str(ranks), program, str(bound), str(MINIMUM), source, target],
                          check=True, stdout=subprocess.PIPE, text=True)
    with open(target + ".terms", encoding="utf-8") as file:
        terms = file.read().splitlines()
    return sum(map(float, told.stdout.split())), terms, target


def read_rows(target, ranks, n_rows, n_terms):
    parts, begin = [], 0
    for rank in range(ranks):
        end = begin + n_rows // ranks + (rank < n_rows % ranks)
        with open(f"{target}.{rank}", "rb") as file:
            start = numpy.concatenate([[0], numpy.cumsum(numpy.frombuffer(file.read(8 * (end - begin)), "i8"))])
            column = numpy.frombuffer(file.read(4 * start[-1]), "u4")
            parts.append(scipy.sparse.csr_matrix((numpy.frombuffer(file.read(), "f8"), column, start), (end - begin, n_terms)))
        begin = end
    return scipy.sparse.vstack(parts)


def theirs(mails, bound):
    begin = time.monotonic()
    vectorizer = TfidfVectorizer(max_features=bound, min_df=MINIMUM)
    rows = vectorizer.fit_transform(mails)
    return time.monotonic() - begin, list(vectorizer.get_feature_names_out()), rows


def check(program, directory, source, bound, ranks, wanted):
    _, terms, target = ours(program, directory, source, bound, ranks)
    rows = read_rows(target, ranks, wanted[2].shape[0], bound)
    assert terms == wanted[1], "the same terms"
    assert rows.nnz == wanted[2].nnz and abs(rows - wanted[2]).max() <= 1e-14, "the same rows"


def main():
    program, mails_directory, directory = sys.argv[1:]
    mails = read_mails(mails_directory)
    source = os.path.join(directory, "mails.bin")
    with open(source, "wb") as file:
        for mail in mails:
            data = mail.encode()
            file.write(struct.pack("<q", len(data)) + data)
    bound = bound_of(mails)
    peer = [theirs(mails, bound)]
    for ranks in (1, 2):
        check(program, directory, source, bound, ranks, peer[0])
        mine = [ours(program, directory, source, bound, ranks)[0] for _ in range(RUNS)]
        peer += [theirs(mails, bound) for _ in range(RUNS - len(peer) + (ranks > 1))]
        mine, other = statistics.median(mine), statistics.median(seconds for seconds, _, _ in peer)
        print(f"BENCH tf-idf of {len(mails)} mails, fit and transform, {ranks} {'ranks' if ranks > 1 else 'rank'} over scikit-learn's "
              f"TfidfVectorizer on one core: {other / mine:.1f} x (goal 4; {mine:.2f} s and {other:.2f} s; {bound} terms, the same rows)",
              flush=True)


main()
