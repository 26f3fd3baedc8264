"""Time of `import keras_musicgan` against `import keras`, each in fresh processes, in turns."""

import functools
import statistics
import subprocess
import sys

from benchmarks.shared.timing import in_turns, median_ratio

ROUNDS = 7
STATEMENTS = ("import keras", "import keras_musicgan")


def main():
    run = functools.partial(subprocess.run, check=True, capture_output=True)
    imports = {name: functools.partial(run, [sys.executable, "-c", name]) for name in STATEMENTS}
    in_turns(imports, 1)  # into the disk's cache
    times = in_turns(imports, ROUNDS)
    for name, values in times.items():
        print(f"{name:<22} {statistics.median(values):6.2f} s")
    theirs, ours = times.values()
    print(f"ratio, median of pairs {median_ratio(ours, theirs):6.3f}")


if __name__ == "__main__":
    main()
