import librosa
import numpy as np
import pytest

from keras_musicgan import synth
from keras_musicgan.music.notes import Notes, Track

RATE = 22050


def notebook_loop(pitches, seconds, sample_rate):
    """The assignment's synthesizer as it stands in the notebook, sample by sample."""
    data = []
    for note in pitches:
        hz = 440.0 * (2.0 ** ((note - 69.0) / 12.0))
        for i in range(int(sample_rate * seconds)):
            data.append(int(32767 * np.sin(2 * np.pi * hz * (i / sample_rate))))
    return np.array(data)


def line(pitches, beats=0.5, **options):
    n = len(pitches)
    options = {"tempo": 60.0, "velocity": np.full(n, 127), **options}
    return Notes(np.arange(n) * beats, np.full(n, beats), pitches, **options)


def test_sine_without_envelope_equals_the_notebook():
    pitches = [60, 64, 67, 72]
    audio = synth.render(line(pitches), RATE, "sine", envelope=False, continuous_phase=False, level=1.0)
    expected = notebook_loop(pitches, 0.5, RATE) / 32767
    assert audio.shape == (len(expected), 1)
    assert np.abs(audio[:, 0] - expected).max() <= 1 / 32767 + 1e-6


@pytest.mark.parametrize("timbre", synth.TIMBRES)
@pytest.mark.parametrize("pitch", [48, 69, 84])
def test_heard_pitch_is_asked_pitch(timbre, pitch):
    audio = synth.render(line([pitch], beats=1.0), RATE, timbre)[:, 0]
    f0_hz = np.nanmedian(librosa.yin(audio[: RATE // 2], fmin=60, fmax=2000, sr=RATE))
    assert 12 * np.log2(f0_hz / synth.frequency(pitch)) == pytest.approx(0, abs=0.3)


def test_phase_is_continuous_from_note_to_note():
    melody = line([60, 67, 61, 70])
    through = synth.render(melody, RATE, "sine", envelope=False)[:, 0]
    restarted = synth.render(melody, RATE, "sine", envelope=False, continuous_phase=False)[:, 0]
    steepest = synth.MIX_LEVEL * 2 * np.pi * synth.frequency(70) / RATE  # of the highest sine itself
    assert np.abs(np.diff(through)).max() <= steepest * 1.01
    assert np.abs(np.diff(restarted)).max() > 2 * steepest


def test_no_clicks_at_begin_and_end():
    audio = synth.render(line([60]), RATE, "organ")[:, 0]
    assert abs(audio[0]) < 1e-3 and abs(audio[-1]) < 1e-3
    length = 0.5 + synth.TIMBRES["organ"].release
    assert len(audio) == pytest.approx(length * RATE, abs=1)


def test_polyphony_is_the_sum_of_its_notes_and_never_clips():
    chord = Notes([0, 0, 0], [1, 1, 1], [60, 64, 67], tempo=60.0)
    alone = [synth.render(Notes([0], [1], [pitch], tempo=60.0), RATE) for pitch in chord.pitch]
    np.testing.assert_allclose(synth.render(chord, RATE), np.sum(alone, axis=0), atol=1e-5)
    cluster = Notes(np.zeros(40), np.ones(40), np.arange(40, 80), np.full(40, 127), tempo=60.0)
    assert np.abs(synth.render(cluster, RATE)).max() == pytest.approx(1.0, abs=1e-6)


def test_velocity_scales_and_partials_stay_below_half_the_rate():
    loud, soft = (synth.render(line([69], velocity=np.array([v])), RATE, "sine") for v in (127, 64))
    np.testing.assert_allclose(soft, loud * 64 / 127, atol=1e-6)
    audio = synth.render(line([100], beats=1.0), 8000, "strings")[:, 0]  # 2,637 Hz: only the first partial fits
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    hz = np.fft.rfftfreq(len(audio), 1 / 8000)
    near = np.abs(hz - synth.frequency(100)) < 100
    assert spectrum[~near].max() < 0.01 * spectrum[near].max()
    assert not synth.render(line([115]), 8000, "piano").any()  # 6,272 Hz: not even the first fits


def test_programs_choose_timbres_and_drums_are_bursts():
    tracks = (Track("flute", 73), Track("organ", 16), Track("kit", 0, is_drum=True))
    notes = Notes([0, 0, 0, 0.5], [1, 1, 1, 1], [60, 60, 36, 42], track=[0, 1, 2, 2], tracks=tracks, tempo=60.0)
    flute, organ, kit = (synth.render(notes.of_track(index), RATE) for index in range(3))
    assert np.corrcoef(flute[:, 0], organ[:, 0])[0, 1] < 0.99
    energy = np.square(kit[:, 0])
    assert energy[: RATE // 4].sum() > 100 * energy[RATE // 3 : RATE // 2].sum()
    assert synth.render(Notes([], [], [], length=2.0, tempo=60.0), RATE).any() == np.False_


def test_wrong_options_are_named(tmp_path):
    with pytest.raises(ValueError, match="Did you mean 'organ'"):
        synth.render(line([60]), RATE, "orgam")
    with pytest.raises(ValueError, match="sample_rate"):
        synth.render(line([60]), 0)
    with pytest.raises(ValueError, match="level"):
        synth.render(line([60]), RATE, level=2)
    with pytest.raises(ValueError, match="attack"):
        synth.Timbre(attack=0.0)
    with pytest.raises(ValueError, match="harmonics"):
        synth.Timbre(harmonics=(0.0,))
    with pytest.raises(ValueError, match="program=200"):
        Track("x", 200)
    (tmp_path / "bad.sf2").write_bytes(b"no sound font")
    with pytest.raises(ValueError, match=r"sound_font.*bad\.sf2"):
        synth.render(line([60]), RATE, sound_font=tmp_path / "bad.sf2")
    with pytest.raises(FileNotFoundError, match="sound_font"):
        synth.render(line([60]), RATE, sound_font="none.sf2")


def test_sound_font(tmp_path):
    from tests.support.soundfont import write_sine_sound_font

    write_sine_sound_font(tmp_path / "sine.sf2")
    audio = synth.render(line([69], beats=1.0), RATE, sound_font=tmp_path / "sine.sf2")
    assert audio.shape[1] == 2 and 0 < np.abs(audio).max() <= 1
    f0_hz = np.nanmedian(librosa.yin(audio[RATE // 10 : RATE // 2].mean(axis=1), fmin=60, fmax=2000, sr=RATE))
    assert 12 * np.log2(f0_hz / 440) == pytest.approx(0, abs=0.3)
