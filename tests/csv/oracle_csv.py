"""winnow convert of CSV beside Python's csv module, float() and pandas.read_csv: nasty tables, random tables, names, types,
errors with their lines, and the same bytes at any number of ranks.

    oracle_csv.py WINNOW [SEED]
"""

import csv
import gzip
import io
import math
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile

import h5py
import numpy
import pandas

from winnow_runs import Checks, winnow

PROGRAM = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
GAPS = {"", "?", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-nan", "-NaN", "#NA", "#N/A", "<NA>", "1.#IND", "-1.#IND",
        "1.#QNAN", "-1.#QNAN", "#N/A N/A"}
SPACES = " \t\n\v\f\r"
TYPES = [("int8", -2**7, 2**7 - 1), ("uint8", 0, 2**8 - 1), ("int16", -2**15, 2**15 - 1), ("int32", -2**31, 2**31 - 1),
         ("int64", -2**63, 2**63 - 1), ("uint64", 0, 2**64 - 1)]

csv.field_size_limit(1 << 24)
checks = Checks()


def judge(text):
    """What a field says: a kind and a value."""
    bare = text.strip(SPACES)
    if bare in GAPS:
        return "gap", math.nan
    if re.fullmatch(r"[+-]?[0-9]+", bare):
        value = int(bare)
        return ("integer" if -2**63 <= value < 2**64 else "huge"), value
    if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", bare) or re.fullmatch(r"(?i)[+-]?inf(inity)?", bare):
        return "real", float(bare)
    if bare in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return "bool", bare.lower() == "true"
    return "text", text


def column(fields):
    """The array that a column of fields becomes."""
    said = [judge(text) for text in fields]
    kinds = {kind for kind, _ in said}
    numbers = [value for kind, value in said if kind == "integer"]
    mixed = "bool" in kinds and kinds & {"integer", "huge", "real"}
    digits = "huge" in kinds or (numbers and max(numbers) >= 2**63 and min(numbers) < 0)
    if "text" in kinds or mixed or (digits and "real" not in kinds):
        return numpy.array(["" if kind == "gap" else text for text, (kind, _) in zip(fields, said)], dtype=object)
    if kinds == {"bool"}:
        return numpy.array([value for _, value in said])
    if kinds == {"integer"}:
        name = next(name for name, least, most in TYPES if min(numbers) >= least and max(numbers) <= most)
        return numpy.array(numbers, dtype=name)
    # float() of the text, not of the integer: -0 has a sign.
    return numpy.array([float(text.strip(SPACES)) if kind in ("integer", "huge", "real") else float(value)
                        for text, (kind, value) in zip(fields, said)])


def rows_of(text, delimiter):
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row for row in rows if row and not (len(row) == 1 and row[0].strip(" \t") == "")]


def stored(path):
    with h5py.File(path, "r") as file:
        arrays = {}
        for name, dataset in file["/"].items():  # which alone goes by the order of creation
            if "columns" in dataset.attrs:
                arrays.update({str(c): dataset[:, i] for i, c in enumerate(dataset.attrs["columns"])})
            elif h5py.check_string_dtype(dataset.dtype):
                arrays[name] = dataset.asstr()[...]
            else:
                arrays[name] = dataset[...]
        return arrays


def same(a, b):
    if a.dtype == object or b.dtype == object or a.dtype.kind == "U":
        return list(a) == list(b)
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype.kind != "f":
        return numpy.array_equal(a, b)
    return numpy.array_equal(a[~numpy.isnan(a)].view("i8"), b[~numpy.isnan(b)].view("i8")) and numpy.array_equal(numpy.isnan(a), numpy.isnan(b))


def difference(a, b):
    if a.dtype != b.dtype or a.shape != b.shape:
        return f"got {a.dtype} {a.shape} {a[:5]!r}, wanted {b.dtype} {b.shape} {b[:5]!r}"
    return next((f"row {i}: got {x!r}, wanted {y!r}" for i, (x, y) in enumerate(zip(a, b)) if repr(x) != repr(y)), "only bits differ")


