"""Ctrl-C at a safe moment."""

import signal

import keras


class Interruptible(keras.callbacks.Callback):
    """Turns Ctrl-C into a KeyboardInterrupt at the end of the batch; a second Ctrl-C interrupts at once.

    Raised anywhere else it can be lost in native code that calls Python, or leave a file half written. Use it as a
    context manager around `fit`; in another thread than the main one it does nothing.
    """

    def __enter__(self):
        self.interrupted = False
        try:
            self.previous = signal.signal(signal.SIGINT, self._note)
        except ValueError:  # only the main thread may handle signals
            self.previous = None
        return self

    def __exit__(self, *error):
        if self.previous is not None:
            signal.signal(signal.SIGINT, self.previous)

    def _note(self, number, frame):
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def on_train_batch_end(self, batch, logs=None):
        """Raises the KeyboardInterrupt."""
        if self.interrupted:
            raise KeyboardInterrupt
