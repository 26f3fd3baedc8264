"""Trains `lecture` or `lecture-plain` on the built-in melodies and measures generated ones against others.

Each seed is a training run of its own, by default as long as the preset says.
"""

import argparse
import time
from pathlib import Path

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared.tables import print_head, print_row
from benchmarks.shared.timing import CLOCKS
from benchmarks.shared.training import StopAfter
from keras_musicgan.adversarial.precision import PRECISION_NAMES
from keras_musicgan.runs.parsing import parse_settings
from keras_musicgan.runs.request import TrainingRequest

EXAMPLES = 8  # melodies of each kind in a picture
MEASURES = {  # title of the column, and format of the number
    "in one scale": "{:.1%}",
    "pitches a clip": "{:.1f}",
    "mean step, semitones": "{:.2f}",
    "repeated notes": "{:.1%}",
    "wider than a fifth": "{:.1%}",
    "range, semitones": "{:.1f}",
    "precision": "{:.0%}",
    "coverage": "{:.0%}",
    "same note as the nearest training clip": "{:.1%}",
    "same note as another clip": "{:.1%}",
}


def measures(pitches: np.ndarray, data: km.datasets.Clips) -> list[float]:
    """The numbers of `MEASURES` of melodies, whole MIDI pitches `[n, length]`."""
    training = data.clips.astype(int)
    steps = np.abs(np.diff(pitches, axis=1))
    representation = km.representations.PitchSequence(length=pitches.shape[1])
    pieces, reference = (representation.to_notes(clips / 63.5 - 1) for clips in (pitches, training))
    embedding = km.embeddings.NoteStatistics().fit(reference)
    embedded = [embedding(music)[:, 0] for music in (pieces, reference)]
    balls = km.metrics.prdc(*embedded).measures()
    nearest = [_same_notes(clip, training).max() for clip in pitches]
    others = [_same_notes(clip, np.delete(pitches, index, axis=0)).mean() for index, clip in enumerate(pitches)]
    return [
        np.mean([km.metrics.in_scale_rate(clip) for clip in pitches]),
        np.mean([len(np.unique(clip)) for clip in pitches]),
        steps.mean(),
        np.mean(steps == 0),
        np.mean(steps > 7),
        np.ptp(pitches, axis=1).mean(),
        balls["precision"],
        balls["coverage"],
        np.mean(nearest),
        np.mean(others),
    ]


def _same_notes(clip, others):
    """Share of notes in which a melody agrees with each of others."""
    return (others == clip).mean(axis=1)


def train(arguments: argparse.Namespace, seed: int) -> tuple[keras.Model, km.datasets.Clips, float]:
    """The trained model, its data and the processor minutes."""
    keras.utils.set_random_seed(seed)
    request = TrainingRequest(
        arguments.preset,
        loss=arguments.loss,
        penalty=arguments.penalty,
        settings=parse_settings(arguments.settings or []),
    )
    gan = km.MusicGAN.from_preset(arguments.preset, seed=seed, **request.model_overrides())
    gan.compile(**request.compile_arguments())
    data = km.datasets.melodies(gan.recipe["pieces"], gan, seed=1)
    began, epochs, callbacks = time.process_time(), gan.recipe["epochs"], []
    if arguments.minutes:
        epochs, callbacks = 100_000, [StopAfter(60 * arguments.minutes, CLOCKS["processor"])]
    gan.fit(data, epochs=epochs, verbose=0, callbacks=callbacks)
    return gan, data, (time.process_time() - began) / 60


def draw(sets: dict[str, np.ndarray], file: Path) -> None:
    """Melodies as piano rolls, each set in a column."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7 * len(sets), 1.6 * EXAMPLES), layout="constrained")
    axes = figure.subplots(EXAMPLES, len(sets), sharex=True, sharey=True, squeeze=False)
    for (name, melodies), column in zip(sets.items(), axes.T, strict=True):
        column[0].set_title(name)
        for axis, melody in zip(column, melodies, strict=False):
            axis.hlines(melody, np.arange(len(melody)), np.arange(len(melody)) + 0.9, linewidth=3)
            axis.grid(alpha=0.3)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=70)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="lecture")
    parser.add_argument("--loss")
    parser.add_argument("--penalty", action="append", help="NAME or NAME=WEIGHT, or none")
    parser.add_argument("--set", dest="settings", action="append", help="PART.NAME=VALUE, as for `musicgan train`")
    parser.add_argument("--precision", default="float32", choices=PRECISION_NAMES)
    parser.add_argument("--minutes", type=float, help="processor minutes to train, instead of the preset's epochs")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--samples", type=int, default=512, help="melodies to generate")
    parser.add_argument("--picture", type=Path, help="file for real and generated melodies (.png)")
    arguments = parser.parse_args()
    keras.config.set_dtype_policy(arguments.precision)
    print_head(["", "processor minutes", "steps", *MEASURES])

    def row(name, pitches, data, minutes="", steps=""):
        numbers = zip(MEASURES.values(), measures(pitches, data), strict=True)
        print_row([name, minutes, steps, *(form.format(number) for form, number in numbers)])

    for seed in arguments.seeds:
        gan, data, minutes = train(arguments, seed)
        pitches = np.stack([notes.pitch for notes in gan.generate_notes(arguments.samples, seed=1)])
        if seed == arguments.seeds[0]:
            real = km.datasets.melodies(arguments.samples, gan, seed=2, held_out=0.0).clips.astype(int)
            row("other melodies", real, data)
            noise = np.random.default_rng(0).integers(real.min(), real.max() + 1, pitches.shape)
            row("random pitches", noise, data)
            if arguments.picture:
                draw({"composed": real, f"generated by {arguments.preset}": pitches}, arguments.picture)
        row(f"{arguments.preset}, seed {seed}", pitches, data, f"{minutes:.1f}", int(gan.optimizer.iterations))


if __name__ == "__main__":
    main()
