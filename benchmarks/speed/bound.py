"""Training steps on JAX against the time that their arithmetic takes at the peak of matrix products.

`KERAS_BACKEND=jax python -m benchmarks.speed.bound`. Operations are those that XLA counts in a step before it
optimizes it, the mean over four steps, since a penalty may be due in every fourth.
"""

import argparse
import operator
import statistics
from collections.abc import Callable
from unittest import mock

from keras.src.backend.jax import trainer

import keras_musicgan as km
from benchmarks.shared.tables import print_head, print_row
from benchmarks.shared.timing import in_turns, matrix_product_peak
from benchmarks.speed.__main__ import AUTOENCODER, ON_A_CPU, rows_of_preset
from keras_musicgan.presets import PRESETS

STEPS = 4


def gigaflop(preset: str) -> float:
    """1e9 floating-point operations of a step, the mean."""
    counts: list[float] = []

    def counting(function: Callable, **options):
        compiled = compile_step(function, **options)

        def step(*arguments):
            counts.append(compiled.lower(*arguments).cost_analysis()["flops"])
            return compiled(*arguments)

        return step

    compile_step = trainer.jit
    gan = km.MusicGAN.from_preset(preset, **AUTOENCODER.get(preset, {}))
    gan.compile(steps_per_execution=1)
    data = km.datasets.for_model(gan, seed=0)
    with mock.patch.object(trainer, "jit", counting):
        gan.fit(data, steps_per_epoch=STEPS, verbose=0)
    return statistics.mean(counts) / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", nargs="+", choices=PRESETS, default=ON_A_CPU, metavar="NAME")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print_head(("preset", "GFLOP a step", "GFLOP/s at the peak", "ms at the peak", "ms of a step", "share of the peak"))
    for preset in arguments.presets:
        operations = gigaflop(preset)
        _, measure = next(rows_of_preset(preset))
        found = in_turns({"peak": matrix_product_peak, "step": measure}, arguments.rounds, operator.call)
        peak, step = max(found["peak"]), statistics.median(found["step"])
        bound = 1e3 * operations / peak
        print_row((preset, f"{operations:.2f}", f"{peak:.0f}", f"{bound:.1f}", f"{step:.1f}", f"{bound / step:.0%}"))


if __name__ == "__main__":
    main()
