"""`redfield reproduce`: the studies that come with the package, each a file, a table and a picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table

from redfield.cli.errors import errors
from redfield.cli.extras import require
from redfield.cli.output import say, show
from redfield.cli.running import Executor, by_part, require_done, workers_of, wrote

if TYPE_CHECKING:
    import xarray as xr

# Studies are imported by their commands: `--help` and completion need none of them.
reproduce = typer.Typer(
    help="Reproduce the studies of arXiv:2507.10080.", no_args_is_help=True, rich_markup_mode=None
)

Preset = Annotated[str, typer.Option(help="quick (under a minute), standard (minutes) or full (hours).")]
Samples = Annotated[int | None, typer.Option(help="Disorder samples of each size.")]
Seed = Annotated[int | None, typer.Option(help="Seed of all samples.")]
Threads = Annotated[int | None, typer.Option(help="Samples computed at once, default one a core.")]
Retry = Annotated[bool, typer.Option("--retry", help="Compute points that failed again.")]
Output = Annotated[Path | None, typer.Option(help="Directory for stores, figure and table.")]
Numbers = Callable[[str], Any]


def _listed(text: str | None, kind: Numbers = int) -> tuple[Any, ...] | None:
    """Numbers separated by commas."""
    if text is None:
        return None
    try:
        return tuple(kind(part) for part in text.split(",") if part.strip())
    except ValueError:
        what = "integers" if kind is int else "numbers"
        raise typer.BadParameter(f"expected {what} separated by commas, got {text!r}") from None


def computed(
    study: Mapping[str, Any], directory: Path, threads: int | None, executor: str, retry: bool
) -> dict[str, xr.Dataset]:
    """Into the directory's stores, which grow with the options; ends the command where points fail."""
    from redfield import studies
    from redfield._base.stores.saved import as_folder

    require("matplotlib")  # of the picture at the end
    directory = as_folder(directory, "output")
    if threads is not None and threads < 1:
        raise ValueError(f"threads must be at least 1, got {threads}")
    with workers_of(executor) as where:
        data = by_part(
            studies.run(
                study,
                directory,
                executor=where,
                workers=threads,
                retry=retry,
                extend=True,
                progress=True,
            )
        )
    require_done(data)
    say(f"samples in {', '.join(f'{directory / name}.zarr' for name in data)}")
    return data


