"""Fits: known parameters are found, their covariance is that of many noisy data sets, and bad arguments are told."""

import pickle

import numpy as np
import pytest

import redfield as rf
from redfield import fitting

X, Y, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.0, -1j], [1j, 0.0]]), np.diag([1.0, -1.0])
TIMES = np.linspace(0.0, 40.0, 41)
TRUE = {"strength": 0.08, "cutoff": 3.0, "beta": 1.2}
START = {"strength": 0.03, "cutoff": 5.0, "beta": 0.5}
BOUNDS = {"strength": (1e-3, 1.0), "cutoff": (0.5, 20.0), "beta": (0.1, 10.0)}


def qubit(strength, cutoff, beta, gap=1.0):
    bath = rf.OhmicBath(strength=strength, cutoff=cutoff, beta=beta)
    return rf.Redfield(rf.System(0.5 * gap * Z + 0.2 * X, [Z, X], [bath, bath]))


def curves(strength, cutoff, beta):
    """Two qubits of different gaps, which see the bath at two frequencies."""
    return [
        fitting.Populations(qubit(strength, cutoff, beta, gap), [1.0, 0.0], TIMES) for gap in (1.0, 4.0)
    ]


def dots(strength, cutoff, beta):
    baths = [rf.OhmicBath(strength=strength, cutoff=cutoff, beta=b) for b in (beta, 2.0 * beta)]
    h = np.array([[0.0, 0.3, 0.0], [0.3, 1.0, 0.5], [0.0, 0.5, 2.5]])
    a = [np.diag([1.0, 0.0, 0.0]), np.diag([0.0, 0.0, 1.0])]
    return rf.Redfield(rf.System(h, a, baths))


ALL, SITES, W = np.ones((3, 3)), [np.diag(row) for row in np.eye(3)], np.linspace(-3.0, 3.0, 25)

MODELS = {
    "populations": curves,
    "expectation values": lambda **p: fitting.Expectations(dots(**p), [0, 0, 1], TIMES, [SITES[0], ALL]),
    "spectrum": lambda **p: fitting.Spectrum(dots(**p), ALL, ALL, W),
    "complex spectrum": lambda **p: fitting.Spectrum(dots(**p), ALL, SITES[2], W),
    "relaxation rates": lambda **p: fitting.Rates(dots(**p), 4),
    "currents and steady states": lambda **p: [
        fitting.Currents(dots(**p)),
        fitting.SteadyExpectations(dots(**p), SITES[1:]),
        fitting.Rates(dots(**p)),
    ],
}


def numbers(made):
    return [each.values() for each in made] if isinstance(made, list) else made.values()


@pytest.mark.parametrize("name", MODELS)
def test_data_without_noise_give_the_parameters_back(name):
    model = MODELS[name]
    found = rf.fit(model, numbers(model(**TRUE)), START, bounds=BOUNDS)
    assert found.success, found
    for parameter, value in TRUE.items():
        assert found.parameters[parameter] == pytest.approx(value, rel=1e-6)
    assert found.chi2 < 1e-12
    assert np.abs(found.residuals).max() < 1e-6
    assert not found.at_bounds


def relaxation(strength, beta):
    return fitting.Populations(qubit(strength, 5.0, beta), [1.0, 0.0], TIMES[::5])


@pytest.mark.parametrize("known", [True, False])
def test_the_covariance_is_that_of_many_data_sets(known):
    true, deviation, count = {"strength": 0.08, "beta": 1.2}, 0.01, 48
    exact, rng = relaxation(**true).values(), np.random.default_rng(1)
    fits = [
        rf.fit(
            relaxation,
            exact + deviation * rng.normal(size=exact.shape),
            true,
            deviation if known else None,
            tol=1e-6,
        )
        for _ in range(count)
    ]
    ends = np.array([list(each.parameters.values()) for each in fits])
    spread = np.cov(ends.T)
    predicted = np.mean([each.covariance for each in fits], axis=0)
    # A variance of 48 draws is known to √(2/48), here within four times that.
    assert np.diag(predicted) == pytest.approx(np.diag(spread), rel=4 * np.sqrt(2 / count))
    scaled = [
        (e - np.array(list(true.values()))) / list(f.errors.values())
        for e, f in zip(ends, fits, strict=True)
    ]
    assert np.abs(np.mean(scaled, axis=0)).max() < 4 / np.sqrt(count)
    assert fits[0].correlation[0, 1] == pytest.approx(
        spread[0, 1] / np.sqrt(np.prod(np.diag(spread))), abs=0.3
    )
    chi2 = [each.chi2 / each.degrees_of_freedom for each in fits]
    assert np.mean(chi2) == pytest.approx(1.0 if known else deviation**2, rel=0.15)


