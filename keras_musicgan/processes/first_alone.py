"""Callbacks that the first process alone runs."""

from typing import Any

import keras

from keras_musicgan import backends
from keras_musicgan.processes.group import from_first, is_first

WRITERS = tuple(  # of Keras
    getattr(keras.callbacks, name) for name in ("BackupAndRestore", "CSVLogger", "ModelCheckpoint", "TensorBoard")
)


def first_alone(callbacks: Any) -> list:
    """The callbacks of `fit` on several processes.

    Those of Keras that write files, and those with an attribute `first_process_alone` that is true, run on the first
    process alone. Others run on every process, with the same logs.
    """
    return [
        FirstAlone(each) if isinstance(each, WRITERS) or getattr(each, "first_process_alone", False) else each
        for each in keras.tree.flatten(getattr(callbacks, "callbacks", callbacks))
        if each is not None
    ]


class FirstAlone(keras.callbacks.Callback):
    """Runs a callback on the first process alone, while the others wait at the beginning and at epoch ends.

    At epoch ends they take over what it has changed: the logs, and whether training ends.

    Args:
        callback: The callback.
    """

    def __init__(self, callback: keras.callbacks.Callback):
        super().__init__()
        self.callback = callback

    def set_params(self, params):
        """Passes the parameters on."""
        super().set_params(params)
        self.callback.set_params(params)

    def set_model(self, model):
        """Passes the model on."""
        super().set_model(model)
        self.callback.set_model(model)

    def on_train_begin(self, logs=None):
        """Runs the callback, while the others wait."""
        self._run("on_train_begin", logs)
        from_first(None)

    def on_epoch_end(self, epoch, logs=None):
        """Runs the callback, and shares what it has changed."""
        self._run("on_epoch_end", epoch, logs)
        logs_of_first, stop = from_first((logs, self.model.stop_training))
        if logs is not None:
            logs.update(logs_of_first)
        self.model.stop_training = stop

    def on_train_end(self, logs=None):
        """Runs the callback."""
        self._run("on_train_end", logs)

    def _run(self, hook, *arguments):
        """Runs a hook between steps, in which the callback may use the model."""
        if is_first():
            with backends.alone([*self.model.variables, *self.model.optimizer.variables]):
                getattr(self.callback, hook)(*arguments)


def _passed_on(hook):
    def run(self, *arguments, **named):
        if is_first():
            getattr(self.callback, hook)(*arguments, **named)

    run.__doc__ = f"Runs `{hook}` of the callback."
    return run


for _hook in dir(keras.callbacks.Callback):
    if _hook.startswith("on_") and _hook not in vars(FirstAlone):
        setattr(FirstAlone, _hook, _passed_on(_hook))
