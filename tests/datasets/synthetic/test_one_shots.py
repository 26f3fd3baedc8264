import librosa
import numpy as np
import pytest

from keras_musicgan.datasets import DataSpec, make_drums, make_notes, synthetic_drums, synthetic_notes
from keras_musicgan.datasets.synthetic.instruments import DRUMS, INSTRUMENTS
from keras_musicgan.representations import PianoRoll, PitchSequence, Waveform
from tests.support.models import small_gan

RATE, LENGTH = 16000, 16384


@pytest.fixture(scope="module")
def notes():
    return make_notes(160, seed=3)


@pytest.fixture(scope="module")
def drums():
    return make_drums(160, seed=3)


def spectrum(samples, n_fft=2**18):
    samples = samples.astype("float64")
    return np.abs(np.fft.rfft(samples * np.hanning(len(samples)), n_fft))


def peak_hz(samples, sample_rate, low, high):
    """The highest peak between two frequencies, between the bins by a parabola through three logarithms."""
    magnitudes = spectrum(samples)
    hz = np.fft.rfftfreq(2 * (len(magnitudes) - 1), 1 / sample_rate)
    top = np.flatnonzero((hz > low) & (hz < high))[0] + np.argmax(magnitudes[(hz > low) & (hz < high)])
    left, middle, right = np.log(magnitudes[top - 1 : top + 2])
    return (top + 0.5 * (left - right) / (left - 2 * middle + right)) * hz[1]


def cents(hz, pitch):
    return 1200 * np.log2(hz / librosa.midi_to_hz(pitch))


def centroids(clips, sample_rate=RATE):
    power = np.abs(np.fft.rfft(clips[:, :, 0].astype("float64"))) ** 2
    return (power @ np.fft.rfftfreq(clips.shape[1], 1 / sample_rate)) / power.sum(axis=1)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize(("sample_rate", "low", "high"), [(16000, 48, 72), (8000, 36, 84)])
