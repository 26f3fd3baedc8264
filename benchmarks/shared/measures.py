"""What the benchmarks of sound share: their options, their models, and how real and generated clips are compared."""

import argparse
import time
from pathlib import Path

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared.stop_after import StopAfter
from keras_musicgan.evaluation.evaluate import fitted_embedding
from keras_musicgan.runs.parsing import parse_settings
from keras_musicgan.runs.request import TrainingRequest

CLOCKS = {"wall": time.monotonic, "processor": time.process_time}
SHOWN = 16  # clips of a picture, of each kind


def add_options(parser: argparse.ArgumentParser, preset: str) -> None:
    """Adds the options of a benchmark that trains a model on a folder of audio."""
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preset", default=preset)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--set", dest="settings", action="append", help="PART.NAME=VALUE, as for `musicgan train`")
    parser.add_argument("--loss")
    parser.add_argument("--penalty", action="append", help="NAME or NAME=WEIGHT")
    parser.add_argument("--held-out", type=float, default=0.1)
    parser.add_argument("--picture", type=Path, help="where to write real and generated spectrograms (.png)")
    parser.add_argument("--save", type=Path, help="where to save the trained model (.keras)")
    parser.add_argument("--load", type=Path, help="measure this model instead of training one")


def model(arguments: argparse.Namespace, conditions: list | None = None) -> km.MusicGAN:
    """The model that the options name, compiled or loaded."""
    if arguments.load:
        return keras.saving.load_model(arguments.load)
    request = TrainingRequest(
        arguments.preset,
        loss=arguments.loss,
        penalty=arguments.penalty,
        settings=parse_settings(arguments.settings or []),
    )
    gan = km.MusicGAN.from_preset(arguments.preset, **{**request.model_overrides(), "conditions": conditions or ()})
    gan.compile(**request.compile_arguments())
    return gan


def dataset(arguments: argparse.Namespace, gan: km.MusicGAN) -> km.datasets.AudioClips:
    """The folder as a dataset, some of it held out; says how much there is."""
    settings = parse_settings(arguments.settings or [])
    given = {"labels": arguments.labels, "held_out": arguments.held_out, **settings.get("data", {})}
    data = km.datasets.audio_folder(arguments.folder, gan, **given)
    if data.held_out is None:
        raise SystemExit("the measures need held-out files: --held-out must be above 0")
    print(f"{data.n_clips} clips to train on, {data.held_out.n_clips} held out, {len(data.skipped)} files skipped")
    return data


def train(gan: km.MusicGAN, data: km.datasets.AudioClips, minutes: float, clock: str, callbacks: tuple = ()) -> int:
    """Trains for so many minutes more; the steps that the model has made by then."""
    gan.fit(data, epochs=100_000, verbose=0, callbacks=[*callbacks, StopAfter(60 * minutes, CLOCKS[clock])])
    return int(gan.optimizer.iterations)


def shuffled(data: km.datasets.AudioClips) -> tuple[np.ndarray, np.ndarray]:
    """All clips of a dataset in a random order that is the same every time, and the order itself."""
    order = np.random.default_rng(0).permutation(data.n_clips)
    return data.load(order), order


def white_noise(clips: np.ndarray) -> np.ndarray:
    """As many clips of noise of the same loudness: what no model should come near."""
    return np.random.default_rng(0).normal(0, clips.std(), clips.shape).clip(-1, 1).astype("float32")


def frechet(clips: np.ndarray, held_out: np.ndarray, rate: int) -> float:
    """Log-mel Fréchet distance of equally many clips of both; of 64 bands, or fewer for fewer clips than 129."""
    n = min(len(clips), len(held_out))
    bands = min(64, 2 ** int(np.log2((n - 1) / 2)))  # their means and deviations must be fewer than the clips
    return km.metrics.frechet_distance(
        *(km.metrics.log_mel_statistics(part[:n], rate, bands) for part in (clips, held_out))
    )


def kernel(clips: np.ndarray, held_out: np.ndarray, training: np.ndarray, rate: int) -> float:
    """Kernel distance to held-out clips in the embedding that `evaluate` takes; few clips do."""
    sets = [km.evaluation.MusicSet("", part, rate) for part in (clips, held_out, training)]
    embedding = fitted_embedding(sets[2], len(held_out))
    return km.metrics.kernel_distance(*(embedding(each.music, rate) for each in sets[:2]))


def diversity(clips: np.ndarray, rate: int, groups: np.ndarray | None = None) -> float:
    """Mean log-mel distance in dB of any two clips; with a group for each clip, such as its pitch, of any two of one.

    Groups of one clip do not count; at most 100 clips of a group do.
    """
    groups = np.zeros(len(clips)) if groups is None else groups
    members = [np.flatnonzero(groups == group)[:100] for group in np.unique(groups)]
    distances = [km.metrics.mean_pairwise_distance(clips[some], rate) for some in members if len(some) > 1]
    return float(np.mean(distances)) if distances else float("nan")


def train_classifier(data: km.datasets.AudioClips, label: str, rate: int, epochs: int):
    """A classifier of a label and its accuracy on held-out clips.

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
    figure = km.plots.grid({"real (held out)": held_out[:SHOWN], "generated": generated[:SHOWN]}, rate)
    path.write_bytes(km.plots.png(figure))
