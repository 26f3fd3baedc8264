"""What scripts that train for a given time share."""

import time

import keras


class StopAfter(keras.callbacks.Callback):
    """Ends a training when its time is up.

    `clock` is `time.monotonic` for seconds on the wall, or `time.process_time` for seconds of processors, which other
    programs on the machine do not take away.
    """

    def __init__(self, seconds, clock=time.monotonic):
        super().__init__()
        self.seconds = seconds
        self.clock = clock

    def on_train_begin(self, logs=None):
        self.began = self.clock()

    def on_train_batch_end(self, batch, logs=None):
        if self.clock() - self.began > self.seconds:
            self.model.stop_training = True
