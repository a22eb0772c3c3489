"""A pass over a table that is larger than memory: `memory: 512MiB` over 2 GB and over 10 GB of float32, on one rank and its threads:

    larger.py WINNOW BENCH_READING DIRECTORY [GB]

Peak memory must not grow with the table; a pass must take hardly more than the slower of what it does at the same time. Tables are
made by `winnow generate`; the larger one (GB, or what the disk has room for) is deleted afterwards. Files are put out of the page
cache before each run: the disk is what is read.
"""

import glob
import json
import os
import shutil
import statistics
import subprocess
import sys

COLUMNS, RUNS = 100, 3
MEMORY = "512MiB"


def make_table(program, directory, gigabytes):
    path = os.path.join(directory, f"larger-{gigabytes}")
    if not os.path.exists(os.path.join(path, "truth.json")):
        shutil.rmtree(path, ignore_errors=True)
        rows = int(gigabytes * 1e9) // (4 * COLUMNS)
        subprocess.run(["mpirun", "--oversubscribe", "-n", "2", program, "generate", "-q", "-o", path, "--rows", str(rows), "--columns",
                        str(COLUMNS), "--missing", "0.02"], check=True)
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
    out = path + "-run"
    shutil.rmtree(out, ignore_errors=True)
    job = out + ".yaml"
    with open(job, "w", encoding="utf-8") as file:
        file.write(f"memory: {MEMORY}\ninput: {{files: ['{path}/*.h5'], label: label}}\nclean: {{missing: median}}\nnormalize: {{method: standard}}\n")
    forget(path)
    subprocess.run([program, "run", job, "--out", out, "-q"], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(out, "run.json"), encoding="utf-8") as file:
        summary = json.load(file)
    shutil.rmtree(out)
    os.remove(job)
    return summary


def seconds(program, mode, path):
    forget(path)
    told = subprocess.run([program, mode, os.path.join(path, "*.h5"), "all", "/x"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True)
    return float(told.stdout)


def compare_pass(program, path, gigabytes, runs):
    modes = ("profile", "blocks", "arithmetic")
    times = [[seconds(program, mode, path) for mode in modes] for _ in range(runs)]
    whole, reading, arithmetic = (statistics.median(side) for side in zip(*times))
    print(f"BENCH pass over {gigabytes} GB on the disk, 1 rank and its threads, over the slower of reading and arithmetic alone: "
          f"{whole / max(reading, arithmetic):.2f} x ({whole:.1f} s; reading {reading:.1f}, arithmetic {arithmetic:.1f})", flush=True)


def main():
    program, reading, directory = sys.argv[1:4]
    most = float(sys.argv[4]) if len(sys.argv) > 4 else 10
    sizes = [2, int(min(most, shutil.disk_usage(directory).free / 2e9))]
    paths, peaks = [], []
    try:
        for size in sizes:
            paths.append(make_table(program, directory, size))
            summary = run_job(program, paths[-1])
            peaks.append(summary["peak_rss_bytes"])
            passes = ", ".join(f"{stage['name']} {stage['passes']}" for stage in summary["stages"])
            print(f"BENCH {size} GB with memory {MEMORY}: {peaks[-1] / 2**20:.0f} MiB resident at most, passes {passes}, "
                  f"{summary['seconds']:.0f} s", flush=True)
            compare_pass(reading, paths[-1], size, RUNS if size == 2 else 1)
        print(f"BENCH peak memory of {sizes[1]} GB over that of {sizes[0]} GB: {peaks[1] / peaks[0]:.3f} x", flush=True)
    finally:
        if len(paths) > 1:
            shutil.rmtree(paths[1])


main()
