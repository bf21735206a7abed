"""
From C++
========

The library that Python calls is a library for C++ programs, and the wheel brings it along. This page compiles one of the examples with nothing
but a compiler and what ``python -m redfield`` says of itself, runs it, and checks it from Python.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

source = Path("../../cpp/examples/two_level.cpp")
print(source.read_text())

# %%
# Headers, library, and Eigen's headers. A CMake project says ``find_package(redfield)`` instead; see :doc:`/cpp`.


def place(option):
    command = [sys.executable, "-m", "redfield", option]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


# As the build looked for it: one that is installed, else that of the wheel cmeel-eigen.
prefixes = [os.environ.get("CONDA_PREFIX", "/usr"), "/usr", "/usr/local", "/opt/homebrew"]
prefixes += [f"{place}/cmeel.prefix" for place in sys.path]
found = [eigen for prefix in prefixes if (eigen := Path(prefix) / "include/eigen3").is_dir()]
if not found:
    raise FileNotFoundError("this example compiles C++ with Eigen's headers: pip install cmeel-eigen")
program = Path(tempfile.mkdtemp()) / "two_level"
compiler = [os.environ.get("CXX", "c++"), "-std=c++17", "-O2", "-DEIGEN_MAX_ALIGN_BYTES=64"]
where = [f"-I{place('--include-dir')}", f"-I{found[0]}", f"-L{place('--library-dir')}", "-lredfield"]
rpath = f"-Wl,-rpath,{place('--library-dir')}"
subprocess.run([*compiler, str(source), "-o", str(program), *where, rpath], check=True)
out = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
print(out)

# %%
# The same numbers from Python.

h = np.array([[0.5, 0.1 + 0.2j], [0.1 - 0.2j, -0.5]])
system = rf.System(h, rf.SiteProjectors(2), rf.OhmicBath(strength=0.05, cutoff=10.0, beta=1.0))
rows = np.array([[float(x) for x in line.split()] for line in out.splitlines()[1:5]])
times = np.concatenate([[0.0], np.geomspace(1.0, 1000.0, 200)])
curves = {kind: kind(system).evolve([1, 0], times, h).expect[0] for kind in (rf.Redfield, rf.Davies)}
exact = rf.Redfield(system).evolve([1, 0], rows[:, 0], h).expect[0]
print(
    "largest difference between the languages:",
    f"{np.abs(exact - rows[:, 1]).max():.0e}",
    "(eight digits were printed)",
)

# %%

with styled():
    figure, axes = plt.subplots(layout="constrained")
    for i, (kind, curve) in enumerate(curves.items()):
        axes.semilogx(
            times[1:], curve[1:], ("-", "--")[i], color=f"C{i}", label=f"{kind.__name__}, Python"
        )
        axes.semilogx(rows[1:, 0], rows[1:, 1 + i], "o", color=f"C{i}", label=f"{kind.__name__}, C++")
    axes.set(xlabel="t  (1/energy)", ylabel="⟨H⟩  (energy)")
    axes.legend()
