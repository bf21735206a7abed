#!/usr/bin/env bash
# Writes the stub of the installed extension module, _core/_native.pyi, to the given folder.
set -euo pipefail
python -m pybind11_stubgen redfield._core._native --output-dir "$1.tmp" >/dev/null
mkdir -p "$1/_core"
# pybind11 does not say that a pointer may be None.
sed -E 's/stop: StopFlag = None/stop: StopFlag | None = None/; s/-> dict:/-> dict[str, typing.Any]:/; s/-> tuple:/-> tuple[typing.Any, ...]:/; s/-> list:/-> list[typing.Any]:/; s/: list([,)])/: list[typing.Any]\1/g; s/: tuple([,)])/: tuple[typing.Any, ...]\1/g' \
    "$1.tmp/redfield/_core/_native.pyi" > "$1/_core/_native.pyi"
rm -r "$1.tmp"