def print_rows(title: str, rows: Sequence[Any], headings: Mapping[str, str]) -> None:
    """A table of dataclasses or mappings; `headings` names their fields and gives the order."""
    # Eight columns of numbers fit a terminal of 80 characters.
    table = Table(title=title, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for i, heading in enumerate(headings.values()):
        table.add_column(heading, justify="left" if i == 0 else "right", no_wrap=True)
    for row in rows:
        values = row if isinstance(row, Mapping) else asdict(row)
        table.add_row(*(_shown(values[name]) for name in headings))
    show(table)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return (
            "-"
            if math.isnan(value)
            else f"{value:.2g}"
            if abs(value) < 1e-3
            else f"{value:.3g}"
            if abs(value) < 0.1
            else f"{value:.4g}"
        )
    return str(value)


@reproduce.command()
@errors()
def fig1(
    preset: Preset = "quick",
    samples: Samples = None,
    sizes_syk2: Annotated[
        str | None, typer.Option(help="Numbers of sites N of the SYK2 model, e.g. 8,16,32.")
    ] = None,
    sizes_anderson: Annotated[
        str | None, typer.Option(help="Side lengths L of the Anderson lattice, e.g. 2,3,4.")
    ] = None,
    disorder_chaotic: Annotated[float | None, typer.Option(help="W/J of panel b.")] = None,
    disorder_localized: Annotated[float | None, typer.Option(help="W/J of panel c.")] = None,
    open_boundaries: Annotated[bool, typer.Option(help="Open instead of periodic lattice.")] = False,
    t_max: Annotated[float | None, typer.Option(help="Last time, in 1/J.")] = None,
    seed: Seed = None,
    threads: Threads = None,
    executor: Executor = "threads",
    retry: Retry = False,
    output: Output = None,
) -> None:
    """Figure 1: distance of Davies from Redfield, chaotic against localised.

    Every finished sample is saved; after an interruption the same command goes on where it stopped.
    """
    from redfield.reproduce import figure1

    directory = output or Path(f"fig1-{preset}")
    study = figure1.study(
        preset,
        samples=samples,
        sizes_syk2=_listed(sizes_syk2),
        sizes_anderson=_listed(sizes_anderson),
        disorder_chaotic=disorder_chaotic,
        disorder_localized=disorder_localized,
        periodic=False if open_boundaries else None,
        t_max=t_max,
        seed=seed,
    )
    panels = figure1.panels(computed(study, directory, threads, executor, retry))
    print_rows(
        "max over t of the mean of ‖ρ_D(t) − ρ_R(t)‖₁",
        figure1.table(panels),
        {"case": "case", "levels": "N", "samples": "samples", "maximum": "maximum",
         "standard_error": "± s.e.", "time": "at t"},
    )  # fmt: skip
    wrote(figure1.save_figure(panels, directory))


@reproduce.command()
@errors()
def theorem(
    preset: Preset = "quick",
    samples: Samples = None,
    sizes: Annotated[str | None, typer.Option(help="Numbers of sites N, e.g. 8,64,512.")] = None,
    seed: Seed = None,
    threads: Threads = None,
    executor: Executor = "threads",
    retry: Retry = False,
    output: Output = None,
) -> None:
    """Redfield = Davies for identical baths, however close the levels; and how far both are from exact.

    Every finished sample is saved; after an interruption the same command goes on where it stopped.
    """
    from redfield.reproduce import theorem as theorem_study

    directory = output or Path(f"theorem-{preset}")
    study = theorem_study.study(preset, samples=samples, sizes=_listed(sizes), seed=seed)
    data = computed(study, directory, threads, executor, retry)
    print_rows(
        "largest residual; largest distance of Davies from Redfield, and of each from exact",
        theorem_study.table(theorem_study.curves(data)),
        {"couplings": "J_j", "size": "N", "residual": "residual", "spacing": "ΔE/J²",
         "difference": "D − R", "redfield": "Redfield", "davies": "Davies", "local": "local"},
    )  # fmt: skip
    wrote(theorem_study.save_figure(data, directory))


@reproduce.command()
@errors()
def driven(
    preset: Preset = "quick",
    ratios: Annotated[
        str | None, typer.Option(help="Times of the sweep over the bath's memory, e.g. 4,16,64.")
    ] = None,
    gaps: Annotated[
        str | None, typer.Option(help="Gaps times the time of the sweep, e.g. 1,0.01.")
    ] = None,
    threads: Threads = None,
    executor: Executor = "threads",
    retry: Retry = False,
    output: Output = None,
) -> None:
    """Driven systems: the instantaneous Davies equation against the exact solution.

    Every finished sweep is saved; after an interruption the same command goes on where it stopped.
    """
    from redfield.reproduce import driven as driven_study

    directory = output or Path(f"driven-{preset}")
    study = driven_study.study(preset, ratios=_listed(ratios, float), gaps=_listed(gaps, float))
    data = computed(study, directory, threads, executor, retry)
    print_rows(
        "largest distance over the sweep of Davies and Redfield with memory from exact, and between them",
        driven_study.table(driven_study.sweeps(data)),
        {"gap": "gap·T", "ratio": "T/τ_B", "davies": "Davies", "redfield": "Redfield",
         "nonadiabatic": "D − R", "exact_error": "error of exact"},
    )  # fmt: skip
    wrote(driven_study.save_figure(data, directory))


@reproduce.command()
@errors()
def manybody(
    preset: Preset = "quick",
    samples: Samples = None,
    sizes: Annotated[str | None, typer.Option(help="Numbers of spins N, even, e.g. 6,8,10.")] = None,
    dynamic: Annotated[int | None, typer.Option(help="Largest N whose evolution is compared.")] = None,
    seed: Seed = None,
    threads: Threads = None,
    executor: Executor = "threads",
    retry: Retry = False,
    output: Output = None,
) -> None:
    """Interacting spins: do the baths cancel each other's coherences, chaotic, localised and integrable?

    Every finished sample is saved; after an interruption the same command goes on where it stopped.
    """
    from redfield.reproduce import manybody as manybody_study

    directory = output or Path(f"manybody-{preset}")
    study = manybody_study.study(
        preset, samples=samples, sizes=_listed(sizes), dynamic=dynamic, seed=seed
    )
    found = manybody_study.growths(computed(study, directory, threads, executor, retry))
    print_rows(
        "sums times D; largest mean distances of Davies from Redfield",
        manybody_study.table(found),
        {"family": "family", "size": "N", "r": "⟨r⟩", "r_error": "±", "secular": "secular",
         "nonsecular": "non-s.", "ratio": "ratio", "distance": "‖ρ_D−ρ_R‖₁", "local": "|Δσᶻ_j|"},
    )  # fmt: skip
    for row in manybody_study.exponents(found):
        fits = ", ".join(
            f"{name} {value[0]:.2f} ± {value[1]:.2f}"
            for name, value in row.items()
            if name != "family" and not math.isnan(value[0])
        )
        say(f"{row['family']}: exponents of N: {fits or 'need three sizes'}")
    wrote(manybody_study.save_figure(found, directory))


@reproduce.command()
@errors()
def locality(
    preset: Preset = "quick",
    sites: Annotated[int | None, typer.Option(help="Sites of the chains.")] = None,
    reach: Annotated[int | None, typer.Option(help="Largest reach of truncated equations.")] = None,
    seed: Seed = None,
    threads: Threads = None,
    executor: Executor = "threads",
    retry: Retry = False,
    output: Output = None,
) -> None:
    """Quasi-locality of the dissipator against bath memory times group velocity, and truncated equations."""
    from redfield.reproduce import locality as locality_study

    directory = output or Path(f"locality-{preset}")
    study = locality_study.study(preset, sites=sites, reach=reach, seed=seed)
    data = computed(study, directory, threads, executor, retry)
    print_rows(
        "decay length beside memory × group velocity, sites",
        locality_study.table(locality_study.lengths(data)),
        {"part": "part", "bath": "bath", "hopping": "J", "reach": "memory × velocity",
         "tail": "tail × velocity", "decay_length": "decay length"},
    )  # fmt: skip
    wrote(locality_study.save_figure(data, directory))
