import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan import Pitch
from keras_musicgan.conditions import Conditions
from keras_musicgan.datasets import Clips, DataSpec, NoUsableDataError, compose
from keras_musicgan.metrics import in_scale_rate
from keras_musicgan.representations import Waveform
from tests.support.models import small_gan


def test_synthetic_tunes_are_in_key_in_metre_and_close():
    for tune in compose(30, seed=9):
        assert in_scale_rate(tune.pitch) == 1.0
        melody, chords = tune.of_track(0), tune.of_track(1)
        np.testing.assert_allclose(melody.start[1:], (melody.start + melody.duration)[:-1])
        assert tune.length == 128 and (chords.duration == 4).all()
        last_chord = set(chords.pitch[-3:] % 12)
        assert melody.pitch[-1] % 12 in last_chord and melody.duration[-1] == 2
        strong = melody.start % 2 == 0
        bar_of = {bar: set(chords.pitch[chords.start == 4 * bar] % 12) for bar in range(32)}
        fits = [
            pitch % 12 in bar_of[start // 4]
            for pitch, start in zip(melody.pitch[strong], melody.start[strong], strict=True)
        ]
        assert np.mean(fits) > 0.95
        assert chords.pitch.min() >= 43 and melody.pitch.max() <= 100


def test_synthetic_tunes_depend_on_the_seed_alone():
    few, many = compose(2, seed=4), compose(5, seed=4)
    np.testing.assert_array_equal(few[1].pitch, many[1].pitch)
    assert not np.array_equal(few[0].pitch[:40], few[1].pitch[:40])
    assert len({tuple(tune.pitch[:30]) for tune in compose(100, seed=1)}) == 100
    for name in ("n", "bars"):
        with pytest.raises(ValueError, match=name):
            compose(**{"n": 1, name: 0})


def test_midi_folder_reads_the_good_and_reports_the_bad(midi_files):
    gan = small_gan("pianoroll")
    data = km.datasets.midi_folder(midi_files, gan, held_out=0.25, batch_size=2)
    assert set(data.skipped) == {"empty.mid", "text.mid", "truncated.mid", "drums.MID"}
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
    with pytest.raises(NoUsableDataError, match="4 skipped.*empty.mid"):
        km.datasets.midi_folder(midi_files, gan)


def test_both_sides_of_a_split_hold_something():
    gan = small_gan()
    for share in (0.05, 0.95):
        data = km.datasets.melodies(2, gan, held_out=share, batch_size=2)
        assert len(data.clips) and len(data.held_out.clips)
    assert km.datasets.melodies(2, gan, held_out=0.0).held_out is None


def test_wrong_options_are_named(midi_files):
    gan = small_gan()
    for options in ({"held_out": 1.0}, {"held_out": -0.1}, {"transpose": -1}, {"batch_size": 0}):
        (name,) = options
        with pytest.raises(ValueError, match=name):
            km.datasets.midi_folder(midi_files, gan, **options)
    with pytest.raises(ValueError, match="at least one clip"):
        Clips(np.zeros((0, 4)), 2)


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


@pytest.mark.backend
@pytest.mark.parametrize("kind", ["dataset", "array", "tf.data"])
def test_fit_takes_every_kind_of_data(kind):
    gan = small_gan()
    gan.compile()
    data = km.datasets.melodies(6, gan, batch_size=8)
    x = data
    if kind == "array":
        x = data.clips
    elif kind == "tf.data":
        tf = pytest.importorskip("tensorflow")
        x = tf.data.Dataset.from_tensor_slices(data.clips).batch(8, drop_remainder=True)
    gan.fit(x, batch_size=8 if kind == "array" else None, verbose=0)
    assert int(gan.optimizer.iterations) >= len(data)


def test_real_tunes(nottingham):
    gan = small_gan("pianoroll")
    data = km.datasets.midi_folder(nottingham, gan)
    assert len(data.clips) > 10_000 and len(data.held_out.clips) > 1_000
    assert len(data.skipped) == 499
    assert sum("metre" in reason for reason in data.skipped.values()) == 494
