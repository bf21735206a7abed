"""Fuzz the public Python API:  python tests/fuzz/public_api.py [--calls 10000] [--seed 1] [--only NAME]

Calls run in processes of a few hundred, so that one that ends the process or does not end is told and the others go on.
Exit status 1 where a call was neither answered nor refused honestly, with all of those, grouped by what is wrong.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import re
import resource
import select
import subprocess
import sys
import tempfile
from pathlib import Path

BATCH = 400
SILENCE = 120.0
"""Seconds of wall time after which a process that reports nothing, though it was interrupted, is ended."""
MEMORY = 8 * 2**30
"""Bytes of address space of a process: a call that takes more fails alone, not the machine."""
TESTS = Path(__file__).parents[1] / "python"


def work(seed: int, count: int, first: int, only: str) -> None:
    """Make calls first, first + 1, … of a run; one line of JSON before and after each."""
    sys.path.insert(0, str(TESTS))
    os.chdir(tempfile.mkdtemp())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import public_fuzz

    for i, call in enumerate(public_fuzz.calls(seed, count)):
        if i < first or only not in call.target.name:
            continue
        if i >= first + BATCH:
            return
        print(json.dumps([i, str(call), None]), flush=True)
        print(json.dumps([i, str(call), call.fault()]), flush=True)


def batch(arguments: argparse.Namespace, first: int) -> tuple[int, list[tuple[str, str]], int]:
    """Run calls in one process: the next call to make, the faults, and how many calls were judged."""
    command = [
        sys.executable,
        __file__,
        "--worker",
        str(first),
        "--calls",
        str(arguments.calls),
        "--seed",
        str(arguments.seed),
    ]
    log = tempfile.TemporaryFile("w+")  # noqa: SIM115
    process = subprocess.Popen([*command, "--only", arguments.only], stdout=subprocess.PIPE, stderr=log)
    last, faults, judged = [first - 1, "the start", ""], [], 0
    assert process.stdout is not None
    unread = b""
    # Not through a buffered file: what it has taken in select does not see.
    while select.select([process.stdout], [], [], SILENCE)[0]:
        got = os.read(process.stdout.fileno(), 2**16)
        *lines, unread = (unread + got).split(b"\n")
        for line in lines:
            last = json.loads(line)
            if last[2] is not None:
                judged += 1
                if last[2]:
                    faults.append((last[1], last[2]))
        if not got:
            break
    else:
        process.kill()
        faults.append((last[1], f"did not end in {SILENCE:g} s"))
    status = process.wait()
    if status not in (0, -9):
        log.seek(0)
        faults.append((last[1], f"the process ended with status {status}: {log.read()[-600:]}"))
    whole = status == 0
    return (first + BATCH if whole else last[0] + 1), faults, judged


def shape(fault: str) -> str:
    """A fault without its numbers and names, by which faults are grouped."""
    return re.sub(r"\d[\d.e+-]*", "#", re.sub(r"'[^']*'|0x[0-9a-f]+", "…", fault))[:110]


def main() -> int:
    """Run all batches and print what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="part of the names of the targets to call")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker is not None:
        work(arguments.seed, arguments.calls, arguments.worker, arguments.only)
        return 0
    groups: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
    first = judged = 0
    while first < arguments.calls:
        first, faults, count = batch(arguments, first)
        judged += count
        for call, fault in faults:
            groups[shape(fault)].append((call, fault))
            print(f"    {call}: {fault[:300]}", file=sys.stderr)
        print(f"{judged} calls, {sum(map(len, groups.values()))} faults", file=sys.stderr, flush=True)
    for _, members in sorted(groups.items(), key=lambda g: -len(g[1])):
        print(f"\n{len(members)} × {members[0][1][:300]}")
        for call, _fault in members[:12]:
            print(f"    {call}")
    print(
        f"\n{judged} calls, {sum(map(len, groups.values()))} faults in {len(groups)} groups (seed {arguments.seed})"
    )
    return bool(groups)


if __name__ == "__main__":
    sys.exit(main())
