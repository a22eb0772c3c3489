"""report.html of whole runs: tags balance, nothing is fetched, its figures are run.json's and recipe.h5's, hostile names stay text;
runs that stop or fail have a page too."""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import h5py
import numpy

from winnow_runs import Checks, run_json, scratch, troubled_table, winnow, write_text

PROGRAM = sys.argv[1]
HOSTILE = ["<script>alert(1)</script>", "a\"b' onmouseover='x", "</td></table><img src=http://x.example/i.png>", "&lt;&amp;",
           "\u202egnp.exe", "gr\u00fc\u00df", "{{7*7}}", "--><!--", "c" * 200]
VOID = {"meta", "br", "hr", "img", "link", "input"}
FETCHING = {"src", "srcset", "href", "action", "data", "poster", "background", "style", "formaction", "xlink:href"}

JOB = """
seed: 2
memory: 1GiB
input: {{files: [{table}], label: kind, split: {{validation: 0.2, test: 0.2}}}}
clean: {{missing: median, outliers: {{rule: iqr, limit: 3, action: clip}}, duplicates: drop}}
normalize: {{method: standard}}
rank: {{methods: [variance, anova, mutual_information, random_forest], keep: 0.8, forest: {{trees: 5, depth: 4}}}}
reduce: {{method: pca, components: 5}}
train: {{model: {{type: mlp, hidden: [16]}}, epochs: 4, batch: 64}}
compress: {{while_training: true, metric: accuracy, tolerance: 0.05, plan: auto, trials: 6}}
output: {{directory: {out}}}
"""

checks = Checks()


