"""Trains a model on a folder of audio for some minutes and measures its clips against held-out files.

Without `--preset` the folder gets the preset and the clips that `musicgan train` would give it. With `--labels` the
model is conditioned on them, and a classifier of the first says how often a clip is of its target. With `--condition
none` the model is not, and the classifier says how even its clips are.
"""

import argparse

import keras
import numpy as np

from benchmarks.shared import measures, training
from benchmarks.shared.tables import print_head, print_row
from keras_musicgan.generation.attack import attack_sample

CONFIDENT = 0.9
COLUMNS = {
    "kernel": ("kernel distance to held-out", "{:.4f}"),
    "frechet": ("Fréchet to held-out", "{:,.0f}"),
    "diversity": ("diversity, dB", "{:.2f}"),
    "precision": ("precision", "{:.1%}"),
    "recall": ("recall", "{:.1%}"),
    "attack": ("half level after, ms", "{:.0f}"),
    "right_pitch": ("right pitch", "{:.1%}"),
    "sharpness": ("sharpness, dB", "{:.1f}"),
}
PITCH = ("right_pitch", "sharpness")


def row(name, clips, conditions, held_out, trained_on, rate):
    """Prints the measures of clips with these conditions; numbers of clips are made equal where it matters."""
    pitch = conditions.get("pitch")
    parts = [clips[first : first + len(held_out)] for first in range(0, len(clips) - len(held_out) + 1, len(held_out))]
    values = {
        "kernel": np.mean([measures.kernel(part, held_out, trained_on, rate) for part in parts[:2]]),
        "frechet": np.mean([measures.frechet(part, held_out, rate) for part in parts]),
        "diversity": measures.diversity(clips, rate, pitch),
        **measures.prdc(clips, held_out, trained_on, rate),
        "attack": 1000 * np.median([attack_sample(clip, rate) for clip in clips]) / rate,
        **({} if pitch is None else measures.pitch_measures(clips, rate, pitch)),
    }
    print_row([name, len(clips), *(form.format(values[key]) for key, (_, form) in COLUMNS.items() if key in values)])


def classes(classify, names, target, sets):
    """Prints how sure a classifier is, how even its classes, and how often it finds the target class, if any."""
    head = f"{'':<12}{f'confident (p > {CONFIDENT})':>21}{'evenness (1 = even)':>21}{'target class':>14}   "
    print(head + "".join(f"{name:>11}" for name in names))
    for name, clips in sets.items():
        probability = classify(clips)
        found = probability.argmax(1)
        share = np.bincount(found, minlength=len(names)) / len(clips)
        evenness = -np.sum(share * np.log(np.maximum(share, 1e-12))) / np.log(len(names))
        right = f"{np.mean(found == target[name]):.1%}" if target[name] is not None else "–"
        shares = "".join(f"{value:11.1%}" for value in share)
        print(f"{name:<12}{np.mean(probability.max(1) > CONFIDENT):21.1%}{evenness:21.3f}{right:>14}   {shares}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    training.add_model_options(parser, preset=None)
    training.add_options(parser, 5, clock="processor")
    training.add_audio_options(parser)
    parser.add_argument("--condition", action="append", help="as for `musicgan train`")
    parser.add_argument("--samples", type=int, default=400, help="clips to generate, about")
    parser.add_argument("--seed", type=int, default=0, help="of weights and training")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(arguments.seed)
    gan = training.model(arguments)
    data = training.dataset(arguments, gan)
    rate = gan.representation.sample_rate
    training.train_and_save(gan, data, arguments)

    held_out, conditions = measures.shuffled(data.held_out)
    trained_on, training_conditions = measures.shuffled(data)
    n = len(held_out) * -(-arguments.samples // len(held_out))  # a multiple, with their conditions
    target = {name: np.resize(numbers, n) for name, numbers in conditions.items()}
    generated = gan.generate(n, seed=1, batch_size=64, **target)
    tables = (held_out, trained_on, rate)
    print_head(["clips", "n", *(title for key, (title, _) in COLUMNS.items() if "pitch" in target or key not in PITCH)])
    row("held out", held_out, conditions, *tables)
    row("training", trained_on, training_conditions, *tables)
    row("generated", generated, target, *tables)
    row("white noise", measures.white_noise(held_out), conditions, *tables)
    label = next((name for name, values in data.labels.items() if name != "pitch" and len(set(values)) > 1), None)
    if label is not None:
        classify, names = measures.train_classifier(data, label, rate, epochs=30)
        of_held_out = np.array([list(names).index(value) for value in data.held_out.labels[label]])
        order = np.random.default_rng(0).permutation(len(of_held_out))  # as `measures.shuffled`
        targets = {"held out": of_held_out[order], "generated": None}
        if label in target:
            own = gan.conditions[label].names
            targets["generated"] = np.array([list(names).index(own[int(number)]) for number in target[label]])
        classes(classify, names, targets, {"held out": held_out, "generated": generated})
    if arguments.picture:
        measures.draw(arguments.picture, held_out, generated, rate)


if __name__ == "__main__":
    main()
