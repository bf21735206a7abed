"""
Absorption of a molecule in its ground state
============================================

What a molecule absorbs is the transform of its dipole's memory of one kick, 2 Re ∫₀^∞dτ e^{iωτ} tr[μ₋ e^{𝓛τ}(μ₊ρ₀)], from the ground state ρ₀, which no bath
couples to the others: there is no one steady state. ``rf.spectrum(…, state=ρ₀)`` takes it, of Redfield's equation and of the exact hierarchy.
"""

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import styled

# Three pigments with one ground state, energies in units of 100 cm⁻¹ about the mean, and the dipoles of a bent chain.
gap = 120.0
h = np.zeros((4, 4))
h[1:, 1:] = np.diag([gap - 1.0, gap, gap + 1.2])
h[1, 2] = h[2, 1] = -0.9
h[2, 3] = h[3, 2] = 0.6
dipoles = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])


def absorption(kind, temperature, frequencies, **options):
    """Sum over the polarisations of the light."""
    bath = rf.DrudeBath(strength=2 * 0.3, cutoff=0.5, beta=1.0 / temperature)  # λ = strength/2 = 0.3
    molecule = rf.System(h, rf.SiteProjectors(4, [1, 2, 3]), bath)
    equation, total = kind(molecule, **options), np.zeros(len(frequencies))
    for dipole in dipoles.T:
        raises = np.zeros((4, 4))
        raises[1:, 0] = dipole
        total = total + rf.spectrum(equation, raises.T, raises, frequencies, state=[1, 0, 0, 0]).real
    return total


# %%
# Lines of Redfield's and Davies' equations, which coincide where lines are far apart, are Lorentzian and fall off as 1/(ω − ω₀)² on both sides. With the baths'
# memory the hierarchy's are rounder and steeper, more so below them, where a bath would have to give what is missing of the energy.

frequencies = gap + np.linspace(-5.0, 5.0, 201)
shift = frequencies - gap
with styled():
    figure, panels = plt.subplots(1, 2, figsize=(7.2, 3.0), layout="constrained")
    for axes, temperature in zip(panels, (0.7, 2.0), strict=True):
        exact = absorption(rf.HEOM, temperature, frequencies, tol=3e-3)
        for kind, style in ((rf.Redfield, "-"), (rf.Davies, ":")):
            axes.plot(shift, absorption(kind, temperature, frequencies), style, label=kind.__name__)
        axes.plot(shift, exact, "--", color="0.2", label="HEOM")
        axes.set(
            xlabel="ω − gap  (100 cm⁻¹)",
            yscale="log",
            ylim=(3e-3, 60),
            title=f"temperature {temperature:g}",
        )
    panels[0].set(ylabel="absorption")
    panels[1].legend()

# %%
# All the light that is absorbed is 2π times the square of the dipoles, whatever the baths do.

wide = gap + np.linspace(-60.0, 60.0, 4801)
total = np.trapezoid(absorption(rf.Redfield, 2.0, wide), wide) / (2.0 * np.pi)
print(f"∫S dω/2π = {total:.3f}, Σ|μ|² = {(dipoles**2).sum():.3f}")
