"""Messages of quadratic problems: what is refused says what is wrong, with the value."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

from quadratic_reference import hamiltonian, lead

Q = rf.quadratic
H, V = hamiltonian(2, 1), hamiltonian(2, 7)
PERIOD = 2.0 * np.pi / 1.7


def drive(t):
    return H + 0.3 * np.cos(1.7 * t) * V


def still():
    return rf.QuadraticSystem(H, [0.3, 0.2], lead())


def driven():
    return rf.QuadraticSystem(drive, [0.3, 0.2], lead())


def periodic():
    return rf.QuadraticSystem(
        [H, (0.3 * V, lambda t: np.cos(1.7 * t))], [0.3, 0.2], lead(), period=PERIOD
    )


def constant(h):
    return lambda t: h


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hamiltonian": [[0, 1], [2, 0]]}, "hamiltonian is not Hermitian"),
        ({"coupling": [0.1, -0.2]}, r"coupling\[1\] = -0.2 is negative"),
        ({"coupling": [0.1, 0.2, 0.3]}, "coupling must be one number or 2"),
        ({"coupling": [0.1, np.nan]}, "coupling.*not finite"),
        ({"coupling": [0.1, 1e151]}, r"coupling\[1\] = 1e"),
        ({"coupling": [0.1, 1e300]}, r"coupling\[1\] = 1e"),
        ({"bath": [lead()]}, "1 baths for 2 sites"),
        ({"bath": [lead(), lead("boson")]}, "mix fermions and bosons"),
        ({"statistics": "boson"}, "baths are of fermions"),
        ({"statistics": "anyon"}, "statistics must be one of"),
        (
            {"hamiltonian": np.diag([-1.0, 1.0]), "bath": lead("boson")},
            r"mu = -0\.4 of bosons is not below the system's lowest mode, -1",
        ),
        (
            {"hamiltonian": rf.Spline([0.0, 1.0], [np.zeros((2, 2)), [[0, 1], [0, 0]]])},
            "sample at t = 1 is not Hermitian",
        ),
        ({"hamiltonian": lambda t: np.cos(t) * np.eye(2), "period": 1.0}, "does not have the period 1"),
        (
            {"hamiltonian": [H, (1j * V, np.sin)], "period": 2 * np.pi},
            r"hamiltonian\(.*Hermitian",
        ),
    ],
)
def test_systems(change, message):
    arguments = {"hamiltonian": np.diag([0.0, 1.0]), "coupling": 0.1, "bath": lead(), **change}
    with pytest.raises(ValueError, match=message):
        rf.QuadraticSystem(**arguments)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rf.Spline([0.0, 0.0], np.zeros((2, 1, 1))), "strictly ascending"),
        (
            lambda: rf.Redfield(still(), history="stationary"),
            "history='stationary' is known of a QuadraticSystem with a drive",
        ),
        (
            lambda: rf.Redfield(periodic(), history="stationary"),
            "history='stationary' is known of a QuadraticSystem with a drive",
        ),
        (
            lambda: rf.Redfield(periodic(), history="memory"),
            "history = 'memory' of a QuadraticSystem with a period",
        ),
        (
            lambda: rf.Redfield(
                rf.System(H, rf.SiteProjectors(2), rf.OhmicBath(0.04, 10.0, 5.0)), history="stationary"
            ),
            "not of a System: choose",
        ),
        (
            lambda: rf.Redfield(driven(), lamb_shift=False, history="stationary"),
            "lamb_shift=False with history='stationary'",
        ),
        (
            lambda: rf.Redfield(driven(), history="memory", correlation="exponentials").evolve(
                [0, 0], [0.0, 1.0]
            ),
            "correlation = 'exponentials' is of density matrices",
        ),
        (
            lambda: rf.Davies(
                rf.QuadraticSystem(lambda t: np.diag([1.0 - t, 2.0]), 0.3, lead("boson"))
            ).evolve([0.0, 0.0], [0.0, 3.0]),
            r"mu = -0\.4 of bosons is not below .* at t = ",
        ),
        (lambda: Q.equivalence(still(), modes=np.eye(2)), "modes must be orthonormal eigenvectors of h"),
        (lambda: Q.equivalence(still(), tol=0.0), "tol must be positive"),
        (lambda: Q.locality_profile(still(), "loss"), "part must be one of"),
        (
            lambda: Q.locality_profile(still(), distance=np.zeros((3, 3))),
            "distance must be real and",
        ),
        (lambda: Q.QuasilocalFlow(still(), -1), "reach must be positive"),
        (lambda: Q.QuasilocalFlow(still(), 1, distance=np.ones((2, 2))), "zero on its diagonal"),
        (
            lambda: rf.analysis.entropy_production(
                0.5 * np.eye(2),
                rf.Davies(rf.QuadraticSystem(np.diag([0.0, 1.0]), 0.3, lead(beta=np.inf))),
            ),
            "finite temperature",
        ),
        (
            lambda: Q.entropy(2.0 * np.eye(2)),
            "covariance is not the covariance of a state of fermions",
        ),
        (lambda: Q.entropy(np.eye(2), [2]), "sites must be distinct sites below 2"),
        (lambda: Q.negativity(np.eye(2), [0], [0]), r"a and b share the sites \[0\]"),
        (lambda: Q.bond_currents([[0, 1], [0, 0]], np.eye(2)), "h is not Hermitian"),
        (
            lambda: Q.Bogoliubov(np.eye(2), [[0, 1], [1, 0]], 0.1, lead()),
            r"pairing\[0, 1\] = 1",
        ),
        (
            lambda: rf.Exact(
                rf.QuadraticSystem([[0.0]], 0.3, rf.ParticleBath(lambda w: 0.1 / (1.0 + w**2), 1.0))
            ),
            "give the bath a finite band",
        ),
        (
            lambda: rf.Exact(rf.QuadraticSystem([[0.0]], 0.3, lead()), modes=10),
            "modes must be at least 24 for 3 panels, got 10",
        ),
        (
            lambda: rf.Exact(rf.QuadraticSystem(constant(np.eye(2)), 0.3, lead()), 60).evolve(
                [0, 0], [0.0, 1000.0]
            ),
            r"60 modes a bath return what they received after \d+\.\d+; modes = \d+ would last",
        ),
    ],
)
def test_values(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def davies_and_others(system):
    return rf.Davies(system), rf.Redfield(system, history="stationary"), rf.Exact(system, 100)


def test_drives_that_turn_bad_or_end():
    def turns_bad(t):
        return np.array([[0.0, 1.0], [1.0 + (t > 2.0), 0.0]])

    for equation in davies_and_others(rf.QuadraticSystem(turns_bad, 0.3, lead())):
        with pytest.raises(ValueError, match=r"hamiltonian\([2-9][.\d]*\) is not Hermitian"):
            equation.evolve([0.0, 0.0], [0.0, 5.0])
    spline = rf.Spline([0.0, 1.0, 2.0], np.zeros((3, 2, 2)))
    for equation in davies_and_others(rf.QuadraticSystem(spline, 0.3, lead())):
        with pytest.raises(ValueError, match=r"cover \[0, 2\], but \[0, 3\] is asked for"):
            equation.evolve([0.0, 0.0], [0.0, 3.0])


@pytest.mark.parametrize(
    ("g", "message"),
    [
        (np.diag([0.5, 1.2]), r"rho0 is not the covariance of a state of fermions.*0.5 to 1.2"),
        (np.diag([-0.1, 0.2]), r"outside \[0, 1\]"),
        ([[0.0, 1.0], [0.0, 0.0]], "rho0 is not Hermitian"),
        (np.zeros((3, 3)), "shape"),
    ],
)
def test_unphysical_initial_states(g, message):
    s = rf.QuadraticSystem(np.diag([0.0, 1.0]), 0.1, lead())
    for equation in (rf.Redfield(s), rf.Exact(s, 40)):
        with pytest.raises(ValueError, match=message):
            equation.evolve(g, [0.0, 1.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rf.QuadraticSystem(np.eye(2), 0.3, lead(), tol=0.1), r"tol = 0\.1 has no meaning"),
        (
            lambda: rf.QuadraticSystem(H, 0.1, lead(), breakpoints=[1.0]),
            "breakpoints = .* without a period",
        ),
        (lambda: rf.Davies(still(), max_bytes=1e9), "max_bytes = .* has no meaning"),
        (lambda: rf.Davies(still()).steady_state(threads=2), "threads = 2"),
        (lambda: rf.Redfield(periodic()).steady_state([0.0, 0.0]), "rho0 = .* has no meaning"),
        (lambda: rf.Exact(still()).steady_state(np.zeros(2)), "rho0 = .* has no meaning"),
        (lambda: Q.currents(rf.Exact(still()), np.eye(2)), "(?s)covariance = .* has no meaning"),
        (
            lambda: Q.currents(rf.Redfield(still()), np.eye(2), None, np.zeros(2)),
            "tlist = .* has no meaning",
        ),
        (lambda: rf.Davies(still()).steady_state(progress=True), "progress = True"),
        (lambda: rf.Redfield(still()).apply(np.eye(2), 1.0), "t = 1.0 has no meaning"),
        (lambda: rf.Redfield(driven()).apply(np.eye(2)), "t is missing"),
        (
            lambda: rf.UniversalLindblad(still()),
            "equations of a QuadraticSystem are Redfield, PartialSecular",
        ),
        (
            lambda: Q.LocalLindblad(driven()),
            "system is a QuadraticSystem with a drive, but LocalLindblad",
        ),
        (lambda: driven().energies, r"ask system\.at\(t\)"),
        (lambda: periodic().energies, r"ask system\.at\(t\)"),
        (
            lambda: rf.Redfield(still(), history="memory").steady_state(),
            "depends on where the evolution starts",
        ),
        (lambda: still().modes(0.0), "without a period has no Floquet modes"),
        (
            lambda: Q.Bogoliubov(np.eye(2), np.zeros((2, 2)), 0.1, lead("boson")),
            "of fermions",
        ),
    ],
)
def test_calls_without_a_meaning(call, message):
    with pytest.raises(TypeError, match=message):
        call()


@pytest.mark.parametrize("name", ["threads", "max_step", "breakpoints", "dtype"])
@pytest.mark.parametrize("make", [still, driven, periodic])
@pytest.mark.parametrize("kind", [rf.Redfield, rf.Davies, rf.Exact])
def test_options_without_a_meaning_are_refused_by_name(kind, make, name):
    used = {"max_step", "breakpoints"} if kind is rf.Exact or make is driven else {"max_step"}
    if make is still or (kind is rf.Davies and make is periodic):
        used = set()
    value = {"threads": 2, "max_step": 0.5, "breakpoints": [0.1], "dtype": "float32"}[name]
    equation = kind(make())
    options = {name: value, **({"rtol": 1e-3} if name == "dtype" else {})}
    if name in used:
        assert equation.evolve([0.1, 0.2], [0.0, 0.5], **options).final_covariance.shape == (2, 2)
        return
    with pytest.raises(TypeError, match=f"{name} = .* has no meaning for a"):
        equation.evolve([0.1, 0.2], [0.0, 0.5], **options)
