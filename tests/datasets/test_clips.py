import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan import Pitch
from keras_musicgan.conditions import Conditions
from keras_musicgan.datasets import Clips, DataSpec
from keras_musicgan.representations import Waveform


def test_epochs_are_shuffled_by_seed_and_number_alone():
    clips = np.arange(10)[:, None]
    data = Clips(clips, batch_size=4, seed=3)
    assert len(data) == 2
    epochs = []
    for _ in range(3):
        data.on_epoch_begin()
        epochs.append([data[index][0].ravel().tolist() for index in range(len(data))])
    assert epochs[0] != epochs[1]
    assert all(len({number for batch in epoch for number in batch}) == 8 for epoch in epochs)
    later = Clips(clips, batch_size=4, seed=3)
    later.epoch = 2
    later.on_epoch_begin()
    assert [later[index][0].ravel().tolist() for index in range(2)] == epochs[2]
    assert Clips(clips, batch_size=64)[0][0].shape == (10, 1)


def test_a_dataset_shows_its_clips_and_labels(midi_files, audio_files):
    audio = DataSpec(Waveform(length=1024, sample_rate=8000), Conditions([Pitch(48, 72)]), {"batch_size": 4})
    assert repr(km.datasets.synthetic_notes(10, audio, held_out=0.2)) == (
        "<Clips: 8 clips of 1024 samples at 8000 Hz, 2 held out, batch_size=4, labels=['instrument', 'pitch'], "
        "conditions=['pitch']>"
    )
    plain = DataSpec(audio.representation)
    files = km.datasets.audio_folder(audio_files, plain, clip="slices", labels="folder", held_out=0.5)
    assert repr(files) == (
        f"<AudioClips: {len(files.load())} clips of 1024 samples at 8000 Hz, {len(files.held_out.load())} held out, "
        f"batch_size={len(files[0][0])}, labels=['folder']>"
    )
    tunes = km.datasets.midi_folder(midi_files, DataSpec(km.representations.PianoRoll()), held_out=0.25)
    n_pieces = len(list((midi_files / "good").iterdir()))
    held_out = repr(tunes.held_out)
    assert f"clips from {n_pieces - n_pieces // 4} pieces, {len(tunes.held_out.clips)} held out" in repr(tunes)
    assert f"{len(tunes.held_out.clips)} clips from {n_pieces // 4} pieces, 0 held out" in held_out
    assert repr(Clips(np.zeros((3, 4)), 2)) == "<Clips: 3 clips of shape (4,), 0 held out, batch_size=2>"


def test_earlier_names_warn():
    with pytest.warns(DeprecationWarning, match="detect_domain"):
        assert km.datasets.domain_of is km.datasets.detect_domain
    with pytest.warns(DeprecationWarning, match="Clips told.*conditions"):
        data = Clips(np.zeros((2, 4)), 2, labels={"pitch": [60, 61]}, told=Conditions([Pitch(48, 72)]))
    assert data.conditions["pitch"].tolist() == [60, 61]


@pytest.mark.backend
@pytest.mark.parametrize("kind", ["dataset", "array", "tf.data"])
def test_fit_takes_every_kind_of_data(gan, data, kind):
    x = data
    if kind == "array":
        x = data.clips
    elif kind == "tf.data":
        tf = pytest.importorskip("tensorflow")
        x = tf.data.Dataset.from_tensor_slices(data.clips).batch(8, drop_remainder=True)
    gan.fit(x, batch_size=8 if kind == "array" else None, verbose=0)
    assert int(gan.optimizer.iterations) >= len(data)
