"""Trains a model on a folder of audio for some minutes and measures its clips against held-out files.

With `--labels`, a classifier of the first label rates the clips too.
"""

import argparse

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared import measures, training

CONFIDENT = 0.9


def distances(sets, rate):
    """Prints Fréchet distances to the held-out clips, distances to the nearest training clip, and diversity."""
    n = min(len(clips) for clips in sets.values())
    print(
        f"\n{n} clips of each         {'Fréchet to held-out':>20}{'nearest training clip, dB':>28}{'diversity, dB':>15}"
    )
    for name, clips in sets.items():
        frechet = measures.frechet(clips[:n], sets["held out"][:n], rate)
        # A training clip would be its own nearest: some of them are compared with the others.
        others = sets["training"][n:] if name == "training" else sets["training"]
        nearest = np.median(km.metrics.nearest_distances(clips[:n], others, rate)[0]) if len(others) else np.nan
        print(f"{name:<24}{frechet:20.1f}{nearest:28.2f}{measures.diversity(clips[:n], rate):15.2f}")


def agreement(classify, names, sets):
    """Prints the share of clips of which the classifier is confident, and the share of each label."""
    confident = f"confident (p > {CONFIDENT})"
    print(f"{'':<12}{confident:>21}{'evenness (1 = even)':>21}   " + "".join(f"{name:>8}" for name in names))
    for name, clips in sets.items():
        probability = classify(clips)
        share = np.bincount(probability.argmax(1), minlength=len(names)) / len(clips)
        evenness = -np.sum(share * np.log(np.maximum(share, 1e-12))) / np.log(len(names))
        shares = "".join(f"{value:8.1%}" for value in share)
        print(f"{name:<12}{np.mean(probability.max(1) > CONFIDENT):21.1%}{evenness:21.3f}   {shares}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    training.add_model_options(parser, preset="wavegan-small")
    training.add_options(parser, 30)
    training.add_audio_options(parser)
    parser.add_argument("--samples", type=int, default=1000, help="clips to generate")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    gan = training.model(arguments)
    data = training.dataset(arguments, gan)
    rate = gan.representation.sample_rate
    training.train_and_save(gan, data, arguments)

    (held_out, _), (trained_on, _) = measures.shuffled(data.held_out), measures.shuffled(data)
    generated = gan.generate(arguments.samples, seed=1, batch_size=64)
    noise = measures.white_noise(held_out)
    distances({"generated": generated, "held out": held_out, "training": trained_on, "white noise": noise}, rate)
    label, values = next(iter(data.labels.items()), (None, ()))
    if len(set(values)) > 1:
        classify, names = measures.train_classifier(data, label, rate, epochs=15)
        agreement(classify, names, {"held out": held_out, "generated": generated})
    if arguments.picture:
        measures.draw(arguments.picture, held_out, generated, rate)


if __name__ == "__main__":
    main()
