"""Writes the table of jobs/medicine.yaml: python3 data/medicine.py OUTPUT.h5 (needs h5py and scikit-learn).

scikit-learn's breast_cancer (569 biopsies, 30 measures of cell nuclei; label 0 malignant, 1 benign), spoilt as records of a hospital are, always
in the same way (seed 7): every hundredth cell or so is a slip (a comma at the wrong place: ten, a hundred or a thousand times as much, or a sign
lost), then 4 cells of 100 are missing (NaN). Labels and the order of rows stay."""

import sys

import h5py
import numpy
from sklearn.datasets import load_breast_cancer

SLIPS, GAPS, SEED = 0.01, 0.04, 7


def spoil(cells):
    rng = numpy.random.default_rng(SEED)
    factors = rng.choice([-1.0, 10.0, 100.0, 1000.0], cells.shape)
    cells = numpy.where(rng.random(cells.shape) < SLIPS, cells * factors, cells)
    cells[rng.random(cells.shape) < GAPS] = numpy.nan
    return cells


if __name__ == "__main__":
    cancer = load_breast_cancer()
    with h5py.File(sys.argv[1], "w") as file:
        x = file.create_dataset("x", data=spoil(cancer.data), chunks=(100, 30), compression="gzip", shuffle=True)
        x.attrs["columns"] = [name.replace(" ", "_") for name in cancer.feature_names]
        file["label"] = cancer.target.astype("int8")
