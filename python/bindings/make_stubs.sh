#!/usr/bin/env bash
# Writes _core.pyi of the installed extension to the given folder.
set -euo pipefail
python -m pybind11_stubgen redfield._core --output-dir "$1.tmp" >/dev/null
mkdir -p "$1"
# pybind11 does not say that a pointer may be None.
sed -E 's/stop: StopFlag = None/stop: StopFlag | None = None/; s/-> dict:/-> dict[str, typing.Any]:/; s/-> tuple:/-> tuple[typing.Any, ...]:/; s/-> list:/-> list[typing.Any]:/; s/: list([,)])/: list[typing.Any]\1/g; s/: tuple([,)])/: tuple[typing.Any, ...]\1/g' \
    "$1.tmp/redfield/_core.pyi" > "$1/_core.pyi"
rm -r "$1.tmp"
