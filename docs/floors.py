"""The floors of the package: which Python package or C++ folder imports which, as the source has it.

    python docs/floors.py            prints the two pictures of CONTRIBUTING.md (Mermaid)
    python docs/floors.py --write    writes them between their markers
    python docs/floors.py --check    fails where they differ, an import runs upward or in a circle, or a
                                     C++ file opens a namespace that is not its folder's

A floor is the length of the longest chain of imports below it; arrows that follow from others are left out.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
INCLUDE = re.compile(r'^#include "([\w/]+\.hpp)"', re.MULTILINE)
# A namespace has the name of its folder; but redfield::evolve is a function.
NAMESPACES = {"evolve": "integrators"}

Graph = dict[str, set[str]]


def python_modules() -> Graph:
    """Return the modules of the Python package, and those that each imports."""
    folder = ROOT / "python/redfield"
    files = {_module(path.relative_to(folder)): path for path in folder.rglob("*.py")}
    del files["__main__"]
    graph: Graph = {}
    for name, path in files.items():
        found: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "redfield":
                inside = (node.module or "").removeprefix("redfield").strip(".")
                for alias in node.names:
                    whole = f"{inside}.{alias.name}".strip(".")
                    found.add(whole if whole in files else inside or "redfield")
        graph[name] = {x for x in found if x in files and x != name}
    return graph


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "redfield"


def core_files() -> Graph:
    """Return the files of the C++ core, and those that each includes."""
    folders = (ROOT / "cpp/include", ROOT / "cpp/src")
    graph: Graph = {}
    for folder in folders:
        for path in folder.rglob("*.[ch]pp"):
            graph[path.relative_to(folder).as_posix()] = set(INCLUDE.findall(path.read_text()))
    return {name: {x for x in found if x in graph and x != name} for name, found in graph.items()}


def _folder(file: str) -> str:
    """Return the folder of a C++ file, which public and private headers share; the header of all is in none."""
    folder = Path(file.removeprefix("redfield/")).parent.as_posix()
    return "" if folder == "." else folder


def namespaces() -> list[str]:
    """Return the namespaces that neither are those of their folders nor, outside private headers, `redfield`."""
    found = []
    for folder in (ROOT / "cpp/include/redfield", ROOT / "cpp/src"):
        for path in sorted(folder.glob("*/*.[ch]pp")):
            space = path.parent.name
            own = {f"redfield::{NAMESPACES.get(space, space)}"}
            if folder.name == "redfield" or path.suffix == ".cpp":
                own.add("redfield")
            opened = re.findall(
                r"^namespace (redfield(?:::\w+)?)[\w:]* {", path.read_text(), re.MULTILINE
            )
            found += [f"{path.relative_to(ROOT)} opens {name}" for name in opened if name not in own]
    return found


def folders(graph: Graph, folder: Callable[[str], str]) -> Graph:
    """Return the arrows between the folders of a graph of modules."""
    out: Graph = {}
    for name, found in graph.items():
        here = folder(name)
        if here:
            out.setdefault(here, set()).update({folder(x) for x in found} - {here, ""})
    return out


def circle(graph: Graph) -> list[str]:
    """Return a circle of arrows, or nothing."""
    state: dict[str, int] = {}
    path: list[str] = []

    def visit(name: str) -> list[str]:
        state[name] = 1
        path.append(name)
        for other in sorted(graph.get(name, ())):
            if state.get(other) == 1:
                return [*path[path.index(other) :], other]
            if other not in state and (found := visit(other)):
                return found
        path.pop()
        state[name] = 2
        return []

    return next((found for name in sorted(graph) if name not in state and (found := visit(name))), [])


def picture(graph: Graph) -> str:
    """Return the folders and the arrows between them that do not follow from others, top floor first."""
    below: dict[str, set[str]] = {}

    def reach(name: str) -> set[str]:
        if name not in below:
            below[name] = set()
            below[name] = set(graph.get(name, ())).union(*(reach(x) for x in graph.get(name, ())))
        return below[name]

    def floor(name: str) -> int:
        return 1 + max((floor(x) for x in graph.get(name, ())), default=0)

    lines = ["```mermaid", "flowchart TD"]
    for name in sorted(graph, key=lambda n: (-floor(n), n)):
        direct = sorted(x for x in graph[name] if not any(x in reach(y) for y in graph[name] if y != x))
        lines += [f"  {name} --> {other}" for other in direct] or [f"  {name}"]
    return "\n".join([*lines, "```"])


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    modules, files = python_modules(), core_files()
    languages = {
        "Python": (modules, folders(modules, lambda m: m.split(".")[0])),
        "C++": (files, folders(files, _folder)),
    }
    bad = namespaces()
    page = PAGE.read_text()
    for name, (parts, graph) in languages.items():
        for kind, each in (("files", parts), ("folders", graph)):
            if found := circle(each):
                bad.append(f"{name}: a circle of {kind}: {' -> '.join(found)}")
        if bad:
            continue
        marked = f"<!-- floors: {name} -->\n{picture(graph)}\n<!-- end -->"
        begun, _, rest = page.partition(f"<!-- floors: {name} -->")
        page = begun + marked + rest.partition("<!-- end -->")[2]
        if not (chosen.check or chosen.write):
            print(marked)
    if chosen.check and page != PAGE.read_text():
        bad.append("CONTRIBUTING.md does not show the floors as they are: python docs/floors.py --write")
    if chosen.write:
        PAGE.write_text(page)
    print("\n".join(bad), file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
