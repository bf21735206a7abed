"""Of public classes the arguments of one object, and others in the place of each."""

from __future__ import annotations

import functools

import numpy as np

import redfield as rf
from redfield import analysis

from describable import (
    BOTH,
    LOWER,
    WS,
    H,
    LocalJumps,
    X,
    Z,
    chain,
    density,
    dim,
    falling,
    first_spin,
    lead,
    level,
    matrix_spectrum,
    moving,
    ohmic,
    other_level,
    other_matrix_spectrum,
    periodic,
    quadratic,
    quadratic_moving,
    quadratic_periodic,
    spins,
    system,
    white,
)

E, Q = rf.Redfield, rf.quadratic

# Of each class the arguments of one object, and others in the place of each.
CASES = {
    rf.OhmicBath: (
        {"strength": 0.04, "cutoff": 10.0, "beta": 5.0},
        {"exponent": 1.5, "cutoff_function": "gaussian"},
    ),
    rf.DrudeBath: ({"strength": 0.1, "cutoff": 3.0, "beta": 1.0}, {}),
    rf.UnderdampedBath: ({"strength": 0.1, "frequency": 1.0, "damping": 0.2, "beta": 2.0}, {}),
    rf.FlatBath: ({"rate": 0.1}, {}),
    rf.LorentzianBath: ({"strength": 0.1, "width": 0.5, "centre": 1.0}, {}),
    rf.baths.OneOverFBath: ({"strength": 0.1, "low": 1e-3, "high": 1.0}, {"low": 1e-2}),
    rf.baths.HybridOhmicBath: ({"width": 0.3, "strength": 0.1, "cutoff": 5.0, "beta": 1.0}, {}),
    rf.SpectrumBath: (
        {"function": white},
        {"function": dim, "breakpoints": (1.0,), "scale": 2.0, "support": (-9.0, 9.0), "beta": 1.0},
    ),
    rf.SpectralDensityBath: (
        {"function": density, "beta": 1.0},
        {
            "function": functools.partial(density, scale=2.0),
            "mu": -0.1,
            "breakpoints": (1.0,),
            "cutoff_scale": 2.0,
        },
    ),
    rf.CorrelationBath: ({"function": falling}, {"function": density, "time_scale": 2.0, "beta": 1.0}),
    rf.TabulatedBath: (
        {"frequencies": WS, "values": WS + 1.0},
        {
            "frequencies": WS + 0.5,
            "values": WS + 2.0,
            "beta": 1.0,
            "complete_kms": (True, {"beta": 1.0}),
            "outside": "zero",
        },
    ),
    rf.ParticleBath: (
        {"density": density, "beta": 1.0, "mu": 0.2},
        {
            "density": white,
            "statistics": ("boson", {"band": (1.0, 9.0)}),
            "band": (-9.0, 9.0),
            "breakpoints": (0.5,),
            "scale": 2.0,
        },
    ),
    rf.baths.particle.ParticleExchange: ({"bath": lead(), "sign": 1}, {"bath": lead(mu=0.3), "sign": -1}),
    rf.BathMatrix: (
        {"power_spectrum": matrix_spectrum},
        {"power_spectrum": other_matrix_spectrum, "breakpoints": (1.0,), "scale": 2.0, "beta": 1.0},
    ),
    rf.bath_matrix.MatrixElement: (
        {"matrix": rf.BathMatrix(matrix_spectrum), "index": 0},
        {"matrix": rf.BathMatrix(other_matrix_spectrum)},
    ),
    rf.baths.batch.BathBatch: ({"baths": [ohmic(), ohmic()]}, {"baths": [ohmic(), ohmic(beta=1.0)]}),
    rf.baths.batch.ArrayBath: (
        {"kind": rf.OhmicBath, "parameters": {"strength": WS + 0.1, "cutoff": 1.0, "beta": 1.0}},
        {"kind": rf.DrudeBath, "parameters": {"strength": WS + 0.2, "cutoff": 1.0, "beta": 1.0}},
    ),
    rf.SiteProjectors: ({"n": 3}, {"n": 4, "sites": [0, 2], "weights": [1.0, 2.0, 1.0]}),
    rf.System: (
        {"hamiltonian": H, "couplings": [X], "baths": ohmic()},
        {
            "hamiltonian": H + Z,
            "couplings": [Z],
            "baths": ohmic(beta=1.0),
            "pair": True,
            "number": (np.eye(2), {}),
        },
    ),
    rf.SystemBatch: (
        {"hamiltonians": np.array([H, Z]), "couplings": [X], "baths": ohmic()},
        {"hamiltonians": np.array([H, X]), "couplings": [Z], "baths": ohmic(beta=1.0)},
    ),
    rf.DrivenSystem: (
        {"hamiltonian": [Z, (X, np.cos)], "couplings": [X], "baths": ohmic()},
        {"hamiltonian": [Z, (X, np.sin)], "couplings": [Z], "baths": ohmic(beta=1.0)},
    ),
    rf.PeriodicSystem: (
        {"hamiltonian": [Z, (X, np.cos)], "period": 2 * np.pi, "couplings": [X], "baths": ohmic()},
        {
            "hamiltonian": [Z, (X, np.sin)],
            "period": 4 * np.pi,
            "breakpoints": (0.5,),
            "couplings": [Z],
            "baths": ohmic(beta=1.0),
            "harmonics": 9,
            "tol": 1e-8,
            "threads": 1,
        },
    ),
    Q.System: (
        {"hamiltonian": H, "coupling": 0.2, "bath": lead()},
        {"hamiltonian": H + Z, "bath": lead(mu=0.3), "statistics": None},
    ),
    Q.driven.System: (
        {"h": level, "coupling": 0.2, "bath": lead()},
        {"h": other_level, "bath": lead(mu=0.3), "statistics": None},
    ),
    Q.floquet.System: (
        {"hamiltonian": [Z, (X, np.cos)], "period": 2 * np.pi, "coupling": 0.2, "bath": lead()},
        {
            "hamiltonian": [Z, (X, np.sin)],
            "period": 4 * np.pi,
            "breakpoints": (0.5,),
            "bath": lead(mu=0.3),
            "statistics": None,
            "tol": 1e-7,
        },
    ),
    Q.Bogoliubov: (
        {"hamiltonian": H, "pairing": 0.1 * (LOWER - LOWER.T), "coupling": 0.2, "bath": lead()},
        {"hamiltonian": H + Z, "pairing": 0.2 * (LOWER - LOWER.T), "bath": lead(mu=0.3)},
    ),
    Q.contacts.Contacts: (
        {"sites": 2, "coupling": 0.2, "bath": lead(), "statistics": None},
        {"sites": 3, "bath": lead(mu=0.3), "statistics": None},
    ),
    rf.spline.Spline: ({"times": WS, "samples": WS**2}, {"times": WS + 1.0, "samples": WS**3}),
    rf.drives.operators.TimeOperator: (
        {"name": "a", "given": [Z, (X, np.cos)]},
        {"name": "b", "given": [Z, (X, np.sin)], "dimension": None},
    ),
    rf.lightcone.sites.Sites: (
        {"hamiltonian": chain().hamiltonian, "dims": [2, 2, 2]},
        {"hamiltonian": 2 * chain().hamiltonian, "dims": [4, 2]},
    ),
    rf.Fluctuator: ({"operator": X, "amplitude": 0.1, "rate": 1.0}, {"operator": Z}),
    rf.Redfield: ({"system": system()}, {"system": system(beta=1.0), **BOTH}),
    rf.Davies: (
        {"system": system()},
        {"system": system(beta=1.0), **BOTH, "degeneracy_tol": 1e-3, "max_bytes": 1e9},
    ),
    rf.PartialSecular: (
        {"system": system(), "cutoff": 0.1},
        {"system": system(beta=1.0), **BOTH, "degeneracy_tol": 1e-3, "max_bytes": 1e9},
    ),
    rf.UniversalLindblad: ({"system": system()}, {"system": system(beta=1.0), **BOTH}),
    rf.GeometricArithmetic: ({"system": system()}, {"system": system(beta=1.0), **BOTH}),
    rf.CoarseGrained: (
        {"system": system(), "window": 2.0},
        {"system": system(beta=1.0), **BOTH, "threshold": 1e-6, "max_bytes": 1e9},
    ),
    rf.Lindblad: (
        {"hamiltonian": H, "jumps": [LOWER]},
        {"hamiltonian": H + Z, "jumps": [2 * LOWER], "frame": "eigenbasis"},
    ),
    rf.LocalRedfield: (
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
    rf.QuasilocalRedfield: (
        {"system": spins(), "reach": 1},
        {
            "system": rf.System(2 * chain().hamiltonian, chain().local("z"), ohmic()),
            "sites": [0, 1, 1],
            **BOTH,
            "local_dimension": (8, {"sites": [0, 0, 0]}),
            "periodic": True,
        },
    ),
    rf.equations.adjoint.Adjoint: ({"equation": E(system())}, {"equation": E(system(), False)}),
    LocalJumps: (
        {"jumps": [LOWER], "dropped": np.array([0.1]), "norms": np.array([1.0])},
        {"jumps": [X], "dropped": np.array([0.2]), "norms": np.array([2.0])},
    ),
    rf.Redfield: (
        {"system": moving()},
        {"system": moving(0.4), **BOTH, "history": "memory", "correlation": "quadrature", "tol": 1e-6},
    ),
    rf.Davies: ({"system": moving()}, {"system": moving(0.4), **BOTH, "degeneracy_tol": 1e-3}),
    rf.PartialSecular: ({"system": moving(), "cutoff": 0.1}, {"system": moving(0.4), **BOTH}),
    rf.GeometricArithmetic: ({"system": moving()}, {"system": moving(0.4), **BOTH}),
    rf.UniversalLindblad: ({"system": moving()}, {"system": moving(0.4), **BOTH}),
    rf.CoarseGrained: ({"system": moving(), "window": 2.0}, {"system": moving(0.4), **BOTH}),
    rf.Lindblad: (
        {"hamiltonian": [Z, (X, np.cos)], "jumps": [LOWER]},
        {"hamiltonian": [Z, (X, np.sin)], "jumps": [X]},
    ),
    rf.Redfield: ({"system": periodic()}, {"system": periodic(0.4), **BOTH}),
    rf.Davies: (
        {"system": periodic()},
        {"system": periodic(0.4), **BOTH, "degeneracy_tol": 1e-3},
    ),
    rf.PartialSecular: (
        {"system": periodic(), "cutoff": 0.1},
        {"system": periodic(0.4), **BOTH, "degeneracy_tol": 1e-3, "max_bytes": 1e9},
    ),
    rf.Lindblad: (
        {"hamiltonian": [Z, (X, np.cos)], "period": 2 * np.pi, "jumps": [LOWER]},
        {
            "hamiltonian": [Z, (X, np.sin)],
            "period": 4 * np.pi,
            "jumps": [X],
            "harmonics": 9,
            "tol": 1e-8,
            "breakpoints": (0.5,),
        },
    ),
    Q.Redfield: ({"system": quadratic()}, {"system": quadratic(0.3), **BOTH}),
    Q.Davies: ({"system": quadratic()}, {"system": quadratic(0.3), **BOTH, "degeneracy_tol": 1e-3}),
    Q.PartialSecular: ({"system": quadratic(), "cutoff": 0.1}, {"system": quadratic(0.3), **BOTH}),
    Q.LocalLindblad: (
        {"system": quadratic()},
        {"system": quadratic(0.3), **BOTH, "energies": [0.1, 0.2]},
    ),
    Q.QuasilocalRedfield: (
        {"system": quadratic(), "reach": 1.0},
        {"system": quadratic(0.3), **BOTH, "distance": 2 * X},
    ),
    Q.Exact: ({"system": quadratic(), "modes": 20}, {"system": quadratic(0.3)}),
    Q.driven.Davies: (
        {"system": quadratic_moving()},
        {"system": quadratic_moving(0.3), **BOTH, "degeneracy_tol": 1e-3, "secular": False},
    ),
    Q.driven.Redfield: (
        {"system": quadratic_moving()},
        {"system": quadratic_moving(0.3), "history": "none"},
    ),
    Q.driven.Exact: ({"system": quadratic_moving(), "modes": 20}, {"system": quadratic_moving(0.3)}),
    Q.floquet.Davies: ({"system": quadratic_periodic()}, {"system": quadratic_periodic(0.3), **BOTH}),
    Q.floquet.Redfield: ({"system": quadratic_periodic()}, {"system": quadratic_periodic(0.3), **BOTH}),
    analysis.Counting: (
        {"equation": E(system())},
        {"equation": E(system(), False), "quantity": "energy", "degeneracy_tol": 1e-3},
    ),
}
