from dataclasses import replace

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.datasets import make_drums, make_notes
from keras_musicgan.presets import DEFAULTS
from keras_musicgan.runs.choice import FRAME_COUNTS, choose_preset
from keras_musicgan.runs.request import TrainingRequest
from tests.support.audio_files import write


def folder_of(path, sounds, rate, names="{}.wav"):
    for index, sound in enumerate(sounds):
        write(path / names.format(index), sound, rate)
    return path


@pytest.fixture
def drums(tmp_path):
    sounds = make_drums(16, sample_rate=22_050, seed=1)[0]
    return folder_of(tmp_path / "drums", sounds, 22_050, "{}_x.wav")


def test_without_a_folder_an_instrument_learns_built_in_notes():
    config = TrainingRequest().config()
    assert config["preset"] == "notes" and config["overrides"]["representation"] == {"duration": 0.5}
    (pitch, _), (label, options) = config["overrides"]["conditions"]
    assert (pitch, label, options["names"]) == ("pitch", "label", ["pluck", "organ", "reed", "bell"])
    drums = TrainingRequest("drums").config()["overrides"]
    assert drums == {"conditions": [["label", {"names": ["kick", "tom", "snare", "hat"], "name": "drum"}]]}
    assert "conditions" not in TrainingRequest("drums", condition=["none"]).config()["overrides"]


def test_a_folder_of_midi_is_tunes_that_take_longer_than_built_in_ones(tmp_path):
    km.midi.write(tmp_path / "a.mid", km.datasets.compose(1)[0])
    choice = choose_preset(tmp_path)
    assert choice.preset == DEFAULTS["notes"] and "--preset" in choice.reason
    made = km.MusicGAN.from_preset(choice.preset, **choice.overrides)
    own = km.MusicGAN.from_preset(choice.preset)
    assert made.representation.steps > own.representation.steps and made.recipe["steps"] > own.recipe["steps"]


def test_tunes_get_their_own_metre_in_one_line_that_says_so(tmp_path):
    for index, each in enumerate(km.datasets.compose(3, seed=2)):
        waltz = each.where((each.start < 24) & (each.track == 0))
        km.midi.write(tmp_path / f"{index}.mid", replace(waltz, length=0, time_signatures=((0.0, 3, 4),)))
    choice = choose_preset(tmp_path)
    assert "3 of 3 tunes are in 3/4, melodies without chords" in choice.reason and "4 bars at a time" in choice.reason
    gan = km.MusicGAN.from_preset(choice.preset, **choice.overrides)
    assert gan.representation.roll_shape[::2] == (48, 1) and km.datasets.midi_folder(tmp_path, gan).n_clips > 0
    given = TrainingRequest(data=tmp_path, settings={"representation": {"metre": "4/4"}}).config()
    assert given["overrides"]["representation"]["metre"] == "4/4"


def test_drums_get_drums_in_one_line_that_says_why(drums):
    choice = choose_preset(drums)
    assert choice.preset == "drums" and "16 of 16 sounds are struck" in choice.reason
    assert "--preset" in choice.reason and "\n" not in choice.reason


def test_told_pitch_they_are_notes(drums):
    assert choose_preset(drums, labels="{pitch}_*").preset == "notes"
    assert choose_preset(drums, conditions=["pitch=40:50"]).preset == "notes"


@pytest.mark.parametrize(
    ("rate", "seconds"), [(4000, 0.4), (8000, 3.0), (11_025, 0.9), (22_050, 0.05), (22_050, 0.4), (48_000, 0.9)]
)
def test_clips_are_as_long_as_the_sounds_and_no_higher_than_their_rate(rate, seconds, tmp_path):
    noise = np.random.default_rng(0).normal(0, 0.1, (3, round(seconds * rate)))
    sounds = noise * 10 ** (-np.linspace(0, 28, noise.shape[1]) / 20)
    sounds[:, : rate // 100] *= 2
    choice = choose_preset(folder_of(tmp_path, sounds, rate))
    assert choice.preset == "drums"
    made = km.MusicGAN.from_preset(choice.preset, **choice.overrides).representation
    own = km.MusicGAN.from_preset(choice.preset).representation
    assert made.sample_rate == min(rate, own.sample_rate)
    assert made.encoded_shape[0] in FRAME_COUNTS
    wanted = np.clip(seconds, 0.5 * own.length / own.sample_rate, 2 * own.length / own.sample_rate)
    assert 0.9 * wanted <= made.length / made.sample_rate <= 1.3 * wanted
    assert 0.5 < (made.hop_length / made.sample_rate) / (own.hop_length / own.sample_rate) < 2


def test_labels_become_conditions_unless_others_are_asked_for(drums):
    labels = "{kind}_*"
    names = sorted(str(index) for index in range(16))
    request = TrainingRequest(data=drums, labels=labels)
    assert request.config()["overrides"]["conditions"] == [["label", {"names": names, "name": "kind"}]]
    assert "conditions" not in TrainingRequest(data=drums, labels=labels, condition=["none"]).model_overrides()
    given = TrainingRequest(data=drums, labels=labels, condition=["kind=1,2"]).model_overrides()
    assert given["conditions"][0][1]["names"] == ["1", "2"]


def test_what_is_set_by_hand_wins(drums):
    request = TrainingRequest(data=drums, settings={"representation": {"sample_rate": 8000}}, trim="none")
    config = request.config()
    assert config["overrides"]["representation"]["sample_rate"] == 8000 and config["dataset"]["trim"] == "none"
    assert TrainingRequest("wavegan-small", data=drums).config()["choice"] == ""


def test_notes_without_labels_are_notes(tmp_path):
    sounds = make_notes(16, sample_rate=16_000, seed=1)[0]
    assert choose_preset(folder_of(tmp_path, sounds, 16_000)).preset == "notes"


@pytest.mark.parametrize(("seconds", "cut"), [(0.4, "first"), (5.0, "random")])
def test_sounds_of_many_kinds_are_whole_where_they_fit_into_a_clip(seconds, cut, tmp_path):
    rng = np.random.default_rng(0)
    swelling = np.sin(np.linspace(0, np.pi, round(seconds * 8000))) * rng.normal(0, 0.1, (8, round(seconds * 8000)))
    choice = choose_preset(folder_of(tmp_path, swelling, 8000))
    assert choice.preset == "sounds" and ("beginning" in choice.reason) == (cut == "first")
    gan = km.MusicGAN.from_preset(choice.preset, **choice.overrides)
    assert gan.recipe["clip"] == km.datasets.audio_folder(tmp_path, gan).clip == cut
