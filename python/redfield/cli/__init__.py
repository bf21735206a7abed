"""The `redfield` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or say which extra it needs."""
    from redfield.cli.extras import missing

    try:
        from redfield.cli.app import app
        from redfield.cli.output import any_encoding

        any_encoding()
        app()
    except ImportError as error:  # which commands do not end with: redfield.cli.errors takes theirs
        sys.exit(missing(error))
