"""The output of commands: text is shown as it is, whatever a path, a file or a message holds."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

LINES, CHARACTERS = 20, 1600
"""A message is shown up to these sizes, a screen of 80 columns."""
LINE = 240
"""Characters of a line among many."""

_CONTROLS = {i: f"\\x{i:02x}" for i in (*range(32), *range(127, 160)) if chr(i) not in "\n\t"}

# No console interprets markup or emoji codes, nor colours numbers and paths.
console = Console(markup=False, emoji=False, highlight=False)
_for_errors = Console(markup=False, emoji=False, highlight=False, stderr=True)


def any_encoding() -> None:
    """Let standard output and error take every character, as an escape where their encoding does not have it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(ValueError, OSError):  # it is closed
                stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Print a line on standard output, which the terminal alone breaks."""
    console.print(_plain(text), soft_wrap=True)


def complain(text: str, what: str = "error:") -> None:
    """Print a message on standard error, no longer than a screen."""
    shown = Text.assemble((f"{what} ", "red"), _plain(shortened(text)))
    _for_errors.print(shown, soft_wrap=True)


def show(table: Table) -> None:
    console.print(table)


def say_facts(facts: Mapping[str, object]) -> None:
    """Print names and values, one below the other; a value is never cut, since it may be a path to copy."""
    width = max(map(len, facts))
    for name, value in facts.items():
        first, *more = str(value).split("\n")
        say(f" {name:<{width}}  {first}")
        for row in more:
            say(f" {'':<{width}}  {row}")


def shortened(text: str, lines: int = LINES, characters: int = CHARACTERS) -> str:
    """Return the text without its middle where it is long: the cause stands first in a message, the remedy last."""
    rows = text.split("\n")
    if len(rows) > lines:
        kept = (lines - 1) // 2
        left_out = f"… {len(rows) - 2 * kept} lines left out …"
        text = "\n".join((*rows[:kept], left_out, *rows[-kept:]))
    if len(text) > characters:
        first, last = characters * 2 // 3, characters // 4
        left_out = f" … {len(text) - first - last} characters left out … "
        text = text[:first] + left_out + text[-last:]
    return text


def line(text: str) -> str:
    """Return the text as one line among many."""
    return shortened(text.replace("\n", " "), 1, LINE)


def _plain(text: str) -> Text:
    """Return the text with control characters written out: they could move the cursor or rename the terminal."""
    return Text(text.translate(_CONTROLS))
