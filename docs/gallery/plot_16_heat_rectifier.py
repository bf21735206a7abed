"""
A heat rectifier, designed by gradients
=======================================

Six levels between a hot and a cold bath: which Hamiltonian lets heat through in one direction, and hardly in the other? A symmetric chain
can not tell the directions apart. From there an optimiser changes all 21 numbers of H, by the gradient of both currents.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize

import redfield as rf
from redfield.draw import styled

levels = 6
rows, columns = np.triu_indices(levels)
left, right = np.zeros((2, levels, levels))
left[:3, :3] = right[3:, 3:] = 1.0 - np.eye(3)


def between(x, hot, cold):
    """The currents from the left and the right bath, of inverse temperatures hot and cold, through H of numbers x."""
    h = np.zeros((levels, levels))
    h[rows, columns] = h[columns, rows] = x
    baths = [rf.OhmicBath(strength=0.02, cutoff=10.0, beta=beta) for beta in (hot, cold)]
    return rf.fitting.Currents(rf.Redfield(rf.System(h, [left, right], baths), lamb_shift=False))


def model(x):
    """Heat forwards, from the left, and backwards, the temperatures being exchanged."""
    return [between(x, 0.4, 2.0), between(x, 2.0, 0.4)]


# %%
# What is maximised is ln(J₊/J₋), with a little of ln J₊, so that the optimum is not an insulator. The gradient is the chain rule of two
# logarithms.

WEIGHT = 0.2
history: list[tuple[float, float]] = []


def objective(x):
    found = rf.jacobian(model, x)
    forwards, backwards = found.values[0], -found.values[2]
    gradient = (1.0 + WEIGHT) * found.matrix[0] / forwards + found.matrix[2] / backwards
    return -(1.0 + WEIGHT) * np.log(forwards) + np.log(backwards), -gradient


def remember(x):
    values = [prediction.values() for prediction in model(x)]
    history.append((values[0][0], -values[1][0]))


chain = np.diag([0.0, 0.5, 1.0, 1.0, 0.5, 0.0]) + 0.4 * (np.eye(levels, k=1) + np.eye(levels, k=-1))
start = chain[rows, columns]
remember(start)
rng = np.random.default_rng(5)
result = minimize(
    objective,
    start + 0.05 * rng.normal(size=start.size),
    jac=True,
    method="L-BFGS-B",
    bounds=[(-3.0, 3.0)] * start.size,
    callback=remember,
    options={"maxiter": 50},
)
remember(result.x)
forwards, backwards = np.array(history).T
print(
    f"{result.nfev} gradients of {start.size} numbers; J₊/J₋ from {forwards[0] / backwards[0]:.3f} to {forwards[-1] / backwards[-1]:.1f}"
)

# %%
# The currents on the way, the H that the optimiser has made, and its levels.

h = np.zeros((levels, levels))
h[rows, columns] = h[columns, rows] = result.x
with styled():
    figure, (one, two, three) = plt.subplots(1, 3, figsize=(12.0, 3.8), layout="constrained")
    one.semilogy(forwards, label="J₊, hot on the left")
    one.semilogy(backwards, label="J₋, hot on the right")
    one.set(xlabel="iteration", ylabel="heat current  (energy²)")
    one.legend()
    image = two.imshow(h, cmap="RdBu_r", vmin=-3.0, vmax=3.0)
    two.set(title="H", xlabel="level", ylabel="level")
    two.grid(visible=False)
    figure.colorbar(image, ax=two, label="energy")
    for place, name in ((0.0, "chain"), (1.0, "rectifier")):
        energies = np.linalg.eigvalsh(chain if name == "chain" else h)
        three.hlines(energies - energies[0], place - 0.3, place + 0.3, color="k")
    three.set(xticks=[0.0, 1.0], xticklabels=["chain", "rectifier"], ylabel="E − E₀  (energy)")
    three.grid(visible=False)

# %%
# The laws of thermodynamics hold: what enters on one side leaves on the other, up to what Redfield's equation leaves out of the coupling
# energy, and entropy grows.

for name, prediction in zip(("forwards", "backwards"), model(result.x), strict=True):
    equation = prediction.equation
    state = equation.steady_state().state
    print(
        name,
        prediction.values().round(6),
        "entropy production",
        rf.analysis.entropy_production(state, equation).round(6),
    )
