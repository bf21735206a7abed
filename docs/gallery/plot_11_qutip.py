"""
Side by side with QuTiP, and with the exact answer
==================================================

``redfield.qutip`` has QuTiP's signatures: change an import. Its states come back as Qobj. And QuTiP's hierarchy of equations of motion,
which knows no weak coupling, judges both.
"""

import time

import numpy as np
import qutip

import redfield as rf

# %%
# QuTiP's solver and this one, the same call.

n = 10
h = qutip.Qobj(rf.models.chain(n, onsite=np.linspace(0.0, 1.0, n)))
bath = rf.OhmicBath(strength=0.05, cutoff=5.0, beta=1.0)
a_ops = [(qutip.projection(n, j, j), lambda w: float(bath.power_spectrum(w))) for j in range(n)]
times = np.linspace(0.0, 40.0, 41)
psi0, energy = qutip.basis(n, n - 1), {"energy": h}

start = time.perf_counter()
theirs = qutip.brmesolve(h, psi0, times, a_ops, sec_cutoff=-1, e_ops=energy)
between = time.perf_counter()
ours = rf.qutip.brmesolve(h, psi0, times, a_ops, sec_cutoff=-1, e_ops=energy)
end = time.perf_counter()
apart = np.abs(np.array(theirs.e_data["energy"]) - np.array(ours.e_data["energy"])).max()
print(f"qutip {between - start:.2f} s, redfield.qutip {end - between:.4f} s, apart {apart:.0e}")

# %%
# States to QuTiP, for what it has: the reduced state and the entropy of one of two spins.

spins = rf.models.heisenberg(2, magnetisation=None)
pair = rf.System(spins.hamiltonian, spins.local("z"), bath)
states = rf.Redfield(pair).evolve([0, 1, 0, 0], [0.0, 5.0, 50.0]).to_qutip(dims=[2, 2])
print([round(qutip.entropy_vn(state.ptrace(0)), 4) for state in states])

# %%
# The judge: a qubit in an overdamped bath, solved exactly by redfield's own hierarchy. What the bath's sum of exponentials and the
# depth leave open is part of the answer.

qubit = rf.System(
    [[0.5, 0.3], [0.3, -0.5]], [[[0, 1], [1, 0]]], rf.DrudeBath(strength=0.05, cutoff=3.0, beta=1.0)
)
kinds = [rf.Redfield, rf.UniversalLindblad, rf.GeometricArithmetic, rf.Davies]
found = rf.compare(
    qubit, kinds, [1, 0], np.linspace(0, 30, 61), exact="heom", exact_options={"tol": 1e-3}
)
print(found)
found.plot()
