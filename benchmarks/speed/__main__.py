"""One table of speeds on this backend: training steps and generation of each preset, rendering, the import.

The table is written as JSON too, and compared with an earlier one: ratios, and which rows changed beyond the spread of
their rounds. Speeds of two versions are comparable only on the same idle machine.
"""

import argparse
import functools
import itertools
import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keras

import keras_musicgan as km
from benchmarks.shared import tables
from benchmarks.shared.timing import seconds
from benchmarks.shared.training import seconds_of_epochs
from keras_musicgan.presets import PRESETS
from keras_musicgan.utils.files import replacing

ON_A_CPU = ("lecture", "lecture-plain", "pianoroll", "drums", "notes", "sounds", "gansynth-small", "wavegan-small")
CLIPS = 16  # to generate
SECONDS = 2.0  # of steps in a round, about
AUTOENCODER = {"pianoroll": {"representation": {"steps": 50}}}  # which learns before the first step
SPREAD = 0.05  # within which a ratio is no change, however even the rounds are


def rows_of_preset(name: str) -> Iterator[tuple[str, Callable[[], float]]]:
    """The rows of a preset: names, and functions that measure their milliseconds once."""
    gan = km.MusicGAN.from_preset(name, **AUTOENCODER.get(name, {}))
    gan.compile()
    data = km.datasets.for_model(gan, seed=0)
    seconds_of_epochs(gan, data, 1)
    epochs = max(1, round(SECONDS / seconds_of_epochs(gan, data, 1)))
    steps = epochs * len(data)
    yield f"{name}: training step", lambda: 1e3 * seconds_of_epochs(gan, data, epochs) / steps
    generate = functools.partial(gan.generate, CLIPS, seed=0)
    generate()
    yield f"{name}: generation of a clip", lambda: 1e3 * seconds(generate) / CLIPS


def other_rows() -> Iterator[tuple[str, Callable[[], float]]]:
    """Rows that belong to no preset."""
    tune = km.datasets.compose(1, seed=0)[0]
    yield "rendering of a tune of 32 bars", lambda: 1e3 * seconds(lambda: km.synth.render(tune))
    command = [sys.executable, "-c", "import keras_musicgan"]
    yield "import keras_musicgan", lambda: 1e3 * seconds(lambda: subprocess.run(command, check=True))


def compare(name: str, numbers: list[float], earlier: dict) -> str:
    """The ratio to an earlier measurement, and whether the rounds of both do not overlap."""
    if name not in earlier:
        return ""
    ratio = statistics.median(numbers) / statistics.median(earlier[name])
    apart = min(numbers) > max(earlier[name]) or max(numbers) < min(earlier[name])
    changed = apart and abs(ratio - 1) > SPREAD
    return f"{ratio:.2f}{(' slower' if ratio > 1 else ' faster') if changed else ''}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", nargs="+", choices=PRESETS, default=ON_A_CPU, metavar="NAME")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=Path("speed.json"), help="file for the numbers")
    parser.add_argument("--against", type=Path, help="file of an earlier call")
    arguments = parser.parse_args()
    earlier = json.loads(arguments.against.read_text())["milliseconds"] if arguments.against else {}
    backend = keras.backend.backend()
    tables.print_head((f"on {backend}", "ms, median", "least to most", "ratio to the earlier")[: 4 if earlier else 3])
    found = {}
    for name, measure in itertools.chain(*map(rows_of_preset, arguments.presets), other_rows()):
        found[name] = numbers = [measure() for _ in range(arguments.rounds)]
        row = [name, f"{statistics.median(numbers):.2f}", f"{min(numbers):.2f} to {max(numbers):.2f}"]
        tables.print_row([*row, compare(name, numbers, earlier)] if earlier else row)
    with replacing(arguments.json) as temporary:
        temporary.write_text(
            json.dumps({"backend": backend, "version": km.__version__, "milliseconds": found}, indent=1)
        )


if __name__ == "__main__":
    main()
