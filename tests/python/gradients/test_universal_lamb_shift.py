"""Derivatives of the universal Lindblad equation with its own Lamb shift, against differences of its answers."""

import dataclasses
import pickle

import numpy as np
import pytest

import redfield as rf

from differences import changes, derivative, hermitian, ring, spectrum_of

pytestmark = pytest.mark.filterwarnings("ignore:.*not Hermitian")
TOLERANCE = 1e-7
SMOOTH = [rf.DrudeBath(0.02, 5.0, 2.0), rf.DrudeBath(0.03, 3.0, 0.7)]
BATHS = {
    "drude": SMOOTH,
    "ohmic": [rf.OhmicBath(0.02, 5.0, 2.0), rf.OhmicBath(0.03, 3.0, 10.0)],
    "lorentzian": [rf.LorentzianBath(0.05, 1.0, 0.5), rf.DrudeBath(0.03, 3.0, 0.7)],
    "super-ohmic": [rf.OhmicBath(0.02, 5.0, 2.0, exponent=3.0)],
    "no temperature": [rf.OhmicBath(0.02, 5.0, np.inf)],
}
STEPS = np.array([1e-3, 5e-4])


def steady(h, couplings, baths):
    return rf.UniversalLindblad(rf.System(h, couplings, baths)).steady_state(tol=1e-13)


def parts_of(rng, n, count):
    couplings = [hermitian(rng, n), hermitian(rng, n) + 0.3j * hermitian(rng, n)][:count]
    return hermitian(rng, n), hermitian(rng, n), couplings


def require_gradient(rng, parts, gradient, value):
    """Require each part of a gradient, or of more than two levels the sum along a change of all parts together."""
    told = [(name, exact, f) for name, exact, f in changes(rng, *parts, gradient) if np.isfinite(exact)]
    scale = np.abs(gradient.hamiltonian).max()
    if len(parts[0]) == 2:
        for name, exact, f in told:
            found = derivative(lambda s, f=f: value(*f(s)), STEPS)
            assert abs(found - exact) < TOLERANCE * scale, name
        return
    h, couplings, baths = parts

    def together(s):
        moved = [f(s) for _, _, f in told]
        return (
            h + sum(each[0] - h for each in moved),
            [a + sum(each[1][j] - a for each in moved) for j, a in enumerate(couplings)],
            [
                dataclasses.replace(
                    bath,
                    **{n: getattr(other, n) for each in moved for n, other in changed(bath, each[2][i])},
                )
                for i, bath in enumerate(baths)
            ],
        )

    found = derivative(lambda s: value(*together(s)), STEPS)
    assert abs(found - sum(exact for _, exact, _ in told)) < TOLERANCE * scale


def changed(bath, other):
    """Yield the numbers in which two baths differ."""
    for one in dataclasses.fields(bath):
        if getattr(bath, one.name) != getattr(other, one.name):
            yield one.name, other


@pytest.mark.parametrize(
    ("kind", "n"), [*((kind, 2) for kind in BATHS), ("drude", 5), ("ohmic", 5), ("lorentzian", 5)]
)
def test_steady_states(kind, n):
    rng = np.random.default_rng(n)
    baths = BATHS[kind]
    h, o, couplings = parts_of(rng, n, len(baths))
    found = steady(h, couplings, baths)
    gradient = found.gradient(o, tol=1e-13)
    require_gradient(rng, (h, couplings, baths), gradient, lambda *s: np.trace(o @ steady(*s).state).real)
    # The Lamb shift counts in what was compared.
    without = rf.UniversalLindblad(found.equation.system, lamb_shift=False).steady_state().gradient(o)
    moved = np.abs(gradient.hamiltonian - without.hamiltonian).max()
    assert moved > 1e-3 * np.abs(gradient.hamiltonian).max()


def equation_of(*parts):
    return rf.UniversalLindblad(rf.System(*parts))


def test_evolutions():
    rng = np.random.default_rng(4)
    h, _, couplings = parts_of(rng, 3, 2)
    times, parts = np.array([0.0, 1.5, 4.0]), (h, couplings, SMOOTH)
    weights = np.array([hermitian(rng, 3) for _ in times])

    def value(*parts):
        states = equation_of(*parts).evolve([1, 0, 0], times, rtol=1e-12, atol=1e-15).states
        return np.einsum("tkl,tlk->", weights, states).real

    gradient = equation_of(*parts).evolve([1, 0, 0], times).gradient(weights, rtol=1e-11)
    require_gradient(rng, parts, gradient, value)


def test_currents():
    rng = np.random.default_rng(4)
    h, _, couplings = parts_of(rng, 3, 2)
    parts = (h, couplings, SMOOTH)

    def value(*parts):
        return rf.analysis.heat_currents(steady(*parts).state, equation_of(*parts))[1]

    gradient = steady(*parts).gradient_of_current(1, "heat", tol=1e-13)
    require_gradient(rng, parts, gradient, value)


def test_eigenvalues():
    rng = np.random.default_rng(4)
    h, _, couplings = parts_of(rng, 3, 2)
    parts = (h, couplings, SMOOTH)
    modes = equation_of(*parts).spectrum(9)
    index = int(np.argmax(modes.eigenvalues.imag))

    def value(*parts):
        found = equation_of(*parts).spectrum(9).eigenvalues
        return found[np.argmin(np.abs(found - modes.eigenvalues[index]))].imag

    require_gradient(rng, parts, modes.gradient(index, "imaginary"), value)


