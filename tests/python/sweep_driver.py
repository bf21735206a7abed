"""A sweep in a process of its own: python sweep_driver.py STORE EXECUTOR."""

import sys
import time

import numpy as np

import redfield as rf

AXES = {"x": np.arange(12.0), "y": np.arange(5.0)}


def point(x, y, rng):
    time.sleep(0.03)
    return {"noise": rng.standard_normal(100), "sum": x + y}


def run(store, executor="threads", **options):
    return rf.sweep(point, AXES, seed=5, store=store, executor=executor, points_a_task=1, **options)


if __name__ == "__main__":
    print("ready", flush=True)
    run(sys.argv[1], sys.argv[2])
    print("finished", flush=True)
