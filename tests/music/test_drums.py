import numpy as np
import pytest

from keras_musicgan.music.drums import KINDS, SUBSTITUTES, drum_kind, drum_name, nearest_drums, ringing_seconds


def test_names_stand_at_their_pitches_of_general_midi():
    names = {35: "Acoustic Bass Drum", 38: "Acoustic Snare", 42: "Closed Hi-Hat", 46: "Open Hi-Hat", 56: "Cowbell"}
    names |= {64: "Low Conga", 75: "Claves", 81: "Open Triangle", 34: "drum 34", 82: "drum 82"}
    assert {pitch: drum_name(pitch) for pitch in names} == names


def test_every_drum_has_a_kind():
    assert all(drum_kind(drum_name(pitch)) for pitch in range(35, 82))
    assert set(SUBSTITUTES) | {kind for kinds in SUBSTITUTES.values() for kind in kinds} <= set(KINDS)


@pytest.mark.parametrize(
    ("kind", "names"),
    {
        "kick": ["kick", "Kick_01", "bd", "BD808", "bass drum", "bassdrum", "kicks", "KickDrum"],
        "snare": ["snare", "SD", "sn_dolf", "snare_drum", "Snares"],
        "rim": ["rim", "rimshot", "side-stick", "snare rim"],
        "hihat": ["hat", "hi-hat", "HiHat", "hihat_closed", "openhat", "closed hat", "CH", "oh", "hats"],
        "tom": ["tom", "LT", "floor tom", "low_toms", "hightom"],
        "cymbal": ["cymbal", "crash", "Ride", "china", "crashes", "splash cymbal"],
        "clap": ["clap", "handclap", "CP"],
        "percussion": ["percussion", "perc_bell"],
        None: ["flute", "chord", "that", "shirt", "bass", "1", ""],
    }.items(),
)
def test_names_of_kinds_in_any_spelling(kind, names):
    assert {name: drum_kind(name) for name in names} == dict.fromkeys(names, kind)


def test_a_kit_of_four_drums_plays_what_it_can():
    kit = nearest_drums(["kick", "snare", "hat", "tom"])
    own = {35: "kick", 36: "kick", 38: "snare", 40: "snare", 42: "hat", 44: "hat", 46: "hat", 41: "tom", 50: "tom"}
    assert {pitch: kit[pitch] for pitch in own} == own
    assert [kit.get(pitch) for pitch in (39, 49, 62, 56, 71)] == ["snare", "hat", "tom", None, None]
    assert nearest_drums(["flute", "oboe"]) == {}


def test_variants_are_told_apart_and_the_plainest_name_stands_for_the_others():
    kit = nearest_drums(["OH", "CH", "low tom", "tom", "ride", "cymbal", "high conga", "conga"])
    expected = {42: "CH", 44: "CH", 46: "OH", 41: "low tom", 45: "low tom", 50: "tom", 51: "ride", 59: "ride"}
    expected |= {49: "cymbal", 55: "cymbal", 63: "high conga", 64: "conga"}
    assert {pitch: kit[pitch] for pitch in expected} == expected


def test_a_drum_rings_until_one_of_its_group_begins():
    starts = np.array([1.0, 0.0, 0.5, 0.5, 1.5, 0.0])
    pitches = np.array([44, 46, 42, 46, 38, 80])
    seconds = ringing_seconds(starts, pitches)
    assert seconds.tolist() == [np.inf, 0.5, 0.5, 0.5, np.inf, np.inf]
