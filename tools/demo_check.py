"""Fails unless a run of jobs/fashion.yaml is what it should be: no stage skipped, every rank read bytes, the background stage decided,
and the artefact read back from disk gives the accuracy that was reported.

    demo_check.py RUN_DIRECTORY WINNOW TEST_FILE
"""

import json
import os
import subprocess
import sys
import tempfile

STAGES = ["rows", "profile", "statistics", "rank", "reduce", "train", "compress", "evaluate"]


def main():
    directory, winnow, test_file = sys.argv[1:]
    with open(os.path.join(directory, "run.json"), encoding="utf-8") as file:
        run = json.load(file)
    errors = []

    def expect(condition, message):
        if not condition:
            errors.append(message)

    expect(run["status"] == "done", f"status is {run['status']}")
    stages = {stage["name"]: stage for stage in run["stages"]}
    for name in STAGES:
        expect(name in stages and not stages[name]["reused"], f"stage {name} was skipped")
    read = [0] * run["ranks"]
    for stage in run["stages"]:
        for rank, count in enumerate(stage["rank_bytes_read"]):
            read[rank] += count
    expect(all(count > 0 for count in read), f"bytes read by rank: {read}")
    background = run["compression"]["background"]
    expect(background["decisions"] > 0, "the background stage made no decision")
    expect(background["mask_decision"] is not None, "the artefact's mask is none of the background stage's decisions")
    expect(run["compression"]["accepted"], "no artefact met the tolerance")

    with tempfile.TemporaryDirectory() as scratch:
        output = os.path.join(scratch, "predictions.h5")
        told = subprocess.run([winnow, "apply", directory, test_file, "-o", output, "--model", "compressed"], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
    accuracy = dict(line.split()[1].split("=") for line in told.splitlines() if line.startswith("RESULT "))["accuracy"]
    reported = run["metrics"]["compressed"]["accuracy"]
    expect(abs(float(accuracy) - reported) < 1e-9, f"the artefact gives accuracy {accuracy}, run.json says {reported}")

    for error in errors:
        print(f"demo: {error}", file=sys.stderr)
    dense = run["metrics"]["dense"]["accuracy"]
    print(f"demo: full model {dense:.4f}, compressed {reported:.4f}, {run['compression']['compressed_bytes']} bytes, "
          f"ratio {run['compression']['ratio']:.1f}: {'failed' if errors else 'good'}")
    return 1 if errors else 0


sys.exit(main())
