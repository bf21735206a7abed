"""What a repaired wheel must do on a machine without a compiler."""

import subprocess
import sys

import numpy as np

import redfield as rf

bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
h = rf.models.anderson(3, disorder=2.0, seed=7)
system = rf.System(h, rf.SiteProjectors(27), bath)
equation = rf.Redfield(system)
result = equation.evolve(np.eye(27)[0], np.linspace(0.0, 50.0, 11), e_ops={"energy": h})
trace = np.trace(equation.evolve(np.eye(27)[0], [0.0, 50.0]).final_state)
assert abs(trace - 1.0) < 1e-12, trace
gibbs = rf.Davies(system).steady_state().state
assert rf.trace_distance(gibbs, system.gibbs_state()) < 1e-9
place = subprocess.run(
    [sys.executable, "-m", "redfield", "--cmake-dir"], check=True, capture_output=True, text=True
).stdout
from redfield import _core  # noqa: E402

print(f"redfield {rf.__version__} works: {_core.build_info()}\nlibrary for C++ at {place}", end="")
