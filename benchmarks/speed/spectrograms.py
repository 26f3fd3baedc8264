"""Encoding, decoding and Griffin-Lim against librosa with the same parameters, 32 clips of a second at 16 kHz."""

import argparse
import functools
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
    forms = {name: make(length=RATE, n_fft=n_fft, hop_length=hop_length) for name, make in FORMS.items()}
    for form in forms.values():
        form.adapt(clips)
    scale, peak, mean, deviation = (
        ops.convert_to_numpy(values)
        for values in (
            forms["complex_spectrum"].scale,
            forms["instantaneous_frequency"].peak,
            forms["log_magnitude"].mean,
            forms["log_magnitude"].deviation,
        )
    )
    samples = np.ascontiguousarray(clips[..., 0])
    unit = np.float32(2 / librosa.filters.get_window("hann", n_fft).sum())
    floor, pi = np.float32(1e-4), np.float32(np.pi)
    top = np.log(peak + floor) - np.log(floor)
    options = {"n_fft": n_fft, "hop_length": hop_length}

    def spectra():
        return librosa.stft(samples, **options)[:, :-1] * unit

    def complex_spectrum():
        spectrum = spectra() / scale
        return np.stack([spectrum.real, spectrum.imag], axis=-1)

    def levels(spectrum):
        return np.log(np.abs(spectrum) + floor) - np.log(floor)

    def log_magnitude():
        return np.clip((levels(spectra()) - mean[:, None]) / (3 * deviation[:, None]), -1, 1)

    def instantaneous_frequency():
        spectrum = spectra()
        steps = np.diff(np.unwrap(np.angle(spectrum), axis=-1), axis=-1, prepend=np.float32(0))
        return np.stack([2 * levels(spectrum) / top - 1, steps / pi], axis=-1)

    parts, polar, spectrum = complex_spectrum(), instantaneous_frequency(), spectra()
    sizes = np.pad(np.abs(spectrum), ((0, 0), (0, 1), (0, 0)))

    def inverse(spectrum):
        return librosa.istft(np.pad(spectrum, ((0, 0), (0, 1), (0, 0))), **options, length=RATE) / unit

    def from_complex_spectrum():
        return inverse((parts[..., 0] + 1j * parts[..., 1]) * scale)

    def from_instantaneous_frequency():
        size = np.exp((polar[..., 0] + 1) * (top / 2) + np.log(floor)) - floor
        return inverse(size * np.exp(1j * np.cumsum(polar[..., 1] * pi, axis=-1)))

    def from_magnitudes():
        return librosa.griffinlim(sizes, n_iter=ITERATIONS, length=RATE, random_state=0, **options)

    encoders = complex_spectrum, instantaneous_frequency, log_magnitude
    decoders = from_complex_spectrum, from_instantaneous_frequency, from_magnitudes
    for (name, form), theirs in zip(forms.items(), encoders, strict=True):
        yield f"encode {name}", compiled(form, clips), theirs
    for (name, form), theirs in zip(forms.items(), decoders, strict=True):
        encoded = ops.convert_to_numpy(form(clips))
        label = f"Griffin-Lim, {ITERATIONS} iterations" if name == "log_magnitude" else f"decode {name}"
        yield label, functools.partial(form.decode, encoded), theirs


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
