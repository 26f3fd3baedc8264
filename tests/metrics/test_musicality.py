import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan import metrics
from keras_musicgan.metrics.musicality import SCALES
from tests.support.models import small_gan


@pytest.fixture
def clip():
    """One synthetic clip `[64, 60, 2]`."""
    return km.datasets.melodies(3, small_gan("pianoroll"), seed=2).clips[0]


def as_muspy(roll, low):
    muspy = pytest.importorskip("muspy")
    whole = np.zeros((len(roll), 128), np.uint8)
    whole[:, low : low + roll.shape[1]] = roll
    return muspy.from_pianoroll_representation(whole * 100, resolution=4, encode_velocity=True)


def test_agrees_with_muspy(clip):
    muspy = pytest.importorskip("muspy")
    for track in (0, 1):
        roll = clip[:, :, track]
        music = as_muspy(roll, low=36)
        assert metrics.polyphony(roll) == pytest.approx(muspy.polyphony(music))
        pitches = [note.pitch for note in music.tracks[0].notes]
        assert metrics.in_scale_rate(pitches) == pytest.approx(muspy.scale_consistency(music))
        assert len(pitches) == round(metrics.notes_per_bar(roll, 16) * 4)
        assert metrics.empty_bar_rate(roll, 64) == 0
        assert metrics.pitches_per_bar(roll, 64) == muspy.n_pitches_used(music)
        assert metrics.pitch_classes_per_bar(roll, 64) == muspy.n_pitch_classes_used(music)
    roll = clip[:, :, 0].copy()
    roll[15:32] = roll[63:] = 0  # muspy counts a note into the measure that begins where it ends
    music = as_muspy(roll, low=36)
    assert metrics.empty_bar_rate(roll, 16) == pytest.approx(muspy.empty_measure_rate(music, 16))


def test_known_answers():
    roll = np.zeros((8, 12), np.uint8)
    roll[0:4, 0] = 1  # a note of four steps
    roll[2:3, 4] = 1  # a note of one step above it
    assert metrics.polyphony(roll) == 5 / 4
    assert metrics.notes_per_bar(roll, 4) == 1.0
    assert metrics.pitches_per_bar(roll, 4) == 1.0
    assert metrics.empty_bar_rate(roll, 4) == 0.5
    assert metrics.qualified_note_rate(roll, 2) == 0.5
    assert metrics.pitch_classes_per_bar(np.tile(roll, 2), 4) == metrics.pitch_classes_per_bar(roll, 4) == 1.0
    assert metrics.in_scale_rate([60, 61, 62, 63]) == 0.75
    assert np.isnan(metrics.in_scale_rate([])) and np.isnan(metrics.polyphony(np.zeros((4, 4))))
    with pytest.raises(ValueError, match="whole bars"):
        metrics.notes_per_bar(roll, 3)
    assert len(SCALES) == 24 and (SCALES.sum(axis=1) == 7).all()


def test_tonal_distance_follows_the_circle_of_fifths():
    triads = {root: np.eye(12)[[root % 12, (root + 4) % 12, (root + 7) % 12]].sum(axis=0) for root in range(12)}
    assert metrics.tonal_distance(triads[0], triads[0] * 3) == pytest.approx(0, abs=1e-12)
    fifth, tritone = (metrics.tonal_distance(triads[0], triads[root]) for root in (7, 6))
    assert 0 < fifth < tritone
    for bad in (np.zeros(12), np.ones(11)):
        with pytest.raises(ValueError, match="12 numbers with a positive sum"):
            metrics.tonal_distance(bad, triads[0])


def test_tonal_distance_of_tracks_is_the_mean_over_bars_in_which_both_sound():
    rolls = np.zeros((1, 12, 24, 3), bool)  # three bars of four steps
    rolls[0, :, [0, 4, 7], 0] = True  # C major throughout
    rolls[0, :4, [12, 16, 19], 1] = True  # C major an octave above, then F sharp major, then nothing
    rolls[0, 4:8, [6, 10, 13], 1] = True
    root = np.eye(12)[[0, 4, 7]].sum(axis=0)
    expected = metrics.tonal_distance(root, np.roll(root, 6)) / 2
    assert metrics.musicality(rolls, 4)["tonal_distance"] == pytest.approx(expected)
    higher = np.roll(rolls, 5, axis=2)
    assert metrics.musicality(higher, 4)["tonal_distance"] == pytest.approx(expected), "whatever the lowest pitch"
    assert np.isnan(metrics.musicality(rolls[..., :1], 4)["tonal_distance"])


def test_table_finds_planted_faults(clip):
    clips = np.stack([clip, np.roll(clip, 1, axis=1), np.roll(clip, 2, axis=1)])
    sound = km.metrics.musicality(clips, 16)
    assert sound["duplicate_rate"] == 0 and sound["empty_bar_rate"] == 0
    assert sound["in_scale_rate"] == 1.0 and 2.9 < sound["chord_polyphony"] <= 3.0
    noise = np.random.default_rng(0).random(clips.shape) < 0.05
    assert km.metrics.musicality(noise, 16)["in_scale_rate"] < 0.75
    silent = clips.copy()
    silent[:, :16] = 0
    assert km.metrics.musicality(silent, 16)["empty_bar_rate"] == 0.25
    assert 0.9 < sound["qualified_note_rate"] <= 1.0 and km.metrics.musicality(noise, 16)["qualified_note_rate"] < 0.1
    assert sound["pitch_classes_per_bar"] < km.metrics.musicality(noise, 16)["pitch_classes_per_bar"]
    assert sound["tonal_distance"] > 0
    assert km.metrics.musicality(clips[[0, 0, 0, 1]], 16)["duplicate_rate"] == 0.5
    assert km.metrics.copy_rate(clips, clips[:1]) == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="shape"):
        km.metrics.musicality(clips[0], 16)
