"""`redfield reproduce landau-zener`, `annealing`, `absorption` and `dots`: driven systems, light and leads."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from redfield.cli.errors import errors
from redfield.cli.extras import require
from redfield.cli.reproduce import Output, Preset, Retry, Threads, computed, print_rows, reproduce
from redfield.cli.running import Executor, wrote


def _finished(
    found: Any,
    study: dict[str, Any],
    directory: Path,
    title: str,
    headings: Mapping[str, str],
    *how: Any,
) -> None:
    """The study is computed, its table printed and its picture written."""
    data = computed(study, directory, *how)
    print_rows(title, found.table(data), headings)
    wrote(found.save_figure(data, directory))


def _command(
    name: str, told: str, title: str, headings: Mapping[str, str], needs: tuple[str, ...] = ()
) -> None:
    """A command of a study that has presets and no options of its own."""

    def command(
        preset: Preset = "quick",
        threads: Threads = None,
        executor: Executor = "threads",
        retry: Retry = False,
        output: Output = None,
    ) -> None:
        require(*needs)
        found = importlib.import_module(f"redfield.reproduce.{name.replace('-', '_')}")
        directory = output or Path(f"{name}-{preset}")
        _finished(found, found.study(preset), directory, title, headings, threads, executor, retry)

    reproduce.command(name, help=told)(errors()(command))


_command(
    "landau-zener",
    "A level swept through another with a bath, against the exact solution (needs QuTiP).",
    "chance to stay in the level",
    {"speed": "speed", "no_bath": "no bath", "davies": "Davies", "redfield": "Redfield",
     "memory": "memory", "exact": "exact"},
    ("qutip",),
)  # fmt: skip
_command(
    "absorption",
    "Linear absorption of the FMO complex, and the way of its excitations to site 3.",
    "where the absorption is largest (1/cm); population of site 3 at the end, from sites 1 and 6",
    {"temperature": "T (K)", "equation": "equation", "peak": "largest at", "from_1": "from 1",
     "from_6": "from 6", "left": "left of G"},
)  # fmt: skip
_command(
    "dots",
    "A double quantum dot with spin between two leads: currents beside those that QmeQ publishes, and noise.",
    "particles and energy of the left lead at a bias of 5, beside QmeQ's",
    {"equation": "equation", "particle": "particles", "qmeq_particle": "QmeQ", "energy": "energy",
     "qmeq_energy": "QmeQ", "system_energy": "tr H𝒟ρ", "fano": "Fano"},
)  # fmt: skip


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

    _finished(
        found,
        found.study(preset, qubits=qubits, time=time),
        output or Path(f"annealing-{preset}"),
        "population of the ground state at the end",
        {"time": "time", "equation": "equation", "ground": "ground state", "gibbs": "in equilibrium",
         "applications": "stages", "seconds": "s"},
        threads,
        executor,
        retry,
    )  # fmt: skip
