"""Messages of heom: what is refused is named with its value."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

SX = np.array([[0.0, 1.0], [1.0, 0.0]])


SZ = np.diag([1.0, -1.0])


@pytest.mark.parametrize(
    ("system", "options", "told"),
    [
        (rf.System(SZ, [SX], rf.FlatBath(0.1)), {}, "is a δ"),
        (
            rf.System(SZ, [SX], rf.OhmicBath(0.1, 5.0, 1.0)),
            {"fit_tol": 1e-9, "terms": 2},
            "fit_tol = 1e-09",
        ),
        (rf.System(SZ, [SX], rf.DrudeBath(0.5, 3.0, 1.0)), {"max_depth": 2}, "larger max_depth"),
        (rf.System(SZ, [SX], rf.OhmicBath(0.1, 5.0, 1.0)), {"depth": 40}, "numbers; take fewer"),
    ],
)
def test_what_it_can_not_do_is_told(system, options, told):
    with pytest.raises(ValueError, match=told):
        rf.qutip.heom(system, [1.0, 0.0], np.linspace(0, 5, 3), **options)


def test_bad_arguments():
    lower = np.array([[0.0, 0.0], [1.0, 0.0]])
    bath = rf.OhmicBath(0.1, 5.0, 1.0)
    with (
        pytest.raises(TypeError, match=r"couplings\[0\] is not Hermitian"),
        pytest.warns(rf.UnpairedCouplingWarning),
    ):
        rf.qutip.heom(rf.System(SZ, [lower], bath), [1.0, 0.0], [0.0, 1.0])
    with pytest.raises(ValueError, match="exact must be"):
        rf.compare(rf.System(SZ, [SX], bath), [rf.Redfield, rf.Davies], [1, 0], [0.0, 1.0], exact="tempo")


def test_dimensions_of_states_for_qutip():
    system = rf.System(np.diag([0.0, 1.0, 1.6, 2.5]), rf.SiteProjectors(4), rf.FlatBath(0.1))
    with pytest.raises(ValueError, match="dims must multiply to 4"):
        rf.Redfield(system).evolve(np.eye(4)[0], [0.0, 1.0]).to_qutip(dims=[3, 2])
