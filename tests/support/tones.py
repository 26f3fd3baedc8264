"""Harmonic tones and noise."""

import numpy as np

RATE = 16000


def tone(pitch, seconds=1.0, rate=RATE, amplitudes=None, bend=0.0):
    """A harmonic tone `[samples]`; `bend` is an offset in semitones for each sample or for all."""
    amplitudes = [1 / k for k in range(1, 9)] if amplitudes is None else amplitudes
    hertz = 440 * 2 ** ((pitch + bend * np.ones(round(seconds * rate)) - 69) / 12)
    phase = 2 * np.pi * np.cumsum(hertz) / rate
    partials = [a * np.sin(k * phase) for k, a in enumerate(amplitudes, 1) if k * hertz.max() < rate / 2]
    return 0.2 * np.sum(partials, axis=0)


def clips(*sounds):
    return np.stack(sounds)[..., None].astype("float32")


def noise(n=1, seconds=1.0, rate=RATE, seed=0):
    return np.random.default_rng(seed).normal(0, 0.1, (n, round(seconds * rate), 1))


def power(samples):
    return np.mean(np.square(samples))
