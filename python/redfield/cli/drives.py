"""`redfield reproduce landau-zener`, `annealing`, `absorption` and `dots`: driven systems, light and leads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from redfield.cli.errors import errors
from redfield.cli.reproduce import Output, Preset, Retry, Threads, computed, print_rows, reproduce
from redfield.cli.running import Executor, wrote


@reproduce.command()
@errors()
def landau_zener(
    preset: Preset = "quick",
    threads: Threads = None,
    executor: Executor = "threads",
    retry: Retry = False,
    output: Output = None,
) -> None:
    """A level swept through another with a bath, against the exact solution (needs QuTiP)."""
    from redfield.reproduce import landau_zener as found

    directory = output or Path(f"landau-zener-{preset}")
    data = computed(found.study(preset), directory, threads, executor, retry)
    print_rows(
        "chance to stay in the level",
        found.table(data),
        {"speed": "speed", "no_bath": "no bath", "davies": "Davies", "redfield": "Redfield",
         "memory": "memory", "exact": "exact"},
    )  # fmt: skip
    wrote(found.save_figure(data, directory))


@reproduce.command()
@errors()
def annealing(
    preset: Preset = "quick",
    qubits: Annotated[int | None, typer.Option(help="Qubits.")] = None,
    time: Annotated[float | None, typer.Option(help="Time of the run.")] = None,
    threads: Threads = None,
    executor: Executor = "threads",
    retry: Retry = False,
    output: Output = None,
) -> None:
    """Annealing with a transverse field and an Ohmic bath on each qubit: populations of the instantaneous levels."""
    from redfield.reproduce import annealing as found

    directory = output or Path(f"annealing-{preset}")
    study = found.study(preset, qubits=qubits, time=time)
    data = computed(study, directory, threads, executor, retry)
    print_rows(
        "population of the ground state at the end",
        found.table(data),
        {"time": "time", "equation": "equation", "ground": "ground state", "gibbs": "in equilibrium",
         "applications": "stages", "seconds": "s"},
    )  # fmt: skip
    wrote(found.save_figure(data, directory))


@reproduce.command()
@errors()
def absorption(
    preset: Preset = "quick",
    threads: Threads = None,
    executor: Executor = "threads",
    retry: Retry = False,
    output: Output = None,
) -> None:
    """Linear absorption of the FMO complex, and the way of its excitations to site 3."""
    from redfield.reproduce import absorption as found

    directory = output or Path(f"absorption-{preset}")
    data = computed(found.study(preset), directory, threads, executor, retry)
    print_rows(
        "where the absorption is largest (1/cm); population of site 3 at the end, from sites 1 and 6",
        found.table(data),
        {"temperature": "T (K)", "equation": "equation", "peak": "largest at", "from_1": "from 1",
         "from_6": "from 6", "left": "left of G"},
    )  # fmt: skip
    wrote(found.save_figure(data, directory))


@reproduce.command()
@errors()
def dots(
    preset: Preset = "quick",
    threads: Threads = None,
    executor: Executor = "threads",
    retry: Retry = False,
    output: Output = None,
) -> None:
    """A double quantum dot with spin between two leads: currents beside those that QmeQ publishes, and noise."""
    from redfield.reproduce import dots as found

    directory = output or Path(f"dots-{preset}")
    data = computed(found.study(preset), directory, threads, executor, retry)
    print_rows(
        "particles and energy of the left lead at a bias of 5, beside QmeQ's",
        found.table(data),
        {"equation": "equation", "particle": "particles", "qmeq_particle": "QmeQ", "energy": "energy",
         "qmeq_energy": "QmeQ", "system_energy": "tr H𝒟ρ", "fano": "Fano"},
    )  # fmt: skip
    wrote(found.save_figure(data, directory))