def convert(folder, text, *options, name="t.csv", status=0, ranks=0, encoding="utf-8"):
    """Converts a text; the path of the table, or the message where a status is wanted."""
    source, table = os.path.join(folder, name), os.path.join(folder, "t.h5")
    with open(source, "w", encoding=encoding, newline="") as file:
        file.write(text)
    result = winnow(PROGRAM, ["convert", "-q", source, "-o", table, *options], ranks)
    checks.equal(result.returncode, status, f"status of {text[:60]!r} {options}: {result.stderr}")
    return table if status == 0 else result.stderr


def compare(folder, text, names, columns, *options, **more):
    arrays = stored(convert(folder, text, *options, **more))
    checks.equal(list(arrays), names, f"names of {text[:60]!r}")
    for name, wanted in zip(names, columns):
        if name in arrays:
            checks.that(same(arrays[name], wanted), f"column {name} of {text[:300]!r}: {difference(arrays[name], wanted)}")


NASTY = {
    "quotes": 'a,b\n"1","x, ""y"""\n2,"two\nlines"\n"3",""\n',
    "quotes in fields": 'a,b\n1,5" pipe\n2,say "hi"\n3,"closed" and on"\n',
    "windows": "a,b\r\n1,x\r\n2,\"y\r\nz\"\r\n",
    "old mac": "a,b\r1,x\r2,y\r",
    "no newline at the end": "a,b\n1,x\n2,y",
    "empty lines": "a,b\n\n1,x\n  \n\t\n2,y\n\n\n",
    "mark": "\ufeffa,b\n1,2\n",
    "gaps": "a,b,c,d\n1,,NA,?\n,2.5,n/a,x\nNaN,null,#N/A,-nan\n",
    "spaces": "a,b,c\n 1 , 2.5, x \n2,\t3 , NA\n",
    "unicode": "größe,名前\n1,東京\n2,Zürich 😀\n",
    "bool": "a,b,c,d\ntrue,True,1,yes\nFALSE,,true,no\n",
    "integers": "a,b,c,d,e,f\n127,128,-129,32768,2147483648,9223372036854775808\n-128,0,1,0,0,0\n",
    "edges": "a,b\n-9223372036854775808,18446744073709551615\n9223372036854775807,1\n",
    "huge": "a,b,c\n18446744073709551616,18446744073709551616,9223372036854775808\n1,1.5,-1\n",
    "zero with a sign and gaps": "a,b\n-0,1\nNA,2\n0,-0\n",
    "zeros": "a,b,c\n007,-0,-0\n08,0,0.0\n",
    "reals": "a,b,c,d,e\n1e400,-1e400,1e-400,.5,5.\n4.9e-324,1.7976931348623157e308,2.2250738585072011e-308,1E+5,+0.1\n",
    "not numbers": "a,b,c,d,e,f,g\n0x10,1e,1_000,--1,1.2.3,1e5x,.\n1,1,1,1,1,1,1\n",
    "infinite": "a,b\ninf,-Infinity\n1,+INF\n",
    "one column": "a\n1\n\n2\n",
    "semicolons": "a;b\n1,5;2\n2,5;3\n",
    "tabs": "a\tb\n1\t2,3\n2\t3\n",
    "bars": "a|b\n1|x,y\n2|\n",
    "only a header": "a,b\n",
    "all gaps": "a,b\n1,\n2,NA\n",
}


def nasty(folder):
    for what, text in NASTY.items():
        delimiter = {"semicolons": ";", "tabs": "\t", "bars": "|"}.get(what, ",")
        rows = rows_of(text.lstrip("\ufeff"), delimiter)
        columns = [column(fields) for fields in zip(*rows[1:])] if len(rows) > 1 else [numpy.zeros(0)] * len(rows[0])
        compare(folder, text, rows[0], columns)
    compare(folder, 'a\n1\n\n""\n', ["a"], [numpy.array([1, math.nan])])


