"""Encoding, decoding and Griffin-Lim against librosa with the same parameters, 32 clips of a second at 16 kHz."""

import argparse
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import librosa
import numpy as np
from keras import ops

from keras_musicgan.datasets import make_notes
from keras_musicgan.representations import ComplexSpectrum, InstantaneousFrequency, LogMagnitude

CLIPS, RATE, ITERATIONS = 32, 16000, 32


def compiled(function, clips):
    """A call of a function on clips that is compiled as a training step is and returns when the result is there."""
    clips = ops.convert_to_tensor(clips)
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        run = jax.jit(function)
        return lambda: jax.block_until_ready(run(clips))
    if backend == "tensorflow":
        import tensorflow as tf

        run = tf.function(function, jit_compile=True)
        return lambda: run(clips)
    import torch

    def run():
        with torch.no_grad():
            return function(clips)

    return run


def ways(clips, n_fft, hop_length):
    """For each row of the table our way and librosa's, as calls without arguments."""
    options = {"length": RATE, "n_fft": n_fft, "hop_length": hop_length}
    forms = {name: make(**options) for name, make in FORMS.items()}
    for form in forms.values():
        form.adapt(clips)
    samples = np.ascontiguousarray(clips[..., 0])
    scale = np.float32(2 / librosa.filters.get_window("hann", n_fft).sum())
    options = {"n_fft": n_fft, "hop_length": hop_length}

    def spectra():
        return librosa.stft(samples, **options) * scale

    def frequencies_of(phases):
        return np.diff(np.unwrap(phases, axis=-1), axis=-1, prepend=np.float32(0)) / np.float32(np.pi)

    librosa_encode = {
        "complex_spectrum": lambda: (lambda s: np.stack([s.real, s.imag], axis=-1))(spectra()),
        "log_magnitude": lambda: np.clip(np.log(np.abs(spectra()) + np.float32(1e-4)), -1, 1),
        "instantaneous_frequency": lambda: (
            lambda s: np.stack([np.log(np.abs(s) + np.float32(1e-4)), frequencies_of(np.angle(s))], axis=-1)
        )(spectra()),
    }
    spectrum = spectra()
    sizes, frequencies = np.abs(spectrum), frequencies_of(np.angle(spectrum))
    levels = np.log(sizes + np.float32(1e-4))
    real, imaginary = spectrum.real.copy(), spectrum.imag.copy()

    def turned():
        phases = np.cumsum(frequencies * np.float32(np.pi), axis=-1)
        return (np.exp(levels) - np.float32(1e-4)) * np.exp(1j * phases)

    librosa_decode = {
        "complex_spectrum": lambda: librosa.istft(real + 1j * imaginary, **options, length=RATE),
        "instantaneous_frequency": lambda: librosa.istft(turned(), **options, length=RATE),
        "log_magnitude": lambda: librosa.griffinlim(
            np.exp(levels) - np.float32(1e-4), n_iter=ITERATIONS, length=RATE, random_state=0, **options
        ),
    }
    for name, form in forms.items():
        yield f"encode {name}", compiled(form, clips), librosa_encode[name]
    for name, form in forms.items():
        encoded = ops.convert_to_numpy(form(clips))
        label = f"decode {name}" if name != "log_magnitude" else f"Griffin-Lim, {ITERATIONS} iterations"
        yield label, lambda form=form, encoded=encoded: form.decode(encoded), librosa_decode[name]


FORMS = {
    "complex_spectrum": ComplexSpectrum,
    "instantaneous_frequency": InstantaneousFrequency,
    "log_magnitude": lambda **options: LogMagnitude(**options, inversion="griffin_lim", iterations=ITERATIONS),
}


def seconds(way):
    began = time.perf_counter()
    way()
    return time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n-fft", type=int, default=512)
    parser.add_argument("--hop-length", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    print(f"backend {keras.backend.backend()}, n_fft {arguments.n_fft}, hop {arguments.hop_length}")
    print(f"{'':<32}{'ours':>10}{'librosa':>12}{'faster':>10}")
    clips = make_notes(CLIPS, sample_rate=RATE, length=RATE)[0]
    for name, ours, theirs in ways(clips, arguments.n_fft, arguments.hop_length):
        ours(), theirs()  # compiles
        rounds = arguments.rounds if "Griffin" not in name else max(arguments.rounds // 5, 1)
        measured = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
        mine, other = (1000 * statistics.median(times) for times in zip(*measured, strict=True))
        ratio = statistics.median(b / a for a, b in measured)
        print(f"{name:<32}{mine:>7.1f} ms{other:>9.1f} ms{ratio:>9.1f}×", flush=True)


if __name__ == "__main__":
    main()
