"""Step time of `wavegan` at several widths on TensorFlow and JAX, and GFLOP/s as a share of matrix products' peak."""

import argparse
import json
import operator
import os
import subprocess
import sys

import numpy as np

from benchmarks.shared.timing import in_turns, matrix_product_peak, seconds

BATCH = 16
STEPS = {16: 6, 32: 3, 64: 1}
ROUNDS = 3


def forward_flops(network):
    """Floating-point operations of one clip through a network: two per multiplication by a weight."""
    import keras

    total = 0
    for layer in network.layers:
        if isinstance(layer, keras.layers.Dense):
            total += 2 * np.prod(layer.kernel.shape)
        elif isinstance(layer, keras.layers.Conv1DTranspose):
            total += 2 * np.prod(layer.kernel.shape) * layer.input.shape[1]
        elif isinstance(layer, keras.layers.Conv1D):
            total += 2 * np.prod(layer.kernel.shape) * layer.output.shape[1]
    return float(total)


def step_flops(gan):
    """Floating-point operations of one clip in a step of one update each, with a gradient penalty.

    A backward pass costs as much as a forward pass for the gradient of the inputs and as much for that of the weights.
    The discriminator: its real and generated clips (3 + 3), the penalty's forward and backward pass to the input (2)
    and their gradient (4), and the generator's update through it (2). The generator: one pass for the
    discriminator (1), one with its gradient for itself (3).
    """
    return 14 * forward_flops(gan.discriminator) + 4 * forward_flops(gan.generator)


def measure(width):
    """Seconds per step (the best of some rounds) on the backend of this process."""
    import keras_musicgan as km

    gan = km.MusicGAN.from_preset("wavegan", generator={"width": width}, discriminator={"width": width})
    gan.compile(discriminator_steps=1)
    clips = np.random.default_rng(0).uniform(-1, 1, (BATCH * STEPS[width], *gan.representation.encoded_shape))
    clips = clips.astype("float32")
    gan.fit(clips, batch_size=BATCH, verbose=0)

    def epoch():
        return seconds(lambda: gan.fit(clips, batch_size=BATCH, verbose=0))

    rounds = in_turns({"peak": matrix_product_peak, "epoch": epoch}, ROUNDS, measure=operator.call)
    best = min(rounds["epoch"]) / STEPS[width]
    return {"seconds": best, "gflops": BATCH * step_flops(gan) / best / 1e9, "peak": max(rounds["peak"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backends", nargs="+", default=["tensorflow", "jax"])
    parser.add_argument("--widths", nargs="+", type=int, default=[16, 32, 64])
    parser.add_argument("--one", type=int, help="measure this width in this process and print JSON")
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one)))
        return
    print(f"batch {BATCH}, one discriminator and one generator update with gradient penalty, 16,384 samples")
    print(f"{'width':<8}{'backend':<14}{'s per step':>12}{'GFLOP/s':>10}{'of matrix-product peak':>26}")
    for width in arguments.widths:
        for backend in arguments.backends:
            environment = {**os.environ, "KERAS_BACKEND": backend}
            command = [sys.executable, "-m", "benchmarks.speed.waveform_step", "--one", str(width)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            result = json.loads(done.stdout.splitlines()[-1])
            share = f"{result['gflops'] / result['peak']:.0%} of {result['peak']:.0f}"
            print(f"{width:<8}{backend:<14}{result['seconds']:>12.3f}{result['gflops']:>10.0f}{share:>26}", flush=True)


if __name__ == "__main__":
    main()
