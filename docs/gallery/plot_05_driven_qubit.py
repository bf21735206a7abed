"""
A driven qubit: the bath remembers
==================================

H(t) = ½ω₀σz + A cos(Ωt) σx with a drive as fast as the bath's memory. Rates of the instantaneous eigenbasis are wrong there; the
time-convolutionless equation (``history="memory"``) keeps what the bath remembers, and slow drives do not need it.
"""

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
bath = rf.OhmicBath(strength=0.05, cutoff=3.0, beta=1.0)
times = np.linspace(0.0, 30.0, 301)
print(
    f"the bath's memory: {bath.memory_time:.2f}; a turn of the fast drive: {2 * np.pi / 8.0:.2f}, of the slow one: {2 * np.pi / 0.4:.1f}"
)

# %%

found = {}
for name, frequency in (("fast, Ω = 8", 8.0), ("slow, Ω = 0.4", 0.4)):
    drive = rf.DrivenSystem([0.5 * z, (x, lambda t, w=frequency: np.cos(w * t))], [x], bath)
    for history in ("instantaneous", "memory"):
        equation = rf.Redfield(drive, history=history)
        found[name, history] = equation.evolve([1, 0], times, {"z": z}).expect["z"]

# %%

with styled():
    figure, panels = plt.subplots(2, 1, layout="constrained", figsize=(6.5, 6), sharex=True)
    for axes, name in zip(panels, ("fast, Ω = 8", "slow, Ω = 0.4"), strict=True):
        axes.plot(times, found[name, "memory"], label="with the bath's memory")
        axes.plot(times, found[name, "instantaneous"], "--", label="rates of the moment")
        axes.set(ylabel="⟨σz⟩", title=name)
        apart = np.abs(found[name, "memory"] - found[name, "instantaneous"]).max()
        print(f"{name}: largest difference {apart:.3f}")
    panels[0].legend()
    panels[1].set_xlabel("t  (1/energy)")
