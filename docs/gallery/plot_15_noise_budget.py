"""
Where a transmon's T₁ goes
==========================

A transmon loses its energy to dielectrics, to the line that tunes its flux, and through its readout resonator. Which loss matters at which
frequency, and what would help? The rates between its two lowest levels and their derivatives with respect to every number of the model
answer both: a rate is linear in the strength of each bath, so that the elasticities ∂ln(1/T₁)/∂ln(strength) are the shares of a budget and
sum to 1.

Energies are in GHz · h, so that rates are in 2π · 10⁹/s: T₁ in µs is 1/(2π · 10³ · rate).
"""

import matplotlib.pyplot as plt
import numpy as np

import redfield as rf
from redfield.draw import COLOURS, styled

charges = np.arange(-7, 8)
n = np.diag(charges - 0.2)
hop = np.diag(np.ones(len(charges) - 1), 1)
cosine, sine = 0.5 * (hop + hop.T), 0.5j * (hop.T - hop)
KELVIN = 20.837  # k_B · 1 K / h, in GHz


def transmon(
    flux,
    josephson,
    asymmetry,
    charging,
    dielectric,
    flux_line,
    purcell,
    resonator,
    linewidth,
    temperature,
):
    """The rates down and up, of a SQUID of two unequal junctions that a flux Φ tunes, in units of Φ₀."""
    x = np.pi * flux
    h = 4.0 * charging * n @ n - josephson * (np.cos(x) * cosine + asymmetry * np.sin(x) * sine)
    # A current in the line moves the flux, dH = (∂H/∂Φ) dΦ.
    through_flux = np.pi * josephson * (np.sin(x) * cosine - asymmetry * np.cos(x) * sine)
    beta = 1.0 / (KELVIN * temperature)
    baths = [
        rf.OhmicBath(strength=dielectric, cutoff=200.0, beta=beta),
        rf.OhmicBath(strength=flux_line, cutoff=200.0, beta=beta),
        rf.UnderdampedBath(strength=purcell, frequency=resonator, damping=linewidth, beta=beta),
    ]
    system = rf.System(h, [n, through_flux, n], baths)
    return rf.fitting.TransitionRates(rf.Redfield(system, lamb_shift=False), [(1, 0), (0, 1)])


numbers = {
    "flux": 0.1,
    "josephson": 18.0,
    "asymmetry": 0.1,
    "charging": 0.25,
    "dielectric": 2e-7,
    "flux_line": 2e-8,
    "purcell": 4e-4,
    "resonator": 6.5,
    "linewidth": 2e-3,
    "temperature": 0.05,
}
losses = ["dielectric", "flux_line", "purcell"]

# %%
# The budget over the tuning range.

fluxes = np.linspace(0.0, 0.42, 41)
frequencies, rates, elasticities = np.empty(41), np.empty(41), []
for i, flux in enumerate(fluxes):
    point = {**numbers, "flux": flux}
    found = rf.jacobian(transmon, point)
    frequencies[i] = np.diff(found.prediction.equation.system.energies[:2])[0]
    rates[i] = found.values.sum()  # 1/T₁, down and up together
    elasticities.append({name: point[name] * found[name].sum() / rates[i] for name in numbers})
shares = np.array([[e[name] for name in losses] for e in elasticities])
print("the shares sum to 1 within", np.abs(shares.sum(axis=1) - 1.0).max())

with styled():
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(6.5, 6.5), sharex=True, layout="constrained")
    upper.semilogy(frequencies, 1.0 / (2e3 * np.pi * rates), color="k", label="all")
    for share, name, colour in zip(shares.T, losses, COLOURS, strict=False):
        upper.semilogy(
            frequencies, 1.0 / (2e3 * np.pi * rates * share), "--", color=colour, label=f"{name} alone"
        )
    upper.set(ylabel="T₁  (µs)", ylim=(10.0, 1e3))
    upper.legend(ncols=2)
    lower.stackplot(frequencies, shares.T, labels=losses, colors=COLOURS[:3], alpha=0.8)
    lower.set(xlabel="frequency of the qubit  (GHz)", ylabel="share of 1/T₁", ylim=(0.0, 1.0))

# %%
# What would help at one working point: per cent of 1/T₁ for one per cent of each number. Near the resonator its frequency matters most.

at = int(np.argmin(np.abs(frequencies - 5.5)))
with styled():
    figure, ax = plt.subplots(layout="constrained")
    values = list(elasticities[at].values())
    ax.barh(list(numbers), values, color=[COLOURS[0] if v < 0 else COLOURS[1] for v in values])
    ax.axvline(0.0, color="0.4", linewidth=0.8)
    ax.invert_yaxis()
    ax.set(
        xlabel="∂ ln(1/T₁) / ∂ ln number",
        title=f"{frequencies[at]:.2f} GHz, T₁ = {1.0 / (2e3 * np.pi * rates[at]):.1f} µs",
    )
