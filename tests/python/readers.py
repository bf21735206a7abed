"""Commands and a sweep as another user: `python readers.py FOLDER STORE`, which prints how each ended.

As root the process first becomes the user "nobody", for whom the mode of files counts.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile

NOBODY = 65534


def point(x):
    return {"y": 2.0 * x}


def main():
    out, store = sys.argv[1:]
    import typer.testing

    import redfield as rf
    from redfield.cli.app import app

    commands = (["status"], ["export"], ["export", "--format", "csv"], ["plot"])
    with tempfile.TemporaryDirectory() as own:
        # All is imported before: the place of the modules may be closed to other users.
        os.chdir(own)
        rf.sweep(point, {"x": [0.0, 1.0]}, executor="serial", store="first.zarr")
        for words in commands:
            typer.testing.CliRunner().invoke(app, [words[0], "first.zarr", *words[1:]])
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.chdir(out)
    for words in commands:
        done = typer.testing.CliRunner().invoke(app, [words[0], store, *words[1:]])
        print(*words, done.exit_code, done.output if done.exit_code else "")
    with contextlib.suppress(PermissionError):
        os.mkdir(os.path.join(store, "mine"))
        print("the store is not read-only")
    for executor in ("serial", "threads"):
        data = rf.sweep(point, {"x": [1.0, 2.0, 3.0]}, store=store, executor=executor)
        print(executor, data.y.values.tolist())
    data = rf.sweep(point, {"x": [2.0]}, store=store, executor="serial", extend=True)
    print("part", data.y.values.tolist())
    try:
        rf.sweep(point, {"x": [4.0]}, store=store, executor="serial", extend=True)
    except rf.StoreError as error:
        print("refused", error)


if __name__ == "__main__":
    main()
