"""Time of `import keras_musicgan` against `import keras`, each in fresh processes, in turns."""

import statistics
import subprocess
import sys
import time

ROUNDS = 7


def seconds_of(statement):
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True, capture_output=True)
    return time.perf_counter() - began


def main():
    statements = ("import keras", "import keras_musicgan")
    seconds = {statement: [] for statement in statements}
    for statement in statements:
        seconds_of(statement)
    for _ in range(ROUNDS):
        for statement in statements:
            seconds[statement].append(seconds_of(statement))
    ratios = [ours / theirs for theirs, ours in zip(*seconds.values(), strict=True)]
    for statement, times in seconds.items():
        print(f"{statement:<22} {statistics.median(times):6.2f} s")
    print(f"ratio, median of pairs {statistics.median(ratios):6.3f}")


if __name__ == "__main__":
    main()
