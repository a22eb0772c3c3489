"""Writes the four rows of jobs/linear.yaml: python3 data/linear.py OUTPUT.h5 (needs h5py)."""

import sys

import h5py
import numpy

with h5py.File(sys.argv[1], "w") as file:
    file["x"] = numpy.arange(1.0, 13.0).reshape(4, 3)
    file["target"] = numpy.array([1.5, 2.5, 3.5, 4.5])
