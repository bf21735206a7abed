"""Pictures of what was computed, and formulas of what is solved."""

import pickle

import matplotlib
import numpy as np
import pytest

import redfield as rf
from redfield.draw import COLOURS

matplotlib.use("agg")


@pytest.fixture(scope="module")
def system():
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    return rf.System(np.diag([0.0, 1.0, 1.6, 2.5]) + 0.2, rf.SiteProjectors(4), bath)


def test_every_picture_has_labels_and_is_drawn_as_vectors(system, tmp_path):
    equation = rf.Redfield(system)
    result = equation.evolve(np.eye(4)[0], np.linspace(0, 10, 11), e_ops={"E": system.hamiltonian})
    pictures = {
        "result": result.plot(),
        "spectrum": equation.spectrum(k=16).plot(),
        "compare": rf.compare(system, [rf.Redfield, rf.Davies], np.eye(4)[0], [0.0, 1.0]).plot(),
        "diagnosis": rf.diagnose(system).plot(),
        "levels": system.plot(),
    }
    for name, axes in pictures.items():
        assert axes.get_ylabel() or name == "diagnosis", name
        path = tmp_path / f"{name}.svg"
        axes.figure.savefig(path)
        assert "<image" not in path.read_text(), name
    assert pictures["result"].get_xlabel() == "t  (1/energy)"
    assert pictures["result"].lines[0].get_color() == COLOURS[0]
    # What was given is drawn on.
    axes = pictures["result"]
    assert result.plot(axes) is axes
    assert matplotlib.rcParams["axes.grid"] is False  # the style stays inside


def test_curves_that_coincide_are_dashed_differently(system):
    times, h = np.linspace(0, 10, 11), system.hamiltonian
    result = rf.Redfield(system).evolve(np.eye(4)[0], times, e_ops={"E": h, "again": h, "-E": -h})
    axes = result.plot()
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--", "-"]
    # And those of another picture that is drawn over it.
    result.plot(ax=axes)
    dashes = [line._dash_pattern for line in axes.lines if line.get_label() in ("E", "again")]
    assert len({str(x) for x in dashes}) == 4


def test_many_levels_have_colours_of_their_own(system):
    n = 27
    lattice = rf.System(rf.models.chain(n), rf.SiteProjectors(n), system.baths[0])
    axes = rf.Redfield(lattice).evolve(np.eye(n)[0], [0.0, 1.0, 2.0]).plot()
    assert len({matplotlib.colors.to_hex(line.get_color()) for line in axes.lines}) == n
    assert axes.get_legend_handles_labels()[1] == ["level 0", "level 13", "level 26"]


def test_legends_stand_off_the_data_and_say_what_bands_are(system):
    result = rf.Redfield(system).evolve(np.eye(4)[0], np.linspace(0, 5, 6), error=True)
    axes = result.plot()
    assert "± estimated error" in axes.get_legend_handles_labels()[1]
    axes.figure.canvas.draw()
    assert axes.get_legend().get_window_extent().y0 >= axes.bbox.y1
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    decay = rf.Lindblad(np.diag([0.0, 1.0]), [lower])
    runs = decay.trajectories([0, 1], [0.0, 1.0, 2.0], [lower.T @ lower], samples=16)
    axes = runs.plot()
    assert axes.get_legend_handles_labels()[1] == ["e_ops[0]", "± 2 standard errors"]
    (band,) = axes.collections
    heights = np.ptp(band.get_paths()[0].vertices[:, 1])
    assert heights >= 4.0 * runs.errors[0].max() - 1e-12
    members = rf.OhmicBath.batch(0.1, 5.0, beta=np.array([0.5, 1.0, 2.0]))
    batch = rf.Davies(rf.SystemBatch(np.diag([0.0, 1.0]), [lower + lower.T], members))
    axes = batch.evolve([0, 1], [0.0, 1.0], {"n": lower.T @ lower}).plot()
    assert axes.get_legend_handles_labels()[1] == ["n", "68 % of the members"]
    # What the colours of a table mean is under it.
    table = rf.diagnose(system).plot()
    assert table.get_legend().get_texts()[0].get_text() == "holds"


