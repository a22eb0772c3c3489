"""How many of the columns that tell of the label each method finds, on tables whose truth is known (docs/generate.md), and whether the
consensus is as good as the methods: at least the median one, and near the best. The tables were fixed before any result was seen."""

import itertools
import json
import os
import sys

import h5py
import numpy

from winnow_runs import Checks, scratch, winnow, write_text

N_INFORMATIVE, N_REDUNDANT = 12, 6
JOB = """
input: {{files: ["{table}/*.h5"], label: label}}
clean: {{missing: median}}
normalize: {{method: standard}}
rank: {{methods: {methods}, keep: {keep}, consensus: {rule}}}
"""
RULES = ("mean_rank", "borda", "intersection")


def make_table(program, directory, seed):
    """Table number `seed`: odd ones are regressions, every second pair has columns that follow informative ones closely."""
    table = os.path.join(directory, f"table{seed}")
    options = ["--rows", "3000", "--columns", "60", "--informative", str(N_INFORMATIVE), "--noise", "0.1", "--missing", "0.02", "--seed", str(seed),
               "--redundant", str(N_REDUNDANT if seed % 4 >= 2 else 0), "--correlation", "0.97"]
    options += ["--regression"] if seed % 2 else ["--classes", str(2 + seed // 2 % 4), "--separation", "1.5"]
    done = winnow(program, ["generate", "-q", "-o", table, *options])
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    with open(os.path.join(table, "truth.json"), encoding="utf-8") as file:
        columns = json.load(file)["columns"]
    tells = {column["name"]: column["name"] for column in columns if column["kind"] == "informative"}
    tells.update({column["name"]: column["of"] for column in columns if column["kind"] == "redundant"})
    return table, [tells.get(column["name"]) for column in columns]


def recall(tells, chosen):
    """The share of informative columns that are among the chosen, themselves or by one that follows them."""
    return len({tells[i] for i in chosen if tells[i] is not None}) / N_INFORMATIVE


def recalls(program, directory, seed, methods):
    """Of each method's best columns, as many as are informative, and of what each rule selects."""
    table, tells = make_table(program, directory, seed)
    found = {}
    for rule in RULES:
        job = write_text(os.path.join(directory, "job.yaml"), JOB.format(table=table, methods=f"[{', '.join(methods)}]", keep=N_INFORMATIVE, rule=rule))
        out = os.path.join(directory, f"out{seed}-{rule}")
        done = winnow(program, ["run", "-q", job, "--out", out])
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        with h5py.File(os.path.join(out, "recipe.h5")) as file:
            found[rule] = recall(tells, file["selected"][()].astype(int))
            for method in methods:
                order = numpy.argsort(-file["ranking"][method][()], kind="stable")
                found[method] = recall(tells, order[:N_INFORMATIVE])
    return found


def tell(found, what):
    mean = {name: float(numpy.mean([table[name] for table in found])) for name in found[0]}
    print(f"recall of {N_INFORMATIVE} informative columns over {len(found)} tables{what}: "
          + ", ".join(f"{name} {value:.3f}" for name, value in mean.items()))
    return mean


def judge(checks, found, methods, rules):
    """Means over the tables."""
    mean = tell(found, "")
    median, best = float(numpy.median([mean[method] for method in methods])), max(mean[method] for method in methods)
    for rule in rules:
        checks.that(mean[rule] >= median, f"{rule}: {mean[rule]:.3f}, the median method {median:.3f}")
        checks.that(mean[rule] >= best - 0.02, f"{rule}: {mean[rule]:.3f}, the best method {best:.3f}")


def main():
    program, n_tables = sys.argv[1], int(sys.argv[2])
    methods = sys.argv[3].split(",")
    checks = Checks()
    with scratch() as directory:
        found = [recalls(program, directory, seed, methods) for seed in itertools.islice(itertools.count(1), n_tables)]
        for seed, table in enumerate(found, 1):
            print(f"table {seed}: " + ", ".join(f"{name} {value:.2f}" for name, value in table.items()))
        for redundant, what in ((False, " without redundant columns"), (True, " with redundant columns")):
            tell([table for seed, table in enumerate(found, 1) if (seed % 4 >= 2) == redundant], what)
        judge(checks, found, methods, RULES)
    checks.close()


if __name__ == "__main__":
    main()
