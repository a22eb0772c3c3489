"""winnow convert of JSON lines beside Python's json module and pandas.json_normalize: random tables, types, nested objects, gaps, errors with
their lines, real mails, and the same bytes at any number of ranks.

    oracle_json.py WINNOW [SEED]
"""

import gzip
import json
import math
import os
import random
import sys
import tempfile

import h5py
import numpy
import pandas

from winnow_runs import Checks, winnow

PROGRAM = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
checks = Checks()
TYPES = [("int8", -2**7, 2**7 - 1), ("uint8", 0, 2**8 - 1), ("int16", -2**15, 2**15 - 1), ("int32", -2**31, 2**31 - 1),
         ("int64", -2**63, 2**63 - 1)]


def flat(row, prefix=""):
    """The fields of an object by name, as json_normalize names them."""
    fields = {}
    for name, value in row.items():
        name = prefix + name.replace("/", "_")
        fields.update(flat(value, name + ".") if isinstance(value, dict) else {name: value})
    return fields


def spelt(value):
    """A value of a column that holds texts too."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and abs(value) < 1e15 and value == int(value):
        return str(int(value))
    return str(value)


def column(values):
    """The array that the values of a column become."""
    there = [value for value in values if value is not None]
    kinds = {bool if isinstance(v, bool) else type(v) for v in there}
    if str in kinds or (bool in kinds and len(kinds) > 1):
        return [spelt(value) for value in values]
    if not there or len(there) < len(values) or float in kinds:
        return numpy.array([math.nan if value is None else float(value) for value in values])
    if kinds == {bool}:
        return numpy.array(values)
    kind = next(kind for kind, least, most in TYPES if least <= min(there) and max(there) <= most)
    return numpy.array(values, dtype=kind)


def wanted_table(rows):
    """Columns by name, in the order of their first appearance."""
    fields = [flat(row) for row in rows]
    names = list(dict.fromkeys(name for row in fields for name in row))
    table = {name: column([row.get(name) for row in fields]) for name in names}
    for name in names:
        if all(row.get(name) is None for row in fields) and any(other.startswith(name + ".") for other in names):
            del table[name]
    return table


def convert(folder, data, name="t.jsonl", status=0, ranks=0):
    """The message of `winnow convert`, and the path of the table."""
    source, target = os.path.join(folder, name), os.path.join(folder, name + ".h5")
    data = data if isinstance(data, bytes) else data.encode()
    with (gzip.open if name.endswith(".gz") else open)(source, "wb") as file:
        file.write(data)
    result = winnow(PROGRAM, ["convert", source, "-o", target], ranks)
    checks.equal(result.returncode, status, f"status of {data[:60]!r}: {result.stderr}")
    return result.stderr, target


def read(path):
    table = {}
    with h5py.File(path) as file:
        for name in file:
            data = file[name]
            table[name] = data.asstr()[:].tolist() if h5py.check_string_dtype(data.dtype) else data[:]
    return table


def is_same(got, wanted):
    if isinstance(wanted, list) or isinstance(got, list):
        return isinstance(wanted, list) and isinstance(got, list) and got == wanted
    return got.dtype == wanted.dtype and numpy.array_equal(got, wanted, equal_nan=got.dtype == "float64")


def compare(path, rows, what):
    got, wanted = read(path), wanted_table(rows)
    checks.equal(sorted(got), sorted(wanted), f"{what}: columns")
    for name in set(got) & set(wanted):
        checks.that(is_same(got[name], wanted[name]), f"{what}, '{name}': got {got[name]!r:.200}, wanted {wanted[name]!r:.200}")


def random_value(rng, kind, depth):
    if kind == "object" and depth < 3:
        return {rng.choice("abc"): random_value(rng, rng.choice(["integer", "text", "object", "null"]), depth + 1) for _ in range(rng.randrange(3))}
    return {"integer": lambda: rng.randrange(-2**rng.randrange(1, 63), 2**rng.randrange(1, 63)), "real": lambda: rng.uniform(-1, 1) * 10.0**rng.randrange(-300, 300),
            "bool": lambda: rng.random() < 0.5, "text": lambda: "".join(rng.choice("a\u00e9\u4e2d\U0001f600 \"\\/\n\t") for _ in range(rng.randrange(12)))}.get(kind, lambda: None)()


def random_tables(folder):
    rng = random.Random(SEED)
    for trial in range(60):
        kinds = {f"f{i}": rng.sample(["integer", "real", "bool", "text", "null", "object"], rng.randrange(1, 3)) for i in range(rng.randrange(1, 6))}
        share = rng.choice([0, 0, 0.2])
        rows = [{"id": i, **{name: random_value(rng, rng.choice(kinds[name]), 0) for name in kinds if rng.random() >= share}} for i in range(rng.randrange(1, 30))]
        text = rng.choice(["\n", "\r\n", "\n\n \n"]).join(json.dumps(row, ensure_ascii=rng.random() < 0.5) for row in rows)
        _, path = convert(folder, text, rng.choice(["t.jsonl", "t.ndjson", "t.jsonl.gz"]))
        compare(path, rows, f"table {trial}")


def shapes(folder):
    """Order of columns, stores of texts, many rows, names of nested fields beside pandas."""
    rows = [{"b": 1, "a": {"y": 2, "x": {"z": "deep"}}, "c/d": True}, {"e": None, "b": 300, "a": None, "c/d": False}]
    _, path = convert(folder, "\ufeff" + "\n".join(map(json.dumps, rows)))
    with h5py.File(path) as file:
        created = []
        file.id.links.iterate(lambda name: created.append(name.decode()), idx_type=h5py.h5.INDEX_CRT_ORDER)
        checks.equal(created, ["b", "a.y", "a.x.z", "c_d", "e"], "columns in the order of their appearance")
        checks.equal(set(file) - {"c_d"}, set(pandas.json_normalize(rows).columns) - {"c/d", "a"}, "names beside pandas")
    compare(path, rows, "nested")
    rows = [{"i": i, "short": "s" * (i % 4), "long": "l" * (100000 if i == 7000 else i % 9), "x": i / 7} for i in range(10000)]
    text = "\n".join(map(json.dumps, rows)) + "\n"
    _, path = convert(folder, text)
    compare(path, rows, "many rows")
    with h5py.File(path) as file:
        checks.equal((file["short"].dtype, h5py.check_string_dtype(file["long"].dtype).length), ("S3", None), "stores of texts")
    with open(path, "rb") as file:
        alone = file.read()
    for ranks in (1, 3):
        _, path = convert(folder, text, ranks=ranks)
        with open(path, "rb") as file:
            checks.that(file.read() == alone, f"bytes at {ranks} ranks")
    spelt_out = [{"a": 100000.0}, {"a": "text"}, {"a": -3e14}, {"a": 0.1}, {"a": 1e16}]
    _, path = convert(folder, "\n".join(map(json.dumps, spelt_out)))
    compare(path, spelt_out, "numbers beside texts")
    message, _ = convert(folder, '{"a": 9007199254740993}\n{"a": null}')
    checks.that("a: has gaps" in message, f"digits that are lost: {message}")
    wide = [{f"c{i}": i * j for i in range(3000)} for j in range(20)]
    _, path = convert(folder, "\n".join(map(json.dumps, wide)))
    compare(path, wide, "wide")


def errors(folder):
    for text, words in [("", "has no line"), ("\n \n", "has no line"), ("{}\n{}", "empty"), ('{"a": 1}\n[1]\n', ":2: is no object"), ('{"a": 1}\n\n{"a": }', ":3: "),
                        ('{"a": [1, 2]}', ":1: field 'a' is an array"), ('{"a": {"b": []}}', "field 'a.b'"), ('{"a": 1, "a": 2}', ":1: "), ('{"a": {"b": 1}, "a.b": 2}', "two fields"),
                        ('{"": 1}', "empty"), ('{".": 1}', "no such name"), ('{"a": "\\u0000"}', ":1: "), ('{"a\\u0000b": 1}', ":1: "), ('{"a": "\\ud800"}', ":1: "),
                        (b'{"a": "\xff"}', ":1: "), ('{"a": 9223372036854775808}', "integer"), ('{"a": 1e999}', ":1: "), ('{"a": NaN}', ":1: "), ('{"a": 1} {"a": 2}', ":1: "),
                        ('{"%s": 1}' % ("n" * 2000), "longer"), ("{" + ",".join(f'"k{i}": 1' for i in range(65537)) + "}", "more than 65536"),
                        ('{"a":' * 3000 + "1" + "}" * 3000, ":1: ")]:
        message, path = convert(folder, text, status=65)
        checks.that(words in message and "t.jsonl" in message, f"{text[:60]!r}: {message}")
        checks.that(message.count("winnow: ") == 1, f"one line of cause: {message}")
        checks.that(not os.path.exists(path), "failures leave nothing")
    whole = gzip.compress(b'{"a": 1}\n' * 10000)
    with open(os.path.join(folder, "cut.jsonl.gz"), "wb") as file:
        file.write(whole[:len(whole) // 2])
    result = winnow(PROGRAM, ["convert", file.name, "-o", os.path.join(folder, "cut.h5")])
    checks.equal((result.returncode, "cut.jsonl.gz" in result.stderr), (65, True), "gzip cut short")
    result = winnow(PROGRAM, ["convert", os.path.join(folder, "none.jsonl"), "-o", os.path.join(folder, "x.h5")])
    checks.equal(result.returncode, 66, "no such file")


def several(folder):
    paths, rows = [], [{"a": 1}, {"a": 2, "b": "x"}, {"b": "y", "a": 3.5}]
    for i, row in enumerate(rows):
        paths.append(os.path.join(folder, f"{i}.jsonl"))
        with open(paths[-1], "w", encoding="utf-8") as file:
            file.write(json.dumps(row))
    target = os.path.join(folder, "all.h5")
    checks.equal(winnow(PROGRAM, ["convert", *paths, "-o", target]).returncode, 0, "several files")
    compare(target, rows, "several files")
    with open(os.path.join(folder, "t.csv"), "w", encoding="utf-8") as file:
        file.write("a\n1\n")
    checks.equal(winnow(PROGRAM, ["convert", paths[0], file.name, "-o", target]).returncode, 2, "two formats")
    os.link(paths[0], os.path.join(folder, "same.h5"))
    checks.equal(winnow(PROGRAM, ["convert", paths[0], "-o", os.path.join(folder, "same.h5")]).returncode, 73, "onto itself")


for part in (random_tables, shapes, errors, several):
    with tempfile.TemporaryDirectory() as directory:
        part(directory)
checks.close()
