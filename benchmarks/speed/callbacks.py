"""Share of a default run that its callbacks take: the time inside each callback's hooks over the time of `fit`.

`--condition pitch=60:83` adds the time of `target_pitch_rate`, a label that of `target_label_rate`.
"""

import argparse
import functools
import math
import tempfile
from pathlib import Path

import keras

import keras_musicgan as km
from benchmarks.shared.timing import CLOCKS, seconds
from keras_musicgan.runs.parsing import parse_condition
from keras_musicgan.runs.train import SAMPLES_PER_RUN


class Timed(keras.callbacks.Callback):
    """Calls the hooks of a callback and adds up their seconds."""

    def __init__(self, inner, clock):
        super().__init__()
        self.inner = inner
        self.clock = clock
        self.seconds = 0.0

    def set_model(self, model):
        self.inner.set_model(model)

    def set_params(self, params):
        self.inner.set_params(params)

    def _call(self, hook, *arguments):
        self.seconds += seconds(functools.partial(getattr(self.inner, hook), *arguments), self.clock)

    def on_train_begin(self, logs=None):
        self._call("on_train_begin", logs)

    def on_epoch_begin(self, epoch, logs=None):
        self._call("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._call("on_epoch_end", epoch, logs)

    def on_train_end(self, logs=None):
        self._call("on_train_end", logs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="pianoroll")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--condition", action="append", default=[], help="As of `musicgan train`.")
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    arguments = parser.parse_args()
    clock = CLOCKS[arguments.clock]
    gan = km.MusicGAN.from_preset(arguments.preset, conditions=[parse_condition(text) for text in arguments.condition])
    gan.compile()
    data = km.datasets.for_model(gan)
    gan.fit(data, epochs=1, verbose=0)  # compiles, before the measurement
    every = math.ceil(arguments.epochs / SAMPLES_PER_RUN)  # as `musicgan train` does
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        callbacks = {
            "CollapseMonitor": km.callbacks.CollapseMonitor(every=every, data=data),
            "AudioQuality": km.callbacks.AudioQuality(data, every=every, best=out / "best.keras"),
            "HistoryFile": km.callbacks.HistoryFile(out / "history.csv"),
            "WavWriter": km.callbacks.WavWriter(out / "samples", every=every),
            "SpectrogramLogger": km.callbacks.SpectrogramLogger(out / "logs", every=every, png_dir=out / "samples"),
            "ScalarLogger": km.callbacks.ScalarLogger(out / "logs" / "scalars"),
            "Checkpoints": km.callbacks.Checkpoints(out / "checkpoints"),
        }
        timed = {name: Timed(callback, clock) for name, callback in callbacks.items()}
        whole = seconds(
            lambda: gan.fit(data, epochs=arguments.epochs, verbose=0, callbacks=list(timed.values())), clock
        )
    title = f"{arguments.preset}, {keras.backend.backend()}"
    print(f"{title}: {arguments.epochs} epochs of {len(data)} steps in {whole:.1f} s")
    for name, callback in timed.items():
        print(f"{name:<18} {callback.seconds:6.2f} s   {100 * callback.seconds / whole:5.1f} %")
    total = sum(callback.seconds for callback in timed.values())
    print(f"{'together':<18} {total:6.2f} s   {100 * total / whole:5.1f} %")


if __name__ == "__main__":
    main()
