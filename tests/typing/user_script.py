"""What a user writes, for mypy --strict: it is checked, and run as a test."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

import redfield as rf


def energy(
    system: rf.System, state: npt.ArrayLike, times: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    equation: rf.Redfield[rf.Result, rf.SteadyState] = rf.Redfield(system, lamb_shift=False)
    result: rf.Result = equation.evolve(state, times, e_ops={"energy": system.hamiltonian})
    assert isinstance(result.expect, dict)
    return np.asarray(result.expect["energy"], dtype=np.float64)


def main() -> float:
    bath: rf.Bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    system = rf.System(rf.models.anderson(2, disorder=1.0, seed=1), rf.SiteProjectors(8), bath)
    curve = energy(system, np.eye(8)[0], np.linspace(0.0, 10.0, 11))
    steady: rf.SteadyState = rf.Davies(system).steady_state()
    batch = rf.SystemBatch([system.hamiltonian, 2.0 * system.hamiltonian], rf.SiteProjectors(8), bath)
    many: rf.BatchResult = rf.Redfield(batch).evolve(np.eye(8)[0], [0.0, 1.0])
    every: rf.SteadyStates = rf.Davies(batch).steady_state()
    assert len(many.final_state) == len(every.state) == 2
    x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
    qubit = rf.PeriodicSystem([0.5 * z, (0.3 * x, np.cos)], 2.0 * np.pi, [x], bath)
    late: rf.PeriodicState = rf.Davies(qubit).steady_state()
    assert late.work > 0.0
    found = rf.diagnose(system)
    thermal: bool | None = found.holds()["Davies"]["thermalises"]
    assert thermal
    distance: float = float(rf.trace_distance(steady.state, system.gibbs_state()))
    assert distance < 1e-9
    return float(curve[-1])


if __name__ == "__main__":
    print(main())
