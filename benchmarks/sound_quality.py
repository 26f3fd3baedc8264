"""Trains a model on a folder of audio for some minutes and measures what it generates against held-out files."""

import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from stop_after import StopAfter

import keras_musicgan as km
from keras_musicgan import options

CLOCKS = {"wall": time.monotonic, "processor": time.process_time}
SURE = 0.9


def distances(sets, rate):
    """Prints Fréchet distances to the held-out clips, distances to the nearest training clip, and the spread."""
    n = min(len(clips) for clips in sets.values())
    statistics = {name: km.metrics.log_mel_statistics(clips[:n], rate) for name, clips in sets.items()}
    print(f"\n{n} clips of each         {'Fréchet to held-out':>20}{'nearest training clip, dB':>28}{'spread, dB':>12}")
    for name, clips in sets.items():
        frechet = km.metrics.frechet_distance(statistics[name], statistics["held out"])
        # A training clip would be its own nearest: some of them are compared with the others.
        others = sets["training"][n:] if name == "training" else sets["training"]
        nearest = np.median(km.metrics.nearest_distances(clips[:n], others, rate)[0]) if len(others) else np.nan
        spread = km.metrics.mean_pairwise_distance(clips[: min(n, 100)], rate)
        print(f"{name:<24}{frechet:20.1f}{nearest:28.2f}{spread:12.2f}")


def train_classifier(data, label, rate, epochs):
    """A small network from log-mel spectrograms to a label, and its accuracy on held-out clips."""
    names = np.unique(data.labels[label])
    inputs = km.metrics.log_mel_spectrograms(data.load(), rate) / 40 + 1
    layers = keras.layers
    network = keras.Sequential([keras.Input(inputs.shape[1:]), layers.SpatialDropout1D(0.1)])
    for width in (64, 96, 128):
        network.add(layers.Conv1D(width, 5, padding="same", data_format="channels_last"))
        network.add(layers.BatchNormalization())
        network.add(layers.ReLU())
        network.add(layers.MaxPooling1D(2, data_format="channels_last"))
    network.add(layers.GlobalAveragePooling1D(data_format="channels_last"))
    network.add(layers.Dropout(0.3))
    network.add(layers.Dense(len(names), "softmax"))
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(inputs, np.searchsorted(names, data.labels[label]), epochs=epochs, batch_size=64, verbose=0)

    def classify(clips):
        return network.predict(km.metrics.log_mel_spectrograms(clips, rate) / 40 + 1, verbose=0)

    held_out = classify(data.held_out.load())
    accuracy = np.mean(names[held_out.argmax(1)] == data.held_out.labels[label])
    print(f"\nclassifier of {label}: {accuracy:.1%} of {len(held_out)} held-out clips right")
    return classify, names


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
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preset", default="wavegan-small")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--set", dest="settings", action="append", help="PART.NAME=VALUE, as for `musicgan train`")
    parser.add_argument("--loss")
    parser.add_argument("--penalty", action="append", help="NAME or NAME=WEIGHT")
    parser.add_argument("--labels", help="folder, pattern or CSV; a classifier of the first label judges the clips")
    parser.add_argument("--held-out", type=float, default=0.1)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--picture", type=Path, help="where to write real and generated spectrograms (.png)")
    parser.add_argument("--save", type=Path, help="where to save the trained model (.keras)")
    parser.add_argument("--load", type=Path, help="measure this model instead of training one")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    settings = options.parse_settings(arguments.settings or [])
    if arguments.load:
        gan = keras.saving.load_model(arguments.load)
    else:
        gan = km.MusicGAN.from_preset(arguments.preset, **options.overrides(settings))
        gan.compile(
            **options.compile_arguments(arguments.preset, settings, arguments.loss, arguments.penalty),
        )
    given = {"labels": arguments.labels, "held_out": arguments.held_out, **settings.get("data", {})}
    data = km.datasets.audio_folder(arguments.folder, gan, **given)
    if data.held_out is None:
        parser.error("the measures need held-out files: --held-out must be above 0")
    rate = gan.representation.sample_rate
    print(f"{data.n_clips} clips to train on, {data.held_out.n_clips} held out, {len(data.skipped)} files skipped")
    if not arguments.load:
        watch = StopAfter(60 * arguments.minutes, CLOCKS[arguments.clock])
        gan.fit(data, epochs=100_000, verbose=0, callbacks=[watch])
        backend = keras.backend.backend()
        print(f"{int(gan.optimizer.iterations)} steps in {arguments.minutes:g} {arguments.clock} minutes on {backend}")
        if arguments.save:
            gan.save(arguments.save)

    held_out, training = (
        part.load(np.random.default_rng(0).permutation(part.n_clips)) for part in (data.held_out, data)
    )
    generated = gan.generate(arguments.samples, seed=1, batch_size=64)
    noise = np.random.default_rng(0).normal(0, held_out.std(), held_out.shape).clip(-1, 1).astype("float32")
    sets = {"generated": generated, "held out": held_out, "training": training, "white noise": noise}
    distances(sets, rate)
    label, values = next(iter(data.labels.items()), (None, ()))
    if len(set(values)) > 1:
        classify, names = train_classifier(data, label, rate, epochs=15)
        agreement(classify, names, {"held out": held_out, "generated": generated})
    if arguments.picture:
        figure = km.plots.grid({"real (held out)": held_out[:16], "generated": generated[:16]}, rate)
        arguments.picture.write_bytes(km.plots.png(figure))


if __name__ == "__main__":
    main()
