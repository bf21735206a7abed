"""Messages of systems: what is refused is named with its value."""

from __future__ import annotations

import numpy as np
import pytest
from small_batches import TIMES, hamiltonians, small

import redfield as rf
from redfield import Lindblad, _core

BATH = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)


def lead(beta=2.0, mu=0.5, statistics="fermion"):
    return rf.ParticleBath(
        0.1, beta, mu, statistics, band=(-20.0, 20.0) if statistics == "fermion" else (1.0, 20.0)
    )


X = np.array([[0.0, 1.0], [1.0, 0.0]])


Z = np.diag([1.0, -1.0])


NONE = [1e-9 * X]


METHODS = ("dopri5", "magnus")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"hamiltonians": np.zeros((0, 3, 3))}, ValueError, "no members"),
        ({"hamiltonians": np.zeros((5, 3, 2))}, ValueError, r"\(B, N, N\)"),
        ({"hamiltonians": np.triu(np.ones((5, 3, 3)))}, ValueError, r"hamiltonians\[0\] is not Hermitian"),
        ({"hamiltonians": np.full((5, 3, 3), np.nan)}, ValueError, "not finite"),
        ({"couplings": [np.eye(2)]}, ValueError, "levels"),
        ({"couplings": [np.zeros((4, 3, 3))]}, ValueError, "differ in their number of members"),
        ({"baths": rf.OhmicBath.batch(0.1, 5.0, np.ones(4))}, ValueError, "differ in their number of members"),
        ({"baths": [rf.FlatBath(0.1)] * 3}, ValueError, "3 baths for 2 couplings and 5 members"),
        ({"baths": "ohmic"}, TypeError, "baths must be"),
        ({"baths": [1.0, 2.0]}, TypeError, r"baths\[0\] must be a Bath"),
    ],
)  # fmt: skip
def test_bad_input(changes, error, message):
    with pytest.raises(error, match=message):
        small(**changes)


def test_bad_input_elsewhere():
    with pytest.raises(ValueError, match=r"member 1: beta must be positive .*, got -1"):
        rf.OhmicBath.batch(0.1, 5.0, np.array([1.0, -1.0]))
    with pytest.raises(ValueError, match="differ in length"):
        rf.OhmicBath.batch(np.ones(3), 5.0, np.ones(2))
    with pytest.raises(ValueError, match=r"array \(B,\)"):
        rf.OhmicBath.batch(0.1, 5.0, np.ones((2, 2)))
    with pytest.raises(ValueError, match="a batch needs an array"):
        rf.OhmicBath.batch(0.1, 5.0, 1.0)
    with pytest.raises(TypeError, match="warmth"):
        rf.OhmicBath.batch(0.1, 5.0, warmth=np.ones(3))
    with pytest.raises(ValueError, match=r"temperature must not be negative, got -1"):
        rf.OhmicBath.batch(0.1, 5.0, temperature=np.array([1.0, -1.0]))
    with pytest.raises(TypeError, match="beta must be a real number"):
        rf.OhmicBath(0.1, 5.0, np.ones(3))
    with pytest.raises(ValueError, match="baths is empty"):
        rf.BathBatch([])
    batch = small()
    with pytest.raises(TypeError, match=r"ask one member, equation\[i\]"):
        rf.Redfield(batch).apply(np.eye(3))
    with pytest.raises(IndexError):
        batch[5]
    with pytest.raises(ValueError, match="rho0 has shape"):
        rf.Redfield(batch).evolve(np.zeros((4, 3, 3)), TIMES)
    with pytest.raises(ValueError, match=r"fit the 2 couplings and the 2 members alike"):
        rf.SystemBatch(hamiltonians(2, 3), [np.eye(3)] * 2, [rf.FlatBath(0.1)] * 2)
    with pytest.raises(TypeError, match="one equation and has no members"):
        rf.Redfield(batch[0])[0]


def test_bad_input_of_correlated():
    a = [np.eye(2), np.diag([1.0, -1.0])]
    with pytest.raises(ValueError, match=r"positive semidefinite, its least eigenvalue is -0\.5"):
        rf.correlated(a, BATH, [[1.0, 1.5], [1.5, 1.0]])
    with pytest.raises(ValueError, match="matrix is not Hermitian"):
        rf.correlated(a, BATH, [[1.0, 0.5], [0.0, 1.0]])
    with pytest.raises(
        ValueError, match=r"matrix must be \(2, 2\), one row for each coupling, got \(3, 3\)"
    ):
        rf.correlated(a, BATH, np.eye(3))
    with pytest.raises(ValueError, match="matrix is zero"):
        rf.correlated(a, BATH, np.zeros((2, 2)))
    with pytest.raises(TypeError, match="bath must be a Bath, got float"):
        rf.correlated(a, 0.1, np.eye(2))
    with pytest.raises(TypeError, match="couplings must be"):
        rf.correlated(np.eye(2), BATH, np.eye(2))