class Page(HTMLParser):
    """Cells of tables and facts by section, as text and as exact values; complains of tags that do not balance."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.open, self.section, self.term = [], "", None
        self.tables, self.facts, self.links, self.tags = {}, {}, [], set()
        self.text = ""
        with open(path, encoding="utf-8") as file:
            self.source = file.read()
        self.feed(self.source)
        self.close()
        checks.equal(self.open, [], "tags left open")

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            self.section = attributes["id"]
        for name, value in attributes.items():
            checks.that(not name.startswith("on"), f"<{tag} {name}>: a script")
            if name in FETCHING:
                self.links.append((tag, name, value))
        if tag == "table":
            self.tables.setdefault(self.section, []).append([])
        if tag == "tr":
            self.tables[self.section][-1].append([])
        if tag in ("td", "th"):
            self.tables[self.section][-1][-1].append("")
        if tag == "dt":
            self.term = ""
        if tag == "dd":
            self.facts[(self.section, self.term)] = ""
        if tag == "data":
            self.add(attributes["value"])

    def handle_endtag(self, tag):
        checks.that(bool(self.open) and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}")
        if self.open:
            self.open.pop()

    def handle_data(self, data):
        self.text += data
        if "data" not in self.open:
            self.add(data)

    def add(self, text):
        if self.open[-1:] == ["dt"]:
            self.term += text
        elif "dd" in self.open:
            self.facts[(self.section, self.term)] += text
        elif "td" in self.open or "th" in self.open:
            self.tables[self.section][-1][-1][-1] += text

    def rows(self, section, table=0):
        """The rows of a table below their headings, by the first cell."""
        return {row[0]: row[1:] for row in self.tables[section][table][1:]}


def check_offline(page):
    checks.equal(page.tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "svg"}, set(), "tags that fetch or run")
    checks.that(all(value.startswith("#") for _, _, value in page.links), f"the page leads out: {page.links}")
    style = page.source[page.source.index("<style>"):page.source.index("</style>")]
    checks.that("url(" not in style and "@import" not in style, "the style fetches something")
    checks.that("position: sticky" in style and "overflow: auto" in style, "headings stay in sight in tables that scroll within the page")
    checks.that("prefers-color-scheme: dark" in style and 'name="viewport"' in page.source, "dark, and small screens")
    ids = {section for section in page.tables} | {section for section, _ in page.facts}
    for _, _, value in page.links:
        checks.that(f'id="{value[1:]}"' in page.source, f"{value} is nowhere, of {ids}")


def shown(text):
    """How the page has a text: what would turn its direction is replaced."""
    return text.replace("\u202e", "\ufffd")


def number(text):
    return {"\u2013": float("nan"), "\u221e": float("inf"), "\u2212\u221e": float("-inf")}.get(text) if not text[-1:].isdigit() else float(text)


def check_figures(page, run):
    rows = page.rows("rows")
    for name in ("read", "kept", "validation", "test", "leaked"):
        checks.equal(int(rows[name][0]), run["rows"][name], f"rows {name}")
    checks.equal(int(rows["training"][0]), run["rows"]["train"], "training rows")
    for name in run["rows"]["dropped"]:
        checks.equal(int(rows["dropped: " + name.replace("_", " ")][0]), run["rows"]["dropped"][name], f"dropped {name}")
    metrics = page.rows("metrics")
    heads = page.tables["metrics"][0][0][1:]
    for model, name in (("baseline", "Baseline"), ("dense", "Full model"), ("compressed", "Compressed model")):
        for head, cell in zip(heads, metrics[name]):
            checks.equal(float(cell), float(run["metrics"][model][head]), f"{model} {head}")
    for i, model in enumerate(("baseline", "dense", "compressed")):
        classes, confusion = page.rows("metrics", 1 + 2 * i), page.rows("metrics", 2 + 2 * i)
        for k, entry in enumerate(run["metrics"][model]["per_class"]):
            checks.equal([float(cell) for cell in classes[str(k)]], [entry[m] for m in ("precision", "recall", "f1")], f"{model} class {k}")
        checks.equal([[int(cell) for cell in row] for row in confusion.values()], run["metrics"][model]["confusion"], f"{model} confusion")
    trials = page.tables["compression"][0][1:]
    checks.equal([(row[0], int(row[2])) for row in trials], [(t["plan"], t["bytes"]) for t in run["compression"]["trials"]], "trials")
    accepted = [row[0] for row in trials if row[-1] == "accepted"]
    checks.equal(accepted, run["compression"]["plan"] if run["compression"]["accepted"] else [], "the trial that was accepted")
    checks.equal(int(page.facts["compression", "Compressed, all of it"]), run["compression"]["compressed_bytes"], "compressed bytes")
    checks.equal(float(page.facts["compression", "Ratio"]), run["compression"]["ratio"], "ratio")
    for name, value in {**run["fingerprints"], **run["objectives"]}.items():
        shown = page.facts["numbers", name]
        checks.equal(shown if isinstance(value, str) else float(shown), value, name)
    epochs = page.tables["training"][0][1:]
    checks.equal([float(row[1]) for row in epochs], [epoch["loss"] for epoch in run["train"]["epochs"]], "losses")


def check_stages(page, run):
    rows = page.tables["stages"][0][1:]
    checks.equal([row[0] for row in rows], [stage["name"] for stage in run["stages"]], "stages")
    for row, stage in zip(rows, run["stages"]):
        by_rank = stage["rank_bytes_read"]
        wanted = [stage["seconds"], stage["rows"], stage["passes"], stage["bytes_read"]]
        wanted += [stage[key][of] for key in ("rank_seconds", "wait_seconds") for of in ("min", "mean", "max")]
        got = [float(cell) for cell in row[2:]]
        checks.equal(got[:10], [float(value) for value in wanted], f"stage {stage['name']}")
        for cell, value in zip(got[10:], (min(by_rank), sum(by_rank) / len(by_rank), max(by_rank))):
            checks.near(cell, value, 0.5, f"bytes of stage {stage['name']}")
    by_rank = page.tables["stages"][1]
    checks.equal(by_rank[0], ["Rank", *[stage["name"] for stage in run["stages"]], "all stages"], "stages by rank")
    checks.equal(len(by_rank) - 1, run["ranks"], "ranks, one by one")
    for rank, row in enumerate(by_rank[1:]):
        wanted = [stage["rank_bytes_read"][rank] for stage in run["stages"]]
        checks.equal([int(cell) for cell in row], [rank, *wanted, sum(wanted)], f"bytes of rank {rank}")


def check_recipe(page, out, names):
    with h5py.File(os.path.join(out, "recipe.h5")) as file:
        columns = {name: file["columns"][name][:] for name in ("missing", "outliers", "mean", "std", "min", "median", "max", "lower", "upper", "fill")}
        kinds = [kind.decode() for kind in file["columns/kind"][:]]
        scores = {name: file["ranking"][name][:] for name in file["ranking"] if name != "reason"}
        reasons = file["ranking/reason"][:].astype(str)
        selected = set(file["selected"][:])
    table = page.tables["columns"][0]
    checks.equal([row[0] for row in table[1:]], names, "names of the columns, as text")
    for i, row in enumerate(table[1:]):
        checks.equal(row[1], kinds[i], f"kind of column {i}")
        for name, cell in zip(columns, row[2:]):
            same = numpy.array_equal(number(cell), float(columns[name][i]), equal_nan=True)
            checks.that(same, f"{name} of column {i}: {cell} is not {columns[name][i]}")
    ranking = page.tables["ranking"][0]
    order = numpy.argsort(scores["consensus"], kind="stable")
    checks.equal([row[0] for row in ranking[1:]], [names[i] for i in order], "features, best first")
    told = run_json(out)["rank"]["random_forest"]
    checks.that(0.5 < told["out_of_bag"] <= 1 and 0 < told["out_of_bag_rows"], f"what is told of the forest: {told}")
    words = f"random_forest: {told['trees']} trees; out of bag, {told['metric']} of {told['out_of_bag_rows']} rows is {told['out_of_bag']:.4f}."
    checks.that(words in page.text, f"the page lacks {words!r}")
    for i, row in zip(order, ranking[1:]):
        checks.equal(row[1], "kept" if i in selected else "dropped", f"feature {i}")
        checks.equal(row[2], reasons[i], f"why feature {i} stays or goes")
        for head, cell in zip(ranking[0][3:], row[3:]):
            checks.equal(number(cell), float(scores[head][i]), f"{head} of feature {i}")


def whole_run(directory):
    table, out = os.path.join(directory, "t.h5"), os.path.join(directory, "run")
    troubled_table(table, 900, n_columns=len(HOSTILE))
    with h5py.File(table, "r+") as file:
        file["x"].attrs["columns"] = HOSTILE
    job = write_text(os.path.join(directory, "hostile.yaml"), JOB.format(table=table, out=out))
    done = winnow(PROGRAM, ["run", job, "-q", "--set", "name=\"<b>&amp;<i>\""], 2)
    checks.equal(done.returncode, 0, f"the run ({done.stderr[-500:]})")
    path = os.path.join(out, "report.html")
    checks.that(f"RESULT report={path} path" in done.stdout, "the RESULT line names the page")
    page, run = Page(path), run_json(out)
    check_offline(page)
    checks.that("<h1>&lt;b&gt;&amp;amp;&lt;i&gt;</h1>" in page.source, "the job's name stays text")
    check_figures(page, run)
    check_stages(page, run)
    check_recipe(page, out, [shown(name) for name in HOSTILE])
    again = winnow(PROGRAM, ["report", out])
    checks.equal((again.returncode, again.stdout, again.stderr), (0, path + "\n", ""), "winnow report")
    with open(path, encoding="utf-8") as file:
        checks.that(file.read() == page.source, "winnow report makes the same page")
    return job, out


def without_parts(directory, out):
    """Files that are missing or damaged, and what is no run."""
    copy = os.path.join(directory, "copy")
    shutil.copytree(out, copy)
    with open(os.path.join(copy, "recipe.h5"), "r+b") as file:
        file.seek(3000)
        file.write(b"damage")
    os.remove(os.path.join(copy, "run.json"))
    os.remove(os.path.join(copy, "job.yaml"))
    done = winnow(PROGRAM, ["report", copy])
    checks.equal(done.returncode, 0, f"a report without parts ({done.stderr})")
    page = Page(os.path.join(copy, "report.html"))
    for words in ("was killed", "There is no recipe to show", "job.yaml cannot be read"):
        checks.that(words in page.text, f"the page lacks {words!r}")
    for path, status in ((os.path.join(directory, "nowhere"), 66), (directory, 73), (os.path.join(out, "run.json"), 73)):
        done = winnow(PROGRAM, ["report", path])
        checks.equal((done.returncode, done.stderr.count("\n")), (status, 1), f"winnow report {path}")


def goes_on(page, out):
    """The page's own command ends the run, whatever the words in it."""
    command = run_json(out)["go_on"]
    checks.that(f"How to go on: {command}" in page.text, "the page has the command of run.json")
    environment = {**os.environ, "PATH": f"{os.path.dirname(PROGRAM)}:{os.environ['PATH']}", "OMPI_MCA_rmaps_base_oversubscribe": "1"}
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, timeout=120, check=False)
    checks.equal(done.returncode, 0, f"{command}: {done.stderr[-500:]}")
    checks.equal((run_json(out)["status"], run_json(out)["attempts"], run_json(out)["ranks"]), ("done", 2, 2), "the run that went on")
    os.remove(os.path.join(out, "run.json"))  # as if it had been killed
    winnow(PROGRAM, ["report", out])
    command = re.search(r"If it was killed, how to go on: (winnow run .*?) in the directory", Page(os.path.join(out, "report.html")).text).group(1)
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, timeout=120, check=False)
    checks.equal(done.returncode, 0, f"{command}: {done.stderr[-500:]}")
    checks.that(all(stage["reused"] for stage in run_json(out)["stages"] if stage["name"] in ("train", "compress")), "what is done is reused")


def stopped_and_failed(directory, job):
    out = os.path.join(directory, "stopped")
    done = winnow(PROGRAM, ["run", job, "-q", "--out", out, "--max-hours", "1e-9", "--set", "name=it's \"so\""], 2)
    checks.equal((done.returncode, done.stdout), (75, ""), f"a run that stops ({done.stderr})")
    page = Page(os.path.join(out, "report.html"))
    checks.that("stopped Started again, the run goes on" in page.text, "the page says that the run stopped")
    checks.that(run_json(out)["cause"] in page.text, "the page says why")
    goes_on(page, out)
    out = os.path.join(directory, "failed")
    done = winnow(PROGRAM, ["run", job, "-q", "--out", out, "--set", "clean.missing=error"], 2)
    checks.equal((done.returncode, done.stdout), (65, ""), f"a run that fails ({done.stderr})")
    page = Page(os.path.join(out, "report.html"))
    checks.that("failed What follows" in page.text and shown(run_json(out)["cause"]) in page.text, "the page says that and why the run failed")
    check_offline(page)


with scratch() as place:
    yaml, finished = whole_run(place)
    without_parts(place, finished)
    stopped_and_failed(place, yaml)
checks.close()
