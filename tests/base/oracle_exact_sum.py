"""Exact sums against math.fsum and fractions. Argument: the program drive_exact_sum."""
import math
import random
import struct
import subprocess
import sys
from fractions import Fraction

problems, expected = [], []


def rounded(fraction):
    try:
        return float(fraction)
    except OverflowError:
        return math.inf if fraction > 0 else -math.inf


def ask(pairs, answer=None):
    """A sum of products; a factor of exactly 1 is a plain term."""
    problems.append(struct.pack("2d", len(pairs), random.randint(0, len(pairs)))
                    + b"".join(struct.pack("2d", *pair) for pair in pairs))
    expected.append(rounded(sum(Fraction(a) * Fraction(b) for a, b in pairs)) if answer is None else answer)


def ask_sum(values, answer=None):
    values = list(values)
    if answer is None:
        try:
            answer = math.fsum(values)
        except OverflowError:  # a partial sum of math.fsum; the sum itself may be finite
            answer = None
    ask([(v, 1.0) for v in values], answer)


def any_double(low, high):
    return random.choice((-1, 1)) * math.ldexp(random.random() + 1, random.randint(low, high))


random.seed(3)
for n in (0, 1, 2, 3, 10, 100, 1000):
    for low, high in ((-1074, 1023), (-1074, -1000), (-60, 60), (1000, 1015), (-1100, -1060)):
        for _ in range(5):
            values = [any_double(low, high) for _ in range(n)]
            ask_sum(values)
            ask_sum(values + [-v for v in reversed(values)])  # nothing is left
            ask_sum(values + [-v for v in values[:-1]])  # one is left
            ask_sum(values + [-v for v in values] + [5e-324])  # the least denormal is left
for _ in range(300):  # ties and their neighbours: half an ulp, with and without a trace beside it
    x = math.ldexp(random.getrandbits(53) | 1 << 52, random.randint(-1074, 900))
    half = math.ulp(x) / 2
    ask_sum([x, half])
    ask_sum([-x, -half, any_double(-1074, -1070)])
    ask_sum([x, half, math.ldexp(1, -1074), -math.ldexp(1, -1074)])
largest = sys.float_info.max
ask_sum([largest, largest, -largest])
ask_sum([largest, largest], math.inf)
ask_sum([-largest] * 5, -math.inf)
ask_sum([largest, math.ulp(largest) / 2], math.inf)
ask_sum([largest, math.ulp(largest) / 4], largest)
ask_sum([math.inf, 1.0, -largest], math.inf)
ask_sum([1.0, -math.inf], -math.inf)
ask_sum([math.inf, -math.inf], math.nan)
ask_sum([math.nan, math.inf], math.nan)
ask_sum([-0.0, 0.0, -0.0], 0.0)
for _ in range(200):  # products, large enough for their low parts to be doubles
    pairs = [(any_double(-200, 200), any_double(-200, 200)) for _ in range(20)]
    ask(pairs)
    ask(pairs + [(-a, b) for a, b in pairs])
    ask(pairs + [(-b, a) for a, b in pairs[1:]])

answer = subprocess.run([sys.argv[1]], input=b"".join(problems), capture_output=True, check=True).stdout.split()
found = [float(text) for text in answer]
wrong = [i for i, (a, b) in enumerate(zip(found, expected)) if a != b and not (math.isnan(a) and math.isnan(b))]
print(f"{len(expected)} sums, {len(found)} answers, {len(wrong)} wrong")
for i in wrong[:10]:
    print(f"FAILED sum {i}: {found[i]!r} is not {expected[i]!r}")
sys.exit(1 if wrong or len(found) != len(expected) else 0)
