"""Callbacks that write run on the first process alone; all take over what they change."""

import keras
import pytest

import keras_musicgan as km
from keras_musicgan.processes import first_alone


class Measures(keras.callbacks.Callback):
    """Adds to the logs, and ends training."""

    first_process_alone = True
    began = False

    def on_train_batch_begin(self, batch, logs=None):
        self.began = True

    def on_epoch_end(self, epoch, logs=None):
        logs["measure"] = 7.0
        self.model.stop_training = True


class Reads(keras.callbacks.Callback):
    """Keeps the logs."""

    def on_epoch_end(self, epoch, logs=None):
        self.logs = dict(logs)


def test_which_run_on_the_first_alone(tmp_path):
    given = [
        km.callbacks.WavWriter(tmp_path),
        km.callbacks.HistoryFile(tmp_path / "history.csv"),
        keras.callbacks.ModelCheckpoint(tmp_path / "model.keras"),
        keras.callbacks.ReduceLROnPlateau(),
        Reads(),
    ]
    wrapped = [isinstance(each, first_alone.FirstAlone) for each in first_alone.first_alone(given)]
    assert wrapped == [True, True, True, False, False]
    assert first_alone.first_alone(None) == []


@pytest.mark.parametrize("rank", [0, 1])
def test_every_process_has_the_logs_and_the_end_of_the_first(rank, gan, data, monkeypatch):
    sent = {"measure": 7.0}
    monkeypatch.setattr(first_alone, "is_first", lambda: rank == 0)
    monkeypatch.setattr(first_alone, "from_first", lambda value: value if rank == 0 else value and (sent, True))
    measures, reads = Measures(), Reads()
    gan.fit(data, epochs=3, verbose=0, callbacks=first_alone.first_alone([measures, reads]))
    assert int(gan.optimizer.iterations) == len(data)
    assert reads.logs["measure"] == 7.0
    assert measures.began == (rank == 0)
