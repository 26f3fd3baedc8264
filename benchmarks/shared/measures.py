"""Measures of real and generated clips, and sets of clips to compare with them."""

from pathlib import Path

import numpy as np

import keras_musicgan as km
from keras_musicgan.datasets import DataSpec
from keras_musicgan.evaluation.real_music import fitted_embedding
from keras_musicgan.metrics.partials import resolved_hertz
from keras_musicgan.music.synthesizer import frequency
from keras_musicgan.representations import Waveform

EXAMPLES = 16  # clips of each kind in a picture


def shuffled(data: km.datasets.AudioClips) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """All clips of a dataset in a random order, always the same, and their conditions."""
    order = np.random.default_rng(0).permutation(data.n_clips)
    return data.load(order), {name: numbers[order] for name, numbers in (data.conditions or {}).items()}


def random_clips(folder: Path, n: int, rate: int, seconds: float = 1.0) -> np.ndarray:
    """`n` random clips of a folder, or all if it has fewer: mono, trimmed, at full peak; the same ones every time."""
    target = DataSpec(Waveform(length=round(seconds * rate), sample_rate=rate, channels=1))
    data = km.datasets.audio_folder(folder, target, held_out=0.0, trim_db=40, normalize="peak")
    return data.load(np.random.default_rng(0).permutation(data.n_clips)[:n])


def white_noise(clips: np.ndarray) -> np.ndarray:
    """As many clips of noise of the same loudness: the anchor at the worst end."""
    return np.random.default_rng(0).normal(0, clips.std(), clips.shape).clip(-1, 1).astype("float32")


def pitch_measures(clips: np.ndarray, rate: int, target: np.ndarray) -> dict[str, float]:
    """Shares of clips at their target pitch and without any pitch, and their sharpness in dB; NaN where none has one.

    Sharpness is that of the clips whose partials can be told apart, from about 65 Hz on.

    Args:
        clips: `[n, samples, channels]`.
        rate: Sample rate in Hz.
        target: MIDI pitches `[n]`.
    """
    estimated = km.metrics.estimate_pitch(clips, rate)
    # Without a pitch the target serves as well as any: aperiodic sound has no sharpness at any pitch.
    pitch = np.where(np.isnan(estimated), target, estimated)
    lowest, highest = resolved_hertz(rate)
    resolved = (frequency(pitch) >= lowest) & (frequency(pitch) <= highest)
    sharpness = km.metrics.partial_sharpness(clips, rate, np.where(resolved, pitch, np.nan))
    return {
        "right_pitch": float(np.mean(np.abs(estimated - target) <= 0.5)),
        "no_pitch": float(np.mean(np.isnan(estimated))),
        "sharpness": float(np.nanmedian(sharpness)) if np.isfinite(sharpness).any() else float("nan"),
    }


def frechet(clips: np.ndarray, held_out: np.ndarray, rate: int) -> float:
    """Log-mel Fréchet distance of equally many clips of both; of 64 bands, or fewer for fewer clips than 129."""
    n = min(len(clips), len(held_out))
    bands = min(64, 2 ** int(np.log2((n - 1) / 2)))  # their means and deviations must be fewer than the clips
    return km.metrics.frechet_distance(
        *(km.metrics.log_mel_statistics(part[:n], rate, bands) for part in (clips, held_out))
    )


def kernel(clips: np.ndarray, held_out: np.ndarray, training: np.ndarray, rate: int) -> float:
    """Kernel distance to held-out clips in the embedding of `evaluation.evaluate`; few clips suffice."""
    return km.metrics.kernel_distance(*_embedded(clips, held_out, training, rate))


def prdc(clips: np.ndarray, held_out: np.ndarray, training: np.ndarray, rate: int) -> dict[str, float]:
    """Precision, recall, density and coverage of clips against held-out ones in the same embedding."""
    return km.metrics.prdc(*(each.mean(axis=1) for each in _embedded(clips, held_out, training, rate))).measures()


def _embedded(clips, held_out, training, rate):
    """Clips and held-out clips in an embedding that is fitted to the training clips."""
    sets = [km.evaluation.MusicSet("", part, rate) for part in (clips, held_out, training)]
    embedding = fitted_embedding(sets[2], len(held_out))
    return [embedding(each.music, rate) for each in sets[:2]]


def diversity(clips: np.ndarray, rate: int, groups: np.ndarray | None = None) -> float:
    """Mean log-mel distance in dB of two clips, or of two clips of one group where each has a group, such as its pitch.

    Groups of one clip do not count, nor clips beyond the first 500 of a group: those of the first 100 vary by 3 %.
    """
    groups = np.zeros(len(clips)) if groups is None else groups
    members = [np.flatnonzero(groups == group)[:500] for group in np.unique(groups)]
    distances = [km.metrics.mean_pairwise_distance(clips[some], rate) for some in members if len(some) > 1]
    return float(np.mean(distances)) if distances else float("nan")


def train_classifier(data: km.datasets.AudioClips, label: str, rate: int, epochs: int):
    """Trains a classifier of a label and prints its accuracy on held-out clips.

    Returns:
        A function from clips to probabilities `[n, labels]`, and the labels.
    """
    held_out = (data.held_out.load(), data.held_out.labels[label])
    classifier = km.embeddings.Classifier.train(
        data.load(), data.labels[label], rate, label, held_out=held_out, epochs=epochs
    )
    print(f"\nclassifier of {label}: {classifier.held_out_accuracy:.1%} of {len(held_out[0])} held-out clips right")
    return lambda clips: classifier.probabilities(clips, rate), np.array(classifier.labels)


def draw(path: Path, held_out: np.ndarray, generated: np.ndarray, rate: int) -> None:
    """Writes a picture of some clips of both, side by side."""
    figure = km.plots.grid({"real (held out)": held_out[:EXAMPLES], "generated": generated[:EXAMPLES]}, rate)
    path.write_bytes(km.plots.png(figure))