def numbers(folder):
    """pandas reads the same numbers."""
    rng = numpy.random.default_rng(SEED)
    n = 2000
    frame = pandas.DataFrame({"real": rng.normal(size=n) * 10.0**rng.integers(-30, 30, n), "single": rng.normal(size=n).astype("f4"),
                              "integer": rng.integers(-2**63, 2**63 - 1, n), "small": rng.integers(0, 100, n), "flag": rng.random(n) < 0.5,
                              "gaps": numpy.where(rng.random(n) < 0.1, numpy.nan, rng.normal(size=n)),
                              "text": rng.choice(["a", "b b", "c,c", 'd"d', "e\ne"], n)})
    text = frame.to_csv(index=False)
    wanted = pandas.read_csv(io.StringIO(text), float_precision="round_trip")
    arrays = stored(convert(folder, text))
    checks.equal(list(arrays), list(wanted), "names beside pandas")
    for name in wanted:
        same_values = numpy.array_equal(arrays[name], wanted[name].to_numpy(), equal_nan=name in ("real", "gaps", "single"))
        checks.that(same_values, f"column {name} beside pandas: {arrays[name][:5]} {wanted[name][:5]}")


def rounded(folder):
    """Whole numbers that float64 cannot hold are told of, whichever rows come first; not where fractions stand among them."""
    source, table = os.path.join(folder, "t.csv"), os.path.join(folder, "t.h5")
    big, wide = "9007199254740993", ",".join(f"c{i}" for i in range(70))
    for text, words in [(f"a,b\n{big},1\nNA,2\n", "a: has gaps"), (f"a,b\n{big},1\n1.5,2\n", ""), (f"a,b\n1.5,1\n{big},2\n", ""),
                        (f"a,b\n{big},1\n1,2.5\n", ""), (f"{wide}\n{big}{',1' * 69}\n", ""),
                        (f"{wide}\n{big}{',1.5' * 69}\n", "c0: lies in one dataset with other columns")]:
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        result = winnow(PROGRAM, ["convert", source, "-o", table])
        told = [line for line in result.stderr.splitlines() if "rounded to float64" in line]
        checks.that(len(told) == bool(words) and all(words in line for line in told), f"digits lost in {text[:40]!r}: {result.stderr}")


def long_heads(folder):
    """A first row of more bytes than are looked at first, of which most are lines within quotes."""
    for delimiter in ",;":
        for first in (delimiter.join(["1", '"' + "x\n" * 200000 + '"']), delimiter.join(["1", '"' + "x" * 400000 + '"'])):
            text = first + f"\n2{delimiter}y\n"
            arrays = stored(convert(folder, text, "--header", "no"))
            rows = rows_of(text, delimiter)
            checks.that(list(arrays["column0"]) == [1, 2] and list(arrays["column1"]) == [row[1] for row in rows], "a long first row")


def random_field(rng):
    kind = rng.randrange(7)
    if kind == 0:
        return rng.choice(sorted(GAPS))
    if kind == 1:
        return str(rng.randrange(-10**rng.randrange(1, 21), 10**rng.randrange(1, 21)))
    if kind == 2:
        return repr(rng.uniform(-1, 1) * 10.0**rng.randrange(-320, 308))
    if kind == 3:
        return rng.choice(["true", "false", "inf", "-inf", "1e999", "-0", "00", "0x1", "1e+", "+", "-", "."])
    return "".join(rng.choice('ab1.,;"\n\r \té日') for _ in range(rng.randrange(rng.choice([3, 30, 300]))))


def quoted(field, always):
    needs = always or field.startswith('"') or any(c in field for c in ',\r\n')
    return '"' + field.replace('"', '""') + '"' if needs else field


def random_tables(folder):
    rng = random.Random(SEED)
    for _ in range(40):
        n_columns = rng.choice([1, 2, 3, 9, 70])
        kinds = [rng.randrange(3) for _ in range(n_columns)]
        rows = [[random_field(rng) if kind == 0 else str(rng.randrange(300)) if kind == 1 else repr(rng.gauss(0, 1)) for kind in kinds]
                for _ in range(rng.randrange(2, 60))]
        names = [f"c {i}" for i in range(n_columns)]
        if n_columns == 1:  # whose empty fields the csv module cannot tell from empty lines
            rows = [row if row[0].strip(" \t") else ["x"] for row in rows]
        share, line_end = rng.choice([0, 0.3, 1]), rng.choice(["\n", "\r\n", "\r"])
        text = line_end.join(",".join(quoted(field, rng.random() < share) for field in row) for row in [names] + rows) + line_end
        wanted = rows_of(text, ",")[1:]
        if not wanted:
            continue
        columns = [column(fields) for fields in zip(*wanted)]
        if sum(c.dtype != object for c in columns) > 64:
            is_number = [c.dtype != object for c in columns]
            kinds = {c.dtype for c, number in zip(columns, is_number) if number}
            joined = numpy.dtype("f8") if numpy.dtype("f8") in kinds else column([str(v) for c in columns if c.dtype != object for v in c]).dtype
            columns = [c.astype(joined) if number else c for c, number in zip(columns, is_number)]
            order = [i for i, number in enumerate(is_number) if not number] + [i for i, number in enumerate(is_number) if number]
            arrays = stored(convert(folder, text, "--header", "yes", "--delimiter", ","))
            for i in order:
                checks.that(same(arrays[names[i]], columns[i]), f"column {i} of a wide table: {arrays[names[i]]!r} {columns[i]!r}")
            continue
        compare(folder, text, names, columns, "--header", "yes", "--delimiter", ",")


