"""The rows of all processes are the batch."""

import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.datasets.clips import Clips
from keras_musicgan.processes import group
from keras_musicgan.processes.rows import ArrayBatches, OwnRows, check_divides
from tests.support.models import toy_gan


@pytest.fixture
def as_process(monkeypatch):
    """A function that makes this process one of several."""

    def become(rank, size):
        monkeypatch.setattr(group, "rank", lambda: rank)
        monkeypatch.setattr(group, "size", lambda: size)

    return become


def random_clips(tmp_path):
    """Clips at random places of long files, with a pitch each."""
    rng = np.random.default_rng(0)
    for pitch in (60, 61, 62):
        km.audio.write_wav(tmp_path / f"noise_{pitch}.wav", rng.uniform(-0.9, 0.9, 8000), 8000, "float")
    gan = toy_gan("audio", conditions=[km.Pitch(60, 62)])
    return km.datasets.audio_folder(
        tmp_path, gan, clip="random", labels="{kind}_{pitch}", held_out=0, batch_size=6, seed=1
    )


def transposed_clips(tmp_path):
    return Clips(np.arange(12.0), 6, seed=1, augment=lambda clips, rng: clips + rng.normal(size=len(clips)))


class Others(keras.utils.PyDataset):
    """A dataset that knows nothing of parts."""

    num_batches = 2

    def __getitem__(self, index):
        return np.arange(6.0) + 10 * index, {"pitch": np.arange(6.0)}


@pytest.mark.parametrize("make", [random_clips, transposed_clips, lambda folder: Others()])
@pytest.mark.parametrize("size", [2, 3])
def test_the_rows_of_all_processes_are_the_batch(make, size, tmp_path, as_process):
    data = make(tmp_path)
    whole = keras.tree.flatten(data[1])
    parts = []
    for rank in range(size):
        as_process(rank, size)
        parts.append(keras.tree.flatten(OwnRows(data)[1]))
    for array, *of_processes in zip(whole, *parts, strict=True):
        np.testing.assert_array_equal(np.concatenate(of_processes), array)


@pytest.mark.parametrize(
    ("data", "once"),
    [
        (Clips(np.arange(12.0), 6, seed=1, labels={"pitch": np.arange(12)}), True),
        (ArrayBatches(np.arange(12.0), {"pitch": np.arange(12)}, 6, shuffle_seed=3), True),
        (ArrayBatches(np.arange(12.0), None, 6, shuffle_seed=None), True),
        (Others(), False),
    ],
)
def test_clips_are_encoded_once_where_all_are_in_memory(data, once, as_process):
    as_process(1, 2)
    encoded = []

    def encode(clips):
        encoded.append(len(clips))
        return clips + 100.0

    own = OwnRows(data, shuffle_seed=3)
    codes = own.encode_with(encode)
    for _ in range(2):
        for index in range(2):
            clips, *conditions = own[index]
            batch, *beside = codes[index]
            np.testing.assert_array_equal(batch, clips + 100.0 if once else clips)
            assert keras.tree.map_structure(list, beside) == keras.tree.map_structure(list, conditions)
        own.on_epoch_end()
        if codes is not own:
            codes.on_epoch_end()
    assert encoded == [12] * once


def test_the_order_is_the_same_on_all_and_another_in_each_epoch(as_process):
    orders = []
    for rank in range(2):
        as_process(rank, 2)
        data = OwnRows(ArrayBatches(np.arange(64), {"pitch": np.arange(64)}, 8, shuffle_seed=3), shuffle_seed=3)
        orders.append([])
        for _ in range(2):
            orders[-1].append([data[index][0] for index in range(8)])
            data.on_epoch_end()
    first, second = (np.concatenate(epoch, axis=1) for epoch in zip(*orders, strict=True))
    assert sorted(first.ravel()) == sorted(second.ravel()) == list(range(64))
    assert not np.array_equal(first, second)


def test_a_batch_that_cannot_be_divided_is_named_with_the_nearest(as_process):
    as_process(0, 4)
    with pytest.raises(ValueError, match="each of 4 processes. Received: a batch of 6 clips. Give another .* as 8"):
        OwnRows(Others())[0]
    with pytest.raises(ValueError, match="each of 8 devices. Received: a batch of 2 clips. Give another .* as 8"):
        check_divides(2, 8, "devices")
