"""`python -m redfield`: where a C++ program finds the library of this installation; without options the command.

cmake -Dredfield_DIR="$(python -m redfield --cmake-dir)" …
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from redfield._core import _levels

HERE = Path(_levels.__file__).parents[1]  # where an editable installation has what is not Python, too
PLACES = {
    "--cmake-dir": HERE / "lib" / "cmake" / "redfield",
    "--include-dir": HERE / "include",
    "--library-dir": HERE / "lib",
    "--pkgconfig-dir": HERE / "lib" / "pkgconfig",
}


def main() -> None:
    if not any(word in PLACES for word in sys.argv[1:]):
        from redfield.cli import main as command

        command()
        return
    parser = argparse.ArgumentParser(prog="python -m redfield")
    for option, place in PLACES.items():
        parser.add_argument(
            option, dest="places", action="append_const", const=place, help=f"print the {option[2:]}"
        )
    for place in parser.parse_args().places:
        if not place.is_dir():
            sys.exit(f"{place} does not exist: this redfield was installed without its C++ library")
        print(place)


if __name__ == "__main__":
    main()
