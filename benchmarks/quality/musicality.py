"""Trains `pianoroll` on a folder of MIDI for some minutes and measures the generated clips against held-out tunes."""

import argparse

import keras

import keras_musicgan as km
from benchmarks.shared import training


def print_table(gan, data, n):
    """Prints each measure of generated, held-out and training clips, and the deviation of the first from the second."""
    steps_per_bar = gan.representation.steps_per_bar
    generated = gan.representation.to_rolls(gan.generate_encoded(n, seed=1, batch_size=64))
    sets = {"generated": generated, "held out": data.held_out.clips, "training": data.clips}
    values = {name: km.metrics.musicality(clips, steps_per_bar) for name, clips in sets.items()}
    print(f"{'':<22}{''.join(f'{name:>12}' for name in sets)}{'deviation':>12}")
    for measure in values["generated"]:
        row = [values[name][measure] for name in sets]
        deviation = f"{100 * (row[0] / row[1] - 1):+.1f} %" if row[1] else ""
        print(f"{measure:<22}{''.join(f'{value:12.4f}' for value in row)}{deviation:>12}")
    print(f"{'equal to training':<22}{km.metrics.copy_rate(generated, data.clips):12.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    training.add_model_options(parser, preset="pianoroll")
    training.add_options(parser, 15)
    parser.add_argument("--samples", type=int, default=512, help="clips to generate")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    gan = training.model(arguments)
    data = training.dataset(arguments, gan)
    training.train_and_save(gan, data, arguments)
    print_table(gan, data, arguments.samples)


if __name__ == "__main__":
    main()
