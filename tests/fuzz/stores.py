"""Try faults of stores:  python tests/fuzz/stores.py [--trials 600] [--seed 1] [--only KIND]

Exit status 1 where one ended otherwise than whole or refused, with the kind and the seed of each, which repeat it.
"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))


def main() -> int:
    from store_faults import KINDS, Faults, UntriedError, trial

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--trials", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    kinds = [kind for kind in KINDS if given.only in kind]
    tried: collections.Counter[str] = collections.Counter()
    bad, untried = [], 0
    with tempfile.TemporaryDirectory() as folder:
        faults = Faults(folder)
        for n in range(given.trials):
            kind, seed = kinds[n % len(kinds)], 100_000 * given.seed + n
            tried[kind] += 1
            with tempfile.TemporaryDirectory() as empty:
                try:
                    trial(faults, kind, seed, Path(empty))
                except UntriedError:
                    untried += 1
                except Exception as error:  # whatever went wrong is what is looked for
                    bad.append(f"{kind} {seed}: {type(error).__name__}: {error}")
                    print(bad[-1], flush=True)
                    traceback.print_exc()
    print(", ".join(f"{kind} {count}" for kind, count in tried.items()))
    print(f"{given.trials - untried} trials, {len(bad)} bad; {untried} only root can try")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
