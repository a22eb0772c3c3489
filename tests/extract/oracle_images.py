"""Edges and orientations of src/extract beside scipy.ndimage.sobel and histograms by numpy, on images of all shapes, channels and values.

    oracle_images.py DRIVE_EXTRACT [SEED]
"""

import sys

import numpy
import scipy.ndimage
from sklearn.datasets import load_digits

from driven import Driver
from winnow_runs import Checks

checks = Checks()
driver = Driver(sys.argv[1])
rng = numpy.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 1)


def gradient(image, mode="reflect"):
    """Down and along, of the mean of the channels."""
    plane = image.mean(axis=2)
    return scipy.ndimage.sobel(plane, axis=0, mode=mode), scipy.ndimage.sobel(plane, axis=1, mode=mode)


def histograms(image, cell, bins):
    down, along = gradient(image)
    height, width = down.shape[0] // cell, down.shape[1] // cell
    angle = numpy.arctan2(down, along) % numpy.pi
    bin_of = numpy.minimum((angle / numpy.pi * bins).astype(int), bins - 1)
    magnitude = numpy.hypot(down, along)
    made = numpy.zeros((height, width, bins))
    for y in range(height * cell):
        for x in range(width * cell):
            made[y // cell, x // cell, bin_of[y, x]] += magnitude[y, x]
    length = numpy.sqrt((made**2).sum(axis=2, keepdims=True))
    return made / numpy.where(length > 0, length, 1)


def close(got, wanted, tolerance, what):
    scale = numpy.abs(wanted).max(initial=0)
    checks.that(got.shape == wanted.shape and numpy.abs(got - wanted).max(initial=0) <= tolerance * scale, f"{what}: off by {numpy.abs(got - wanted).max(initial=0)}")


def compare(images, what):
    n, height, width, channels = images.shape
    data = numpy.ascontiguousarray(images, dtype="<f8").tobytes()
    got = driver.run(["edges", height, width, channels], data).array("<f8", n * height * width).reshape(n, height, width)
    for i, image in enumerate(images):
        for mode in ("reflect", "nearest"):
            close(got[i], numpy.hypot(*gradient(image, mode)), 1e-13, f"edges of {what}")
    for cell, bins in ((1, 9), (2, 5), (3, 9), (8, 9), (4, 1), (min(height, width), 11)):
        if cell > min(height, width):
            driver.run(["orientations", height, width, channels, cell, bins], data, status=78)
            continue
        shape = (n, height // cell, width // cell, bins)
        got = driver.run(["orientations", height, width, channels, cell, bins], data).array("<f8", int(numpy.prod(shape))).reshape(shape)
        for i, image in enumerate(images):
            close(got[i], histograms(image, cell, bins), 1e-12, f"orientations {cell}, {bins} of {what}")


for shape in ((3, 1, 1, 1), (3, 1, 7, 1), (3, 7, 1, 2), (2, 2, 2, 1), (2, 2, 3, 3), (2, 16, 17, 1), (2, 9, 40, 3), (2, 33, 21, 2)):
    compare(rng.normal(size=shape), f"normal {shape}")
compare(numpy.full((2, 5, 6, 1), 7.5), "one value")
compare(rng.normal(size=(2, 12, 12, 1)) * 1e-150, "small values")
compare(rng.integers(0, 256, size=(2, 24, 24, 1)).astype(float), "bytes")
compare(load_digits().images[:20, :, :, None], "digits")
compare(scipy.ndimage.gaussian_filter(rng.normal(size=(2, 64, 90, 3)), (0, 4, 4, 0)), "smooth")
driver.run(["orientations", 8, 8, 1, 4, 0], b"", status=78)
driver.run(["orientations", 8, 8, 1, 4, 65], b"", status=78)
checks.close()
