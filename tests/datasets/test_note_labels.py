"""Labels of pieces of notes, and models that are conditioned on them."""

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.datasets.note_labels import piece_labels
from keras_musicgan.music.notes import Notes
from tests.support.models import small_gan, toy_gan


def test_rolls_are_conditioned_on_tempo_and_mode():
    gan = toy_gan("rolls", [km.Tempo(90, 140), km.Label(["major", "minor"], name="mode")])
    gan.compile(run_eagerly=True)
    data = km.datasets.melodies(2, gan, batch_size=16)
    gan.fit(data, epochs=1, verbose=0)
    slow, fast = gan.generate_notes(tempo=[90, 135], mode="minor", seed=1)
    assert (slow.tempo, fast.tempo) == (90, 135)
    audio = gan.generate(tempo=[90, 135], mode="minor", seed=1)
    assert audio.shape[1] == len(km.synth.render(slow, 8000)) > len(km.synth.render(fast, 8000))
    with pytest.raises(ValueError, match="moves with transposition"):
        keyed = small_gan("pianoroll", conditions=[km.Label(["C major"], name="key")])
        km.datasets.melodies(12, keyed, transpose=2)


def test_pieces_out_of_range_are_left_out_and_named():
    gan = small_gan("pianoroll", conditions=[km.Tempo(100, 120)])
    data = km.datasets.melodies(40, gan, held_out=0.0)
    tempos = [tune.tempo for tune in km.datasets.compose(40, 0)]
    assert len(data.skipped) == sum(not 100 <= tempo <= 120 for tempo in tempos) > 0
    assert all("`tempo` must be a number from 100 to 120" in reason for reason in data.skipped.values())
    assert data.conditions["tempo"].min() >= 100


def test_the_key_of_synthetic_tunes():
    # A tune of `compose` ends on the tonic in the bass; the estimate must agree for most.
    tunes = km.datasets.compose(60, seed=4, bars=16)
    tonics = [int(tune.pitch[tune.track == 1][-3]) % 12 for tune in tunes]
    names = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
    right = [piece_labels(tune)["key"].split()[0] == names[tonic] for tune, tonic in zip(tunes, tonics, strict=True)]
    assert np.mean(right) > 0.8


@pytest.mark.data
def test_the_metre_of_a_waltz(nottingham):
    waltz = km.midi.read(next(iter(sorted(nottingham.glob("*waltz*.mid")))))
    assert piece_labels(waltz)["metre"] == "3/4"


def test_labels_follow_what_is_written():
    scale = {"start": np.arange(8), "duration": np.ones(8), "pitch": np.array([62, 64, 66, 67, 69, 71, 73, 74])}
    assert piece_labels(Notes(**scale))["key"] == "D major"
    written = Notes(
        **scale,
        tempo=60,
        tempo_changes=((4.0, 120.0),),
        time_signatures=((0.0, 1, 4), (1.0, 3, 4)),
        keys=((0.0, "C major"), (2.0, "C# minor")),
    )
    labels = piece_labels(written)
    assert labels == {"tempo": 80.0, "metre": "3/4", "key": "Db minor", "mode": "minor"}