def test_notes_have_their_pitch(instrument, sample_rate, low, high):
    clips, labels = make_notes(60, seed=5, sample_rate=sample_rate, length=sample_rate, low=low, high=high)
    for index in np.flatnonzero(labels["instrument"] == instrument):
        target = librosa.midi_to_hz(labels["pitch"][index])
        body = clips[index, sample_rate // 50 : sample_rate // 2, 0]
        assert abs(cents(peak_hz(body, sample_rate, target / 1.4, target * 1.4), labels["pitch"][index])) < 3


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_yin_finds_the_pitch(instrument, notes):
    """An estimator of the period, which would find a wrong octave."""
    clips, labels = notes
    for index in np.flatnonzero(labels["instrument"] == instrument)[:12]:
        estimated = librosa.yin(clips[index, 800:8000, 0], fmin=90, fmax=800, sr=RATE, frame_length=1024)
        assert abs(cents(np.median(estimated), labels["pitch"][index])) < 10


def test_a_bell_has_the_partials_of_a_tuned_bar(notes):
    clips, labels = notes
    for index in np.flatnonzero(labels["instrument"] == "bell"):
        samples, hz = clips[index, 300:4000, 0], librosa.midi_to_hz(labels["pitch"][index])
        assert peak_hz(samples, RATE, 20, 7000) == pytest.approx(hz, rel=2e-3)
        near = spectrum(samples)[np.abs(np.fft.rfftfreq(2**18, 1 / RATE) / hz - 4.0) < 0.05].max()
        assert near > 0.01 * spectrum(samples).max()


def test_reeds_lack_even_partials_and_organs_have_them(notes):
    clips, labels = notes

    def level(instrument, number):
        levels = []
        for index in np.flatnonzero(labels["instrument"] == instrument):
            magnitudes, f0 = spectrum(clips[index, 1600:8000, 0]), librosa.midi_to_hz(labels["pitch"][index])
            bins = np.round(np.array([1, number]) * f0 * 2**18 / RATE).astype(int)
            levels.append(20 * np.log10(magnitudes[bins[1]] / magnitudes[bins[0]]))
        return np.array(levels)

    assert level("reed", 2).max() < -60 and level("reed", 3).min() > -20
    assert level("organ", 2).min() > -20 and level("organ", 5).max() < -60


def test_drums_differ_in_their_spectra(drums):
    for clips, labels, sample_rate in (
        (*drums, RATE),
        (*make_drums(80, seed=4, sample_rate=8000, length=8192), 8000),
        (*make_drums(80, seed=4, sample_rate=44100, length=22050), 44100),
    ):
        found = centroids(clips, sample_rate)
        of = {name: found[labels["drum"] == name] for name in DRUMS}
        assert np.median(of["kick"]) < np.median(of["tom"]) < of["tom"].max() < of["snare"].min()
        assert of["snare"].max() < of["hat"].min()
        lowest = [[peak_hz(clip[:, 0], sample_rate, 20, 400) for clip in clips[labels["drum"] == "kick"]]]
        assert np.max(lowest) < 80


@pytest.mark.parametrize("make", [make_notes, make_drums])
def test_a_clip_depends_on_seed_and_number_alone(make):
    few, few_labels = make(3, seed=2)
    many, many_labels = make(6, seed=2)
    other, _ = make(3, seed=8)
    np.testing.assert_array_equal(few, many[:3])
    for name, values in few_labels.items():
        np.testing.assert_array_equal(values, many_labels[name][:3])
    assert not any(np.array_equal(one, two) for one, two in zip(few, other, strict=True))
    assert len(np.unique(many.reshape(6, -1), axis=0)) == 6


@pytest.mark.parametrize("length", [1, 50, 3000, LENGTH])
def test_clips_begin_and_end_without_a_click(length):
    for make in (make_notes, make_drums):
        clips, _ = make(24, seed=6, length=length, channels=2)
        assert clips.dtype == "float32" and clips.shape == (24, length, 2)
        assert np.isfinite(clips).all() and np.abs(clips).max() < 1
        assert (clips[:, 0] == 0).all() and (clips[:, -1] == 0).all()
        if length >= 3000:
            ends = np.abs(clips[:, -length // 128 :]).max(axis=(1, 2)) / np.abs(clips).max(axis=(1, 2))
            assert ends.max() < 0.2
            levels = 20 * np.log10(np.abs(clips).max(axis=(1, 2)))
            assert levels.min() > -12.01 and levels.max() < -0.99 and np.ptp(levels) > 6


def test_nothing_sounds_near_the_nyquist_frequency():
    """A note whose 5th partial would lie above it keeps the others, and nothing is mirrored below."""
    clips, labels = make_notes(40, seed=1, sample_rate=8000, length=8192, low=84, high=95)
    for index in np.flatnonzero(labels["instrument"] == "reed"):
        f0 = librosa.midi_to_hz(labels["pitch"][index])
        magnitudes, hz = spectrum(clips[index, 400:4000, 0]), np.fft.rfftfreq(2**18, 1 / 8000)
        nearest = np.abs(hz[:, None] - f0 * np.array([1, 3])).min(axis=1)
        assert magnitudes[nearest > 40].max() < 1e-3 * magnitudes.max()
        assert magnitudes[hz > 0.46 * 8000].max() < 1e-3 * magnitudes.max()


def test_stereo_is_the_same_sound_from_a_place():
    for make in (make_notes, make_drums):
        (mono, _), (stereo, _) = make(12, seed=7), make(12, seed=7, channels=2)
        ratios = []
        for one, two in zip(mono, stereo, strict=True):
            levels = np.abs(two).max(axis=0) / np.abs(one).max()
            np.testing.assert_allclose(two, one * levels, atol=1e-6)
            assert levels.max() == pytest.approx(1.0, abs=1e-5)
            ratios.append(levels[0] / levels[1])
        assert min(ratios) < 0.8 and max(ratios) > 1.25


@pytest.mark.parametrize("channels", [1, 2])
def test_datasets_fit_the_model(channels):
    spec = DataSpec(Waveform(length=2048, sample_rate=8000, channels=channels))
    clips, labels = make_notes(30, seed=5, sample_rate=8000, length=2048, channels=channels, low=50, high=60)
    data = synthetic_notes(30, spec, held_out=0.2, batch_size=8, seed=5, low=50, high=60)
    assert len(data.clips) == 24 and len(data.held_out.clips) == 6 and data.batch_size == 8
    known = {clip.tobytes(): index for index, clip in enumerate(clips)}
    found = []
    for part in (data, data.held_out):
        indices = [known[clip.tobytes()] for clip in part.clips]
        for name, values in labels.items():
            np.testing.assert_array_equal(part.labels[name], values[indices])
        found += indices
    assert sorted(found) == list(range(30)) and found != list(range(30))
    struck = synthetic_drums(4, spec, held_out=0, seed=5)
    assert struck.held_out is None and struck.clips.shape == (4, 2048, channels) and set(struck.labels) == {"drum"}
    assert synthetic_drums(1, spec).held_out is None


def test_a_model_takes_the_place_of_its_spec():
    gan = small_gan("wavegan-small", recipe={"batch_size": 3})
    spec = DataSpec(gan.representation, gan.conditions, gan.recipe)
    data = synthetic_drums(4, gan, held_out=0)
    assert data.batch_size == 3 and repr(data) == repr(synthetic_drums(4, spec, held_out=0))
    np.testing.assert_array_equal(data.clips, synthetic_drums(4, spec, held_out=0).clips)


def test_wrong_options_are_named():
    with pytest.raises(TypeError, match="audio domain.*PitchSequence"):
        synthetic_notes(4, DataSpec(PitchSequence()))
    with pytest.raises(TypeError, match="audio domain.*PianoRoll"):
        synthetic_drums(4, DataSpec(PianoRoll()))
    spec = DataSpec(Waveform(length=2048, sample_rate=8000))
    for make in (synthetic_notes, synthetic_drums):
        for options in ({"n": 0}, {"held_out": 1.0}, {"batch_size": 0}):
            (name,) = options
            with pytest.raises(ValueError, match=name):
                make(**{"n": 4, **options}, model=spec)
    for options in ({"low": -1}, {"high": 128}, {"low": 60.5}, {"length": 0}, {"sample_rate": 0}, {"channels": 3}):
        (name,) = options
        with pytest.raises(ValueError, match=f"{name}={next(iter(options.values()))}"):
            make_notes(1, **options)
    with pytest.raises(ValueError, match="low=70, high=60"):
        make_notes(1, low=70, high=60)
    with pytest.raises(ValueError, match="high=96, which is 2093 Hz"):
        make_notes(1, sample_rate=8000, high=96)
