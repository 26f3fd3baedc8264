"""Options, model, dataset and training of the benchmarks that train, and the time that epochs take."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import keras

import keras_musicgan as km
from benchmarks.shared.timing import CLOCKS
from keras_musicgan.runs.parsing import parse_settings
from keras_musicgan.runs.request import TrainingRequest


def add_options(parser: argparse.ArgumentParser, minutes: object, clock: str = "wall", **minutes_options) -> None:
    """Adds the options of the training and of its data; `minutes_options` are argparse's for `--minutes`."""
    parser.add_argument("--minutes", type=float, default=minutes, **{"help": "time to train", **minutes_options})
    parser.add_argument("--clock", choices=CLOCKS, default=clock, help="clock of the minutes")
    parser.add_argument("--set", dest="settings", action="append", help="PART.NAME=VALUE, as for `musicgan train`")
    parser.add_argument("--held-out", type=float, default=0.1, help="share of the files")


def add_audio_options(parser: argparse.ArgumentParser, labels: str | None = None) -> None:
    """Adds the options of a dataset of audio and of a picture."""
    parser.add_argument("--labels", default=labels, help="folder, pattern or CSV, as for `musicgan train`")
    parser.add_argument("--picture", type=Path, help="file for real and generated spectrograms (.png)")


def add_model_options(parser: argparse.ArgumentParser, preset: str | None, **folder_options) -> None:
    """Adds the folder and the options of a model that is made from a preset, or loaded."""
    parser.add_argument("folder", type=Path, **folder_options)
    parser.add_argument("--preset", default=preset)
    parser.add_argument("--loss")
    parser.add_argument("--penalty", action="append", help="NAME or NAME=WEIGHT")
    parser.add_argument("--save", type=Path, help="file for the trained model (.keras)")
    parser.add_argument("--load", type=Path, help="measure this model instead of training one")


def model(arguments: argparse.Namespace, conditions: list | None = None) -> keras.Model:
    """The model of the options, compiled or loaded; its conditions are those given, or else by the options."""
    if arguments.load:
        return keras.saving.load_model(arguments.load)
    request = TrainingRequest(
        arguments.preset,
        data=arguments.folder,
        loss=arguments.loss,
        penalty=arguments.penalty,
        condition=getattr(arguments, "condition", None),
        labels=getattr(arguments, "labels", None) if conditions is None else None,
        settings=parse_settings(arguments.settings or []),
    )
    overrides = request.model_overrides()
    if conditions is not None:
        overrides["conditions"] = conditions
    if request.choice.reason:
        print(request.choice.reason)
    gan = km.MusicGAN.from_preset(request.choice.preset, seed=getattr(arguments, "seed", 0), **overrides)
    gan.compile(**request.compile_arguments())
    return gan


def dataset(arguments: argparse.Namespace, gan: keras.Model) -> keras.utils.PyDataset:
    """The folder as a dataset with a held-out part; prints the numbers of clips."""
    options = {"labels": arguments.labels} if "labels" in arguments else {}
    options |= {"held_out": arguments.held_out, **parse_settings(arguments.settings or []).get("data", {})}
    data = km.datasets.for_model(gan, arguments.folder, **options)
    if data.held_out is None:
        raise SystemExit("the measures need held-out files: --held-out must be above 0")
    print(f"{data.n_clips} clips to train on, {data.held_out.n_clips} held out, {len(data.skipped)} files skipped")
    return data


class StopAfter(keras.callbacks.Callback):
    """Ends training when its time is up, which begins at once, so that `adapt` counts.

    Args:
        seconds: The time.
        clock: Function that returns seconds; `time.process_time` leaves out the time that other programs take.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]):
        super().__init__()
        self.seconds = seconds
        self.clock = clock
        self.began = clock()

    def on_train_batch_end(self, batch, logs=None):
        if self.clock() - self.began > self.seconds:
            self.model.stop_training = True


def train(gan: keras.Model, data: keras.utils.PyDataset, minutes: float, clock: str, callbacks: tuple = ()) -> int:
    """Trains for some minutes more; returns the number of steps of the model so far."""
    gan.fit(data, epochs=100_000, verbose=0, callbacks=[*callbacks, StopAfter(60 * minutes, CLOCKS[clock])])
    return int(gan.optimizer.iterations)


def train_and_save(gan: keras.Model, data: keras.utils.PyDataset, arguments: argparse.Namespace) -> None:
    """Trains as the options say, unless they load a model."""
    if arguments.load:
        return
    steps = train(gan, data, arguments.minutes, arguments.clock)
    print(f"{steps} steps in {arguments.minutes:g} {arguments.clock} minutes on {keras.backend.backend()}")
    if arguments.save:
        gan.save(arguments.save)


def seconds_of_epochs(gan: keras.Model, data: keras.utils.PyDataset, epochs: int) -> float:
    """Seconds of so many epochs of `fit`, without what it does before the first."""
    times: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: times.append(time.perf_counter()),
        on_train_end=lambda logs: times.append(time.perf_counter()),
    )
    gan.fit(data, epochs=epochs, shuffle=False, verbose=0, callbacks=[clock])
    return times[-1] - times[0]
