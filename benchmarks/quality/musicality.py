"""Trains `pianoroll` on a folder of MIDI for some minutes and measures the music against held-out tunes."""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

import keras_musicgan as km
from benchmarks.shared.stop_after import StopAfter


def table(gan, data, n):
    """Rows (measure, generated, held out, training, relative deviation)."""
    steps_per_bar = gan.representation.steps_per_bar
    generated = gan.generate_encoded(n, seed=1, batch_size=64)
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
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--samples", type=int, default=512)
    parser.add_argument("--save", type=Path, help="where to save the trained model (.keras)")
    parser.add_argument("--load", type=Path, help="measure this model instead of training one")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)
    gan = keras.saving.load_model(arguments.load) if arguments.load else km.MusicGAN.from_preset("pianoroll")
    if not arguments.load:
        gan.compile()
    data = km.datasets.midi_folder(arguments.folder, gan)
    print(
        f"{len(data.clips)} clips to train on, {len(data.held_out.clips)} held out, {len(data.skipped)} files skipped"
    )
    if not arguments.load:
        gan.fit(data, epochs=10_000, verbose=0, callbacks=[StopAfter(60 * arguments.minutes)])
        print(f"{int(gan.optimizer.iterations)} steps in {arguments.minutes:g} minutes on {keras.backend.backend()}")
        if arguments.save:
            gan.save(arguments.save)
    table(gan, data, arguments.samples)


if __name__ == "__main__":
    main()