def headers(folder):
    for text, names, options in [
            ("1,2\n3,4\n", ["column0", "column1"], []),
            ("x,2\ny,4\n", ["column0", "column1"], []),
            ("id,2019,2020\n1,2,3\n", ["id", "2019", "2020"], []),
            ("1,2\n3,4\n", ["1", "2"], ["--header", "yes"]),
            ("a,b\nc,d\n", ["column0", "column1"], ["--header", "no"]),
            (" a , a,a.1,, km/h ,.\n1,2,3,4,5,6\n", ["a", "a.1", "a.1.1", "Unnamed: 3", "km_h", "_"], []),
            ("a:b\n1:2\n", ["a", "b"], ["--delimiter", ":"]),
            ("a\tb\n1\t2\n", ["a", "b"], ["--delimiter", "tab"])]:
        arrays = stored(convert(folder, text, *options))
        checks.equal(sorted(arrays), sorted(names), f"names of {text!r} {options}")


FAR = "a,b\n" + "1,22222\n" * 40000  # beyond what is looked at first


def errors(folder):
    for text, words, more in [
            ("", "is empty", {}),
            ("\n \n", "is empty", {}),
            ("a,b\n1,2\n3\n", ":3: 1 field instead of 2", {}),
            ("a,b\n1,2\n\n\"x\ny\",2,3\n", ":4: 3 fields instead of 2", {}),
            ("a,b\r\n1,2\r\n3,4,\r\n", ":3: 3 fields instead of 2", {}),
            ("a,b\n1,2\n3,\"open\n4,5\n", ":3: a quote that opens in this row is not closed", {}),
            ('"a,b\n1,2\n3,4\n', ":1: its first line does not end", {}),
            ('\n\na,"b\n1,2\n3,4\n', ":3: its first line does not end", {}),
            ("a,b\n1,2\n3,\0\n", ":3: is not text: it holds a zero byte", {}),
            (FAR + "3,\0\n", ":40002: holds a zero byte", {}),
            (FAR + "3,4\x005\n", ":40002: holds a zero byte", {}),
            (FAR + '3,"x\0y"\n', ":40002: holds a zero byte", {}),
            ("\na,é\n1,2\n", ":2: the name of column 2 is not UTF-8", {"encoding": "latin-1"}),
            ("a,b\n1,2\n3,é\n", ":3: is not UTF-8", {"encoding": "latin-1"}),
            ("a,b\n1,2\n", "is UTF-16", {"encoding": "utf-16"})]:
        message = convert(folder, text, status=65, **more)
        checks.that(words in message and "t.csv" in message, f"{text[-60:]!r}: {message}")
        checks.that(message.count("winnow: ") == 1, f"one line of cause: {message}")
    checks.that(sorted(os.listdir(folder)) == ["t.csv"], f"failures leave nothing: {os.listdir(folder)}")
    for name in ["t.csv.zst", "t.npz", "t.parquet"]:
        convert(folder, "a,b\n1,2\n", name=name, status=69)
    for option in [["--header", "maybe"], ["--delimiter", "1"], ["--delimiter", ",,"], ["--delimiter", '"']]:
        convert(folder, "a,b\n1,2\n", *option, status=2)


