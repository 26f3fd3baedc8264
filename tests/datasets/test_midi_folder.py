import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.datasets import Clips, NoUsableDataError
from tests.support.models import small_gan


def test_midi_folder_reads_the_good_and_reports_the_bad(midi_files):
    gan = small_gan("pianoroll")
    data = km.datasets.midi_folder(midi_files, gan, held_out=0.25, batch_size=2)
    assert set(data.skipped) == {"empty.mid", "text.mid", "truncated.mid", "drums.MID", "notes.txt"}
    assert "empty" in data.skipped["empty.mid"] and "drums" in data.skipped["drums.MID"]
    assert len(data.clips) > len(data.held_out.clips) > 0
    training = {clip.tobytes() for clip in data.clips}
    assert not training & {clip.tobytes() for clip in data.held_out.clips}
    again = km.datasets.midi_folder(midi_files, gan, held_out=0.25, batch_size=2)
    np.testing.assert_array_equal(data.clips, again.clips)
    np.testing.assert_array_equal(data[0][0], again[0][0])


def test_midi_folder_without_usable_files_is_named(tmp_path, midi_files):
    gan = small_gan()
    with pytest.raises(NotADirectoryError, match="nowhere"):
        km.datasets.midi_folder(tmp_path / "nowhere", gan)
    (tmp_path / "none").mkdir()
    with pytest.raises(NoUsableDataError, match="none, which holds none"):
        km.datasets.midi_folder(tmp_path / "none", gan)
    for file in (midi_files / "good").iterdir():
        file.unlink()
    with pytest.raises(NoUsableDataError, match="5 skipped.*empty.mid"):
        km.datasets.midi_folder(midi_files, gan)


def test_wrong_options_are_named(midi_files):
    gan = small_gan()
    for options in ({"held_out": 1.0}, {"held_out": -0.1}, {"transpose": -1}, {"batch_size": 0}):
        (name,) = options
        with pytest.raises(ValueError, match=name):
            km.datasets.midi_folder(midi_files, gan, **options)
    with pytest.raises(ValueError, match="at least one clip"):
        Clips(np.zeros((0, 4)), 2)


def test_transposition_changes_every_epoch(midi_files):
    gan = small_gan("pianoroll")
    data = km.datasets.midi_folder(midi_files, gan, transpose=3, batch_size=4)
    before = data[0][0]
    np.testing.assert_array_equal(before, data[0][0])
    data.epoch = 1
    data.on_epoch_begin()
    assert not np.array_equal(before, data[0][0])
    plain = km.datasets.midi_folder(midi_files, gan, batch_size=4)[0][0]
    assert before.sum() == plain.sum() and not np.array_equal(before, plain)


@pytest.mark.data
@pytest.mark.slow
def test_real_tunes(nottingham):
    gan = small_gan("pianoroll")
    data = km.datasets.midi_folder(nottingham, gan)
    assert len(data.clips) > 10_000 and len(data.held_out.clips) > 1_000
    assert len(data.skipped) == 492 and data.skipped["LICENSE.md"] == "not MIDI"
    assert sum("metre" in reason for reason in data.skipped.values()) == 477
