"""What the oracles of src/extract share: running drive_extract on files of its own format, and reading what it wrote."""

import os
import struct
import subprocess
import tempfile

import numpy
import scipy.sparse


class Output:
    """Reads integers, doubles and texts one after the other."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def integer(self):
        self.at += 8
        return struct.unpack_from("<q", self.data, self.at - 8)[0]

    def double(self):
        self.at += 8
        return struct.unpack_from("<d", self.data, self.at - 8)[0]

    def text(self):
        n = self.integer()
        self.at += n
        return self.data[self.at - n:self.at]

    def array(self, kind, n):
        self.at += 8 * n
        return numpy.frombuffer(self.data, kind, n, self.at - 8 * n)

    def is_at_end(self):
        return self.at == len(self.data)


class Driver:
    def __init__(self, program):
        self.program = program
        self.directory = tempfile.TemporaryDirectory()

    def run(self, arguments, data, status=0):
        """The output of `drive_extract ARGUMENTS IN OUT`; where a status other than 0 is expected, the message."""
        source, target = (os.path.join(self.directory.name, name) for name in ("in", "out"))
        with open(source, "wb") as file:
            file.write(data)
        done = subprocess.run([self.program, *map(str, arguments), source, target], stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != status:
            raise RuntimeError(f"{arguments}: status {done.returncode}: {done.stderr}")
        if status != 0:
            return done.stderr
        with open(target, "rb") as file:
            return Output(file.read())

    def tokens(self, texts, stem="none", ngrams=1):
        """The terms of every text (bytes), a list each."""
        out = self.run(["tokens", stem, ngrams], pack(texts))
        return [[out.text().decode() for _ in range(out.integer())] for _ in texts]

    def tfidf(self, texts, method="tfidf", terms=10**9, minimum=1, stem="none", ngrams=1):
        """{term: (count, rows, idf)} of the terms that were chosen, and the rows of the texts."""
        out = self.run(["tfidf", method, terms, minimum, stem, ngrams], pack(texts))
        found = {}
        for _ in range(out.integer()):
            term = out.text().decode()
            found[term] = (out.integer(), out.integer(), out.double())
        n_rows = out.integer()
        start = out.array("<i8", n_rows + 1)
        columns, values = out.array("<i8", start[-1]), out.array("<f8", start[-1])
        assert out.is_at_end()
        return found, scipy.sparse.csr_matrix((values, columns, start), shape=(n_rows, len(found)))

    def levels(self, kind, cells, limit):
        """The names of the levels, and the codes of the cells (bytes, or floats where kind is numbers)."""
        cells = [struct.pack("<d", cell) if kind == "numbers" else cell for cell in cells]
        out = self.run(["levels", kind, limit], pack(cells))
        names = [out.text().decode() for _ in range(out.integer())]
        return names, out.array("<i8", len(cells))


def pack(texts):
    return b"".join(struct.pack("<q", len(text)) + text for text in texts)
