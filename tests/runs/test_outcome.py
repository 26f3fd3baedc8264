import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.datasets import compose
from keras_musicgan.generation.continuous import continuous_notes
from keras_musicgan.music import audio, midi
from keras_musicgan.runs.outcome import write_outcome

SMALL = {"width": 8, "finest_width": 4}
CLIPS = {"length": 2048, "sample_rate": 8000, "n_fft": 128, "hop_length": 64}


def toy_instrument(high):
    gan = km.MusicGAN.from_preset(
        "notes", conditions=[km.Pitch(60, high)], generator=SMALL, discriminator=SMALL, representation=CLIPS
    )
    gan.conditions.remembered.assign(np.full(gan.conditions.remembered.shape, 60.0))
    return gan


def test_a_model_with_pitch_plays_a_tune_and_has_a_keyboard(tmp_path):
    wav, score, page = write_outcome(toy_instrument(71), tmp_path / "outcome", "mine", seed=3)
    samples, rate = audio.read(wav)
    tune = midi.read(score)
    assert rate == 8000 and len(samples) / rate > tune.seconds and np.abs(samples).max() > 0
    assert sorted(tune.pitch) == sorted(compose(1, seed=3, bars=8)[0].pitch)
    assert "mine" in page.read_text() and {each.name for each in (tmp_path / "outcome").iterdir()} == {
        *("tune.wav", "tune.mid", "page")
    }


@pytest.mark.parametrize(("drums", "files"), [(True, 3), (False, 1)])
def test_drums_play_a_backbeat_and_other_sounds_have_pads_alone(drums, files, tmp_path):
    gan = km.MusicGAN.from_preset("drums", generator=SMALL, discriminator=SMALL, representation=CLIPS)
    (tmp_path / "outcome").mkdir()
    (tmp_path / "outcome" / "tune.wav").write_bytes(b"of an earlier run")
    paths = write_outcome(gan, tmp_path / "outcome", "mine", drums=drums)
    assert len(paths) == files == len(list((tmp_path / "outcome").iterdir()))
    if drums:
        assert np.abs(audio.read(paths[0])[0]).max() > 0
        assert [track.is_drum for track in midi.read(paths[1]).tracks] == [False, False, True]


def test_less_than_an_octave_has_a_keyboard_alone(tmp_path):
    paths = write_outcome(toy_instrument(70), tmp_path / "outcome", "mine")
    assert paths == [tmp_path / "outcome" / "page" / "index.html"]


def test_models_of_notes_compose_a_tune_that_the_models_of_the_package_play(tmp_path):
    gan = km.MusicGAN.from_preset("lecture", latent_dim=4)
    wav, score = write_outcome(gan, tmp_path / "outcome", "mine", seed=3)
    tune = midi.read(score)
    samples, rate = audio.read(wav)
    assert [track.is_drum for track in tune.tracks] == [False, True] and tune.seconds >= 16
    own = tune.pitch[tune.track == 0]
    np.testing.assert_array_equal(own, continuous_notes(gan, 16.0, 3).pitch)
    assert len(samples) / rate > 16 and np.abs(samples).max() > 0.1
    assert {each.name for each in (tmp_path / "outcome").iterdir()} == {"tune.wav", "tune.mid"}
