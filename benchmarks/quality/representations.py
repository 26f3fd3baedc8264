"""What to train on: the same clips, processor minutes and weights as waveforms and as three kinds of spectra.

Run one form at a time with `--form`, or all; each appends its rows to `--out`, and `--table` makes a table of them.
“Real, coded” are held-out clips that were encoded and decoded; they tell what a form loses by itself.
"""

import argparse
import json
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import keras_musicgan as km
from benchmarks.shared import measures

SPECTRA = "gansynth-small"  # the preset whose networks all spectra share
WAVEFORMS = "wavegan-small"
FORMS = {
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
    ("form", "form", "{}"),
    ("decoding", "decoding", "{}"),
    ("weights", "weights", "{:,}"),
    ("steps", "steps", "{:,}"),
    ("step_ms", "ms a step", "{:.0f}"),
    ("decode_ms", "ms to decode a clip", "{:.1f}"),
    ("right_pitch", "right pitch", "{:.1%}"),
    ("sharpness", "sharpness, dB", "{:.1f}"),
    ("frechet", "Fréchet to held-out", "{:,.0f}"),
    ("kernel", "kernel distance to held-out", "{:.3f}"),
    ("diversity", "diversity, dB", "{:.2f}"),
    ("decoded_right_pitch", "real, coded: right pitch", "{:.1%}"),
    ("decoded_sharpness", "real, coded: sharpness, dB", "{:.1f}"),
    ("decoded_frechet", "real, coded: Fréchet", "{:,.0f}"),
)


class Watch(keras.callbacks.Callback):
    """Counts the steps and the time from the end of the first, which compiles, to that of the last."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock
        self.ends = []

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append(self.clock())

    def step_ms(self):
        return 1000 * (self.ends[-1] - self.ends[0]) / (len(self.ends) - 1) if len(self.ends) > 1 else None


def n_weights(gan):
    """Weights of both networks."""
    return gan.generator.count_params() + gan.discriminator.count_params()


def model(form, conditions, options):
    """An untrained model of a form; that of waveforms is as wide as makes its weights nearest to the spectra's."""
    if form != "waveform":
        representation = km.representations.REPRESENTATIONS[FORMS[form]](**options)
        return km.MusicGAN.from_preset(SPECTRA, representation=representation, conditions=conditions)
    wanted = n_weights(model("instantaneous frequency", conditions, options))
    options = {name: value for name, value in options.items() if name not in ("n_fft", "hop_length")}

    def of_width(width):
        sizes = {"generator": {"width": width}, "discriminator": {"width": width}}
        return km.MusicGAN.from_preset(WAVEFORMS, representation=options, conditions=conditions, **sizes)

    # The weights of convolutions grow with the square of the width, those of the ends with the width.
    narrow, wide = n_weights(of_width(2)), n_weights(of_width(4))
    square = (wide - 2 * narrow) / 8
    linear = narrow / 2 - 2 * square
    return of_width(max(round((np.sqrt(linear**2 + 4 * square * wanted) - linear) / (2 * square)), 1))


def decodings(form, representation):
    """Dict from the name of a way to decode to a representation that does it, with the same statistics."""
    result = {}
    for name, options in DECODINGS.get(form, {"": {}}).items():
        copy = type(representation).from_config({**representation.get_config(), **options})
        copy.set_weights(representation.get_weights())
        result[name] = copy
    return result


def timed(call, rounds=3):
    """What a call gives, and the seconds of its fastest run after the first."""
    result, best = call(), np.inf
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    return result, best


def sound(clips, rate, held_out, pitch):
    """Measures of clips that were told a pitch, or were told nothing (`None`)."""
    result = {
        "frechet": measures.frechet(clips, held_out, rate),
        "diversity": measures.diversity(clips, rate, pitch),
    }
    if pitch is not None:
        heard = km.metrics.estimate_pitch(clips, rate)
        sharpness = km.metrics.partial_sharpness(clips, rate, np.where(np.isnan(heard), pitch, heard))
        result["right_pitch"] = float(np.mean(np.abs(heard - pitch) <= 0.5))
        result["sharpness"] = float(np.nanmedian(sharpness)) if np.isfinite(sharpness).any() else None
    return result


