"""Trains a model on a folder of notes, conditioned on pitch, and measures its notes against held-out ones."""

import argparse
import os

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared import measures, training
from benchmarks.shared.tables import print_head, print_row
from benchmarks.shared.timing import real_time_factor
from keras_musicgan.conditions import Conditions
from keras_musicgan.datasets.files import files_below
from keras_musicgan.datasets.labels import find_labels

INSTRUMENT = "instrument"
COLUMNS = {
    "right_pitch": ("right pitch", "{:.1%}"),
    "no_pitch": ("no pitch", "{:.1%}"),
    "sharpness": ("sharpness, dB", "{:.1f}"),
    "diversity": ("diversity, dB", "{:.2f}"),
    "frechet": ("Fréchet to held-out", "{:.0f}"),
    INSTRUMENT: ("target instrument recognized", "{:.1%}"),
}


def conditions_from_options(arguments):
    """The pitch and, with `--instrument`, the instruments that have notes in its range."""
    pitch = km.Pitch(arguments.low, arguments.high)
    if not arguments.instrument:
        return [pitch]
    labels, _ = find_labels(files_below(arguments.folder, "audio"), arguments.labels, arguments.folder)
    in_range = [found for found in labels.values() if not Conditions([pitch]).refusal(found)]
    return [pitch, km.Label(sorted({found[INSTRUMENT] for found in in_range}), name=INSTRUMENT)]


class NoteMeasures:
    """Measures notes against held-out ones and prints a table, a row for each set.

    Args:
        data: The training notes with their held-out part.
        rate: Sample rate in Hz.
        classify: Function from clips to probabilities of instruments, or `None`.
    """

    def __init__(self, data, rate, classify=None):
        self.rate = rate
        self.held_out, self.conditions = measures.shuffled(data.held_out)
        self.classify = classify
        print_head(["notes", "n", *(title for key, (title, _) in COLUMNS.items() if key != INSTRUMENT or classify)])

    def row(self, title, clips, conditions, like_held_out=None):
        """Prints the measures of clips with these conditions.

        The distance is that of `like_held_out`, clips with the conditions of the held-out ones, or of `clips`.
        """
        pitch = conditions["pitch"]
        values = {
            **measures.pitch_measures(clips, self.rate, pitch),
            "diversity": measures.diversity(clips, self.rate, pitch),
            "frechet": measures.frechet(clips if like_held_out is None else like_held_out, self.held_out, self.rate),
        }
        if self.classify:
            values[INSTRUMENT] = np.mean(self.classify(clips).argmax(1) == conditions[INSTRUMENT])
        cells = (form.format(values[key]) for key, (_, form) in COLUMNS.items() if key in values)
        print_row([title, len(clips), *cells])

    def generated(self, title, gan, notes_per_pitch):
        """Prints the measures of generated notes, equally many of each pitch; returns some like the held-out ones."""
        pitch = gan.conditions["pitch"]
        target = np.repeat(np.arange(pitch.low, pitch.high + 1), notes_per_pitch)
        # Other conditions are drawn to go with the pitch, as in the data.
        conditions = gan.conditions.complete({"pitch": target}, len(target), seed=1)
        clips = gan.generate(len(target), seed=1, batch_size=64, **conditions)
        like_held_out = gan.generate(len(self.held_out), seed=2, batch_size=64, **self.conditions)
        self.row(title, clips, conditions, like_held_out)
        return like_held_out


def classifier(data, conditions, rate):
    """A classifier of the instrument by its number in the model; `None` for a model without that condition."""
    if INSTRUMENT not in conditions:
        return None
    classify, names = measures.train_classifier(data, INSTRUMENT, rate, epochs=40)
    order = [list(names).index(name) for name in conditions[INSTRUMENT].names if name in names]
    if len(order) < len(conditions[INSTRUMENT].names):
        raise SystemExit(f"the folder must hold all instruments of the model. Received: {', '.join(names)}")
    return lambda clips: classify(clips)[:, order]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    training.add_model_options(parser, preset="gansynth-small")
    training.add_options(parser, [10], nargs="+", help="when to measure; the last ends the training")
    training.add_audio_options(parser, labels="{instrument}_{pitch}_*")
    parser.add_argument("--low", type=int, default=60, help="lowest pitch as a MIDI number")
    parser.add_argument("--high", type=int, default=83, help="highest pitch")
    parser.add_argument("--instrument", action="store_true", help="condition on the label `instrument` too")
    parser.add_argument("--notes", type=int, default=20, help="generated notes of each pitch")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    gan = training.model(arguments, None if arguments.load else conditions_from_options(arguments))
    data = training.dataset(arguments, gan)
    rate = gan.representation.sample_rate
    table = NoteMeasures(data, rate, classifier(data, gan.conditions, rate))
    table.row("held out", table.held_out, table.conditions)
    table.row("training", *measures.shuffled(data))
    table.row("white noise", measures.white_noise(table.held_out), table.conditions)
    if arguments.load:
        generated = table.generated("generated", gan, arguments.notes)
    spent = 0.0
    for minutes in [] if arguments.load else sorted(arguments.minutes):
        steps = training.train(gan, data, minutes - spent, arguments.clock)
        spent = minutes
        generated = table.generated(f"{minutes:g} {arguments.clock} minutes, {steps:,} steps", gan, arguments.notes)
        if arguments.save:
            gan.save(arguments.save)
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(
        f"\n`generate`: {real_time_factor(lambda: gan.generate(64, seed=0), rate):.0f} times real time, on "
        f"{keras.backend.backend()} and {n_cores} cores; {gan.generator.count_params():,} weights in the generator, "
        f"{gan.discriminator.count_params():,} in the discriminator"
    )
    if arguments.picture:
        measures.draw(arguments.picture, table.held_out, generated, rate)


if __name__ == "__main__":
    main()
