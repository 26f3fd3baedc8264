"""Synthetic single notes and drum strokes from a seed: labelled audio with exact pitches."""

import numbers
from collections.abc import Callable

import keras
import numpy as np

from keras_musicgan.datasets.clips import Clips
from keras_musicgan.datasets.spec import DataSpec, check_audio
from keras_musicgan.datasets.splits import check_held_out, split
from keras_musicgan.datasets.synthetic.instruments import DRUMS, INSTRUMENTS
from keras_musicgan.music.synthesizer import frequency
from keras_musicgan.utils.checks import check_memory, check_positive_int, check_seed

MIN_PEAK_DB, MAX_PEAK_DB = -12.0, -1.0
MIN_PITCH, MAX_PITCH = 48, 72


def make_notes(
    n: int,
    seed: int = 0,
    sample_rate: int = 16000,
    length: int = 16384,
    channels: int = 1,
    low: int = MIN_PITCH,
    high: int = MAX_PITCH,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Synthesizes single notes of four instruments, in tune to the cent.

    A plucked string (Karplus-Strong, tuned by a fractional delay), an organ (octaves and fifths), a reed (odd
    partials) and a bell (a vibraphone's bar: partials 1, 4 and 10). The seed varies instrument, pitch, loudness, decay,
    brightness, phases and, in stereo, place. Every note begins at sample 0 and ends in silence.

    Args:
        n: Number of clips.
        seed: Seed; clip `k` of a seed does not depend on `n`.
        sample_rate: Rate in Hz.
        length: Samples in a clip.
        channels: 1 for mono, 2 for stereo.
        low: Lowest MIDI pitch.
        high: Highest MIDI pitch; its frequency must be at most a quarter of the sample rate.

    Returns:
        Clips float32 `[n, length, channels]` with peaks between −12 and −1 dB, and a dict of the labels `[n]`:
        `instrument` (`"pluck"`, `"organ"`, `"reed"`, `"bell"`) and `pitch` (MIDI numbers).

    Raises:
        ValueError: If a number is out of range.

    Example:
        >>> clips, labels = make_notes(3, seed=1, sample_rate=8000, length=8192)
        >>> clips.shape, labels["instrument"].tolist(), labels["pitch"].tolist()
        ((3, 8192, 1), ['organ', 'reed', 'reed'], [60, 56, 59])

    Reference: Digital synthesis of plucked-string and drum timbres (Karplus and Strong, 1983); Extensions of the
    Karplus-Strong plucked-string algorithm (Jaffe and Smith, 1983); The Physics of Musical Instruments (Fletcher and
    Rossing, 1998).
    """
    for name, pitch in (("low", low), ("high", high)):
        if isinstance(pitch, bool) or not isinstance(pitch, numbers.Integral) or not 0 <= pitch <= 127:
            raise ValueError(f"`{name}` must be a MIDI pitch from 0 to 127. Received: {name}={pitch!r}")
    if low > high:
        raise ValueError(f"`low` must not lie above `high`. Received: low={low}, high={high}")
    check_positive_int("sample_rate", sample_rate)
    if frequency(high) > sample_rate / 4:
        raise ValueError(
            f"`high` must sound at no more than a quarter of the sample rate, {sample_rate / 4:g} Hz. Received: "
            f"high={high}, which is {frequency(high):.0f} Hz. Take lower notes or a higher rate."
        )
    check_positive_int("n", n)
    pitches = np.zeros(n, int)

    def sound(rng, instrument, index):
        pitches[index] = rng.integers(low, high, endpoint=True)
        samples = instrument(rng, float(frequency(pitches[index])), length, sample_rate)
        return samples * _gate(rng, length, sample_rate)

    clips, instruments = _one_shots(n, seed, length, channels, INSTRUMENTS, sound)
    return clips, {"instrument": instruments, "pitch": pitches}


def make_drums(
    n: int, seed: int = 0, sample_rate: int = 16000, length: int = 16384, channels: int = 1
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Synthesizes single strokes of four drums.

    A kick (a falling sine with a click), a tom (the modes of a membrane), a snare (two modes and a rattle) and a hat
    (six metallic oscillators and a hiss). The seed varies drum, tuning, loudness, decay, brightness and, in stereo,
    place. Every stroke begins at sample 0 and ends in silence.

    Args:
        n: Number of clips.
        seed: Seed; clip `k` of a seed does not depend on `n`.
        sample_rate: Rate in Hz.
        length: Samples in a clip.
        channels: 1 for mono, 2 for stereo.

    Returns:
        Clips float32 `[n, length, channels]` with peaks between −12 and −1 dB, and a dict with the label
        `drum` `[n]` (`"kick"`, `"tom"`, `"snare"`, `"hat"`).

    Raises:
        ValueError: If a number is out of range.

    Example:
        >>> clips, labels = make_drums(3, seed=1, sample_rate=8000, length=4096)
        >>> clips.shape, labels["drum"].tolist()
        ((3, 4096, 1), ['tom', 'snare', 'snare'])
    """
    check_positive_int("sample_rate", sample_rate)

    def sound(rng, drum, index):
        return drum(rng, length, sample_rate)

    clips, drums = _one_shots(n, seed, length, channels, DRUMS, sound)
    return clips, {"drum": drums}


def synthetic_notes(
    n: int,
    model: keras.Model | DataSpec,
    held_out: float = 0.1,
    batch_size: int | None = None,
    seed: int = 0,
    low: int = MIN_PITCH,
    high: int = MAX_PITCH,
) -> Clips:
    """Single notes of `make_notes` as a dataset for a model.

    Args:
        n: Number of clips.
        model: `MusicGAN` of the audio domain, or a `DataSpec`; its representation has length, rate and channels.
        held_out: Share of the clips, in [0, 1), kept away from training.
        batch_size: Clips in a batch; that of the model's recipe if not given.
        seed: Seed of the clips, the split and the order.
        low: Lowest MIDI pitch.
        high: Highest MIDI pitch.

    Returns:
        `Clips` to give to `fit`, with the labels `instrument` and `pitch`.

    Raises:
        TypeError: If the model is not one of audio.
        ValueError: If a number is out of range.
    """
    return _dataset(make_notes, n, model, held_out, batch_size, seed, low=low, high=high)


def synthetic_drums(
    n: int, model: keras.Model | DataSpec, held_out: float = 0.1, batch_size: int | None = None, seed: int = 0
) -> Clips:
    """Single strokes of `make_drums` as a dataset for a model.

    Args:
        n: Number of clips.
        model: `MusicGAN` of the audio domain, or a `DataSpec`; its representation has length, rate and channels.
        held_out: Share of the clips, in [0, 1), kept away from training.
        batch_size: Clips in a batch; that of the model's recipe if not given.
        seed: Seed of the clips, the split and the order.

    Returns:
        `Clips` to give to `fit`, with the label `drum`.

    Raises:
        TypeError: If the model is not one of audio.
        ValueError: If a number is out of range.
    """
    return _dataset(make_drums, n, model, held_out, batch_size, seed)


def _dataset(make: Callable, n, model, held_out, batch_size, seed, **options):
    representation = model.representation
    check_audio(model)
    check_held_out(held_out)
    clips, labels = make(
        n,
        seed,
        sample_rate=representation.sample_rate,
        length=representation.length,
        channels=representation.channels,
        **options,
    )
    training, rest = split(range(n), held_out, seed)
    batch_size = model.recipe["batch_size"] if batch_size is None else batch_size

    def part(indices, **kwargs):
        kwargs["labels"] = {name: values[indices] for name, values in labels.items()}
        kwargs["description"] = f"of {representation.length} samples at {representation.sample_rate} Hz"
        return Clips(clips[indices], batch_size, seed, conditions=model.conditions, **kwargs)

    return part(training, held_out=part(rest) if rest else None)


def _one_shots(n, seed, length, channels, kinds, sound):
    """Clips `[n, length, channels]` of kinds drawn from a dict, and the names of the kinds `[n]`."""
    check_positive_int("n", n)
    check_positive_int("length", length)
    if channels not in (1, 2):
        raise ValueError(f"`channels` must be 1 (mono) or 2 (stereo). Received: channels={channels!r}")
    check_seed("seed", seed)
    check_memory(f"{n} clips", 4.0 * n * length * channels, "Make fewer.")
    names = np.array(list(kinds))
    chosen = np.zeros(n, int)
    clips = np.empty((n, length, channels), "float32")
    for index in range(n):
        rng = np.random.default_rng((seed, index))
        chosen[index] = rng.integers(len(names))
        samples = sound(rng, kinds[names[chosen[index]]], index) * _end(length)
        peak = np.abs(samples).max()
        level = 10 ** (rng.uniform(MIN_PEAK_DB, MAX_PEAK_DB) / 20) / (peak or 1.0)
        place = np.pi / 4 * (1 + 0.5 * rng.uniform(-1, 1))
        gains = np.array([np.cos(place), np.sin(place)]) if channels == 2 else np.ones(1)
        clips[index] = samples[:, None] * (level * gains / gains.max())
    return clips, names[chosen]


def _end(length):
    """A gain over time that fades the last thirty-second of a clip to exactly 0."""
    end = np.ones(length)
    n = max(length // 32, 1)
    end[-n:] = np.cos(0.5 * np.pi * np.arange(1, n + 1) / n) ** 2
    end[-1] = 0.0
    return end


def _gate(rng, length, sample_rate):
    """The gain over time of a note that is held and released."""
    held = round(length * rng.uniform(0.65, 0.85))
    release = max(round(min(0.12 * length, rng.uniform(0.05, 0.15) * sample_rate)), 1)
    gate = np.zeros(length)
    gate[:held] = 1.0
    falling = gate[held : held + release]
    falling[:] = np.cos(0.5 * np.pi * np.arange(len(falling)) / release) ** 2
    return gate
