"""Single precision, against exponentials of written-out matrices and against double precision."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

from reference import ShiftedBath, random_hermitian, random_state, redfield_tensor

BATH = rf.OhmicBath(strength=0.2, cutoff=3.0, beta=1.0)


def exact(h, couplings, rho, t):
    n = len(h)
    tensor = redfield_tensor(h, couplings, [ShiftedBath()], lamb_shift=True)
    return (scipy.linalg.expm(tensor.reshape(n * n, n * n) * t) @ rho.ravel()).reshape(n, n)


@settings(max_examples=15, deadline=None)
@given(
    n=st.integers(1, 5),
    seed=st.integers(0, 10**6),
    t=st.floats(0.0, 20.0),
    scale=st.sampled_from([1e-20, 1.0, 1e20]),
)
def test_redfield_within_its_tolerance(n, seed, t, scale):
    """Whatever the units: H and times scaled, the bath with them."""
    h, a, rho = random_hermitian(n, seed), random_hermitian(n, seed + 1), random_state(n, seed + 2)
    units = Scaled(scale)
    result = rf.Redfield(rf.System(scale * h, [a], units)).evolve(
        rho, [0.0, t / scale], rtol=1e-4, method="chebyshev", dtype="float32"
    )
    assert result.stats["dtype"] == "float32"
    assert result.states.dtype == np.complex64
    size = max(1.0, rf.trace_norm(exact(h, [a], rho, t)))
    assert rf.trace_norm(result.final_state.astype(complex) - exact(h, [a], rho, t)) <= 1e-4 * size


class Scaled(ShiftedBath):
    """The same bath in other units of energy."""

    def __init__(self, unit):
        super().__init__()
        self.unit = unit

    def power_spectrum(self, w):
        return self.unit * super().power_spectrum(np.asarray(w) / self.unit)

    def lamb_shift(self, w):
        return self.unit * super().lamb_shift(np.asarray(w) / self.unit)


def equations():
    """Each kind, whatever moves it: expansions, a closed form, a Lindbladian in the basis it was given in."""
    h = rf.models.anderson(3, disorder=3.0, seed=1)
    system = rf.System(h, rf.SiteProjectors(27), BATH)
    kinds = [rf.Redfield, rf.UniversalLindblad, rf.GeometricArithmetic, rf.Davies]
    jump = sp.csr_array(np.eye(27, k=1) * 0.3)
    return [
        *(kind(system) for kind in kinds),
        rf.PartialSecular(system, 0.5),
        rf.CoarseGrained(system, 2.0),
        rf.LocalRedfield(system, 0.1),
        rf.Lindblad(sp.csr_array(h), [jump], frame="given"),
        rf.Lindblad(h, [jump], frame="eigenbasis"),
    ]


@pytest.mark.parametrize("equation", equations(), ids=lambda e: type(e).__name__)
def test_every_kind_takes_it(equation):
    """Also what is computed in double precision anyway returns single states."""
    times, number = np.linspace(0.0, 5.0, 4), {"first": np.diag(np.arange(27.0)), "hop": np.eye(27, k=1)}
    start = np.eye(27)[3]
    one = equation.evolve(start, times, number, rtol=1e-4, dtype="float32", store_states=True)
    two = equation.evolve(start, times, number, rtol=1e-9, store_states=True)
    assert one.states.dtype == one.final_state.dtype == np.complex64
    assert one.expect["first"].dtype == np.float64
    assert one.expect["hop"].dtype == np.complex128
    for a, b in zip(one.states, two.states, strict=True):
        assert rf.trace_norm(a.astype(complex) - b) <= 1e-4
    assert np.abs(one.expect["first"] - two.expect["first"]).max() <= 27 * 1e-4
    assert two.stats["dtype"] == "float64"


def test_a_batch_and_an_ensemble(tmp_path):
    h = np.array([rf.models.dirac_syk2(40, seed=s) for s in range(3)])
    batch = rf.Redfield(rf.SystemBatch(h, rf.SiteProjectors(40), BATH))
    start, times = np.eye(40)[0], [0.0, 1.0, 3.0]
    one = batch.evolve(start, times, rtol=1e-4, dtype=np.float32)
    two = batch.evolve(start, times)
    assert one.states.dtype == one.final_state.dtype == np.complex64
    assert one.stats["dtype"] == "float32"
    assert np.abs(one.states - two.states).max() <= 1e-4
    many = rf.evolve_ensemble([batch[i] for i in range(3)], start, times, rtol=1e-4, dtype="complex64")
    for result, states in zip(many, one.states, strict=True):
        assert result.states.dtype == np.complex64
        assert np.abs(result.states - states).max() <= 1e-5
    many[0].save(tmp_path / "one.zarr")
    kept = rf.Result.load(tmp_path / "one.zarr")
    assert kept.states.dtype == np.complex64
    assert np.array_equal(kept.states, many[0].states)


def test_threads_change_rounding_alone():
    system = rf.System(rf.models.dirac_syk2(100, seed=1), rf.SiteProjectors(100), BATH)
    states = [
        rf.Redfield(system)
        .evolve(np.eye(100)[0], [0.0, 2.0], rtol=1e-4, dtype="float32", threads=t)
        .final_state
        for t in (1, 2)
    ]
    assert np.abs(states[0] - states[1]).max() <= 1e-6


@pytest.mark.parametrize("method", ["jumps", "diffusion"])
def test_trajectories_converge(method):
    """To ρ within 4 σ, 37 of them in panels of sixteen, and the same for any threads."""
    h = random_hermitian(16, 1)
    rng = np.random.default_rng(1)
    jumps = [0.3 * (rng.standard_normal((16, 16)) * (rng.random((16, 16)) < 0.2)) for _ in range(2)]
    equation = rf.Lindblad(h, jumps)
    start, times, number = np.eye(16)[2], np.linspace(0.0, 2.0, 5), np.diag(np.arange(16.0))
    keywords = {"samples": 397, "seed": 3, "method": method, "rtol": 1e-4, "dtype": "float32"}
    one = equation.trajectories(start, times, number, **keywords, threads=1)
    two = equation.trajectories(start, times, number, **keywords, threads=2)
    assert one.stats["dtype"] == "float32"
    assert np.array_equal(one.expect[0], two.expect[0])
    rho = equation.evolve(start, times, number).expect[0]
    assert (np.abs(one.expect[0] - rho)[1:] <= 4 * one.errors[0][1:] + 1e-3).all()
    assert (one.errors[0][1:] > 0).all()


def test_jumps_of_both_precisions_happen_at_the_same_times():
    """One trajectory follows the same random numbers; a rounding moves its jumps by little."""
    decay = rf.Lindblad(np.diag([0.0, 1.0, 2.5]), [np.sqrt(0.3) * np.eye(3, k=1)])
    both = [
        decay.trajectories([0, 0, 1.0], [0.0, 20.0], samples=64, seed=1, rtol=1e-4, dtype=dtype)
        for dtype in ("float64", "float32")
    ]
    assert np.array_equal(both[0].jump_channels, both[1].jump_channels)
    assert np.abs(both[0].jump_times - both[1].jump_times).max() <= 1e-3
