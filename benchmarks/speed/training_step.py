"""Training steps per second of the preset `lecture-plain` at batch 32, against a loop in the notebook's manner.

The notebook's loop runs `predict`, then `train_on_batch` on the discriminator and on the stacked model. It is written
for TensorFlow, so it is measured there, and also on the present backend where that is another. All are measured in
turns; the ratios are those of the medians.
"""

import argparse
import contextlib
import functools
import io
import operator
import os
import subprocess
import sys

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared.timing import in_turns, print_medians, seconds

BATCH, NOTEBOOK_STEPS = 32, 20


def notebook_models():
    """Generator, discriminator and stacked model, built and compiled as in the notebook."""
    dense = keras.layers.Dense
    generator = keras.Sequential(
        [keras.Input((100,)), dense(256, "relu"), dense(512, "relu"), dense(1024, "relu"), dense(128, "tanh")]
    )
    discriminator = keras.Sequential([keras.Input((128,)), dense(512, "relu"), dense(256, "relu"), dense(1, "sigmoid")])
    discriminator.compile(optimizer="adam", loss="binary_crossentropy")
    discriminator.trainable = False
    latents = keras.Input((100,))
    stacked = keras.Model(latents, discriminator(generator(latents)))
    stacked.compile(optimizer="adam", loss="binary_crossentropy")
    return generator, discriminator, stacked


def notebook_steps(models, real, n_steps):
    generator, discriminator, stacked = models
    for step in range(n_steps):
        generated = generator.predict(np.random.normal(0, 1, (BATCH, 100)))  # with its progress bar, as there
        both = np.concatenate([generated, real])
        labels = np.concatenate([np.zeros((BATCH, 1)), np.ones((BATCH, 1))])
        discriminator.trainable = True
        d_loss = discriminator.train_on_batch(both, labels)
        discriminator.trainable = False
        g_loss = stacked.train_on_batch(np.random.normal(0, 1, (BATCH, 100)), np.ones((BATCH, 1)))
        print(f"Epoch {step}, Discriminator Loss: {d_loss}, Generator Loss: {g_loss}")


def notebook_rate():
    """Steps per second of the notebook's loop in this process."""
    real = np.random.default_rng(0).integers(55, 90, (BATCH, 128)) / 63.5 - 1
    models = notebook_models()
    with contextlib.redirect_stdout(io.StringIO()):
        notebook_steps(models, real, 3)
        return NOTEBOOK_STEPS / seconds(lambda: notebook_steps(models, real, NOTEBOOK_STEPS))


def fit_rate(gan, clips):
    """Steps per second of `fit`."""
    return len(clips) / BATCH / seconds(lambda: gan.fit(clips, batch_size=BATCH, verbose=0))


def notebook_rate_on_tensorflow():
    """The same in a process of its own on TensorFlow."""
    command = [sys.executable, "-m", "benchmarks.speed.training_step", "--notebook-only"]
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(result.stdout.split()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=1024, help="steps of fit in a round")
    parser.add_argument("--steps-per-execution", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--notebook-only", action="store_true")
    arguments = parser.parse_args()
    if arguments.notebook_only:
        print(notebook_rate())
        return
    backend = keras.backend.backend()
    per_execution = [1] if backend == "torch" else arguments.steps_per_execution

    clips = np.random.default_rng(0).integers(55, 90, (arguments.steps * BATCH, 128)).astype("uint8")
    rates = {"notebook's loop on TensorFlow": notebook_rate_on_tensorflow}
    if backend != "tensorflow":
        rates[f"notebook's loop on {backend}"] = notebook_rate
    for k in per_execution:
        gan = km.MusicGAN.from_preset("lecture-plain")
        gan.compile(steps_per_execution=k)
        gan.fit(clips[: 2 * k * BATCH], batch_size=BATCH, verbose=0)
        rates[f"fit, steps_per_execution={k}"] = functools.partial(fit_rate, gan, clips)
    measured = in_turns(rates, arguments.rounds, measure=operator.call)
    print(f"backend {backend}, batch {BATCH}, median of {arguments.rounds} rounds")
    print_medians(measured, "steps/s")


if __name__ == "__main__":
    main()