def test_quadratic_systems_and_their_answers_have_pictures():
    leads = [rf.ParticleBath(0.2, beta=1.0, mu=mu, band=(-50.0, 50.0)) for mu in (0.5, -0.5)]
    wire = rf.QuadraticSystem(rf.models.chain(4), [0.3, 0, 0, 0.2], [leads[0]] * 2 + [leads[1]] * 2)
    equation = rf.Davies(wire, lamb_shift=False)
    steady, modes = equation.steady_state(), equation.spectrum()
    currents = rf.quadratic.currents(equation, steady.covariance)
    # The rate of a mode is what its amplitude's square decays with, 2 Re λ of Davies' equation.
    (points,) = wire.plot().lines
    rates, energies = points.get_data()
    np.testing.assert_allclose(np.sort(rates), np.sort(2 * modes.rapidities.real), rtol=1e-10)
    np.testing.assert_allclose(energies, wire.energies)
    (densities,) = steady.plot().lines
    np.testing.assert_allclose(densities.get_ydata(), steady.covariance.diagonal().real)
    heights = [bar.get_height() for bar in currents.plot().patches]
    np.testing.assert_allclose(heights, [*currents.particle, *currents.energy, *currents.heat])
    assert modes.plot().get_xlabel() == "Re λ  (energy)"
    driven = rf.QuadraticSystem([np.eye(2), (np.eye(2), np.cos)], 0.1, leads[0])
    with pytest.raises(TypeError, match="depends on time"):
        driven.plot()


def test_a_level_diagram_shows_golden_rule_rates(system):
    rates = system.transition_rates()
    bath, u, e = system.baths[0], system.eigenvectors, system.energies
    for k in range(4):
        for m in range(4):
            strength = sum(abs(np.conj(u[site, m]) * u[site, k]) ** 2 for site in range(4))
            assert np.isclose(rates[m, k], bath.power_spectrum(e[k] - e[m]) * strength)
    axes = system.plot(most=3)
    assert "3 fastest" in axes.get_title(loc="left")
    assert len([t for t in axes.texts if getattr(t, "arrow_patch", None) is not None]) == 3
    with pytest.raises(ValueError, match="most"):
        system.plot(most=0)
    one = rf.System([[1.0]], rf.SiteProjectors(1), rf.FlatBath(0.1))
    assert one.plot().get_ylabel() == "E  (energy)"


def test_equations_show_as_what_they_solve(system):
    kinds = rf.Redfield, rf.Davies, rf.UniversalLindblad, rf.GeometricArithmetic
    for equation in (
        *(kind(system) for kind in kinds),
        rf.PartialSecular(system, 0.1),
        rf.CoarseGrained(system, 5.0),
    ):
        shown = pickle.loads(pickle.dumps(equation))._repr_latex_()
        assert shown.startswith("$$ "), equation
        assert shown.endswith(" $$"), equation
        assert ".. math" not in shown
    drive = rf.DrivenSystem([system.hamiltonian], rf.SiteProjectors(4), system.baths[0])
    assert "$$" in rf.Redfield(drive)._repr_latex_()


def test_states_go_to_qutip(system):
    result = rf.Redfield(system).evolve(np.eye(4)[0], [0.0, 1.0, 2.0])
    states = result.to_qutip(dims=[2, 2])
    assert len(states) == 3
    assert states[2].dims == [[2, 2], [2, 2]]
    np.testing.assert_allclose(states[2].full(), result.states[2], atol=1e-15)
    last = rf.Redfield(system).evolve(np.eye(4)[0], [0.0, 2.0], e_ops=[np.eye(4)]).to_qutip()
    assert len(last) == 1
    np.testing.assert_allclose(last[0].full(), result.final_state, atol=1e-15)
    steady = rf.Redfield(system).steady_state()
    np.testing.assert_array_equal(steady.to_qutip().full(), steady.state)
    # And back in.
    again = rf.Redfield(system).evolve(states[0], [0.0, 2.0])
    np.testing.assert_allclose(again.final_state, result.final_state, atol=1e-12)
    with pytest.raises(ValueError, match="dims"):
        result.to_qutip(dims=[3, 2])
