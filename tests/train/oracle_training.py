"""Optimizer steps and whole trainings against PyTorch, NumPy and scikit-learn. Argument: the program drive_training."""
import os
import subprocess
import sys
import tempfile

import numpy as np

try:
    import torch
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression
except ImportError as absent:
    print(f"skipped: {absent}")
    sys.exit(77)

CLASSIFICATION, REGRESSION = 1, 2
SGD, ADAM, ADAGRAD = 0, 1, 2
MPIRUN = os.environ.get("WN_MPIRUN", "mpirun").replace(";", " ").split()
random = np.random.default_rng(4)
failures = 0


def drive(n_ranks, mode, *parts):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as problem:
        for part in parts:
            problem.write(" ".join(f"{v:.17g}" for v in np.asarray(part, dtype=np.float64).ravel()) + "\n")
        problem.flush()
        launch = [*MPIRUN, "--oversubscribe", "-n", str(n_ranks)] if n_ranks > 1 else []
        done = subprocess.run([*launch, sys.argv[1], mode, problem.name], capture_output=True, text=True, check=True)
    return np.array(done.stdout.split(), dtype=np.float64)


def check(what, is_good, told):
    global failures
    if not is_good:
        failures += 1
        print(f"FAILED {what}: {told}")


def close(what, found, expected, tolerance):
    found, expected = np.asarray(found), np.asarray(expected, dtype=np.float64)
    worst = np.max(np.abs(found - expected) / np.maximum(1.0, np.abs(expected)))
    check(what, found.shape == expected.shape and worst <= tolerance, f"differs by {worst:g}, allowed {tolerance:g}")


def optimizer(name, kind, make, rate, momentum, decay, cosine, n_steps):
    n = 1000
    start = random.normal(size=n).astype(np.float32)
    gradients = (random.normal(size=(n_steps, n)) * 10.0 ** random.uniform(-4, 1, size=n)).astype(np.float32)
    parameter = torch.nn.Parameter(torch.tensor(start))
    stepper = make([parameter])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(stepper, n_steps) if cosine else None
    expected = []
    for gradient in gradients:
        parameter.grad = torch.tensor(gradient)
        stepper.step()
        if schedule:
            schedule.step()
        expected.append(parameter.detach().numpy().copy())
    found = drive(1, "optimizer", [kind, rate, momentum, decay, int(cosine), n, n_steps], start, gradients)
    found = found.reshape(n_steps, n)
    close(f"{name}: first step", found[0], expected[0], 1e-6)
    close(f"{name}: {n_steps} steps", found[-1], expected[-1], 1e-6 * np.sqrt(n_steps))


def optimizers():
    rate = 0.01
    for decay in (0.0, 0.05):
        for momentum in (0.0, 0.9):
            optimizer(f"SGD {momentum} {decay}", SGD,
                      lambda p: torch.optim.SGD(p, lr=rate, momentum=momentum, weight_decay=decay), rate, momentum, decay,
                      False, 10)
        optimizer(f"AdaGrad {decay}", ADAGRAD, lambda p: torch.optim.Adagrad(p, lr=rate, weight_decay=decay), rate, 0, decay,
                  False, 10)
        optimizer(f"AdamW {decay}", ADAM, lambda p: torch.optim.AdamW(p, lr=rate, weight_decay=decay), rate, 0, decay,
                  False, 10)
    optimizer("Adam", ADAM, lambda p: torch.optim.Adam(p, lr=rate), rate, 0, 0, False, 10)
    optimizer("Adam, cosine", ADAM, lambda p: torch.optim.Adam(p, lr=rate), rate, 0, 0, True, 10)


def train(n_ranks, task, n_classes, widths, batch, lanes, epochs, kind, rate, momentum, x, y, mode="train"):
    n_parameters = sum((i + 1) * o for i, o in zip(widths, widths[1:]))
    found = drive(n_ranks, mode, [task, n_classes, len(widths) - 1, *widths], [batch, lanes, epochs],
                  [kind, rate, momentum, len(x)], x, y)
    return found[:n_parameters], found[n_parameters:2 * n_parameters], *found[2 * n_parameters:]


def split(parameters, widths):
    """The layers' weights (out, in) and biases."""
    for n_in, n_out in zip(widths, widths[1:]):
        weight, parameters = parameters[:n_in * n_out].reshape(n_out, n_in), parameters[n_in * n_out:]
        bias, parameters = parameters[:n_out], parameters[n_out:]
        yield weight, bias


def least_squares():
    x = random.normal(size=(500, 6)).astype(np.float32)
    y = (x @ random.normal(size=6) + 3 + 0.5 * random.normal(size=500)).astype(np.float32)
    wide = np.column_stack([x, np.ones(500)]).astype(np.float64)
    solution = np.linalg.lstsq(wide, y.astype(np.float64), rcond=None)[0]
    _, found, loss, r2 = train(2, REGRESSION, 0, [6, 1], 512, 8, 300, SGD, 0.1, 0.0, x, y)
    close("least squares: coefficients", found, solution, 1e-5)
    residual = y - wide @ solution
    close("least squares: loss", loss, np.mean(residual**2), 1e-6)
    close("least squares: r2", r2, 1 - np.mean(residual**2) / np.var(y.astype(np.float64)), 1e-6)


def whole_batch(n_inputs, mode):
    """With all rows in one batch their order does not matter, and PyTorch must go the same way."""
    widths = [n_inputs, 16, 4]
    x = random.normal(size=(300, n_inputs)).astype(np.float32)
    if mode == "sparse":
        x[random.uniform(size=x.shape) < 0.9] = 0
    y = random.integers(4, size=300)
    start, found, *_ = train(3, CLASSIFICATION, 4, widths, 512, 8, 20, ADAM, 0.01, 0.0, x, y, mode)
    model = torch.nn.Sequential(torch.nn.Linear(n_inputs, 16), torch.nn.ReLU(), torch.nn.Linear(16, 4))
    for layer, (weight, bias) in zip((model[0], model[2]), split(start, widths)):
        layer.weight.data, layer.bias.data = torch.tensor(weight).float(), torch.tensor(bias).float()
    stepper = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(20):
        stepper.zero_grad()
        torch.nn.functional.cross_entropy(model(torch.tensor(x)), torch.tensor(y)).backward()
        stepper.step()
    expected = np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])
    close(f"20 steps of Adam on an MLP, {mode}", found, expected, 1e-5)


def predict(parameters, widths, x):
    for i, (weight, bias) in enumerate(split(parameters, widths)):
        x = (x if i == 0 else np.maximum(x, 0)) @ weight.T + bias
    return x.argmax(axis=1)


def digits():
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32)
    order = random.permutation(len(x))
    rows, held = order[:1400], order[1400:]
    widths = [64, 64, 10]
    _, found, _, accuracy = train(2, CLASSIFICATION, 10, widths, 64, 4, 60, ADAM, 0.003, 0.0, x[rows], y[rows])
    mine = np.mean(predict(found, widths, x[held]) == y[held])
    peer = LogisticRegression(max_iter=2000).fit(x[rows], y[rows]).score(x[held], y[held])
    check("digits: training rows", accuracy > 0.995, f"accuracy {accuracy:.4f}")
    check("digits: held-out rows", mine >= peer - 0.01 and mine > 0.95, f"accuracy {mine:.4f}, logistic {peer:.4f}")


torch.manual_seed(1)
torch.set_num_threads(1)
optimizers()
least_squares()
whole_batch(10, "train")
whole_batch(70, "sparse")
digits()
sys.exit(1 if failures else 0)
