"""The same clips, minutes and number of weights as waveforms and as three kinds of spectra.

`--representation` runs one of them; each appends its rows to `--out`, and `--table` prints a table of such a file.
Columns of reconstructions are of held-out clips, encoded and decoded: the loss of the representation by itself.
"""

import argparse
import json
from pathlib import Path

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared import measures, training
from benchmarks.shared.tables import print_head, print_row
from benchmarks.shared.timing import CLOCKS, fastest

SPECTRA = "gansynth-small"  # the preset of the networks of all spectra
WAVEFORMS = "wavegan-small"
REPRESENTATIONS = {
    "waveform": "waveform",
    "log magnitude": "log_magnitude",
    "instantaneous frequency": "instantaneous_frequency",
    "complex": "complex_spectrum",
}
DECODINGS = {
    "log magnitude": {
        "Griffin-Lim": {"inversion": "griffin_lim", "iterations": 32},
        "PGHI": {"inversion": "pghi", "iterations": 0},
        "PGHI, then Griffin-Lim": {"inversion": "pghi", "iterations": 32},
    }
}
COLUMNS = (
    ("representation", "representation", "{}"),
    ("decoding", "decoding", "{}"),
    ("weights", "weights", "{:,}"),
    ("steps", "steps", "{:,}"),
    ("step_ms", "ms per step", "{:.0f}"),
    ("decode_ms", "ms to decode a clip", "{:.1f}"),
    ("right_pitch", "right pitch", "{:.1%}"),
    ("sharpness", "sharpness, dB", "{:.1f}"),
    ("frechet", "Fréchet to held-out", "{:,.0f}"),
    ("kernel", "kernel distance to held-out", "{:.3f}"),
    ("diversity", "diversity, dB", "{:.2f}"),
    ("decoded_right_pitch", "reconstruction: right pitch", "{:.1%}"),
    ("decoded_sharpness", "reconstruction: sharpness, dB", "{:.1f}"),
    ("decoded_frechet", "reconstruction: Fréchet", "{:,.0f}"),
)


