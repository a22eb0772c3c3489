"""A pass over a table that is larger than memory: `memory: 512MiB` over 2 GB and over 20 GB of float32, on one rank and its threads:

    larger.py WINNOW BENCH_READING DIRECTORY [GB]

Peak memory must not grow with the table; a pass must take hardly more than the slower of what it does at the same time. `winnow generate`
makes the 2 GB; of the larger table every file is one of those under another name (hard links), so that no more is written and the disk
need not hold it: a run reads, decodes and adds as many bytes. Files are put out of the page cache before each run, and the pass beside
reading and arithmetic alone is over the 2 GB, which the disk is read for.
"""

import glob
import json
import os
import shutil
import statistics
import subprocess
import sys

COLUMNS, RUNS = 100, 5
SMALL, LARGE = 2, 20
MEMORY = "512MiB"
JOB = """memory: {memory}
input: {{files: ['{path}/*.h5'], label: label}}
clean: {{missing: median, outliers: {{rule: iqr, limit: 3, action: clip}}}}
normalize: {{method: standard}}
"""


def make_table(program, directory, gigabytes):
    path = os.path.join(directory, f"larger-{gigabytes}")
    if not os.path.exists(os.path.join(path, "truth.json")):
        shutil.rmtree(path, ignore_errors=True)
        rows = int(gigabytes * 1e9) // (4 * COLUMNS)
        subprocess.run(["mpirun", "--oversubscribe", "-n", "2", program, "generate", "-q", "-o", path, "--rows", str(rows), "--columns",
                        str(COLUMNS), "--missing", "0.02"], check=True)
    return path


def make_links(table, directory, gigabytes):
    """A table of so many GB, all of whose files are those of another one."""
    path = os.path.join(directory, f"larger-{gigabytes}")
    shutil.rmtree(path, ignore_errors=True)
    os.mkdir(path)
    for copy in range(gigabytes // SMALL):
        for name in glob.glob(os.path.join(table, "*.h5")):
            os.link(name, os.path.join(path, f"{copy}-{os.path.basename(name)}"))
    return path


def forget(path):
    """What the page cache has of a table goes."""
    for name in glob.glob(os.path.join(path, "*.h5")):
        descriptor = os.open(name, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def run_job(program, path):
    """run.json of cleaning and normalizing the table."""
    out, job = path + "-run", path + ".yaml"
    shutil.rmtree(out, ignore_errors=True)
    with open(job, "w", encoding="utf-8") as file:
        file.write(JOB.format(memory=MEMORY, path=path))
    forget(path)
    subprocess.run([program, "run", job, "--out", out, "-q"], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(out, "run.json"), encoding="utf-8") as file:
        summary = json.load(file)
    shutil.rmtree(out)
    os.remove(job)
    return summary


def peak(program, path, gigabytes):
    summary = run_job(program, path)
    passes = ", ".join(f"{stage['name']} {stage['passes']}" for stage in summary["stages"])
    print(f"BENCH {gigabytes} GB with memory {MEMORY}: {summary['peak_rss_bytes'] / 2**20:.0f} MiB resident at most, passes {passes}, "
          f"{summary['seconds']:.0f} s", flush=True)
    return summary["peak_rss_bytes"]


def seconds(program, mode, path):
    forget(path)
    told = subprocess.run([program, mode, os.path.join(path, "*.h5"), "all", "/x"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True)
    return float(told.stdout)


def compare_pass(program, path, gigabytes):
    modes = ("profile", "blocks", "arithmetic")
    times = [[seconds(program, mode, path) for mode in modes] for _ in range(RUNS)]
    whole, reading, arithmetic = (statistics.median(side) for side in zip(*times))
    print(f"BENCH pass over {gigabytes} GB on the disk, 1 rank and its threads, over the slower of reading and arithmetic alone: "
          f"{whole / max(reading, arithmetic):.2f} x (goal 1.15; {whole:.1f} s; reading {reading:.1f}, arithmetic {arithmetic:.1f})", flush=True)


def main():
    program, reading, directory = sys.argv[1:4]
    large = int(sys.argv[4]) if len(sys.argv) > 4 else LARGE
    small_path = make_table(program, directory, SMALL)
    compare_pass(reading, small_path, SMALL)
    small_peak = peak(program, small_path, SMALL)
    large_path = make_links(small_path, directory, large)
    try:
        large_peak = peak(program, large_path, large)
    finally:
        shutil.rmtree(large_path)
    print(f"BENCH peak memory of {large} GB over that of {SMALL} GB: {large_peak / small_peak:.3f} x (goal 1.05)", flush=True)


main()
