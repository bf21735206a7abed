"""Panels of time on which the core remembers the past of a driven system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import RealArray, as_max_bytes
from redfield.baths import Bath, FlatBath
from redfield.baths.exponentials import ExponentialSum
from redfield.baths.memory import memory_of, onset_of
from redfield.solve.history import POINTS, history, lags_of
from redfield.systems.driven import DrivenSystem
from redfield.systems.drives.panels import HALVINGS, TURNS, panels_of, require_few
from redfield.systems.drives.window import Window

LEAST_PANELS = 8
ROUGH = 1e-5
"""Part of the duration: a narrower piece stands beside a kink or a jump."""

Sums = Callable[[Bath, float], ExponentialSum | None]


def evolve(
    system: DrivenSystem,
    sums: Sums,
    window: Window,
    rest: tuple[Any, ...],
) -> tuple[Any, ...]:
    """Evolve with the memory integral, and return what the core does.

    Parameters
    ----------
    sums : of a bath and a duration: its exponentials, or None where its past is done by quadrature.

    Raises
    ------
    ConvergenceError
        Panels that would follow the drive are too short.
    """
    hamiltonian, couplings = system.operators(window)
    first, last, longest = window.first, window.last, window.longest
    duration = window.duration
    if duration == 0.0:
        duration = 1.0  # nothing is asked of it
    baths = list(dict.fromkeys(system.baths))
    fits = [None if isinstance(bath, FlatBath) else sums(bath, duration) for bath in baths]
    as_it_is = [
        b for b, fit in zip(baths, fits, strict=True) if fit is None and not isinstance(b, FlatBath)
    ]
    every = [hamiltonian, *couplings]
    jumps = np.unique(np.concatenate([x.jumps for x in every]))
    corners = np.unique(np.concatenate([x.breaks for x in every])) if last > first else np.zeros(0)
    goal = min(duration / LEAST_PANELS, TURNS / max(hamiltonian.width, 1e-300), longest)
    onset = np.zeros(0)
    if not as_it_is:
        onset = onset_of(memory_of(bath, duration) for bath in baths if not isinstance(bath, FlatBath))
    for halved in range(HALVINGS):
        step = goal * 0.5**halved
        if as_it_is:
            panels = _equal_panels(first, duration, step, corners, jumps, as_it_is[0])
            _require_memory(system, as_it_is, float(panels[1] - panels[0]), duration)
        else:
            begun = _memories_begun(first, first + duration, onset * 0.5**halved, corners, jumps)
            panels = panels_of(first, duration, step, np.union1d(corners, begun))
        lengths, of_panel = np.unique(_rounded(np.diff(panels)), return_inverse=True)
        raw: tuple[Any, ...] | None = _core.evolve_time_convolutionless(
            hamiltonian.operator,
            [a.operator for a in couplings],
            [baths.index(bath) for bath in system.baths],
            panels.tolist(),
            of_panel.tolist(),
            [
                [history(bath, length, duration, fit) for bath, fit in zip(baths, fits, strict=True)]
                for length in lengths.tolist()
            ],
            jumps.tolist(),
            step,
            longest,
            *rest,
        )
        if raw is not None:
            return raw
    raise _core.ConvergenceError(
        f"the drive or a bath's memory varies within less than {step:.2g}, which is not resolved; use "
        "history='instantaneous'"
    )


def _memories_begun(
    first: float, last: float, onset: RealArray, corners: RealArray, jumps: RealArray
) -> RealArray:
    """Return the ends of panels for memories that begin at t₀ and at jumps, and that fade after what is narrow."""
    starts = np.union1d(corners, [first])
    starts = starts[(starts >= first) & (starts < last)]
    before = np.diff(starts, prepend=-np.inf)
    before[np.isin(starts, jumps) | (starts == first)] = 0.0
    after = np.diff(starts, append=last)
    found = [
        start + onset[(onset > narrow) & (onset < room)]
        for start, narrow, room in zip(starts, before, after, strict=True)
    ]
    return np.concatenate([np.zeros(0), *found])


def _equal_panels(
    first: float, duration: float, step: float, corners: RealArray, jumps: RealArray, bath: Bath
) -> RealArray:
    """Return panels of one length, which a history by quadrature needs."""
    narrowest = float(np.diff(corners).min(initial=np.inf))
    if narrowest < ROUGH * duration or len(jumps):
        where = float(jumps[0] if len(jumps) else corners[np.argmin(np.diff(corners))])
        raise ValueError(
            f"{bath!r}: a history by quadrature needs a drive without jumps and kinks, this one has one at "
            f"t = {where:g}; use correlation='exponentials'"
        )
    count = int(np.ceil(duration / min(step, narrowest) - 1e-9))
    require_few(count, step)
    return np.linspace(first, first + duration, count + 1)


def _rounded(lengths: RealArray) -> RealArray:
    """Return lengths to ten digits, so that one table serves all that differ by rounding."""
    digits = np.ldexp(1.0, np.floor(np.log2(lengths)).astype(np.intp) - 33)
    rounded: RealArray = np.round(lengths / digits) * digits
    return rounded


def _require_memory(system: DrivenSystem, baths: list[Bath], length: float, duration: float) -> None:
    """Refuse a memory integral by quadrature that would not fit into the memory there is."""
    kept = sum(lags_of(b, length, duration) * system.baths.count(b) for b in baths)
    needed, free = 16.0 * POINTS * kept * system.dimension**2, as_max_bytes(None)
    if needed > free:
        raise MemoryError(
            f"a history by quadrature would keep {needed / 2**30:.1f} GiB of the {free / 2**30:.1f} GiB free; use "
            "correlation='exponentials'"
        )
