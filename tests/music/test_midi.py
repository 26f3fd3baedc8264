import numpy as np
import pytest
import symusic

from keras_musicgan import midi


def test_midi_round_trip_keeps_everything(two_tracks, tmp_path):
    midi.write(tmp_path / "new" / "song.mid", two_tracks)
    back = midi.read(tmp_path / "new" / "song.mid")
    order = np.lexsort((two_tracks.pitch, two_tracks.start, two_tracks.track))
    back_order = np.lexsort((back.pitch, back.start, back.track))
    for column in ("start", "duration", "pitch", "velocity", "track"):
        expected, got = getattr(two_tracks, column)[order], getattr(back, column)[back_order]
        np.testing.assert_allclose(got, expected, atol=1e-9)
    assert back.tempo == pytest.approx(100.0, abs=1e-3)
    assert back.tracks == two_tracks.tracks
    assert back.time_signatures == ((0.0, 4, 4),)


def test_files_open_in_another_program(two_tracks, tmp_path):
    """muspy reads MIDI through mido, a parser of its own."""
    muspy = pytest.importorskip("muspy")
    midi.write(tmp_path / "song.mid", two_tracks)
    music = muspy.read_midi(tmp_path / "song.mid", backend="mido")
    assert [track.program for track in music.tracks] == [73, 0]
    assert music.tempos[0].qpm == pytest.approx(100, abs=1e-3)
    seconds = max(note.end for track in music.tracks for note in track.notes) / music.resolution * 60 / 100
    assert seconds == pytest.approx(two_tracks.seconds)
    assert sorted(note.pitch for note in music.tracks[0].notes) == sorted(two_tracks.of_track(0).pitch)


def test_reads_a_real_tune(nottingham):
    tune = midi.read(nottingham / "reelsu-z23.mid")
    assert tune.start[:3].tolist() == [3.0, 3.5, 4.0] and tune.pitch[:3].tolist() == [66, 67, 69]
    assert (tune.tempo, tune.time_signatures, len(tune.tracks)) == (120.0, ((0.0, 4, 4),), 2)


def test_first_tempo_and_metre_changes(tmp_path):
    score = symusic.Score(480)
    score.tempos.append(symusic.Tempo(0, 90.0))
    score.tempos.append(symusic.Tempo(960, 140.0))
    score.time_signatures.append(symusic.TimeSignature(0, 6, 8))
    score.time_signatures.append(symusic.TimeSignature(1440, 3, 4))
    score.tracks.append(symusic.Track("x", 5, False))
    score.tracks[0].notes.append(symusic.Note(480, 240, 60, 99))
    score.dump_midi(tmp_path / "x.mid")
    tune = midi.read(tmp_path / "x.mid")
    assert tune.tempo == pytest.approx(90, abs=1e-3)
    assert tune.time_signatures == ((0.0, 6, 8), (3.0, 3, 4))
    assert (tune.start[0], tune.duration[0], tune.velocity[0]) == (1.0, 0.5, 99)


def test_bad_files_are_named(midi_files):
    for name, message in {
        "empty.mid": "not be empty.*empty.mid",
        "text.mid": "MThd.*text.mid",
        "truncated.mid": "whole.*truncated.mid",
    }.items():
        with pytest.raises(midi.MidiError, match=message):
            midi.read(midi_files / name)
    with pytest.raises(FileNotFoundError, match="nowhere.mid"):
        midi.read(midi_files / "nowhere.mid")
    symusic.Score(480).dump_midi(midi_files / "silent.mid")
    with pytest.raises(midi.MidiError, match="at least one note.*silent.mid"):
        midi.read(midi_files / "silent.mid")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\xff\x51\x03", b"\xff\x51\x03\x00\x00\x00"),  # no time per beat
        (b"\xff\x58\x04", b"\xff\x58\x04\x04\xff\x18\x08"),  # a metre of 4 over 2 to the 255th
        (b"MThd\x00\x00\x00\x06", None),  # no ticks per beat
    ],
)
def test_senseless_numbers_never_end_a_scan(old, new, two_tracks, tmp_path):
    midi.write(tmp_path / "good.mid", two_tracks)
    content = bytearray((tmp_path / "good.mid").read_bytes())
    first = content.index(old)
    if new is None:
        content[12:14] = b"\x00\x00"
    else:
        content[first : first + len(new)] = new
    (tmp_path / "bad.mid").write_bytes(content)
    try:
        notes = midi.read(tmp_path / "bad.mid")
    except midi.MidiError as error:
        assert "bad.mid" in str(error)
    else:
        assert all(denominator > 0 for _, _, denominator in notes.time_signatures)
        assert np.isfinite(notes.tempo) and notes.length < midi.LONGEST_BEATS