def several(folder):
    paths = []
    for name, text in [("1.csv", "a,b\n1,x\n"), ("2.csv", "a,b\n"), ("3.csv", "\ufeffa,b\r\n2.5,yy\r\n300,\r\n"), ("4.csv", "a,c\n1,x\n"), ("5.csv", "1,2,3\n")]:
        paths.append(os.path.join(folder, name))
        with open(paths[-1], "w", encoding="utf-8", newline="") as file:
            file.write(text)
    table = os.path.join(folder, "t.h5")
    checks.equal(winnow(PROGRAM, ["convert", "-q", *paths[:3], "-o", table]).returncode, 0, "several files")
    arrays = stored(table)
    checks.that(same(arrays["a"], numpy.array([1, 2.5, 300])) and list(arrays["b"]) == ["x", "yy", ""], f"several files: {arrays}")
    for other, words in [(paths[3], "column 2 is 'c'"), (paths[4], "has 3 fields")]:
        result = winnow(PROGRAM, ["convert", "-q", paths[0], other, "-o", table])
        checks.that(result.returncode == 65 and words in result.stderr and other in result.stderr, f"other columns: {result.stderr}")
    result = winnow(PROGRAM, ["convert", "-q", paths[0], os.path.join(folder, "none.csv"), "-o", table])
    checks.equal(result.returncode, 66, "no such file")
    result = winnow(PROGRAM, ["convert", "-q", paths[0], "-o", paths[0]])
    checks.equal(result.returncode, 73, "the output is a source")


def packed(folder):
    plain, damaged, table = (os.path.join(folder, name) for name in ("t.CSV.GZ", "d.csv.gz", "t.h5"))
    text = "a,b\n" + "".join(f"{i},t{i % 3}\n" for i in range(100000))
    whole = gzip.compress(text.encode())
    for n in (0, 2):
        with open(plain, "wb") as file:
            file.write(whole)
        result = winnow(PROGRAM, ["convert", "-q", plain, "-o", table], n)
        checks.equal((result.returncode, result.stderr), (0, ""), "a packed file")
        arrays = stored(table)
        checks.that(same(arrays["a"], numpy.arange(100000, dtype="i4")) and arrays["b"][4] == "t1", "a packed table")
    os.remove(table)
    for bad in (whole[:1000], whole[:-4], whole[:500] + b"x" + whole[501:], whole[:-8] + bytes(8)):
        with open(damaged, "wb") as file:
            file.write(bad)
        result = winnow(PROGRAM, ["convert", "-q", damaged, "-o", table])
        checks.that(result.returncode == 65 and "d.csv.gz: truncated or damaged" in result.stderr, f"a damaged packed file: {result}")
    checks.equal(sorted(os.listdir(folder)), ["d.csv.gz", "t.CSV.GZ"], "what was unpacked is gone")
    first, more = gzip.compress(b"a,b\n1,2\n"), gzip.compress(b"3,4\n")
    for bytes_of, n_rows in [(first + more, 2), (first + more + bytes(100), 2), (first + b"\x1f\x8c" + more[2:], 0), (first + b"3,4\n", 0),
                             (first + more[:12], 0), (b"a,b\n1,2\n", 0), (b"", 0)]:
        with open(damaged, "wb") as file:
            file.write(bytes_of)
        result = winnow(PROGRAM, ["convert", "-q", damaged, "-o", table])
        checks.equal(result.returncode, 0 if n_rows else 65, f"joined packed files of {len(bytes_of)} bytes: {result.stderr}")
        checks.that(n_rows == 0 or list(stored(table)["a"]) == [1, 3], "the rows of all packed files that are joined")
        if n_rows:
            os.remove(table)


