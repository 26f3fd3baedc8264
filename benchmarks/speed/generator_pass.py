"""What could be gained by one pass of the generator for both updates of a step, in place of one for each.

The discriminator's update gets clips without a pass: no way of sharing can be faster. Steps are measured in turns.
"""

import argparse
import statistics
from unittest import mock

import keras
from keras import ops

import keras_musicgan as km
from benchmarks.shared.tables import print_head, print_row
from benchmarks.shared.timing import in_turns, median_ratio
from benchmarks.shared.training import seconds_of_epochs
from benchmarks.speed.__main__ import ON_A_CPU, SECONDS


class OnePassGAN(km.MusicGAN):
    """A `MusicGAN` whose discriminator is updated on real clips in another order, as if they were generated."""

    def _update_discriminator(self, real, conditions):
        with mock.patch.dict(vars(self), generator=lambda inputs, training: ops.flip(real, axis=0)):
            return super()._update_discriminator(real, conditions)


def steps_of(kind: type[km.MusicGAN], preset: str):
    """A function that measures the milliseconds of a step of a preset once."""
    gan = kind.from_preset(preset)
    gan.compile()
    data = km.datasets.for_model(gan, seed=0)
    seconds_of_epochs(gan, data, 1)
    epochs = max(1, round(SECONDS / seconds_of_epochs(gan, data, 1)))
    return lambda: 1e3 * seconds_of_epochs(gan, data, epochs) / (epochs * len(data))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", nargs="+", choices=ON_A_CPU, default=["lecture", "drums", "notes"], metavar="NAME")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print_head((f"on {keras.backend.backend()}", "two passes, ms", "one pass, ms", "ratio"))
    for preset in arguments.presets:
        calls = {"two": steps_of(km.MusicGAN, preset), "one": steps_of(OnePassGAN, preset)}
        times = in_turns(calls, arguments.rounds, measure=lambda call: call())
        medians = [f"{statistics.median(times[name]):.2f}" for name in ("two", "one")]
        print_row((preset, *medians, f"{median_ratio(times['one'], times['two']):.2f}"))


if __name__ == "__main__":
    main()
