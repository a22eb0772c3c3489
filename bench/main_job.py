"""The main job's halves beside their peers, on Fashion-MNIST (60,000 x 784), two ranks against two threads:

- data: from the HDF5 file to means, ANOVA F, and 64 principal components of the standardized columns, against h5py + scikit-learn
  (StandardScaler, f_classif, PCA full) and IncrementalPCA;
- model: an epoch of an MLP 64-300-100-10 with Adam at batch 512, against PyTorch.

    main_job.py WINNOW TABLE.h5
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

JOB = """
memory: 4GiB
input: {{files: [{table}], label: label}}
clean: {{missing: mean}}
normalize: {{method: standard}}
rank: {{methods: [anova], keep: 1.0}}
reduce: {{method: pca, components: 64}}
{train}
"""
TRAIN = "train: {model: {type: mlp, hidden: [300, 100]}, optimizer: {type: adam}, batch: 512, epochs: 3}"

PEER = """
import sys, time
import h5py, numpy, torch
from sklearn.decomposition import PCA, IncrementalPCA
from sklearn.feature_selection import f_classif
from sklearn.preprocessing import StandardScaler
torch.set_num_threads(2)
begin = time.monotonic()
with h5py.File(sys.argv[1]) as file:
    x = file["px"][:].reshape(len(file["px"]), -1).astype("float32")
    y = file["label"][:]
x = StandardScaler().fit_transform(x)
f_classif(x, y)
pca = (PCA(64, svd_solver="full") if sys.argv[2] == "full" else IncrementalPCA(64)).fit(x)
print("data", time.monotonic() - begin)
if sys.argv[2] == "full":
    z, t = torch.tensor(pca.transform(x).astype("float32")), torch.tensor(y.astype("int64"))
    net = torch.nn.Sequential(torch.nn.Linear(64, 300), torch.nn.ReLU(), torch.nn.Linear(300, 100), torch.nn.ReLU(),
                              torch.nn.Linear(100, 10))
    adam, seconds = torch.optim.Adam(net.parameters()), []
    for epoch in range(3):
        begin = time.monotonic()
        for rows in torch.randperm(len(z)).split(512):
            adam.zero_grad()
            torch.nn.functional.cross_entropy(net(z[rows]), t[rows]).backward()
            adam.step()
        seconds.append(time.monotonic() - begin)
    print("epoch", min(seconds))
"""


def ours(program, table, directory, train):
    job = os.path.join(directory, "job.yaml")
    with open(job, "w", encoding="utf-8") as file:
        file.write(JOB.format(table=table, train=TRAIN if train else ""))
    out = tempfile.mkdtemp(dir=directory)
    begin = time.monotonic()
    subprocess.run(["mpirun", "--oversubscribe", "-n", "2", program, "run", job, "--out", out, "-q"], check=True,
                   stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - begin
    with open(os.path.join(out, "run.json"), encoding="utf-8") as file:
        run = json.load(file)
    return min(epoch["seconds"] for epoch in run["train"]["epochs"]) if train else seconds


def peer(table, kind):
    told = subprocess.run(["/usr/bin/python3", "-c", PEER, table, kind], check=True, stdout=subprocess.PIPE, text=True)
    return dict((line.split()[0], float(line.split()[1])) for line in told.stdout.splitlines())


def tell(what, mine, theirs):
    a, b = statistics.median(mine), statistics.median(theirs)
    print(f"BENCH {what}: {b / a:.2f} x (winnow {a:.2f} s, peer {b:.2f} s)")


def main():
    program, table = sys.argv[1:]
    data, epoch, full, incremental, torch_epoch = [], [], [], [], []
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(3):
            data.append(ours(program, table, directory, False))
            told = peer(table, "full")
            full.append(told["data"])
            epoch.append(ours(program, table, directory, True))
            torch_epoch.append(told["epoch"])
            incremental.append(peer(table, "incremental")["data"])
    tell("file to ANOVA and PCA, over scikit-learn PCA(full)", data, full)
    tell("file to ANOVA and PCA, over scikit-learn IncrementalPCA", data, incremental)
    tell("epoch of an MLP 64-300-100-10, over PyTorch", epoch, torch_epoch)


main()
