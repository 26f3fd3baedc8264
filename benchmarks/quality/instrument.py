"""Trains a model that is told the pitch on a folder of notes, and measures what it plays against held-out notes."""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared import measures
from keras_musicgan.conditions import Conditions
from keras_musicgan.datasets.files import files_below
from keras_musicgan.datasets.labels import labels_of_files

INSTRUMENT = "instrument"
COLUMNS = (
    ("right pitch", "{:.1%}"),
    ("no pitch", "{:.1%}"),
    ("sharpness, dB", "{:.1f}"),
    ("diversity, dB", "{:.2f}"),
    ("Fréchet to held-out", "{:.0f}"),
    (INSTRUMENT, "{:.1%}"),
)


def conditions_of(arguments):
    """The conditions that the options ask for: the pitch and, by its names in the folder, the instrument."""
    pitch = km.Pitch(arguments.low, arguments.high)
    if not arguments.instrument:
        return [pitch]
    labels, _ = labels_of_files(files_below(arguments.folder, "audio"), arguments.labels, arguments.folder)
    in_range = [found for found in labels.values() if not Conditions([pitch]).refusal(found)]
    return [pitch, km.Label(sorted({found[INSTRUMENT] for found in in_range}), name=INSTRUMENT)]


class Judge:
    """Measures notes against held-out ones, a row of a table for each set.

    Args:
        data: The training notes with their held-out part.
        rate: Sample rate in Hz.
        classify: Function from clips to probabilities of instruments, or `None`, and the instruments' names.
    """

    def __init__(self, data, rate, classify=None, names=()):
        self.rate = rate
        self.held_out, order = measures.shuffled(data.held_out)
        self.told = {name: numbers[order] for name, numbers in data.held_out.conditions.items()}
        self.classify, self.names = classify, names

    def row(self, title, clips, told, like_held_out=None):
        """Prints the measures of some clips and what they were told.

        The distance is that of `like_held_out`, clips that were told what the held-out ones were, or of `clips`.
        """
        pitch = told["pitch"]
        heard = km.metrics.estimate_pitch(clips, self.rate)
        # Where no pitch is heard the asked one is as good as any: what does not repeat is not sharp by any.
        sharpness = km.metrics.partial_sharpness(clips, self.rate, np.where(np.isnan(heard), pitch, heard))
        values = {
            "right pitch": np.mean(np.abs(heard - pitch) <= 0.5),
            "no pitch": np.mean(np.isnan(heard)),
            "sharpness, dB": np.nanmedian(sharpness) if np.isfinite(sharpness).any() else np.nan,
            "diversity, dB": measures.diversity(clips, self.rate, pitch),
            "Fréchet to held-out": measures.frechet(
                clips if like_held_out is None else like_held_out, self.held_out, self.rate
            ),
        }
        if self.classify:
            values[INSTRUMENT] = np.mean(self.classify(clips).argmax(1) == told[INSTRUMENT])
        cells = [form.format(values[name]) for name, form in COLUMNS if name in values]
        print("| " + " | ".join([title, str(len(clips)), *cells]) + " |", flush=True)

    def head(self):
        """Prints the head of the table."""
        cells = ["notes", "n", *(name for name, _ in COLUMNS if name != INSTRUMENT or self.classify)]
        print("\n| " + " | ".join(cells) + " |\n" + "|---" * len(cells) + "|")

    def generated(self, title, gan, notes_per_pitch):
        """Prints the measures of what a model plays: so many notes of each of its pitches."""
        pitch = gan.conditions["pitch"]
        asked = np.repeat(np.arange(pitch.low, pitch.high + 1), notes_per_pitch)
        # Other conditions are drawn to go with the pitch, as the data have them.
        told = gan.conditions.complete({"pitch": asked}, len(asked), seed=1)
        clips = gan.generate(len(asked), seed=1, batch_size=64, **told)
        like_held_out = gan.generate(len(self.held_out), seed=2, batch_size=64, **self.told)
        self.row(title, clips, told, like_held_out)
        return like_held_out


def classifier(data, conditions, rate):
    """A classifier of the instrument by its number in the model, or nothing for a model that is not told it."""
    if INSTRUMENT not in conditions:
        return None, ()
    classify, names = measures.train_classifier(data, INSTRUMENT, rate, epochs=40)
    order = [list(names).index(name) for name in conditions[INSTRUMENT].names if name in names]
    if len(order) < len(conditions[INSTRUMENT].names):
        raise SystemExit(f"the folder must hold all instruments of the model. Received: {', '.join(names)}")
    return (lambda clips: classify(clips)[:, order]), conditions[INSTRUMENT].names


def real_time_factor(gan, clips=64, rounds=3):
    """Seconds of audio that `generate` makes in a second, the best of some rounds."""
    seconds = clips * gan.representation.length / gan.representation.sample_rate
    gan.generate(clips, seed=0)
    best = np.inf
    for _ in range(rounds):
        began = time.perf_counter()
        gan.generate(clips, seed=0)
        best = min(best, time.perf_counter() - began)
    return seconds / best


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    measures.add_options(parser, preset="gansynth-small")
    parser.add_argument("--minutes", type=float, nargs="+", default=[10], help="when to measure; the last one ends it")
    parser.add_argument("--labels", default="{instrument}_{pitch}_*", help="pattern or CSV that tells the pitch")
    parser.add_argument("--low", type=int, default=60, help="lowest pitch as a MIDI number")
    parser.add_argument("--high", type=int, default=83, help="highest pitch")
    parser.add_argument("--instrument", action="store_true", help="tell the model the label `instrument` too")
    parser.add_argument("--notes", type=int, default=20, help="notes to generate of each pitch")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    gan = measures.model(arguments, None if arguments.load else conditions_of(arguments))
    data = measures.dataset(arguments, gan)
    rate = gan.representation.sample_rate
    judge = Judge(data, rate, *classifier(data, gan.conditions, rate))
    judge.head()
    judge.row("held out", judge.held_out, judge.told)
    training, order = measures.shuffled(data)
    judge.row("training", training, {name: numbers[order] for name, numbers in data.conditions.items()})
    judge.row("white noise", measures.white_noise(judge.held_out), judge.told)
    if arguments.load:
        generated = judge.generated("generated", gan, arguments.notes)
    spent = 0.0
    for minutes in [] if arguments.load else sorted(arguments.minutes):
        steps = measures.train(gan, data, minutes - spent, arguments.clock)
        spent = minutes
        generated = judge.generated(f"{minutes:g} {arguments.clock} minutes, {steps:,} steps", gan, arguments.notes)
        if arguments.save:
            gan.save(arguments.save)
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(
        f"\n`generate`: {real_time_factor(gan):.0f} seconds of audio in a second, on {keras.backend.backend()} and "
        f"{n_cores} cores; {gan.generator.count_params():,} weights in the generator, "
        f"{gan.discriminator.count_params():,} in the discriminator"
    )
    if arguments.picture:
        measures.draw(arguments.picture, judge.held_out, generated, rate)


if __name__ == "__main__":
    main()
