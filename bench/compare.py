"""Compare the figures of two benchmark runs: `python bench/compare.py OLD.json NEW.json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(old_path: str, new_path: str) -> None:
    old, new = (json.loads(Path(path).read_text())["figures"] for path in (old_path, new_path))
    for name in sorted({*old, *new}):
        before, after = old.get(name, {}), new.get(name, {})
        for key in sorted({*before, *after}):
            a, b = before.get(key), after.get(key)
            numbers = isinstance(a, int | float) and isinstance(b, int | float) and a
            ratio = f"{b / a:8.3f}x" if numbers else "        -"
            print(f"{ratio}  {name}: {key} {a} -> {b}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
