import csv

import keras
import pytest
from keras_musicgan.callbacks import HistoryFile


def written(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def train(path, epochs, initial_epoch=0, **logs):
    """What `fit` calls, without a model: logs `loss` = epoch + 0.1 and the given."""
    history = HistoryFile(path)
    history.on_train_begin()
    for epoch in range(initial_epoch, epochs):
        history.on_epoch_begin(epoch)
        history.on_epoch_end(epoch, {"loss": epoch + 0.1, **logs})


def test_the_file_is_that_of_keras(tmp_path):
    logs = {"rms": 1e-7, "accuracy": 1 / 3, "val_loss": float("inf")}
    train(tmp_path / "a" / "mine.csv", 3, **logs)
    keras_logger = keras.callbacks.CSVLogger(str(tmp_path / "keras.csv"))
    keras_logger.set_model(keras.Sequential())
    keras_logger.on_train_begin()
    for epoch in range(3):
        keras_logger.on_epoch_end(epoch, {"loss": epoch + 0.1, **logs})
    keras_logger.on_train_end()
    assert written(tmp_path / "a" / "mine.csv") == written(tmp_path / "keras.csv")


def test_a_continued_training_replaces_what_is_later(tmp_path):
    path = tmp_path / "history.csv"
    train(path, 5, rms=1.0)
    history = HistoryFile(path)
    history.on_train_begin()
    history.on_epoch_begin(2)
    assert [row["epoch"] for row in written(path)] == ["0", "1"]
    train(path, 4, initial_epoch=2, rms=2.0)
    assert [(row["epoch"], row["loss"], row["rms"]) for row in written(path)] == [
        ("0", "0.1", "1.0"),
        ("1", "1.1", "1.0"),
        ("2", "2.1", "2.0"),
        ("3", "3.1", "2.0"),
    ]
    train(path, 1)
    assert written(path) == [{"epoch": "0", "loss": "0.1"}]


@pytest.mark.parametrize("torn", ["1,1", "1,1.1,2.", "1", '1,"'])
def test_a_torn_line_is_dropped(torn, tmp_path):
    path = tmp_path / "history.csv"
    path.write_text(f"epoch,loss,rms\r\n0,0.1,2.0\r\n{torn}")
    train(path, 3, initial_epoch=2, rms=2.0)
    assert path.read_text() == "epoch,loss,rms\n0,0.1,2.0\n2,2.1,2.0\n"


def test_numbers_that_came_later_are_nan_before(tmp_path):
    path = tmp_path / "history.csv"
    train(path, 1)
    train(path, 2, initial_epoch=1, quality=0.5)
    assert path.read_text() == "epoch,loss,quality\n0,0.1,nan\n1,1.1,0.5\n"