class StepTime(keras.callbacks.Callback):
    """Mean time of a step from the end of the first, which compiles, to the end of the last."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock
        self.ends = []

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append(self.clock())

    def milliseconds(self):
        return 1000 * (self.ends[-1] - self.ends[0]) / (len(self.ends) - 1) if len(self.ends) > 1 else None


def n_weights(gan):
    """Weights of both networks."""
    return gan.generator.count_params() + gan.discriminator.count_params()


def model(name, conditions, options):
    """An untrained model of a representation; that of waveforms has the width with nearly as many weights as spectra.

    Args:
        name: One of `REPRESENTATIONS`.
        conditions: Conditions of the model.
        options: Arguments of the representation of spectra.
    """
    if name != "waveform":
        representation = km.representations.REPRESENTATIONS[REPRESENTATIONS[name]](**options)
        return km.MusicGAN.from_preset(SPECTRA, representation=representation, conditions=conditions)
    target = n_weights(model("instantaneous frequency", conditions, options))
    options = {option: value for option, value in options.items() if option not in ("n_fft", "hop_length")}

    def with_width(width):
        networks = {"generator": {"width": width}, "discriminator": {"width": width}}
        return km.MusicGAN.from_preset(WAVEFORMS, representation=options, conditions=conditions, **networks)

    # The weights of the inner convolutions grow with the square of the width, those of the ends with the width.
    narrow, wide = n_weights(with_width(2)), n_weights(with_width(4))
    square = (wide - 2 * narrow) / 8
    linear = narrow / 2 - 2 * square
    return with_width(max(round((np.sqrt(linear**2 + 4 * square * target) - linear) / (2 * square)), 1))


def decodings(name, representation):
    """Dict from a decoding to a representation that decodes so, with the same statistics."""
    result = {}
    for decoding, options in DECODINGS.get(name, {"": {}}).items():
        copy = type(representation).from_config({**representation.get_config(), **options})
        copy.set_weights(representation.get_weights())
        result[decoding] = copy
    return result


def sound(clips, rate, held_out, pitch):
    """Measures of clips with these target pitches, or without any (`None`)."""
    result = {
        "frechet": measures.frechet(clips, held_out, rate),
        "diversity": measures.diversity(clips, rate, pitch),
    }
    if pitch is not None:
        result |= measures.pitch_measures(clips, rate, pitch)
    return {measure: value for measure, value in result.items() if not np.isnan(value)}


def run(name, arguments):
    """Trains a model of a representation; returns a row for each decoding, and those of real clips."""
    keras.utils.set_random_seed(0)
    conditions = [km.Pitch(*arguments.pitch)] if arguments.pitch else []
    options = {"duration": arguments.seconds, "sample_rate": arguments.rate}
    gan = model(name, conditions, {**options, "n_fft": arguments.n_fft, "hop_length": arguments.hop})
    gan.compile()
    data = training.dataset(arguments, gan)
    step_time = StepTime(CLOCKS[arguments.clock])
    steps = training.train(gan, data, arguments.minutes, arguments.clock, callbacks=(step_time,))
    rate = arguments.rate
    held_out, held_out_conditions = measures.shuffled(data.held_out)
    trained_on, training_conditions = measures.shuffled(data)
    pitch = held_out_conditions.get("pitch")

    def kernel(clips):
        return measures.kernel(clips, held_out, trained_on, rate)

    shared = {
        "folder": arguments.folder.name,
        "minutes": arguments.minutes,
        "clock": arguments.clock,
        "backend": keras.backend.backend(),
    }
    training_pitch = training_conditions.get("pitch")
    rows = [
        {**shared, "representation": "held-out clips", **sound(held_out, rate, held_out, pitch)},
        {
            **shared,
            "representation": "training clips",
            "kernel": kernel(trained_on),
            **sound(trained_on, rate, held_out, training_pitch),
        },
    ]
    # A multiple of the held-out clips, with their conditions: a distance needs equal numbers.
    n = len(held_out) * -(-arguments.samples // len(held_out))
    target = None if pitch is None else np.resize(pitch, n)
    encoded = gan.generate_encoded(n, seed=1, **({} if pitch is None else {"pitch": target}))
    clips = {"held_out": held_out, "training": trained_on}
    encoded_held_out = encode(gan.representation, held_out)
    for decoding, representation in decodings(name, gan.representation).items():
        _, seconds = fastest(lambda decode=representation.decode: decode(encoded[:32]))
        generated = clips[decoding or "generated"] = representation.decode(encoded)
        reconstruction = sound(representation.decode(encoded_held_out), rate, held_out, pitch)
        rows.append(
            {
                **shared,
                "representation": name,
                "decoding": decoding,
                "weights": n_weights(gan),
                "steps": steps,
                "step_ms": step_time.milliseconds(),
                "decode_ms": 1000 * seconds / min(32, n),
                "kernel": kernel(generated),
                **sound(generated, rate, held_out, target),
                **{f"decoded_{measure}": value for measure, value in reconstruction.items()},
            }
        )
        if arguments.picture:
            stem = "_".join(filter(None, [arguments.picture.stem, name, decoding])).replace(", ", "_").replace(" ", "_")
            measures.draw(arguments.picture.with_stem(stem), held_out, generated, rate)
    if arguments.clips:
        arguments.clips.mkdir(parents=True, exist_ok=True)
        np.savez(arguments.clips / f"{name}.npz", sample_rate=rate, **clips)
    return rows


def encode(representation, clips, batch_size=32):
    """Encoded clips as an array."""
    parts = [representation(clips[first : first + batch_size]) for first in range(0, len(clips), batch_size)]
    return np.concatenate([keras.ops.convert_to_numpy(part) for part in parts])


def print_table(rows):
    """Prints a table for each folder, real clips first; of repeated rows the last counts."""
    latest = {(row["folder"], row["representation"], row.get("decoding", "")): row for row in rows}
    order = ["held-out clips", "training clips", *REPRESENTATIONS]
    for folder in dict.fromkeys(row["folder"] for row in rows):
        some = [row for (name, _, _), row in latest.items() if name == folder]
        some.sort(key=lambda row: order.index(row["representation"]))
        columns = [column for column in COLUMNS if any(row.get(column[0]) not in (None, "") for row in some)]
        spent = ", ".join(dict.fromkeys(f"{r['minutes']:g} {r['clock']} minutes on {r['backend']}" for r in some))
        print(f"\n{folder}, {spent}")
        print_head(title for _, title, _ in columns)
        for row in some:
            print_row("" if row.get(key) is None else form.format(row[key]) for key, _, form in columns)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--representation", choices=[*REPRESENTATIONS, "all"], default="all")
    training.add_options(parser, 5, clock="processor")
    training.add_audio_options(parser)
    parser.add_argument("--pitch", type=int, nargs=2, metavar=("LOW", "HIGH"), help="condition the models on pitch")
    parser.add_argument("--rate", type=int, default=16000, help="sample rate in Hz")
    parser.add_argument("--seconds", type=float, default=1.0, help="length of the clips")
    parser.add_argument("--n-fft", type=int, default=1024)
    parser.add_argument("--hop", type=int, default=256)
    parser.add_argument("--samples", type=int, default=480, help="clips to generate, at least")
    parser.add_argument("--clips", type=Path, help="folder for the generated, held-out and training clips (.npz)")
    parser.add_argument("--out", type=Path, help="file to append rows to (JSON lines)")
    parser.add_argument("--table", type=Path, help="print the table of this file of rows, without training")
    arguments = parser.parse_args()
    if arguments.table:
        print_table([json.loads(line) for line in arguments.table.read_text().splitlines()])
        return
    if arguments.folder is None:
        parser.error("a folder to train on, or --table, is needed")
    rows = []
    for name in REPRESENTATIONS if arguments.representation == "all" else [arguments.representation]:
        found = run(name, arguments)
        rows += found
        if arguments.out:
            with open(arguments.out, "a") as file:
                file.writelines(json.dumps(row) + "\n" for row in found)
    print_table(rows)


if __name__ == "__main__":
    main()
