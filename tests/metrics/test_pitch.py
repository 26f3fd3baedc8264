import numpy as np
import pytest

from keras_musicgan.metrics import estimate_pitch, partial_sharpness, pitch_accuracy
from tests.support.tones import RATE, clips, noise, power, tone


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100])
def test_pitch_of_harmonic_tones_is_right_at_every_rate(rate):
    pitches = np.array([40.0, 47.3, 55.0, 60.5, 69.0, 76.2, 83.0, 90.0])
    estimated = estimate_pitch(clips(*(tone(pitch, 0.5, rate) for pitch in pitches)), rate)
    np.testing.assert_allclose(estimated, pitches, atol=0.1)


def test_pitch_of_pure_sines_and_of_tones_without_fundamental():
    sine, without = tone(65.25, amplitudes=[1]), tone(65.25, amplitudes=[0, 1, 1, 1, 1])
    np.testing.assert_allclose(estimate_pitch(clips(sine, without), RATE), 65.25, atol=0.02)


def test_vibrato_leaves_the_pitch_at_its_middle():
    bend = 0.5 * np.sin(2 * np.pi * 6 * np.arange(RATE) / RATE)
    np.testing.assert_allclose(estimate_pitch(clips(tone(67, bend=bend)), RATE), 67, atol=0.15)


def test_an_attack_of_noise_and_silence_after_the_note_do_not_move_the_pitch():
    sound = np.zeros(RATE)
    sound[2000:8000] = tone(62, 0.375)
    sound[2000:3000] += noise(seconds=1000 / RATE)[0, :, 0] * 2
    np.testing.assert_allclose(estimate_pitch(clips(sound), RATE), 62, atol=0.03)


def test_pitch_holds_in_noise_as_loud_as_ten_decibels_below():
    notes = clips(*(tone(pitch) for pitch in range(60, 84)))
    hiss = noise(24) / 0.1 * np.sqrt(power(notes[0])) * 10 ** (-10 / 20)
    np.testing.assert_allclose(estimate_pitch(notes + hiss, RATE), np.arange(60, 84), atol=0.1)


@pytest.mark.parametrize("tilt", [0, 1, 2])
def test_noise_and_silence_have_no_pitch(tilt):
    spectrum = np.fft.rfft(noise(20), axis=1) / np.maximum(np.arange(RATE // 2 + 1), 1)[:, None] ** (tilt / 2)
    colored = np.fft.irfft(spectrum, RATE, axis=1)
    assert np.isnan(estimate_pitch(0.1 * colored / colored.std(), RATE)).all()
    assert np.isnan(estimate_pitch(np.stack([np.zeros((RATE, 1)), 1e-4 * noise()[0]]), RATE)).all()


def test_octaves_are_distinguished():
    even = tone(60, amplitudes=[0, 1, 0, 1 / 2, 0, 1 / 3])  # nothing but the octave's partials
    weak_odd = tone(60, amplitudes=[0.3, 1, 0.2, 0.5, 0.1, 0.3])
    np.testing.assert_allclose(estimate_pitch(clips(even, weak_odd), RATE), [72, 60], atol=0.02)
    assert pitch_accuracy(clips(even, weak_odd), RATE, 60) == 0.5
    assert pitch_accuracy(clips(even, weak_odd), RATE, [72, 60]) == 1


def test_range_bounds_what_is_found():
    sound = clips(tone(72))
    np.testing.assert_allclose(estimate_pitch(sound, RATE, low=36, high=66), 60, atol=0.05)
    np.testing.assert_allclose(estimate_pitch(sound, RATE, low=70, high=80), 72, atol=0.05)


def test_opposite_channels_do_not_cancel():
    sound = tone(64)
    stereo = np.stack([sound, -sound], axis=-1)[None]
    np.testing.assert_allclose(estimate_pitch(stereo, RATE), 64, atol=0.02)
    np.testing.assert_allclose(
        partial_sharpness(stereo, RATE, 64), partial_sharpness(clips(sound), RATE, 64), atol=0.01
    )


def test_a_clip_alone_equals_the_clip_among_others():
    many = clips(*(tone(pitch, 0.5) for pitch in np.linspace(50, 80, 70)))
    together, sharpness = estimate_pitch(many, RATE), partial_sharpness(many, RATE, np.linspace(50, 80, 70))
    for index in (0, 33, 69):
        assert estimate_pitch(many[[index]], RATE) == together[index]
        alone = partial_sharpness(many[[index]], RATE, np.linspace(50, 80, 70)[index])
        np.testing.assert_allclose(alone, sharpness[index], rtol=1e-9)


def test_accuracy_counts_detuned_notes_by_the_tolerance_and_silence_as_wrong():
    sounds = [tone(60, bend=bend, seconds=0.5) for bend in (0, 0.4, -0.4, 0.6, -0.6)] + [np.zeros(RATE // 2)]
    assert pitch_accuracy(clips(*sounds), RATE, 60) == pytest.approx(3 / 6)
    assert pitch_accuracy(clips(*sounds), RATE, 60, tolerance=0.7) == pytest.approx(5 / 6)
    with pytest.warns(DeprecationWarning, match="asked` is called `target`"):
        assert pitch_accuracy(clips(*sounds), RATE, asked=60) == pytest.approx(3 / 6)


def test_pitch_of_real_notes_is_their_name(philharmonia):
    from keras_musicgan import audio

    names = {"C4": 60, "A4": 69, "G5": 79}
    files = [philharmonia / "flute" / f"flute_{name}_1_forte_normal.mp3" for name in names]
    notes = []
    for file in files:
        samples, rate = audio.read(file)
        notes.append(np.resize(audio.resample(audio.mono(samples)[:, None], rate, RATE)[:12000], (12000, 1)))
    assert pitch_accuracy(np.stack(notes), RATE, list(names.values())) == 1


@pytest.mark.parametrize(
    ("measure", "wrong", "says"),
    [
        (estimate_pitch, {"clips": np.zeros(RATE)}, "shape"),
        (estimate_pitch, {"clips": np.zeros((1, RATE, 1), int)}, "dtype"),
        (estimate_pitch, {"clips": np.full((1, RATE, 1), np.nan)}, "NaN"),
        (estimate_pitch, {"clips": np.zeros((1, 1000, 1))}, "Received: 1000 samples at 16000 Hz"),
        (estimate_pitch, {"sample_rate": 0}, "sample_rate=0"),
        (estimate_pitch, {"low": 70, "high": 60}, "high=60"),
        (estimate_pitch, {"low": 5}, "low=5"),
        (estimate_pitch, {"sample_rate": 4000}, "4000|2000 Hz"),
        (pitch_accuracy, {"target": [60, 61]}, r"shape \(2,\)"),
        (pitch_accuracy, {"target": 100}, "Received: 100"),
        (pitch_accuracy, {"target": np.nan}, "nan"),
        (pitch_accuracy, {"target": 60, "tolerance": 0}, "tolerance=0"),
    ],
)
def test_bad_input_is_named(measure, wrong, says):
    given = {"clips": np.zeros((1, RATE, 1)), "sample_rate": RATE, **wrong}
    with pytest.raises(ValueError, match=says):
        measure(**given)
