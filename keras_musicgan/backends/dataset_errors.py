"""The errors of a dataset, whatever a backend makes of them: TensorFlow passes on no more than their text."""

import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras


class DatasetErrors:
    """Keeps the errors of datasets while a model reads them, and raises them in place of a backend's.

    Example:
        >>> def broken():
        ...     yield 1
        ...     raise OSError("a.wav is gone")
        >>> errors = DatasetErrors()
        >>> batches = errors.watch(broken())
        >>> with errors.raised():
        ...     try:
        ...         list(batches)
        ...     except OSError as error:
        ...         raise RuntimeError(f"Traceback of the backend: {error}")
        Traceback (most recent call last):
        OSError: a.wav is gone
    """

    def __init__(self):
        self._errors = []

    def watch(self, data: Any) -> Any:
        """The same batches, from a dataset or generator whose errors are kept; other data as they are."""
        if isinstance(data, types.GeneratorType):
            return self._watched(data)
        return _WatchedDataset(data, self._errors) if isinstance(data, keras.utils.PyDataset) else data

    @contextmanager
    def raised(self) -> Iterator[None]:
        """A block in which an error is replaced by the first that was kept, if there is one."""
        try:
            yield
        except Exception:
            if self._errors:
                raise self._errors[0] from None
            raise

    def _watched(self, batches):
        try:
            yield from batches
        except Exception as error:
            self._errors.append(error)
            raise


class _WatchedDataset(keras.utils.PyDataset):
    """A dataset that keeps the errors of another in a list."""

    def __init__(self, data, errors):
        super().__init__(data.workers, data.use_multiprocessing, data.max_queue_size)
        self.data = data
        self.errors = errors

    @property
    def num_batches(self):
        return self.data.num_batches

    def __getitem__(self, index):
        try:
            return self.data[index]
        except Exception as error:
            self.errors.append(error)
            raise

    def on_epoch_begin(self):
        self.data.on_epoch_begin()

    def on_epoch_end(self):
        self.data.on_epoch_end()
