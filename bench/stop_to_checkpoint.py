"""Seconds from USR1 to a durable checkpoint, and to the end of the run with status 75, in the training of the main job.

    stop_to_checkpoint.py WINNOW TABLE.h5
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

JOB = """
memory: 4GiB
input: {{files: [{table}], label: label, split: {{validation: 0.1}}}}
normalize: {{method: standard}}
reduce: {{method: pca, components: 64}}
train: {{model: {{type: mlp, hidden: [300, 100]}}, batch: 512, epochs: 1000, checkpoint: 1h}}
compress: {{tolerance: 0.01, epochs: 10}}
"""


def events(out, name):
    path = os.path.join(out, "events.jsonl")
    if not os.path.exists(path):
        return 0
    with open(path, encoding="utf-8") as file:
        return sum(json.loads(line)["event"] == name for line in file if line.endswith("\n"))


def stop_once(program, job, out):
    process = subprocess.Popen(["mpirun", "--oversubscribe", "-n", "2", program, "run", job, "--out", out, "-q"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    written = events(out, "checkpoint")
    epochs = events(out, "epoch") + 2
    while process.poll() is None and events(out, "epoch") < epochs:
        time.sleep(0.01)
    begin = time.monotonic()
    process.send_signal(signal.SIGUSR1)
    while process.poll() is None and events(out, "checkpoint") == written:
        time.sleep(0.0005)
    durable = time.monotonic() - begin
    if process.wait() != 75 or events(out, "checkpoint") == written:
        sys.exit(f"the run ended with status {process.returncode} instead of 75 and a checkpoint")
    return durable, time.monotonic() - begin


def main():
    program, table = sys.argv[1:]
    with tempfile.TemporaryDirectory() as directory:
        job, out = os.path.join(directory, "job.yaml"), os.path.join(directory, "run")
        with open(job, "w", encoding="utf-8") as file:
            file.write(JOB.format(table=table))
        times = [stop_once(program, job, out) for _ in range(5)]
        size = max(os.path.getsize(os.path.join(out, "checkpoints", name)) for name in os.listdir(out + "/checkpoints"))
    print(f"BENCH USR1 to a durable checkpoint of {size / 1e6:.1f} MB: {statistics.median(t[0] for t in times):.3f} s, "
          f"to the end of the run: {statistics.median(t[1] for t in times):.2f} s (median of {len(times)}, most "
          f"{max(t[0] for t in times):.3f} and {max(t[1] for t in times):.2f})")


main()
