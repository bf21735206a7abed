"""Every command with one package missing, in a process of its own: `python command_extras.py FOLDER MODULE…`.

The packages are imported once. Then, for each module, a fork forgets it, refuses to import it again, and calls each
command that the application has; it prints one JSON line: the command, the module, how it ended and what it printed.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import traceback

PACKAGES = (
    "xarray", "zarr", "dask", "distributed", "matplotlib.figure", "qutip", "pydantic", "rich.console", "typer",
    "psutil", "dask.array", "google_crc32c", "threadpoolctl", "cloudpickle", "pandas",
)  # fmt: skip
GIVEN = {"study": "study.toml", "store": "done.zarr"}
"""What is given for the arguments that commands require, by name."""


class Refusing:
    """A finder that has no module of a name, as if its package were not installed."""

    def __init__(self, name):
        self.name = name

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == self.name:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def commands(app):
    """Words of each command that a typer application has, and its parameters."""
    import typer

    def walk(command, words):
        if hasattr(command, "commands"):
            for name, inner in command.commands.items():
                yield from walk(inner, [*words, name])
        else:
            yield words, [p for p in command.params if p.param_type_name == "argument"], command.params

    yield from walk(typer.main.get_command(app), [])


def arguments(required, parameters):
    """What makes a command import all that it needs, and then not compute for long."""
    names = {option for p in parameters for option in p.opts}
    ends = ["--executor", "nonsense"] if "--executor" in names else []
    return [GIVEN[p.name] for p in required] + ends


def ending(words):
    """The exit status of the command, what it printed, and its traceback if it had one."""
    out, status, told = io.StringIO(), 0, ""
    sys.argv = ["redfield", *words]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            from redfield.cli import main

            main()
        except SystemExit as end:
            status = end.code
            if not isinstance(status, int | None):
                print(status)
                status = 1
        except BaseException:
            told = traceback.format_exc()
    return {"status": status or 0, "output": out.getvalue(), "traceback": told}


def without(module, found):
    if module != "nothing":
        for name in [n for n in sys.modules if n.split(".")[0] == module]:
            del sys.modules[name]
        sys.meta_path.insert(0, Refusing(module))
    with contextlib.suppress(ImportError):
        doctor = importlib.import_module("redfield.cli.doctor")
        doctor.SIDE, doctor.SECONDS = 2, 0.01
    with contextlib.suppress(ImportError):  # the drawing itself needs no other package
        importlib.import_module("matplotlib.figure").Figure.savefig = lambda *args, **options: None
    for words, more in found:
        print(json.dumps({"command": " ".join(words), "module": module, **ending([*words, *more])}))


def main():
    os.chdir(sys.argv[1])
    for name in PACKAGES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    import redfield.analysis
    import redfield.models
    import redfield.quadratic  # noqa: F401

    found = json.loads(sys.stdin.read())
    for module in sys.argv[2:]:
        sys.stdout.flush()
        if os.fork() == 0:
            without(module, found)
            sys.stdout.flush()
            os._exit(0)
        os.wait()


if __name__ == "__main__":
    main()
