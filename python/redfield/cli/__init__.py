"""The `redfield` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or say which extra it needs."""
    try:
        from redfield.cli.app import app
    except ImportError as error:
        sys.exit(f"the redfield command needs more packages: pip install 'redfield[all]' ({error})")
    app()
