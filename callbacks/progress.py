"""A progress bar with the time left."""

import math
import time
from typing import TYPE_CHECKING

import keras

from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.console import print_plain

if TYPE_CHECKING:
    from rich.console import Console

LONG = 2.0  # seconds of a first step
SHOWN = ("discriminator_loss", "generator_loss", "real_accuracy", "fake_accuracy")
RATES = {"target_pitch_rate": "in tune", "target_label_rate": "of the target label"}  # of `AudioQuality`


class Progress(keras.callbacks.Callback):
    """One progress bar for the whole of `fit`: epoch, losses, accuracies, time left. Use with `verbose=0`.

    If the output is not a terminal, as in a notebook, it prints lines at epoch ends instead. It says how long the first
    step took, most of which is compilation. After `AudioQuality` it also shows how many outputs are in tune and of
    their target label.

    Args:
        console: `rich.console.Console` to print on; the standard output if not given.
        every: Epochs from one of these lines to the next.

    Raises:
        ValueError: If `every` is not positive.

    Example:
        >>> import keras_musicgan as km
        >>> progress = km.callbacks.Progress()
    """

    first_process_alone = True

    def __init__(self, console: "Console | None" = None, every: int = 1):
        super().__init__()
        from rich.console import Console

        check_positive_int("every", every)
        self.console = console or Console()
        self.every = every
        self.bar = None
        self.task = None
        self.first_epoch = None
        self.epoch = 0
        self.compiling = False
        self.began = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the bar before the first epoch, which may have any number."""
        self.epoch = epoch
        if self.first_epoch is not None:
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.first_epoch = epoch
        self.compiling = True
        self.began = time.monotonic()
        if self.console.is_terminal:
            columns = (TextColumn("training"), BarColumn(), MofNCompleteColumn(), TextColumn("steps,"))
            self.bar = Progress(
                *columns, TimeRemainingColumn(), TextColumn("left {task.description}"), console=self.console
            )
            steps = self.params["steps"]
            self.task = self.bar.add_task(
                "| compiling the first step",
                total=steps * self.params["epochs"] if steps else None,
                completed=(steps or 0) * epoch,
            )
            self.bar.start()

    def on_train_batch_end(self, batch, logs=None):
        """Advances the bar."""
        if self.compiling:
            self._end_compilation()
        if self.bar is not None:
            steps = self.params["steps"] or batch + 1
            done = min(batch + 1, steps)  # the last of several steps per execution may lie beyond the epoch
            self.bar.update(self.task, completed=(self.params["steps"] or 0) * self.epoch + done)

    def _end_compilation(self):
        """Says how long the first step took, if it was long, and leaves it out of the time that is left."""
        self.compiling = False
        now = time.monotonic()
        line = f"first step compiled in {now - self.began:.0f} s"
        if self.bar is not None:
            self.bar.update(self.task, description=f"| {line}")
        elif now - self.began > LONG:
            print_plain(self.console, line)
        self.began = now

    def on_epoch_end(self, epoch, logs=None):
        """Shows the epoch's logs and the time left."""
        logs = logs or {}
        parts = [f"{name} {float(value):.3f}" for name, value in logs.items() if name in SHOWN]
        rates = {words: float(logs.get(name, float("nan"))) for name, words in RATES.items()}
        line = ", ".join([*parts, *(f"{value:.0%} {words}" for words, value in rates.items() if math.isfinite(value))])
        if self.bar is not None:
            self.bar.update(self.task, description=f"| epoch {epoch + 1}: {line}")
            return
        last = epoch + 1 == self.params["epochs"]
        if not last and (epoch + 1) % self.every:
            return
        done = epoch + 1 - self.first_epoch
        left = (time.monotonic() - self.began) / done * (self.params["epochs"] - epoch - 1)
        print_plain(self.console, f"epoch {epoch + 1}/{self.params['epochs']}: {line}, {left:.0f} s left")

    def on_train_end(self, logs=None):
        """Ends the bar."""
        self.close()

    def close(self):
        """Releases the terminal, also when training was interrupted."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None
        self.first_epoch = None
