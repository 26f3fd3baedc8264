import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.datasets.keys import SCALE, TONICS, estimate_key, to_tonic
from keras_musicgan.music.notes import Notes, Track
from tests.support.models import small_gan


def outside(tune, tonic="C"):
    """Share of the notes outside the major scale of a tonic."""
    return np.mean(~np.isin((tune.pitch - TONICS.index(tonic)) % 12, SCALE))


@pytest.mark.parametrize("tonic", ["C", "E", "F#"])
def test_every_built_in_tune_is_moved_to_one_scale(tonic):
    tunes = km.datasets.compose(24, seed=5, bars=16)
    moved = [to_tonic(tune, estimate_key(tune), tonic) for tune in tunes]
    assert np.mean([outside(tune, tonic) for tune in tunes]) > 0.2
    assert np.mean([outside(piece, tonic) for piece, _ in moved]) < 0.01
    assert all(len(set(piece.pitch - tune.pitch)) == 1 for (piece, _), tune in zip(moved, tunes, strict=True))
    assert max(np.abs(piece.pitch - tune.pitch).max() for (piece, _), tune in zip(moved, tunes, strict=True)) <= 6
    assert {key.split(" ")[1] for _, key in moved} == {"major", "minor"}


def test_a_written_key_counts_unless_the_notes_contradict_it():
    chord = Notes([0, 0, 0], [4, 4, 4], [57, 60, 64])  # A minor, or without its fifth C major
    assert to_tonic(chord, "A minor", "C")[1] == "A minor" and to_tonic(chord, "C major", "C")[1] == "C major"
    scale = Notes(range(8), [1] * 8, [62, 64, 66, 67, 69, 71, 73, 74], keys=((0.0, "C major"),))
    piece, key = to_tonic(scale, "C major", "C")
    assert key == "C major" and piece.pitch[0] == 60 and piece.keys == ()


def test_drums_stay_and_pitches_stay_midi():
    tracks = (Track("melody"), Track("drums", is_drum=True))
    piece, _ = to_tonic(Notes([0, 1], [1, 1], [126, 38], track=[0, 1], tracks=tracks), "F# major", "C")
    assert piece.pitch.tolist() == [120, 38]


def test_the_recipe_names_the_tonic_and_more_special_wishes_win():
    gan = small_gan("pianoroll", recipe={"tonic": "C"})
    keys = {name: set(data.labels["key"]) for name, data in {
        "recipe": km.datasets.melodies(16, gan, held_out=0.0),
        "other": km.datasets.melodies(16, gan, held_out=0.0, tonic="D"),
        "none": km.datasets.melodies(16, gan, held_out=0.0, tonic="none"),
        "transposed": km.datasets.melodies(16, gan, held_out=0.0, transpose=3),
    }.items()}  # fmt: skip
    assert keys["recipe"] == {"C major", "A minor"} and keys["other"] == {"D major", "B minor"}
    assert len(keys["none"]) > 6 and keys["none"] == keys["transposed"]
    keyed = small_gan("pianoroll", conditions=[km.Label(["C major", "G major"], name="key")], recipe={"tonic": "C"})
    assert set(km.datasets.melodies(32, keyed, held_out=0.0).labels["key"]) == {"C major", "G major"}
    with pytest.raises(ValueError, match="conditioned on `key` needs pieces in many keys"):
        km.datasets.melodies(32, keyed, tonic="C")
    with pytest.raises(ValueError, match="tonic"):
        km.datasets.melodies(4, gan, tonic="H")
