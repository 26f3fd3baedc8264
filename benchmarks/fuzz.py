"""Damaged files of every kind that the package reads: none may end the process, hang, use up memory or pass unnamed.

    python -m benchmarks.fuzz --minutes 30 --out found

Files at which something is wrong stay in the folder.
"""

import argparse
from pathlib import Path

from tests.system.fuzzing import TARGETS, fuzz


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0, help="for all kinds together")
    parser.add_argument("--kinds", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="a new folder")
    options = parser.parse_args()
    options.out.mkdir(parents=True)
    faults = []
    for kind in options.kinds:
        outcome = fuzz(kind, 60 * options.minutes / len(options.kinds), options.seed, options.out)
        counts = ", ".join(f"{n:,} {what}" for what, n in sorted(outcome.counts.items()))
        print(f"{kind}: {outcome.counts.total():,} files: {counts}", flush=True)
        faults += outcome.faults
    for fault in faults:
        print(fault)
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
