"""The accumulators against NumPy, pandas and exact fractions. Argument: the program drive_stats."""
import os
import subprocess
import sys
import tempfile
from fractions import Fraction

try:
    import numpy as np
    import pandas
except ImportError as absent:
    print(f"skipped: {absent}")
    sys.exit(77)

MPIRUN = os.environ.get("WN_MPIRUN", "mpirun").replace(";", " ").split()
random = np.random.default_rng(8)
failures = 0


def start(mode, head, cells, labels, block_rows, n_ranks):
    with tempfile.NamedTemporaryFile(suffix=".bin") as problem:
        for part in (*head, cells, labels):
            problem.write(np.asarray(part, dtype=np.float64).tobytes())
        problem.flush()
        launch = [*MPIRUN, "--oversubscribe", "-n", str(n_ranks)] if n_ranks > 1 else []
        sizes = [str(size) for size in (*cells.shape, block_rows)]
        return subprocess.run([*launch, sys.argv[1], mode, problem.name, *sizes], capture_output=True, text=True)


def drive(mode, head, cells, labels=None, block_rows=64, n_ranks=1):
    labels = np.zeros(len(cells)) if labels is None else labels
    done = start(mode, head, cells, labels, block_rows, n_ranks)
    if done.returncode != 0:
        check(mode, False, f"status {done.returncode}: {done.stderr}")
        sys.exit(1)
    return np.array(done.stdout.split(), dtype=np.float64)


def check(what, is_good, told):
    global failures
    if not is_good:
        failures += 1
        print(f"FAILED {what}: {told}")


def close(what, found, expected, tolerance, scale=None):
    """|found - expected| <= tolerance x scale (by default the expected value), both as they are in extended precision."""
    expected = np.asarray(expected, dtype=np.longdouble)
    gap = np.abs(np.asarray(found, dtype=np.longdouble) - expected)
    bound = tolerance * np.abs(expected if scale is None else np.asarray(scale, dtype=np.longdouble))
    is_good = (gap <= bound) | (np.isnan(found) & np.isnan(expected))
    check(what, gap.shape == expected.shape and is_good.all(), f"{found} is not {expected} within {tolerance:g}")


def exact_moments(column):
    """Mean and population deviation by exact fractions, rounded to extended precision."""
    valid = [Fraction(float(x)) for x in column[~np.isnan(column)]]
    mean = sum(valid) / len(valid)
    variance = sum((x - mean) ** 2 for x in valid) / len(valid)
    return longdouble_of(mean), np.sqrt(longdouble_of(variance))


def longdouble_of(value):
    high = float(value)
    return np.longdouble(high) + np.longdouble(float(value - Fraction(high)))


def with_gaps(cells, share):
    return np.where(random.random(cells.shape) < share, np.nan, cells)


