"""Cases of all public classes: the arguments of one object, and others in the place of each."""

from __future__ import annotations

import numpy as np
import qutip

import redfield as rf
from redfield import analysis, fitting
from redfield.baths.given import Pointwise
from redfield.qutip import BRSolver, FMESolver
from redfield.solve.adjoint import Adjoint

import describable_systems
from describable import (
    BOTH,
    LOWER,
    RHO,
    STILL,
    E,
    H,
    Q,
    X,
    Z,
    chain,
    dim,
    first_spin,
    moving,
    ohmic,
    periodic,
    quadratic,
    quadratic_moving,
    quadratic_periodic,
    spins,
    system,
    white,
)

CASES = [
    (
        BRSolver,
        {"H": qutip.Qobj(H), "a_ops": [(qutip.sigmax(), white)]},
        {
            "H": qutip.Qobj(H + Z),
            "a_ops": [(qutip.sigmax(), dim)],
            "c_ops": [qutip.sigmam()],
            "sec_cutoff": -1.0,
            "options": {"rtol": 1e-8},
            "lamb_shift": True,
        },
    ),
    (
        FMESolver,
        {"floquet_basis": (qutip.Qobj(H), 2.0), "a_ops": [(qutip.sigmax(), white)]},
        {
            "floquet_basis": (qutip.Qobj(H), 3.0),
            "a_ops": [(qutip.sigmax(), dim)],
            "w_th": 0.5,
            "kmax": 7,
            "nT": 80,
            "options": {"store_states": True},
            "lamb_shift": True,
        },
    ),
    *describable_systems.CASES,
    (rf.UniversalLindblad, {"system": system()}, {"system": system(beta=1.0), **BOTH}),
    (
        rf.HEOM,
        {"system": system()},
        {"system": system(beta=1.0), "depth": 3, "tol": 1e-3, "terminator": True, "max_bytes": 1e9},
    ),
    (rf.GeometricArithmetic, {"system": system()}, {"system": system(beta=1.0), **BOTH}),
    (
        rf.CoarseGrained,
        {"system": system(), "window": 2.0},
        {"system": system(beta=1.0), **BOTH, "threshold": 1e-6, "max_bytes": 1e9},
    ),
    (
        rf.Lindblad,
        {"hamiltonian": H, "jumps": [LOWER]},
        {
            "hamiltonian": H + Z,
            "jumps": [2 * LOWER],
            "frame": "eigenbasis",
            "dims": ((2, 1), {"dims": (1, 2)}),
            "kicks": None,
            "rates": None,
            **STILL,
        },
    ),
    (
        rf.LocalRedfield,
        {"system": spins(), "error": 1.0, "dims": [2, 2, 2]},
        {
            "system": (
                rf.System(2 * chain().hamiltonian, chain().local("z"), rf.DrudeBath(0.05, 10.0, 0.2)),
                {},
            ),
            "dims": ([2, 4], {"system": first_spin(), "sites": [0]}),
            "sites": [0, 1, 2],
            **BOTH,
        },
    ),
    (
        rf.QuasilocalRedfield,
        {"system": spins(), "reach": 1},
        {
            "system": rf.System(2 * chain().hamiltonian, chain().local("z"), ohmic()),
            "sites": [0, 1, 1],
            **BOTH,
            "local_dimension": (8, {"sites": [0, 0, 0]}),
            "periodic": True,
        },
    ),
    (Adjoint, {"equation": E(system())}, {"equation": E(system(), False)}),
    (
        rf.LocalJumps,
        {"jumps": [LOWER], "dropped": np.array([0.1]), "error_bound": 1.0},
        {"jumps": [X], "dropped": np.array([0.2]), "error_bound": 2.0},
    ),
    *(
        (kind, {"system": of(), **needed}, {"system": of(0.4), **BOTH, **others})
        for of in (moving, periodic)
        for kind, needed, others in (
            (rf.Redfield, {}, {}),
            (rf.Davies, {}, {"degeneracy_tol": 1e-3}),
            (rf.PartialSecular, {"cutoff": 0.1}, {"degeneracy_tol": 1e-3}),
        )
    ),
    (
        rf.Redfield,
        {"system": moving(), "history": "memory"},
        {"correlation": "quadrature", "tol": 1e-6},
    ),
    (rf.GeometricArithmetic, {"system": moving()}, {"system": moving(0.4), **BOTH}),
    (rf.UniversalLindblad, {"system": moving()}, {"system": moving(0.4), **BOTH}),
    (rf.CoarseGrained, {"system": moving(), "window": 2.0}, {"system": moving(0.4), **BOTH}),
    (
        rf.Lindblad,
        {"hamiltonian": [Z, (X, np.cos)], "jumps": [LOWER], "kicks": [(1.0, X)]},
        {"hamiltonian": [Z, (X, np.sin)], "jumps": [X], "kicks": [(2.0, X)]},
    ),
    (
        rf.Superoperator,
        {"matrix": rf.Lindblad(H, [LOWER]).liouvillian()},
        {"matrix": rf.Lindblad(H, [2 * LOWER]).liouvillian()},
    ),
    (
        rf.Lindblad,
        {"hamiltonian": [Z, (X, np.cos)], "jumps": [LOWER], "period": 2 * np.pi},
        {
            "hamiltonian": [Z, (X, np.sin)],
            "jumps": [X],
            "period": 4 * np.pi,
            "harmonics": 9,
            "tol": 1e-8,
            "breakpoints": (0.5,),
        },
    ),
    *(
        (kind, {"system": of(), **needed}, {"system": of(0.3), **BOTH, **others})
        for of, kind, needed, others in (
            (quadratic, rf.Redfield, {}, {}),
            (quadratic, rf.Davies, {}, {"degeneracy_tol": 1e-3}),
            (quadratic, rf.PartialSecular, {"cutoff": 0.1}, {}),
            (quadratic_moving, rf.Davies, {}, {"degeneracy_tol": 1e-3}),
            (quadratic_periodic, rf.Davies, {}, {}),
            (quadratic_periodic, rf.Redfield, {}, {}),
        )
    ),
    (
        Q.LocalLindblad,
        {"system": quadratic()},
        {"system": quadratic(0.3), **BOTH, "energies": [0.1, 0.2]},
    ),
    (
        Q.QuasilocalFlow,
        {"system": quadratic(), "reach": 1.0},
        {"system": quadratic(0.3), **BOTH, "distance": 2 * X},
    ),
    (
        Q.GivenFlow,
        {"system": quadratic(), "damping": 0.1 * np.eye(2), "gain": 0.05 * np.eye(2)},
        {"system": quadratic(0.3)},
    ),
    (rf.Exact, {"system": quadratic(), "modes": 20}, {"system": quadratic(0.3)}),
    (rf.Exact, {"system": quadratic_moving(), "modes": 20}, {"system": quadratic_moving(0.3)}),
    (
        fitting.Populations,
        {"equation": E(system()), "rho0": RHO, "tlist": [0.0, 1.0]},
        {"equation": E(system(), False), "rho0": 0.5 * np.eye(2), "tlist": [0.0, 2.0], "method": "dopri5"}
        | {"rtol": 1e-8, "atol": 1e-11},
    ),
    (
        fitting.Expectations,
        {"equation": E(system()), "rho0": RHO, "tlist": [0.0, 1.0], "e_ops": X},
        {"equation": E(system(), False), "rho0": 0.5 * np.eye(2), "tlist": [0.0, 2.0], "method": "dopri5"}
        | {"rtol": 1e-8, "atol": 1e-11, "e_ops": Z},
    ),
    (
        fitting.SteadyExpectations,
        {"equation": E(system()), "e_ops": X},
        {"equation": E(system(), False), "e_ops": Z},
    ),
    (
        fitting.Currents,
        {"equation": E(system())},
        {"equation": E(system(), False), "what": "energy"},
    ),
    (
        fitting.Rates,
        {"equation": E(system())},
        {"equation": E(system(), False), "k": 2, "modes": "populations"},
    ),
    (
        fitting.TransitionRates,
        {"equation": E(system()), "transitions": [(1, 0)]},
        {"equation": E(system(), False), "transitions": [(0, 1)]},
    ),
    (
        fitting.Spectrum,
        {"equation": E(system()), "a": X, "b": X, "frequencies": [0.5]},
        {"equation": E(system(), False), "a": Z, "b": Z, "frequencies": [1.5]},
    ),
    (
        fitting.Scaled,
        {"prediction": fitting.Rates(E(system()))},
        {"prediction": fitting.Rates(E(system()), 2), "factor": 2.0, "offset": 1.0},
    ),
    (
        fitting.Together,
        {"predictions": [fitting.Rates(E(system()))]},
        {"predictions": [fitting.Rates(E(system()), 2)]},
    ),
    (
        analysis.Counting,
        {"equation": E(system())},
        {"equation": E(system(), False), "quantity": "energy", "degeneracy_tol": 1e-3},
    ),
    (
        analysis.BatchDiagnosis,
        {"members": (rf.diagnose(system(), [E], steady_error=False),)},
        {"members": (rf.diagnose(system(), [rf.Davies], steady_error=False),)},
    ),
    (rf.units.Units, {"unit": "meV"}, {"unit": "K"}),
    (Pointwise, {"function": white}, {"function": dim}),
]
"""(class, arguments of one object, others in the place of each; None where there is no other), the first of a class
with an entry for every argument that needs one."""
