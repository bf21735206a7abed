"""
A system built with kwant: interference that a bath washes out
==============================================================

kwant builds tight-binding Hamiltonians of any shape; what it makes goes straight into a System. Here a ring threaded by a magnetic flux: a particle
runs along both arms, and what arrives at the far side depends on the flux, until the sites' baths have told the arms apart.

kwant has no wheels for current Pythons; where it is not installed this page takes the matrices that it made
(``kwant_ring.npz``).
"""

import matplotlib.pyplot as plt
import numpy as np
import scipy

import redfield as rf
from redfield.draw import styled

fluxes = np.linspace(0.0, 2.0, 13)


def with_kwant():
    """The ring's Hamiltonian at each flux (in flux quanta), sparse, and the positions of its sites."""
    import kwant

    lattice = kwant.lattice.square(norbs=1)

    def ring(position):
        x, y = position
        return 4.0 < np.hypot(x, y) < 6.0

    def hopping(to, source, flux):
        # The flux is felt on the bonds that cross the positive x axis.
        crosses = to.pos[0] > 0 and {to.pos[1], source.pos[1]} == {0.0, 1.0}
        return -np.exp(2j * np.pi * flux * np.sign(to.pos[1] - source.pos[1])) if crosses else -1.0

    builder = kwant.Builder()
    builder[lattice.shape(ring, (5, 0))] = 0.0
    builder[lattice.neighbors()] = hopping
    finished = builder.finalized()
    matrices = [finished.hamiltonian_submatrix(params={"flux": f}, sparse=True).toarray() for f in fluxes]
    return np.array(matrices), np.array([site.pos for site in finished.sites])


try:
    hamiltonians, positions = with_kwant()
    print("built with kwant")
except ImportError:
    stored = np.load("../gallery/kwant_ring.npz")
    hamiltonians, positions = stored["hamiltonians"], stored["positions"]
    print("kwant is not installed: its stored matrices are used")
n = len(positions)
start = int(np.argmin(np.abs(positions - [0, -5]).sum(axis=1)))
end = int(np.argmin(np.abs(positions - [0, 5]).sum(axis=1)))
print(f"{n} sites, complex hopping: {bool(np.abs(hamiltonians[1].imag).max() > 0)}")

# %%
# The probability to arrive within a time, against the flux, for baths of growing strength.

times = np.linspace(0.0, 20.0, 81)
arrived: dict[float, list[float]] = {}
for strength in (0.0, 0.02, 0.1):
    bath = rf.OhmicBath(strength=strength, cutoff=5.0, beta=0.5)
    arrived[strength] = []
    for h in hamiltonians:
        system = rf.System(scipy.sparse.csr_array(h), rf.SiteProjectors(n), bath)
        probability = (
            rf.Redfield(system, lamb_shift=False)
            .evolve(np.eye(n)[start], times, np.diag(np.eye(n)[end]))
            .expect[0]
        )
        arrived[strength].append(probability.max())

# %%

with styled():
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    left.scatter(*positions.T, s=18, color="0.6")
    left.scatter(*positions[[start, end]].T, s=40, color=["C0", "C1"])
    left.set(
        aspect="equal",
        xlabel="x  (lattice constants)",
        ylabel="y  (lattice constants)",
        title="from blue to orange",
    )
    for strength, values in arrived.items():
        right.plot(fluxes, values, "o-", label=f"λ = {strength:g}")
    right.set(xlabel="flux  (flux quanta)", ylabel="largest probability at the far side", ylim=(0, None))
    right.legend()
