"""`diagnose` of periodic systems, against constant ones, evolutions of a basis, and sums over matrix units."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import scipy

import redfield as rf

import reference

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH, COLD = rf.OhmicBath(0.05, 6.0, beta=0.8), rf.OhmicBath(0.03, 4.0, beta=2.0)
W = 1.7
H0, H1, A, B = (reference.random_hermitian(3, k) for k in (1, 2, 3, 4))
DRIVEN = rf.PeriodicSystem([2 * H0, (0.5 * H1, lambda t: np.cos(W * t))], 2 * np.pi / W, [A, B], BATH)


def units(n):
    return [np.outer(a, b) for a in np.eye(n) for b in np.eye(n)]


def dissipators(equation, times):
    """𝒟(t) on row-stacked X, from 𝓛(t)X + i[H(t), X] of Hermitian X in the basis H is given in."""
    h, n, out = equation.system.hamiltonian.at, equation.system.dimension, []
    for t in times:

        def change(x, t=t):
            return equation.apply(x, t) + 1j * (h(t) @ x - x @ h(t))

        columns = [change((x + x.T) / 2) - 1j * change(1j * (x - x.T) / 2) for x in units(n)]
        out.append(np.array(columns).reshape(n * n, n * n).T)
    return np.array(out)


def choi(matrix, n):
    """Σ_mn |m⟩⟨n| ⊗ 𝓜(|m⟩⟨n|) of a map on row-stacked X."""
    images = [(matrix @ x.ravel()).reshape(n, n) for x in units(n)]
    return sum(np.kron(x, y) for x, y in zip(units(n), images, strict=True))


def map_of_period(equation):
    """The map of a period by evolutions from pure states, whose combinations are the matrix units."""
    n, period = equation.system.dimension, equation.system.period

    def final(psi):
        psi = np.array(psi)
        norm = np.vdot(psi, psi).real
        rho = np.outer(psi, psi.conj()) / norm
        return norm * equation.evolve(rho, [0.0, period], rtol=1e-10, atol=1e-12).final_state

    e, columns = np.eye(n), []
    for k in range(n):
        for m in range(n):
            parts = [1j**p * final(e[k] + 1j**p * e[m]) for p in range(4) if k != m or p == 0]
            columns.append(sum(parts) / 4)  # polarisation: |k⟩⟨m| = ¼Σ iᵖ|k + iᵖm⟩⟨k + iᵖm|
    return np.array(columns).reshape(n * n, n * n).T


def test_a_drive_of_zero_is_diagnosed_as_the_constant_system():
    still = rf.System(2 * H0, [A, B], BATH)
    moving = rf.PeriodicSystem([2 * H0, (0.0 * H1, np.cos)], 0.4, [A, B], BATH)
    kinds = [rf.Redfield, rf.Davies]
    found, known = rf.diagnose(moving, kinds), rf.diagnose(still, kinds)
    for column in (
        "kossakowski",
        "completely_positive",
        "steady_state",
        "steady_minimum",
        "distance",
    ):
        np.testing.assert_allclose(found.values[column], known.values[column], rtol=1e-5, atol=1e-9)
    assert found.holds()["Davies"]["thermalises"] is known.holds()["Davies"]["thermalises"] is True
    assert found.secular.rate == pytest.approx(known.secular.rate)
    for i, kind in enumerate(kinds):
        one, other = (
            kind(s).solver.fastest_decay() for s in (moving, still)
        )  # of Davies' equation, of each
        assert found.values["gibbs"][i] * one == pytest.approx(
            known.values["gibbs"][i] * other, abs=1e-12
        )
        slowest = np.sort(-np.linalg.eigvals(kind(still).liouvillian().toarray()).real)[1]
        assert found.values["gap"][i] == pytest.approx(slowest, rel=1e-6)


def test_numbers_of_a_drive_are_those_of_its_superoperators():
    kinds = {"Redfield": rf.Redfield, "secular": rf.PartialSecular(DRIVEN, 0.6), "Davies": rf.Davies}
    with pytest.warns(rf.SecularWarning):
        found = rf.diagnose(DRIVEN, kinds)
    n, redfield = 3, rf.Redfield(DRIVEN)
    times = redfield.steady_state().times
    theirs = dissipators(redfield, times)
    traceless = scipy.linalg.null_space(np.eye(n).reshape(1, -1))
    for i, kind in enumerate(kinds.values()):
        equation = kind(DRIVEN) if isinstance(kind, type) else kind
        mine = dissipators(equation, times)
        lowest = min(
            np.linalg.eigvalsh(traceless.conj().T @ choi(d, n).conj() @ traceless)[0] for d in mine
        )
        assert found.values["kossakowski"][i] == pytest.approx(lowest, rel=1e-6, abs=1e-12)
        away = np.linalg.norm(mine - theirs) / np.linalg.norm(theirs)
        assert found.values["distance"][i] == pytest.approx(away, rel=1e-6, abs=1e-12)
        whole = map_of_period(equation)
        slowest = np.sort(np.abs(np.linalg.eigvals(whole)))[-2]
        assert found.values["gap"][i] == pytest.approx(-np.log(slowest) / DRIVEN.period, rel=1e-6)
        assert found.values["choi"][i] == pytest.approx(
            np.linalg.eigvalsh(choi(whole, n) / n)[0], rel=1e-5, abs=1e-9
        )
    phi = np.array([DRIVEN.aligned_modes(t) for t in times])
    p = np.exp(-0.8 * DRIVEN.energies)
    gibbs = (phi * (p / p.sum())) @ phi.conj().transpose(0, 2, 1)
    change = np.einsum("tab,tb->ta", theirs, gibbs.reshape(len(times), -1)).reshape(-1, n, n)
    residual = max(np.linalg.norm(x, "nuc") for x in change) / redfield.solver.fastest_decay()
    assert found.values["gibbs"][0] == pytest.approx(residual, rel=1e-6)
    assert found.holds()["Redfield"] == {
        "completely_positive": False,
        "thermalises": False,
        "steady_state_positive": bool(found.values["steady_minimum"][0] >= -1e-10),
    }


def test_the_gap_of_a_period_that_forgets_little():
    """A weak, fast case, where the map of a period is all but unitary: to first order in what the bath does."""
    bath = rf.OhmicBath(1e-7, 50.0, beta=0.3)
    qubit = rf.PeriodicSystem(
        [0.5 * Z, (0.4 * X, lambda t: np.cos(9.0 * t))], 2 * np.pi / 9.0, [X + Z], bath
    )
    found = rf.diagnose(qubit, [rf.Redfield, rf.Davies])
    assert found.values["gap"][0] == pytest.approx(found.values["gap"][1], rel=1e-4)
    davies = rf.Davies(qubit)
    populations = -davies.rates.trace()
    slowest = min(populations, -davies.coherence_rates[0, 1].real)
    assert found.values["gap"][1] == pytest.approx(slowest, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_energies_and_times_scale(scale):
    def found(s):
        bath = rf.OhmicBath(0.05, 6.0 * s, beta=0.8 / s)
        drive = [1.1 * s * Z, (0.5 * s * X, lambda t: np.cos(W * s * t))]
        return rf.diagnose(rf.PeriodicSystem(drive, 2 * np.pi / (W * s), [X + 0.3 * Z], bath))

    one, other = found(1.0), found(scale)
    for column in ("gibbs", "steady_state", "steady_minimum", "distance", "choi", "completely_positive"):
        np.testing.assert_allclose(other.values[column], one.values[column], rtol=1e-5, atol=1e-8)
    for column in ("kossakowski", "gap", "entropy"):
        np.testing.assert_allclose(other.values[column] / scale, one.values[column], rtol=1e-5, atol=1e-8)


def test_what_has_no_number_says_why():
    two = rf.PeriodicSystem([Z, (0.5 * X, np.cos)], 2 * np.pi, [X, Z], [BATH, COLD])
    found = rf.diagnose(two, [rf.Davies])
    assert "one beta" in found.reasons["Davies"]["gibbs"]
    assert found.values["entropy"][0] > 0.0
    assert np.isfinite(rf.diagnose(two, [rf.Davies], beta=1.0).values["gibbs"][0])
    dephasing = rf.PeriodicSystem([Z, (0.5 * Z, np.cos)], 2 * np.pi, [Z], BATH)
    found = rf.diagnose(dephasing, [rf.Davies, rf.Redfield])
    for name in ("Davies", "Redfield"):
        assert "several periodic" in found.reasons[name]["gap"]
        assert found.holds()[name]["steady_state_positive"] is None
        assert found.holds()[name]["thermalises"] is True
    one = rf.PeriodicSystem([np.eye(1), (np.eye(1), np.cos)], 2 * np.pi, [np.eye(1)], BATH)
    found = rf.diagnose(one)
    assert found.values["steady_minimum"] == pytest.approx(1.0)
    assert "one level" in found.reasons["Redfield"]["gap"]
    many = rf.PeriodicSystem(
        [np.diag(np.arange(9.0)), (np.eye(9, k=1) + np.eye(9, k=-1), np.cos)], 2 * np.pi, [], []
    )
    assert "beyond 8 levels" in rf.diagnose(many, [rf.Davies]).reasons["Davies"]["kossakowski"]
    for wrong in ({"mu": 0.5}, {"steady_error": True}, {"tlist": [0.0]}):
        (name,) = wrong
        with pytest.raises(ValueError, match=f"^{name} = "):
            rf.diagnose(two, **wrong)


def test_equations_of_two_periodic_systems_are_compared_in_one_basis():
    def other(strength, h=0.3, w=1.0):
        drive = [Z + h * X, (0.5 * X, lambda t: np.cos(w * t))]
        return rf.Davies(
            rf.PeriodicSystem(drive, 2 * np.pi / w, [X], rf.OhmicBath(strength, 5.0, beta=1.0))
        )

    a, b = other(0.05), other(0.04, h=-0.8)
    times = np.linspace(0.0, 2 * np.pi, 64, endpoint=False)
    one, two = (dissipators(e, times) for e in (a, b))
    away = np.linalg.norm(one - two) / np.linalg.norm(two)
    assert rf.analysis.generator_distance(a, b) == pytest.approx(away, rel=1e-6)
    assert rf.analysis.generator_distance(other(0.05), other(0.04)) == pytest.approx(0.25, rel=1e-6)
    with pytest.raises(ValueError, match="of one period"):
        rf.analysis.generator_distance(a, other(0.05, w=2.0))


def test_the_table_is_drawn_kept_and_read():
    found = rf.diagnose(rf.PeriodicSystem([Z, (0.5 * X, np.cos)], 2 * np.pi, [X], BATH))
    assert found.names == ["Redfield", "PartialSecular", "Davies"]
    assert len(found.plot().get_xticklabels()) == len(found.columns) == 6
    assert "Floquet–Gibbs residual" in repr(found)
    assert "Floquet–Gibbs residual" in found._repr_html_()
    assert found.to_xarray().gap.dims == ("equation",)
    assert pickle.loads(pickle.dumps(found)) == found
