"""Logs the metrics of every epoch, and what a run is, to TensorBoard."""

from collections.abc import Mapping
from pathlib import Path

import keras
from keras_musicgan.callbacks.event_log import EventLog

from keras_musicgan.adversarial.logs import log_group


class ScalarLogger(keras.callbacks.Callback):
    """Logs every number of an epoch's logs to TensorBoard, on every backend and without TensorFlow.

    The numbers stand in groups: `loss/`, `score/`, `quality/` and `sound/`. Steps are epochs, counted from 1; steps
    that are logged again, as by a resumed run, replace the earlier ones from the first of them on.

    Args:
        log_dir: Folder of the TensorBoard log.
        texts: Dict from tags to Markdown, which stands under Text at the step before the first epoch; `None` for none.

    Example:
        >>> import keras_musicgan as km
        >>> logger = km.callbacks.ScalarLogger("logs/scalars", texts={"data": "Tunes in **D minor**."})
    """

    first_process_alone = True

    def __init__(self, log_dir: str | Path, texts: Mapping[str, str] | None = None):
        super().__init__()
        self.log_dir = Path(log_dir).expanduser()
        self.texts = dict(texts or {})
        self.log = None

    def on_train_begin(self, logs=None):
        """Closes the log of an interrupted `fit`."""
        self.on_train_end()

    def on_epoch_begin(self, epoch, logs=None):
        """Opens the log before the first epoch, and logs the texts."""
        if self.log is not None:
            return
        from tensorboardX.summary import text

        self.log = EventLog(self.log_dir, first_step=epoch + 1)
        for tag, markdown in self.texts.items():
            self.log.add(text(tag, markdown), epoch)
        self.log.flush()

    def on_epoch_end(self, epoch, logs=None):
        """Logs one epoch, counted from 1."""
        from tensorboardX.proto.summary_pb2 import Summary

        numbers = {f"{log_group(name)}/{name}": float(value) for name, value in (logs or {}).items()}
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in numbers.items()]
        self.log.add(Summary(value=values), epoch + 1)
        self.log.flush()

    def on_train_end(self, logs=None):
        """Closes the log."""
        if self.log is not None:
            self.log.close()
            self.log = None
