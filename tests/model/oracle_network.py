"""Gradients against PyTorch's autograd, metrics against scikit-learn. Argument: the program drive_network."""
import subprocess
import sys

import numpy as np

try:
    import sklearn.metrics as sk
    import torch
except ImportError as absent:
    print(f"skipped: {absent}")
    sys.exit(77)

CLASSIFICATION, REGRESSION = 1, 2
random = np.random.default_rng(4)
failures = 0


def drive(mode, *parts):
    text = "\n".join(" ".join(f"{v:.17g}" for v in np.asarray(part, dtype=np.float64).ravel()) for part in parts)
    done = subprocess.run([sys.argv[1], mode], input=text, capture_output=True, text=True, check=True)
    return np.array(done.stdout.split(), dtype=np.float64)


def check(what, found, expected, tolerance):
    global failures
    found, expected = np.asarray(found), np.asarray(expected, dtype=np.float64)
    worst = np.max(np.abs(found - expected) / np.maximum(1.0, np.abs(expected)))
    if found.shape != expected.shape or not worst <= tolerance:
        failures += 1
        print(f"FAILED {what}: differs by {worst:g}, allowed {tolerance:g}")


def gradient(name, task, widths, n_rows):
    layers = []
    for n_in, n_out in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    x = random.normal(size=(n_rows, widths[0])).astype(np.float32)
    if task == CLASSIFICATION:
        targets = random.integers(widths[-1], size=n_rows)
        loss = torch.nn.functional.cross_entropy(model(torch.tensor(x)), torch.tensor(targets), reduction="sum")
    else:
        targets = random.normal(size=n_rows).astype(np.float32)
        loss = torch.nn.functional.mse_loss(model(torch.tensor(x))[:, 0], torch.tensor(targets), reduction="sum")
    loss.backward()
    flat = lambda get: np.concatenate([get(p).numpy().ravel() for p in model.parameters()])
    found = drive("gradient", [task, len(widths) - 1, *widths, n_rows], flat(lambda p: p.detach()), x, targets)
    check(f"{name}: loss", found[0], loss.item(), 2e-6)
    expected = flat(lambda p: p.grad)
    check(f"{name}: gradient", found[1:], expected, 1e-5)


def classification(name, n_classes, n_rows, labels):
    logits = random.normal(size=(n_rows, n_classes)).astype(np.float32) * 2
    found = drive("metrics", [CLASSIFICATION, n_classes, n_rows], logits, labels)
    predicted = logits.argmax(axis=1)
    wide = logits.astype(np.float64)
    p = np.exp(wide - wide.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    every = np.arange(n_classes)
    check(f"{name}: log_loss", found[0], sk.log_loss(labels, p, labels=every), 1e-12)
    check(f"{name}: accuracy", found[1], sk.accuracy_score(labels, predicted), 1e-15)
    for i, score in enumerate((sk.precision_score, sk.recall_score, sk.f1_score)):
        macro = score(labels, predicted, average="macro", zero_division=0)
        each = score(labels, predicted, labels=every, average=None, zero_division=0)
        check(f"{name}: {score.__name__}", found[2 + i], macro, 1e-14)
        check(f"{name}: {score.__name__} by class", found[5 + i:5 + 3 * n_classes:3], each, 1e-15)
    check(f"{name}: confusion", found[5 + 3 * n_classes:], sk.confusion_matrix(labels, predicted, labels=every).ravel(), 0)


def regression(name, labels, spread):
    labels = labels.astype(np.float32)
    outputs = (labels + spread * random.normal(size=len(labels))).astype(np.float32)
    found = drive("metrics", [REGRESSION, 0, len(labels)], outputs, labels)
    y, f = labels.astype(np.float64), outputs.astype(np.float64)
    mse = sk.mean_squared_error(y, f)
    check(f"{name}: errors", found[:4], [mse, mse, np.sqrt(mse), sk.mean_absolute_error(y, f)], 1e-12)
    check(f"{name}: r2", found[4], sk.r2_score(y, f), 1e-12)


torch.manual_seed(1)
gradient("linear", REGRESSION, [13, 1], 64)
gradient("logistic", CLASSIFICATION, [17, 5], 64)
gradient("mlp", CLASSIFICATION, [40, 30, 20, 10], 64)
gradient("mlp of one output", REGRESSION, [9, 16, 1], 33)
classification("three classes", 3, 400, random.integers(3, size=400))
classification("absent classes", 9, 12, np.array([1, 3, 3, 3, 1, 1, 3, 1, 3, 3, 1, 5]))
classification("never predicted", 50, 60, random.integers(50, size=60))
regression("plain", random.normal(size=500), 0.5)
regression("far from zero", 5e6 + 10 * random.normal(size=500), 20)
regression("bad fit", random.normal(size=50), 3)
sys.exit(1 if failures else 0)
