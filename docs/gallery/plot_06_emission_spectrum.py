"""
An emission spectrum: Mollow's triplet
======================================

A driven two-level atom, in the frame of the laser, emits at three frequencies. The spectrum is two resolvents of the generator at each
frequency; nothing is evolved in time.
"""

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

lower = np.array([[0.0, 0.0], [1.0, 0.0]])  # |g⟩⟨e|
sigma_x = lower + lower.T
decay = 1.0
detunings = np.linspace(-12.0, 12.0, 601)


def spectrum(rabi):
    atom = rf.Lindblad(0.5 * rabi * sigma_x, [np.sqrt(decay) * lower])
    # ∫dτ e^{iωτ} ⟨σ₊(τ)σ₋(0)⟩ counts what is emitted at −ω in this sign; the triplet is symmetric.
    return rf.spectrum(atom, lower.T, lower, detunings).real


# %%

with styled():
    figure, axes = plt.subplots(layout="constrained")
    for rabi in (0.5, 3.0, 8.0):
        axes.plot(detunings, spectrum(rabi), label=f"Rabi frequency {rabi:g}")
    axes.set(xlabel="detuning  (decay rates)", ylabel="incoherent spectrum  (1/decay rate)")
    axes.legend()

# %%
# Mollow's formula, in the limit of a strong drive: side bands at ±Ω of width 3γ/2, a third as high as the middle one.

strong = spectrum(8.0)
middle, side = strong[300], strong[500]
print(
    f"middle {middle:.4f}, side band at {detunings[500]:.1f}: {side:.4f}, ratio {middle / side:.3f} (3 for a strong drive)"
)
