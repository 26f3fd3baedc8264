"""Trains a model on a folder of audio for some minutes and measures what it generates against held-out files."""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared import measures

SURE = 0.9


def distances(sets, rate):
    """Prints Fréchet distances to the held-out clips, distances to the nearest training clip, and the spread."""
    n = min(len(clips) for clips in sets.values())
    print(f"\n{n} clips of each         {'Fréchet to held-out':>20}{'nearest training clip, dB':>28}{'spread, dB':>12}")
    for name, clips in sets.items():
        frechet = measures.frechet(clips[:n], sets["held out"][:n], rate)
        # A training clip would be its own nearest: some of them are compared with the others.
        others = sets["training"][n:] if name == "training" else sets["training"]
        nearest = np.median(km.metrics.nearest_distances(clips[:n], others, rate)[0]) if len(others) else np.nan
        spread = km.metrics.mean_pairwise_distance(clips[: min(n, 100)], rate)
        print(f"{name:<24}{frechet:20.1f}{nearest:28.2f}{spread:12.2f}")


def agreement(classify, names, sets):
    """Prints of how many clips the classifier is sure, and how they spread over the labels."""
    print(f"{'':<12}{f'sure (p > {SURE})':>16}{'spread (1 = even)':>19}   " + "".join(f"{name:>8}" for name in names))
    for name, clips in sets.items():
        probability = classify(clips)
        share = np.bincount(probability.argmax(1), minlength=len(names)) / len(clips)
        evenness = -np.sum(share * np.log(np.maximum(share, 1e-12))) / np.log(len(names))
        shares = "".join(f"{value:8.1%}" for value in share)
        print(f"{name:<12}{np.mean(probability.max(1) > SURE):16.1%}{evenness:19.3f}   {shares}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    measures.add_options(parser, preset="wavegan-small")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--labels", help="folder, pattern or CSV; a classifier of the first label judges the clips")
    parser.add_argument("--samples", type=int, default=1000)
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    gan = measures.model(arguments)
    data = measures.dataset(arguments, gan)
    rate = gan.representation.sample_rate
    if not arguments.load:
        steps = measures.train(gan, data, arguments.minutes, arguments.clock)
        print(f"{steps} steps in {arguments.minutes:g} {arguments.clock} minutes on {keras.backend.backend()}")
        if arguments.save:
            gan.save(arguments.save)

    (held_out, _), (training, _) = measures.shuffled(data.held_out), measures.shuffled(data)
    generated = gan.generate(arguments.samples, seed=1, batch_size=64)
    noise = measures.white_noise(held_out)
    sets = {"generated": generated, "held out": held_out, "training": training, "white noise": noise}
    distances(sets, rate)
    label, values = next(iter(data.labels.items()), (None, ()))
    if len(set(values)) > 1:
        classify, names = measures.train_classifier(data, label, rate, epochs=15)
        agreement(classify, names, {"held out": held_out, "generated": generated})
    if arguments.picture:
        measures.draw(arguments.picture, held_out, generated, rate)


if __name__ == "__main__":
    main()