def columns_of_many_kinds(n):
    """Names of the columns, and their cells."""
    day = 1.7e18 + np.floor(8.64e13 * random.random(n))
    return {
        "normal": random.normal(size=n) + 3,
        "one day of time stamps in nanoseconds": day,
        "time stamps in order": np.sort(day),
        "large mean": 1e9 + random.normal(size=n),
        "larger mean": 1e12 + random.normal(size=n),
        "heavy tail": np.exp(5 * random.normal(size=n)),
        "sentinels": np.where(random.random(n) < 0.01, 9.97e36, 5 + random.normal(size=n)),
        "tiny": 1e-150 * (random.normal(size=n) + 1),
        "small integers": np.floor(4 * random.random(n)),
        "almost constant": np.where(np.arange(n) == n // 2, 1 + 2.0**-52, 1.0),
        "alternating": np.where(np.arange(n) % 2 == 0, 1e15, -1e15) + random.random(n),
    }


def moments():
    columns = columns_of_many_kinds(5000)
    cells = np.column_stack(list(columns.values()))
    cells[:, :8] = with_gaps(cells[:, :8], 0.05)
    by_ranks = [drive("moments", [], cells, block_rows=170, n_ranks=n) for n in (1, 3)]
    check("moments at 1 and 3 ranks", np.array_equal(*by_ranks), "other numbers")
    long = drive("moments", [], cells, block_rows=1024)
    for name, column, *both in zip(columns, cells.T, by_ranks[0].reshape(-1, 6), long.reshape(-1, 6)):
        mean, deviation = exact_moments(column)
        n_missing = np.isnan(column).sum()
        for what, found in zip((name, f"{name}, long blocks"), both):
            check(f"{what}: counts", tuple(found[:2]) == (len(column) - n_missing, n_missing), found[:2])
            close(f"{what}: mean", found[2], mean, 1e-12, max(abs(mean), deviation))
            close(f"{what}: deviation", found[3], deviation, 1e-12)
            check(f"{what}: extremes", tuple(found[4:]) == (np.nanmin(column), np.nanmax(column)), found[4:])


def moments_at_the_edges():
    nan = np.nan
    rows = np.array([[0.1, nan, nan, 1e200, -0.0], [0.1, nan, 7.5, -1e200, 0.0], [0.1, nan, nan, 1e200, -0.0]])
    found = drive("moments", [], rows, block_rows=2, n_ranks=5).reshape(5, 6)
    check("a constant column", tuple(found[0]) == (3, 0, 0.1, 0, 0.1, 0.1), found[0])
    check("an empty column", tuple(found[1][:2]) == (0, 3) and np.isnan(found[1][2:]).all(), found[1])
    check("one cell", tuple(found[2]) == (1, 2, 7.5, 0, 7.5, 7.5), found[2])
    check("squares beyond a double", tuple(found[3][[0, 1, 4, 5]]) == (3, 0, -1e200, 1e200), found[3])
    check("a deviation beyond a double", not np.isfinite(found[3][3]), found[3])
    close("a mean of large cells", found[3][2], 1e200 / 3, 1e-12)
    check("zeros", tuple(found[4]) == (3, 0, 0, 0, 0, 0), found[4])
    none = drive("moments", [], np.zeros((0, 2)))
    check("no rows", none.reshape(2, 6)[:, :2].sum() == 0 and np.isnan(none.reshape(2, 6)[:, 2:]).all(), none)


PROBABILITIES = np.array([0, 0.01, 0.25, 0.5, 0.75, 0.9, 1])


def numpy_quantiles(cells):
    return np.array([np.full(len(PROBABILITIES), np.nan) if np.isnan(column).all() else
                     np.quantile(column[~np.isnan(column)], PROBABILITIES) for column in cells.T])


def compare_quantiles(what, cells, windows, n_ranks, block_rows=64):
    head = [[len(PROBABILITIES)], PROBABILITIES, windows]
    found = drive("quantiles", head, cells, block_rows=block_rows, n_ranks=n_ranks)
    expected = numpy_quantiles(cells).ravel()
    check(what, found[1] == 0 and np.array_equal(found[2:], expected, equal_nan=True),
          f"{n_ranks} ranks: {found[1]} missed; {found[2:][found[2:] != expected]}")
    return found[0]


def windows_of(cells, low, high):
    """The same quantiles of every column as the window of all of its targets."""
    windows = np.empty((cells.shape[1], len(PROBABILITIES), 2))
    for c, column in enumerate(cells.T):
        valid = column[~np.isnan(column)]
        windows[c] = np.quantile(valid, [low, high]) if len(valid) else [-np.inf, np.inf]
    return windows


def everything(cells):
    return np.broadcast_to([-np.inf, np.inf], (cells.shape[1], len(PROBABILITIES), 2))


def quantiles():
    n = 3000
    cells = with_gaps(np.column_stack(list(columns_of_many_kinds(n).values())), 0.05)
    cells = np.column_stack([cells, np.full(n, np.nan), np.where(random.random(n) < 0.5, 0.0, -0.0)])
    for n_ranks in (1, 3):
        n_missed = compare_quantiles("quantiles, all cells kept", cells, everything(cells), n_ranks)
        check("windows that hold everything", n_missed == 0, f"{n_missed} missed")
    n_missed = compare_quantiles("quantiles, windows that miss some", cells, windows_of(cells, 0.2, 0.6), 2)
    check("windows that miss some", 0 < n_missed < cells.shape[1] * len(PROBABILITIES), f"{n_missed} missed")
    beside = windows_of(cells, 1, 1)
    beside[np.isfinite(beside)] += np.abs(beside[np.isfinite(beside)]) + 1
    n_missed = compare_quantiles("quantiles, windows beside", cells, beside, 5)
    check("windows beside", n_missed == (cells.shape[1] - 1) * len(PROBABILITIES), f"{n_missed} missed")


def quantiles_of_few_rows():
    for n in (1, 2, 3, 4, 7):
        cells = random.normal(size=(n, 3))
        cells[0, 1] = np.nan
        for n_ranks in (1, 5) if n in (1, 3) else (1,):
            compare_quantiles(f"quantiles of {n} rows", cells, everything(cells), n_ranks, block_rows=1)
    compare_quantiles("quantiles of no rows", np.zeros((0, 2)), everything(np.zeros((0, 2))), 2)


def contingency():
    n, n_bins, n_classes = 4000, 8, 4
    cells = np.column_stack([random.normal(size=n), np.floor(5 * random.random(n)), np.full(n, 2.5),
                             np.where(random.random(n) < 0.5, 0.0, -0.0)])
    edges = np.array([np.quantile(column, np.arange(1, n_bins) / n_bins) for column in cells.T])  # ties among them
    cells = with_gaps(cells, 0.1)
    labels = with_gaps(3 * random.normal(size=n), 0.1)
    class_edges = np.array([-2.0, 0.0, 1.0])
    head = [[n_bins, n_classes], edges, class_edges]
    for n_ranks in (1, 3):
        found = drive("contingency", head, cells, labels, n_ranks=n_ranks).reshape(-1, n_bins, n_classes)
        for column, edge, counts in zip(cells.T, edges, found):
            valid = ~np.isnan(column) & ~np.isnan(labels)
            place = (np.searchsorted(edge, column[valid], side="right") * n_classes
                     + np.searchsorted(class_edges, labels[valid], side="right"))
            expected = np.bincount(place, minlength=n_bins * n_classes).reshape(n_bins, n_classes)
            check("contingency", np.array_equal(counts, expected), f"{n_ranks} ranks: {counts} is not {expected}")
    one = drive("contingency", [[1, 1]], cells, labels).ravel()
    check("one bin, one class", np.array_equal(one, (~np.isnan(cells) & ~np.isnan(labels)[:, None]).sum(axis=0)), one)


def compare_gram(what, cells, labels, classes, centre, exponent, n_ranks):
    """Within 1e-13 of what Cauchy and Schwarz bound each entry by; class counts exactly."""
    n, p = cells.shape
    head = [[len(classes)], classes, [labels.mean(), 1], centre, exponent]
    found = drive("gram", head, cells, labels, n_ranks=n_ranks)
    check(f"{what}: rows", found[0] == n, found[0])
    gaps = cells.astype(np.longdouble) - np.asarray(centre)
    if len(classes):
        beside = (labels[:, None] == classes).astype(np.longdouble)
    else:
        beside = (labels.astype(np.longdouble) - labels.mean())[:, None]
    size, size_beside = (np.sqrt((part**2).sum(axis=0)) for part in (gaps, beside))
    sums, products, rest = found[1:1 + p], found[1 + p:1 + p + p * p].reshape(p, p), found[1 + p + p * p:]
    close(f"{what}: sums", sums, gaps.sum(axis=0), 1e-13, np.sqrt(n) * size)
    close(f"{what}: products", products, gaps.T @ gaps, 1e-13, np.outer(size, size))
    close(f"{what}: label products", rest[:beside.shape[1] * p].reshape(-1, p), beside.T @ gaps, 1e-13,
          np.outer(size_beside, size))
    last = rest[beside.shape[1] * p:]
    if len(classes):
        check(f"{what}: class counts", np.array_equal(last, beside.sum(axis=0)), last)
    else:
        close(f"{what}: label", last, [beside.sum(), (beside**2).sum()], 1e-13, [np.sqrt(n) * size_beside[0], size_beside[0]**2])
    return found


def gram():
    n, p = 2000, 6
    cells = random.normal(size=(n, p)) @ random.normal(size=(p, p)) + 100 * random.normal(size=p)
    cells[:, 1] = 1.7e18 + np.floor(8.64e13 * random.random(n))
    cells[:, 2] *= random.random(n) < 0.02
    labels = np.floor(3 * random.random(n))
    centre = np.median(cells[::40], axis=0)
    exponent = np.ceil(np.log2(cells.std(axis=0)))
    outlier = cells.copy()
    for kind, power in (("no outlier", 0), ("a block just beyond the bound", 9), ("an outlier", 20),
                        ("a large outlier", 30), ("a larger outlier", 38)):
        outlier[700, 0] = cells[700, 0] + (2.0**(power + exponent[0]) if power else 0)
        outlier[1400, 0] = cells[1400, 0] - (2.0**(power + exponent[0]) if power else 0)
        for name, classes, y in (("classes", np.arange(3.0), labels), ("a number", np.zeros(0), cells[:, 3] + 1)):
            compare_gram(f"gram, {kind}, {name}", outlier, y, classes, centre, exponent, 1)
    by_ranks = [compare_gram(f"gram at {r} ranks", outlier, labels, np.arange(3.0), centre, exponent, r) for r in (1, 3)]
    check("gram at 1 and 3 ranks", np.array_equal(*by_ranks), "other numbers")
    outlier[700, 0] = 1e100
    done = start("gram", [[0], [labels.mean(), 1], centre, exponent], outlier, labels, 64, 2)
    check("gram, a cell out of reach", done.returncode == 65 and "rows 640 to 703" in done.stderr, done.stderr)


def repeats():
    n = 1500
    cells = np.floor(3 * random.random((n, 4)))
    cells = np.where(cells == 0, np.where(random.random(cells.shape) < 0.5, 0.0, -0.0), cells)
    cells = with_gaps(cells, 0.1)
    cells[::3, 0] += np.arange(n)[::3]  # rows without a repeat
    labels = with_gaps(np.floor(2 * random.random(n)), 0.1)
    table = pandas.DataFrame(np.column_stack([cells, labels]))
    expected = np.flatnonzero(table.duplicated(keep="first"))
    check("repeats: some rows repeat, some do not", 100 < len(expected) < n - 500, len(expected))
    for n_ranks in (1, 2, 3, 5):
        found = drive("repeats", [[0]], cells, labels, n_ranks=n_ranks)
        check(f"repeats at {n_ranks} ranks", np.array_equal(found, [*expected, 0]), f"{len(found) - 1}, not {len(expected)}")
    n_originals = 900
    first = table.fillna(-1e9).add(0.0).groupby(list(table.columns), sort=False).cumcount()
    original = set(map(tuple, table[:n_originals].fillna(-1e9).add(0.0).to_numpy()))
    of_original = np.array([tuple(row) in original for row in table.fillna(-1e9).add(0.0).to_numpy()])
    found = drive("repeats", [[n_originals]], cells, labels, n_ranks=3)
    expected = np.flatnonzero((first.to_numpy() > 0) & of_original)
    expected = [*expected[expected < n_originals], np.sum(expected >= n_originals)]
    check("repeats of the first rows", np.array_equal(found, expected), f"{len(found)}, not {len(expected)}")
    few = drive("repeats", [[0]], np.ones((2, 1)), n_ranks=5, block_rows=1)
    check("repeats, more ranks than rows", np.array_equal(few, [1, 0]), few)


moments()
moments_at_the_edges()
quantiles()
quantiles_of_few_rows()
contingency()
gram()
repeats()
sys.exit(1 if failures else 0)
