"""Trains a preset of notes on MIDI, or on built-in tunes, and shows how its tunes differ from held-out ones.

For each seed a table of kinds of notes, intervals and onsets, and of the measures of `musicgan evaluate`.
"""

import argparse
from pathlib import Path

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared import tables, training
from keras_musicgan.embeddings.musical_statistics import musical_statistics
from keras_musicgan.evaluation import MusicSet, evaluate

STATISTICS = {  # name: (statistic, its values)
    "steps": ("melodic_intervals", [1]),
    "intervals wider than a fifth": ("melodic_intervals", [4]),
    "off-beat sixteenths": ("onsets_in_bar", [3, 4]),
    "sixteenth notes": ("note_lengths", [0]),
    "polyphony": ("polyphony", [0]),
    "range in semitones": ("range_semitones", [0]),
    "silence": ("silent_share", [0]),
}
RESAMPLES = 20  # intervals are not printed
EXAMPLES = 8


def statistics(pieces: list[km.notes.Notes]) -> dict[str, float]:
    """The mean over pieces of each of `STATISTICS`."""
    found = [musical_statistics(piece) for piece in pieces]
    return {name: float(np.mean([one[key][part].sum() for one in found])) for name, (key, part) in STATISTICS.items()}


def print_numbers(seed: int, generated: MusicSet, training_set: MusicSet, held_out: MusicSet) -> None:
    """Prints the table of one seed; the last column is the value of training music against held-out music."""
    tables.print_head((f"seed {seed}", "generated", "held out", "training"))
    columns = [statistics(each.music) for each in (generated, held_out, training_set)]
    for name in STATISTICS:
        tables.print_row([name, *(f"{column[name]:.4g}" for column in columns)])
    result = evaluate(generated, (training_set, held_out), resamples=RESAMPLES)
    for estimate in result.estimates:
        of_held_out = f"{estimate.best:.4g}" if estimate.better == "as real" else ""
        of_training = "" if estimate.better == "as real" else f"{estimate.best:.4g}"
        tables.print_row([estimate.title, f"{estimate.value:.4g}", of_held_out, of_training])


def draw(path: Path, held_out: MusicSet, generated: MusicSet) -> None:
    """Writes a picture of some tunes of both, one above the other; tracks have colours."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4 * EXAMPLES // 2, 10), dpi=80, layout="constrained")
    for block, pieces in zip(figure.subfigures(2, 1), (held_out, generated), strict=True):
        block.suptitle(pieces.name)
        for axis, notes in zip(block.subplots(2, EXAMPLES // 2).flat, pieces.music, strict=False):
            colors = [f"C{track}" for track in notes.track]
            axis.barh(notes.pitch, notes.duration - 0.05, left=notes.start, height=0.9, color=colors)
            axis.set_xticks(np.arange(0, notes.length + 1, 4))
            axis.grid(axis="x", alpha=0.4)
    path.write_bytes(km.plots.png(figure))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    training.add_model_options(parser, preset="pianoroll", nargs="?", help="of MIDI; built-in tunes if not given")
    training.add_options(parser, 15, clock="processor")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--samples", type=int, default=1000, help="clips to generate, and to compare with, at most")
    parser.add_argument("--picture", type=Path, help="file for tunes of the last seed (.png)")
    arguments = parser.parse_args()
    for seed in arguments.seeds:
        keras.utils.set_random_seed(seed)
        arguments.seed = seed
        gan = training.model(arguments)
        data = training.dataset(arguments, gan)
        training.train_and_save(gan, data, arguments)
        sets = [
            MusicSet.from_dataset(name, part, gan, arguments.samples)
            for name, part in (("training", data), ("held out", data.held_out))
        ]
        generated = MusicSet.from_model(gan, min(arguments.samples, len(sets[0])), seed)
        print_numbers(seed, generated, *sets)
    if arguments.picture:
        draw(arguments.picture, sets[1], generated)


if __name__ == "__main__":
    main()
