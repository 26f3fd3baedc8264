import numpy as np
import pytest

from keras_musicgan import datasets
from keras_musicgan.embeddings import musical_statistics
from keras_musicgan.music.notes import Notes, Track


def test_statistics_of_a_known_piece(two_tracks):
    found = musical_statistics(two_tracks)
    # C major: C three times, D once, E and F twice, G once.
    assert found["pitch_classes"][[0, 2, 4, 5, 7]] == pytest.approx(np.array([3, 1, 2, 2, 1]) / 9)
    # The highest notes: 72 74 76 77 77 72.
    np.testing.assert_allclose(found["melodic_intervals"], [0.2, 0.6, 0, 0.2, 0])
    assert found["mean_pitch"] == pytest.approx((72 + 74 + 76 + 77 + 77 + 48 + 52 + 55 + 72) / 9)
    assert found["rising_share"] == pytest.approx(3 / 4)
    assert found["range_semitones"] == 29 and found["silent_share"] == 0
    assert found["notes_per_beat"] == pytest.approx(9 / 8)
    assert found["polyphony"] == pytest.approx((4 + 24 + 4) / 8)
    assert found["onsets_in_bar"] == pytest.approx(np.array([5, 3, 1, 0, 0]) / 9)
    assert found["note_lengths"] == pytest.approx(np.array([0, 2, 3, 0, 4]) / 9)


def test_intervals_between_notes_that_sound_together():
    # C4 for 4 beats; E4 over its first two, B4 over its last one; F#5 after all of them.
    notes = Notes(start=[0, 0, 3, 4], duration=[4, 2, 1, 1], pitch=[60, 64, 71, 78])
    np.testing.assert_allclose(musical_statistics(notes)["harmonic_intervals"], [0, 2 / 3, 0, 1 / 3])
    fifth_and_octave = Notes(start=[0, 0, 0], duration=[1, 1, 1], pitch=[60, 67, 72])
    np.testing.assert_allclose(musical_statistics(fifth_and_octave)["harmonic_intervals"], [1 / 3, 0, 2 / 3, 0])


def test_onsets_in_the_bars_of_a_metre():
    waltz = Notes(np.arange(12) * 0.75, np.full(12, 0.5), np.full(12, 60), time_signatures=((0.0, 3, 4),))
    np.testing.assert_allclose(musical_statistics(waltz)["onsets_in_bar"], [0.25, 0, 0.25, 0.5, 0])
    triplets = Notes(np.arange(12) / 3, np.full(12, 0.3), np.full(12, 60))
    np.testing.assert_allclose(musical_statistics(triplets)["onsets_in_bar"], np.array([1, 3, 0, 0, 8]) / 12)
    jig = Notes(np.arange(6) / 2, np.full(6, 0.5), np.full(6, 60), time_signatures=((0.0, 6, 8),))
    np.testing.assert_allclose(musical_statistics(jig)["onsets_in_bar"], np.array([1, 5, 0, 0, 0]) / 6)


def test_bars_are_counted_from_each_metre_on():
    metres = ((0.0, 4, 4), (6.0, 3, 4))  # a bar and a half of 4/4, then bars at beats 6, 9 and 12
    piece = Notes(np.arange(15), np.ones(15), np.full(15, 60), time_signatures=metres)
    np.testing.assert_allclose(musical_statistics(piece)["onsets_in_bar"], np.array([5, 10, 0, 0, 0]) / 15)
    upbeat = Notes(np.arange(1, 13), np.ones(12), np.full(12, 60), time_signatures=((1.0, 3, 4),))
    np.testing.assert_allclose(musical_statistics(upbeat)["onsets_in_bar"], np.array([4, 8, 0, 0, 0]) / 12)


def test_transposing_moves_the_mean_pitch_and_nothing_else():
    (tune,) = datasets.compose(1, seed=4, bars=8)
    higher = Notes(tune.start, tune.duration, tune.pitch + 5, tune.velocity, tune.track, tune.tempo, tune.tracks)
    found, moved = musical_statistics(tune), musical_statistics(higher)
    for name, values in found.items():
        assert np.allclose(values, moved[name]) == (name != "mean_pitch"), name


def test_pieces_without_notes_or_pitches():
    silent = musical_statistics(Notes([], [], [], length=16.0))
    assert silent["silent_share"] == 1
    assert all(not values.any() for name, values in silent.items() if name not in ("silent_share", "mean_pitch"))
    assert silent["mean_pitch"] == 60
    kit = Notes([0, 1], [0.5, 0.5], [36, 38], tracks=(Track("kit", 0, is_drum=True),), length=4.0)
    found = musical_statistics(kit)
    assert found["onsets_in_bar"][[0, 1]] == pytest.approx([0.5, 0.5]) and not found["pitch_classes"].any()
    assert found["silent_share"] == pytest.approx(0.75)
