"""Cases of baths, systems and the first equations: the arguments of one object, and others in the place of each."""

from __future__ import annotations

import functools

import numpy as np

import redfield as rf
from redfield.baths.matrix import MatrixElement
from redfield.equations.lightcone import Sites
from redfield.systems.drives.operators import TimeOperator

from describable import (
    BOTH,
    LOWER,
    STILL,
    WS,
    H,
    Q,
    X,
    Z,
    chain,
    density,
    dim,
    falling,
    lead,
    level,
    matrix_spectrum,
    ohmic,
    other_level,
    other_matrix_spectrum,
    system,
    white,
)

CASES = [
    (
        rf.OhmicBath,
        {"strength": 0.04, "cutoff": 10.0, "beta": 5.0},
        {"exponent": 1.5, "cutoff_function": "gaussian"},
    ),
    (rf.DrudeBath, {"strength": 0.1, "cutoff": 3.0, "beta": 1.0}, {}),
    (rf.UnderdampedBath, {"strength": 0.1, "frequency": 1.0, "damping": 0.2, "beta": 2.0}, {}),
    (rf.FlatBath, {"rate": 0.1}, {}),
    (rf.LorentzianBath, {"strength": 0.1, "width": 0.5, "centre": 1.0}, {}),
    (rf.baths.OneOverFBath, {"strength": 0.1, "low": 1e-3, "high": 1.0}, {"low": 1e-2}),
    (rf.baths.HybridOhmicBath, {"width": 0.3, "strength": 0.1, "cutoff": 5.0, "beta": 1.0}, {}),
    (
        rf.SpectrumBath,
        {"function": white},
        {"function": dim, "breakpoints": (1.0,), "scale": 2.0, "support": (-9.0, 9.0), "beta": 1e-6},
    ),
    (
        rf.SpectralDensityBath,
        {"function": density, "beta": 1.0},
        {
            "function": functools.partial(density, scale=2.0),
            "mu": -0.1,
            "breakpoints": (1.0,),
            "cutoff_scale": 2.0,
        },
    ),
    (rf.CorrelationBath, {"function": falling}, {"function": density, "time_scale": 2.0, "beta": 1.0}),
    (
        rf.TabulatedBath,
        {"frequencies": WS, "values": WS + 1.0},
        {
            "frequencies": WS + 0.5,
            "values": WS + 2.0,
            "beta": 1.0,
            "complete_kms": (True, {"beta": 1.0}),
            "outside": "zero",
        },
    ),
    (
        rf.ParticleBath,
        {"density": density, "beta": 1.0, "mu": 0.2},
        {
            "density": white,
            "statistics": ("boson", {"band": (1.0, 9.0)}),
            "band": (-9.0, 9.0),
            "breakpoints": (0.5,),
            "scale": 2.0,
        },
    ),
    (rf.baths.particle.ParticleExchange, {"bath": lead(), "sign": 1}, {"bath": lead(mu=0.3), "sign": -1}),
    (
        rf.BathMatrix,
        {"power_spectrum": matrix_spectrum},
        {"power_spectrum": other_matrix_spectrum, "breakpoints": (1.0,), "scale": 2.0, "beta": 1.0},
    ),
    (
        MatrixElement,
        {"matrix": rf.BathMatrix(matrix_spectrum), "index": 0},
        {"matrix": rf.BathMatrix(other_matrix_spectrum)},
    ),
    (rf.baths.batch.BathBatch, {"baths": [ohmic(), ohmic()]}, {"baths": [ohmic(), ohmic(beta=1.0)]}),
    (
        rf.baths.array_bath.ArrayBath,
        {"kind": rf.OhmicBath, "parameters": {"strength": WS + 0.1, "cutoff": 1.0, "beta": 1.0}},
        {"kind": rf.DrudeBath, "parameters": {"strength": WS + 0.2, "cutoff": 1.0, "beta": 1.0}},
    ),
    (rf.SiteProjectors, {"n": 3}, {"n": 4, "sites": [0, 2], "weights": [1.0, 2.0, 1.0]}),
    (
        rf.System,
        {"hamiltonian": H, "couplings": [X], "baths": ohmic()},
        {
            "hamiltonian": H + Z,
            "couplings": [Z],
            "baths": ohmic(beta=1.0),
            "pair": True,
            "number": (np.eye(2), {}),
            "dims": ((2, 1), {"dims": (1, 2)}),
        },
    ),
    (
        rf.SystemBatch,
        {"hamiltonians": np.array([H, Z]), "couplings": [X], "baths": ohmic()},
        {"hamiltonians": np.array([H, X]), "couplings": [Z], "baths": ohmic(beta=1.0)},
    ),
    (
        rf.DrivenSystem,
        {"hamiltonian": [Z, (X, np.cos)], "couplings": [X], "baths": ohmic(), "kicks": [(1.0, X)]},
        {
            "hamiltonian": [Z, (X, np.sin)],
            "couplings": [Z],
            "baths": ohmic(beta=1.0),
            "dims": ((2, 1), {"dims": (1, 2)}),
            "kicks": [(2.0, X)],
        },
    ),
    (
        rf.PeriodicSystem,
        {"hamiltonian": [Z, (X, np.cos)], "period": 2 * np.pi, "couplings": [X], "baths": ohmic()},
        {
            "hamiltonian": [Z, (X, np.sin)],
            "period": 4 * np.pi,
            "breakpoints": (0.5,),
            "couplings": [Z],
            "baths": ohmic(beta=1.0),
            "harmonics": 9,
            "tol": 1e-8,
            "dims": ((2, 1), {"dims": (1, 2)}),
        },
    ),
    (
        rf.QuadraticSystem,
        {"hamiltonian": H, "coupling": 0.2, "bath": lead()},
        {"hamiltonian": H + Z, "bath": lead(mu=0.3), "statistics": None, **STILL},
    ),
    (
        rf.QuadraticSystem,
        {"hamiltonian": level, "coupling": 0.2, "bath": lead()},
        {"hamiltonian": other_level, "bath": lead(mu=0.3)},
    ),
    (
        rf.QuadraticSystem,
        {"hamiltonian": [Z, (X, np.cos)], "coupling": 0.2, "bath": lead(), "period": 2 * np.pi},
        {
            "hamiltonian": [Z, (X, np.sin)],
            "bath": lead(mu=0.3),
            "period": 4 * np.pi,
            "tol": 1e-7,
            "breakpoints": (0.5,),
        },
    ),
    (
        Q.Bogoliubov,
        {"hamiltonian": H, "pairing": 0.1 * (LOWER - LOWER.T), "coupling": 0.2, "bath": lead()},
        {"hamiltonian": H + Z, "pairing": 0.2 * (LOWER - LOWER.T), "bath": lead(mu=0.3)},
    ),
    (
        Q.contacts.Contacts,
        {"sites": 2, "coupling": 0.2, "bath": lead(), "statistics": None},
        {"sites": 3, "bath": lead(mu=0.3), "statistics": None},
    ),
    (rf.Spline, {"times": WS, "samples": WS**2}, {"times": WS + 1.0, "samples": WS**3}),
    (
        TimeOperator,
        {"name": "a", "given": [Z, (X, np.cos)]},
        {"name": "b", "given": [Z, (X, np.sin)], "dimension": None},
    ),
    (
        Sites,
        {"hamiltonian": chain().hamiltonian, "dims": [2, 2, 2]},
        {"hamiltonian": 2 * chain().hamiltonian, "dims": [4, 2]},
    ),
    (rf.Fluctuator, {"operator": X, "amplitude": 0.1, "rate": 1.0}, {"operator": Z}),
    (
        rf.Redfield,
        {"system": system()},
        {
            "system": system(beta=1.0),
            **BOTH,
            "history": "memory",
            "correlation": ("quadrature", {"history": "memory"}),
            "tol": (1e-6, {"history": "memory"}),
        },
    ),
    (
        rf.Davies,
        {"system": system()},
        {"system": system(beta=1.0), **BOTH, "degeneracy_tol": 1e-3, "max_bytes": 1e9},
    ),
    (
        rf.PartialSecular,
        {"system": system(), "cutoff": 0.1},
        {"system": system(beta=1.0), **BOTH, "degeneracy_tol": 1e-3, "max_bytes": 1e9},
    ),
]
