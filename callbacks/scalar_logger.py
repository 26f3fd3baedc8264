"""Logs the numbers of every epoch."""

from pathlib import Path

import keras


class ScalarLogger(keras.callbacks.Callback):
    """Logs every number of an epoch's logs to TensorBoard, on every backend and without TensorFlow.

    Args:
        log_dir: Folder of the TensorBoard log.

    Example:
        >>> import keras_musicgan as km
        >>> logger = km.callbacks.ScalarLogger("logs/scalars")
    """

    def __init__(self, log_dir: str | Path):
        super().__init__()
        self.log_dir = Path(log_dir)
        self.writer = None

    def on_train_begin(self, logs=None):
        """Opens the log."""
        from tensorboardX import SummaryWriter

        self.writer = SummaryWriter(str(self.log_dir))

    def on_epoch_end(self, epoch, logs=None):
        """Logs one epoch, counted from 1."""
        for name, value in (logs or {}).items():
            self.writer.add_scalar(name, float(value), epoch + 1)
        self.writer.flush()

    def on_train_end(self, logs=None):
        """Closes the log."""
        self.writer.close()
