"""Target encoding by plain loops: the formula of scikit-learn's TargetEncoder with a number as `smooth`, over the rows of the other folds.
The fold of a row is a draw of its number by Philox4x32-10 (Salmon et al. 2011)."""

import numpy

FOLDS, PURPOSE = 5, 9


def philox(identity, key):
    """The first 64 bits of Philox4x32-10 (Salmon et al. 2011) with the counters (0, 0, identity)."""
    mask, half = numpy.uint64(0xFFFFFFFF), numpy.uint64(32)
    c = [numpy.zeros_like(identity), numpy.zeros_like(identity), identity & mask, identity >> half]
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        a, b = numpy.uint64(0xD2511F53) * c[0], numpy.uint64(0xCD9E8D57) * c[2]
        c = [(b >> half) ^ c[1] ^ numpy.uint64(k0), b & mask, (a >> half) ^ c[3] ^ numpy.uint64(k1), a & mask]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c[1] << half | c[0]


def folds_of(rows, seed):
    """The folds of rows by their numbers in the table."""
    bits = philox(rows.astype("u8"), seed ^ (PURPOSE * 0x9E3779B97F4A7C15 & (1 << 64) - 1))
    half, five = numpy.uint64(32), numpy.uint64(FOLDS)
    return ((bits >> half) * five + ((bits & numpy.uint64(0xFFFFFFFF)) * five >> half) >> half).astype(int)


def encode(column, trained, folds, values, levels, smoothing):
    """Codes of all rows as they are learnt from and as new rows get them, of one feature."""
    cells = column.replace("", numpy.nan)
    counts = cells[trained].value_counts()
    top = sorted(counts.index[counts == counts.iloc[0]])[0]
    kept = set(counts.index[:levels])
    cells = cells.fillna(top)
    cells = numpy.array([str(c) if c in kept else "(other)" for c in cells])
    learnt, new = numpy.zeros(len(column)), numpy.zeros(len(column))
    for fold in range(FOLDS + 1):
        seen = trained & (folds != fold)
        mean = values[seen].mean()
        target = new if fold == FOLDS else learnt
        for level in numpy.unique(cells):
            own = values[seen & (cells == level)]
            wanted = (cells == level) & ((folds == fold) | (fold == FOLDS))
            target[wanted] = (own.sum() + smoothing * mean) / (len(own) + smoothing)
    return learnt, new


def bound(counts, at):
    """A number of levels at which the counts differ, so that ties do not matter."""
    return next(k for k in range(at, len(counts)) if counts.iloc[k - 1] != counts.iloc[k])