def test_a_number_that_is_none_is_refused():
    a = rf.operators.fermions(2)
    h = (a[0].T @ a[1] + a[1].T @ a[0]).toarray()
    couplings, baths = rf.particle_exchange(a, lead())
    with pytest.raises(ValueError, match="number is no particle number"):
        rf.System(h, couplings, baths, number=np.diag([0.0, 1.0, 2.0, 3.0]))
    good = rf.System(h, couplings, baths, number=sum((x.T @ x).toarray() for x in a))
    assert np.allclose(good.number, rf.System(h, couplings, baths).number)
    # Pairing does not conserve it.
    pairing = rf.System(h + (a[0] @ a[1] + (a[0] @ a[1]).T).toarray(), couplings, baths)
    with pytest.raises(ValueError, match=r"mu = 0\.5 needs a particle number"):
        pairing.gibbs_state()


def test_steps_that_are_too_short_are_refused():
    drive = Lindblad([(X, np.cos)], NONE)
    for method in METHODS:
        for max_step in (1e-20, 1e-300, 1e-11):
            with pytest.raises(ValueError, match=f"max_step = {max_step:g}"):
                drive.evolve([1, 0], [0.0, 1.0], max_step=max_step, method=method)
        with pytest.raises(rf.ConvergenceError, match="rounding of times"):
            drive.evolve([1, 0], [1e12, 1e12 + 1.0], max_step=1e-8, method=method)
        with pytest.raises(rf.ConvergenceError, match="rounding"):
            drive.evolve([1, 0], [1e17, 1e17 + 64.0], method=method)
    lead = rf.OhmicBath(strength=0.01, cutoff=5.0, beta=1.0)
    periodic = rf.PeriodicSystem(
        [0.5 * Z, (0.3 * X, lambda t: np.cos(1.7 * t))], 2 * np.pi / 1.7, [X], lead
    )
    with pytest.raises(rf.ConvergenceError):
        rf.Redfield(periodic).evolve([1, 0], [0.0, 1e17])


def test_pieces_of_no_length_are_refused():
    with pytest.raises(ValueError, match=r"breaks\[1\] = 1 is followed by 1"):
        _core.PiecewisePolynomial(np.array([0.0, 1.0, 1.0]), np.zeros((2, 1, 1)))


def test_reservoirs_that_differ_and_reservoirs_without_particles():
    (a,) = rf.operators.fermions(1)
    leads = [rf.ParticleBath(0.1, beta=2.0, mu=mu, band=(-20.0, 20.0)) for mu in (0.5, -0.5)]
    dot = rf.System(0.4 * a.T @ a, *rf.particle_exchange([a, a], leads))
    with pytest.raises(ValueError, match="do not have one mu"):
        dot.gibbs_state()
    qubit = rf.System([[1.0, 0.5], [0.5, -1.0]], rf.SiteProjectors(2), rf.OhmicBath(0.04, 10.0, 5.0))
    with pytest.raises(ValueError, match="exchanges none"):
        rf.analysis.Counting(rf.Davies(qubit), "particle")


def test_members_that_fail_are_counted_and_named():
    class Broken(rf.Bath):
        """γ < 0 above 3."""

        def power_spectrum(self, w):
            return np.where(np.abs(w) > 3.0, -1.0, 0.1)

    h = np.array([np.diag([0.0, x]) for x in (1.0, 5.0, 2.0)])
    batch = rf.SystemBatch(h, [np.array([[0.0, 1.0], [1.0, 0.0]])], Broken())
    with pytest.raises(rf.EnsembleError, match=r"1 of 3 members failed .* Member 1: .*negative"):
        rf.Redfield(batch, lamb_shift=False).evolve([1.0, 0.0], TIMES, np.diag([1.0, 0.0]))
    bath = rf.OhmicBath.batch(0.05, 5.0, np.array([1.0, 2.0, 3.0]), exponent=0.5)
    diverging = rf.SystemBatch(h, [np.diag([1.0, -1.0])], bath)
    with pytest.raises(rf.EnsembleError, match="3 of 3 members"):
        rf.Redfield(diverging, lamb_shift=False).steady_state()