def test_deviations_weigh_the_data():
    exact = relaxation(0.08, 1.2).values()
    spoiled, sigma = exact.copy(), np.full(exact.shape, 1e-3)
    spoiled[3], sigma[3] = 5.0, 1e6
    found = rf.fit(relaxation, spoiled, {"strength": 0.05, "beta": 1.0}, sigma)
    assert found.parameters == pytest.approx({"strength": 0.08, "beta": 1.2}, rel=1e-5)


def test_nuisance_parameters_and_fixed_ones():
    def model(strength, contrast, background, shift):
        signal = fitting.Expectations(qubit(strength, 5.0, 1.2), [1.0, 0.0], TIMES + shift, Z)
        return fitting.Scaled(signal, contrast, background)

    def at_zero(strength, contrast, background):
        return model(strength, contrast, background, 0.0)

    data = 0.7 * at_zero(0.08, 1.0, 0.0).values() + 0.1
    found = rf.fit(at_zero, data, {"strength": 0.05, "contrast": 1.0, "background": 0.0})
    assert found.parameters == pytest.approx(
        {"strength": 0.08, "contrast": 0.7, "background": 0.1}, rel=1e-6
    )


def test_a_vector_of_parameters():
    found = rf.fit(
        lambda x: relaxation(x[0], x[1]),
        relaxation(0.08, 1.2).values(),
        [0.05, 1.0],
        bounds=[(0, 1), (0, None)],
    )
    assert list(found.parameters.values()) == pytest.approx([0.08, 1.2], rel=1e-6)


def test_several_starts_find_the_deepest_minimum():
    times = np.linspace(0.0, 4.0, 41)

    def model(frequency):
        decay = rf.Lindblad(0.5 * frequency * Z, [0.1 * X])
        return fitting.Expectations(decay, np.array([1.0, 1.0]) / np.sqrt(2.0), times, X)

    data = model(3.0).values()
    stuck = rf.fit(model, data, {"frequency": 7.0})
    assert stuck.chi2 > 1.0
    found = rf.fit(model, data, [{"frequency": 7.0}], bounds={"frequency": (0.1, 10.0)}, starts=8, seed=3)
    assert found.parameters["frequency"] == pytest.approx(3.0, rel=1e-6)
    assert found.starts.shape == found.ends.shape == (8, 1)
    assert found.starts[0, 0] == 7.0
    assert found.chi2s.min() == found.chi2
    again = rf.fit(model, data, bounds={"frequency": (0.1, 10.0)}, starts=8, seed=3)
    assert again.starts[1:] == pytest.approx(found.starts[1:], rel=0)


def test_a_store_keeps_finished_searches(tmp_path):
    model, data = relaxation, relaxation(0.08, 1.2).values()
    bounds = {"strength": (0.01, 0.5), "beta": (0.2, 5.0)}
    plain = rf.fit(model, data, bounds=bounds, starts=3)
    kept = rf.fit(model, data, bounds=bounds, starts=2, store=tmp_path / "fit.zarr")
    more = rf.fit(model, data, bounds=bounds, starts=3, store=tmp_path / "fit.zarr")
    assert kept.chi2s.tobytes() == plain.chi2s[:2].tobytes()
    assert more.ends.tobytes() == plain.ends.tobytes()
    with pytest.raises(rf.StoreError):
        rf.fit(model, data + 1e-3, bounds=bounds, starts=3, store=tmp_path / "fit.zarr")


def test_parameters_that_the_data_do_not_determine_are_told():
    def model(strength, beta, nothing):
        return fitting.SteadyExpectations(rf.Davies(qubit(strength, 5.0, beta).system), [Z, X, Y])

    data = model(0.08, 1.2, 0.0).values()
    with pytest.warns(UserWarning, match="do not determine strength, nothing"):
        found = rf.fit(model, data, {"strength": 0.05, "beta": 1.0, "nothing": 1.0}, sigma=1e-3)
    assert found.parameters["beta"] == pytest.approx(1.2, rel=1e-6)
    assert np.isinf(found.errors["strength"])
    assert np.isinf(found.errors["nothing"])
    assert np.isfinite(found.errors["beta"])
    assert found.correlation == pytest.approx(np.eye(3))
    assert "± inf" in repr(found)


