"""Work, heat and entropy production of driven and periodic equations against closed forms and independent sums."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

import redfield as rf

from reference import random_hermitian, random_state, redfield_tensor

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
COLD, HOT = rf.OhmicBath(0.3, 20.0, beta=4.0), rf.OhmicBath(0.5, 20.0, beta=0.7)


def excited(splitting: float, beta: float) -> float:
    return float(1.0 / (1.0 + np.exp(beta * splitting)))


def rate_of(bath: rf.Bath, splitting: float) -> float:
    """Return the rate at which a qubit coupled by σˣ relaxes."""
    return float(bath.power_spectrum(np.array([-splitting, splitting])).sum())


def test_an_adiabatic_stroke_is_work_alone():
    # H commutes with itself, so that the populations stay and W = ΔΔE (p − ½), whatever the ramp.
    def ramp(t):
        return 1.0 + 0.5 * t**2

    stroke = rf.DrivenSystem([(0.5 * Z, ramp)], [np.zeros((2, 2))], HOT)
    times, p = np.array([0.0, 0.7, 2.0]), 0.3
    found = rf.analysis.energy_balance(rf.Redfield(stroke).evolve(np.diag([p, 1.0 - p]), times))
    assert found.work == pytest.approx((p - 0.5) * 0.5 * times**2, abs=1e-12)
    assert found.heat == pytest.approx(np.zeros((3, 1)), abs=1e-14)
    assert found.entropy == pytest.approx(np.zeros(3), abs=1e-9)


@pytest.mark.parametrize("kind", [rf.Davies, rf.UniversalLindblad])
def test_an_isochoric_stroke_is_heat_alone(kind):
    # Davies' and, of populations alone, the other: p relaxes at γ(ω) + γ(−ω).
    w, start = 1.3, 0.9
    isochore = rf.DrivenSystem([0.5 * w * Z, (Z, lambda t: 0.0 * t)], [X], HOT)
    times = np.array([0.0, 0.4, 3.0])
    result = kind(isochore, lamb_shift=False).evolve(np.diag([start, 1.0 - start]), times)
    final = excited(w, HOT.beta)
    p = final + (start - final) * np.exp(-rate_of(HOT, w) * times)
    found = rf.analysis.energy_balance(result)
    assert found.heat[:, 0] == pytest.approx(w * (p - start), abs=1e-6)
    assert found.work == pytest.approx(np.zeros(3), abs=1e-6)
    assert rf.analysis.heat_currents(result)[:, 0] == pytest.approx(
        -w * rate_of(HOT, w) * (p - final), rel=1e-4, abs=1e-7
    )


def otto(low: float, high: float) -> tuple[rf.DrivenSystem, np.ndarray]:
    """Return a cycle of four strokes: compression, hot isochore, expansion, cold isochore, one after another."""
    times = np.array([0.0, 1.0, 21.0, 22.0, 72.0])

    def splitting(t):
        return np.interp(t, times, [low, high, high, low, low])

    def on(first, last):
        return lambda t: np.where((np.asarray(t) >= first) & (np.asarray(t) < last), 1.0, 0.0)

    couplings = [(X, on(1.0, 21.0)), (X, on(22.0, 72.0))]
    return rf.DrivenSystem([(0.5 * Z, splitting)], couplings, [HOT, COLD]), times


def test_an_otto_cycle_has_the_efficiency_of_its_frequencies():
    low, high = 0.8, 2.0
    engine, times = otto(low, high)
    cold, hot = excited(low, COLD.beta), excited(high, HOT.beta)
    result = rf.Davies(engine).evolve(np.diag([cold, 1.0 - cold]), times)
    found = rf.analysis.energy_balance(result)
    assert found.heat[-1] == pytest.approx([high * (hot - cold), low * (cold - hot)], abs=2e-6)
    assert found.work[-1] == pytest.approx(-(high - low) * (hot - cold), abs=2e-6)
    assert -found.work[-1] / found.heat[-1, 0] == pytest.approx(1.0 - low / high, abs=1e-5)
    # Each isochore gives heat of its own bath alone, each adiabat none.
    assert np.diff(found.heat, axis=0)[[0, 2]] == pytest.approx(np.zeros((2, 2)), abs=1e-9)
    assert np.diff(found.heat, axis=0)[1, 1] == pytest.approx(0.0, abs=1e-9)
    # The cycle closes, so that the entropy is what the baths got.
    assert found.entropy[-1] == pytest.approx(-found.heat[-1] @ [HOT.beta, COLD.beta], abs=1e-5)
    assert (np.diff(found.entropy) > -1e-6).all()
    assert found.error < 1e-5
    assert rf.analysis.work(result) == pytest.approx(found.work)


@pytest.mark.parametrize("kind", [rf.Redfield, rf.Davies])
def test_currents_of_a_drive_are_the_sums_of_the_moment(kind):
    n, t = 3, 0.6
    h0, h1 = random_hermitian(n, 1), random_hermitian(n, 2)
    a, b = random_hermitian(n, 3), random_hermitian(n, 4)
    system = rf.DrivenSystem([h0, (h1, np.sin)], [a, (b, np.cos)], [HOT, COLD])
    equation, rho = kind(system), random_state(n, 5)
    h = h0 + np.sin(t) * h1
    expected = []
    for coupling, bath in ((a, HOT), (np.cos(t) * b, COLD)):
        tensor = redfield_tensor(h, [coupling], [bath], lamb_shift=True, secular=kind is rf.Davies)
        change = (tensor @ rho.ravel()).reshape(n, n)
        expected.append(np.trace(h @ change).real)
    assert rf.analysis.energy_currents(rho, equation, t=t) == pytest.approx(expected, rel=1e-9)
    assert rf.analysis.heat_currents(np.array([rho]), equation, t=[t])[0] == pytest.approx(expected)
    assert rf.analysis.first_law_defect(rho, equation, t=t) < 1e-12
    by_baths = rf.analysis.energy_currents(rho, equation, t=t, counted="bath")
    assert by_baths == pytest.approx(
        rf.analysis.energy_currents(rho, equation.at(t), counted="bath"), rel=1e-9
    )


def simpson(values: np.ndarray, times: np.ndarray) -> float:
    return float(scipy.integrate.simpson(values, x=times))


@pytest.mark.parametrize("kind", [rf.Redfield, rf.HEOM])
def test_the_first_law_closes_with_the_power_of_the_drive(kind):
    bath = rf.DrudeBath(0.1, 1.0, beta=1.0)
    options = {"depth": 2, "tol": 1e-2} if kind is rf.HEOM else {}
    system = rf.DrivenSystem([0.5 * Z, (0.3 * X, np.sin)], [(Z, lambda t: 1.0 / (1.0 + t))], bath)
    equation, times = kind(system, **options), np.linspace(0.0, 1.5, 61)
    result = equation.evolve([1, 0], times, rtol=1e-8, atol=1e-11)
    power = 0.3 * np.cos(times) * np.einsum("ab,tba->t", X, result.states).real
    coarse = equation.evolve([1, 0], times[[0, -1]])
    found = rf.analysis.energy_balance(coarse)
    assert found.work[-1] == pytest.approx(simpson(power, times), abs=1e-6)
    heat = simpson(rf.analysis.heat_currents(result)[:, 0], times)
    assert found.heat[-1, 0] == pytest.approx(heat, abs=1e-5)


@pytest.mark.parametrize("kind", [rf.Davies, rf.Redfield])
def test_a_cycle_of_a_periodic_system_closes(kind):
    per = rf.PeriodicSystem([0.5 * Z, (0.3 * X, np.cos)], 2 * np.pi, [X, Z], [HOT, COLD])
    equation = kind(per)
    state = equation.steady_state()
    period = per.period
    assert rf.analysis.heat_currents(state) * period == pytest.approx(state.heat)
    assert rf.analysis.work(state) == state.work
    defect = rf.analysis.first_law_defect(state)
    assert defect * period == pytest.approx(abs(state.work + state.energy.sum()))
    # Along the cycle in frequencies, and in the system with the power of the drive.
    times = np.append(state.times, period)
    states = np.concatenate([state.states, state.states[:1]])
    power = -0.3 * np.sin(times) * np.einsum("ab,tba->t", X, states).real
    along = rf.analysis.energy_balance(state, counted="system")
    assert along.work[-1] == pytest.approx(simpson(power, times), abs=1e-7)
    mean = rf.analysis.heat_currents(state, counted="system")
    assert along.heat[-1] == pytest.approx(mean * period, abs=1e-7)
    counted = rf.analysis.energy_balance(state)
    assert counted.heat[-1] == pytest.approx(state.heat, abs=1e-7)
    produced = rf.analysis.entropy_production(state)
    assert produced == pytest.approx(-(state.heat @ [HOT.beta, COLD.beta]) / period)
    if kind is rf.Davies:
        assert produced > 0.0
        assert defect < 1e-14
        result = equation.evolve([0.6, 0.8], np.linspace(0.1, 9.0, 7))
        mixed = 0.9 * result.states + 0.05 * np.eye(2)
        each = rf.analysis.entropy_production(mixed, equation, t=result.times)
        assert (each > 0.0).all()


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_balances_scale_with_the_energy(scale):
    def found(s: float) -> rf.analysis.EnergyBalance:
        bath = rf.OhmicBath(0.2, 5.0 * s, beta=1.0 / s)
        drive = [0.5 * s * Z, (0.3 * s * X, lambda t: np.sin(s * t))]
        system = rf.DrivenSystem(drive, [Z], bath)
        return rf.analysis.energy_balance(rf.Redfield(system).evolve([1, 0], [0.0, 1.0 / s, 4.0 / s]))

    one, other = found(1.0), found(scale)
    assert other.work / scale == pytest.approx(one.work, abs=1e-7)
    assert other.heat / scale == pytest.approx(one.heat, abs=1e-7)
    assert other.entropy[1:] == pytest.approx(one.entropy[1:], abs=1e-7)


def test_particles_of_a_switched_lead_do_chemical_work():
    (a,) = rf.operators.fermions(1)
    lead = rf.ParticleBath(0.4, beta=2.0, mu=0.7, band=(-20.0, 20.0))
    couplings, baths = rf.particle_exchange([a], [lead])
    switched = [(c, lambda t: np.sqrt(np.clip(t, 0.0, 1.0))) for c in couplings]
    level = 0.3
    dot = rf.DrivenSystem([level * a.T @ a, (0.0 * a.T @ a, np.cos)], switched, baths)
    result = rf.Davies(dot).evolve(np.diag([1.0, 0.0]), [0.0, 1.0, 3.0])
    found = rf.analysis.energy_balance(result)
    # γ(±ω) add up to the density 0.4: ṅ = 0.4 s(t) (f − n).
    f = 1.0 / (np.exp(2.0 * (level - 0.7)) + 1.0)
    density = float(
        sum(b.power_spectrum(np.array([s * level]))[0] for b, s in zip(baths, (1, -1), strict=True))
    )
    n = f * (1.0 - np.exp(-density * np.array([0.0, 0.5, 2.5])))
    assert found.particles[:, 0] == pytest.approx(n, abs=1e-5)
    assert found.heat[:, 0] == pytest.approx((level - 0.7) * n, abs=1e-5)
    assert found.work == pytest.approx(np.zeros(3), abs=1e-5)
    assert rf.analysis.particle_currents(result)[-1, 0] == pytest.approx(density * (f - n[-1]), abs=1e-5)


def test_what_begins_fast_is_not_passed_over():
    # Forces of a hierarchy rise within the fastest of its exponentials, a 10⁴th of the first interval.
    heom = rf.HEOM(rf.System(0.5 * Z, [X], rf.DrudeBath(0.1, 1.0, beta=1.0)), depth=2, tol=1e-2)
    found = rf.analysis.energy_balance(heom.evolve([1, 0], [0.0, 1.0, 3.0]))
    assert found.work == pytest.approx(np.zeros(3), abs=5e-6)
    assert np.abs(found.work).max() <= found.error  # a constant H does none
    # A start that relaxes within a hundredth of the time, and a jump of H after which it does again.
    jump = rf.DrivenSystem(
        [(0.5 * Z, lambda t: np.where(np.asarray(t) < 0.5, 1.0, 2.0))],
        [X],
        rf.OhmicBath(1e2, 20.0, beta=1.0),
    )
    balance = rf.analysis.energy_balance(rf.Davies(jump).evolve([1, 0], [0.0, 0.4, 1.0]))
    low, high = excited(1.0, 1.0), excited(2.0, 1.0)
    assert balance.heat[:, 0] == pytest.approx([0.0, low - 1.0, low - 1.0 + 2.0 * (high - low)], abs=1e-5)
    assert balance.work[-1] == pytest.approx(low - 0.5, abs=1e-5)


def test_what_has_no_currents_says_so():
    system = rf.DrivenSystem([0.5 * Z, (X, np.cos)], [X], HOT)
    memory = rf.Redfield(system, history="memory").evolve([1, 0], [0.0, 1.0])
    for ask in (rf.analysis.heat_currents, rf.analysis.energy_balance):
        with pytest.raises(TypeError, match="memory"):
            ask(memory)
    still = rf.Redfield(rf.System(0.5 * Z, [X], HOT), history="memory").evolve([1, 0], [0.0, 1.0])
    with pytest.raises(TypeError, match="currents of history='memory' are not known"):
        rf.analysis.heat_currents(still)
    with pytest.raises(ValueError, match=r"\bt\b.*missing"):
        rf.analysis.heat_currents(np.diag([1.0, 0.0]), rf.Davies(system))
    with pytest.raises(ValueError, match=r"\bt\b.*shape"):
        rf.analysis.heat_currents(np.diag([1.0, 0.0]), rf.Davies(system), t=[0.0, 1.0])
    still = rf.Davies(rf.System(Z, [X], HOT))
    with pytest.raises(ValueError, match=r"t = 1\.0 has no meaning"):
        rf.analysis.heat_currents(np.diag([1.0, 0.0]), still, t=1.0)
    lindblad = rf.Lindblad([0.5 * Z, (X, np.cos)], [X], period=2 * np.pi).steady_state()
    with pytest.raises(TypeError, match="counted"):
        rf.analysis.heat_currents(lindblad)
    assert rf.analysis.work(lindblad) == pytest.approx(
        -2 * np.pi * rf.analysis.energy_currents(lindblad, counted="system").sum(), abs=1e-6
    )


def test_a_closed_system_takes_work_alone():
    x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
    times = np.array([0.0, 1.0, 4.0])
    for equation in (
        rf.Lindblad([0.5 * z, (x, np.cos)], []),
        rf.Lindblad([0.5 * z, (x, np.cos)], [], period=2.0 * np.pi),
        rf.Redfield(rf.PeriodicSystem([0.5 * z, (x, np.cos)], 2.0 * np.pi, [], [])),
    ):
        result = equation.evolve([1.0, 0.0], times)
        energies = [
            np.trace((0.5 * z + np.cos(t) * x) @ rho).real
            for t, rho in zip(times, result.states, strict=True)
        ]
        found = rf.analysis.energy_balance(result)
        assert found.heat.shape == (3, 0)
        assert found.work == pytest.approx(energies - energies[0], abs=1e-6)


def test_a_coupling_of_a_hundredth_of_a_period_is_not_passed_over():
    period, x = 2.0 * np.pi, np.array([[0.0, 1.0], [1.0, 0.0]])

    def pulse(t):
        return np.exp(-0.5 * ((np.mod(np.asarray(t), period) - 2.5) / 0.03) ** 2)

    bath = rf.OhmicBath(0.5, 10.0, beta=1.0)
    system = rf.PeriodicSystem(np.diag([0.5, -0.5]), period, [(x, pulse)], bath, harmonics=400)
    equation = rf.Redfield(system)
    found = rf.analysis.energy_balance(equation.evolve([1, 0], [0.0, period]), counted="system")
    times = np.unique([0.0, *(2.5 + 0.03 * np.linspace(-8.0, 8.0, 241)), period])
    along = equation.evolve([1, 0], times, rtol=1e-9, atol=1e-12)
    expected = np.trapezoid(rf.analysis.heat_currents(along, counted="system"), times, axis=0)
    assert abs(expected[0]) > 1e-3
    assert found.heat[-1] == pytest.approx(expected, rel=1e-3)


def test_what_the_baths_of_a_matrix_do_is_not_known():
    matrix = rf.Lindblad(np.diag([1.0, -1.0]), [[[0.0, 0.3], [0.0, 0.0]]]).liouvillian()
    result = rf.Superoperator(matrix).evolve(np.diag([0.5, 0.5]), [0.0, 1.0])
    for ask in (rf.analysis.heat_currents, rf.analysis.entropy_production, rf.analysis.first_law_defect):
        with pytest.raises(TypeError, match="what its baths do"):
            ask(result)