@pytest.mark.parametrize("spectrum", ["ring", "equal", "two equal", "near"])
def test_levels_that_meet(spectrum):
    rng = np.random.default_rng(7)
    h = spectrum_of(spectrum, 4)
    _, o, couplings = parts_of(rng, 4, 2)
    gradient = steady(h, couplings, SMOOTH).gradient(o, tol=1e-13)
    x, scale = hermitian(rng, 4), np.abs(gradient.hamiltonian).max()
    found = derivative(
        lambda s: np.trace(o @ steady(h + s * x, couplings, SMOOTH).state).real,
        np.array([1e-4, 5e-5]),
    )
    assert abs(found - np.trace(gradient.hamiltonian @ x).real) < TOLERANCE * scale


def test_weights_of_sites():
    rng = np.random.default_rng(5)
    n = 4
    h, o, weights, v = hermitian(rng, n), hermitian(rng, n), rng.uniform(0.5, 1.5, n), rng.normal(size=n)

    def of(weights):
        return steady(h, rf.SiteProjectors(n, list(range(n)), weights), SMOOTH[0])

    gradient = of(weights).gradient(o, tol=1e-13)
    found = derivative(lambda s: np.trace(o @ of(weights + s * v).state).real, STEPS)
    assert abs(found - gradient.couplings @ v) < TOLERANCE * np.abs(gradient.hamiltonian).max()


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_units_of_energy(unit):
    rng = np.random.default_rng(6)
    h, o, couplings = parts_of(rng, 3, 1)
    bath = SMOOTH[0]
    scaled = rf.DrudeBath(bath.strength, unit * bath.cutoff, bath.beta / unit)
    here = steady(h, couplings, bath).gradient(o)
    there = steady(unit * h, couplings, scaled).gradient(o)
    scale = np.abs(here.hamiltonian).max()
    assert np.abs(unit * there.hamiltonian - here.hamiltonian).max() < 1e-8 * scale
    assert abs(unit * there.baths["cutoff"] - here.baths["cutoff"]) < 1e-8 * scale
    assert abs(there.baths["beta"] / unit - here.baths["beta"]) < 1e-8 * scale


def test_another_basis():
    rng = np.random.default_rng(8)
    h, o, couplings = parts_of(rng, 4, 2)
    u = np.linalg.qr(hermitian(rng, 4) + 1j * hermitian(rng, 4))[0]

    def turned(x):
        return u @ x @ u.conj().T

    here = steady(h, couplings, SMOOTH).gradient(o)
    there = steady(turned(h), [turned(a) for a in couplings], SMOOTH).gradient(turned(o))
    scale = np.abs(here.hamiltonian).max()
    assert np.abs(there.hamiltonian - turned(here.hamiltonian)).max() < 1e-8 * scale
    assert np.abs(there.couplings[1] - turned(here.couplings[1])).max() < 1e-8 * scale


def test_a_batch_has_what_each_member_has():
    rng = np.random.default_rng(9)
    h = np.array([hermitian(rng, 3) for _ in range(3)])
    a, o = hermitian(rng, 3), hermitian(rng, 3)
    bath = rf.DrudeBath.batch(0.05, 4.0, beta=np.array([0.5, 1.0, 3.0]))
    for couplings in ([a], rf.SiteProjectors(3)):
        batch = rf.UniversalLindblad(rf.SystemBatch(h, couplings, bath))
        together = batch.steady_state().gradient(o)
        late = batch.evolve([1, 0, 0], [0.0, 2.0]).gradient(o)
        for i in range(3):
            for found, alone in (
                (together, batch[i].steady_state().gradient(o)),
                (late, batch[i].evolve([1, 0, 0], [0.0, 2.0]).gradient(o)),
            ):
                scale = 1e-8 * np.abs(alone.hamiltonian).max()
                assert np.abs(found.hamiltonian[i] - alone.hamiltonian).max() < scale
                assert np.abs(found.couplings[i] - alone.couplings).max() < scale
                for name in ("strength", "cutoff", "beta"):
                    # Each coupling of a member has a bath of its own.
                    whole = sum(each[name] for each in alone.baths)
                    assert abs(found.baths[name][i] - whole) < scale


def test_one_level_has_a_gradient_of_zero():
    gradient = steady([[0.3]], [[[1.0]]], SMOOTH[0]).gradient([[1.0]])
    assert abs(gradient.hamiltonian).max() < 1e-12
    assert abs(gradient.baths["beta"]) < 1e-12


def test_numbers_are_kept_by_pickles():
    rng = np.random.default_rng(10)
    h, o, couplings = parts_of(rng, 2, 1)
    gradient = steady(h, couplings, SMOOTH[0]).gradient(o)
    assert dict(pickle.loads(pickle.dumps(gradient)).baths[0]) == dict(gradient.baths[0])


def test_what_is_not_known_is_told():
    rng = np.random.default_rng(11)
    h, o, couplings = parts_of(rng, 4, 1)
    ohmic = rf.OhmicBath(0.03, 4.0, 1.3)
    with pytest.warns(UserWarning, match="√γ is not smooth"):
        gradient = steady(ring(4), couplings, ohmic).gradient(o)
    assert np.isfinite(gradient.hamiltonian).all()
    # A change of the exponent is infinite at ω = 0, and that of the Lamb shift settles too slowly.
    assert not np.isfinite(gradient.baths["exponent"])
    found = steady(h, couplings, ohmic)
    with pytest.raises(ValueError, match="changes without bound with 'exponent'"):
        found.directional_derivative(rf.Direction(baths={"exponent": 1.0}))
    driven = rf.DrivenSystem([h, (o, np.cos)], couplings, ohmic)
    result = rf.UniversalLindblad(driven, lamb_shift=False).evolve([1, 0, 0, 0], [0.0, 0.1])
    moving = dataclasses.replace(result, equation=rf.UniversalLindblad(driven))
    with pytest.raises(TypeError, match="own Lamb shift"):
        moving.gradient(o)