def test_bounds_hold_and_are_told():
    data = relaxation(0.08, 1.2).values()
    asked = []

    def model(strength, beta):
        asked.append(strength)
        return relaxation(strength, beta)

    found = rf.fit(model, data, {"strength": 0.05, "beta": 1.0}, bounds={"strength": (0.01, 0.06)})
    assert found.at_bounds == ("strength",)
    assert 0.01 <= min(asked) <= max(asked) <= 0.06
    assert "at bounds: strength" in repr(found)


def test_steps_out_of_the_models_domain_are_taken_back():
    found = rf.fit(relaxation, relaxation(5e-3, 1.2).values(), {"strength": 0.2, "beta": 1.0})
    assert found.parameters == pytest.approx({"strength": 5e-3, "beta": 1.2}, rel=1e-6)
    assert "steps taken back" in found.message


def test_a_search_that_is_cut_short_is_told():
    with pytest.warns(UserWarning, match="did not converge: max_evaluations reached"):
        found = rf.fit(curves, numbers(curves(**TRUE)), START, max_evaluations=2)
    assert not found.success
    assert "NOT converged" in repr(found)


def test_a_fit_reads_well_and_pickles():
    fractions = []
    data = relaxation(0.08, 1.2).values() + 0.01 * np.random.default_rng(2).normal(size=(9, 2))
    found = rf.fit(relaxation, data, {"strength": 0.05, "beta": 1.0}, 0.01, progress=fractions.append)
    text = repr(found)
    assert text.startswith("Fit(strength = 0.0")
    assert "±" in text
    assert "16 degrees of freedom" in text
    assert "<td>" in found._repr_html_()
    assert 0.0 < max(fractions) <= 1.0
    assert pickle.loads(pickle.dumps(found)) == found


def test_pictures_of_residuals_and_data():
    data = relaxation(0.08, 1.2).values()
    found = rf.fit(relaxation, data, {"strength": 0.05, "beta": 1.0}, 0.01)
    axes = found.plot()
    assert axes.get_xlabel().startswith("t")
    assert len(axes.get_lines()) == 3
    assert found.plot_data().get_xlabel().startswith("t")
    rates = MODELS["currents and steady states"]
    assert rf.fit(rates, numbers(rates(**TRUE)), START).plot().get_xlabel().startswith("number")


DATA = relaxation(0.08, 1.2).values()
TWO = {"strength": 0.05, "beta": 1.0}
REFUSED = {
    "shape": (dict(data=DATA[:, 0]), ValueError, r"data has shape \(9,\), but the .*Populations .*times × levels"),
    "infinite": (dict(data=np.where(DATA > 0.9, np.nan, DATA)), ValueError, r"data\[0, 0\] is not finite"),
    "complex": (dict(data=DATA + 0.1j), TypeError, "data must be real"),
    "sigma": (dict(sigma=0.0), ValueError, "sigma must be positive"),
    "sigma's shape": (dict(sigma=np.ones(3)), ValueError, r"sigma has shape \(3,\)"),
    "no start": (dict(start=None), ValueError, "start must be given"),
    "names": (dict(start={"strength": 0.1, "gamma": 1.0}), TypeError, "does not fit the parameters"),
    "starts of other names": (dict(start=[TWO, {"strength": 0.1}]), ValueError, "the parameters are"),
    "outside": (dict(bounds={"beta": (2, 3)}), ValueError, r"beta = 1 is outside its bounds \[2, 3\]"),
    "unbounded": (dict(starts=3, bounds={"beta": (0.5, 3)}), ValueError, "bounds must give finite"),
    "too few starts": (dict(start=[TWO, TWO], starts=1), ValueError, "starts must be at least 2"),
    "tol": (dict(tol=-1.0), ValueError, "tol must be positive"),
    "model": (dict(model=7), TypeError, "model must be a function"),
    "domain": (dict(start={"strength": -1.0, "beta": 1.0}), ValueError, "strength must be finite and not negative"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_bad_arguments_are_told(case):
    arguments, kind, words = REFUSED[case]
    with pytest.raises(kind, match=words):
        rf.fit(**{"model": relaxation, "data": DATA, "start": TWO, **arguments})


def test_fewer_data_than_parameters_are_told():
    with pytest.raises(ValueError, match="data has 1 numbers, too few for the 2 parameters"):
        rf.fit(lambda strength, beta: fitting.Rates(qubit(strength, 5.0, beta)), [0.1], TWO)
