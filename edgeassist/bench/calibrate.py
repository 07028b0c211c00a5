"""How fast one core of this machine is, by two small kernels: python -m edgeassist.bench.calibrate.

Prints JSON. Processor time is counted and the best of several runs taken, so that other work on
the machine matters little. OPENBLAS_NUM_THREADS must be 1.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

_SIDE = 768
_STEPS = 4000
_RUNS = 3


def gflops() -> float:
    """Double-precision matrix products, the heart of HPL, in 10⁹ operations a second."""
    import numpy as np

    one = np.random.default_rng(0).random((_SIDE, _SIDE))
    best = min(_took(lambda: one @ one) for _ in range(2 * _RUNS))
    return 2 * _SIDE**3 / best / 1e9


def n_body_step_us() -> float:
    """A step of five bodies under gravity in plain Python, in microseconds.

    The task of the Computer Language Benchmarks Game: ten pairs a step, no library.
    """
    return min(_took(_n_body) for _ in range(_RUNS)) / _STEPS * 1e6


def _took(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _n_body() -> None:
    # Place, speed and mass: a sun and four planets on circles, which is as much arithmetic as any.
    bodies = [[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.5]]
    bodies += [
        [far, 0.0, 0.1 * far, 0.0, (39.5 / far) ** 0.5, 0.0, 0.01] for far in (5.2, 9.6, 19.2, 30.1)
    ]
    pairs = [(a, b) for n, a in enumerate(bodies) for b in bodies[n + 1 :]]
    dt = 0.01
    for _ in range(_STEPS):
        for a, b in pairs:
            x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
            pull = dt * (x * x + y * y + z * z) ** -1.5
            heavy, light = b[6] * pull, a[6] * pull
            a[3] -= x * heavy
            a[4] -= y * heavy
            a[5] -= z * heavy
            b[3] += x * light
            b[4] += y * light
            b[5] += z * light
        for body in bodies:
            body[0] += dt * body[3]
            body[1] += dt * body[4]
            body[2] += dt * body[5]


if __name__ == "__main__":
    print(json.dumps({"gflops": gflops(), "n_body_step_us": n_body_step_us()}))