def not_files(folder):
    """Directories, pipes and devices are told at once; nobody writes to the pipes."""
    for name in ("d.csv", "d.csv.gz", "d-idx", "d-idx.gz"):
        os.mkdir(os.path.join(folder, name))
        os.mkfifo(os.path.join(folder, "p" + name))
    for name in [*os.listdir(folder), "/dev/null"]:
        result = winnow(PROGRAM, ["convert", os.path.join(folder, name), "-o", os.path.join(folder, "t.h5")], timeout=20)
        checks.that(result.returncode == 65 and "is not a regular file" in result.stderr, f"{name}: {result}")
    source = os.path.join(folder, "t.csv")
    with open(source, "w", encoding="utf-8") as file:
        file.write("a,b\n1,2\n")
    os.link(source, os.path.join(folder, "again.h5"))
    os.symlink(source, os.path.join(folder, "symbolic.h5"))
    for output in ("again.h5", "symbolic.h5", "d.csv", "none/t.h5", "t.csv/t.h5", "/proc/t.h5"):
        result = winnow(PROGRAM, ["convert", source, "-o", os.path.join(folder, output)])
        checks.that(result.returncode == 73 and result.stderr.count("winnow: ") == 1, f"an output that cannot be: {result}")
    checks.equal(open(source, encoding="utf-8").read(), "a,b\n1,2\n", "a source that was named as output")


def large(folder):
    """Numbers, fields, headers and rows far beyond the usual."""
    digits = "7" * 3000000
    arrays = stored(convert(folder, f"a,b,c,d\n1,{digits},0.{digits}e5,1e{digits}\n2,3,4,5\n"))
    checks.that(list(arrays["b"]) == [digits, "3"] and arrays["c"][0] == float("0.7777777777777777777777e5") and list(arrays["d"]) == [math.inf, 5],
                "numbers of millions of digits")
    field = "x,\n" * 3000000
    arrays = stored(convert(folder, f'a,b\n1,y\n2,"{field}"\n3,z\n'))
    checks.that(list(arrays["a"]) == [1, 2, 3] and list(arrays["b"]) == ["y", field, "z"], "a field of 12 MB and millions of lines")
    n = 100000
    for name in ("column_", ""):
        names = [f"{name}{i if name else ''}" for i in range(n)]
        with h5py.File(convert(folder, ",".join(names) + "\n" + ",".join(map(str, range(n))) + "\n", "--header", "yes"), "r") as file:
            wanted = names if name else [f"Unnamed: {i}" for i in range(n)]
            checks.that(numpy.array_equal(file["x"][0], numpy.arange(n)) and list(file["x"].attrs["columns"]) == wanted, "100,000 columns")
    message = convert(folder, "a" * 65 * 2**20 + ",b\n1,2\n", status=65)
    checks.that(":1: its first line does not end within 64 MiB" in message, f"a header of 65 MiB: {message}")


def full_disk(folder):
    """A file may not grow beyond a limit, wherever that is met: status 74, and nothing is left."""
    source, table = os.path.join(folder, "t.csv"), os.path.join(folder, "t.h5")
    with open(source, "w", encoding="utf-8") as file:
        file.write("i,x,t,long\n" + "".join(f"{i},{i / 7},t{i % 5},{'z' * (i % 2 * 100)}\n" for i in range(3000)))
    for limit in (0, 1, 100, 1000, 5000, 20000, 100000):
        def set_limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        result = subprocess.run([PROGRAM, "convert", "-q", source, "-o", table], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                restore_signals=False, preexec_fn=set_limit, check=False)
        checks.equal((result.returncode, os.listdir(folder)), (74, ["t.csv"]), f"files of at most {limit} bytes: {result.stderr}")


def ranks(folder):
    """Several MiB, so that there are several pieces; types that only the last rows tell; long texts."""
    rng = random.Random(SEED)
    lines = ["i,x,t,long"] + [f'{i % 100},{rng.random()},"t,\n{i % 7}",{"z" * rng.choice([1, 2, 300])}' for i in range(60000)]
    late = lines + ["1000,NA,end,x"]
    for rows in (lines, late):
        text = "\n".join(rows) + "\n"
        tables = []
        for n in (0, 1, 2, 3):
            with open(convert(folder, text, ranks=n), "rb") as file:
                tables.append(file.read())
        checks.that(all(table == tables[0] for table in tables), "the same bytes at any number of ranks")
    arrays = stored(os.path.join(folder, "t.h5"))
    rows = rows_of(text, ",")
    for name, fields in zip(rows[0], zip(*rows[1:])):
        checks.that(same(arrays[name], column(fields)), f"column {name} of a large table")


for test in (nasty, numbers, rounded, long_heads, random_tables, headers, errors, several, packed, not_files, large, full_disk, ranks):
    with tempfile.TemporaryDirectory() as place:
        test(place)
checks.close()