def run(form, arguments):
    """Trains a model of a form and returns its rows: one for each way to decode, and the anchors."""
    keras.utils.set_random_seed(0)
    conditions = [km.Pitch(*arguments.pitch)] if arguments.pitch else []
    options = {"duration": arguments.seconds, "sample_rate": arguments.rate}
    gan = model(form, conditions, {**options, "n_fft": arguments.n_fft, "hop_length": arguments.hop})
    gan.compile()
    data = measures.dataset(arguments, gan)
    watch = Watch(measures.CLOCKS[arguments.clock])
    steps = measures.train(gan, data, arguments.minutes, arguments.clock, callbacks=(watch,))
    rate = arguments.rate
    held_out, order = measures.shuffled(data.held_out)
    training, training_order = measures.shuffled(data)

    def kernel(clips):
        return measures.kernel(clips, held_out, training, rate)

    told = {name: numbers[order] for name, numbers in (data.held_out.conditions or {}).items()}
    shared = {
        "folder": arguments.folder.name,
        "minutes": arguments.minutes,
        "clock": arguments.clock,
        "backend": keras.backend.backend(),
    }
    of_training = None if data.conditions is None else data.conditions["pitch"][training_order]
    rows = [
        {**shared, "form": "held-out clips", **sound(held_out, rate, held_out, told.get("pitch"))},
        {
            **shared,
            "form": "training clips",
            "kernel": kernel(training),
            **sound(training, rate, held_out, of_training),
        },
    ]
    # As many as there are held-out ones, told the same, several times over: a distance needs equal numbers.
    n = len(held_out) * -(-arguments.samples // len(held_out))
    pitch = np.resize(told["pitch"], n) if told else None
    encoded = gan.generate_encoded(n, seed=1, **({"pitch": pitch} if told else {}))
    clips = {"held_out": held_out, "training": training}
    of_held_out = encode(gan.representation, held_out)
    for name, representation in decodings(form, gan.representation).items():
        _, seconds = timed(lambda decode=representation.decode: decode(encoded[:32]))
        clips[name or "generated"] = representation.decode(encoded)
        real = sound(representation.decode(of_held_out), rate, held_out, told.get("pitch"))
        rows.append(
            {
                **shared,
                "form": form,
                "decoding": name,
                "weights": n_weights(gan),
                "steps": steps,
                "step_ms": watch.step_ms(),
                "decode_ms": 1000 * seconds / min(32, n),
                "kernel": kernel(clips[name or "generated"]),
                **sound(clips[name or "generated"], rate, held_out, pitch),
                **{f"decoded_{measure}": value for measure, value in real.items()},
            }
        )
        if arguments.picture:
            stem = "_".join(filter(None, [arguments.picture.stem, form, name])).replace(", ", "_").replace(" ", "_")
            measures.draw(arguments.picture.with_stem(stem), held_out, clips[name or "generated"], rate)
    if arguments.clips:
        arguments.clips.mkdir(parents=True, exist_ok=True)
        np.savez(arguments.clips / f"{form}.npz", sample_rate=rate, **clips)
    return rows


def encode(representation, clips, batch_size=32):
    """Encoded clips as an array."""
    parts = [representation(clips[first : first + batch_size]) for first in range(0, len(clips), batch_size)]
    return np.concatenate([keras.ops.convert_to_numpy(part) for part in parts])


def print_table(rows):
    """Prints a table for each folder, anchors first; where a row is there twice, the later one."""
    latest = {(row["folder"], row["form"], row.get("decoding", "")): row for row in rows}
    order = ["held-out clips", "training clips", *FORMS]
    for folder in dict.fromkeys(row["folder"] for row in rows):
        some = [row for (of, _, _), row in latest.items() if of == folder]
        some.sort(key=lambda row: order.index(row["form"]))
        columns = [column for column in COLUMNS if any(row.get(column[0]) not in (None, "") for row in some)]
        spent = ", ".join(dict.fromkeys(f"{r['minutes']:g} {r['clock']} minutes on {r['backend']}" for r in some))
        print(f"\n{folder}, {spent}\n\n| " + " | ".join(title for _, title, _ in columns) + " |")
        print("|---" * len(columns) + "|")
        for row in some:
            cells = ["" if row.get(key) is None else form.format(row[key]) for key, _, form in columns]
            print("| " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--form", choices=[*FORMS, "all"], default="all")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--clock", choices=measures.CLOCKS, default="processor")
    parser.add_argument("--labels", help="pattern or CSV, where a pitch is told")
    parser.add_argument("--pitch", type=int, nargs=2, metavar=("LOW", "HIGH"), help="tell the models the pitch")
    parser.add_argument("--rate", type=int, default=16000, help="sample rate in Hz")
    parser.add_argument("--seconds", type=float, default=1.0, help="length of the clips")
    parser.add_argument("--n-fft", type=int, default=1024)
    parser.add_argument("--hop", type=int, default=256)
    parser.add_argument("--set", dest="settings", action="append", help="data.NAME=VALUE, options of the dataset")
    parser.add_argument("--held-out", type=float, default=0.1)
    parser.add_argument("--samples", type=int, default=480, help="clips to generate, at least")
    parser.add_argument("--picture", type=Path, help="where to write pictures, one a form (.png)")
    parser.add_argument("--clips", type=Path, help="folder for the generated, held-out and training clips (.npz)")
    parser.add_argument("--out", type=Path, help="file to append rows to (JSON, one a line)")
    parser.add_argument("--table", type=Path, help="print the table of this file of rows, and train nothing")
    arguments = parser.parse_args()
    if arguments.table:
        print_table([json.loads(line) for line in arguments.table.read_text().splitlines()])
        return
    if arguments.folder is None:
        parser.error("a folder to train on, or --table, is needed")
    rows = []
    for form in FORMS if arguments.form == "all" else [arguments.form]:
        done = run(form, arguments)
        rows += done
        if arguments.out:
            with open(arguments.out, "a") as file:
                file.writelines(json.dumps(row) + "\n" for row in done)
    print_table(rows)


if __name__ == "__main__":
    main()
