"""Encoding, decoding and Griffin-Lim against librosa with the same parameters, 32 clips of a second at 16 kHz."""

import argparse
import functools
import statistics

import keras
import librosa
import numpy as np
from keras import ops

from benchmarks.shared.timing import in_turns, median_ratio
from keras_musicgan.datasets import make_notes
from keras_musicgan.representations import ComplexSpectrum, InstantaneousFrequency, LogMagnitude

CLIPS, RATE, ITERATIONS = 32, 16000, 32


def compiled(function, clips):
    """A call of a function on clips, compiled as a training step is; it returns when the result is there."""
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
    """For each row of the table, its name and two calls without arguments: the package's and librosa's."""
    layers = {name: make(length=RATE, n_fft=n_fft, hop_length=hop_length) for name, make in REPRESENTATIONS.items()}
    for layer in layers.values():
        layer.adapt(clips)
    scale, peak, mean, deviation = (
        ops.convert_to_numpy(values)
        for values in (
            layers["complex_spectrum"].scale,
            layers["instantaneous_frequency"].peak,
            layers["log_magnitude"].mean,
            layers["log_magnitude"].deviation,
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

    def log_magnitudes(spectrum):
        return np.log(np.abs(spectrum) + floor) - np.log(floor)

    def log_magnitude():
        return np.clip((log_magnitudes(spectra()) - mean[:, None]) / (3 * deviation[:, None]), -1, 1)

    def instantaneous_frequency():
        spectrum = spectra()
        steps = np.diff(np.unwrap(np.angle(spectrum), axis=-1), axis=-1, prepend=np.float32(0))
        return np.stack([2 * log_magnitudes(spectrum) / top - 1, steps / pi], axis=-1)

    parts, polar, spectrum = complex_spectrum(), instantaneous_frequency(), spectra()
    magnitudes = np.pad(np.abs(spectrum), ((0, 0), (0, 1), (0, 0)))

    def inverse(spectrum):
        return librosa.istft(np.pad(spectrum, ((0, 0), (0, 1), (0, 0))), **options, length=RATE) / unit

    def from_complex_spectrum():
        return inverse((parts[..., 0] + 1j * parts[..., 1]) * scale)

    def from_instantaneous_frequency():
        magnitude = np.exp((polar[..., 0] + 1) * (top / 2) + np.log(floor)) - floor
        return inverse(magnitude * np.exp(1j * np.cumsum(polar[..., 1] * pi, axis=-1)))

    def from_magnitudes():
        return librosa.griffinlim(magnitudes, n_iter=ITERATIONS, length=RATE, random_state=0, **options)

    encoders = complex_spectrum, instantaneous_frequency, log_magnitude
    decoders = from_complex_spectrum, from_instantaneous_frequency, from_magnitudes
    for (name, layer), theirs in zip(layers.items(), encoders, strict=True):
        yield f"encode {name}", compiled(layer, clips), theirs
    for (name, layer), theirs in zip(layers.items(), decoders, strict=True):
        encoded = ops.convert_to_numpy(layer(clips))
        label = f"Griffin-Lim, {ITERATIONS} iterations" if name == "log_magnitude" else f"decode {name}"
        yield label, functools.partial(layer.decode, encoded), theirs


REPRESENTATIONS = {
    "complex_spectrum": ComplexSpectrum,
    "instantaneous_frequency": InstantaneousFrequency,
    "log_magnitude": lambda **options: LogMagnitude(**options, inversion="griffin_lim", iterations=ITERATIONS),
}


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
        times = in_turns({"ours": ours, "librosa": theirs}, rounds)
        mine, other = (1000 * statistics.median(values) for values in times.values())
        ratio = median_ratio(times["librosa"], times["ours"])
        print(f"{name:<32}{mine:>7.1f} ms{other:>9.1f} ms{ratio:>9.1f}×", flush=True)


if __name__ == "__main__":
    main()
